"""The library: an index over all calls, so that any of them is found at once.

Theory of operation. The files in the calls folder are the truth; the index (one SQLite file) can be
thrown away at any time and is made again from them. ``refresh`` compares the stamp of every call's
files with the stamp in its row: a call that is new or changed is read anew, one that is gone is
dropped. Calls are written in small transactions with a write-ahead log, so a program that is
killed leaves the index as it was after one of them, and the next refresh goes on from there.

What was said is indexed word by word (FTS5). The row of a line tells its call: ``call << 20 |
line``, so a search for words finds calls without a join.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from coach.calls.call_files import CallFiles, calls_in, unnamable_in
from coach.calls.clause_file import ClauseFile
from coach.calls.library_tables import (
    FORM,
    TABLES,
    drop_call,
    drop_tables,
    insert_call,
    make_tables,
)
from coach.calls.scratch_folder import ScratchFolder
from coach.calls.summary import CallSummary, summarise
from coach.errors import InputError, StorageError

BATCH = 50
"""Calls written in one transaction."""
WAIT_S = 30.0
"""How long to wait for another program that is writing."""
WRITING = "Another program is writing it: run this again once that has ended."
NO_ROOM = ("disk I/O", "is full", "readonly", "unable to open")
"""What SQLite says of a full disk, or of a folder that is not to be written to."""
CACHE_KB = 16_384
"""What SQLite may keep of the index in memory."""

T = TypeVar("T")
Tell = Callable[[int, int], None]
"""Hears how many calls have been read, of how many."""


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What bringing the index up to date came to."""

    read: int = 0
    """Calls that were new or had changed."""
    dropped: int = 0
    """Calls whose journal is gone."""
    left: int = 0
    """Calls that are still to be read, where only some were asked for."""


class Unreadable(msgspec.Struct, frozen=True):
    """A file that is no journal, or one that cannot be understood."""

    call: str
    trouble: str


