"""The report of one call as Markdown, for tickets and notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from coach.events.lengths import clock
from coach.notes.report.call_report import (
    CallReport,
    CardTold,
    MarkTold,
    PromiseTold,
    Quote,
    Span,
)
from coach.notes.report.phrases import (
    VERDICTS,
    column,
    figure_notes,
    figure_rows,
    header,
    heard_before,
    quiet_rows,
    sides,
)
from coach.notes.review.places import link
from coach.notes.timeline_text import SPEAKERS
from coach.notes.wording import FATES

_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&{}]")
_BEGINS = re.compile(r"^(?=[-+=])|(?<=^\d)(?=[.)]\s)")
"""What makes a list or a heading of a line that begins with it."""


def md(text: object) -> str:
    """Text that Markdown takes for nothing but text, on one line."""
    line = _MARKUP.sub(r"\\\g<0>", " ".join(str(text).split()))
    return _BEGINS.sub(r"\\", line)


def code(command: str) -> str:
    """A command to copy; as text where Markdown might take it for something else."""
    return f"`{command}`" if re.fullmatch(r"[\w@:./' -]+", command) else md(command)


def call_text(report: CallReport) -> str:
    """The whole report."""
    lines = [f"# Call {md(report.call)}", ""]
    lines += [f"- **{name}:** {md(value)}" for name, value in header(report) if value]
    lines += [f"\n> {md(remark)}" for remark in report.remarks]
    lines += [
        *_matter(report),
        *_figures(report),
        *_part(
            "Cards",
            [entry for n, c in enumerate(report.cards, 1) for entry in _card(n, c, report.place)],
        ),
        *_part("Cards kept back", _kept_back(report)),
        *_part("Checklist", _checklist(report)),
        *_part("Marks", [_mark(mark, report.place) for mark in report.marks]),
        *_notes(report.notes),
        *_part("Transcript", _transcript(report)),
    ]
    return "\n".join(lines) + "\n"


def _part(title: str, entries: Sequence[str]) -> list[str]:
    return ["", f"## {title}", "", *entries] if entries else []


def _quotes(title: str, quotes: Iterable[Quote]) -> list[str]:
    entries = [_quote(one) for one in quotes]
    return ["", f"### {title}", "", *entries] if entries else []


def _quote(one: Quote) -> str:
    due = ""
    if isinstance(one, PromiseTold):
        due = f", due {md(one.due.replace('T', ' '))}" if one.due else ", no date"
        due += f"; again {', '.join(clock(at) for at in one.again)}" if one.again else ""
    return f"- {clock(one.at)} {SPEAKERS[one.side]}: “{md(one.text)}”{due}"


def _matter(report: CallReport) -> list[str]:
    matter = report.matter
    lines = [
        *_quotes("How the customer began", matter.opening),
        *_quotes("What went wrong", matter.wrong),
        *_quotes("What the customer wants", matter.wants),
        *_quotes("Done or tried", matter.tried),
        *_quotes("Promised", matter.promised),
        *_quotes("Limits the agent set", matter.warnings),
    ]
    well = [f"- {md(line)}" for line in report.well]
    well += [f"- One thing to try: {md(report.try_next)}"] if report.try_next else []
    if well:
        lines += ["", "### For the agent", "", *well]
    return ["", "## The matter", *lines] if lines else []


def _figures(report: CallReport) -> list[str]:
    heads = ["", *(column(side) for side, _ in sides(report))]
    lines = [_row(heads), _row(["---"] + ["---:"] * (len(heads) - 1))]
    lines += [_row([name, *values]) for name, values in figure_rows(report)]
    lines += ["", *(f"- {name}: {value}" for name, value in quiet_rows(report.figures))]
    notes = [line for note in figure_notes(report) for line in (note, "")]
    return _part("Figures", [*notes, *lines])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _card(number: int, card: CardTold, place: str) -> list[str]:
    cleared = f", {clock(card.cleared)}" if card.cleared is not None else ""
    fate = FATES.get(card.fate, card.fate)
    told = [f"{number}. {clock(card.at)} **{md(card.do)}** ({md(card.title)}, {md(card.rule)})"]
    told += [f"   - to see it: {code(link(place, card.at))}"]
    told += [f"   - say: “{md(card.say)}”"] if card.say else []
    told += [f"   - because: {md(one)}" for one in card.because]
    told += [f"   - became graver: {md(one)}" for one in card.graver]
    told += [f"   - thresholds: {md(card.limits)}"] if card.limits else []
    return [*told, f"   - {fate}{cleared}"]


def _kept_back(report: CallReport) -> list[str]:
    return [
        f"- {', '.join(clock(at) for at in kept.at)} {md(kept.title)} ({md(kept.rule)}): "
        f"{kept.told}; {md('; '.join(kept.because))}"
        for kept in report.kept_back
    ]


def _checklist(report: CallReport) -> list[str]:
    return [
        f"- [{' ' if item.done is None else 'x'}] {md(item.title)}"
        + (f", {clock(item.done)}: “{md(item.text)}”" if item.done is not None else "")
        for item in report.checklist
    ]


def _mark(mark: MarkTold, place: str) -> str:
    who = "the agent, in the call" if mark.by == "agent" else mark.by
    verdict = VERDICTS.get(mark.verdict, mark.verdict)
    note = f": “{md(mark.note)}”" if mark.note else ""
    about = f" ({md(mark.rule)})" if mark.rule else ""
    return f"- {clock(mark.at)} {verdict}{about}{note} ({md(who)}): {code(link(place, mark.at))}"


def _notes(notes: str) -> list[str]:
    """As they were written, as a quotation of text."""
    lines = [f"> {md(line)}  " for line in notes.strip().splitlines()]
    return _part("Notes", lines)


def _transcript(report: CallReport) -> list[str]:
    lines = []
    pauses = list(report.time_line.off_record)
    for line in report.lines:
        while pauses and pauses[0].start <= line.start:
            lines.append(_off_record(pauses.pop(0)))
        unsure = " *(words unsure)*" if line.doubtful else ""
        unsure += f" *({md(heard)})*" if (heard := heard_before(line)) else ""
        recorded = f" *(recorded voice: {md(line.announcement)})*" if line.announcement else ""
        lines.append(
            f"- {clock(line.start)} **{SPEAKERS[line.side]}:** {md(line.text)}{unsure}{recorded}"
        )
    return [*lines, *map(_off_record, pauses)]


def _off_record(pause: Span) -> str:
    return f"- {clock(pause.start)} *off the record until {clock(pause.end)}*"
