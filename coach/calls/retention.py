"""Forgetting calls: everything of a call goes together, and what went is listed without content.

The list is written first, the journal goes last: a purge that is killed half-way leaves a call that
is still in the library and is purged by the same command. In the index the call's rows go, then the
full-text index is merged, the database made anew without its free pages, and its log emptied
(``Library.compact``). ``coach.calls.purge_proof`` looks whether anything is left.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from coach.calls.about import CallKind, Hold, read_later, write_later
from coach.calls.call_files import JOURNAL, CallFiles, calls_in, files_of
from coach.calls.library import Library
from coach.calls.library_tables import drop_call
from coach.calls.lines_beside import append_line, read_lines
from coach.calls.search import search
from coach.calls.search_query import FoundCall, Query
from coach.errors import InputError, StorageError

UNFINISHED = "importing"
"""Folder beside the list in which an import that was killed may have left a call."""
GOING_ON_S = 3600.0
"""A call without an end whose journal was written to so recently is still going on."""


class Purged(msgspec.Struct, frozen=True, kw_only=True):
    """A call that is gone, without anything of what was in it."""

    call: str
    kind: str
    started: str
    purged: str
    """Wall-clock time, ISO 8601 with offset."""
    because: str
    """What was asked for, e.g. ``older than 30d``."""
    files: int
    size: int
    """Bytes."""
    digest: str = ""
    """Of the imported content, so that it does not come in again by itself."""


class Reason(msgspec.Struct, frozen=True):
    """Why calls are purged, and when."""

    because: str
    now: str
    """Wall-clock time, ISO 8601 with offset."""


class PurgePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a purge would do."""

    calls: tuple[FoundCall, ...]
    """To be purged."""
    held: tuple[FoundCall, ...]
    """Kept for legal reasons."""
    going_on: tuple[FoundCall, ...]


def read_purged(path: Path) -> tuple[Purged, ...]:
    """Everything that was purged, oldest first."""
    return read_lines(path, Purged)


def choose(library: Library, query: Query, calls: Sequence[str]) -> PurgePlan:
    """Which calls ``query`` means, or of ``calls`` those for which it holds.

    Raises InputError where one of ``calls`` is not in the library.
    """
    asked = [msgspec.structs.replace(query, call=call) for call in calls] or [query]
    asked = [msgspec.structs.replace(one, kinds=tuple(CallKind), most=None) for one in asked]
    found = [call for one in asked for call in search(library, one).calls]
    named = {call.call for call in found}
    for call in calls:
        there = library.db.execute("SELECT 1 FROM calls WHERE call = ?", (call,)).fetchone()
        if call not in named and there is None:
            raise no_whole_name(call)
    going_on = {c.call for c in found if not c.ended and _fresh(library.calls, c.call)}
    return PurgePlan(
        calls=tuple(c for c in found if not c.held and c.call not in going_on),
        held=tuple(c for c in found if c.held),
        going_on=tuple(c for c in found if not c.held and c.call in going_on),
    )


def _fresh(folder: Path, call: str) -> bool:
    try:
        written = CallFiles(folder, call).journal.stat().st_mtime
    except OSError:
        return False
    return time.time() - written < GOING_ON_S


def purge(
    library: Library,
    calls: Iterable[FoundCall],
    purged: Path,
    reason: Reason,
    tell: Callable[[int], None] = lambda _: None,
) -> tuple[Purged, ...]:
    """Take calls away with all that belongs to them. Raises StorageError.

    ``purged``: the list of what went. ``tell`` hears how many are gone.
    """
    names = frozenset(calls_in(library.calls))
    gone: list[Purged] = []
    for call in calls:
        files = files_of(library.calls, call.call, names)
        (digest,) = library.db.execute(
            "SELECT digest FROM calls WHERE call = ?", (call.call,)
        ).fetchone()
        entry = Purged(
            call=call.call,
            kind=call.kind.value,
            started=call.started,
            purged=reason.now,
            because=reason.because,
            files=len(files),
            size=sum(path.stat().st_size for path in files),
            digest=digest,
        )
        append_line(purged, entry)
        delete([*files, purged.with_name(UNFINISHED) / f"{call.call}{JOURNAL}"])
        with library.writing():
            drop_call(library.db, call.call)
        gone.append(entry)
        tell(len(gone))
    library.compact()
    return tuple(gone)


def delete(files: Iterable[Path]) -> None:
    """Delete files that may be gone already. Raises StorageError."""
    for path in files:
        try:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
        except OSError as error:
            raise StorageError(
                f"{path} cannot be deleted: {error.strerror}.",
                "Unlock it, and run the same command again: the rest of the call is purged then.",
            ) from None


def hold(folder: Path, call: str, because: str, now: str) -> None:
    """Keep a call whatever its age. Raises InputError or StorageError."""
    files = _there(folder, call)
    later = read_later(files.about)
    kept = msgspec.structs.replace(later, hold=Hold(because=because, since=now))
    write_later(files.about, kept)


def release(folder: Path, call: str) -> None:
    """Take a hold back. Raises InputError or StorageError."""
    files = _there(folder, call)
    write_later(files.about, msgspec.structs.replace(read_later(files.about), hold=None))


def _there(folder: Path, call: str) -> CallFiles:
    files = CallFiles(folder, call)
    if not files.journal.is_file() or files.journal.name != f"{call}{JOURNAL}":
        raise no_whole_name(call)
    return files


def no_whole_name(call: str) -> InputError:
    """What is said of a name that no call has: what forgets or holds takes no beginning of one."""
    return InputError(
        f"There is no call {call!r} in the library.",
        "Write its whole name; `coach calls --kind all` lists them.",
    )
