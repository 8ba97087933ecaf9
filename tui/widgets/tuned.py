"""The parts of the tuning screen as text: figures side by side, the curve, moments."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import msgspec
from textual.content import Content

from coach.events.lengths import clock
from coach.notes.tuning.tuning_desk import DialRow, MomentSeen, PointSeen, ShareSeen
from coach.notes.wording import count_of

BARS = " ▁▂▃▄▅▆▇█"
ROWS = ("cards", "an hour", "fired in calls", "precision", "recall", "used, waved off")
"""What is told of a value."""
WAITING = "…"
LESS = ("fired in calls", "used, waved off")
"""Rows that a low screen has no room for."""
FULL_BAR = 2.0
"""Full bars stand for so many times the higher rate of the values in force and tried."""
LABEL = 15
"""Width of what a row of the curve is called."""


def number(value: float) -> str:
    """A value as it is written."""
    return f"{value:.6g}"


def with_unit(value: float, dial: DialRow) -> str:
    """The same with its unit."""
    return f"{number(value)} {dial.unit}".strip()


class FiguresView(msgspec.Struct, frozen=True, kw_only=True):
    """How figures are shown."""

    low: bool = False
    """Whether what matters less is left out."""
    tight: bool = False
    """Whether columns are no wider than what stands in them, and notes give way."""
    bare: bool = False
    """Whether intervals are left out."""
    since_saved: bool = False
    """Whether another value was saved since: the first column is of the value before."""
    so_far: bool = False
    """Whether calls are still to come in."""


def dials(
    rows: Sequence[DialRow], chosen: int, values: tuple[int, int], room: int, *, tight: bool = False
) -> Content:
    """The figures of a rule, as many as there is room for; ``tight``: values follow on names.

    ``values``: of the chosen one the value in force and the one that is tried, by index.
    """
    in_force, turned = values
    first = max(0, min(chosen - room // 2, len(rows) - room))
    shown = list(enumerate(rows))[first : first + room]
    wide = 0 if tight else max((len(dial.path) for dial in rows), default=0)
    lines = []
    for index, dial in shown:
        if index != chosen:
            present = with_unit(dial.values[dial.present], dial)
            lines.append(Content.assemble((f"  {dial.path:<{wide}}  {present}", "$quiet")))
            continue
        present, now = with_unit(dial.values[in_force], dial), ""
        if turned != in_force:  # the unit once, so that the value tried is not cut off
            present = number(dial.values[in_force])
            now = f" → {with_unit(dial.values[turned], dial)}"
        lines.append(
            Content.assemble(
                (f"▶ {dial.path:<{wide}}  ", "bold"),
                present,
                (now, "bold $accent"),
                (f"   {dial.meaning}", "$quiet"),
            )
        )
    return Content("\n").join(lines)


def figures(old: PointSeen, new: PointSeen, view: FiguresView) -> Content:
    """What is in force, or was before a value was saved, beside what is tried."""
    low, was, now = view.low, _told(old), _told(new)
    notes = (
        _change(new, view),
        _others(new, low=low),
        f"of {new.calls}",
        "of the marked cards",
        "of the moments it belongs to",
        _kept_back(new),
    )
    rows = list(zip(ROWS, was, now, notes, strict=True))
    rows = [row for row in rows if not low or row[0] not in LESS]
    label, wide = (11, 16) if low else (16, 20)
    first = "before" if view.since_saved else "in force"
    if view.tight:
        rows = [
            (name, _closer(before, view), _closer(after, view), "")
            for name, before, after, _ in rows
        ]
        label = max(len(name) for name, *_ in rows) + 1
        wide = max(len(first), *(len(one) for row in rows for one in row[1:3]))
    head = Content.assemble((f"{'':<{label}}{first:>{wide}}  {'tried':>{wide}}", "$quiet"))
    lines = [
        Content.assemble(
            (f"{name:<{label}}", "$quiet"), f"{before:>{wide}}  ", (f"{after:>{wide}}", "bold"),
            (f"   {note}" if note else "", "$quiet"),
        )
        for name, before, after, note in rows
    ]  # fmt: skip
    if view.tight:
        lines.append(Content.styled(_change(new, view), "$quiet"))
    return Content("\n").join([head, *lines])


def _closer(told: str, view: FiguresView) -> str:
    return told.partition(" (")[0] if view.bare else told.replace(" to ", "-")


def _told(point: PointSeen) -> tuple[str, ...]:
    """A value's figures in the order of ``ROWS``; signs of waiting while no call was counted."""
    if not point.calls:
        return (WAITING,) * len(ROWS)
    return (
        str(point.shown),
        f"{point.per_hour:.2f}",
        str(point.touched),
        _share(point.precision),
        _share(point.recall),
        f"{point.used}, {point.dismissed}",
    )


def _change(new: PointSeen, view: FiguresView) -> str:
    if not new.calls:
        return "no call is counted yet"
    so_far = " so far" if view.so_far else ""
    if not (new.gained or new.lost or new.moved):
        return f"the same cards{so_far}"
    moved = "moved" if view.low else "at another time"
    return f"{new.gained} gained, {new.lost} lost, {new.moved} {moved}{so_far}"


