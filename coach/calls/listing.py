"""Calls of the library as text, as a table for other programs, and as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from coach.calls.about import CallKind
from coach.calls.journal_gathering import printable
from coach.calls.library import Library
from coach.calls.marks import BY_AGENT, Mark
from coach.calls.search_query import FoundCall, HitKind, SearchHit, SearchResult
from coach.calls.search_terms import is_cue
from coach.events import Channel
from coach.events.lengths import clock

MOST_HITS = 5
"""Moments of one call shown as text."""
SPEAKERS = {Channel.CUSTOMER: "customer", Channel.AGENT: "agent", Channel.MIXED: "both"}
COUNTED = {
    CallKind.LIVE: ("live call", "live calls"),
    CallKind.IMPORT: ("imported call", "imported calls"),
    CallKind.REHEARSAL: ("rehearsal", "rehearsals"),
    CallKind.DEMO: ("demo", "demos"),
}
VERSIONS = {
    "": "",
    "heard": "  (as heard; put right since)",
    "corrected": "  (put right by a reviewer)",
}
COLUMNS = (
    "call",
    "kind",
    "started",
    "agent",
    "queue",
    "tags",
    "caller",
    "seconds",
    "level",
    "last_level",
    "cues",
    "cards",
    "marks",
    "score",
    "held",
    "hits",
)
"""Of the table for other programs."""


def local(started: str) -> str:
    """A start on this machine's clock, to the minute."""
    try:
        return f"{datetime.fromisoformat(started).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return "unknown start"


# --- text ----------------------------------------------------------------------------------------


def as_text(found: SearchResult, *, marks: bool, width: int | None) -> Iterator[str]:
    """A line for each call, under it the moments that were asked for.

    ``width``: columns of the terminal, where there is one. What is known of a call goes on, further
    in, on the next line where it would not fit; a moment is cut, its place can be looked up.
    """
    for call in found.calls:
        yield f"{_line(call, width)}\n"
        for hit in call.hits[:MOST_HITS]:
            yield f"{_cut(f'    {hit_line(hit)}', width)}\n"
        more = len(call.hits) - MOST_HITS
        if more > 0:
            yield f"    and {more} more\n"
        if marks:
            for mark in call.marks:
                yield f"{_cut(f'    {mark_line(call.call, mark)}', width)}\n"


def _line(call: FoundCall, width: int | None) -> str:
    who = " ".join(
        part
        for part in (
            call.agent and f"agent {call.agent}",
            call.queue and f"queue {call.queue}",
            call.caller and f"caller {call.caller}",
        )
        if part
    )
    facts = [local(call.started), call.kind.value, clock(call.seconds), _level(call)]
    facts += [who] if who else []
    facts += [f"score {call.score:g} %"] if call.score is not None else []
    facts += [f"{len(call.marks)} mark{'s' if len(call.marks) != 1 else ''}"] if call.marks else []
    facts += [f"tags {', '.join(call.tags)}"] if call.tags else []
    facts += ["held"] if call.held else []
    facts += [] if call.ended else ["no end"]
    lines = [printable(call.call)]
    for fact in map(printable, facts):
        full = width is not None and len(lines[-1]) + len(fact) + 2 > width
        if full and lines[-1].strip():
            lines.append("  ")
        lines[-1] += f"  {fact}"
    return "\n".join(lines)


def _level(call: FoundCall) -> str:
    worst, last = call.level.name.lower(), call.last_level.name.lower()
    return worst if worst == last else f"{worst}, ended {last}"


def hit_line(hit: SearchHit) -> str:
    """A moment in one line, the words that were looked for in guillemets."""
    if hit.kind in (HitKind.SAID, HitKind.LIKE):
        unsure = "  (unsure)" if hit.doubtful else ""
        speaker = SPEAKERS[hit.side or Channel.MIXED]
        near = f"{hit.near:4.2f}  " if hit.kind is HitKind.LIKE else ""
        said = f"{speaker}: {_marked(hit)}{unsure}{VERSIONS[hit.version]}"
        return f"{clock(hit.at):>7}  {near}{said}"
    if hit.kind is HitKind.CUE:
        words = f": {hit.text}" if hit.text else ""
        return f"{clock(hit.at):>7}  cue {hit.rule}{words}"
    said = f" ({hit.text})" if hit.text else ""
    return f"{clock(hit.at):>7}  card {hit.rule}: {hit.fate.replace('_', ' ')}{said}"


def _marked(hit: SearchHit) -> str:
    parts = []
    last = 0
    for start, end in hit.spans:
        parts += [hit.text[last:start], "«", hit.text[start:end], "»"]
        last = end
    return "".join([*parts, hit.text[last:]])


