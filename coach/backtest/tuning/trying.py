"""Tries a dial's values on many calls, whoever does the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from coach.backtest.compare import ComparisonAsked, LeftOut
from coach.backtest.running import AHEAD, FEW
from coach.backtest.tuning.tuned_call import CallTuner, TunedCall
from coach.backtest.tuning.turned import Turned
from coach.calls.spread.blocks import Doing, Pool, ThisProcess, spread
from coach.calls.spread.processes import Processes
from coach.errors import StorageError

Tried = TunedCall | LeftOut
BLOCK = 2
"""Calls that are handed out together: the screen shows them as they come in."""


class Trying(msgspec.Struct, frozen=True):
    """A ``coach.calls.spread.blocks.Work``: calls under the values of a dial."""

    turned: Turned
    asked: ComparisonAsked
    wanted: range
    """Indices of the values."""

    def begin(self) -> Doing[Path, Tried]:
        """Make the dial ready."""
        tuner = CallTuner(self.turned, self.asked)

        def tune(block: Sequence[Path]) -> list[Tried]:
            return [tuner.tune(path, self.wanted) for path in block]

        return tune

    def lost(self, item: Path, why: str) -> Tried:
        """A call that is left out."""
        return LeftOut(call=item.stem, trouble=f"{item}: {why}")

    def ended(self) -> StorageError:
        """A process was ended."""
        return StorageError(
            "A process that tries values was ended from outside.",
            "Is there too little memory? Run it again with --jobs 1.",
        )


def try_all(
    calls: Sequence[Path], work: Trying, jobs: int, stop: Callable[[], bool]
) -> Iterator[Tried]:
    """Try them on calls, in their order, until ``stop`` says so: what is being done is given up.

    Raises StorageError where a process is ended from outside.
    """
    blocks = (calls[start : start + BLOCK] for start in range(0, len(calls), BLOCK))
    alone = jobs == 1 or len(calls) <= FEW
    pool: Pool[Path, Tried] = ThisProcess(work) if alone else Processes(work, jobs, AHEAD, stop)
    return spread(iter(blocks), pool, stop, in_order=True)
