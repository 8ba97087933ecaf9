"""Which way the customer is going, and what of it a match that is taken back had changed."""

from __future__ import annotations

import enum
from collections import deque
from typing import NamedTuple

MOST_TEMPERED = 32
"""Latest changes that can be undone one by one; drafts are final long before."""


class Tempering(enum.Enum):
    """What changes a temper."""

    HEATED = enum.auto()
    """By a cue that heats, or a bad turn."""
    PLEASED = enum.auto()
    """By a pleasant turn."""
    RELIEVED = enum.auto()
    """By good news, or by having settled."""


class _Change(NamedTuple):
    """One change, and how things stood before it."""

    cause: str
    """The match that brought it; empty where a turn did."""
    how: Tempering
    friendly: int
    relieved: bool


class Temper:
    """The customer's temper over one call."""

    def __init__(self) -> None:
        self.friendly = 0
        """Pleasant turns since the last cue that heats or bad turn."""
        self.relieved = False
        """Good news came, and neither a cue that heats nor a bad turn since."""
        self._changes: deque[_Change] = deque(maxlen=MOST_TEMPERED)
        """The latest: a match of a draft may be taken back."""

    def change(self, how: Tempering, cause: str = "") -> None:
        """It changes, by the match ``cause`` or by a turn."""
        self._changes.append(_Change(cause, how, self.friendly, self.relieved))
        if how is Tempering.HEATED:
            self.friendly, self.relieved = 0, False
        elif how is Tempering.PLEASED:
            self.friendly += 1
        else:
            self.relieved = True

    def forget(self, match: str) -> None:
        """A match was withdrawn: the temper is what it would be without it."""
        changes = list(self._changes)
        if all(change.cause != match for change in changes):
            return
        self.friendly, self.relieved = changes[0].friendly, changes[0].relieved
        self._changes.clear()
        for change in changes:
            if change.cause != match:
                self.change(change.how, change.cause)
