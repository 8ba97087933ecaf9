"""What is said of a moment of a call, a card or a rule by whoever looks at it afterwards."""

from __future__ import annotations

import enum


class Verdict(enum.StrEnum):
    """What is said of the moment."""

    RIGHT = "right"
    """The card was right."""
    WRONG = "wrong"
    """It should not have been shown."""
    LATE = "late"
    """It was right, and came too late."""
    MISSED = "missed"
    """Here should have been the card of ``rule``."""
    NOTE = "note"
    """A remark or a bookmark; it judges nothing."""
    WITHDRAWN = "withdrawn"
    """An earlier mark no longer holds."""
