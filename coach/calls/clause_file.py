"""What was said, by its meaning: the clauses of all calls as one matrix that a search runs over.

Theory of operation. Journals keep every clause's vector (int8, base 85). The file holds the vectors
alone, one record a clause, and is memory-mapped. Like the index it can be thrown away at any time
and is made again from the journals; it is brought up to date when somebody asks for likeness, so
no other search pays for it.

The index says which records count: ``clauses`` holds each call's first record and their number,
and ``clause_file`` the name of the file. Records are appended inside the transaction that tells of
them, so what a killed program leaves behind the last told record is cut off by the next one, and
two programs never write at once. Records of calls that went are dead until the file is written
anew, under the next number: a purge does so at once.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import BinaryIO

from coach.errors import StorageError

HEAD = 20
"""Bytes of a record before its vector: line, first and last word, side, three spare, scales."""
DIMENSIONS = 384
"""Of the shipped encoder's vectors; a test holds the two together."""
RECORD = HEAD + DIMENSIONS
"""Bytes of a record."""
_COPIED = 1 << 20
"""Bytes copied at a time."""


class ClauseFile:
    """The file beside an index; the caller holds the transaction of everything that writes."""

    def __init__(self, db: sqlite3.Connection, index: Path) -> None:
        self._db = db
        self._index = index

    @property
    def path(self) -> Path:
        """Where the records are."""
        return self._named(self._told()[0])

    def made_by(self) -> str:
        """The encoder whose vectors it holds; empty where there are none yet."""
        return self._told()[1]

    def end(self) -> int:
        """Records that have been told of, dead ones among them included."""
        (end,) = self._db.execute("SELECT coalesce(max(first + count), 0) FROM clauses").fetchone()
        return int(end)

    def dead(self) -> int:
        """Records of calls that went."""
        (live,) = self._db.execute("SELECT coalesce(sum(count), 0) FROM clauses").fetchone()
        return max(self.end(), self._length()) - int(live)

    def is_whole(self) -> bool:
        """Whether all records that were told of are there."""
        return self._length() >= self.end()

    def begin_anew(self, encoder: str) -> None:
        """Forget all records: they are of another encoder, or lost."""
        self._db.execute("DELETE FROM clauses")
        self._db.execute("DELETE FROM clause_file")
        number = self._told()[0] + 1 if self.path.exists() else 0
        self._db.execute("INSERT INTO clause_file VALUES(?, ?)", (number, encoder))

    def append(self, calls: list[tuple[int, bytes | None]]) -> None:
        """Add the records of calls, by their number in the index. Raises StorageError.

        None stands for those of another encoder: the call is told of and not searched.
        """
        end = self.end()
        try:
            with self._open(self.path) as file:
                file.truncate(end * RECORD)
                file.seek(end * RECORD)
                for _, records in calls:
                    file.write(records or b"")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._cannot(error) from None
        for no, records in calls:
            count = len(records or b"") // RECORD
            row = (no, end, count, records is not None)
            self._db.execute("INSERT INTO clauses VALUES(?, ?, ?, ?)", row)
            end += count

    def write_anew(self) -> None:
        """Leave the dead records out, in a file of the next number. Raises StorageError."""
        number = self._told()[0]
        spans = self._db.execute("SELECT no, first, count FROM clauses ORDER BY first").fetchall()
        end = 0
        try:
            with self.path.open("rb") as old, self._open(self._named(number + 1)) as new:
                new.truncate(0)
                for no, first, count in spans:
                    old.seek(first * RECORD)
                    _copy(old, new, count * RECORD)
                    self._db.execute("UPDATE clauses SET first = ? WHERE no = ?", (end, no))
                    end += count
                new.flush()
                os.fsync(new.fileno())
        except OSError as error:
            raise self._cannot(error) from None
        self._db.execute("UPDATE clause_file SET number = ?", (number + 1,))

    def sweep(self) -> None:
        """Take files away that the index does not name: after the transaction, or a kill."""
        named = self.path if self.made_by() else None
        for path in self._index.parent.glob(f"{self._index.stem}.clauses-*"):
            if path != named:
                with contextlib.suppress(OSError):  # somebody reads it: the next time then
                    path.unlink()

    def _told(self) -> tuple[int, str]:
        row = self._db.execute("SELECT number, encoder FROM clause_file").fetchone()
        return (int(row[0]), str(row[1])) if row else (0, "")

    def _named(self, number: int) -> Path:
        return self._index.with_name(f"{self._index.stem}.clauses-{number}")

    def _length(self) -> int:
        try:
            return self.path.stat().st_size // RECORD
        except OSError:
            return 0

    @staticmethod
    def _open(path: Path) -> BinaryIO:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")

    def _cannot(self, error: OSError) -> StorageError:
        return StorageError(
            f"The clauses {self.path} cannot be written: {error.strerror}.",
            "Free some space or unlock the folder.",
        )


def _copy(old: BinaryIO, new: BinaryIO, size: int) -> None:
    while size > 0:
        part = old.read(min(size, _COPIED))
        if not part:
            raise OSError(0, "it is shorter than the index says")
        new.write(part)
        size -= len(part)
