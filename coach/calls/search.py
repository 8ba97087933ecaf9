"""Finding calls in the library, and the moments in them that were asked for."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from coach.calls.about import CallKind
from coach.calls.joined_spans import joined
from coach.calls.journal_gathering import Fate
from coach.calls.library import Library
from coach.calls.library_tables import COLUMNS, LINE_BITS
from coach.calls.marks import Mark
from coach.calls.search_query import FoundCall, HitKind, Query, SearchHit, SearchResult
from coach.calls.search_terms import expression, is_cue, matching_rules
from coach.events import Channel, Level

_OPEN, _CLOSE = "\x02", "\x03"
"""Stand around found words; no text has them."""


def search(library: Library, query: Query) -> SearchResult:
    """Find calls. Raises InputError where a rule is asked for that no call has met."""
    return library.reading(lambda: _search(library, query))


def _search(library: Library, query: Query) -> SearchResult:
    where = _conditions(library.db, query)
    rows = library.db.execute(
        f"SELECT no, kind FROM calls WHERE {where} ORDER BY began DESC, call DESC", where.values
    ).fetchall()
    near: dict[int, list[SearchHit]] = {}
    if query.like:
        # With the encoder and an array library, which no other search needs.
        from coach.calls.likeness import near_hits  # noqa: PLC0415

        near = near_hits(library, [no for no, _ in rows], query)
        place = {no: number for number, no in enumerate(near)}
        rows = sorted((row for row in rows if row[0] in near), key=lambda row: place[row[0]])
    counts = Counter(CallKind(kind) for _, kind in rows)
    chosen = [no for no, kind in rows if kind in query.kinds]
    shown = chosen[: query.most]
    hits = _hits(library.db, shown, query)
    for no in shown:
        hits[no] += near.get(no, ())
    return SearchResult(
        calls=tuple(_found(library.db, no, hits[no]) for no in shown),
        counts={kind: counts[kind] for kind in CallKind},
        total=len(chosen),
    )


# --- conditions ----------------------------------------------------------------------------------


class _Where:
    """Conditions that must all hold, with their values."""

    def __init__(self) -> None:
        self.conditions: list[str] = []
        self.values: list[object] = []

    def holds(self, condition: str, *values: object) -> None:
        """Ask for one more."""
        self.conditions.append(condition)
        self.values += values

    def __str__(self) -> str:
        return " AND ".join(self.conditions) or "1"


def _conditions(db: sqlite3.Connection, query: Query) -> _Where:
    where = _plain(query)
    for tag in query.tags:
        where.holds("no IN (SELECT no FROM tags WHERE tag = ?)", tag)
    for cue in query.cues:
        rules = matching_rules(db, "cues", cue)
        where.holds(f"no IN (SELECT no FROM cues WHERE {_in('rule', rules)})", *rules)
    if query.card is not None or query.fate is not None:
        cards = _cards(db, query)
        where.holds(f"no IN (SELECT no FROM cards WHERE {cards})", *cards.values)
    for words in query.said:
        found = f"SELECT DISTINCT rowid >> {LINE_BITS} FROM said WHERE said MATCH ?"
        where.holds(f"no IN ({found})", expression(words, query.by))
    return where


def _plain(query: Query) -> _Where:
    """What the row of a call alone decides."""
    where = _Where()
    for condition, value in (
        ("call = ?", query.call),
        ("agent = ?", query.agent),
        ("queue = ?", query.queue),
        ("caller = ?", query.caller),
        ("began >= ?", query.since),
        ("began < ?", query.until),
        ("level >= ?", None if query.level is None else int(query.level)),
        ("score >= ?", query.score.least),
        ("score <= ?", query.score.most),
        ("seconds >= ?", query.length.least),
        ("seconds <= ?", query.length.most),
    ):
        if value is not None:
            where.holds(condition, value)
    if query.marked:
        where.holds("no IN (SELECT no FROM marks)")
    if query.held:
        where.holds("held <> ''")
    return where


def _cards(db: sqlite3.Connection, query: Query) -> _Where:
    where = _Where()
    if query.card is not None:
        rules = matching_rules(db, "cards", query.card)
        where.holds(_in("rule", rules), *rules)
    if query.fate is Fate.MARKED:
        where.holds("marked <> ''")
    elif query.fate in (None, Fate.SHOWN):
        where.holds("fate <> ?", Fate.KEPT_BACK.value)
    else:
        where.holds("fate = ?", query.fate.value)
    return where


def _in(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join('?' for _ in values)})"


# --- what is shown of a call ---------------------------------------------------------------------

_LISTED = (
    "call, kind, started, source, caller, agent, queue, seconds, ended, level, last_level, "
    "score, held, trouble"
)


def _found(db: sqlite3.Connection, no: int, hits: Iterable[SearchHit]) -> FoundCall:
    cursor = db.execute(f"SELECT {_LISTED} FROM calls WHERE no = ?", (no,))
    names = [column[0] for column in cursor.description]
    row = dict(zip(names, cursor.fetchone(), strict=True))
    tags = db.execute("SELECT tag FROM tags WHERE no = ? ORDER BY rowid", (no,))
    marks = db.execute("SELECT mark FROM marks WHERE no = ? ORDER BY at", (no,))
    rules = db.execute("SELECT rule FROM cues WHERE no = ?", (no,))
    (cards,) = db.execute(
        "SELECT count(*) FROM cards WHERE no = ? AND fate <> 'kept_back'", (no,)
    ).fetchone()
    return FoundCall(
        **row
        | {
            "kind": CallKind(row["kind"]),
            "ended": bool(row["ended"]),
            "level": Level(row["level"]),
            "last_level": Level(row["last_level"]),
        },
        tags=tuple(tag for (tag,) in tags),
        marks=tuple(msgspec.json.decode(mark, type=Mark) for (mark,) in marks),
        cues=sum(is_cue(rule) for (rule,) in rules),
        cards=cards,
        hits=tuple(sorted(hits, key=lambda hit: (-hit.near, hit.at))),
    )


def _hits(db: sqlite3.Connection, calls: list[int], query: Query) -> dict[int, list[SearchHit]]:
    """The moments of each call that were asked for."""
    hits: dict[int, list[SearchHit]] = {no: [] for no in calls}
    among = f"no IN {_AMONG}"
    chosen = json.dumps(calls)
    lines: dict[int, SearchHit] = {}
    for words in query.said:
        for row, hit in _said(db, chosen, words, query.by):
            lines[row] = _both(lines[row], hit) if row in lines else hit
    for row, hit in lines.items():
        hits[row >> LINE_BITS].append(hit)
    for cue in query.cues:
        rules = matching_rules(db, "cues", cue)
        for no, at, text, rule in db.execute(
            f"SELECT no, at, text, rule FROM cues WHERE {among} AND {_in('rule', rules)}",
            (chosen, *rules),
        ):
            hits[no].append(SearchHit(kind=HitKind.CUE, at=at, text=text, rule=rule))
    if query.card is not None or query.fate is not None:
        where = _cards(db, query)
        for no, at, said, rule, fate, reason in db.execute(
            f"SELECT no, at, marked, rule, fate, reason FROM cards WHERE {among} AND {where}",
            (chosen, *where.values),
        ):
            hits[no].append(
                SearchHit(kind=HitKind.CARD, at=at, text=said or reason, rule=rule, fate=fate)
            )
    return hits


def _both(one: SearchHit, other: SearchHit) -> SearchHit:
    """A line that answers two questions."""
    return msgspec.structs.replace(one, spans=tuple(joined([*one.spans, *other.spans])))


_AMONG = "(SELECT value FROM json_each(?))"


def _said(
    db: sqlite3.Connection, calls: str, words: str, by: Channel | None
) -> Iterator[tuple[int, SearchHit]]:
    """Every line of the calls with the words, with the number of its row."""
    marked = ", ".join(f"highlight(said, {i}, '{_OPEN}', '{_CLOSE}')" for i in range(len(COLUMNS)))
    rows = db.execute(
        f"SELECT said.rowid, start, doubtful, version, {marked} FROM said "
        "JOIN lines ON lines.id = said.rowid "
        f"WHERE said MATCH ? AND said.rowid >> {LINE_BITS} IN {_AMONG}",
        (expression(words, by), calls),
    )
    for row, start, doubtful, version, *texts in rows:
        side, text = next(
            (side, text) for side, text in zip(COLUMNS, texts, strict=True) if text is not None
        )
        plain, spans = _unmarked(text)
        told = {"doubtful": bool(doubtful), "version": version}
        yield (
            row,
            SearchHit(kind=HitKind.SAID, at=start, text=plain, side=side, spans=spans, **told),
        )


def _unmarked(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text without the marks around found words, and where they stood."""
    plain = ""
    spans = []
    for part in text.split(_OPEN):
        found, close, rest = part.partition(_CLOSE)
        if close:
            spans.append((len(plain), len(plain) + len(found)))
            plain += found + rest
        else:
            plain += part
    return plain, tuple(spans)
