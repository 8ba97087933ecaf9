"""What a journal's lines come to for the library, gathered one by one as they were written."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from coach.calls.marks import BY_AGENT, Mark, Verdict
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    CardCleared,
    CardRaised,
    CardSuppressed,
    Channel,
    Clearing,
    CommitmentMade,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    Event,
    Level,
    Utterance,
)
from coach.events.pauses import Pauses


class Fate(enum.StrEnum):
    """What became of a card."""

    SHOWN = "shown"
    """It was on the screen, whatever came then."""
    USED = "used"
    DISMISSED = "dismissed"
    ACKNOWLEDGED = "acknowledged"
    EXPIRED = "expired"
    REPLACED = "replaced"
    RESOLVED = "resolved"
    RETRACTED = "retracted"
    CALL_ENDED = "call_ended"
    MARKED = "marked"
    """The agent or a reviewer said something of it."""
    KEPT_BACK = "kept_back"
    """A rule asked for it and it was not shown."""


class LineVersion(enum.StrEnum):
    """Which version of a line it is."""

    ONLY = ""
    """As it was heard, and nobody put it right."""
    HEARD = "heard"
    """As it was heard; a reviewer has put it right since."""
    CORRECTED = "corrected"
    """As a reviewer put it right."""


class LineSaid(msgspec.Struct, frozen=True):
    """What somebody said."""

    utterance: str
    channel: Channel
    start: float
    """Seconds of call time."""
    text: str
    doubtful: bool
    version: LineVersion = LineVersion.ONLY


class CueOfCall(msgspec.Struct, frozen=True):
    """A rule that matched, and was not withdrawn."""

    rule: str
    at: float
    severity: int
    text: str


class CardSeen(msgspec.Struct, frozen=True):
    """A card that was shown."""

    card: str
    rule: str
    at: float
    fate: Fate
    """How it left the screen; SHOWN where it stood to the end of the journal."""
    marked: str
    """What was said of it: ``wrong``, ``late``, ...; empty where nothing was."""


class KeptBack(msgspec.Struct, frozen=True):
    """A card that was not shown, once for each rule and reason."""

    rule: str
    reason: str
    at: float
    """The first time."""
    times: int


class Promise(msgspec.Struct, frozen=True):
    """What the agent's side promised."""

    at: float
    text: str
    due: str


_CONTROLS = dict.fromkeys([*range(32), 127, *range(128, 160)], " ")


def printable(text: str) -> str:
    """The text without what a terminal would obey: imported words may hold anything."""
    return text if text.isprintable() else text.translate(_CONTROLS)


