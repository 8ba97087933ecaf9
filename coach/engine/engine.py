"""The engine: facts in, results out. No clock, no thread, no I/O, no chance.

Theory of operation
-------------------
``receive(fact)`` takes one fact and gives the results that follow from it; ``advance(now)``
lets call time pass. Both do one thing first: they step through the engine's own grid (a point
every 0.5 s of call time) as far as ``now``. What comes of time alone (a silence that lasts, a
card that expires, a level that decays) comes on a grid point; what comes of a fact is judged at
the fact's own time (whether a rule is still in its cooldown). So it makes no difference how often,
or whether, a driver calls ``advance`` between facts.

Order is code. A fact goes down this list, each part sees what the parts above it found, and
nothing flows back up within one pass::

    coach.engine.talk       what the call sounds like
        announcements       recorded voices, which are nobody's talk
        turns               who speaks, talk-over, silence, pace
        voice               loudness against each side's usual voice
        mood, distress      how the words feel
    coach.engine.cues       which rules match
    coach.engine.advice     what to do about it
        checklist, record   ticks, promises, wants, steps, warnings
        boundary            where the boundary ladder stands
        escalation          level of the call
        cards, card_policy  the one card

A rule that looks at other rules' matches or at the level sees this pass's matches and the
previous pass's level. Facts must come in order of ``at``. The same facts give the same
results, whenever and wherever they are run: replay, review and backtest are this same code.

Two keys of the agent's reach deeper than the cards. PAUSE makes the engine deaf: what is
spoken meanwhile leaves no trace, even when its text arrives after RESUME. SWAP_CHANNELS
exchanges everything known of the two sides; the facts that follow it must already carry the
new names.

Other rules may be put in force while a call runs (RulesChanged). The next grid point begins with
taking them, all at once; every tracker keeps what it knows of the call, by rule and by condition.
Sets are handed in beforehand (``RuleSets``) and named by fingerprint, so that the fact is small.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from coach.engine.advice.advice import Advice
from coach.engine.advice.boundary import LadderSettings
from coach.engine.advice.card_policy import CardSettings
from coach.engine.advice.cards import CardSlot, MakeSlot
from coach.engine.advice.checklist import ChecklistSettings
from coach.engine.advice.escalation_settings import EscalationSettings
from coach.engine.advice.record import RecordSettings
from coach.engine.cues.belief import CueSettings
from coach.engine.cues.compiled_rule import grave_conditions
from coach.engine.cues.unknown_speaker import anyones_conditions
from coach.engine.talk.announcements import AnnouncementSettings
from coach.engine.talk.conversation import (
    Conversation,
    Find,
    Foreseen,
    Listening,
    announcement_heard,
    nothing_foreseen,
    turn_evidence,
)
from coach.engine.talk.mood import MoodSettings
from coach.engine.talk.turns import TurnSettings
from coach.events import (
    Action,
    AgentAction,
    AudioGap,
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    Clearing,
    Degraded,
    Fact,
    Hypothesis,
    Loudness,
    Recovered,
    Result,
    RulesChanged,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)
from coach.notes.after_call import after_call
from coach.snapshot import Snapshot
from rules.books.sets import RuleSets
from rules.definition.rule import RuleBook
from rules.matching.matcher import Matcher

GRID_S = 0.5
"""Seconds between the points at which time is looked at; half the shortest thing that matters."""
MONO_NOTICE = (
    "One undivided channel: talk-over, talk ratio, pace and the agent's own words are not judged."
)


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every threshold of the engine, by part. ``[engine.PART]`` in the settings file."""

    turns: TurnSettings = TurnSettings()
    mood: MoodSettings = MoodSettings()
    announcements: AnnouncementSettings = AnnouncementSettings()
    cues: CueSettings = CueSettings()
    record: RecordSettings = RecordSettings()
    checklist: ChecklistSettings = ChecklistSettings()
    ladder: LadderSettings = LadderSettings()
    escalation: EscalationSettings = EscalationSettings()
    cards: CardSettings = CardSettings()
    agent_name: str = ""
    """The agent's first name, for wordings that give it; empty leaves those out."""


