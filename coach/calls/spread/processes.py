"""Processes of this machine that do blocks."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Generic

from coach.calls.spread.blocks import Doing, Item, Result, Work


class Processes(Generic[Item, Result]):
    """A ``coach.calls.spread.blocks.Pool`` of so many processes."""

    def __init__(self, work: Work[Item, Result], count: int, ahead: int) -> None:
        """``ahead``: blocks for each process that are handed out before the first is back."""
        self.ahead = count * ahead
        self._work = work
        self._running: dict[Future[list[Result]], int] = {}
        self._pool = ProcessPoolExecutor(
            count,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(work,),
        )

    def submit(self, number: int, block: Sequence[Item]) -> None:
        """Hand out a block."""
        try:
            self._running[self._pool.submit(_do_block, block)] = number
        except BrokenProcessPool:
            raise self._work.ended() from None

    def next(self) -> tuple[int, list[Result]]:
        """Wait for a block."""
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        future = next(iter(done))
        try:
            return self._running.pop(future), future.result()
        except BrokenProcessPool:
            raise self._work.ended() from None

    def close(self) -> None:
        """Let the processes finish what they are at."""
        self._pool.shutdown(cancel_futures=True)


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
