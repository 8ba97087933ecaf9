"""Which of many calls a backtest takes: those of a kind; all, the newest, or some by lot."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from coach.calls.about import CallKind, kind_of
from coach.calls.journal import JournalHeader, standing
from coach.errors import UNREADABLE
from coach.events import CallStarted

_header = msgspec.json.Decoder(JournalHeader)
_started = msgspec.json.Decoder(CallStarted)


class ChosenCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Calls to compare, in order, and how they were chosen."""

    calls: tuple[Path, ...]
    words: str = ""
    """How, where these are not all; else empty."""
    by_lot: bool = False
    """Whether every call was as likely to be taken, so that shares stand for all calls."""


def of_kinds(calls: Sequence[Path], kinds: Sequence[CallKind]) -> list[Path]:
    """The calls of these kinds, and those whose kind only their own reader can tell."""
    if set(kinds) == set(CallKind):
        return list(calls)
    return [path for path in calls if _kind(path) in (None, *kinds)]


def _kind(journal: Path) -> CallKind | None:
    """As the first two lines say; None where they cannot be read or are of an older form."""
    try:
        with standing(journal).open("rb") as lines:
            header, started = _header.decode(next(lines)), _started.decode(next(lines))
    except (*UNREADABLE, OSError, StopIteration):
        return None
    return kind_of(header.about, started.source)


def newest(calls: Sequence[Path], count: int) -> ChosenCalls:
    """The newest calls, by their names, which begin with the time."""
    taken = set(sorted(calls, key=lambda path: path.name, reverse=True)[:count])
    return _chosen(calls, taken, f"the newest {len(taken):,} of {len(calls):,} calls", by_lot=False)


def drawn(calls: Sequence[Path], count: int, seed: int) -> ChosenCalls:
    """So many calls drawn by lot; the same seed draws the same, and mostly the same of more."""

    def lot(path: Path) -> bytes:
        return hashlib.sha256(f"{seed} {path.stem}".encode()).digest()

    taken = set(sorted(calls, key=lot)[:count])
    words = f"{len(taken):,} of {len(calls):,} calls, drawn by lot (seed {seed})"
    return _chosen(calls, taken, words, by_lot=True)


def _chosen(calls: Sequence[Path], taken: set[Path], words: str, *, by_lot: bool) -> ChosenCalls:
    if len(taken) >= len(calls):
        return ChosenCalls(calls=tuple(calls))
    kept = tuple(path for path in calls if path in taken)
    return ChosenCalls(calls=kept, words=words, by_lot=by_lot)
