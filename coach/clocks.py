"""Two ways to run a recording through the transcriber and see when each word comes.

``VirtualClock``
    Does the real computing but lets no real time pass: each decode's processor time is
    measured and played out on a machine of `cores` cores that all decodes of the call share.
    Time waited for other programs does not count, so a busy machine gives nearly the figures
    of an idle one (what it cannot take out is what they cost in cache and in clock rate), and
    a minute of audio need not take a minute.
``RealClock``
    Feeds the sound at its own pace to the same listener and decodes in threads, as live.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from audio.chunks import Chunk
from audio.decoding import DecodeRequest, DecodeResult
from audio.listener import Decoder, Heard, Item, Listener


class Run(NamedTuple):
    """What came of a recording."""

    facts: list[Heard]
    seconds: float
    """Length of the recording."""
    computing: float
    """Processor seconds spent, on all cores together."""


class _Job:
    def __init__(self, result: DecodeResult, work: float) -> None:
        self.result = result
        self.left = work


class VirtualClock:
    """A machine of ``cores`` cores on which only this call runs."""

    def __init__(
        self,
        listener: Listener,
        decoder: Decoder,
        *,
        cores: int = 2,
        width: int = 1,
        slowdown: float = 1.0,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        """``width``: cores that one decode can use; ``slowdown`` multiplies every cost."""
        self._listener = listener
        self._decoder = decoder
        self._cores = cores
        self._width = width
        self._slowdown = slowdown
        self._cpu = cpu
        self._now = 0.0
        self._jobs: list[_Job] = []
        self._facts: list[Heard] = []
        self._spent = 0.0

    def run(self, chunks: Iterable[Chunk]) -> Run:
        """Play the whole recording."""
        end = 0.0
        for chunk in chunks:
            end = max(end, chunk.end)
            self._advance(chunk.end)
            items, cost = self._timed(lambda one=chunk: self._listener.push(one))
            self._take(items)
            self._steal(cost)
        self._take(self._listener.finish(max(end, self._now)))
        while self._jobs:
            self._advance(self._now + self._next_end())
        return Run(self._facts, end, self._spent)

    def _rate(self) -> float:
        """Processor seconds that each job gets per second."""
        return min(float(self._width), self._cores / len(self._jobs))

    def _next_end(self) -> float:
        return min(job.left for job in self._jobs) / self._rate()

    def _advance(self, until: float) -> None:
        """Let virtual time pass; jobs that end on the way deliver their results."""
        while self._jobs and self._now + self._next_end() <= until:
            self._work(self._next_end())
            done = min(self._jobs, key=lambda job: job.left)
            self._jobs.remove(done)
            self._take(self._listener.deliver(done.result, self._now))
        self._work(max(0.0, until - self._now))

    def _work(self, seconds: float) -> None:
        if self._jobs:
            rate = self._rate()
            for job in self._jobs:
                job.left -= rate * seconds
        self._now += seconds

    def _steal(self, cost: float) -> None:
        """The listener's own work comes off a core that a job would have had."""
        if len(self._jobs) * self._width >= self._cores:
            self._jobs[0].left += cost

    def _take(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, DecodeRequest):
                result, cost = self._timed(lambda one=item: self._decoder.decode(one))
                self._jobs.append(_Job(result, cost))
            else:
                self._facts.append(item)

    def _timed(self, call: Callable[[], T]) -> tuple[T, float]:
        before = self._cpu()
        value = call()
        cost = (self._cpu() - before) * self._slowdown
        self._spent += cost
        return value, cost
