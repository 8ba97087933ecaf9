"""What is kept of work that is not finished, readable only to who has what it was made of.

An import that is stopped in the midst of a long recording need not hear its beginning again. The
words heard so far are no call yet, so nothing masks them and no search would find them. So they are
sealed with a key made of the very sound in which they were heard, which is kept nowhere: who has
the recording could hear them anyway, and nobody else can read them. They go when the import is
done, and with what is purged by its age.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

SEALED = ".heard"
"""Ending of the files."""
_CHECK = 16


class SealedStore:
    """Contents by key, in a folder that need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[Path] = set()

    def get(self, key: bytes) -> bytes | None:
        """What was kept under a key; None where nothing was, or where a byte of it is wrong."""
        path = self._path(key)
        try:
            sealed = path.read_bytes()
        except OSError:
            return None
        content = _sealed(key, sealed)
        self._used.add(path)
        checked = content[:_CHECK] == _check(key, content[_CHECK:])
        return content[_CHECK:] if checked else None

    def put(self, key: bytes, content: bytes) -> None:
        """Keep something; a full disk keeps nothing, which only costs time later."""
        path = self._path(key)
        whole = path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            whole.touch(mode=0o600)
            whole.write_bytes(_sealed(key, _check(key, content) + content))
            whole.replace(path)
            self._used.add(path)

    def forget(self) -> None:
        """Delete what was asked for or kept by this object."""
        for path in self._used:
            with contextlib.suppress(OSError):
                path.unlink()
        self._used.clear()

    def _path(self, key: bytes) -> Path:
        name = hashlib.blake2b(key, digest_size=20, person=b"name").hexdigest()
        return self._folder / f"{name}{SEALED}"


def sealed_before(folder: Path, until: float) -> list[Path]:
    """What any store in ``folder`` kept up to a time (seconds since 1970) and was not finished."""
    kept = []
    for path in sorted(folder.glob(f"*{SEALED}")):
        with contextlib.suppress(OSError):  # an import finished meanwhile
            if path.stat().st_mtime <= until:
                kept.append(path)
    return kept


def _check(key: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECK, key=key[:64], person=b"check").digest()


def _sealed(key: bytes, content: bytes) -> bytes:
    """Sealed what is open and opened what is sealed: a key is for one content only."""
    stream = hashlib.shake_256(b"words" + key).digest(len(content))
    both = int.from_bytes(stream, "big") ^ int.from_bytes(content, "big")
    return both.to_bytes(len(content), "big")
