"""The results: what the engine makes of the facts."""

from __future__ import annotations

from coach.events.base import Event, Located
from coach.events.evidence import Evidence
from coach.events.terms import Channel, Clearing, Level, Suppression, Track


class SignalChanged(Event, frozen=True, kw_only=True):
    """A tracked figure crossed a bound that matters, or moved by a step worth showing."""

    signal: str
    """Name after the export conventions: ``sentiment_customer``, ``dead_air``, ..."""
    channel: Channel | None = None
    value: float | None = None
    because: tuple[Evidence, ...] = ()


class CueMatched(Located, frozen=True, kw_only=True):
    """A rule's condition held."""

    match: str
    """Identifier of this match, unique within the call."""
    utterance: str | None = None
    """The utterance whose words made it match; None where no single utterance did."""
    rule: str
    track: Track
    severity: int
    """0 (good news) to 4 (life and safety)."""
    text: str = ""
    because: tuple[Evidence, ...] = ()

    @property
    def guarded(self) -> bool:
        """Whether some of its words were negated or quoted."""
        return any(evidence.guard is not None for evidence in self.because)


class CueRetracted(Event, frozen=True, kw_only=True):
    """The final text no longer says what a draft said; the match is withdrawn."""

    match: str
    rule: str
    because: tuple[Evidence, ...] = ()


class EscalationChanged(Event, frozen=True, kw_only=True):
    """The call moved to another level."""

    level: Level
    previous: Level
    because: tuple[Evidence, ...] = ()


class LadderChanged(Event, frozen=True, kw_only=True):
    """The boundary ladder moved to another stage (see ``coach.engine.advice.boundary``)."""

    stage: str
    previous: str
    warnings: int
    """Warnings the agent has given."""
    because: tuple[Evidence, ...] = ()


class CardRaised(Event, frozen=True, kw_only=True):
    """A card is shown."""

    card: str
    """Identifier of this showing, unique within the call."""
    rule: str
    track: Track
    severity: int
    priority: int
    """Higher wins the one place on the screen."""
    do: str
    """What to do, in a few words."""
    say: str
    """The words to say; may be empty."""
    until: float | None
    """Call time at which it leaves by itself; None where it stays."""
    stays: bool
    """Whether it stays until the agent answers it."""
    danger: bool
    """Whether it is about a danger: it may interrupt, and nothing holds it back."""
    because: tuple[Evidence, ...] = ()


class CardStrengthened(Event, frozen=True, kw_only=True):
    """The card on the screen is about something graver than was known when it was raised."""

    card: str
    rule: str
    severity: int
    priority: int
    until: float | None
    """As in CardRaised; so are the next two."""
    stays: bool
    danger: bool
    because: tuple[Evidence, ...] = ()


class CardCleared(Event, frozen=True, kw_only=True):
    """A card left the screen."""

    card: str
    rule: str
    reason: Clearing
    because: tuple[Evidence, ...] = ()


class CardSuppressed(Event, frozen=True, kw_only=True):
    """A rule asked for a card and did not get it."""

    rule: str
    reason: Suppression
    because: tuple[Evidence, ...] = ()


class Nodded(Event, frozen=True, kw_only=True):
    """The agent has just done the right thing: a short nod instead of a card."""

    rule: str
    text: str
    because: tuple[Evidence, ...] = ()


class WarningGiven(Located, frozen=True, kw_only=True):
    """The agent gave the customer a boundary warning."""

    number: int
    """First warning is 1."""
    utterance: str
    text: str
    because: tuple[Evidence, ...] = ()


class CommitmentMade(Located, frozen=True, kw_only=True):
    """Somebody promised something."""

    utterance: str
    text: str
    owner: Channel
    due: str | None = None
    """ISO date (or date and time) where the words name one, else None."""
    because: tuple[Evidence, ...] = ()


class ChecklistTicked(Located, frozen=True, kw_only=True):
    """The agent said something that the checklist asks for."""

    item: str
    utterance: str
    text: str
    because: tuple[Evidence, ...] = ()


class AnnouncementHeard(Located, frozen=True, kw_only=True):
    """A recorded voice spoke: its words are nobody's, raise nothing and are no talk."""

    utterance: str
    kind: str
    """What it is for, in plain words: ``menu``, ``voicemail``, ..."""
    text: str
    because: tuple[Evidence, ...] = ()


Result = (
    SignalChanged
    | CueMatched
    | CueRetracted
    | EscalationChanged
    | LadderChanged
    | CardRaised
    | CardStrengthened
    | CardCleared
    | CardSuppressed
    | Nodded
    | WarningGiven
    | CommitmentMade
    | ChecklistTicked
    | AnnouncementHeard
)
"""What ``Engine.receive`` and ``Engine.advance`` give back."""
