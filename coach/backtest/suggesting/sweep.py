"""Tries the values of one figure over marked calls, and chooses among them.

What a threshold does changes at few of its values. So the ends are run first, and a call is run
in between only where it differs at the two ends: a stretch at both ends of which a call shows the
same cards is taken to show them all along. Every figure that a proposal gives is that of a run.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import msgspec

from coach.backtest.judging import Judged

from .evidence import RuleInCall

Run = Callable[[float, Sequence[int]], Sequence[RuleInCall]]
"""Runs some calls, by their numbers, with a value."""


class SweptStretch(msgspec.Struct, frozen=True, kw_only=True):
    """Neighbouring values with which every call shows the same cards."""

    low: float
    high: float
    seen: tuple[RuleInCall, ...]
    """By call."""

    def cost(self, calls: Iterable[int], miss: float) -> float:
        """What its mistakes in some calls cost, in false alarms."""
        return total(self.seen[call] for call in calls).cost(miss)


def total(seen: Iterable[RuleInCall]) -> Judged:
    """The judgement over several calls."""
    found = Judged()
    for one in seen:
        found = found + one.judged
    return found


def swept(
    values: Sequence[float], now: float, calls: int, run: Run, most: int
) -> tuple[SweptStretch, ...]:
    """The stretches of rising ``values``, in order; at most about ``most`` values are run.

    ``now`` is one of the values and is always run.
    """
    everyone = list(range(calls))
    last, here = len(values) - 1, values.index(now)
    points = sorted({0, here, last})
    known: dict[int, dict[int, RuleInCall]] = {}
    for point in points:
        known[point] = dict(zip(everyone, run(values[point], everyone), strict=True))
    open_ = deque((a, b, everyone) for a, b in itertools.pairwise(points))
    while open_ and len(known) < most:
        low, high, undecided = open_.popleft()
        differing = [c for c in undecided if known[low][c].times != known[high][c].times]
        if not differing or high - low < 2:
            continue
        middle = (low + high) // 2
        seen = run(values[middle], differing)
        alike = {call: known[low][call] for call in everyone}
        known[middle] = alike | dict(zip(differing, seen, strict=True))
        open_ += [(low, middle, differing), (middle, high, differing)]
    return _stretches(values, known)


def _stretches(
    values: Sequence[float], known: dict[int, dict[int, RuleInCall]]
) -> tuple[SweptStretch, ...]:
    found: list[SweptStretch] = []
    for point in sorted(known):
        seen = tuple(known[point][call] for call in sorted(known[point]))
        if found and [s.times for s in found[-1].seen] == [s.times for s in seen]:
            found[-1] = msgspec.structs.replace(found[-1], high=values[point])
        else:
            found.append(SweptStretch(low=values[point], high=values[point], seen=seen))
    return tuple(found)


def best(
    stretches: Sequence[SweptStretch], now: float, calls: Iterable[int], miss: float
) -> SweptStretch:
    """The stretch with the least cost in some calls; of equal ones the nearest to the present."""
    calls = list(calls)
    here = present(stretches, now)
    order = sorted(range(len(stretches)), key=lambda number: abs(number - here))
    costs = [stretches[number].cost(calls, miss) for number in order]
    return stretches[order[costs.index(min(costs))]]


def present(stretches: Sequence[SweptStretch], now: float) -> int:
    """The number of the stretch in which the present value lies."""
    return next(n for n, one in enumerate(stretches) if one.low <= now <= one.high)


def folds(calls: int, most: int) -> list[list[int]]:
    """The calls in at most ``most`` parts, by turns: the same calls give the same parts."""
    parts = min(most, calls)
    return [list(range(part, calls, parts)) for part in range(parts)]


def cross_validated(
    stretches: Sequence[SweptStretch], now: float, calls: int, miss: float, most: int = 10
) -> list[Judged]:
    """By call, what a value does that was chosen by the other parts of the calls."""
    found: dict[int, Judged] = {}
    for part in folds(calls, most):
        others = [call for call in range(calls) if call not in part]
        chosen = best(stretches, now, others, miss)
        found |= {call: chosen.seen[call].judged for call in part}
    return [found[call] for call in range(calls)]
