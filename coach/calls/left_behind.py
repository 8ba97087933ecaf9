"""Files and folders of killed processes, told by the locks that these no longer hold.

A process number would not tell, as another process may have it by then. Windows has no such
locks: there what is open cannot be removed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

if sys.platform != "win32":
    import fcntl


def hold(number: int) -> None:
    """Lock an open file or folder until this process ends or closes it."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # no locks there: nobody takes it for left behind
            fcntl.flock(number, fcntl.LOCK_EX)


def remove_unheld(path: Path, remove: Callable[[Path], object], *, folder: bool = False) -> None:
    """Remove what nobody holds. Raises OSError where somebody does, and where it is another kind.

    Not for Windows.
    """
    if sys.platform == "win32":
        raise OSError("no locks")
    kind = os.O_DIRECTORY if folder else os.O_NONBLOCK
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | kind)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove(path)
    finally:
        os.close(number)


def sweep(folder: Path, prefix: str, remove: Callable[[Path], object]) -> None:
    """Remove all whose names begin so; ``remove`` raises OSError for what is to stay."""
    for path in folder.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            remove(path)