def mark_line(call: str, mark: Mark) -> str:
    """A mark in one line, with the place at which it can be looked up."""
    about = mark.rule or mark.card or ""
    who = "marked by the agent in the call" if mark.reviewer == BY_AGENT else mark.reviewer
    when = f", {local(mark.made)}" if mark.made else ""
    parts = [
        f"{call}@{clock(mark.at)}",
        mark.verdict.value,
        about,
        mark.note and f'"{mark.note}"',
    ]
    return "  ".join(part for part in parts if part) + f"  ({who}{when})"


def _cut(line: str, width: int | None) -> str:
    return line if width is None or len(line) <= width else f"{line[: max(1, width - 1)]}…"


def counted(found: SearchResult, wanted: Sequence[CallKind], *, near: bool = False) -> str:
    """How many calls there are of each kind, and how many of them were not shown.

    ``near``: they are in order of how near they come to what was asked for.
    """
    parts = [_count(kind, found.counts[kind]) for kind in wanted]
    shown = len(found.calls)
    line = f"{', '.join(parts)}."
    if shown < found.total:
        first = "nearest" if near else "newest"
        line += f" The {first} {shown} are shown; --limit 0 shows all."
    rest = [k for k in CallKind if k not in wanted and found.counts[k]]
    if rest:
        line += f" Not among them: {', '.join(_count(k, found.counts[k]) for k in rest)} (--kind)."
    return line


def _count(kind: CallKind, count: int) -> str:
    one, many = COUNTED[kind]
    return f"{count} {one if count == 1 else many}"


# --- one call ------------------------------------------------------------------------------------


def one_call(library: Library, call: FoundCall) -> Iterator[str]:
    """Everything the library knows of a call."""
    yield f"{_line(call, None)}\n"
    facts = {
        "source": call.source,
        "journal": str(library.calls / f"{call.call}.jsonl"),
        "held": call.held,
        "trouble": call.trouble,
    }
    for name, value in facts.items():
        if value:
            yield f"  {name:8} {value}\n"
    db = library.db
    (no, notes) = db.execute("SELECT no, notes FROM calls WHERE call = ?", (call.call,)).fetchone()
    moments: list[tuple[float, str]] = [(m.at, mark_line(call.call, m)) for m in call.marks]
    for at, rule, text in db.execute("SELECT at, rule, text FROM cues WHERE no = ?", (no,)):
        if is_cue(rule):
            moments.append((at, hit_line(SearchHit(kind=HitKind.CUE, at=at, text=text, rule=rule))))
    for at, rule, fate, text in db.execute(
        "SELECT at, rule, fate, coalesce(nullif(marked, ''), reason) FROM cards WHERE no = ?", (no,)
    ):
        hit = SearchHit(kind=HitKind.CARD, at=at, text=text, rule=rule, fate=fate)
        moments.append((at, hit_line(hit)))
    for at, text, due in db.execute("SELECT at, text, due FROM promises WHERE no = ?", (no,)):
        by = f", due {due}" if due else ""
        moments.append((at, f"{clock(at):>7}  promised{by}: {text}"))
    yield from (f"  {line}\n" for _, line in sorted(moments, key=lambda moment: moment[0]))
    if notes:
        yield "  notes\n"
        yield from (f"    {line}\n" for line in notes.splitlines())


# --- for other programs --------------------------------------------------------------------------


def as_json(found: SearchResult) -> Iterator[str]:
    """One object a line."""
    encoder = msgspec.json.Encoder()
    for call in found.calls:
        row = msgspec.to_builtins(call) | {
            "level": call.level.name.lower(),
            "last_level": call.last_level.name.lower(),
        }
        yield f"{encoder.encode(row).decode()}\n"


def as_csv(found: SearchResult) -> Iterator[str]:
    """One line a call under a line of names."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for call in found.calls:
        writer.writerow(
            [
                call.call,
                call.kind.value,
                call.started,
                harmless(call.agent),
                harmless(call.queue),
                harmless("; ".join(call.tags)),
                harmless(call.caller),
                f"{call.seconds:g}",
                call.level.name.lower(),
                call.last_level.name.lower(),
                call.cues,
                call.cards,
                harmless("; ".join(_short(call.marks))),
                "" if call.score is None else f"{call.score:g}",
                harmless(call.held),
                harmless("; ".join(" ".join(hit_line(hit).split()) for hit in call.hits)),
            ]
        )
    yield out.getvalue()


def _short(marks: Iterable[Mark]) -> Iterator[str]:
    for mark in marks:
        yield " ".join(part for part in (clock(mark.at), mark.verdict.value, mark.rule) if part)


def harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text
