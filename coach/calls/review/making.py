"""Makes the time line of a past call from its events, which go by once and in order.

Nothing is computed anew here: levels, cues and cards are the engine's results, so the time line
says what the call was, and not what it would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from coach.calls.journal_gathering import printable
from coach.calls.review.needed import Reasons, limits_of
from coach.calls.review.silences_and_talk_overs import silences, talk_overs
from coach.calls.search_terms import is_cue
from coach.engine.engine import GRID_S, EngineSettings
from coach.engine.talk.sound import HOLDS
from coach.engine.talk.turns import TurnTracker
from coach.events import (
    Action,
    AgentAction,
    AnnouncementHeard,
    AudioGap,
    AudioWarning,
    CallStarted,
    CardCleared,
    CardRaised,
    CardSuppressed,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    Event,
    Evidence,
    Level,
    RulesChanged,
    SpeechEnded,
    Utterance,
)
from coach.events.pauses import Pauses
from coach.notes.review.past_call import (
    Moment,
    MomentKind,
    PastLevel,
    SaidLine,
    Speech,
)
from coach.notes.written.form import written_text
from rules.definition.conditions import Silence
from rules.definition.rule import Rule

THIRD_VOICE = "third_voice"
"""``AudioWarning.kind`` of a voice too many (``audio.voices.side_company``)."""

_LEVEL_WORDS = "level {} → {}"


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What was found on the time line of a call."""

    started: str
    source: str
    caller: str
    seconds: float
    lines: tuple[SaidLine, ...]
    speech: tuple[Speech, ...]
    levels: tuple[PastLevel, ...]
    moments: tuple[Moment, ...]


