"""Which code makes a call's results, as a short name that changes with it.

A journal holds it, so that its recorded results can be known to be what a run of today would give.
"""

from __future__ import annotations

import functools
import hashlib
from importlib import metadata
from pathlib import Path

CODE = ("coach/engine", "coach/notes", "coach/events", "coach/snapshot.py",
        "coach/parameters.py", "rules/**/*.py")  # fmt: skip
"""Of the program: what the engine is made of, with its data; rules have their own fingerprints."""
LIBRARIES = ("google-re2", "msgspec", "rapidfuzz", "vaderSentiment")
"""What it calculates with besides."""
TOP = Path(__file__).parents[2]


@functools.cache
def engine_digest() -> str:
    """The name of the engine that runs in this process."""
    digest = hashlib.sha256()
    for library in LIBRARIES:
        digest.update(f"{library} {metadata.version(library)}\n".encode())
    for path in sorted(_files(TOP)):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(TOP).as_posix()} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()[:16]


def _files(top: Path) -> list[Path]:
    found: list[Path] = []
    for place in CODE:
        for path in top.glob(place):
            inside = path.rglob("*") if path.is_dir() else [path]
            found += [one for one in inside if _counts(one)]
    return found


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix not in {".md", ".pyc"}
