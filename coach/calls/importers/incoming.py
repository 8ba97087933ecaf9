"""Which files come in: searched for, told from what is no call, with what is known of each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from coach.calls.importers.details import (
    Details,
    DetailsTable,
    NamePattern,
    is_sidecar,
    laid_over,
    read_sidecar,
    sidecars_of,
)
from coach.calls.importers.source import CallSource, source_for
from coach.errors import UNREADABLE, InputError

_PIECE = 1 << 20


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Where details are to be looked for."""

    pattern: NamePattern | None = None
    table: DetailsTable | None = None
    told: Details = Details()
    """What the command line says of every call."""

    def of(self, path: Path) -> Details:
        """What is known of a file but by itself. Raises InputError."""
        beside = [found for p in sidecars_of(path) if (found := read_sidecar(p)) is not None]
        table = [self.table.read(path)] if self.table else []
        name = [self.pattern.read(path)] if self.pattern else []
        return laid_over(*beside, *table, *name, self.told)


class Searched(msgspec.Struct, frozen=True, kw_only=True):
    """What a search for calls came to."""

    files: tuple[Path, ...]
    passed_over: tuple[Path, ...]
    """Files in folders that are no calls."""
    empty: tuple[Path, ...] = ()
    """Those of them that hold nothing."""


def find_calls(
    places: Sequence[Path], sources: Sequence[CallSource], table: Path | None
) -> Searched:
    """Every call in files and folders; a file that is named is taken as one.

    In the order of the places, in a folder in that of names; what is hidden is not looked at.
    Raises InputError where a place does not exist.
    """
    found: dict[Path, None] = {}
    passed_over: list[Path] = []
    for place in places:
        if not place.exists():
            raise InputError(f"{place} does not exist.", "Check its name and folder.")
        if place.is_file():
            found[place] = None
            continue
        if not place.is_dir():
            raise InputError(f"{place} is no file and no folder.", "A pipe is read once only.")
        for path in _walk(place):
            if table is not None and path.samefile(table):
                continue
            if _is_call(path, sources):
                found[path] = None
            else:
                passed_over.append(path)
    empty = tuple(path for path in passed_over if path.stat().st_size == 0)
    return Searched(files=tuple(found), passed_over=tuple(passed_over), empty=empty)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _is_call(path: Path, sources: Sequence[CallSource]) -> bool:
    try:
        return source_for(path, sources) is not None and not _is_beside_a_call(path)
    except InputError:
        return True  # it cannot be read, which is told when its turn comes


def _is_beside_a_call(path: Path) -> bool:
    """Whether a JSON file holds the details of another file's call."""
    if path.suffix.lower() != ".json":
        return False
    try:
        return is_sidecar(msgspec.json.decode(path.read_bytes()))
    except (OSError, *UNREADABLE):
        return False


def digest_of(path: Path) -> str:
    """SHA-256 of a file's content. Raises InputError."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        raise InputError(
            f"it cannot be read: {error.strerror}.", "Check its permissions."
        ) from None
    return digest.hexdigest()
