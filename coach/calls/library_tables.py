"""The tables of the library's index, and how a call goes in and out of them."""

from __future__ import annotations

import sqlite3

import msgspec

from coach.calls.summary import CallSummary
from coach.events import Channel

FORM = 3
"""Version of the tables; an index of another one is made again."""
LINE_BITS = 20
"""Lines of a call are numbered in so many bits of a row's number."""
MOST_LINES = 1 << LINE_BITS

_SCHEMA = """
CREATE TABLE calls(
    no INTEGER PRIMARY KEY, call TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, kind TEXT NOT NULL,
    started TEXT NOT NULL, began REAL, source TEXT NOT NULL, caller TEXT NOT NULL COLLATE NOCASE,
    agent TEXT NOT NULL COLLATE NOCASE, queue TEXT NOT NULL COLLATE NOCASE, digest TEXT NOT NULL,
    seconds REAL NOT NULL, ended INTEGER NOT NULL, level INTEGER NOT NULL,
    last_level INTEGER NOT NULL, score REAL, held TEXT NOT NULL, notes TEXT NOT NULL,
    trouble TEXT NOT NULL);
CREATE INDEX calls_began ON calls(began);
CREATE INDEX calls_caller ON calls(caller) WHERE caller <> '';
CREATE INDEX calls_digest ON calls(digest) WHERE digest <> '';
CREATE TABLE owed(what TEXT PRIMARY KEY);
CREATE TABLE unread(call TEXT PRIMARY KEY, stamp TEXT NOT NULL, trouble TEXT NOT NULL);
CREATE TABLE tags(no INTEGER NOT NULL, tag TEXT NOT NULL COLLATE NOCASE);
CREATE INDEX tags_tag ON tags(tag, no);
CREATE INDEX tags_no ON tags(no);
CREATE TABLE cues(
    no INTEGER NOT NULL, rule TEXT NOT NULL, at REAL NOT NULL, severity INTEGER NOT NULL,
    text TEXT NOT NULL);
CREATE INDEX cues_rule ON cues(rule, no);
CREATE INDEX cues_no ON cues(no);
CREATE TABLE cards(
    no INTEGER NOT NULL, card TEXT NOT NULL, rule TEXT NOT NULL, at REAL NOT NULL,
    fate TEXT NOT NULL, marked TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX cards_rule ON cards(rule, fate, no);
CREATE INDEX cards_no ON cards(no);
CREATE TABLE promises(
    no INTEGER NOT NULL, at REAL NOT NULL, text TEXT NOT NULL, due TEXT NOT NULL);
CREATE INDEX promises_no ON promises(no);
CREATE TABLE marks(
    no INTEGER NOT NULL, at REAL NOT NULL, verdict TEXT NOT NULL, mark BLOB NOT NULL);
CREATE INDEX marks_no ON marks(no);
CREATE TABLE clauses(
    no INTEGER PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL,
    readable INTEGER NOT NULL);
CREATE TABLE clause_file(number INTEGER NOT NULL, encoder TEXT NOT NULL);
CREATE TABLE lines(
    id INTEGER PRIMARY KEY, start REAL NOT NULL, utterance TEXT NOT NULL,
    doubtful INTEGER NOT NULL, version TEXT NOT NULL, customer TEXT, agent TEXT, mixed TEXT);
CREATE VIRTUAL TABLE said USING fts5(
    customer, agent, mixed, content='lines', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2');
"""
_OF_A_CALL = ("tags", "cues", "cards", "promises", "marks", "clauses")
"""Tables with rows of a call, by its number."""
TABLES = ("said", "lines", *_OF_A_CALL, "calls", "unread", "owed", "clause_file")
COLUMNS = {Channel.CUSTOMER: "customer", Channel.AGENT: "agent", Channel.MIXED: "mixed"}
"""Column of ``lines`` and ``said`` that holds what a side said."""


def make_tables(db: sqlite3.Connection) -> None:
    """Make them all, inside the caller's transaction."""
    for statement in _SCHEMA.split(";\n"):
        if statement.strip():
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {FORM}")


