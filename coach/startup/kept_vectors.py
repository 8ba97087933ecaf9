"""Vectors of rules' sentences, kept in the cache from one look at the rules to the next.

Encoding the examples of the shipped rules takes seconds, and they hardly ever change. A vector is
found by the digest of its sentence, in a file for exactly this model, this library and this
processor: with any other, figures may come out a little otherwise, so the file is begun anew. A
file that is damaged counts for nothing. No sentence stands in it, and calls never go by it.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.resources
import platform
from collections.abc import Iterator
from pathlib import Path

from coach.calls.whole_file import OWNERS, write_whole
from coach.meaning.encoder import SentenceEncoder, encoder, facts

MOST = 20_000
"""Sentences that are kept, 8 MB; with more, only those of the last look."""
_DIGEST, _KEY = 32, 16
_FILES = ("model_en.onnx", "weights_en.bin", "pieces_en.bin", "tokenizer_en.json")


class KeptVectors:
    """The vectors of one file."""

    def __init__(self, file: Path, made_by: bytes, size: int) -> None:
        """``made_by``: stands for all that a vector depends on; ``size``: bytes of one."""
        self._file = file
        self._made_by = made_by
        self._size = size
        self._known = self._read()
        self._used: dict[bytes, bytes] = {}
        self._new = False

    def get(self, text: str) -> bytes | None:
        """The vector of a text, if it is kept."""
        key = _key(text)
        found = self._known.get(key)
        if found is not None:
            self._used[key] = found
        return found

    def put(self, text: str, vector: bytes) -> None:
        """Keep one more."""
        key = _key(text)
        self._known[key] = self._used[key] = vector
        self._new = True

    def save(self) -> None:
        """Write what is new; a cache that cannot be written is none."""
        if not self._new:
            return
        kept = self._known if len(self._known) <= MOST else dict(list(self._used.items())[:MOST])
        body = self._made_by + b"".join(key + vector for key, vector in kept.items())
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self._file, hashlib.sha256(body).digest() + body, mode=OWNERS)

    def _read(self) -> dict[bytes, bytes]:
        row = _KEY + self._size
        try:
            if self._file.stat().st_size > 2 * _DIGEST + MOST * row:
                return {}
            data = self._file.read_bytes()
        except OSError:
            return {}
        body = data[_DIGEST:]
        rows = body[_DIGEST:]
        whole = hashlib.sha256(body).digest() == data[:_DIGEST] and len(rows) % row == 0
        if not whole or body[:_DIGEST] != self._made_by:
            return {}
        starts = range(0, len(rows), row)
        return {rows[at : at + _KEY]: rows[at + _KEY : at + row] for at in starts}


@contextlib.contextmanager
def keeping_vectors(cache: Path) -> Iterator[None]:
    """While it lasts, what the shipped encoder is asked for is taken from the cache and kept."""
    model: SentenceEncoder = encoder()
    kept = KeptVectors(cache / "sentences" / "vectors.bin", made_by(), model.facts.dimensions)
    model.kept = kept
    try:
        yield
    finally:
        model.kept = None
        kept.save()


@functools.cache
def made_by() -> bytes:
    """A digest of all that a vector depends on: the model's files, the library, the processor."""
    import onnxruntime  # noqa: PLC0415 - a slow import that most commands do not need

    digest = hashlib.sha256(f"{facts().name} {onnxruntime.__version__}".encode())
    digest.update(f"{platform.machine()} {platform.node()} {_processor()}".encode())
    folder = importlib.resources.files("coach.meaning")
    for name in _FILES:
        digest.update(hashlib.sha256(folder.joinpath(name).read_bytes()).digest())
    return digest.digest()


def _processor() -> str:
    """What the processor can do, where the system tells."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
        told = dict.fromkeys(line for line in lines if line.startswith(("model name", "flags")))
        return " ".join(told)
    return platform.processor()


def _key(text: str) -> bytes:
    return hashlib.sha256(text.lower().encode("utf-8", "surrogatepass")).digest()[:_KEY]
