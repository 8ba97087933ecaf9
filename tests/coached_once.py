"""Calls that several tests keep alike are coached for the first of them.

What a call leaves behind hangs on its facts and rules alone: tests/engine and tests/replay prove
that. The others are given the same files.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import NamedTuple


class KeptFile(NamedTuple):
    """A file that a call left behind."""

    path: Path
    """Below the folder of the calls."""
    content: bytes
    mode: int


_kept: dict[Hashable, list[KeptFile]] = {}


def coached_once(key: Hashable, folder: Path, coach: Callable[[], None]) -> None:
    """Lay into ``folder`` what ``coach`` leaves there; ``key`` says everything it depends on."""
    if key not in _kept:
        before = set(folder.rglob("*"))
        coach()
        _kept[key] = [
            KeptFile(path.relative_to(folder), path.read_bytes(), path.stat().st_mode)
            for path in sorted(set(folder.rglob("*")) - before)
            if path.is_file()
        ]
        return
    for path, content, mode in _kept[key]:
        laid = folder / path
        laid.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        laid.write_bytes(content)
        laid.chmod(mode)
