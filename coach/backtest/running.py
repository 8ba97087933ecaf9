"""Compares many calls over several processes, in order, with memory that stays flat.

One process and many run the same code (``_Block``). Calls are handed out in blocks, a few of them
ahead, and what comes back is taken in the order in which they were named: the same calls give the
same figures, whatever the number of processes.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from coach.backtest.compare import Asked, ComparedCall, Comparison, LeftOut
from coach.errors import StorageError

BLOCK = 8
"""Calls that are handed out together: about a second of work."""
FEW = 8
"""So many calls are compared by this process: others would take longer to start."""
AHEAD = 3
"""Blocks for each process that are handed out before the first one is back."""

Compared = ComparedCall | LeftOut


def compare_all(
    calls: Sequence[Path],
    asked: Asked,
    jobs: int,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Compared]:
    """Compare calls, in their order; where ``stop`` says so, no further block is begun.

    Raises StorageError where a process is ended from outside.
    """
    blocks = (calls[start : start + BLOCK] for start in range(0, len(calls), BLOCK))
    if jobs == 1 or len(calls) <= FEW:
        comparison = Comparison(asked)
        for block in blocks:
            if stop():
                return
            yield from _compared(comparison, block)
        return
    yield from _parallel(blocks, asked, jobs, stop)


def _compared(comparison: Comparison, block: Sequence[Path]) -> list[Compared]:
    """One block.

    What a call leaves is freed as it is dropped; looking for cycles is done once a block.
    """
    with _without_collecting():
        return [comparison.compare(path) for path in block]


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
        gc.collect()


_comparison: Comparison | None = None
"""Of a process that was started for a backtest."""


def _begin(asked: Asked) -> None:
    global _comparison  # noqa: PLW0603 - a process of a pool has no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    _comparison = Comparison(asked)
    gc.freeze()


def _end_with_parent() -> None:
    """End this process when the first one is gone, killed too: nobody would hear of its work."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_block(block: Sequence[Path]) -> list[Compared]:
    assert _comparison is not None  # noqa: S101 - _begin ran first
    return _compared(_comparison, block)


def _parallel(
    blocks: Iterator[Sequence[Path]], asked: Asked, jobs: int, stop: Callable[[], bool]
) -> Iterator[Compared]:
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(asked,),
    )
    running: deque[Future[list[Compared]]] = deque()
    try:
        more = True
        while more or running:
            while more and len(running) < AHEAD * jobs:
                block = None if stop() else next(blocks, None)
                more = block is not None
                if block is not None:
                    running.append(pool.submit(_run_block, block))
            if running:
                yield from running.popleft().result()
    except BrokenProcessPool:
        raise StorageError(
            "A process of the backtest was ended from outside.",
            "Is there too little memory? Run it again with --jobs 1.",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)
