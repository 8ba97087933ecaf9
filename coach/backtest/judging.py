"""What reviewers' marks say of a run: right and false alarms, and misses, with their uncertainty.

A moment that a reviewer marked as right, late or missed is one at which the rule's card belongs;
one marked as wrong is one at which it does not. A run is judged at these moments only: a card
that nobody looked at is neither right nor wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from coach.calls.marks import Mark, Verdict
from coach.notes.report.intervals import wilson

BELONGS = frozenset({Verdict.RIGHT, Verdict.LATE, Verdict.MISSED})


class Share(msgspec.Struct, frozen=True):
    """A share with its 95 % interval, 0 to 1."""

    value: float
    low: float
    high: float


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's card against the marked moments."""

    right: int = 0
    """Moments at which it belongs and was shown."""
    false: int = 0
    """Moments at which it does not belong and was shown."""
    missed: int = 0
    """Moments at which it belongs and was not shown."""
    quiet: int = 0
    """Moments at which it does not belong and was not shown."""

    def __add__(self, other: Judged) -> Judged:
        """Both together."""
        return Judged(
            right=self.right + other.right,
            false=self.false + other.false,
            missed=self.missed + other.missed,
            quiet=self.quiet + other.quiet,
        )

    @property
    def precision(self) -> Share | None:
        """Of the cards shown at marked moments, those that belong; None where there are none."""
        return counted_share(self.right, self.right + self.false)

    @property
    def recall(self) -> Share | None:
        """Of the moments at which it belongs, those at which it was shown."""
        return counted_share(self.right, self.right + self.missed)

    @property
    def f1(self) -> Share | None:
        """The harmonic mean of both.

        It rises with the share of right ones among all that are right, false or missed
        (2 s / (1 + s)), so the ends of that share's interval are the ends of its own.
        """
        share = counted_share(self.right, self.right + self.false + self.missed)
        if share is None:
            return None
        return Share(*(2 * s / (1 + s) for s in (share.value, share.low, share.high)))

    def cost(self, miss: float) -> float:
        """What its mistakes cost in false alarms; a miss costs as much as ``miss`` of them."""
        return self.false + miss * self.missed


def counted_share(hits: int, of: int) -> Share | None:
    """A counted share with Wilson's interval; None where nothing was counted."""
    return Share(hits / of, *wilson(hits / of, of)) if of else None


def judged(
    marks: Iterable[Mark], shown: Mapping[str, Sequence[float]], within: float
) -> dict[str, Judged]:
    """Judge a run: ``shown`` are the times of each rule's cards.

    A card answers for a moment that lies at most ``within`` seconds from it, and for one only: the
    nearest. Of several marks of the same card or moment the last one holds.
    """
    last: dict[tuple[str, object], Mark] = {}
    for mark in marks:
        if mark.rule is not None and mark.verdict is not Verdict.NOTE:
            last.pop(key := (mark.rule, mark.card or mark.at), None)
            last[key] = mark
    found: dict[str, Judged] = {}
    for rule in sorted({rule for rule, _ in last}):
        moments = [mark for (of, _), mark in last.items() if of == rule]
        answered = _answered(moments, shown.get(rule, ()), within)
        for number, mark in enumerate(moments):
            hit, belongs = number in answered, mark.verdict in BELONGS
            one = Judged(
                right=belongs and hit,
                false=hit and not belongs,
                missed=belongs and not hit,
                quiet=not hit and not belongs,
            )
            found[rule] = found.get(rule, Judged()) + one
    return found


def _answered(moments: Sequence[Mark], times: Sequence[float], within: float) -> set[int]:
    """Which moments have a card, the nearest pairs first."""
    near = sorted(
        (abs(mark.at - at), number, card)
        for number, mark in enumerate(moments)
        for card, at in enumerate(times)
        if abs(mark.at - at) <= within
    )
    answered: set[int] = set()
    taken: set[int] = set()
    for _, number, card in near:
        if number not in answered and card not in taken:
            answered.add(number)
            taken.add(card)
    return answered
