"""How far the files are that are being brought in: figures that several processes share.

Whoever brings files in writes its own row, whoever shows the progress reads all of them. Nobody
waits for anybody: a figure that is a moment old does no harm.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, MutableSequence
from typing import Any

import msgspec

from coach.calls.spread.processes import CANNOT_START

_NUMBER, _LOOKED, _HEARD, _SECONDS, _WIDTH = range(5)


class FileInHand(msgspec.Struct, frozen=True, kw_only=True):
    """One file that is being brought in."""

    number: int
    """Its place among the files, from 0."""
    looked: float
    """Share of it that was gone through before it is heard, 0 to 1; 0 where that tells nothing."""
    heard: float
    """Seconds of the call that were heard."""
    seconds: float
    """Length of the call; 0 where it is not known (yet)."""

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return min(1.0, self.heard / self.seconds) if self.seconds else 0.0


class InHandRow:
    """What one process tells of the file that it has in hand."""

    def __init__(self, figures: MutableSequence[float], row: int) -> None:
        self._figures = figures
        self._first = row * _WIDTH

    def begin(self, number: int) -> None:
        """Take the file of this number in hand."""
        self._set(number + 1, 0.0, 0.0, 0.0)

    def look(self, share: float) -> None:
        """So much of it was gone through before it is heard, 0 to 1."""
        self._figures[self._first + _LOOKED] = share

    def hear(self, heard: float, seconds: float) -> None:
        """So many seconds of so many were heard."""
        self._figures[self._first + _HEARD] = heard
        self._figures[self._first + _SECONDS] = seconds

    def end(self) -> None:
        """Nothing is in hand any more."""
        self._set(0.0, 0.0, 0.0, 0.0)

    def _set(self, *values: float) -> None:
        self._figures[self._first : self._first + _WIDTH] = list(values)


def untold() -> InHandRow:
    """A row that nobody reads."""
    return InHandRow([0.0] * _WIDTH, 0)


class InHand:
    """A row for each process; it travels to processes when they are started, and only then."""

    def __init__(self, processes: int = 1) -> None:
        context = multiprocessing.get_context("spawn")
        self._count = processes
        self._taken: Any = None
        """None where this machine lets no processes share a figure: then this one works alone."""
        self._figures: MutableSequence[float]
        try:
            self._taken = context.Value("i", 0)
            self._figures = context.RawArray("d", processes * _WIDTH)
        except CANNOT_START:
            self._figures = [0.0] * (processes * _WIDTH)

    def row(self) -> InHandRow:
        """The next free row; called once in each process."""
        if self._taken is None:
            return InHandRow(self._figures, 0)
        with self._taken.get_lock():
            row = self._taken.value % self._count
            self._taken.value += 1
        return InHandRow(self._figures, row)

    def files(self) -> Iterator[FileInHand]:
        """What is in hand at this moment."""
        for first in range(0, self._count * _WIDTH, _WIDTH):
            number, looked, heard, seconds = self._figures[first : first + _WIDTH]
            if number:
                yield FileInHand(
                    number=round(number) - 1, looked=looked, heard=heard, seconds=seconds
                )
