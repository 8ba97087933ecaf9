"""Measures "who said something like this" over made-up clauses: processor and wall time.

    PYTHONPATH=. python tests/calls/like_times.py FOLDER 1000000

The clauses are random vectors in calls of 250, so the figures are those of any library of that
size; two sentences of an encoder's are put among them, to be found.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from coach.calls.about import CallKind
from coach.calls.clause_file import DIMENSIONS, ClauseFile
from coach.calls.clause_records import LAYOUT, scales_of
from coach.calls.library import Library
from coach.calls.library_tables import insert_call
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.calls.summary import CallSummary, LineSaid
from coach.events import Channel, Level
from coach.meaning.encoder import encoder, facts, packed

A_CALL = 250
"""Clauses of a call of ten minutes."""
SENTENCES = ("nobody has rung me back since", "I am still waiting for that callback")
ASKED = "nobody ever called me back"
ROUNDS = 5


def summary(name: str, texts: tuple[str, ...]) -> CallSummary:
    lines = tuple(
        LineSaid(f"C{n}", Channel.CUSTOMER, float(n), text, doubtful=False)
        for n, text in enumerate(texts)
    )
    return CallSummary(
        call=name, kind=CallKind.LIVE, started="2026-01-05T09:00:00+00:00", source="made up",
        caller="", agent="", queue="", tags=(), digest="", seconds=600.0, ended=True,
        level=Level.CALM, last_level=Level.CALM, lines=lines, cues=(), cards=(), kept_back=(),
        promises=(), marks=(), score=None, held="", notes="", trouble="",
    )  # fmt: skip


def fill(library: Library, count: int) -> None:
    """Put made-up calls into the index and their clauses into the file."""
    draw = np.random.default_rng(0)
    file = ClauseFile(library.db, library.index)
    known = np.stack([np.frombuffer(packed(v), np.int8) for v in encoder().encode(SENTENCES)])
    with library.writing():
        file.begin_anew(facts().name)
    for start in range(0, count, 100 * A_CALL):
        calls = []
        with library.writing():
            for number in range(start // A_CALL, min(start + 100 * A_CALL, count) // A_CALL):
                name = f"call-{number:06d}"
                texts = SENTENCES if number == 17 else ("something else was said here",)
                insert_call(library.db, "", summary(name, texts), float(number))
                (no,) = library.db.execute(
                    "SELECT no FROM calls WHERE call = ?", (name,)
                ).fetchone()
                records = np.zeros(A_CALL, LAYOUT)
                records["vector"] = draw.integers(-127, 128, (A_CALL, DIMENSIONS), np.int8)
                records["last"] = 4
                if number == 17:
                    records["vector"][:2], records["line"][:2] = known, (0, 1)
                records["scales"] = scales_of(records["vector"])
                calls.append((no, records.tobytes()))
            file.append(calls)


def main(root: Path, count: int) -> None:
    root.mkdir(parents=True, exist_ok=True)
    with Library(root / "calls", root / "library.sqlite") as library:
        fill(library, count)
        size = ClauseFile(library.db, library.index).path.stat().st_size
        encoder().encode(["loaded before, as it is once a start"])
        query = Query(like=ASKED)
        cpu, wall = [], []
        for _ in range(ROUNDS):
            before = time.process_time(), time.perf_counter()
            found = search(library, query)
            cpu.append(time.process_time() - before[0])
            wall.append(time.perf_counter() - before[1])
        for hit in found.calls[0].hits:
            print(f"{hit.near:.2f}  {hit.text}")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count} clauses, {size / 1e6:.0f} MB: {statistics.median(cpu):.2f} s of processor time "
        f"(least {min(cpu):.2f}), {statistics.median(wall):.2f} s of wall time (least "
        f"{min(wall):.2f}); {most:.0f} MB with the file's pages"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
