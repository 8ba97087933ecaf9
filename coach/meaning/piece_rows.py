"""The vectors of word pieces, read from their file as texts need them.

They are half of the model, and of its 27,628 pieces a call uses some hundred: what is read often is
kept by the system, not by Coach.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

PieceVectors = npt.NDArray[np.uint8]
"""One row a word piece, as the network takes them."""


class PieceRows:
    """A file of rows of equal width, one byte a figure."""

    def __init__(self, file: Path, width: int) -> None:
        """Opened once and for good: a newer file in its place is never mixed with this model."""
        self._width = width
        self._file = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._file)

    def of(self, pieces: Sequence[int]) -> PieceVectors:
        """The rows of word pieces, in their order."""
        rows = b"".join(_read(self._file, self._width, piece * self._width) for piece in pieces)
        return np.frombuffer(rows, np.uint8).reshape(len(pieces), self._width)


def _read(file: int, count: int, at: int) -> bytes:
    """Bytes from a place in a file; where processes share it, none moves another's place."""
    if sys.platform == "win32":
        os.lseek(file, at, os.SEEK_SET)
        return os.read(file, count)
    return os.pread(file, count, at)
