"""Running a recording or a journal through the coach again.

A source gives facts in order of ``at``; a Player feeds them to a Call as far as a position.
Seeking back is running again: a second engine takes the facts already known up to the new
position, so that looking back never disturbs the call that is being journalled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from audio.detection.echo import of_recording
from audio.listening.health import of_other_side
from audio.listening.unheard import HeardTally
from audio.samples.chunks import Chunk
from audio.voices.both_talk import unsure_where_both_talk
from audio.voices.side_company import KIND as THIRD_VOICE
from audio.voices.side_company import third_by_words
from audio.voices.split import SplitRecording
from coach.calls.call import Call, Setup
from coach.calls.facts_again import whole_facts
from coach.calls.handing_over import somebody_else_from
from coach.calls.journal import Journal
from coach.calls.language_watch import LanguageWatch
from coach.calls.side_watch import VOICES_EXCHANGED, SideWatch, Taken
from coach.calls.silent_sides import SilentSides
from coach.engine.engine import Engine, EngineSettings
from coach.events import (
    Action,
    AgentAction,
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    Event,
    Fact,
    Located,
    Result,
    Utterance,
)
from coach.meaning.listening import MeaningListener
from coach.snapshot import Snapshot
from rules.books.sets import RuleSets
from rules.definition.rule import RuleBook

SETTLES = 2.0
"""Seconds by which a voice may seem to begin before the words that announce it."""


class FactSource(Protocol):
    """Where a replayed call's facts come from."""

    @property
    def first(self) -> CallStarted:
        """How the call begins."""
        ...

    @property
    def duration(self) -> float:
        """Length of the call in seconds, as far as it is known."""
        ...

    def facts(self) -> Iterator[tuple[float, Sequence[Fact]]]:
        """Give call time and the facts up to it, step by step; the last one is CallEnded."""
        ...

    def swap(self) -> None:
        """Exchange the names of the two sides in all facts from here on."""
        ...


class Sound(Protocol):
    """A recording as it is played: ``audio.recordings.played.Recording``, or one that was split."""

    @property
    def duration(self) -> float:
        """Seconds, as far as they are known."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What should be known of it; may grow until it has been played."""
        ...

    def chunks(self, seconds: float = ...) -> Iterator[Chunk]:
        """The sound of all channels in order of time, so many seconds of each in turn."""
        ...


class RecordingHearing(Protocol):
    """What hears it: as recordings are played, ``audio.listening.inline_driver.InlineDriver``.

    As they are brought in, ``audio.listening.whole_phrases.BatchHearing``.
    """

    @property
    def chunk(self) -> float:
        """Seconds of sound that it takes at a time."""
        ...

    def push(self, chunk: Chunk) -> Sequence[Fact]:
        """Facts that have become known, in order of ``at``."""
        ...

    def finish(self, at: float) -> Sequence[Fact]:
        """The sound is over: the facts that are still due."""
        ...


