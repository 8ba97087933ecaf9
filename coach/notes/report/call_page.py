"""The report of one call as one HTML page, readable without script and good to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coach.events import Level
from coach.events.lengths import clock
from coach.notes.report.call_report import (
    CallReport,
    CardTold,
    KeptBackTold,
    LineTold,
    MarkTold,
    PromiseTold,
    Quote,
    Span,
)
from coach.notes.report.page import (
    anchor,
    at,
    bullets,
    document,
    esc,
    facts,
    section,
    table,
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
from coach.notes.report.time_line_svg import time_line_svg
from coach.notes.review.places import link
from coach.notes.timeline_text import SPEAKERS
from coach.notes.wording import FATES

MOST_TIMES = 8
"""Times named of a card that was kept back again and again."""
_LEGEND = (
    "<span>&#9650; card, by number</span><span>&#9675; kept back</span>"
    "<span>hatched: silence</span><span>dotted: on hold</span>"
    "<span>full height: talk-over</span><span>grey: off the record or lost</span>"
)
SECTIONS = (
    ("matter", "The matter"),
    ("time-line", "Time line"),
    ("figures", "Figures"),
    ("cards", "Cards"),
    ("kept-back", "Kept back"),
    ("checklist", "Checklist"),
    ("marks", "Marks and notes"),
    ("transcript", "Transcript"),
)


def call_page(report: CallReport) -> str:
    """The whole page."""
    title = f"Call {report.call}"
    links = "".join(f'<li><a href="#{name}">{esc(words)}</a></li>' for name, words in SECTIONS)
    body = [
        f"<h1>{esc(title)}</h1>",
        *facts((name, esc(value)) for name, value in header(report)),
        *(f'<p class="note">{esc(remark)}</p>' for remark in report.remarks),
        f'<nav aria-label="Sections"><ul>{links}</ul></nav>',
        *_matter(report),
        *section("time-line", "Time line", _picture(report), "The call has no length."),
        *section("figures", "Figures", _figures(report)),
        *section("cards", "Cards", _cards(report), "No card was shown."),
        *section("kept-back", "Cards kept back", _kept_back(report), "No card was kept back."),
        *section("checklist", "Checklist", _checklist(report), "No checklist is known."),
        *section("marks", "Marks and notes", _marks(report), "Nobody marked or noted anything."),
        *section("transcript", "Transcript", _transcript(report), "Nothing was said."),
    ]
    return document(title, body)


# --- the matter ----------------------------------------------------------------------------------


def _matter(report: CallReport) -> list[str]:
    matter = report.matter
    parts: list[str] = []
    for title, quotes in (
        ("How the customer began", matter.opening),
        ("What went wrong", matter.wrong),
        ("What the customer wants", matter.wants),
        ("Done or tried", matter.tried),
        ("Promised", matter.promised),
        ("Limits the agent set", matter.warnings),
    ):
        if quotes:
            parts += [f"<h3>{title}</h3>", *bullets(_quote(one) for one in quotes)]
    if report.well or report.try_next:
        parts.append("<h3>For the agent</h3>")
        parts += bullets(esc(line) for line in report.well)
        parts += [f"<p>One thing to try: {esc(report.try_next)}</p>"] if report.try_next else []
    return section("matter", "The matter", parts, "No words tell what the call was about.")


def _quote(one: Quote) -> str:
    due = ""
    if isinstance(one, PromiseTold):
        due = f" &mdash; due {esc(one.due.replace('T', ' '))}" if one.due else " &mdash; no date"
        due += f"; again {_times(one.again)}" if one.again else ""
    return f"{at(one.at)} {_speaker(one.side)}: &ldquo;{esc(one.text)}&rdquo;{due}"


def _times(when: Sequence[float]) -> str:
    """The first of several times, each a link, and how many more there are."""
    more = len(when) - MOST_TIMES
    named = ", ".join(at(one) for one in when[:MOST_TIMES])
    return named + (f" and {more} more" if more > 0 else "")


def _speaker(side: object) -> str:
    name = SPEAKERS[side]  # type: ignore[index]
    return f'<span class="{esc(side)}">{name}</span>'


# --- picture and figures -------------------------------------------------------------------------


def _picture(report: CallReport) -> list[str]:
    svg = time_line_svg(report)
    if not svg:
        return []
    mood = "" if report.mixed else "<span>mood: agent dashed, customer solid</span>"
    return [
        '<figure><div class="wide" tabindex="0" role="group" aria-label="Time line">',
        svg,
        '</div><figcaption class="legend">',
        mood,
        _LEGEND,
        "</figcaption></figure>",
    ]


def _figures(report: CallReport) -> list[str]:
    heads = ["", *(column(side) for side, _ in sides(report))]
    rows = [[esc(name), *map(esc, values)] for name, values in figure_rows(report)]
    notes = [f'<p class="note">{esc(note)}</p>' for note in figure_notes(report)]
    return [
        *notes,
        *table("", heads, rows, figures=len(heads) - 1),
        *facts((name, esc(value)) for name, value in quiet_rows(report.figures)),
    ]


# --- cards ---------------------------------------------------------------------------------------


def _cards(report: CallReport) -> list[str]:
    return [
        line for number, card in enumerate(report.cards, 1) for line in _card(number, card, report)
    ]


def _card(number: int, card: CardTold, report: CallReport) -> list[str]:
    grave = " grave" if card.severity >= int(Level.CRITICAL) else ""
    fate = FATES.get(card.fate, card.fate)
    cleared = f", {at(card.cleared)}" if card.cleared is not None else ""
    mine = [mark for mark in report.marks if mark.card == card.card]
    return [
        f'<article class="card{grave}" id="card-{number}">',
        f"<h3>{number}. {at(card.at)} {esc(card.do)}</h3>",
        f"<blockquote>{esc(card.say)}</blockquote>" if card.say else "",
        *facts(
            [
                ("Because", "<br>".join(esc(one) for one in card.because)),
                ("Became graver", "<br>".join(esc(one) for one in card.graver)),
                (
                    "Rule",
                    (
                        f"{esc(card.title)} <span class='quiet'>({esc(card.rule)}, "
                        f"{esc(card.track)}, severity {card.severity})</span>"
                    ),
                ),
                ("Thresholds", esc(card.limits)),
                ("What became of it", f"{esc(fate)}{cleared}"),
                ("Marked", "<br>".join(_mark(mark) for mark in mine)),
                ("To see it", f"<code>{esc(link(report.place, card.at))}</code>"),
            ]
        ),
        "</article>",
    ]


def _kept_back(report: CallReport) -> list[str]:
    heads = ["When", "Rule", "Why not", "What asked for it"]
    return table("", heads, (_kept_back_row(kept) for kept in report.kept_back))


def _kept_back_row(kept: KeptBackTold) -> list[str]:
    return [
        _times(kept.at),
        f"{esc(kept.title)}<br><span class='quiet'>{esc(kept.rule)}</span>",
        esc(kept.told),
        "<br>".join(esc(one) for one in kept.because),
    ]


# --- the rest ------------------------------------------------------------------------------------


def _checklist(report: CallReport) -> list[str]:
    rows = []
    for item in report.checklist:
        done = "open" if item.done is None else f"done {at(item.done)}"
        rows.append([esc(item.title), done, esc(item.text)])
    return table("", ["Item", "", "Words"], rows)


def _marks(report: CallReport) -> list[str]:
    parts = bullets(
        f"{_mark(mark)}<br><code>{esc(link(report.place, mark.at))}</code>" for mark in report.marks
    )
    if report.notes.strip():
        parts += ["<h3>Notes</h3>", f"<pre>{esc(report.notes.strip())}</pre>"]
    return parts


def _mark(mark: MarkTold) -> str:
    who = "the agent, in the call" if mark.by == "agent" else mark.by
    when = f", {mark.made[:16].replace('T', ' ')}" if mark.made else ""
    about = f" ({esc(mark.rule)})" if mark.rule else ""
    note = f": &ldquo;{esc(mark.note)}&rdquo;" if mark.note else ""
    verdict = esc(VERDICTS.get(mark.verdict, mark.verdict))
    return f"{at(mark.at)} {verdict}{about}{note} &mdash; {esc(who)}{esc(when)}"


def _transcript(report: CallReport) -> list[str]:
    """Every second of the call is a place that can be linked to."""
    if not report.lines:
        return []
    starts = [int(line.start) for line in report.lines]
    ends = [*starts[1:], int(max(report.seconds, report.lines[-1].end)) + 1]
    places = [0, *starts[1:]]
    lines = []
    pauses = list(report.time_line.off_record)
    for line, first, end in zip(report.lines, places, ends, strict=True):
        while pauses and pauses[0].start <= line.start:
            lines.append(_off_record(pauses.pop(0)))
        lines.append(_line(line, range(first, max(first, end))))
    lines += map(_off_record, pauses)
    return ['<ol class="lines">', *lines, "</ol>"]


def _off_record(pause: Span) -> str:
    told = f"off the record until {clock(pause.end)}"
    return (
        f'<li><span class="time quiet">{clock(pause.start)}</span>'
        f'<span class="quiet">{told}</span></li>'
    )


def _line(line: LineTold, seconds: Iterable[int]) -> str:
    anchors = "".join(f'<span id="{anchor(second)}"></span>' for second in seconds)
    classes = ' class="unsure"' if line.doubtful or line.announcement else ""
    remarks = []
    if line.doubtful:
        remarks.append("words unsure")
    if line.announcement:
        remarks.append(f"recorded voice: {line.announcement}")
    if line.speaker_unsure is not None:
        remarks.append(f"speaker {line.speaker_unsure:.0%} sure")
    if heard := heard_before(line):
        remarks.append(heard)
    told = f' <span class="quiet">[{esc("; ".join(remarks))}]</span>' if remarks else ""
    cues = f' <span class="cue">{esc("; ".join(line.cues))}</span>' if line.cues else ""
    return (
        f'<li><span class="time quiet">{anchors}{clock(line.start)}'
        f"</span>{_speaker(line.side)}<span{classes}>{esc(line.text)}{told}{cues}</span></li>"
    )
