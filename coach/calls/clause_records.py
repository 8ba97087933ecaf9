"""The clauses of one call as records of the clause file, made from its journal.

What is masked in the index is masked here: where a line that is shown differs from the one that was
kept, its vectors are made anew from the line that is shown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coach.calls.clause_file import DIMENSIONS, RECORD
from coach.calls.journal import Journal, read_journal
from coach.calls.journal_gathering import printable
from coach.calls.library_tables import COLUMNS, lines_of
from coach.errors import InputError
from coach.events import Channel, Utterance
from coach.meaning.clauses import spans_of
from coach.meaning.encoder import encoder, facts, packed, vectors_of

LAYOUT = np.dtype(
    [
        ("line", "<u4"),
        ("first", "<u2"),
        ("last", "<u2"),
        ("side", "u1"),
        ("spare", "u1", (3,)),
        ("scales", "<f4", (2,)),
        ("vector", "i1", (DIMENSIONS,)),
    ]
)
"""Number of the line in its call, first and last word, side, and what each part of the
vector is multiplied by (``scales_of``)."""
assert LAYOUT.itemsize == RECORD  # noqa: S101 - the layout is that of the file
SIDES = tuple(COLUMNS)
"""By the number that stands for a side."""
MOST_WORDS = 65_535

_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_DIGITS = np.full(256, 255, np.uint8)
_DIGITS[np.frombuffer(_ALPHABET, np.uint8)] = np.arange(85)
_POWERS = np.array([85**4, 85**3, 85**2, 85, 1], np.uint64)
_KEPT = DIMENSIONS // 4 * 5
"""Characters of a vector as a journal keeps it."""


def records_of(db: sqlite3.Connection, no: int, journal: Path) -> bytes | None:
    """The records of a call of the index; None where another encoder made its vectors.

    A journal that cannot be read has none.
    """
    try:
        read = read_journal(journal)
    except InputError:
        return b""
    if vectors_of(read.header.encoder) != facts().name:
        return None
    lines = _lines(db, no)
    parts = [
        _records(said, lines[said.utterance]) for said in _said(read) if said.utterance in lines
    ]
    return b"".join(parts)


def _said(journal: Journal) -> Iterator[Utterance]:
    """The final lines as they stand in the end, one for each utterance."""
    finals = {e.utterance: e for e in journal.events if isinstance(e, Utterance)}
    yield from (said for said in finals.values() if said.clauses)


def _lines(db: sqlite3.Connection, no: int) -> dict[str, tuple[int, Channel, str]]:
    """Number, side and text of each line as it was heard, by utterance."""
    first, last = lines_of(no)
    found: dict[str, tuple[int, Channel, str]] = {}
    for row, utterance, *texts in db.execute(
        "SELECT id, utterance, customer, agent, mixed FROM lines "
        "WHERE id BETWEEN ? AND ? AND version <> 'corrected'",
        (first, last),
    ):
        sides = zip(SIDES, texts, strict=True)
        side, text = next((side, text) for side, text in sides if text is not None)
        found[utterance] = row - first, side, text
    return found


def _records(said: Utterance, line: tuple[int, Channel, str]) -> bytes:
    number, side, text = line
    spans = [(clause.first, clause.last) for clause in said.clauses]
    kept = [clause.vector for clause in said.clauses]
    if text == printable(said.text) and all(len(one) == _KEPT for one in kept):
        vectors = decoded(kept)
    else:
        spans = spans_of(text)
        words = text.split()
        made = encoder().encode([" ".join(words[a : b + 1]) for a, b in spans])
        vectors = np.array([np.frombuffer(packed(one), np.int8) for one in made], np.int8)
    if not spans or spans[-1][1] > MOST_WORDS:
        return b""
    records = np.zeros(len(spans), LAYOUT)
    records["line"], records["side"] = number, SIDES.index(side)
    records["first"], records["last"] = zip(*spans, strict=True)
    records["scales"] = scales_of(vectors)
    records["vector"] = vectors
    return records.tobytes()


def scales_of(vectors: npt.NDArray[np.int8]) -> npt.NDArray[np.float32]:
    """What brings both parts of packed vectors to the same length, and the whole to 1."""
    parts = np.split(vectors.astype(np.float32), [facts().meant], axis=1)
    lengths = np.stack([np.linalg.norm(part, axis=1) for part in parts], axis=1)
    scales: npt.NDArray[np.float32] = np.float32(np.sqrt(0.5)) / np.maximum(lengths, 1e-6)
    return scales


def decoded(kept: Sequence[str]) -> npt.NDArray[np.int8]:
    """Vectors as journals keep them, all together; what is no base 85 gives any vector."""
    text = np.frombuffer("".join(kept).encode("latin-1", "replace"), np.uint8)
    digits = _DIGITS[text].reshape(len(kept), DIMENSIONS // 4, 5).astype(np.uint64)
    figures = (digits @ _POWERS).astype(">u4")
    vectors: npt.NDArray[np.int8] = figures.view(np.int8).reshape(len(kept), DIMENSIONS)
    return vectors
