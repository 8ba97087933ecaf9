"""What of a rule can be turned like a dial: every figure with a range, and the values it takes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from rules.changes.settable import RATES, ValuePlace, of_rule
from rules.definition.rule import Timing
from rules.reading.entries import Entry
from rules.reading.ranges import bare, meta_of, unit_of

NEAR = 8
"""Small steps on either side of the present value."""
COARSE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0)
"""Steps of one power of ten, for the rest of the range."""


class Dial(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of a rule, with the values that it can be turned to."""

    rule: str
    path: str
    """As a change writes it after ``set.``."""
    unit: str
    whole: bool
    """Whether it takes whole numbers only."""
    values: tuple[float, ...]
    """Rising; of a whole one they are whole. The present value is among them."""
    present: int
    """Index of the value in force."""

    def nearest(self, value: float) -> int:
        """Index of the value that lies nearest."""
        return min(range(len(self.values)), key=lambda i: (abs(self.values[i] - value), i))


def dials_of(entry: Entry) -> tuple[Dial, ...]:
    """Every figure of a rule that has a range and a value."""
    dials = (_dial(entry, place) for place in of_rule(entry.values))
    return tuple(dial for dial in dials if dial is not None)


def _dial(entry: Entry, place: ValuePlace) -> Dial | None:
    meta = meta_of(place.hint)
    value = place.value if place.value is not None else place.usual
    if place.value is None and (
        place.path in RATES or (place.owner is Timing and "card" not in entry.values)
    ):
        return None
    if meta is None or meta.ge is None or meta.le is None or isinstance(value, bool):
        return None
    if not isinstance(value, int | float):
        return None
    whole = bare(place.hint) is int
    values = values_between(float(meta.ge), float(meta.le), value, whole=whole)
    return Dial(
        rule=entry.name,
        path=place.path,
        unit=unit_of(meta),
        whole=whole,
        values=values,
        present=values.index(value),
    )


def values_between(
    least: float, most: float, present: float, *, whole: bool = False
) -> tuple[float, ...]:
    """Small steps about the present value, and round figures over the rest of the range."""
    if least >= most:
        return (present,)
    step = _round_step(max(abs(present), (most - least) / 1000.0) / 12.0)
    if whole:
        step = max(1.0, step)
    near = {round(present + n * step, 10) for n in range(-NEAR, NEAR + 1)} - {present}
    reach = (NEAR + 0.5) * step
    far = {v for v in _round_figures(least, most, step) if abs(v - present) > reach}
    ends = {v for v in (least, most) if abs(v - present) > step / 2.0}
    found: set[float] = {v for v in near | far | ends if least <= v <= most}
    if whole:
        found = {v for v in map(round, found) if v != present}
    return tuple(sorted({*found, present}))


def _round_figures(least: float, most: float, step: float) -> Iterator[float]:
    """Figures that people would name, as far apart as they are great; none finer than a step."""
    finest = least if least > 0.0 else step
    lowest, highest = (math.floor(math.log10(x)) for x in (finest, max(-least, most)))
    yield 0.0
    for exponent in range(lowest, highest + 1):
        for figure in COARSE:
            value = float(f"{figure}e{exponent}")
            if value >= finest:
                yield from (value, -value)


def _round_step(about: float) -> float:
    """1, 2 or 5 times a power of ten, at most ``about``."""
    power = math.floor(math.log10(about))
    figure = about / 10.0**power
    best = 5.0 if figure >= 5.0 else 2.0 if figure >= 2.0 else 1.0
    return float(f"{best}e{power}")
