"""The file in which work waits for the processes of this machine that do it.

Whoever leaves one holds a lock on it until it is removed. A process that is killed removes nothing,
but the machine takes its locks away: a file that nobody holds was left behind, and goes when
the next one is written.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
from pathlib import Path
from typing import Any

from coach.calls.left_behind import hold, remove_unheld, sweep

PREFIX = "coach-work-"


class WorkFile:
    """Work in a file, for its owner alone."""

    def __init__(self, work: object) -> None:
        """Write it, and remove those of killed processes. Raises OSError."""
        remove_left_behind(Path(tempfile.gettempdir()))
        self._number, self.path = _made()
        try:
            with os.fdopen(self._number, "wb", closefd=False) as file:
                pickle.dump(work, file)
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Remove it; once only. An open file cannot be removed everywhere: it is closed first."""
        os.close(self._number)
        self.path.unlink(missing_ok=True)


def read_work(path: Path) -> Any:
    """The work that a process of this machine left for another."""
    return pickle.loads(path.read_bytes())  # noqa: S301 - the first process wrote it


def remove_left_behind(folder: Path) -> None:
    """Remove the files whose owner is gone; those of others, and of a running process, stay."""
    sweep(folder, PREFIX, _remove_unheld)


def _made() -> tuple[int, Path]:
    """A new file that this process holds, open for writing."""
    while True:
        number, name = tempfile.mkstemp(prefix=PREFIX)
        hold(number)
        if os.fstat(number).st_nlink:
            return number, Path(name)
        os.close(number)  # another process took it for left behind before it was held


def _remove_unheld(path: Path) -> None:
    """Remove a file that nobody holds. Raises OSError where somebody does."""
    if sys.platform == "win32":  # what somebody has open is not removed
        path.unlink()
    else:
        remove_unheld(path, Path.unlink)