class RecordingSource:
    """Facts heard in a recording. The same file, model and settings give the same facts."""

    def __init__(
        self,
        recording: Sound,
        listener: RecordingHearing,
        first: CallStarted,
        *,
        rules_language: str = "en",
        taken: Taken | None = None,
    ) -> None:
        """``first`` names the call; its channels are the recording's.

        ``taken``: what its two sides are called and who said whose they are; None where there
        are no two.
        """
        self._surely = recording.confidence if isinstance(recording, SplitRecording) else None
        self._both_talk = recording.heard.both if isinstance(recording, SplitRecording) else ()
        self._recording = recording
        self._listener = listener
        self.first = first
        self._known_notices = recording.notices
        self._news = list(recording.news) if isinstance(recording, SplitRecording) else []
        """What is told as the call gets there."""
        self._perhaps = recording.heard.perhaps if isinstance(recording, SplitRecording) else None
        """A voice that is a third one's if the words say so."""
        self._language = LanguageWatch(rules_language, told=first.language)
        divided = self._surely is not None or Channel.MIXED in first.channels
        self._silence = None if divided else SilentSides(recorded=True)
        """On one track a side is silent because the other one speaks."""
        self._sides = None if taken is None else SideWatch(taken)
        self._tally = HeardTally(first.channels)
        self._swapped = False

    @property
    def duration(self) -> float:
        """Length of the recording in seconds."""
        return self._recording.duration

    def facts(self) -> Iterator[tuple[float, Sequence[Fact]]]:
        """Transcribe as far as asked for."""
        at = 0.0
        for chunk in self._recording.chunks(self._listener.chunk):
            at = max(at, chunk.end)
            yield at, self._with_news(self._told(self._listener.push(chunk)), at)
        rest = self._told(self._listener.finish(at))
        rest = self._with_news(rest, at)
        rest += [
            AudioWarning(at=at, kind="recording", detail=notice)
            for notice in self._recording.notices
            if notice not in self._known_notices
        ]
        end = max([at, *(fact.at for fact in rest)])
        unheard = self._tally.findings()
        rest += [AudioWarning(at=end, kind="unheard", detail=found) for found in unheard]
        reason = " ".join(["end of the recording", *(f"({found})" for found in unheard)])
        yield end, [*rest, CallEnded(at=end, reason=reason)]

    def swap(self) -> None:
        """Exchange the names of the two sides in all facts from here on."""
        self._exchange()
        if self._sides is not None:
            self._sides.exchanged()

    def _told(self, heard: Iterable[Fact]) -> list[Fact]:
        """The facts with what is found in them, each behind what it was found in."""
        told: list[Fact] = []
        for one in heard:
            facts = self._named([one])
            facts += self._silences(facts)
            self._news += self._handed_over(facts)
            self._tally.take(facts)
            told += [*facts, *self._language.push(facts)]
        return told

    def _handed_over(self, facts: Sequence[Fact]) -> list[AudioWarning]:
        """What the words tell of a voice that may be a third one's."""
        for fact in facts:
            within = somebody_else_from(fact) if isinstance(fact, Utterance) else None
            perhaps = self._perhaps
            if within is None or perhaps is None:
                continue
            if within[0] <= perhaps.since + SETTLES and perhaps.since <= within[1]:
                self._perhaps = None
                at, detail = max(fact.at, perhaps.since), third_by_words(perhaps)
                return [AudioWarning(at=at, kind=THIRD_VOICE, detail=detail)]
        return []

    def _with_news(self, facts: list[Fact], at: float) -> list[Fact]:
        """The facts until ``at``, with what the voices told before of this part."""
        news, self._news = self._news, [one for one in self._news if one.at > at]
        for one in news:
            if one.at <= at:
                place = next((n for n, fact in enumerate(facts) if fact.at >= one.at), len(facts))
                facts = [*facts[:place], one, *facts[place:]]
        return facts

    def _silences(self, facts: Sequence[Fact]) -> list[AudioWarning]:
        """What is said of a side that carries nothing."""
        if self._silence is None:
            return []
        return [told for fact in facts for told in self._silence.push(fact)]

    def _exchange(self) -> None:
        self._swapped = not self._swapped
        if self._silence is not None:
            self._silence.swap()
        self._tally.swap()

    def _named(self, facts: Iterable[Fact]) -> list[Fact]:
        """The facts under the names in force, with what they tell of the sides."""
        named: list[Fact] = []
        for heard in facts:
            fact = self._judged(heard)
            if not (isinstance(fact, AudioWarning) and fact.kind == VOICES_EXCHANGED):
                named.append(exchanged(fact) if self._swapped else fact)
            for told in [] if self._sides is None else self._sides.push(fact):
                named.append(told)
                if isinstance(told, AgentAction):
                    self._exchange()
        return named

    def _judged(self, fact: Fact) -> Fact:
        """The fact as it is told of a recording, a sentence with how certain its speaker is."""
        if isinstance(fact, AudioWarning):
            return of_recording(fact)
        if self._surely is None or not isinstance(fact, Utterance):
            return fact
        sure = round(self._surely(fact.start, fact.end), 2)
        judged = msgspec.structs.replace(fact, speaker_confidence=sure)
        return unsure_where_both_talk(judged, self._both_talk)


class JournalSource:
    """Facts read from a journal."""

    def __init__(self, journal: Journal, other_rules: MeaningListener | None = None) -> None:
        """``other_rules`` scores the kept vectors for rules that the call was not coached with.

        Those are in force all through the call: changes of its own rules are left out.
        """
        facts = whole_facts(journal, other_rules)
        self.first = facts[0]
        self._facts = facts[1:]
        self._swapped = False

    @property
    def duration(self) -> float:
        """Call time of the last fact."""
        return self._facts[-1].at

    def facts(self) -> Iterator[tuple[float, Sequence[Fact]]]:
        """Give the recorded facts one by one."""
        for fact in self._facts:
            yield fact.at, [exchanged(fact) if self._swapped else fact]

    def swap(self) -> None:
        """Exchange the names of the two sides in all facts from here on."""
        self._swapped = not self._swapped