DEFAULTS = EngineSettings()


def finding_of(matcher: Matcher) -> Find:
    """A call's words are searched as they come."""
    return matcher.find


class Engine:
    """One call, from CallStarted to CallEnded."""

    def __init__(  # noqa: PLR0913 - what one call needs, each of it once
        self,
        book: RuleBook,
        settings: EngineSettings = DEFAULTS,
        *,
        matcher: Matcher | None = None,
        sets: RuleSets | None = None,
        slot: MakeSlot = CardSlot,
        finding: Callable[[Matcher], Find] = finding_of,
        foreseen: Foreseen = nothing_foreseen,
    ) -> None:
        """Set up for a call.

        ``matcher`` is one made for this very book, which another engine may be using as well:
        it is made ready as words come, and seeking in a replay is a new engine.
        ``sets`` says the same, and holds the sets that RulesChanged may name.
        ``slot`` makes what decides about cards; another one may write down what it is asked.
        ``finding`` gives what searches words; it must find what the matcher finds.
        ``foreseen`` tells of a call that is over what became of its drafts.
        """
        self._sets = sets or RuleSets(matcher or book)
        self.matcher = self._sets.first
        """Of the rules in force."""
        self._coming: Matcher | None = None
        """Of those that the next grid point takes."""
        self._finding = finding
        self._foreseen = foreseen
        self._talk = Conversation(
            settings.turns, settings.mood, self._listening(), settings.announcements
        )
        parts = (
            settings.cues,
            settings.record,
            settings.checklist,
            settings.ladder,
            settings.escalation,
            settings.cards,
        )
        talk = self._talk
        state, said = talk.state, talk.transcript
        name = settings.agent_name
        self._advice = Advice(self.matcher, state, said, parts, name, slot=slot)
        self._call: CallStarted | None = None
        self._now = 0.0
        self.due = math.inf
        """When the next grid point is; never before the first fact and after the last."""
        self._begun = self._ended = False

    # --- the entrances -----------------------------------------------------------------

    def receive(self, fact: Fact) -> list[Result]:
        """Take one fact; returns what follows from it and from the time up to it.

        ValueError where ``fact.at`` lies before what the engine has already seen.
        """
        if self._ended:
            return []
        if fact.at < self._now:
            raise ValueError(f"fact at {fact.at} after the engine stood at {self._now}")
        results = self.advance(fact.at) if self.due <= fact.at else []
        self._now = fact.at
        if not self._begun:
            self._begun = True
            self.due = (fact.at // GRID_S + 1.0) * GRID_S
            self._talk.state.began = fact.at
        take = self._TAKES.get(type(fact))
        if take is None:
            return results
        found = take(self, fact)
        return results + found if results else found

    def advance(self, now: float) -> list[Result]:
        """Let call time pass up to ``now``; returns what comes of it."""
        results: list[Result] = []
        while self.due <= now:
            self._now = at = self.due
            self.due = at + GRID_S  # exact: both are halves
            if self._coming is not None:
                results += self._take_rules(at)
            results += self._tick(at)
        if self._begun and not self._ended:
            self._now = max(self._now, now)
        return results

    def _notices(self) -> tuple[str, ...]:
        """Standing remarks about the sound."""
        if self._call is not None and self._call.channels == (Channel.MIXED,):
            return (MONO_NOTICE,)
        return () if self._ended else self._talk.sound.notes()

    def snapshot(self) -> Snapshot:
        """The call as it stands."""
        now, call, talk, advice = self._now, self._call, self._talk, self._advice
        mood = talk.moods[Channel.CUSTOMER]
        snapshot = Snapshot(
            at=now,
            call=call.call if call else "",
            source=call.source if call else "",
            caller=call.caller if call else "",
            language=call.language if call else "en",
            started=call is not None,
            ended=self._ended,
            paused=talk.pauses.since is not None,
            calm_mode=advice.cards.policy.calm_mode,
            snoozed_until=advice.cards.policy.snoozed_at(now),
            level=advice.escalation.level,
            level_since=advice.escalation.since,
            level_because=advice.escalation.because,
            card=advice.cards.card(),
            history=tuple(advice.cards.history),
            nod=advice.cards.nod(now),
            transcript=talk.transcript.lines(),
            mood=mood.points(),
            agent_mood=talk.agent_mood().points(),
            mood_trend=mood.trend(),
            measurements=talk.measurements(now),
            health=talk.sound.health(now, talk.speaking()),
            gaps=talk.sound.gaps(),
            lag=talk.transcript.lag(),
            ladder=advice.ladder.view(now),
            checklist=advice.checklist.items(),
            record=advice.record.view(),
            trouble=talk.sound.troubles(),
            notices=self._notices(),
            peak_level=advice.escalation.peak,
            praise=tuple(advice.praise),
        )
        if not self._ended:
            return snapshot
        return msgspec.structs.replace(snapshot, after_call=after_call(snapshot))

    def _rules_changed(self, fact: RulesChanged) -> list[Result]:
        """A set that nobody handed in changes nothing."""
        self._coming = self._sets.matcher(fact.rules) or self._coming
        return []

    def _take_rules(self, at: float) -> list[Result]:
        self.matcher, self._coming = self._coming or self.matcher, None
        self._talk.take_rules(self._listening())
        return self._advice.take_rules(self.matcher, at)

    def _listening(self) -> Listening:
        """What the call's words are searched for."""
        matcher = self.matcher
        return Listening(self._finding(matcher), *_listened_for(matcher), self._foreseen)

    def _tick(self, at: float) -> list[Result]:
        self._talk.tick(at)
        return self._advice.tick(at, listening=self._talk.pauses.since is None)

    # --- facts ------------------------------------------------------------------------------

    def _call_started(self, fact: CallStarted) -> list[Result]:
        self._call = fact
        self._talk.started(fact)
        self._advice.record.begin(fact.started)
        return []

    def _call_ended(self, fact: CallEnded) -> list[Result]:
        self.due = math.inf
        self._ended = True
        return self._advice.end(fact.at)

    def _audio_gap(self, fact: AudioGap) -> list[Result]:
        self._talk.gap(fact)
        return []

    def _degraded(self, fact: Degraded) -> list[Result]:
        self._talk.sound.degraded(fact)
        return []

    def _recovered(self, fact: Recovered) -> list[Result]:
        self._talk.recovered(fact)
        return []

    def _audio_warning(self, fact: AudioWarning) -> list[Result]:
        self._talk.warned(fact)
        return []

    def _loudness(self, fact: Loudness) -> list[Result]:
        return [*self._talk.loudness(fact)]

    def _speech_started(self, fact: SpeechStarted) -> list[Result]:
        self._talk.speech_started(fact)
        return []

    def _speech_ended(self, fact: SpeechEnded) -> list[Result]:
        return [*self._talk.speech_ended(fact)]

    def _hypothesis(self, fact: Hypothesis) -> list[Result]:
        heard = self._talk.draft(fact)
        return self._advice.hear(heard, fact.at) if heard is not None else []

    def _utterance(self, fact: Utterance) -> list[Result]:
        announced = self._talk.announced(fact)
        if announced.kind is not None:
            told = announcement_heard(fact, announced)
            return [told, *self._advice.withdraw(fact.utterance, fact.at)]
        heard = self._talk.final(fact)
        if heard is None:
            return self._advice.withdraw(fact.utterance, fact.at)
        in_doubt = self._advice.praise_in_doubt(heard.start)
        turn, news = self._talk.feel(heard, fact.at, in_doubt=in_doubt)
        if turn is not None:
            self._advice.turn(turn, turn_evidence(heard, turn))
        return [*news, *self._advice.hear(heard, fact.at)]

    # --- the agent's keys -------------------------------------------------------------------

    def _agent_action(self, fact: AgentAction) -> list[Result]:
        key = self._KEYS.get(fact.action)
        return key(self, fact) if key else []

    def _acknowledged(self, fact: AgentAction) -> list[Result]:
        return self._advice.answer(Clearing.ACKNOWLEDGED, fact.card, fact.at)

    def _used(self, fact: AgentAction) -> list[Result]:
        return self._advice.answer(Clearing.USED, fact.card, fact.at)

    def _dismiss(self, fact: AgentAction) -> list[Result]:
        shown = self._advice.cards.shown
        results = self._advice.cards.answer(Clearing.DISMISSED, fact.card, fact.at)
        if results and shown is not None:
            wrong = fact.action is Action.MARK_WRONG
            results += self._advice.wave_away(shown, wrong=wrong, at=fact.at)
        return results

    def _next_wording(self, fact: AgentAction) -> list[Result]:
        self._advice.cards.next_wording(fact.card, fact.at)
        return []

    def _snooze(self, fact: AgentAction) -> list[Result]:
        return self._advice.cards.snooze(fact.at)

    def _calm_mode(self, fact: AgentAction) -> list[Result]:
        return self._advice.cards.calm(fact.at)

    def _mute_rule(self, fact: AgentAction) -> list[Result]:
        rule = fact.rule or self._advice.cards.rule_of(fact.card)
        return self._advice.cards.mute(rule, fact.at) if rule else []

    def _pause(self, fact: AgentAction) -> list[Result]:
        self._talk.pause(fact.at)
        return []

    def _resume(self, fact: AgentAction) -> list[Result]:
        self._talk.resume(fact.at)
        return []

    def _swap(self, fact: AgentAction) -> list[Result]:
        del fact
        self._talk.swap()
        self._advice.record.swap()
        return []

    def _name_caller(self, fact: AgentAction) -> list[Result]:
        if self._call is not None:
            self._call = msgspec.structs.replace(self._call, caller=fact.note)
        return []

    # --- what takes what ----------------------------------------------------------------------

    _TAKES: ClassVar[dict[type, Callable[[Engine, Any], list[Result]]]] = {
        CallStarted: _call_started,
        CallEnded: _call_ended,
        AudioGap: _audio_gap,
        SpeechStarted: _speech_started,
        SpeechEnded: _speech_ended,
        Hypothesis: _hypothesis,
        Utterance: _utterance,
        Loudness: _loudness,
        AgentAction: _agent_action,
        RulesChanged: _rules_changed,
        Degraded: _degraded,
        Recovered: _recovered,
        AudioWarning: _audio_warning,
    }
    """What takes a fact. Bound to an engine they would keep it until cycles are looked for."""

    _KEYS: ClassVar[dict[Action, Callable[[Engine, AgentAction], list[Result]]]] = {
        Action.ACKNOWLEDGE: _acknowledged,
        Action.USED: _used,
        Action.DISMISS: _dismiss,
        Action.MARK_WRONG: _dismiss,
        Action.NEXT_WORDING: _next_wording,
        Action.SNOOZE: _snooze,
        Action.CALM_MODE: _calm_mode,
        Action.MUTE_RULE: _mute_rule,
        Action.PAUSE: _pause,
        Action.RESUME: _resume,
        Action.SWAP_CHANNELS: _swap,
        Action.CALLER: _name_caller,
    }
    """What takes a key. END is not among them: it is the session's affair, which answers with
    CallEnded."""


@functools.lru_cache(maxsize=4)
def _listened_for(matcher: Matcher) -> tuple[frozenset[int], frozenset[int]]:
    """Conditions of a matcher's rules that are grave, and those that listen to anyone."""
    return grave_conditions(matcher), anyones_conditions(matcher)
