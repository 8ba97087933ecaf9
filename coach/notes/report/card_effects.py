"""Which cards help: mood and level after a card against before, and against moments without it.

A card comes when a call goes badly, and after a bad moment most calls get better by themselves. So
what follows a card is held against what follows moments at which the same rule asked for its card
at the same level and did not get it: another card had the place, it was resting, or the agent had
cards put off. Calls are compared, not moments, since moments of one call are alike; where a level
has fewer than two calls of either kind it is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import msgspec

from coach.events import Level
from coach.notes.report.intervals import NOTHING, Estimate, mean, pooled_share, student

AFTER_S = 60.0
"""Seconds after a moment at which mood and level are read again."""
LEAST_CALLS = 2
"""Of a kind at a level: one tells nothing of how calls differ."""
HELPS, HARMS, UNKNOWN, ALONE = "helps", "makes it worse", "cannot be told", "nothing to compare"


class CardMoment(msgspec.Struct, frozen=True, kw_only=True):
    """A moment at which a rule asked for its card."""

    call: str
    week: str
    """Monday of the week of the call, as an ISO date."""
    rule: str
    at: float
    """Call time, seconds."""
    shown: bool
    reason: str = ""
    """Why it was kept back."""
    level: Level
    level_after: Level
    mood: float | None
    """Of the customer, -5 to 5; None before there is one."""
    mood_after: float | None
    fate: str = ""
    """What became of the card that was shown."""

    @property
    def mood_change(self) -> float | None:
        """Points by which the mood rose."""
        if self.mood is None or self.mood_after is None:
            return None
        return self.mood_after - self.mood

    @property
    def level_change(self) -> float | None:
        """Steps by which the level rose; a fall is below 0."""
        return float(self.level_after - self.level)


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One figure after cards that were shown and after those kept back."""

    shown: Estimate
    """After every card that was shown; a mean over calls."""
    kept_back: Estimate
    difference: Estimate
    """Shown less kept back at the same levels; ``calls`` are those that it rests on, each once."""


class CardEffect(msgspec.Struct, frozen=True, kw_only=True):
    """One rule's cards."""

    rule: str
    shown: int
    """Moments."""
    kept_back: int
    used: Estimate
    """Of the cards that were shown."""
    mood: Compared
    level: Compared
    weeks: tuple[WeekOfCards, ...] = ()

    @property
    def verdict(self) -> str:
        """What these calls tell, in a few words."""
        mood, level = self.mood.difference, self.level.difference
        if mood.value is None and level.value is None:
            return ALONE
        better = (mood.low is not None and mood.low > 0) or (
            level.high is not None and level.high < 0
        )
        worse = (mood.high is not None and mood.high < 0) or (
            level.low is not None and level.low > 0
        )
        return UNKNOWN if better == worse else HELPS if better else HARMS


class WeekOfCards(msgspec.Struct, frozen=True, kw_only=True):
    """The cards of one week."""

    monday: str
    calls: int
    """With cards."""
    shown: int
    used: Estimate
    mood: Estimate
    """Points by which the mood rose after a card."""
    level: Estimate


class CardsReport(msgspec.Struct, frozen=True, kw_only=True):
    """All cards of some calls."""

    calls: int
    since: str = ""
    """For people; empty where all calls count."""
    until: str = ""
    agent: str = ""
    rules: tuple[CardEffect, ...]
    """The most shown first."""
    weeks: tuple[WeekOfCards, ...]
    reasons: dict[str, int]
    """Moments that were kept back, by reason."""
    remarks: tuple[str, ...] = ()


def effects(moments: Iterable[CardMoment]) -> tuple[CardEffect, ...]:
    """Every rule that showed a card."""
    by_rule: dict[str, list[CardMoment]] = {}
    for moment in moments:
        by_rule.setdefault(moment.rule, []).append(moment)
    found = [
        _effect(rule, own) for rule, own in by_rule.items() if any(moment.shown for moment in own)
    ]
    return tuple(sorted(found, key=lambda one: (-one.shown, one.rule)))


def _effect(rule: str, moments: Sequence[CardMoment]) -> CardEffect:
    shown = [moment for moment in moments if moment.shown]
    return CardEffect(
        rule=rule,
        shown=len(shown),
        kept_back=len(moments) - len(shown),
        used=_used(shown),
        mood=_compared(moments, lambda moment: moment.mood_change),
        level=_compared(moments, lambda moment: moment.level_change),
        weeks=weeks(shown),
    )


def weeks(moments: Iterable[CardMoment]) -> tuple[WeekOfCards, ...]:
    """The cards that were shown, week by week."""
    by_week: dict[str, list[CardMoment]] = {}
    for moment in moments:
        if moment.shown:
            by_week.setdefault(moment.week, []).append(moment)
    return tuple(
        WeekOfCards(
            monday=monday,
            calls=len({moment.call for moment in own}),
            shown=len(own),
            used=_used(own),
            mood=mean(_by_call(own, lambda moment: moment.mood_change)),
            level=mean(_by_call(own, lambda moment: moment.level_change)),
        )
        for monday, own in sorted(by_week.items())
    )


Figure = Callable[[CardMoment], float | None]


def _used(shown: Iterable[CardMoment]) -> Estimate:
    calls: dict[str, list[bool]] = {}
    for moment in shown:
        calls.setdefault(moment.call, []).append(moment.fate == "used")
    return pooled_share([(sum(fates), len(fates)) for fates in calls.values()])


def _by_call(moments: Iterable[CardMoment], figure: Figure) -> list[float]:
    """The mean of each call, so that no call counts more than another."""
    calls: dict[str, list[float]] = {}
    for moment in moments:
        value = figure(moment)
        if value is not None:
            calls.setdefault(moment.call, []).append(value)
    return [math.fsum(values) / len(values) for values in calls.values()]


def _compared(moments: Sequence[CardMoment], figure: Figure) -> Compared:
    parts: list[tuple[list[float], list[float]]] = []
    calls: set[str] = set()
    for level in Level:
        own = [m for m in moments if m.level is level and figure(m) is not None]
        shown = _by_call((m for m in own if m.shown), figure)
        kept = _by_call((m for m in own if not m.shown), figure)
        if len(shown) >= LEAST_CALLS and len(kept) >= LEAST_CALLS:
            parts.append((shown, kept))
            calls.update(moment.call for moment in own)
    return Compared(
        shown=mean(_by_call((m for m in moments if m.shown), figure)),
        kept_back=mean(_by_call((m for m in moments if not m.shown), figure)),
        difference=msgspec.structs.replace(difference(parts), calls=len(calls)),
    )


def difference(parts: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Estimate:
    """The difference of two means in several strata, weighed by the first of each.

    Student's interval with Welch's variance and Satterthwaite's degrees of freedom; none where
    all of a stratum are alike.
    """
    weight = sum(len(first) for first, _ in parts)
    if not weight:
        return NOTHING
    value = variance = spread = 0.0
    for first, second in parts:
        share = len(first) / weight
        value += share * (math.fsum(first) / len(first) - math.fsum(second) / len(second))
        for values in (first, second):
            part = share * share * _variance(values) / len(values)
            variance += part
            spread += part * part / (len(values) - 1)
    calls = sum(len(first) + len(second) for first, second in parts)
    plain = Estimate(value=value, of=calls, calls=calls, mean=True)
    if variance <= 0:
        return plain
    half = student(max(1, math.floor(variance * variance / spread))) * math.sqrt(variance)
    return msgspec.structs.replace(plain, low=value - half, high=value + half)


def _variance(values: Sequence[float]) -> float:
    middle = math.fsum(values) / len(values)
    return math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1)
