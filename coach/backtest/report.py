"""What a backtest came to, as plain data: what `--json` prints, and tables are made of."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coach.backtest.changes import CardChange, ChangedCard
from coach.backtest.chosen_calls import ChosenCalls
from coach.backtest.compare import LeftOut
from coach.backtest.figures import ComparisonFigures, RuleFigures
from coach.backtest.gates import GateResult
from coach.backtest.judging import Judged, Share, counted_share


class MarkedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A rule's cards at the moments that reviewers marked."""

    right: int
    false: int
    missed: int
    quiet: int
    precision: Share | None
    """With its 95 % interval, as the others."""
    recall: Share | None
    f1: Share | None
    cost: float
    """Of its mistakes, in false alarms."""


class RuleSide(msgspec.Struct, frozen=True, kw_only=True):
    """One rule under one set of rules, over all calls."""

    fires: int
    """Matches that were not withdrawn."""
    calls: int
    """Calls in which it matched or showed a card."""
    shown: int
    """Cards."""
    per_hour: float
    """Cards per hour of call."""
    used: int
    dismissed: int
    wrong: int
    """Cards that the agent marked wrong during the call."""
    kept_back: dict[str, int]
    """Cards that were asked for and not shown, by reason."""
    judgement: MarkedFigures | None
    """None where no mark tells."""


class ComparedRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule under both."""

    rule: str
    gained: int
    lost: int
    earlier: int
    later: int
    old: RuleSide
    new: RuleSide

    @property
    def changed(self) -> bool:
        """Whether it does anything else under the new rules."""
        return bool(self.gained or self.lost or self.earlier or self.later) or self.old != self.new


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole backtest."""

    old: str
    """Which rules the old ones are, on one line."""
    new: str
    calls: int
    hours: float
    levels: dict[str, int]
    """Calls by the worst level that they reached under the old rules."""
    marks: int
    """Reviewers' marks that were found."""
    miss_costs: float
    """False alarms that a miss is reckoned at."""
    gained: int
    lost: int
    earlier: int
    later: int
    rules: tuple[ComparedRule, ...]
    moments: tuple[ChangedCard, ...]
    """Cards that differ, in the order of the calls; the first of them where there are many."""
    gates: tuple[GateResult, ...]
    passed_over: int
    """Calls of kinds that were not asked for."""
    unreadable: int
    left_out: tuple[LeftOut, ...]
    """Calls that cannot be read, the first of them where there are many."""
    as_recorded: int
    """Calls of which what the old rules did was taken from the journal, without a run."""
    not_reached: int
    """Calls in which nothing comes near what was changed: both sets do the same there."""
    choice: str
    """Which calls these are, where there are more; empty where they are all."""
    differing: Share | None
    """Calls in which cards differ, as a share of all calls, where they were drawn by lot."""

    @property
    def holds(self) -> bool:
        """Whether every gate holds."""
        return all(gate.holds for gate in self.gates)


def report_of(
    figures: ComparisonFigures,
    names: tuple[str, str],
    gates: Sequence[GateResult] = (),
    miss_costs: float = 1.0,
    chosen: ChosenCalls | None = None,
) -> Report:
    """Put the figures into words and shares; ``names`` are those of the old and new rules.

    ``chosen``: how these calls were chosen.
    """
    drawn = chosen is not None and chosen.by_lot
    talk = figures.all_talk()
    return Report(
        old=names[0],
        new=names[1],
        calls=talk.calls,
        hours=round(talk.hours, 4),
        levels={level: one.calls for level, one in sorted(figures.talk.items())},
        marks=figures.marks,
        miss_costs=miss_costs,
        gained=figures.changed(CardChange.GAINED),
        lost=figures.changed(CardChange.LOST),
        earlier=figures.changed(CardChange.EARLIER),
        later=figures.changed(CardChange.LATER),
        rules=tuple(_row(figures, rule, miss_costs) for rule in figures.rules()),
        moments=tuple(figures.moments),
        gates=tuple(gates),
        passed_over=figures.passed_over,
        unreadable=figures.unreadable,
        left_out=tuple(figures.left_out),
        as_recorded=figures.as_recorded,
        not_reached=figures.not_reached,
        choice=chosen.words if chosen is not None else "",
        differing=counted_share(figures.differing, talk.calls) if drawn else None,
    )


def _row(figures: ComparisonFigures, rule: str, miss_costs: float) -> ComparedRule:
    hours = figures.all_talk().hours
    nothing = RuleFigures()
    return ComparedRule(
        rule=rule,
        gained=figures.changed(CardChange.GAINED, rule),
        lost=figures.changed(CardChange.LOST, rule),
        earlier=figures.changed(CardChange.EARLIER, rule),
        later=figures.changed(CardChange.LATER, rule),
        old=_side(figures.old.get(rule, nothing), hours, miss_costs),
        new=_side(figures.new.get(rule, nothing), hours, miss_costs),
    )


def _side(one: RuleFigures, hours: float, miss_costs: float) -> RuleSide:
    return RuleSide(
        fires=one.fires,
        calls=one.calls,
        shown=one.shown,
        per_hour=round(one.shown / hours, 4) if hours else 0.0,
        used=one.used,
        dismissed=one.dismissed,
        wrong=one.wrong,
        kept_back=one.kept_back,
        judgement=_judgement(one.judged, miss_costs),
    )


def _judgement(judged: Judged, miss_costs: float) -> MarkedFigures | None:
    if judged == Judged():
        return None
    return MarkedFigures(
        right=judged.right,
        false=judged.false,
        missed=judged.missed,
        quiet=judged.quiet,
        precision=judged.precision,
        recall=judged.recall,
        f1=judged.f1,
        cost=judged.cost(miss_costs),
    )
