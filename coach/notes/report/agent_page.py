"""The report of an agent's calls as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence

from coach.notes.report.agent_report import AgentReport, CoachingPoint, Measure, ReportMoment
from coach.notes.report.intervals import Estimate
from coach.notes.report.page import document, esc, facts, section, table
from coach.notes.report.trend_words import HOW, PURPOSE, changed, figure
from coach.notes.review.places import link

MOST_MOMENTS = 10
"""Moments of one point named; the newest."""
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 700.0, 130.0, 60.0, 100.0, 12.0


def agent_page(report: AgentReport) -> str:
    """The whole page."""
    title = f"Calls of {report.agent}"
    span = " ".join(
        part
        for part in (
            report.since and f"since {report.since}",
            report.until and f"until {report.until}",
        )
        if part
    )
    body = [
        f"<h1>{esc(title)}</h1>",
        f'<p class="note">{esc(PURPOSE)}</p>',
        *facts(
            [
                ("Time", esc(span) or "all calls"),
                ("Calls", str(report.calls)),
                ("Compared", esc(report.split)),
            ]
        ),
        *(f'<p class="note">{esc(remark)}</p>' for remark in report.remarks),
        *section("figures", "All calls together", _figures(report)),
        *section("weeks", "Week by week", _weeks(report)),
        *section("points", "Worth another listen", _points(report.points), "Nothing came up."),
        *section("well", "What goes well", _points(report.well), "Nothing was heard of it."),
    ]
    return document(title, body)


def _figures(report: AgentReport) -> list[str]:
    rows = [
        [
            f"{esc(one.name)}<br><span class='quiet'>{esc(one.means)}</span>",
            esc(figure(one.whole, one.unit)),
        ]
        for one in report.measures
    ]
    return [*table("", ["Figure", "Value (95 %); calls"], rows), f"<p class='quiet'>{esc(HOW)}</p>"]


def _weeks(report: AgentReport) -> list[str]:
    parts: list[str] = []
    for number, one in enumerate(report.measures, 1):
        parts += [
            f"<h3>{esc(one.name)}</h3>",
            f"<p class='quiet'>{esc(one.means)}</p>",
            '<figure class="wide">',
            _chart(number, one, report),
            "</figure>",
        ]
        rows = [
            [
                f'<span class="time">{esc(week.monday)}</span>',
                str(week.calls),
                esc(figure(estimate, one.unit)),
            ]
            for week, estimate in zip(report.weeks, one.weeks, strict=True)
        ]
        parts += table("", ["Week of", "Calls", "Value (95 %); calls"], rows)
    return parts


def _chart(number: int, measure: Measure, report: AgentReport) -> str:
    """A dot for each week with a bar for where the true figure lies."""
    known = [x for e in measure.weeks for x in (e.value, e.high) if x is not None]
    top = 1.0 if measure.unit == "share" else max([1.0, *known]) * 1.05
    step = (WIDTH - LEFT - 12) / max(1, len(measure.weeks))

    def height(value: float) -> float:
        return round(BOTTOM - value / top * (BOTTOM - TOP), 1)

    name = f"chart-{number}"
    words = f"{measure.name}, week by week; the table below has the figures"
    parts = [
        (
            f'<svg class="chart" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
            f'aria-labelledby="{name}">'
        ),
        f'<title id="{name}">{esc(words)}</title>',
    ]
    for value in (0.0, top / 2, top):
        y = height(value)
        shown = f"{value:.0%}" if measure.unit == "share" else f"{value:.1f}"
        parts.append(f'<line class="g" x1="{LEFT:g}" x2="{WIDTH - 12:g}" y1="{y:g}" y2="{y:g}"/>')
        parts.append(f'<text x="{LEFT - 8:g}" y="{y + 4:g}" text-anchor="end">{shown}</text>')
    every = max(1, -(-len(report.weeks) // 8))
    for place, (week, one) in enumerate(zip(report.weeks, measure.weeks, strict=True)):
        x = round(LEFT + step * (place + 0.5), 1)
        if place % every == 0:
            monday = esc(week.monday[5:])
            parts.append(
                f'<text x="{x:g}" y="{BOTTOM + 18:g}" text-anchor="middle">{monday}</text>'
            )
        parts += _mark(one, x, height, f"week of {week.monday}: {figure(one, measure.unit)}")
    return "\n".join([*parts, "</svg>"])


def _mark(one: Estimate, x: float, height: object, title: str) -> Sequence[str]:
    if one.value is None or not callable(height):
        return ()
    bar = ""
    if one.low is not None and one.high is not None:
        low, high = height(one.low), height(one.high)
        bar = f'<line class="b" x1="{x:g}" x2="{x:g}" y1="{low:g}" y2="{high:g}"/>'
    dot = f'<circle class="d" cx="{x:g}" cy="{height(one.value):g}" r="4"/>'
    return (f"<g><title>{esc(title)}</title>{bar}{dot}</g>",)


def _points(points: Sequence[CoachingPoint]) -> list[str]:
    parts: list[str] = []
    for point in points:
        more = len(point.moments) - MOST_MOMENTS
        parts += [
            '<article class="card">',
            f"<h3>{esc(point.title)}</h3>",
            f"<p>{esc(point.advice)}</p>" if point.advice else "",
            f"<p>In {esc(figure(point.whole, 'share'))}.</p>",
            f"<p class='quiet'>{esc(changed(point))}</p>",
            "<ul>",
            *(f"<li>{_moment(moment)}</li>" for moment in point.moments[:MOST_MOMENTS]),
            "</ul>",
            f"<p class='quiet'>and {more} more</p>" if more > 0 else "",
            "</article>",
        ]
    return parts


def _moment(moment: ReportMoment) -> str:
    words = f" &ldquo;{esc(moment.text)}&rdquo;" if moment.text else ""
    lasted = f" {esc(moment.lasted)}" if moment.lasted else ""
    return f"<code>{esc(link(moment.call, moment.at))}</code>{lasted}{words}"