class Player:
    """Feeds a source to a call up to a position, and lets one look back at any moment of it."""

    def __init__(self, source: FactSource, setup: Setup, journal: Path | None) -> None:
        self.source = source
        self.call = Call(setup, source.first, journal)
        self._setup = setup
        self._known: list[Fact] = [source.first]
        """What the call was given, as it was given."""
        self._steps = source.facts()
        self._frontier = 0.0
        self._view: Engine | None = None
        self._view_next = 0
        self._position = 0.0
        self._view_swapped = False
        """While looking back the agent has exchanged the two sides: what is known carries the old
        names."""

    @property
    def position(self) -> float:
        """Call time that is being looked at."""
        return self._position

    @property
    def frontier(self) -> float:
        """Call time up to which the source has been run."""
        return self._frontier

    @property
    def finished(self) -> bool:
        """True when the end of the call has been reached and is being looked at."""
        return self.call.ended and self._view is None

    def step(self, until: float) -> list[Event]:
        """Go on by one step of the source, or up to ``until`` where everything is known.

        Returns the facts and what the engine made of them. Does nothing once finished.
        """
        if self._view is not None:
            return self._step_back_view(until)
        if self.call.ended:
            return []
        at, facts = next(self._steps)
        events: list[Event] = []
        for heard in facts:
            events += self._fed(heard)
        events += self.call.tick(at)
        self._frontier = self._position = max(self._frontier, at)
        return events

    def _step_back_view(self, until: float) -> list[Event]:
        assert self._view is not None  # noqa: S101 - step() has looked
        results: list[Event] = []
        if until >= self._frontier:
            self._view = None
            self._position = self._frontier
            return results
        while self._view_next < len(self._known) and self._known[self._view_next].at <= until:
            fact = self._known[self._view_next]
            results.extend(self._view.receive(exchanged(fact) if self._view_swapped else fact))
            self._view_next += 1
        results.extend(self._view.advance(until))
        self._position = until
        return results

    def look_at(self, at: float) -> None:
        """Look at the call as it stood at ``at``, which lies before the frontier."""
        self._view = Engine(self._setup.book, self._setup.settings, sets=self.call.sets)
        self._view_next = 0
        self._view_swapped = False
        self._position = 0.0
        self._step_back_view(max(0.0, at))

    def act(self, action: Action, *, card: str | None, note: str) -> list[Result]:
        """Take a key of the agent's; while looking back it changes only what is looked at."""
        fact: Fact = AgentAction(at=self._position, action=action, card=card, note=note)
        swaps = action is Action.SWAP_CHANNELS
        if self._view is not None:
            self._view_swapped ^= swaps
            return self._view.receive(fact)
        if swaps:
            self.source.swap()
        return [event for event in self._fed(fact) if isinstance(event, Result)]

    def _fed(self, fact: Fact) -> list[Event]:
        """Feed the call, and remember what its engine was given."""
        events = self.call.take(fact)
        self._known += [event for event in events if isinstance(event, Fact)]
        return events

    def end(self, reason: str = "ended by the agent") -> list[Result]:
        """End the call at the frontier, before the source is at its end."""
        self._view = None
        self._position = self._frontier
        if self.call.ended:
            return []
        ending = self._fed(CallEnded(at=self._frontier, reason=reason))
        return [event for event in ending if isinstance(event, Result)]

    def snapshot(self) -> Snapshot:
        """Give the call as it stands at the position."""
        if self._view is None:
            return self.call.snapshot()
        snapshot = self._view.snapshot()
        return msgspec.structs.replace(
            snapshot,
            notices=(*self._setup.notices, *snapshot.notices),
            journalled=False,
            looking_back=True,
        )


def exchanged(fact: Fact) -> Fact:
    """Give the fact with the other side's name, where it has one."""
    if isinstance(fact, AudioWarning):
        return of_other_side(fact)
    if isinstance(fact, Located):
        return msgspec.structs.replace(fact, channel=fact.channel.other)
    return fact


def run_through(player: Player) -> Iterator[Event]:
    """Run the whole call as fast as it goes, giving every fact and result in order."""
    yield player.source.first
    while not player.finished:
        yield from player.step(float("inf"))


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """The first place where a journal and its replay disagree."""

    number: int
    """Counted from 1 among the results."""
    recorded: Result | None
    """None where the replay has more."""
    replayed: Result | None
    """None where the replay has fewer."""


def replay_results(
    journal: Journal, book: RuleBook, settings: EngineSettings, others: Iterable[RuleBook] = ()
) -> list[Result]:
    """Run the engine over a journal's facts; returns every result in order.

    ``others``: the sets of rules that were put in force while the call ran.
    """
    engine = Engine(book, settings, sets=RuleSets(book, others))
    results: list[Result] = []
    for fact in journal.facts():
        results.extend(engine.receive(fact))
    return results


def first_difference(recorded: Sequence[Result], replayed: Sequence[Result]) -> Difference | None:
    """Compare results one by one; None where they are equal."""
    for number in range(max(len(recorded), len(replayed))):
        was = recorded[number] if number < len(recorded) else None
        now = replayed[number] if number < len(replayed) else None
        if was != now:
            return Difference(number=number + 1, recorded=was, replayed=now)
    return None
