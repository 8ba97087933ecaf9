"""Processes of this machine that do blocks.

Where the work only reads, whoever waits for its results may stop at any time, and the processes are
ended at once: a block may take a minute, and a person who has left is shown a dead terminal.

Where no process can be started (a sandbox, a limit on processes, no shared memory) this one does
all of the work, and says so; where some can, they do it.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any, Generic

from coach.calls.spread.blocks import Doing, Item, Result, StoppedError, ThisProcess, Work
from coach.calls.spread.work_file import WorkFile, read_work

LOOK_S = 0.1
"""Seconds between two looks at whether to stop, and whether anybody still works."""
CANNOT_START = (OSError, ImportError, NotImplementedError)
"""What starting a process answers where the machine has no room, no leave or no means for it."""


def tell_alone(error: Exception) -> None:
    """Say that no further process can be started, and that the work goes on."""
    why = getattr(error, "strerror", None) or str(error)
    print(
        f"No further process can be started here ({why}): this one does all the work.",
        file=sys.stderr,
    )


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


class _WithThoseThatStart(ProcessPoolExecutor):
    """An executor that goes on with the processes it has where no further one can be started."""

    def _adjust_process_count(self) -> None:
        try:
            super()._adjust_process_count()
        except CANNOT_START:
            if not self._processes:
                raise

    @property
    def manages(self) -> bool:
        """Whether the thread that hands out the blocks is there, or has not been needed yet."""
        thread = getattr(self, "_executor_manager_thread", None)
        return thread is None or thread.is_alive()


class Processes(Generic[Item, Result]):
    """A ``coach.calls.spread.blocks.Pool`` of so many processes."""

    def __init__(
        self,
        work: Work[Item, Result],
        count: int,
        ahead: int,
        stop: Callable[[], bool] | None = None,
        *,
        shares: bool = False,
    ) -> None:
        """``ahead``: blocks for each process that are handed out before the first is back.

        ``stop``: whether to give up what is being done, for work that only reads; None finishes it.

        ``shares``: the work holds what processes share, which travels only as one is started. Such
        work must be small: whoever starts a process that dies at once waits for good for it to read
        more than a pipe takes. All other work is left in a file, for each process to read.
        """
        self._ahead = count * ahead
        self._work = work
        self._running: dict[Future[list[Result]], int] = {}
        self._stop = stop
        self._started = _Started()
        self._file: WorkFile | None = None
        self._alone: ThisProcess[Item, Result] | None = None
        self._pool: _WithThoseThatStart | None = None
        try:
            if not shares:
                self._file = WorkFile(work)
            self._pool = _WithThoseThatStart(
                count,
                mp_context=self._started,
                initializer=_begin,
                initargs=(self._file.path if self._file else work,),
            )
        except CANNOT_START as error:
            self._go_on_alone(error)

    @property
    def ahead(self) -> int:
        """Blocks that are handed out before the first one is back."""
        return self._ahead if self._alone is None else self._alone.ahead

    def submit(self, number: int, block: Sequence[Item]) -> None:
        """Hand out a block."""
        if self._pool is not None:
            try:
                with _uninterrupted():
                    future = self._pool.submit(_do_block, block)
            except BrokenProcessPool:
                raise self._work.ended() from None
            except CANNOT_START as error:  # not one process: nothing is being done
                self._go_on_alone(error)
            else:
                self._running[future] = number
        if self._alone is not None:
            self._alone.submit(number, block)

    def _go_on_alone(self, error: Exception) -> None:
        tell_alone(error)
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
        self._alone = ThisProcess(self._work)

    def next(self) -> tuple[int, list[Result]]:
        """Wait for a block."""
        if self._alone is not None:
            return self._alone.next()
        done: set[Future[list[Result]]] = set()
        while not done:
            if self._stop is not None and self._stop():
                raise StoppedError
            managed = self._pool is not None and self._pool.manages
            done, _ = wait(self._running, LOOK_S, FIRST_COMPLETED)
            if not done and not managed:
                self._started.end_all()
                raise self._work.ended()
        future = next(iter(done))
        try:
            return self._running.pop(future), future.result()
        except BrokenProcessPool:
            raise self._work.ended() from None

    def close(self) -> None:
        """Let the processes finish what they are at, or end them where nobody wants it."""
        if self._stop is not None and self._running:
            self._started.end_all()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        if self._file is not None:
            self._file.remove()
            self._file = None


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


def _begin(work: Work[Any, Any] | Path) -> None:
    global _do  # noqa: PLW0603 - a process of a pool has no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    told: Work[Any, Any] = read_work(work) if isinstance(work, Path) else work
    _do = told.begin()
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
