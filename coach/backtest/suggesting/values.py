"""The figures of a rule that can be set, and the values of each that are worth trying.

A threshold changes something only where it passes a figure that was measured. Of a sensitivity
these are the rates that stand in the journals; of a time the points of the engine's grid; of other
figures steps as fine as anybody would write them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from coach.events import Hypothesis, Utterance
from rules.changes.settable import RATES, of_rule
from rules.definition.conditions import RATE
from rules.definition.rule import CardSpec, Timing
from rules.reading.entries import Entry
from rules.reading.ranges import bare, meta_of, unit_of

from .evidence import MarkedCall

STEPS = {"s": 0.5, "of 1": 0.01, "dB": 0.5, "points": 0.25, "%": 5.0, "words a minute": 5.0}
"""How finely a figure is tried, by unit."""
FAR = 4.0
"""Values up to so many times the present one are tried."""
_ROUND = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


class RuleValue(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of a rule."""

    path: str
    """As a change writes it after ``set.``."""
    now: float
    least: float
    most: float
    unit: str
    whole: bool
    """Whether it takes whole numbers only; from 1 on, since none would end the rule."""


def parameters_of(entry: Entry) -> list[RuleValue]:
    """The figures that decide when a rule fires and how often it shows its card."""
    found: list[RuleValue] = []
    for place in of_rule(entry.values):
        meta = meta_of(place.hint)
        value = place.value if place.value is not None else place.usual
        if meta is None or meta.ge is None or meta.le is None or place.owner is CardSpec:
            continue
        if place.path not in RATES and place.path.rpartition(".")[2] in RATES:
            continue  # the rule's own stands for all of them
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if place.owner is Timing and not {"card", "timing"} <= set(entry.values):
            continue
        found.append(
            RuleValue(
                path=place.path,
                now=_now(entry.values, place.path, value),
                least=max(1.0, meta.ge) if bare(place.hint) is int else float(meta.ge),
                most=float(meta.le),
                unit=unit_of(meta),
                whole=bare(place.hint) is int,
            )
        )
    return found


def _now(values: dict[str, Any], path: str, value: float) -> float:
    """The present value; of the rule's own rates also where they stand beside the sentences."""
    when = values.get("when")
    if path not in RATES or path in values or not isinstance(when, dict):
        return float(value)
    return float(when.get(path, value))


def worth_trying(parameter: RuleValue, measured: Iterable[float] = ()) -> list[float]:
    """Values to try in rising order, the present one among them; ``measured`` are figures met."""
    if parameter.unit == RATE:
        tried = {*measured, *_round_rates(parameter.least, parameter.most)}
    else:
        step = 1.0 if parameter.whole else STEPS.get(parameter.unit, 1.0)
        tried = set(_steps(parameter, step))
    tried.add(parameter.now)
    return sorted(value for value in tried if parameter.least <= value <= parameter.most)


def rates_met(calls: Iterable[MarkedCall], keys: frozenset[str]) -> set[float]:
    """How near the words of calls came to meanings, by their keys, as the journals have it."""
    return {
        score.rate
        for call in calls
        for event in call.journal.events
        if isinstance(event, Utterance | Hypothesis)
        for clause in event.clauses
        for score in clause.scores
        if score.key in keys
    }


def round_between(low: float, high: float, *, whole: bool = False) -> float:
    """The value from ``low`` to ``high`` that is written with the fewest digits, near the middle.

    The middle of rates is that of their logarithms.
    """
    if whole:
        return float(round((low + high) / 2))
    middle = math.sqrt(low * high) if low > 0 else (low + high) / 2
    for digits in range(1, 8):
        value = float(f"{middle:.{digits}g}")
        if low <= value <= high:
            return value
    return low


def _round_rates(least: float, most: float) -> Iterator[float]:
    for power in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1):
        yield from (float(f"{head * 10.0**power:.2g}") for head in _ROUND)
    yield from (least, most)


def _steps(parameter: RuleValue, step: float) -> Iterator[float]:
    far = max(abs(parameter.now) * FAR, 10 * step)
    low, high = max(parameter.least, parameter.now - far), min(parameter.most, parameter.now + far)
    first = math.ceil(low / step)
    yield from (round(step * number, 6) for number in range(first, math.floor(high / step) + 1))
