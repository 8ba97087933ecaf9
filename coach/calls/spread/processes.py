"""Processes of this machine that do blocks.

Where the work only reads, whoever waits for its results may stop at any time, and the processes are
ended at once: a block may take a minute, and a person who has left is shown a dead terminal.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Generic

from coach.calls.spread.blocks import Doing, Item, Result, StoppedError, Work

LOOK_S = 0.1
"""Seconds between two looks at whether to stop."""


class _Started(SpawnContext):
    """Starts processes and keeps them, so that they can be ended."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: list[SpawnProcess] = []

    def Process(self, *args: Any, **more: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802 - the library's name
        process = SpawnProcess(*args, **more)
        self.processes.append(process)
        return process

    def end_all(self) -> None:
        """End what runs, in whatever it is."""
        for process in self.processes:
            if process.pid is not None:
                process.kill()


class Processes(Generic[Item, Result]):
    """A ``coach.calls.spread.blocks.Pool`` of so many processes."""

    def __init__(
        self,
        work: Work[Item, Result],
        count: int,
        ahead: int,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        """``ahead``: blocks for each process that are handed out before the first is back.

        ``stop``: whether to give up what is being done, for work that only reads; None finishes it.
        """
        self.ahead = count * ahead
        self._work = work
        self._running: dict[Future[list[Result]], int] = {}
        self._stop = stop
        self._started = _Started()
        self._pool = ProcessPoolExecutor(
            count,
            mp_context=self._started,
            initializer=_begin,
            initargs=(work,),
        )

    def submit(self, number: int, block: Sequence[Item]) -> None:
        """Hand out a block."""
        try:
            with _uninterrupted():
                future = self._pool.submit(_do_block, block)
        except BrokenProcessPool:
            raise self._work.ended() from None
        self._running[future] = number

    def next(self) -> tuple[int, list[Result]]:
        """Wait for a block."""
        done: set[Future[list[Result]]] = set()
        while not done:
            if self._stop is not None and self._stop():
                raise StoppedError
            every = None if self._stop is None else LOOK_S
            done, _ = wait(self._running, every, FIRST_COMPLETED)
        future = next(iter(done))
        try:
            return self._running.pop(future), future.result()
        except BrokenProcessPool:
            raise self._work.ended() from None

    def close(self) -> None:
        """Let the processes finish what they are at, or end them where nobody wants it."""
        if self._stop is not None and self._running:
            self._started.end_all()
        self._pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Start processes that Ctrl+C does not reach: it would find them before they can ignore it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_do: Doing[Any, Any] | None = None
"""Of a process that was started for a pool."""


def _begin(work: Work[Any, Any]) -> None:
    global _do  # noqa: PLW0603 - a process of a pool has no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    _do = work.begin()
    gc.freeze()


def _end_with_parent() -> None:
    """End this process when the first one is gone, killed too: nobody would hear of its work."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do_block(block: Sequence[Any]) -> list[Any]:
    assert _do is not None  # noqa: S101 - _begin ran first
    return _do(block)
