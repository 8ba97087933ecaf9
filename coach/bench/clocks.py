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

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import NamedTuple

from audio.listening.listener import Item, Listener, SoundFact
from audio.recognition.decoding import Decoder, DecodeRequest, DecodeResult
from audio.samples.chunks import Chunk


class RecordingRun(NamedTuple):
    """What came of a recording."""

    facts: list[SoundFact]
    seconds: float
    """Length of the recording."""
    computing: float
    """Processor seconds spent, on all cores together."""


class Machine(NamedTuple):
    """What a virtual clock plays the computing out on."""

    cores: int = 2
    width: int = 1
    """Cores that one decode can use."""
    slowdown: float = 1.0
    """Multiplies every cost: a machine so many times slower than this one."""


class _Job:
    def __init__(self, result: DecodeResult, work: float) -> None:
        self.result = result
        self.left = work


class VirtualClock:
    """A machine on which only this call runs."""

    def __init__(
        self,
        listener: Listener,
        decoder: Decoder,
        machine: Machine | None = None,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        self._listener = listener
        self._decoder = decoder
        self._machine = machine or Machine()
        self._cpu = cpu
        self._now = 0.0
        self._jobs: list[_Job] = []
        self._facts: list[SoundFact] = []
        self._spent = 0.0

    def run(self, chunks: Iterable[Chunk]) -> RecordingRun:
        """Play the whole recording."""
        end = 0.0
        for chunk in chunks:
            end = max(end, chunk.end)
            self._advance(chunk.end)
            before = self._cpu()
            items = self._listener.push(chunk)
            self._steal(self._cost(before))
            self._take(items)
        self._take(self._listener.finish(max(end, self._now)))
        while self._jobs:
            self._advance(self._now + self._next_end())
        return RecordingRun(self._facts, end, self._spent)

    def _rate(self) -> float:
        """Processor seconds that each job gets per second."""
        return min(float(self._machine.width), self._machine.cores / len(self._jobs))

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
        if self._jobs and len(self._jobs) * self._machine.width >= self._machine.cores:
            self._jobs[0].left += cost

    def _take(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, DecodeRequest):
                before = self._cpu()
                result = self._decoder.decode(item)
                self._jobs.append(_Job(result, self._cost(before)))
            else:
                self._facts.append(item)

    def _cost(self, before: float) -> float:
        cost = (self._cpu() - before) * self._machine.slowdown
        self._spent += cost
        return cost


class RealClock:
    """Plays a recording at its own pace and decodes in threads, as in a live call."""

    def __init__(
        self,
        listener: Listener,
        decoder: Decoder,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        self._listener = listener
        self._decoder = decoder
        self._now = now
        self._sleep = sleep
        self._cpu = cpu
        self._facts: list[SoundFact] = []
        self._out: set[Future[DecodeResult]] = set()
        self._start = 0.0

    def run(self, chunks: Iterable[Chunk]) -> RecordingRun:
        """Play the whole recording."""
        before = self._cpu()
        end = 0.0
        workers = self._listener.settings.decoding.lanes
        with ThreadPoolExecutor(workers, thread_name_prefix="asr") as pool:
            self._start = self._now()
            for chunk in chunks:
                end = max(end, chunk.end)
                while self._elapsed() < chunk.end:
                    self._collect(pool)
                    self._sleep(min(0.005, max(0.0, chunk.end - self._elapsed())))
                self._collect(pool)
                self._take(self._listener.push(chunk), pool)
            self._take(self._listener.finish(self._elapsed()), pool)
            while self._out:
                wait_for(self._out, return_when="FIRST_COMPLETED")
                self._collect(pool)
        return RecordingRun(self._facts, end, self._cpu() - before)

    def _elapsed(self) -> float:
        return self._now() - self._start

    def _collect(self, pool: ThreadPoolExecutor) -> None:
        for future in [one for one in self._out if one.done()]:
            self._out.discard(future)
            self._take(self._listener.deliver(future.result(), self._elapsed()), pool)

    def _take(self, items: list[Item], pool: ThreadPoolExecutor) -> None:
        for item in items:
            if isinstance(item, DecodeRequest):
                self._out.add(pool.submit(self._decoder.decode, item))
            else:
                self._facts.append(item)
