"""Compares many calls, in order, with memory that stays flat.

Calls are handed out in blocks; who does them (``coach.calls.spread``) changes nothing in what comes
back: the same calls give the same figures.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from coach.backtest.compare import ComparedCall, Comparison, ComparisonAsked, LeftOut
from coach.calls.spread.blocks import Doing, Pool, ThisProcess, spread
from coach.calls.spread.processes import Processes
from coach.errors import StorageError

BLOCK = 8
"""Calls that are handed out together: about a second of work."""
SMALL_BLOCK = 2
"""The same where the first answers are waited for, and few may be enough."""
FEW = 8
"""So many calls are compared by this process: others would take longer to start."""
AHEAD = 3
"""Blocks for each process that are handed out before the first one is back."""

Compared = ComparedCall | LeftOut
MakePool = Callable[["Comparing", Callable[[], bool]], Pool[Path, Compared]]


class Comparing(msgspec.Struct, frozen=True):
    """A ``coach.calls.spread.blocks.Work``: calls under two sets of rules."""

    asked: ComparisonAsked

    def begin(self) -> Doing[Path, Compared]:
        """Make the rules ready."""
        comparison = Comparison(self.asked)

        def compare(block: Sequence[Path]) -> list[Compared]:
            return _compared(comparison, block)

        return compare

    def lost(self, item: Path, why: str) -> Compared:
        """A call that is left out."""
        return LeftOut(call=item.stem, trouble=f"{item}: {why}")

    def ended(self) -> StorageError:
        """A process was ended."""
        return StorageError(
            "A process of the backtest was ended from outside.",
            "Is there too little memory? Run it again with --jobs 1.",
        )


def compare_all(
    calls: Sequence[Path],
    asked: ComparisonAsked,
    jobs: int,
    stop: Callable[[], bool] = lambda: False,
    make_pool: MakePool | None = None,
) -> Iterator[Compared]:
    """Compare calls, in their order, until ``stop`` says so: what is being done is given up.

    ``make_pool``: who does it; ``jobs`` processes of this machine unless given. Raises StorageError
    where one of these is ended from outside.
    """
    work = Comparing(asked)
    pool: Pool[Path, Compared]
    size = SMALL_BLOCK if asked.only_reached else BLOCK
    if make_pool is not None:
        pool = make_pool(work, stop)
    elif jobs == 1 or len(calls) <= FEW:
        pool, size = ThisProcess(work), 1  # it can stop between two blocks only
    else:
        pool = Processes(work, jobs, AHEAD, stop)
    blocks = (calls[start : start + size] for start in range(0, len(calls), size))
    return spread(iter(blocks), pool, stop, in_order=True, finish=False)


def _compared(comparison: Comparison, block: Sequence[Path]) -> list[Compared]:
    """One block.

    What a call leaves is freed as it is dropped; looking for cycles among it is done once a block.
    """
    with without_collecting():
        return [comparison.compare(path) for path in block]


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Look for cycles at the end, and only among what was made meanwhile."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
        gc.collect(0)
