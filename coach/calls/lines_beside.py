"""Files of one JSON object a line that lie beside a journal and only ever grow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from coach.errors import UNREADABLE, InputError, StorageError, cause_of

T = TypeVar("T", bound=msgspec.Struct)


def read_lines(path: Path, kind: type[T]) -> tuple[T, ...]:
    """All lines in order; none where there is no such file.

    A last line that was cut short is left out, as after a power failure. Raises InputError with
    the number of a line that cannot be understood.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {cause_of(error)}.", "Check its permissions."
        ) from None
    *lines, rest = data.split(b"\n")
    found: list[T] = []
    for number, line in enumerate([*lines, rest], 1):
        if not line.strip():
            continue
        try:
            found.append(msgspec.json.decode(line, type=kind))
        except UNREADABLE as error:
            if line is rest:
                break
            raise InputError(
                f"{path}, line {number}: {cause_of(error)}.", "Mend the line, or take it out."
            ) from None
    return tuple(found)


def append_line(path: Path, item: msgspec.Struct) -> None:
    """Add one line, which is in the file when this returns. Raises StorageError.

    Several programs may add at a time: a line is one write at the end of the file.
    """
    data = msgspec.json.encode(item) + b"\n"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            data = _mended(descriptor) + data
            if os.write(descriptor, data) != len(data):
                raise StorageError(f"{path} cannot be written: no space left.", "Free some space.")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}.", "Free some space or unlock the folder."
        ) from None


def _mended(descriptor: int) -> bytes:
    """Take out a last line that was cut short; returns the end that a whole one lacks."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    os.lseek(descriptor, 0, os.SEEK_SET)
    rest = os.read(descriptor, size).rpartition(b"\n")[2]
    if not rest:
        return b""
    try:
        msgspec.json.decode(rest)
    except UNREADABLE:
        os.ftruncate(descriptor, size - len(rest))
        return b""
    return b"\n"
