"""Which cards help, as Markdown and as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.notes.report.call_text import md
from coach.notes.report.card_effects import AFTER_S, CardsReport, Compared, WeekOfCards
from coach.notes.report.intervals import Estimate
from coach.notes.report.page import document, esc, facts, section, table
from coach.notes.wording import count_of

HOW = (
    "Mood (-5 to 5) and level (0 calm to 4 critical) of a moment are compared with those "
    f"{AFTER_S:g} s later. Not counted are cards of a call's last minute, which too little "
    "follows, and those within a minute of an earlier one of the same rule: `coach calls --card "
    "RULE` lists all. Kept back are moments at which the same rule asked for its card at the "
    "same level and did not get it, because another card had the place, it was resting, or "
    "cards were put off. Calls are compared, not moments. In brackets stands where the true "
    "figure lies in 95 of 100 such samples. Of twenty rules one stands out by chance. Nobody "
    "drew by lot which cards were kept back, so a difference is a reason to listen, not a "
    "proof."
)
HEADS = ("rule", "counted", "used", "mood after", "kept back", "mood against kept back",
         "level against kept back", "verdict")  # fmt: skip
OFTEN = 5
"""Cards of a rule from which on its weeks are told; JSON has them all."""
_PLAIN = re.compile(r"[\w.*-]+")
WEEK_HEADS = ("week of", "calls", "counted", "used", "mood after", "level after")


def rows(report: CardsReport) -> Iterator[tuple[str, ...]]:
    """A row for each rule under ``HEADS``."""
    for one in report.rules:
        yield (
            one.rule, str(one.shown), share(one.used), points(one.mood.shown),
            str(one.kept_back), _more(one.mood), _more(one.level), one.verdict,
        )  # fmt: skip


def week_rows(weeks: tuple[WeekOfCards, ...]) -> Iterator[tuple[str, ...]]:
    """A row for each week under ``WEEK_HEADS``."""
    for one in weeks:
        yield (
            one.monday, str(one.calls), str(one.shown), share(one.used), points(one.mood),
            points(one.level),
        )  # fmt: skip


def share(one: Estimate) -> str:
    """A share with its interval."""
    if one.value is None:
        return "-"
    return f"{one.value:.0%}" + _interval(one, "{:.0%}")


def points(one: Estimate) -> str:
    """A change with its interval."""
    if one.value is None:
        return "-"
    return f"{one.value + 0.0:+.2f}" + _interval(one, "{:+.2f}")


def _interval(one: Estimate, form: str) -> str:
    if one.low is None or one.high is None:
        return ""
    return f" ({form.format(one.low)} to {form.format(one.high)})"


def _more(one: Compared) -> str:
    if one.difference.value is None:
        return "-"
    return f"{points(one.difference)}; {count_of(one.difference.calls, 'call')}"


def _about(report: CardsReport) -> list[tuple[str, str]]:
    reasons = ", ".join(f"{why.replace('_', ' ')} {n}" for why, n in report.reasons.items())
    return [
        ("Agent", report.agent),
        ("Since", report.since),
        ("Until", report.until),
        ("Calls", str(report.calls)),
        ("Kept back", reasons or "never"),
    ]


def cards_text(report: CardsReport) -> str:
    """The whole report as Markdown."""
    lines = ["# Which cards help", ""]
    lines += [f"- **{name}:** {md(value)}" for name, value in _about(report) if value]
    lines += [f"\n> {md(remark)}" for remark in report.remarks]
    lines += ["", *_md_table(HEADS, rows(report)), "", HOW, "", "## Week by week", ""]
    lines += _md_table(WEEK_HEADS, week_rows(report.weeks))
    for one in report.rules:
        if len(one.weeks) > 1 and one.shown >= OFTEN:
            lines += [
                "",
                f"### {_code(one.rule)}",
                "",
                *_md_table(WEEK_HEADS, week_rows(one.weeks)),
            ]
    return "\n".join(lines) + "\n"


def _code(name: str) -> str:
    """A rule's name or a day as it stands; anything else as mere text."""
    if re.fullmatch(r"[\d-]+", name):
        return name
    return f"`{name}`" if _PLAIN.fullmatch(name) else md(name)


def _md_table(heads: tuple[str, ...], body: Iterator[tuple[str, ...]]) -> list[str]:
    cells = [heads, *((_code(row[0]), *row[1:]) for row in body)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(heads))]
    made = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    return [made[0], "| " + " | ".join("-" * width for width in widths) + " |", *made[1:]]


def cards_page(report: CardsReport) -> str:
    """The whole report as one HTML page."""
    weeks = _html_table(WEEK_HEADS, week_rows(report.weeks))
    for one in report.rules:
        if len(one.weeks) > 1 and one.shown >= OFTEN:
            weeks += [f"<h3>{esc(one.rule)}</h3>"]
            weeks += _html_table(WEEK_HEADS, week_rows(one.weeks))
    body = [
        "<h1>Which cards help</h1>",
        f'<p class="note">{esc(HOW)}</p>',
        *facts([(name, esc(value)) for name, value in _about(report)]),
        *(f'<p class="note">{esc(remark)}</p>' for remark in report.remarks),
        *section("rules", "Rule by rule", _html_table(HEADS, rows(report)), "No card was shown."),
        *section("weeks", "Week by week", weeks, "No card was shown."),
    ]
    return document("Which cards help", body)


def _html_table(heads: tuple[str, ...], body: Iterator[tuple[str, ...]]) -> list[str]:
    made = [[esc(cell) for cell in row] for row in body]
    return [*table("", list(heads), made)] if made else []
