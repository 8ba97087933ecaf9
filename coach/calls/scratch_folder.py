"""A folder for what a process needs for a while: gone when it ends, whatever ends it.

Whoever makes one holds a lock on it until it is removed. A process that is killed removes nothing,
but the machine takes its locks away: a folder that nobody holds was left behind, and goes when the
next one is made.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Self

from coach.calls.left_behind import hold, remove_unheld, sweep

PREFIX = "coach-scratch-"
HELD = ".held"
"""On Windows, where a folder cannot be held: a file in it that is open."""


class ScratchFolder:
    """A folder in the machine's place for temporary files, for its owner alone."""

    def __init__(self) -> None:
        """Make it, and remove those of killed processes. Raises OSError."""
        remove_left_behind(Path(tempfile.gettempdir()))
        number, self.path = _made()
        self._remove = weakref.finalize(self, _remove, number, self.path)

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Remove it."""
        self.remove()

    def remove(self) -> None:
        """Remove it with all that is in it; safe to repeat."""
        self._remove()


def remove_left_behind(folder: Path) -> None:
    """Remove the folders whose owner is gone; those of a running process stay."""
    sweep(folder, PREFIX, _remove_unheld)


def _made() -> tuple[int, Path]:
    """A new folder that this process holds, and the number by which it does."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        with contextlib.suppress(FileNotFoundError):
            number = _held(path)
            if path.exists():
                return number, path
            os.close(number)
        # Another process took it for left behind before it was held.


def _held(path: Path) -> int:
    if sys.platform == "win32":
        return os.open(path / HELD, os.O_RDWR | os.O_CREAT)
    number = os.open(path, os.O_RDONLY)
    hold(number)
    return number


def _remove(number: int, path: Path) -> None:
    if sys.platform == "win32":  # what is open is not removed
        os.close(number)
    shutil.rmtree(path, ignore_errors=True)
    if sys.platform != "win32":
        os.close(number)


def _remove_unheld(path: Path) -> None:
    """Remove a folder that nobody holds. Raises OSError where somebody does."""
    if sys.platform == "win32":
        (path / HELD).unlink()  # what somebody has open is not removed
        shutil.rmtree(path)
    else:
        remove_unheld(path, shutil.rmtree, folder=True)
