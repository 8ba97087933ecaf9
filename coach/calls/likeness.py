"""Who said something like this: the clauses of all calls that come near a sentence.

Every vector is held against the sentence's, in blocks that fit the processor's cache, so the
answer is exact: nothing is estimated and nothing can be missed. How near a clause comes is the
cosine of the two vectors, 1 for the same words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from coach.calls.clause_file import ClauseFile
from coach.calls.clause_records import LAYOUT, SIDES, records_of
from coach.calls.library import BATCH, Library
from coach.calls.library_tables import LINE_BITS
from coach.calls.search_query import HitKind, Query, SearchHit
from coach.events import Channel
from coach.meaning.encoder import encoder, facts

BLOCK = 4096
"""Clauses that are looked at together."""
MOST_CLAUSES = 20_000
"""The nearest clauses that are taken further."""
DEAD_SHARE = 0.25
"""Dead records from which on the file is written anew."""
Tell = Callable[[int, int], None]


class Brought(msgspec.Struct, frozen=True):
    """What bringing the clauses up to date came to."""

    read: int
    """Calls that were read."""
    foreign: int
    """Calls of the library whose vectors another encoder made: they are not searched."""


class NearLine(NamedTuple):
    """A line of a call that comes near."""

    row: int
    """Of the line in the index."""
    first: int
    """The words of the clause that does, counted from 0."""
    last: int
    near: float


def bring_up_to_date(library: Library, tell: Tell = lambda _done, _of: None) -> Brought:
    """Read the clauses of calls that are new in the index. Raises StorageError."""
    return library.reading(lambda: _brought(library, tell))


def _brought(library: Library, tell: Tell) -> Brought:
    db, file = library.db, ClauseFile(library.db, library.index)
    with library.writing():
        if file.made_by() != facts().name or not file.is_whole():
            file.begin_anew(facts().name)
        elif file.dead() > DEAD_SHARE * max(BATCH, file.end()):
            file.write_anew()
    file.sweep()
    new = "SELECT no, call FROM calls WHERE no NOT IN (SELECT no FROM clauses) ORDER BY no"
    missing = db.execute(new).fetchall()
    for start in range(0, len(missing), BATCH):
        with library.writing():
            # Another program may have read some of them in the meantime.
            still = dict(db.execute(new))
            part = [(no, call) for no, call in missing[start : start + BATCH] if no in still]
            made = [(no, records_of(db, no, library.calls / f"{call}.jsonl")) for no, call in part]
            file.append(made)
        tell(start + len(part), len(missing))
    (foreign,) = db.execute("SELECT count(*) FROM clauses WHERE NOT readable").fetchone()
    return Brought(len(missing), foreign)


def near_hits(library: Library, calls: Collection[int], query: Query) -> dict[int, list[SearchHit]]:
    """The lines of some calls that mean something like the query's sentence, by call.

    The nearest call first, and of each the nearest line.
    """
    hits: dict[int, list[SearchHit]] = {}
    for line in near_lines(library, query.like, query.near, calls, query.by):
        start, doubtful, version, *texts = library.db.execute(
            "SELECT start, doubtful, version, customer, agent, mixed FROM lines WHERE id = ?",
            (line.row,),
        ).fetchone()
        said = zip(SIDES, texts, strict=True)
        side, text = next((side, text) for side, text in said if text is not None)
        words = [found.span() for found in re.finditer(r"\S+", text)]
        span = (words[line.first][0], words[min(line.last, len(words) - 1)][1])
        told = {"doubtful": bool(doubtful), "version": version, "near": line.near}
        hit = SearchHit(kind=HitKind.LIKE, at=start, text=text, side=side, spans=(span,), **told)
        hits.setdefault(line.row >> LINE_BITS, []).append(hit)
    return hits


def near_lines(
    library: Library, sentence: str, least: float, calls: Collection[int], by: Channel | None
) -> list[NearLine]:
    """The lines of some calls that come at least so near, the nearest first.

    Each is told by its nearest clause.
    """
    spans = np.array(
        library.db.execute(
            "SELECT first, count, no FROM clauses WHERE count > 0 "
            "AND no IN (SELECT value FROM json_each(?)) ORDER BY first",
            (json.dumps(list(calls)),),
        ).fetchall(),
        np.int64,
    ).reshape(-1, 3)
    file = ClauseFile(library.db, library.index)
    if not len(spans) or not file.is_whole():
        return []
    records = np.memmap(file.path, LAYOUT, "r", shape=(file.end(),))
    scores = _scores(records, encoder().encode([sentence])[0], spans)
    if by is not None:
        scores[records["side"] != SIDES.index(by)] = -1.0
    rows = np.flatnonzero(scores >= least)
    if len(rows) > MOST_CLAUSES:
        rows = rows[np.argpartition(scores[rows], -MOST_CLAUSES)[-MOST_CLAUSES:]]
    rows = rows[np.lexsort((rows, -scores[rows]))]
    calls_of = spans[np.searchsorted(spans[:, 0], rows, "right") - 1, 2]
    found: dict[int, NearLine] = {}
    for record, score, no in zip(records[rows], scores[rows], calls_of, strict=True):
        row = (int(no) << LINE_BITS) + int(record["line"])
        if row not in found:
            words = int(record["first"]), int(record["last"])
            found[row] = NearLine(row, *words, round(float(score), 3))
    return list(found.values())


def _scores(
    records: npt.NDArray[np.void], sentence: npt.NDArray[np.float32], spans: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """How near each record comes; -1 for those outside the spans."""
    scores = np.full(len(records), -1.0, np.float32)
    wanted = np.zeros(len(records) + 1, np.int32)
    np.add.at(wanted, spans[:, 0], 1)
    np.add.at(wanted, spans[:, 0] + spans[:, 1], -1)
    inside = np.cumsum(wanted[:-1]) > 0
    vectors, scales = records["vector"], records["scales"]
    meant = facts().meant
    block = np.empty((BLOCK, vectors.shape[1]), np.float32)
    for start in range(0, len(records), BLOCK):
        stop = min(start + BLOCK, len(records))
        if not inside[start:stop].any():
            continue
        part = block[: stop - start]
        np.copyto(part, vectors[start:stop])
        first, second = scales[start:stop].T
        scores[start:stop] = (part[:, :meant] @ sentence[:meant]) * first
        scores[start:stop] += (part[:, meant:] @ sentence[meant:]) * second
    scores[~inside] = -1.0
    return scores
