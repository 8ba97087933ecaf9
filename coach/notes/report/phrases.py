"""Words that the page and the Markdown of a report share."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from coach.events import Channel
from coach.events.lengths import clock
from coach.notes.report.call_report import CallReport, Figures, LineTold, SideFigures
from coach.notes.timeline_text import SPEAKERS

THEIR_OWN = "those the call had"
"""How the rules are called that a call was coached with, where they are kept."""
VERDICTS = {
    "right": "right",
    "wrong": "wrong: it should not have been shown",
    "late": "right, and too late",
    "missed": "missed: a card should have come here",
    "note": "note",
}
KINDS = {
    "live": "live call",
    "import": "imported call",
    "rehearsal": "rehearsal (a replay)",
    "demo": "demo",
}


def corrected_words(lines: int) -> str:
    """What a reader has to know of lines that reviewers put right; empty where there are none."""
    if not lines:
        return ""
    were = "line was" if lines == 1 else "lines were"
    return (
        f"{lines} {were} put right by a reviewer: the transcript shows that, marked, with what was "
        "heard beside it. Cards, levels and all figures go by what was heard."
    )


def heard_before(line: LineTold) -> str:
    """What was heard of a line that a reviewer put right; empty where it was not."""
    if line.heard_side is None:
        return ""
    who = f"{SPEAKERS[line.heard_side]}: " if line.heard_side is not line.side else ""
    words = f"“{line.heard}”" if line.heard != line.text else "the same words"
    return f"put right by {line.put_right_by}; heard: {who}{words}"


def sides(report: CallReport) -> list[tuple[Channel, SideFigures]]:
    """Whoever is measured, the agent first."""
    figures = report.figures
    all_sides = {
        Channel.AGENT: figures.agent,
        Channel.CUSTOMER: figures.customer,
        Channel.MIXED: figures.both,
    }
    return [(side, one) for side, one in all_sides.items() if one is not None]


def _sound(report: CallReport) -> str:
    if report.mixed:
        return "both people on one undivided track"
    both = report.divided or report.figures.both is not None
    return "one track, divided by the voices" if both else "a track for each side"


def header(report: CallReport) -> Iterator[tuple[str, str]]:
    """Name and value of what is known of the call as a whole."""
    worst, last = report.level, report.last_level
    unfinished = "" if report.ended else " (the journal has no end)"
    yield "Call", f"{report.call} ({KINDS.get(report.kind, report.kind)})"
    yield "Begun", report.started.replace("T", " ")[:16] or "unknown"
    yield "Length", f"{clock(report.seconds)}{unfinished}"
    yield "Level", worst if worst == last else f"{worst} at worst, ended {last}"
    yield "Agent", report.agent
    yield "Caller", report.caller
    yield "Queue", report.queue
    yield "Tags", ", ".join(report.tags)
    yield "Score", "" if report.score is None else f"{report.score:g} %"
    yield "Source", report.source
    yield "To look at it", f"coach review {shlex.quote(report.place)}"
    yield "Language", report.language
    yield "Sound", _sound(report)
    yield "Rules", report.rules
    if report.rules.startswith(THEIR_OWN):
        yield "Who changed them", f"coach rules diff --of {shlex.quote(report.place)}"
    yield "Speech model", report.model or "none: the words came as text, or are not said"
    yield "Sentence encoder", report.encoder or "not said"
    yield "Masked", report.masked
    yield "Coached by", f"Coach {report.version}"


MIXED_NOTE = (
    "Both people are on one undivided track, so who spoke when, talk-over and the share of each "
    "cannot be told."
)


DIVIDED_NOTE = (
    "Both people were on one track, which was divided by their voices. Where both talk at once "
    "only one of them is heard, so talk-over cannot be told, and who said what is judged."
)


def figure_notes(report: CallReport) -> list[str]:
    """What a reader of the figures should know."""
    return [MIXED_NOTE] if report.mixed else [DIVIDED_NOTE] if report.divided else []


def figure_rows(report: CallReport) -> Iterator[tuple[str, list[str]]]:
    """A row for each figure with a value for each side."""
    all_sides = [one for _, one in sides(report)]
    yield "speech", [f"{one.talk_s:.0f} s" for one in all_sides]
    if report.figures.agent_share is not None:
        share = report.figures.agent_share
        yield "share of all speech", [f"{share:.0%}", f"{1 - share:.0%}"]
    yield "words", [str(one.words) for one in all_sides]
    yield (
        "words a minute of own speech",
        ["too little" if one.pace_wpm is None else f"{one.pace_wpm:.0f}" for one in all_sides],
    )
    if not (report.mixed or report.divided):
        yield (
            "began to speak over the other side",
            [_times(one.talk_overs, one.talk_over_s) for one in all_sides],
        )
    yield "longest turn", [_longest(one) for one in all_sides]


def _times(count: int, seconds: float) -> str:
    if not count:
        return "never"
    return f"{'once' if count == 1 else f'{count} times'}, {seconds:.1f} s"


def _longest(one: SideFigures) -> str:
    return f"{one.longest_s:.0f} s, from {clock(one.longest_at)}" if one.longest_s else "none"


def quiet_rows(figures: Figures) -> Iterator[tuple[str, str]]:
    """What is told of silence."""
    yield "From the beginning to the last word", clock(figures.talk_s)
    count = figures.dead_airs
    many = f", {count} silence{'s' if count != 1 else ''} of more than 3 s" if count else ""
    yield "Dead air", f"{figures.dead_air_s:.0f} s{many}"
    if figures.longest_silence is not None:
        longest = figures.longest_silence
        yield "Longest silence", f"{longest.seconds:.0f} s, from {clock(longest.start)}"
    if figures.hold_s:
        yield "On hold", f"{figures.hold_s:.0f} s (announced silences and recorded messages)"


def column(side: Channel) -> str:
    """A side as the head of a column."""
    return SPEAKERS[side]
