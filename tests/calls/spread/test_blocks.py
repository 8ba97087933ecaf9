"""Work in blocks gives the same whoever does it, and whoever is done first."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from coach.calls.spread.blocks import Doing, Pool, ThisProcess, spread
from coach.calls.spread.processes import Processes
from coach.errors import CoachError


class Doubling:
    def __init__(self) -> None:
        self.begun = 0

    def begin(self) -> Doing[int, int]:
        self.begun += 1
        return lambda block: [2 * item for item in block]

    def lost(self, item: int, why: str) -> int:
        raise AssertionError(item, why)

    def ended(self) -> CoachError:
        raise AssertionError


class AnyOrder:
    """Gives back what is out in the order that the test draws."""

    def __init__(self, ahead: int, draws: list[int]) -> None:
        self.ahead = ahead
        self.most = 0
        self.closed = False
        self._draws = draws
        self._out: list[tuple[int, list[int]]] = []

    def submit(self, number: int, block: Sequence[int]) -> None:
        self._out.append((number, [2 * item for item in block]))
        self.most = max(self.most, len(self._out))

    def next(self) -> tuple[int, list[int]]:
        place = self._draws.pop() if self._draws else 0
        return self._out.pop(place % len(self._out))

    def close(self) -> None:
        self.closed = True


BLOCKS = st.lists(st.lists(st.integers(), min_size=1, max_size=3), max_size=8)


@given(BLOCKS, st.integers(1, 4), st.lists(st.integers(0, 9), max_size=20))
def test_the_order_of_the_work_is_not_that_of_the_results(
    blocks: list[list[int]], ahead: int, draws: list[int]
) -> None:
    wanted = [2 * item for block in blocks for item in block]
    pool = AnyOrder(ahead, list(draws))
    assert list(spread(iter(blocks), pool, in_order=True)) == wanted
    assert pool.most <= ahead
    assert pool.closed
    loose = AnyOrder(ahead, list(draws))
    assert sorted(spread(iter(blocks), loose, in_order=False)) == sorted(wanted)
    here: Pool[int, int] = ThisProcess(Doubling())
    assert list(spread(iter(blocks), here, in_order=True)) == wanted


def test_a_stop_begins_no_further_block_and_the_work_begins_once() -> None:
    work, asked = Doubling(), iter([False, False, True])
    here: Pool[int, int] = ThisProcess(work)
    assert list(spread(iter([[1], [2], [3]]), here, lambda: next(asked), in_order=True)) == [2, 4]
    assert work.begun == 1


class NeverDone:
    def begin(self) -> Doing[int, int]:
        return lambda _block: [threading.Event().wait()]  # type: ignore[list-item]

    def lost(self, item: int, why: str) -> int:
        raise AssertionError(item, why)

    def ended(self) -> CoachError:
        raise AssertionError


def test_what_is_given_up_is_ended_at_once() -> None:
    stop = threading.Event()
    pool = Processes(NeverDone(), 1, 1, stop.is_set)

    def blocks() -> Iterator[list[int]]:
        yield [1]

    threading.Timer(0.0, stop.set).start()
    assert list(spread(blocks(), pool, in_order=True)) == []
    assert not any(process.is_alive() for process in pool._started.processes)
    assert pool._started.processes
