"""Hands out work in blocks, a few of them ahead, and takes what comes back.

Who does the work is a ``Pool``'s own affair: this process, processes of this machine, or those of a
cluster. The same work gives the same results whoever does it; with ``in_order`` they come in
the order in which the blocks were given, whoever is done first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from coach.errors import CoachError

Item = TypeVar("Item")
Result = TypeVar("Result")
Item_contra = TypeVar("Item_contra", contravariant=True)
Doing = Callable[[Sequence[Item]], list[Result]]
"""Does a block; gives a result for each item."""


class Work(Protocol[Item_contra, Result]):
    """What is to be done; it travels to the processes that do it."""

    def begin(self) -> Doing[Item_contra, Result]:
        """Make ready what every block needs; called once in each process."""
        ...

    def lost(self, item: Item_contra, why: str) -> Result:
        """What stands for an item that cannot be done."""
        ...

    def ended(self) -> CoachError:
        """What to say where a process was ended from outside and the work cannot go on."""
        ...


class StoppedError(Exception):
    """A pool was told to stop while blocks were being done; they are given up."""


class Pool(Protocol[Item_contra, Result]):
    """Does blocks."""

    @property
    def ahead(self) -> int:
        """Blocks that are handed out before the first one is back."""
        ...

    def submit(self, number: int, block: Sequence[Item_contra]) -> None:
        """Hand out a block."""
        ...

    def next(self) -> tuple[int, list[Result]]:
        """Wait for a block that is done: its number and results.

        CoachError where none will be, StoppedError where none is waited for any more.
        """
        ...

    def close(self) -> None:
        """Do no more; what was not begun is dropped."""
        ...


def spread(
    blocks: Iterator[Sequence[Item]],
    pool: Pool[Item, Result],
    stop: Callable[[], bool] = lambda: False,
    *,
    in_order: bool,
    finish: bool = True,
) -> Iterator[Result]:
    """Do all blocks; where ``stop`` says so, no further one is begun. Closes the pool.

    What is being done then is waited for, unless the pool gives it up; without ``finish``, for work
    that only reads, no block is waited for once it says so.
    """
    back: dict[int, list[Result]] = {}
    """Blocks that are done before their turn."""
    given = taken = turn = 0
    more = True
    try:
        while (more or taken < given) and (finish or not stop()):
            # What waits for its turn counts as ahead, so that memory stays flat.
            while more and given - taken + len(back) < pool.ahead:
                block = None if stop() else next(blocks, None)
                more = block is not None
                if block is not None:
                    pool.submit(given, block)
                    given += 1
            if taken < given:
                try:
                    number, results = pool.next()
                except StoppedError:
                    return
                taken += 1
                back[number] = results
            ready = [turn] if in_order else list(back)
            while ready and ready[0] in back:
                yield from back.pop(ready.pop(0))
                turn += 1
                if in_order:
                    ready.append(turn)
    finally:
        pool.close()


class ThisProcess(Generic[Item, Result]):
    """A ``Pool`` of nobody else; the work begins with its first block."""

    ahead = 1

    def __init__(self, work: Work[Item, Result]) -> None:
        self._work = work
        self._do: Doing[Item, Result] | None = None
        self._done: list[tuple[int, list[Result]]] = []

    def submit(self, number: int, block: Sequence[Item]) -> None:
        """Do it at once."""
        if self._do is None:
            self._do = self._work.begin()
        self._done.append((number, self._do(block)))

    def next(self) -> tuple[int, list[Result]]:
        """What was done."""
        return self._done.pop(0)

    def close(self) -> None:
        """Nothing is left to do."""
