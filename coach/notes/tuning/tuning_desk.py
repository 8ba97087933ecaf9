"""The supervisor's desk: figures to turn, what each value does, versions of the overlay."""

from __future__ import annotations

from typing import Protocol

import msgspec


class DialRow(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of a rule that can be turned."""

    path: str
    """As a change writes it after ``set.``."""
    unit: str
    meaning: str
    values: tuple[float, ...]
    """Rising."""
    present: int
    """Index of the value in force."""


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with its figures."""

    rule: str
    title: str
    dials: tuple[DialRow, ...]


class ShareSeen(msgspec.Struct, frozen=True):
    """A share with its 95 % interval, 0 to 1, and of how many."""

    value: float
    low: float
    high: float
    of: int


class PointSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What one value comes to over the calls that have come in."""

    calls: int
    hours: float
    shown: int
    """Cards of the rule."""
    touched: int
    """Calls in which it matched or showed one."""
    per_hour: float
    used: int
    dismissed: int
    precision: ShareSeen | None
    """By reviewers' marks; None where there are none."""
    recall: ShareSeen | None
    gained: int
    lost: int
    moved: int
    """Cards of the rule that come earlier or later."""
    others: int
    """Cards of other rules that come, go or move with it."""
    kept_back: tuple[tuple[str, int], ...]


class MomentSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A card that the value and the rules in force do not agree about."""

    call: str
    at: float
    """Call time, seconds."""
    rule: str
    change: str
    """``gained``, ``lost``, ``earlier`` or ``later``."""
    lines: tuple[str, ...]
    """What caused it."""
    without: str
    """Why the other side does not show it."""


class CallsTried(msgspec.Struct, frozen=True, kw_only=True):
    """How far the calls have come in."""

    near: int
    """Calls that came in for the values about the present one."""
    whole: int
    """Calls that came in for every value."""
    of: int
    """Calls of the kinds that are asked for, as far as is known."""
    trouble: str = ""


class VersionSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A kept state of the overlay."""

    number: int
    when: str
    by: str
    reason: str
    published: bool = False


class WordingSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One wording of a rule's card in the calls as they were."""

    words: str
    shown: int
    used: int
    dismissed: int


class TuningDesk(Protocol):
    """What the screen asks for; everything but ``progress`` to ``moments`` may raise CoachError."""

    overlay: str
    """Where changes are saved; empty where nowhere."""
    shared: str
    """The folder that it is published to; empty where none."""

    def rules(self) -> tuple[RuleRow, ...]:
        """Every rule that has a figure to turn, as in force."""

    def begin(self, rule: str, path: str) -> None:
        """Try the values of a figure on all calls, beside the screen."""

    def progress(self) -> CallsTried:
        """How far that is."""

    def curve(self) -> tuple[PointSeen, ...]:
        """What each value comes to so far."""

    def moments(self, index: int) -> tuple[MomentSeen, ...]:
        """The first cards that differ with a value."""

    def save(self, index: int, reason: str) -> str:
        """Write the value into the overlay; says what was done."""

    def contradicted(self, index: int) -> tuple[str, ...]:
        """What timelines say against a value, and what to write where it is meant."""

    def publish(self) -> str:
        """Put the overlay where others take it from; says where."""

    def versions(self) -> tuple[VersionSeen, ...]:
        """Every kept state of the overlay, the latest first."""

    def difference(self, number: int) -> tuple[str, ...]:
        """Lines that rolling back takes out (``- ``) and puts in (``+ ``)."""

    def roll_back(self, number: int) -> str:
        """Make an earlier state the present one; says what was done."""

    def wordings(self, rule: str) -> tuple[WordingSeen, ...]:
        """Which wordings of its card were used and dismissed."""

    def close(self) -> None:
        """Stop whatever runs."""
