"""Exchanges: from when on the two sides of a call carry each other's names, as a reviewer found.

A transfer may put the agent and the customer on each other's track in mid-recording. Coach tells
where that seems to have happened and exchanges nothing; who has listened confirms it. That lies
beside the journal in ``CALL.sides.ndjson``, one answer a line, oldest first; the last one holds.
The journal keeps what was heard under the names that it was heard under. What is made of it with
the sides exchanged (``coach.replay.exchanged_call``) lies beside it too, and readers and figures of
the call go by that for as long as it is there (``coach.calls.journal.standing``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from coach.calls.lines_beside import append_line, read_lines


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """All places at which the sides of a call are exchanged; none takes earlier answers back."""

    times: tuple[float, ...]
    """Seconds of call time from which each side has the other's name, by turns; in order."""
    reviewer: str
    made: str
    """Wall-clock time at which it was said, ISO 8601 with offset."""


NOBODY = Exchange(times=(), reviewer="", made="")


def read_exchange(path: Path) -> Exchange:
    """What holds. Raises InputError with the number of a line that cannot be understood."""
    return next(reversed(read_lines(path, Exchange)), NOBODY)


def add_exchange(path: Path, exchange: Exchange) -> None:
    """Keep an answer; it is in the file when this returns. Raises StorageError."""
    append_line(path, exchange)


def turned(times: Iterable[float], at: float) -> tuple[float, ...]:
    """The times with one more, or without it where it is one of them."""
    known = set(times)
    return tuple(sorted(known ^ {at}))
