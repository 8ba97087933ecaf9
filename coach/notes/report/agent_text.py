"""The report of an agent's calls as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from coach.notes.report.agent_page import MOST_MOMENTS
from coach.notes.report.agent_report import AgentReport, CoachingPoint
from coach.notes.report.call_text import code, md
from coach.notes.report.trend_words import HOW, PURPOSE, changed, figure
from coach.notes.review.places import link


def agent_text(report: AgentReport) -> str:
    """The whole report."""
    lines = [f"# Calls of {md(report.agent)}", "", f"> {PURPOSE}", ""]
    lines += [f"- **Since:** {md(report.since)}"] if report.since else []
    lines += [f"- **Until:** {md(report.until)}"] if report.until else []
    lines += [f"- **Calls:** {report.calls}", f"- **Compared:** {md(report.split)}"]
    lines += [f"\n> {md(remark)}" for remark in report.remarks]
    lines += ["", "## All calls together", "", "| figure | value (95 %); calls |", "| --- | --- |"]
    lines += [
        f"| {md(one.name)} ({md(one.means)}) | {md(figure(one.whole, one.unit))} |"
        for one in report.measures
    ]
    lines += ["", HOW, "", "## Week by week"]
    for one in report.measures:
        lines += ["", f"### {md(one.name)}", "", "| week of | calls | value (95 %); calls |"]
        lines += ["| --- | ---: | --- |"]
        lines += [
            f"| {week.monday} | {week.calls} | {md(figure(estimate, one.unit))} |"
            for week, estimate in zip(report.weeks, one.weeks, strict=True)
        ]
    lines += _points("Worth another listen", report.points)
    lines += _points("What goes well", report.well)
    return "\n".join(lines) + "\n"


def _points(title: str, points: Sequence[CoachingPoint]) -> list[str]:
    lines = ["", f"## {title}"] if points else []
    for point in points:
        lines += ["", f"### {md(point.title)}", ""]
        lines += [md(point.advice), ""] if point.advice else []
        lines += [f"In {figure(point.whole, 'share')}. {changed(point)}", ""]
        for moment in point.moments[:MOST_MOMENTS]:
            words = f" “{md(moment.text)}”" if moment.text else ""
            lasted = f" {moment.lasted}" if moment.lasted else ""
            lines.append(f"- {code(link(moment.call, moment.at))}{lasted}{words}")
        more = len(point.moments) - MOST_MOMENTS
        lines += [f"- and {more} more"] if more > 0 else []
    return lines
