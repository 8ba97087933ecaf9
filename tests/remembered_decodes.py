"""What the recogniser answered earlier in this run of the tests, so that none is asked twice.

A decode is a function of its sound, its context and the settings: the tests that decode the
sample call twice prove that with the recogniser itself. So tests that hear the same sound may
share the answer. It is kept in the run's own temporary folder, where every worker finds it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from audio.decoding import DecodeRequest, DecodeResult
from audio.transcriber import Transcriber
from coach.events import Word

Decode = Callable[[Transcriber, DecodeRequest], DecodeResult]


class _Answer(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A result without its request."""

    words: tuple[Word, ...]
    no_speech: float
    avg_logprob: float
    looped: bool
    language: str
    language_probability: float


def remembering(decode: Decode, folder: Path) -> Decode:
    """``decode``, asked only for what ``folder`` holds no answer to."""
    folder.mkdir(exist_ok=True)

    def recalled(transcriber: Transcriber, request: DecodeRequest) -> DecodeResult:
        file = folder / _name(transcriber, request)
        try:
            answer = msgspec.msgpack.decode(file.read_bytes(), type=_Answer)
        except FileNotFoundError:
            result = decode(transcriber, request)
            fields = {name: getattr(result, name) for name in _Answer.__struct_fields__}
            whole = file.with_suffix(f".{os.getpid()}")
            whole.write_bytes(msgspec.msgpack.encode(_Answer(**fields)))
            whole.replace(file)
            return result
        return DecodeResult(request=request, **msgspec.structs.asdict(answer))

    return recalled


def _name(transcriber: Transcriber, request: DecodeRequest) -> str:
    """A name for everything that the answer depends on."""
    digest = hashlib.blake2b(digest_size=20)
    told = request._replace(
        number=0, utterance="", skipped=0, samples=len(request.samples),
        earlier=[(len(one.samples), one.text) for one in request.earlier],
        channel=None,
    )  # fmt: skip
    digest.update(repr((transcriber.settings, told)).encode())
    for samples in (*(one.samples for one in request.earlier), request.samples):
        digest.update(samples.tobytes())
    return digest.hexdigest()
