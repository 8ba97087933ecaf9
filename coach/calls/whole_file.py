"""A file that is written whole or not at all, and where it may go."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from pathlib import Path

from coach.errors import StorageError

OWNERS = 0o600
"""Permissions of what only its owner may read."""
_NEW = 0o666
"""What a new file may be at most; the machine takes off what it does not want."""


def is_stream(path: Path) -> bool:
    """Whether it is a pipe or a device, which is written to and never replaced."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def write_whole(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write a file; until the new one is on the disk, what stood there stays.

    A link stays one: what it leads to is written. ``mode``: the permissions; without one a file
    keeps its own, and a new one gets what this machine gives. Raises OSError, which names ``path``.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        if is_stream(path):
            path.write_bytes(data)
            return
        kept = target.stat().st_mode & 0o777 if mode is None and target.exists() else mode
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with open(os.open(draft, flags, _NEW if kept is None else kept), "wb") as file:  # noqa: PTH123 - the mode is set as it is made
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if kept is not None:
            draft.chmod(kept)
        draft.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def check_folder(path: Path) -> None:
    """StorageError where a folder is named, or the folder that a file is to go to is not there."""
    if path.is_dir():
        raise StorageError(f"{path} is a folder.", "Name a file in it.")
    if not path.parent.is_dir():
        raise StorageError(
            f"{path} cannot be written: {path.parent} is no folder.",
            "Name a folder that is there, or make it.",
        )


def write_named(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write a file that a user named, as ``write_whole`` does. Raises StorageError."""
    check_folder(path)
    try:
        write_whole(path, data, mode=mode)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", "Name another file."
        ) from None
