"""What the recogniser answered earlier in this run of the tests, so that none is asked twice.

A decode is a function of its sound, its context and the settings: the tests of the sample call
prove that with the recogniser itself, in two processes. So tests that hear the same sound may
share the answer. It is kept in the run's own temporary folder, where every worker finds it.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import msgspec

from audio.recognition.decoding import DecodeRequest, DecodeResult, Purpose
from audio.recognition.transcriber import Transcriber
from coach.replay.heard_before import Understood

Decode = Callable[[Transcriber, DecodeRequest], DecodeResult]


def keeping(decode: Decode, folder: Path) -> Decode:
    """``decode``, asked for everything anew; ``folder`` keeps what it answers."""
    folder.mkdir(exist_ok=True)

    def kept(transcriber: Transcriber, request: DecodeRequest) -> DecodeResult:
        result = decode(transcriber, request)
        file = folder / _name(transcriber, request)
        whole = file.with_suffix(f".{os.getpid()}")
        whole.write_bytes(msgspec.msgpack.encode(Understood.of(result)))
        whole.replace(file)
        return result

    return kept


def remembering(decode: Decode, folder: Path, *, anew: int = 0) -> Decode:
    """``decode``, asked only for what ``folder`` holds no answer to.

    ``anew``: of each purpose, the first and every so manieth after it is asked again whatever the
    folder holds, so that what comes of both can be compared; 0 asks none again.
    """
    asked = keeping(decode, folder)
    counted: defaultdict[Purpose, itertools.count[int]] = defaultdict(itertools.count)

    def recalled(transcriber: Transcriber, request: DecodeRequest) -> DecodeResult:
        if anew and next(counted[request.purpose]) % anew == 0:
            return decode(transcriber, request)
        try:
            found = (folder / _name(transcriber, request)).read_bytes()
        except FileNotFoundError:
            return asked(transcriber, request)
        return msgspec.msgpack.decode(found, type=Understood).answering(request)

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
