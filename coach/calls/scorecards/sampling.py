"""Drawing calls to be scored: fair, in strata, the same again for the same seed, open to an audit.

Theory of operation. Calls are drawn for each agent and week apart, so everybody gets as many (or
all, where there are fewer). Chance comes from the seed alone: a call's *rank* is SHA-256 of
``seed/call``, an agent's *start* SHA-256 of ``seed/agent/week`` (the agent in small letters), both
read as a number from 0 to 1, so anybody can check a draw with a hash program and paper, and one
agent's draw does not depend on the others'.

``proportional``
    the calls stand in order of stratum and rank, and every N/n-th is taken from the start on:
    each call has the same chance n/N, and each stratum gets its part to within one call;
``equal``
    the strata take turns, so rare ones are seen too; where the last turn does not reach all, the
    start tells which. A call's chance is told, so that averages can be weighed back (1/chance).
"""

from __future__ import annotations

import enum
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

import msgspec


class Allocation(enum.StrEnum):
    """How an agent's calls are divided among the strata."""

    PROPORTIONAL = "proportional"
    EQUAL = "equal"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A call that could be drawn."""

    call: str
    agent: str
    week: str
    """ISO week, such as ``2026-W48``."""
    stratum: str


class Excluded(msgspec.Struct, frozen=True, kw_only=True):
    """A call that could not be drawn."""

    call: str
    because: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was drawn."""

    call: str
    agent: str
    week: str
    stratum: str
    chance: float
    """How likely it was to be drawn, 0 to 1."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    seed: str
    per_agent: int
    """Calls of each agent and week."""
    allocation: Allocation = Allocation.PROPORTIONAL
    by: tuple[str, ...] = ()
    """What the strata are made of, in words."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A draw with all that it was drawn from: enough to draw it again."""

    plan: Plan
    frame: tuple[Candidate, ...]
    """Every call that could be drawn."""
    excluded: tuple[Excluded, ...]
    drawn: tuple[Drawn, ...]


def draw(plan: Plan, frame: Sequence[Candidate], excluded: Sequence[Excluded] = ()) -> Sample:
    """Draw; the order of ``frame`` changes nothing."""
    cells: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in frame:
        cells[candidate.agent, candidate.week].append(candidate)
    choose = _proportional if plan.allocation is Allocation.PROPORTIONAL else _equal
    drawn: list[Drawn] = []
    for agent, week in sorted(cells):
        start = chance_of(f"{plan.seed}/{agent.casefold()}/{week}")
        drawn += choose(plan, cells[agent, week], start)
    return Sample(
        plan=plan,
        frame=tuple(sorted(frame, key=lambda c: (c.agent, c.week, c.stratum, c.call))),
        excluded=tuple(sorted(excluded, key=lambda e: e.call)),
        drawn=tuple(drawn),
    )


def differing(sample: Sample) -> set[str]:
    """Calls of a kept sample that are in it and not in its draw made again, or the other way."""
    again = draw(sample.plan, sample.frame, sample.excluded)
    return {one.call for one in again.drawn} ^ {one.call for one in sample.drawn}


def chance_of(text: str) -> Fraction:
    """A number from 0 to 1 (exclusive) that stands for a text: the first 64 bits of SHA-256."""
    return Fraction(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]), 1 << 64)


def _ranked(plan: Plan, calls: Sequence[Candidate]) -> list[Candidate]:
    return sorted(calls, key=lambda c: (c.stratum, chance_of(f"{plan.seed}/{c.call}"), c.call))


def _proportional(plan: Plan, calls: Sequence[Candidate], start: Fraction) -> list[Drawn]:
    step = min(Fraction(1), Fraction(plan.per_agent, len(calls)))
    taken = []
    for place, candidate in enumerate(_ranked(plan, calls)):
        if (start + (place + 1) * step) // 1 > (start + place * step) // 1:
            taken.append(_drawn(candidate, step))
    return taken


def _equal(plan: Plan, calls: Sequence[Candidate], start: Fraction) -> list[Drawn]:
    strata: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in _ranked(plan, calls):
        strata[candidate.stratum].append(candidate)
    names = sorted(strata)
    counts = dict.fromkeys(names, 0)
    expected = {name: Fraction(0) for name in names}
    left = min(plan.per_agent, len(calls))
    while left:
        room = [name for name in names if counts[name] < len(strata[name])]
        first = int(start * len(room))
        turn = [room[(first + step) % len(room)] for step in range(min(left, len(room)))]
        for name in room:
            expected[name] += Fraction(len(turn), len(room))
        for name in turn:
            counts[name] += 1
        left -= len(turn)
    return [
        _drawn(candidate, expected[name] / len(strata[name]))
        for name in names
        for candidate in strata[name][: counts[name]]
    ]


def _drawn(candidate: Candidate, chance: Fraction) -> Drawn:
    return Drawn(
        call=candidate.call,
        agent=candidate.agent,
        week=candidate.week,
        stratum=candidate.stratum,
        chance=float(chance),
    )
