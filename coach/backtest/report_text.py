"""A backtest as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from coach.backtest.changes import CardChange, ChangedCard
from coach.backtest.gates import GateResult
from coach.backtest.judging import Share
from coach.backtest.report import ComparedRule, MarkedFigures, Report
from coach.notes.timeline_text import clock_in_tenths

HEADS = ("rule", "gained", "lost", "earlier", "later", "fires", "calls", "shown", "an hour",
         "used", "dismissed", "wrong")  # fmt: skip
JUDGED_HEADS = ("rule", "rules", "right", "false", "missed", "precision", "recall", "F1", "cost")


def as_text(report: Report, *, every_rule: bool = False, most: int = 20) -> Iterator[str]:
    """The report in lines; ``most`` moments at which cards differ."""
    yield f"old: {report.old}"
    yield f"new: {report.new}"
    levels = ", ".join(f"{name} {count}" for name, count in report.levels.items())
    yield f"{_calls(report.calls)}, {report.hours:.2f} hours; worst level (old): {levels or '-'}"
    yield from spared_lines(report)
    if report.passed_over:
        yield f"{_calls(report.passed_over)} of other kinds passed over"
    yield (
        f"cards gained {report.gained}, lost {report.lost}, earlier {report.earlier}, "
        f"later {report.later}"
    )
    yield ""
    rows = [row for row in report.rules if every_rule or row.changed]
    yield from _rules(report, rows)
    yield from _kept_back(rows)
    yield from _judgements(report, rows)
    yield from _moments(report, most)
    for gate in report.gates:
        yield gate_line(gate)


def spared_lines(report: Report) -> Iterator[str]:
    """Which calls these are, and which runs were spared."""
    if report.choice:
        yield f"{report.choice}; --all takes all"
        if report.differing is not None:
            one = report.differing
            yield (
                f"cards differ in {one.value:.0%} of these calls: of all calls, in {one.low:.0%} "
                f"to {one.high:.0%} (95 of 100 such draws)"
            )
    yield (
        f"old cards as recorded in {_calls(report.as_recorded)}, by a run in "
        f"{report.calls - report.as_recorded}"
        + (
            f"; nothing that was changed comes near in {report.not_reached}"
            if report.not_reached
            else ""
        )
    )


def gate_line(gate: GateResult) -> str:
    """One gate: whether it holds, and what was measured."""
    return f"gate {'holds' if gate.holds else 'FAILS'}: {gate.gate} ({gate.why})"


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"


def _rules(report: Report, rows: list[ComparedRule]) -> Iterator[str]:
    if rows:
        yield from table([HEADS, *map(_cells, rows)])
    same = len(report.rules) - len(rows)
    if same:
        yield f"{same} rules did the same under both; --every-rule lists them too"
    if rows or same:
        yield ""


def _cells(row: ComparedRule) -> tuple[str, ...]:
    def both(name: str, form: str = "g") -> str:
        old, new = (format(getattr(side, name), form) for side in (row.old, row.new))
        return old if old == new else f"{old} > {new}"

    changes = (str(n or "-") for n in (row.gained, row.lost, row.earlier, row.later))
    plain = [both(name) for name in ("fires", "calls", "shown")]
    later = [both(name) for name in ("used", "dismissed", "wrong")]
    return (row.rule, *changes, *plain, both("per_hour", ".2f"), *later)


def _kept_back(rows: list[ComparedRule]) -> Iterator[str]:
    lines: list[tuple[str, ...]] = []
    for row in rows:
        for why in sorted({*row.old.kept_back, *row.new.kept_back}):
            old, new = (side.kept_back.get(why, 0) for side in (row.old, row.new))
            lines.append((row.rule, why.replace("_", " "), str(old), str(new)))
    if lines:
        yield from table([("kept back", "because", "old", "new"), *lines])
        yield ""


def _judgements(report: Report, rows: list[ComparedRule]) -> Iterator[str]:
    lines = [
        (row.rule, name, *_judged(side.judgement))
        for row in rows
        for name, side in (("old", row.old), ("new", row.new))
        if side.judgement is not None
    ]
    if not lines:
        return
    yield (
        f"at marked moments ({report.marks} marks; 95 % intervals; a miss costs "
        f"{report.miss_costs:g} false alarms)"
    )
    yield from table([JUDGED_HEADS, *lines])
    yield ""


def _judged(one: MarkedFigures) -> tuple[str, ...]:
    counts = (one.right, one.false, one.missed)
    shares = (share_text(share) for share in (one.precision, one.recall, one.f1))
    return (*map(str, counts), *shares, f"{one.cost:g}")


def share_text(share: Share | None) -> str:
    """A share with its interval."""
    return "-" if share is None else f"{share.value:.2f} ({share.low:.2f} to {share.high:.2f})"


def _moments(report: Report, most: int) -> Iterator[str]:
    for moment in report.moments[:most]:
        yield moment_line(moment)
        for line in moment.lines:
            yield f"    {line}"
    changes = report.gained + report.lost + report.earlier + report.later
    more = changes - len(report.moments[:most])
    if more > 0:
        yield f"and {more} more (--moments N shows more, --json and --html the first 1000)"
    if changes:
        yield ""


def moment_line(moment: ChangedCard) -> str:
    """Which card, in which call, when, and what the other rules do."""
    if moment.old is not None and moment.new is not None:
        old, new = clock_in_tenths(moment.old), clock_in_tenths(moment.new)
        when = f"{old} > {new} ({moment.new - moment.old:+.1f} s)"
    else:
        at = moment.new if moment.old is None else moment.old
        when = clock_in_tenths(at or 0.0)
    line = f"{moment.change.value} {moment.rule}, {moment.call} at {when}"
    if not moment.without:
        return line
    side = "old" if moment.change is CardChange.GAINED else "new"
    return f"{line}; {side} rules: {moment.without}"


def table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Columns under their heads: names to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    words = [
        not any(row[column][:1].isdigit() or row[column] == "-" for row in rows[1:])
        for column in range(len(rows[0]))
    ]
    for row in rows:
        cells = [
            cell.ljust(width) if left else cell.rjust(width)
            for cell, width, left in zip(row, widths, words, strict=True)
        ]
        yield "  ".join(cells).rstrip()