class JournalGathering:
    """Takes the lines of one journal in order."""

    def __init__(self, first: CallStarted) -> None:
        """``first`` stands in for a journal that does not say how its call began."""
        self.first = first
        self.caller = first.caller
        self.seconds = 0.0
        self.ended = False
        self.level = Level.CALM
        self.last_level = Level.CALM
        self.promises: list[Promise] = []
        self.marks: list[Mark] = []
        self._lines: dict[str, LineSaid] = {}
        self._ends: dict[str, float] = {}
        self._pauses = Pauses()
        self._cues: dict[str, CueOfCall] = {}
        self._cards: dict[str, CardSeen] = {}
        self._kept_back: dict[tuple[str, str], KeptBack] = {}
        self._shown: str | None = None
        self._takes: dict[type, Callable[[Any], None]] = {
            CallStarted: self._started,
            CallEnded: self._call_ended,
            Utterance: self._said,
            AgentAction: self._pressed,
            CueMatched: self._matched,
            CueRetracted: lambda event: self._forget(event.match),
            EscalationChanged: self._escalated,
            CardRaised: self._raised,
            CardCleared: self._cleared,
            CardSuppressed: self._suppressed,
            CommitmentMade: self._promised,
        }

    def take(self, event: Event) -> None:
        """Take the next line."""
        self.seconds = max(self.seconds, event.at)
        take = self._takes.get(type(event))
        if take is not None:
            take(event)

    # --- what it came to --------------------------------------------------------------------

    def lines(self) -> tuple[LineSaid, ...]:
        """What was said, in order, without what was said while the agent had paused the call."""
        heard = [line for line in self._lines.values() if not self._unheard(line)]
        return tuple(sorted(heard, key=lambda line: line.start))

    def cues(self) -> tuple[CueOfCall, ...]:
        """In the order in which they were noticed."""
        return tuple(self._cues.values())

    def cards(self, marks: Iterable[Mark]) -> tuple[CardSeen, ...]:
        """In the order in which they were shown; ``marks`` are the reviewers'."""
        said = {mark.card: mark.verdict.value for mark in marks if mark.card is not None}
        return tuple(
            msgspec.structs.replace(card, marked=said[card.card]) if card.card in said else card
            for card in self._cards.values()
        )

    def kept_back(self) -> tuple[KeptBack, ...]:
        """In the order in which they were first asked for."""
        return tuple(self._kept_back.values())

    # --- line by line -----------------------------------------------------------------------

    def _started(self, event: CallStarted) -> None:
        self.first = event
        self.caller = event.caller

    def _call_ended(self, _event: CallEnded) -> None:
        self.ended = True

    def _said(self, event: Utterance) -> None:
        self._lines.pop(event.utterance, None)
        if event.text:
            text = printable(event.text)
            line = LineSaid(event.utterance, event.channel, event.start, text, event.doubtful)
            self._lines[event.utterance] = line
            self._ends[event.utterance] = event.end

    def _unheard(self, line: LineSaid) -> bool:
        return self._pauses.touch(line.start, self._ends[line.utterance])

    def _pressed(self, event: AgentAction) -> None:
        self._pauses.take(event)
        if event.action is Action.SWAP_CHANNELS:
            self._swap()
        elif event.action is Action.CALLER:
            self.caller = event.note
        elif event.action is Action.MARK_WRONG:
            self._mark_wrong(event)

    def _swap(self) -> None:
        """What was said until now carries the other side's name; what follows has its own."""
        self._lines = {
            name: msgspec.structs.replace(line, channel=line.channel.other)
            for name, line in self._lines.items()
        }

    def _mark_wrong(self, event: AgentAction) -> None:
        card = self._cards.get(event.card or self._shown or "")
        if card is None:
            return
        self._cards[card.card] = msgspec.structs.replace(card, marked=Verdict.WRONG.value)
        self.marks.append(
            Mark(
                mark=f"{BY_AGENT}{len(self.marks) + 1}",
                verdict=Verdict.WRONG,
                at=event.at,
                reviewer=BY_AGENT,
                made="",
                card=card.card,
                rule=card.rule,
                note=event.note,
            )
        )

    def _matched(self, event: CueMatched) -> None:
        text = printable(event.text)
        self._cues[event.match] = CueOfCall(event.rule, event.at, event.severity, text)

    def _forget(self, match: str) -> None:
        self._cues.pop(match, None)

    def _escalated(self, event: EscalationChanged) -> None:
        self.level = max(self.level, event.level)
        self.last_level = event.level

    def _raised(self, event: CardRaised) -> None:
        self._shown = event.card
        self._cards[event.card] = CardSeen(event.card, event.rule, event.at, Fate.SHOWN, "")

    def _cleared(self, event: CardCleared) -> None:
        self._shown = None if self._shown == event.card else self._shown
        card = self._cards.get(event.card)
        if card is not None:
            fate = Fate(Clearing(event.reason).value)
            self._cards[event.card] = msgspec.structs.replace(card, fate=fate)

    def _suppressed(self, event: CardSuppressed) -> None:
        key = (event.rule, event.reason.value)
        before = self._kept_back.get(key)
        self._kept_back[key] = KeptBack(
            event.rule,
            event.reason.value,
            event.at if before is None else before.at,
            1 if before is None else before.times + 1,
        )

    def _promised(self, event: CommitmentMade) -> None:
        if event.owner is Channel.AGENT:
            self.promises.append(Promise(event.at, printable(event.text), event.due or ""))