class Library:
    """The index over one folder of calls. Use it as a context; not safe for several threads."""

    def __init__(
        self, calls: Path, index: Path, *, wait_s: float = WAIT_S, in_memory: bool = False
    ) -> None:
        """Open the index, or make it. Raises StorageError where it cannot be written.

        ``wait_s``: how long to wait for another program that is writing it. ``in_memory``: go by
        an index in memory where the folder is full or not to be written to, for who only reads.
        """
        self.calls = calls
        self.index = index
        self._wait_s = wait_s
        self.mended = False
        """Whether the index was damaged or of another form, and is made again."""
        self.unwritten = ""
        """Why the index is one in memory, of this run alone; empty where it is the file."""
        self._in_memory = in_memory
        self._clauses_apart: ScratchFolder | None = None
        try:
            self.db = self._opened()
        except StorageError as error:
            self.go_by_memory(error)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
                self.go_by_memory(self._cannot(error))
            else:
                self._start_anew()

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the index; safe to repeat."""
        self.db.close()
        if self._clauses_apart is not None:
            self._clauses_apart.remove()

    def go_by_memory(self, why: StorageError) -> None:
        """Take an index in memory, begun with what the file holds; ``why`` the file will not do.

        Raises ``why`` where the library is not for reading alone, another program is writing, or
        the index is in memory already.
        """
        if not self._in_memory or self.unwritten or why.remedy == WRITING:
            raise why from None
        self.unwritten = why.message
        with contextlib.suppress(AttributeError):
            self.db.close()
        self.db = _copied(self.index)
        with contextlib.suppress(OSError):  # only a search for likeness needs a folder
            self._clauses_apart = ScratchFolder()
            self.index = self._clauses_apart.path / self.index.name

    # --- keeping up to date -----------------------------------------------------------------

    def refresh(
        self, tell: Tell = lambda _done, _of: None, *, at_most: int | None = None
    ) -> Refreshed:
        """Read what is new or changed, newest first, and drop what is gone.

        ``at_most`` calls are read, where given. Raises InputError where the folder cannot be
        listed, StorageError where the index cannot be written.
        """
        try:
            return self._refreshed(tell, at_most)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                self.go_by_memory(self._cannot(error))
        if not self.unwritten:
            self._start_anew()
        try:
            return self._refreshed(tell, at_most)
        except sqlite3.DatabaseError as error:
            raise self._cannot(error) from None

    def reading(self, ask: Callable[[], T]) -> T:
        """What ``ask`` reads from the index, which is made again first where it is damaged."""
        try:
            return ask()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise self._cannot(error) from None
        self._start_anew()
        self.refresh()
        return ask()

    def rebuild(self, tell: Tell = lambda _done, _of: None) -> Refreshed:
        """Make the index again from the files."""
        try:
            with self.writing():
                drop_tables(self.db)
                make_tables(self.db)
        except sqlite3.DatabaseError:
            self._start_anew()
        refreshed = self.refresh(tell)
        self.compact()
        return refreshed

    def compact(self) -> None:
        """Give back the room of what was deleted; nothing of it is left in the index's files.

        The full-text index keeps the words of deleted lines until its parts are merged, the
        database its free pages, the log the pages as they were, and the clauses' file their
        vectors.
        """
        try:
            clauses = ClauseFile(self.db, self.index)
            with self.writing():
                if clauses.is_whole() and clauses.dead():
                    clauses.write_anew()
            clauses.sweep()
            with self.writing():
                self.db.execute("INSERT INTO said(said) VALUES('optimize')")
                self.db.execute("INSERT OR IGNORE INTO owed VALUES('compact')")
            self.db.execute("VACUUM")
            self.db.execute("DELETE FROM owed")
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.DatabaseError as error:
            raise self._cannot(error) from None

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Journals that are not in the library because they cannot be understood."""
        rows = self.db.execute("SELECT call, trouble FROM unread ORDER BY call")
        unnamable = (
            Unreadable(name, f"{self.calls / name}: its name is not UTF-8. Give it another.")
            for name in unnamable_in(self.calls)
        )
        return (*(Unreadable(*row) for row in rows), *unnamable)

    def _refreshed(self, tell: Tell, at_most: int | None) -> Refreshed:
        files = calls_in(self.calls)
        query = "SELECT call, stamp FROM calls UNION ALL SELECT call, stamp FROM unread"
        known: dict[str, str] = dict(self.db.execute(query))
        gone = known.keys() - files.keys()
        changed = sorted((c for c, s in files.items() if known.get(c) != s), reverse=True)
        chosen = changed if at_most is None else changed[:at_most]
        for start in range(0, len(chosen), BATCH):
            part = chosen[start : start + BATCH]
            read = [(call, files[call], self._read(call)) for call in part]
            with self.writing():
                for call, stamp, summary in read:
                    self._put(call, stamp, summary)
            tell(start + len(part), len(chosen))
        if gone:
            with self.writing():
                for call in gone:
                    drop_call(self.db, call)
                self.db.execute("INSERT OR IGNORE INTO owed VALUES('compact')")
        if at_most is None and self.db.execute("SELECT 1 FROM owed").fetchone():
            with contextlib.suppress(StorageError):  # somebody is reading: the next time then
                self.compact()
        return Refreshed(read=len(chosen), dropped=len(gone), left=len(changed) - len(chosen))

    def _read(self, call: str) -> CallSummary | str:
        """A call in short, or why it cannot be read."""
        try:
            return summarise(CallFiles(self.calls, call))
        except InputError as error:
            return error.message

    def _put(self, call: str, stamp: str, summary: CallSummary | str) -> None:
        drop_call(self.db, call)
        if isinstance(summary, str):
            self.db.execute("INSERT INTO unread VALUES(?, ?, ?)", (call, stamp, summary))
        else:
            insert_call(self.db, stamp, summary, seconds_of(summary.started))

    # --- the file ---------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        self._make_file()
        db = sqlite3.connect(self.index, timeout=self._wait_s, isolation_level=None)
        try:
            db.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            db.execute("PRAGMA journal_mode = WAL").fetchone()
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA secure_delete = ON").fetchone()
            (form,) = db.execute("PRAGMA user_version").fetchone()
            if form != FORM:
                self.mended = form != 0
                db.execute("BEGIN IMMEDIATE")
                drop_tables(db)
                make_tables(db)
                db.execute("COMMIT")
            for table in TABLES:
                db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
        except BaseException:
            db.close()
            raise
        return db

    def _make_file(self) -> None:
        """Make the file for its owner alone; what SQLite lays beside it gets the same mode."""
        try:
            self.index.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.index, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StorageError(
                f"The index {self.index} cannot be written: {error.strerror}.",
                "Free some space or unlock the folder.",
            ) from None

    def _start_anew(self) -> None:
        """Throw a damaged index away; the files have everything."""
        with contextlib.suppress(AttributeError):
            self.db.close()
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                self.index.with_name(f"{self.index.name}{suffix}").unlink()
        self.db = self._opened()
        self.mended = True

    def _cannot(self, error: sqlite3.Error) -> StorageError:
        said = str(error)
        if "locked" in said or "busy" in said:
            remedy = WRITING
        elif any(words in said for words in NO_ROOM):
            remedy = "Free some space, or unlock the folder."
        else:
            remedy = "Take the file away: it is made again from the calls."
        return StorageError(f"The index {self.index} cannot be used: {said}.", remedy)


def _copied(index: Path) -> sqlite3.Connection:
    """An index in memory with what a file holds, or empty where the file will not do.

    A log beside the file may hold what the file lacks, and cannot be read without writing: the
    calls are read instead.
    """
    log = index.with_name(f"{index.name}-wal")
    with contextlib.suppress(OSError, sqlite3.Error):
        if not (log.exists() and log.stat().st_size):
            kept = sqlite3.connect(f"{index.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
            with contextlib.closing(kept):
                if kept.execute("PRAGMA user_version").fetchone() == (FORM,):
                    copy = sqlite3.connect(":memory:", isolation_level=None)
                    kept.backup(copy)
                    return copy
    empty = sqlite3.connect(":memory:", isolation_level=None)
    make_tables(empty)
    return empty


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is at fault, and not a lock or a full disk."""
    words = str(error)
    return "malformed" in words or "not a database" in words or "no such" in words


def seconds_of(started: str) -> float | None:
    """A wall-clock start as seconds since 1970; None where it is unknown."""
    try:
        return datetime.fromisoformat(started).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        return None
