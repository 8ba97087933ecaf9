"""All that the report of an agent's calls holds, as plain data; its JSON form is these names.

It is to learn from: it names moments to listen to again, with what helps there. It ranks nobody,
and it holds one agent only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from coach.notes.report.intervals import (
    NOTHING,
    Estimate,
    difference,
    mean,
    pooled_share,
    rate,
    share,
)

FORM = 1
"""Version of the JSON form."""
UPSET, UNEASY = 2, 1
"""Levels: a call went hard from the one on, and came back where it ended at the other or below."""


class ReportMoment(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a call."""

    call: str
    at: float
    """Seconds of call time."""
    text: str = ""
    """The agent's words."""
    lasted: str = ""
    """How long it took, for people."""


class PointRaised(msgspec.Struct, frozen=True, kw_only=True):
    """What came up in one call of what can be learned from."""

    point: str
    """Identifier of the point."""
    title: str
    advice: str
    """What to do there; empty for what goes well."""
    moments: tuple[ReportMoment, ...]


class CallFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One call in figures."""

    call: str
    began: float
    """Seconds since 1970."""
    week: str
    """The Monday of its week, ISO date."""
    level: int
    last_level: int
    talk_s: float
    agent_share: float | None
    """0 to 1; None, as ``talk_overs``, of one undivided track."""
    talk_overs: int | None
    dead_air_s: float
    cards: int
    used: int
    dismissed: int
    done: int
    """Items of the checklist that were done."""
    items: int
    """0 where the checklist of the call is not known."""
    score: float | None
    heard: tuple[PointRaised, ...] = ()


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure over a stretch of calls."""

    name: str
    unit: str
    """``share`` (0 to 1), or what is counted."""
    means: str
    """What it is, in plain words."""
    whole: Estimate
    weeks: tuple[Estimate, ...]
    """In the order of the report's weeks."""


class Week(msgspec.Struct, frozen=True):
    """A week with calls."""

    monday: str
    """ISO date."""
    calls: int


class CoachingPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Something to learn from, or that goes well, with the moments that show it."""

    point: str
    title: str
    advice: str
    whole: Estimate
    """Share of calls in which it came up."""
    before: Estimate
    after: Estimate
    change: Estimate
    moments: tuple[ReportMoment, ...]
    """Newest first."""


class AgentReport(msgspec.Struct, frozen=True, kw_only=True):
    """The report of an agent's calls."""

    form: int = FORM
    agent: str
    since: str
    """As it was asked for, for people; empty for no bound. So is the next."""
    until: str
    calls: int
    split: str
    """What parts the calls before from those after, for people."""
    weeks: tuple[Week, ...]
    measures: tuple[Measure, ...]
    points: tuple[CoachingPoint, ...]
    """What can be learned from, most frequent first."""
    well: tuple[CoachingPoint, ...]
    """What goes well."""
    remarks: tuple[str, ...]


def measured(calls: Sequence[CallFigures], weeks: Sequence[Week]) -> tuple[Measure, ...]:
    """Every figure over all calls and over each week; one that nothing tells is left out."""
    by_week = [[call for call in calls if call.week == week.monday] for week in weeks]
    found = []
    for name, (unit, means, estimate) in _MEASURES.items():
        whole = estimate(calls)
        if whole.value is not None:
            parts = tuple(estimate(part) for part in by_week)
            found.append(Measure(name=name, unit=unit, means=means, whole=whole, weeks=parts))
    return tuple(found)


def _hard(calls: Iterable[CallFigures]) -> list[CallFigures]:
    return [call for call in calls if call.level >= UPSET]


def _recovered(calls: Sequence[CallFigures]) -> Estimate:
    hard = _hard(calls)
    return share(sum(call.last_level <= UNEASY for call in hard), len(hard))


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


_MEASURES: dict[str, tuple[str, str, Callable[[Sequence[CallFigures]], Estimate]]] = {
    "became upset or worse": (
        "share",
        "calls whose level reached upset",
        lambda calls: share(len(_hard(calls)), len(calls)),
    ),
    "recovered": (
        "share",
        "of those, calls that ended calm or uneasy",
        _recovered,
    ),
    "agent's share of speech": (
        "share",
        "mean over calls with a track for each side",
        lambda calls: mean(_known(c.agent_share for c in calls), 0.0, 1.0),
    ),
    "talk-overs": (
        "a call",
        "times the agent began to speak over the customer for 1.5 s at least",
        lambda calls: rate([c.talk_overs for c in calls if c.talk_overs is not None]),
    ),
    "dead air": (
        "s a call",
        "silences of more than 3 s that nobody announced",
        lambda calls: mean([c.dead_air_s for c in calls], 0.0),
    ),
    "cards used": (
        "share",
        "of the cards that were shown",
        lambda calls: pooled_share([(c.used, c.cards) for c in calls]),
    ),
    "cards dismissed": (
        "share",
        "of the cards that were shown",
        lambda calls: pooled_share([(c.dismissed, c.cards) for c in calls]),
    ),
    "checklist done": (
        "share",
        "of the items of the checklist",
        lambda calls: pooled_share([(c.done, c.items) for c in calls]),
    ),
    "score": (
        "of 100",
        "mean of the newest scorecards",
        lambda calls: mean(_known(c.score for c in calls), 0.0, 100.0),
    ),
}


def points_of(
    calls: Sequence[CallFigures], after: Sequence[CallFigures], *, well: bool
) -> tuple[CoachingPoint, ...]:
    """What came up in the calls; ``after`` are those of the later part."""
    later = {call.call for call in after}
    before = [call for call in calls if call.call not in later]
    found: dict[str, PointRaised] = {}
    for call in calls:
        for heard in call.heard:
            if (not heard.advice) == well:
                found[heard.point] = heard
    points = [_point(heard, calls, before, after) for heard in found.values()]
    return tuple(sorted(points, key=lambda point: (-point.whole.count, point.title)))


def _point(
    heard: PointRaised,
    calls: Sequence[CallFigures],
    before: Sequence[CallFigures],
    after: Sequence[CallFigures],
) -> CoachingPoint:
    def having(some: Sequence[CallFigures]) -> Estimate:
        return share(sum(bool(_moments(call, heard.point)) for call in some), len(some))

    first, second = having(before), having(after)
    newest = sorted(calls, key=lambda call: call.began, reverse=True)
    return CoachingPoint(
        point=heard.point,
        title=heard.title,
        advice=heard.advice,
        whole=having(calls),
        before=first,
        after=second,
        change=difference(first, second) if before and after else NOTHING,
        moments=tuple(moment for call in newest for moment in _moments(call, heard.point)),
    )


def _moments(call: CallFigures, point: str) -> tuple[ReportMoment, ...]:
    return tuple(m for heard in call.heard if heard.point == point for m in heard.moments)
