"""What a proposal holds: one change of a rule, and what it does at the moments that were marked."""

from __future__ import annotations

from typing import Any

import msgspec

from coach.backtest.judging import Judged
from coach.notes.report.intervals import Estimate

from .sentences import ProposedWording

ALIKE = 6
"""Calls that agree by chance in less than 5 of 100 cases."""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A rule before and after a change, over the calls with marks of it."""

    before: Judged
    after: Judged
    """With the change as it is proposed: chosen on these very calls."""
    held_out: Judged
    """With changes that were each chosen without the call they are judged on."""
    saved: Estimate
    """False alarms that it saves a call, held out, with its interval."""
    cards_before: int
    cards_after: int

    @property
    def unmarked(self) -> int:
        """Cards more, or fewer, that nobody has judged."""
        marked = (self.after.right + self.after.false) - (self.before.right + self.before.false)
        return self.cards_after - self.cards_before - marked


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a rule."""

    rule: str
    action: str
    path: str
    """As an overlay writes it."""
    value: Any
    now: Any
    """What stands there; None where something is added."""
    unit: str = ""
    effect: Effect
    wordings: tuple[ProposedWording, ...] = ()
    """What is added, where words are."""
    tried: int = 0
    """Values that were run, where a figure is set."""

    @property
    def sure(self) -> bool:
        """Whether it saves something in more than these calls, as far as they can tell.

        Where it saves the same in each, as many calls as a coin falls alike once in 32 throws.
        """
        saved = self.effect.saved
        if saved.low is None:
            return (saved.value or 0.0) > 0 and saved.calls >= ALIKE
        return saved.low > 0


class OfRule(msgspec.Struct, frozen=True, kw_only=True):
    """What marks tell of one rule."""

    rule: str
    marks: int
    calls: int
    hours: float
    now: Judged
    proposals: tuple[Proposal, ...] = ()
    """The one that costs least first; only those that cost less than what is in force."""
    nothing: str = ""
    """Why there is none."""
