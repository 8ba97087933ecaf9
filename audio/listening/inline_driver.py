"""Runs what hears a call and the recogniser in one thread, so that results are deterministic."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from audio.detection.vad import WINDOW
from audio.recognition.decoding import Decoder, DecodeRequest, DecodeResult
from audio.samples.chunks import SAMPLE_RATE, Chunk

from .listener import Item, SoundFact


class Hears(Protocol):
    """What hears a call: a ``Listener``, or one that divides a microphone."""

    @property
    def now(self) -> float:
        """Call time of the newest fact or sound."""
        ...

    def push(self, chunk: Chunk) -> Sequence[Item]:
        """Take in sound of one channel, without a gap."""
        ...

    def deliver(self, result: DecodeResult, at: float) -> Sequence[Item]:
        """Take in a result that came at call time ``at``."""
        ...

    def finish(self, at: float) -> Sequence[Item]:
        """The sound is over."""
        ...

    def give_up(self, at: float) -> Sequence[Item]:
        """Nobody waits for the last results any longer: what is known without them."""
        ...


class InlineDriver:
    """Runs a listener and a transcriber in one thread, so that results are deterministic.

    Every request is answered before the next window of sound is heard, as on a machine without
    limits; ``at`` is the call time at which the result was asked for.
    """

    chunk = 0.02
    """Seconds of sound to push at a time, where they can be chosen."""

    def __init__(self, listener: Hears, decoder: Decoder) -> None:
        self._listener = listener
        self._decoder = decoder

    def push(self, chunk: Chunk) -> list[SoundFact]:
        """Hear a chunk and everything that comes of it."""
        facts: list[SoundFact] = []
        for first in range(0, len(chunk.samples), WINDOW):
            piece = chunk.samples[first : first + WINDOW]
            start = chunk.start + first / SAMPLE_RATE
            facts += self._answer(self._listener.push(Chunk(chunk.channel, start, piece)))
        return facts

    def finish(self, at: float) -> list[SoundFact]:
        """The sound is over: everything that is still due."""
        return self._answer(self._listener.finish(at))

    def _answer(self, items: Sequence[Item]) -> list[SoundFact]:
        facts: list[SoundFact] = []
        waiting = deque(items)
        while waiting:
            item = waiting.popleft()
            if isinstance(item, DecodeRequest):
                result = self._decoder.decode(item)
                waiting.extendleft(reversed(self._listener.deliver(result, self._listener.now)))
            else:
                facts.append(item)
        return facts