class Making:
    """Takes the events of one call."""

    def __init__(
        self,
        settings: EngineSettings,
        rules: Iterable[Rule],
        others: Mapping[str, Iterable[Rule]] | None = None,
    ) -> None:
        """``rules``: those that the call began with.

        ``others``: by fingerprint, those that may be put in force while it runs.
        """
        self._settings = settings
        self._rules = {rule.id: rule for rule in rules}
        """As they are in force at the moment, or were where they no longer are."""
        self._others_by_name = others or {}
        self._coming: tuple[float, Iterable[Rule]] | None = None
        """From when on other rules are in force, and which."""
        self._reasons = Reasons(settings.cards, self._rules)
        self._turns = TurnTracker(settings.turns)
        self._first: CallStarted | None = None
        self._caller = ""
        self._seconds = 0.0
        self._lines: dict[str, SaidLine] = {}
        self._speech: list[Speech] = []
        self._unheard: list[tuple[float, float]] = []
        self._music: list[float] = []
        self._pauses = Pauses()
        self._why_paused = ""
        self._off_record: list[Moment] = []
        self._levels = [PastLevel(0.0, Level.CALM)]
        self._cues: dict[str, CueMatched] = {}
        self._heard_by: dict[str, Rule] = {}
        """The rules of the cues, by their matches, as they were then."""
        self._cards: dict[str, Moment] = {}
        self._others: list[Moment] = []
        self._takes: dict[type, Callable[[Any], None]] = {
            CallStarted: self._started,
            Utterance: self._said,
            AnnouncementHeard: self._announced,
            SpeechEnded: self._spoke,
            AudioGap: lambda event: self._unheard.append((event.start, event.end)),
            AudioWarning: self._warned,
            AgentAction: self._pressed,
            EscalationChanged: self._escalated,
            CueMatched: self._matched,
            CueRetracted: self._retracted,
            CardRaised: self._raised,
            CardCleared: self._cleared,
            CardSuppressed: self._kept_back,
            RulesChanged: self._rules_changed,
        }

    def take(self, event: Event) -> None:
        """Take the next event."""
        self._seconds = max(self._seconds, event.at)
        if self._coming is not None and event.at >= self._coming[0]:
            self._rules |= {rule.id: rule for rule in self._coming[1]}
            self._coming = None
        take = self._takes.get(type(event))
        if take is not None:
            take(event)
        self._reasons.take(event, self._rules.get(getattr(event, "rule", None) or ""))

    # --- facts ------------------------------------------------------------------------------

    def _rules_changed(self, event: RulesChanged) -> None:
        """As the engine: from the next point of its grid on; an unknown set changes nothing."""
        rules = self._others_by_name.get(event.rules)
        if rules is not None:
            self._coming = (event.at // GRID_S + 1.0) * GRID_S, rules

    def _started(self, event: CallStarted) -> None:
        self._first = event
        self._caller = event.caller

    def _said(self, event: Utterance) -> None:
        self._lines.pop(event.utterance, None)
        if not event.text or self._is_unheard(event):
            return
        self._lines[event.utterance] = SaidLine(
            utterance=event.utterance,
            channel=event.channel,
            start=event.start,
            end=event.end,
            text=printable(written_text(event.text, event.language)),
            doubtful=event.doubtful,
        )

    def _is_unheard(self, event: Utterance) -> bool:
        if self._pauses.touch(event.start, event.end):
            return True
        return any(event.start < end and event.end > start for start, end in self._unheard)

    def _announced(self, event: AnnouncementHeard) -> None:
        line = self._lines.get(event.utterance)
        if line is not None:
            known = msgspec.structs.replace(line, announcement=event.kind)
            self._lines[event.utterance] = known

    def _warned(self, event: AudioWarning) -> None:
        if event.active and event.kind in HOLDS:
            self._music.append(event.at)
        if event.kind == THIRD_VOICE:
            self._others.append(
                Moment(
                    kind=MomentKind.VOICES,
                    at=event.at,
                    end=event.at,
                    title=printable(event.detail),
                )
            )
        if not isinstance(event.since, msgspec.UnsetType):
            title = printable(event.detail)
            self._others.append(
                Moment(kind=MomentKind.SIDES, at=event.since, end=event.since, title=title)
            )

    def _spoke(self, event: SpeechEnded) -> None:
        self._speech.append(Speech(event.channel, event.start, max(event.start, event.end)))

    def _pressed(self, event: AgentAction) -> None:
        if event.action is Action.PAUSE:
            if self._pauses.begin(event.at):
                self._why_paused = event.note
        elif event.action is Action.RESUME:
            self._resume(event.at)
        elif event.action is Action.CALLER:
            self._caller = event.note
        elif event.action is Action.SWAP_CHANNELS:
            self._swap()

    def _resume(self, at: float) -> None:
        over = self._pauses.end(at)
        if over is not None:
            self._off_record.append(self._pause(*over))

    def _pause(self, begun: float, end: float) -> Moment:
        why = f": {printable(self._why_paused)}" if self._why_paused else ""
        title = f"off the record for {end - begun:.0f} s{why}"
        return Moment(kind=MomentKind.OFF_RECORD, at=begun, end=end, title=title)

    def _swap(self) -> None:
        """What was heard until now carries the other side's name."""
        replace = msgspec.structs.replace
        self._lines = {
            name: replace(line, channel=line.channel.other) for name, line in self._lines.items()
        }
        self._speech = [replace(one, channel=one.channel.other) for one in self._speech]
        self._cues = {
            name: replace(cue, channel=cue.channel.other) for name, cue in self._cues.items()
        }

    # --- results ----------------------------------------------------------------------------

    def _escalated(self, event: EscalationChanged) -> None:
        self._levels.append(PastLevel(event.at, event.level))
        self._others.append(
            Moment(
                kind=MomentKind.LEVEL,
                at=event.at,
                end=event.at,
                title=_LEVEL_WORDS.format(event.previous.name.lower(), event.level.name.lower()),
                because=clean(event.because),
            )
        )

    def _matched(self, event: CueMatched) -> None:
        self._cues[event.match] = event
        if event.rule in self._rules:
            self._heard_by[event.match] = self._rules[event.rule]

    def _retracted(self, event: CueRetracted) -> None:
        self._cues.pop(event.match, None)

    def _raised(self, event: CardRaised) -> None:
        rule = self._rules.get(event.rule)
        self._cards[event.card] = Moment(
            kind=MomentKind.CARD,
            at=event.at,
            end=event.at,
            title=event.do,
            key=event.card,
            rule=event.rule,
            fate="on the screen to the end",
            say=event.say,
            because=clean(event.because),
            needed=self._reasons.for_card(event),
            limits=limits_of(rule) if rule is not None else (),
        )

    def _cleared(self, event: CardCleared) -> None:
        card = self._cards.get(event.card)
        if card is not None:
            fate = f"{event.reason.value.replace('_', ' ')} after {event.at - card.at:.0f} s"
            self._cards[event.card] = msgspec.structs.replace(card, end=event.at, fate=fate)

    def _kept_back(self, event: CardSuppressed) -> None:
        rule = self._rules.get(event.rule)
        do = rule.card.do if rule is not None and rule.card is not None else event.rule
        self._others.append(
            Moment(
                kind=MomentKind.KEPT_BACK,
                at=event.at,
                end=event.at,
                title=do,
                rule=event.rule,
                fate=event.reason.value.replace("_", " "),
                because=clean(event.because),
                needed=self._reasons.against(event, rule),
                limits=limits_of(rule) if rule is not None else (),
            )
        )

    # --- what it came to --------------------------------------------------------------------

    def made(self) -> Made:
        """The time line of what has gone by."""
        first = self._first or CallStarted(at=0.0, call="", started="", source="")
        speech = self._spoken()
        cues = [cue for cue in self._cues.values() if is_cue(cue.rule)]
        announced = [
            cue.start for cue in self._cues.values() if cue.rule in announcing(self._rules)
        ]
        off_record = [*self._off_record]
        if self._pauses.since is not None:
            off_record.append(self._pause(self._pauses.since, self._seconds))
        unheard = [*self._unheard, *self._pauses.spans(until=self._seconds)]
        lines = sorted(self._lines.values(), key=lambda line: (line.start, line.utterance))
        moments = [
            *self._cards.values(),
            *self._others,
            *off_record,
            *(self._cue(cue) for cue in cues),
            *silences(speech, unheard, announced, self._seconds, music=self._music),
            *talk_overs(speech, self._settings.turns.interruption_s, self._acknowledges),
        ]
        by_line: dict[str, list[str]] = {}
        for cue in cues:
            if cue.utterance is not None:
                by_line.setdefault(cue.utterance, []).append(cue.rule)
        return Made(
            started=first.started,
            source=printable(first.source),
            caller=printable(self._caller),
            seconds=self._seconds,
            lines=tuple(
                msgspec.structs.replace(
                    line, cues=tuple(dict.fromkeys(by_line.get(line.utterance, ())))
                )
                for line in lines
            ),
            speech=tuple(speech),
            levels=tuple(self._levels),
            moments=tuple(sorted(moments, key=lambda moment: (moment.at, moment.kind))),
        )

    def _spoken(self) -> list[Speech]:
        """Stretches of speech; of a call without any, such as a transcript, its lines."""
        if self._speech:
            return sorted(self._speech, key=lambda one: one.start)
        return [Speech(line.channel, line.start, line.end) for line in self._lines.values()]

    def _acknowledges(self, span: Speech) -> bool:
        said = " ".join(
            line.text
            for line in self._lines.values()
            if line.channel is span.channel and line.start < span.end and line.end > span.start
        )
        return self._turns.is_backchannel(said)

    def _cue(self, cue: CueMatched) -> Moment:
        rule = self._heard_by.get(cue.match)
        return Moment(
            kind=MomentKind.CUE,
            at=cue.start,
            end=cue.end,
            title=rule.title if rule is not None else cue.rule,
            rule=cue.rule,
            side=cue.channel,
            fate="negated or quoted, so it counts less" if cue.guarded else "",
            because=clean(cue.because),
            limits=limits_of(rule) if rule is not None else (),
        )


def announcing(rules: Mapping[str, Rule]) -> frozenset[str]:
    """The rules that hear the agent announce a silence: those that answer a rule about it alone."""
    return frozenset(
        name
        for rule in rules.values()
        if rule.card is not None and isinstance(rule.when, Silence)
        for name in rule.card.done_when
    )


def clean(because: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence without what a terminal would obey."""
    return tuple(
        msgspec.structs.replace(one, text=printable(one.text)) if one.text else one
        for one in because
    )
