"""A recogniser that need not hear again what an import heard before it was stopped.

A decode is a function of its sound, its context, the model and the program, so what was understood
of the same sound is the same (``coach.calls.importers.sealed`` keeps it).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import metadata

import msgspec

from audio.recognition.decoding import BatchDecoder, DecodeRequest, DecodeResult, ForeignPart
from coach.calls.importers.sealed import SealedStore
from coach.events import Word

_LIBRARIES = ("callcoach", "ctranslate2", "faster-whisper", "numpy", "av")


class Understood(msgspec.Struct, frozen=True, array_like=True):
    """A result without its request, as it is kept."""

    words: tuple[Word, ...]
    no_speech: float
    avg_logprob: float
    looped: bool
    language: str
    language_probability: float
    in_context: bool
    foreign_front: ForeignPart | None = None
    foreign_rest: ForeignPart | None = None

    @classmethod
    def of(cls, result: DecodeResult) -> Understood:
        """What a result says of its request."""
        return cls(*(getattr(result, name) for name in cls.__struct_fields__))

    def answering(self, request: DecodeRequest) -> DecodeResult:
        """The result for a request like the one that it was understood of."""
        return DecodeResult(request, **msgspec.structs.asdict(self))


_answers = msgspec.msgpack.Decoder(list[Understood])


class HeardBefore:
    """A ``BatchDecoder`` that asks another one only for what the store has not."""

    def __init__(self, decoder: BatchDecoder, store: SealedStore, told: str) -> None:
        """``told``: the model and all settings that answers depend on."""
        self._decoder = decoder
        self._store = store
        versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
        self._told = " ".join([told, *versions]).encode()

    def decode_all(self, requests: Sequence[DecodeRequest]) -> list[DecodeResult]:
        """As the other one answers."""
        key = self._key(requests)
        kept = self._store.get(key)
        if kept is not None:
            answers = _answers.decode(kept)
            return [
                answer.answering(request) for request, answer in zip(requests, answers, strict=True)
            ]
        results = self._decoder.decode_all(requests)
        self._store.put(key, msgspec.msgpack.encode([Understood.of(one) for one in results]))
        return results

    def _key(self, requests: Sequence[DecodeRequest]) -> bytes:
        """Of all that the answers depend on."""
        digest = hashlib.blake2b(self._told)
        for request in requests:
            earlier = [(len(one.samples), one.text) for one in request.earlier]
            told = request._replace(samples=len(request.samples), earlier=earlier)  # type: ignore[arg-type]
            digest.update(repr(told).encode())
            for samples in (*(one.samples for one in request.earlier), request.samples):
                digest.update(samples.tobytes())
        return digest.digest()
