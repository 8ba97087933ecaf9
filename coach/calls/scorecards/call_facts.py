"""What a call's journal holds for the questions of a form: words heard, speech, promises, levels.

Gathered event by event, as they were written, under the sides at the end: a swap gives what came
before it the other side's name, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from coach.calls.swaps import with_final_sides
from coach.events import (
    Action,
    AgentAction,
    AudioGap,
    CallEnded,
    CallStarted,
    Channel,
    ChecklistTicked,
    CommitmentMade,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    Event,
    Level,
    SignalChanged,
    SpeechEnded,
    Utterance,
    WarningGiven,
)
from coach.events.pauses import Pauses
from coach.notes.report.call_report import Span

TALK_OVERS = "interruptions_agent_count"
"""The signal that tells how often the agent spoke over the customer."""
SAME_S = 2.0
"""A tick of the checklist and a match of its rule so near each other are one moment."""


class FactMoment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place in a call that an answer goes by."""

    at: float
    """Seconds of call time at which it happened."""
    text: str = ""
    """The words, or in words what was measured."""
    side: Channel | None = None
    rule: str = ""


class Promised(msgspec.Struct, frozen=True):
    """What the agent promised."""

    moment: FactMoment
    due: str
    """ISO date, empty where none was named."""


class CallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One call."""

    seconds: float
    """Length of the call."""
    matches: tuple[FactMoment, ...]
    """Words that rules noticed and that were meant, in order."""
    warnings: tuple[FactMoment, ...]
    """Boundary warnings, in order."""
    promises: tuple[Promised, ...]
    talk_overs: tuple[FactMoment, ...]
    """When it was noticed that the agent spoke over the customer."""
    levels: tuple[tuple[float, Level], ...]
    """When the call came to which level; it begins calm."""
    speech: dict[Channel, tuple[Span, ...]]
    """Of each side, in order of their beginnings."""
    unheard: tuple[Span, ...]
    """Pauses and lost sound: silence there means nothing."""
    one_track: bool
    """Both people were on one track, divided or not."""

    def silences(self, least: float) -> Iterator[Span]:
        """Stretches of at least so many seconds between two utterances in which nobody speaks."""
        spans = sorted(
            [*(span for side in self.speech.values() for span in side), *self.unheard],
            key=lambda span: (span.start, span.end),
        )
        reached: float | None = None
        for span in spans:
            if reached is not None and span.start - reached >= least:
                yield Span(reached, span.start)
            reached = span.end if reached is None else max(reached, span.end)


def gather(events: Iterable[Event]) -> CallFacts:
    """Take a journal's events in order."""
    gathering = _Gathering()
    for event in with_final_sides(tuple(events)):
        gathering.take(event)
    return gathering.facts()


class _Gathering:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.matches: dict[str, FactMoment] = {}
        self.warnings: list[FactMoment] = []
        self.promises: list[Promised] = []
        self.talk_overs: list[FactMoment] = []
        self.levels: list[tuple[float, Level]] = [(0.0, Level.CALM)]
        self.speech: list[tuple[Channel, Span]] = []
        self.unheard: list[Span] = []
        self.pauses = Pauses()
        self.one_track = False
        self._takes: dict[type, Callable[[Any], object]] = {
            CueMatched: self._matched,
            CueRetracted: lambda event: self.matches.pop(event.match, None),
            ChecklistTicked: self._ticked,
            WarningGiven: lambda event: self.warnings.append(_moment(event, "")),
            CommitmentMade: self._promised,
            EscalationChanged: lambda event: self.levels.append((event.at, event.level)),
            SignalChanged: self._signal,
            SpeechEnded: lambda event: self.speech.append(
                (event.channel, Span(event.start, event.end))
            ),
            AudioGap: lambda event: self.unheard.append(Span(event.start, event.end)),
            AgentAction: self._pressed,
            CallStarted: self._started,
            Utterance: self._said,
            CallEnded: lambda event: self._resume(event.at),
        }

    def take(self, event: Event) -> None:
        self.seconds = max(self.seconds, event.at)
        take = self._takes.get(type(event))
        if take is not None:
            take(event)

    def _started(self, event: CallStarted) -> None:
        self.one_track = self.one_track or Channel.MIXED in event.channels

    def _said(self, event: Utterance) -> None:
        self.one_track = self.one_track or event.speaker_judged

    def _matched(self, event: CueMatched) -> None:
        if not event.guarded:
            self.matches[event.match] = _moment(event, event.rule)

    def _promised(self, event: CommitmentMade) -> None:
        if event.owner is Channel.AGENT:
            self.promises.append(Promised(_moment(event, ""), event.due or ""))

    def _ticked(self, event: ChecklistTicked) -> None:
        if not any(
            match.rule == event.item and abs(match.at - event.start) < SAME_S
            for match in self.matches.values()
        ):
            self.matches[f"tick:{event.item}:{event.start}"] = _moment(event, event.item)

    def _signal(self, event: SignalChanged) -> None:
        """A late text may take a talk-over back, so the count is followed both ways."""
        if event.signal != TALK_OVERS or event.value is None:
            return
        count = round(event.value)
        del self.talk_overs[count:]
        while len(self.talk_overs) < count:
            text = "began to speak while the customer spoke"
            self.talk_overs.append(FactMoment(at=event.at, text=text, side=Channel.AGENT))

    def _pressed(self, event: AgentAction) -> None:
        if event.action is Action.PAUSE:
            self.pauses.begin(event.at)
        elif event.action is Action.RESUME:
            self._resume(event.at)

    def _resume(self, at: float) -> None:
        over = self.pauses.end(at)
        if over is not None:
            self.unheard.append(Span(*over))

    def facts(self) -> CallFacts:
        self._resume(self.seconds)
        sides = {
            side: tuple(sorted((s for c, s in self.speech if c is side), key=lambda s: s.start))
            for side in Channel
        }
        return CallFacts(
            seconds=self.seconds,
            matches=tuple(sorted(self.matches.values(), key=lambda moment: moment.at)),
            warnings=tuple(self.warnings),
            promises=tuple(self.promises),
            talk_overs=tuple(self.talk_overs),
            levels=tuple(self.levels),
            speech=sides,
            unheard=tuple(self.unheard),
            one_track=self.one_track,
        )


def _moment(
    event: CueMatched | ChecklistTicked | WarningGiven | CommitmentMade, rule: str
) -> FactMoment:
    return FactMoment(at=event.start, text=event.text, side=event.channel, rule=rule)