def drop_tables(db: sqlite3.Connection) -> None:
    """Drop every table of any form, inside the caller's transaction."""
    for table in TABLES:
        db.execute(f"DROP TABLE IF EXISTS {table}")


def lines_of(no: int) -> tuple[int, int]:
    """The first and last row number that lines of a call may have."""
    return no << LINE_BITS, (no + 1 << LINE_BITS) - 1


def drop_call(db: sqlite3.Connection, call: str) -> None:
    """Take a call out, inside the caller's transaction; nothing where it is not in."""
    db.execute("DELETE FROM unread WHERE call = ?", (call,))
    row = db.execute("SELECT no FROM calls WHERE call = ?", (call,)).fetchone()
    if row is None:
        return
    (no,) = row
    span = lines_of(no)
    db.execute(
        "INSERT INTO said(said, rowid, customer, agent, mixed) "
        "SELECT 'delete', id, customer, agent, mixed FROM lines WHERE id BETWEEN ? AND ?",
        span,
    )
    db.execute("DELETE FROM lines WHERE id BETWEEN ? AND ?", span)
    for table in _OF_A_CALL:
        db.execute(f"DELETE FROM {table} WHERE no = ?", (no,))
    db.execute("DELETE FROM calls WHERE no = ?", (no,))


def insert_call(
    db: sqlite3.Connection, stamp: str, summary: CallSummary, began: float | None
) -> None:
    """Put a call in that is not in, inside the caller's transaction."""
    values = (
        summary.call,
        stamp,
        summary.kind.value,
        summary.started,
        began,
        summary.source,
        summary.caller,
        summary.agent,
        summary.queue,
        summary.digest,
        summary.seconds,
        summary.ended,
        int(summary.level),
        int(summary.last_level),
        summary.score,
        summary.held,
        summary.notes,
        summary.trouble,
    )
    marks = ", ".join("?" * len(values))
    no = db.execute(f"INSERT INTO calls VALUES(NULL, {marks})", values).lastrowid
    assert no is not None  # noqa: S101 - a row was inserted
    db.executemany("INSERT INTO tags VALUES(?, ?)", [(no, tag) for tag in summary.tags])
    db.executemany(
        "INSERT INTO cues VALUES(?, ?, ?, ?, ?)",
        [(no, cue.rule, cue.at, cue.severity, cue.text) for cue in summary.cues],
    )
    db.executemany("INSERT INTO cards VALUES(?, ?, ?, ?, ?, ?, ?)", _cards(no, summary))
    db.executemany(
        "INSERT INTO promises VALUES(?, ?, ?, ?)",
        [(no, made.at, made.text, made.due) for made in summary.promises],
    )
    db.executemany(
        "INSERT INTO marks VALUES(?, ?, ?, ?)",
        [(no, m.at, m.verdict.value, msgspec.json.encode(m)) for m in summary.marks],
    )
    _insert_lines(db, no, summary)


def _cards(no: int, summary: CallSummary) -> list[tuple[object, ...]]:
    shown: list[tuple[object, ...]] = [
        (no, card.card, card.rule, card.at, card.fate.value, card.marked, "")
        for card in summary.cards
    ]
    return shown + [
        (no, "", kept.rule, kept.at, "kept_back", "", kept.reason) for kept in summary.kept_back
    ]


def _insert_lines(db: sqlite3.Connection, no: int, summary: CallSummary) -> None:
    first = lines_of(no)[0]
    rows = []
    for number, line in enumerate(summary.lines[:MOST_LINES]):
        texts = dict.fromkeys(COLUMNS, None) | {line.channel: line.text}
        sides = tuple(texts[channel] for channel in COLUMNS)
        told = (line.start, line.utterance, line.doubtful, line.version.value)
        rows.append((first + number, *told, *sides))
    db.executemany("INSERT INTO lines VALUES(?, ?, ?, ?, ?, ?, ?, ?)", rows)
    db.executemany(
        "INSERT INTO said(rowid, customer, agent, mixed) VALUES(?, ?, ?, ?)",
        [(row[0], *row[5:]) for row in rows],
    )