def _others(new: PointSeen, *, low: bool) -> str:
    if not new.others:
        return ""
    return f"{count_of(new.others, 'card')} of other rules{'' if low else ' changed, too'}"


def _kept_back(new: PointSeen) -> str:
    most = sorted(new.kept_back, key=lambda one: -one[1])[:2]
    if not most:
        return ""
    return "kept back: " + ", ".join(f"{count} {why.replace('_', ' ')}" for why, count in most)


def _share(share: ShareSeen | None) -> str:
    if share is None:
        return "no marks"
    return f"{share.value:.0%} ({100 * share.low:.0f} to {100 * share.high:.0f})"


def curve(
    points: Sequence[PointSeen],
    dial: DialRow,
    values: tuple[int, int],
    width: int,
    *,
    rates_only: bool = False,
) -> Content:
    """Cards an hour over the whole range, one column or more a value, over a scale of values.

    ``values``: the one in force and the one that is tried, by index. Bars are full at
    ``FULL_BAR`` times the higher of their rates, so that neighbours differ to the eye however
    high the ends of the range are. Where there are marks, precision and recall as well, unless
    ``rates_only``. What the signs mean is told on as many lines as it takes.
    """
    in_force, turned = values
    each = max(1, min(3, (width - LABEL) // max(1, len(points))))
    room = max(1, (width - LABEL) // each)
    first = max(0, min(turned - room // 2, len(points) - room))
    shown = points[first : first + room]
    most = max((point.per_hour for point in points), default=0.0)
    full = min(most, FULL_BAR * max(points[in_force].per_hour, points[turned].per_hour)) or most
    rates = [_bar(min(1.0, point.per_hour / full) if full else 0.0) for point in shown]
    rows = [Content.assemble((f"{'cards an hour':<{LABEL}}", "$quiet"), _wide(rates, each))]
    for name, shares in (
        ("precision", [p.precision for p in shown]),
        ("recall", [p.recall for p in shown]),
    ):
        if any(shares) and not rates_only:
            bars = [_bar(share.value if share else None) for share in shares]
            rows.append(Content.assemble((f"{name:<{LABEL}}", "$quiet"), _wide(bars, each)))
    marks = [" "] * len(shown)
    for index, sign in ((in_force, "│"), (turned, "▲")):
        if 0 <= index - first < len(marks):
            marks[index - first] = sign
    line = "".join(mark.ljust(each) for mark in marks)
    rows.append(Content.assemble((f"{'':<{LABEL}}{line}", "$accent")))
    scale = _scale(dial.values[first : first + len(shown)], each, width - LABEL)
    unit = dial.unit if len(dial.unit) < LABEL else "value"
    rows.append(Content.assemble((f"{unit:<{LABEL}}{scale}", "$quiet")))
    words = "│ in force  ▲ tried  " if rates_only else "│ in force  ▲ tried;  "
    if not any(point.calls for point in points):
        words += "no call is counted yet"
    else:
        words += (
            f"█ {'' if rates_only else 'is '}{full:.2f} an hour"
            if full
            else "no card at any of these values"
        )
    if full < most:
        words += f" or more, {most:.2f} the highest"
    values_are = f"; values are {dial.unit}" if unit != dial.unit else ""
    if rates_only or LABEL + len(words) + len(values_are) <= width:
        words += values_are  # where it is left out, the figure above has its unit
    before = LABEL if LABEL + len(words) <= width else 0
    lines = textwrap.wrap(words, max(1, width - before))
    rows += [Content.assemble((f"{'':<{before}}{line}", "$quiet")) for line in lines]
    return Content("\n").join(rows)


def _scale(values: Sequence[float], each: int, width: int) -> str:
    """Values under their columns, as many as can be told apart."""
    line = ""
    for column, value in enumerate(values):
        at, word = column * each, number(value)
        if (not line or at >= len(line) + 2) and at + len(word) <= width:
            line = line.ljust(at) + word
    return line


def _bar(share: float | None) -> str:
    if share is None:
        return "·"
    return BARS[max(1 if share > 0 else 0, round(share * (len(BARS) - 1)))]


def _wide(bars: Sequence[str], each: int) -> str:
    return "".join(bar * each for bar in bars)


def moments(
    found: Sequence[MomentSeen], rule: str, title: str, from_: int, *, kinds: bool = False
) -> Content:
    """Cards that differ, one after the other, with what was said.

    ``kinds``: each tells whether it is gained or lost, too.
    """
    head = Content.assemble((f"{title} {len(found) or ''}".strip(), "bold"))
    lines = [head]
    for moment in found[from_:]:
        other = "" if moment.rule == rule else f"  {moment.rule}"
        change = f"  {moment.change}" if moment.change in ("earlier", "later") else ""
        place = f"{moment.call} {clock(moment.at)}"
        if kinds:
            line = Content.assemble(f"{moment.change}  ", (place, "$accent"), other)
        else:
            line = Content.assemble((place, "$accent"), f"{other}{change}")
        lines.append(line)
        lines += [Content(f"  {line}") for line in moment.lines[:2]]
        if moment.without:
            lines.append(Content.assemble((f"  otherwise: {moment.without}", "$quiet")))
    return Content("\n").join(lines)
