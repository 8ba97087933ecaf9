"""How a card differs between two sets of rules."""

from __future__ import annotations

import enum

import msgspec

from coach.events import Track


class CardChange(enum.StrEnum):
    """What the new rules make of a card."""

    GAINED = "gained"
    LOST = "lost"
    EARLIER = "earlier"
    LATER = "later"


class ChangedCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A card that the two sets do not agree about."""

    call: str
    rule: str
    track: Track
    change: CardChange
    old: float | None = None
    """Call time at which the old rules show it, in seconds."""
    new: float | None = None
    lines: tuple[str, ...] = ()
    """What caused it; of one that is earlier or later, under the new rules."""
    without: str = ""
    """Why the other set does not show it."""
