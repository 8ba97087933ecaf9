"""Work in blocks gives the same whoever does it, and whoever is done first."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import queues, spawn, synchronize
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.calls.importers.in_hand import InHand
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


class Enlarged:
    """Work that is more than a pipe takes."""

    def __init__(self) -> None:
        self.burden = bytes(1_000_000)

    def begin(self) -> Doing[int, int]:
        return lambda block: [len(self.burden) * item for item in block]

    def lost(self, item: int, why: str) -> int:
        raise AssertionError(item, why)

    def ended(self) -> CoachError:
        return CoachError("A process of the test was ended.")


BIG = [[1], [2], [3], [4]]
DONE = [1_000_000, 2_000_000, 3_000_000, 4_000_000]


def left_over(at: Path) -> list[str]:
    return [one.name for one in at.iterdir()]


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def refusing(after: int, error: Exception) -> Callable[..., None]:
    """A step that is refused after so many times."""
    start, count = SpawnProcess.start, itertools.count(1)

    def step(process: SpawnProcess, *_more: object) -> None:
        if next(count) > after:
            raise error
        start(process)

    return step


@pytest.mark.parametrize("after", [0, 1])
def test_work_is_done_where_no_process_or_no_second_one_can_be_started(
    after: int, scratch: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    monkeypatch.setattr(SpawnProcess, "start", refusing(after, refused))
    pool = Processes(Enlarged(), 2, 2, lambda: False)
    assert list(spread(iter(BIG), pool, in_order=True)) == DONE
    told = (
        "No further process can be started here (Resource temporarily unavailable): "
        "this one does all the work.\n"
    )
    assert capsys.readouterr().err == ("" if after else told)
    assert left_over(scratch) == []


def test_work_is_done_where_processes_cannot_share_memory(
    scratch: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing_shared(*_how: object, **_more: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(synchronize.SemLock, "__init__", nothing_shared)
    pool = Processes(Enlarged(), 2, 2, lambda: False)
    assert list(spread(iter(BIG), pool, in_order=True)) == DONE
    assert "(Read-only file system): this one does all" in capsys.readouterr().err
    assert left_over(scratch) == []
    hand = InHand(2)
    hand.row().begin(3)
    assert [one.number for one in hand.files()] == [3]


@pytest.mark.skipif(sys.platform == "win32", reason="an executable that ends at once")
def test_processes_that_end_at_once_are_told_of(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a sandbox refuses what a process would run: nobody reads what it is given."""
    ends_at_once = os.fsencode(shutil.which("false") or "/bin/false")
    monkeypatch.setattr(spawn, "get_executable", lambda: ends_at_once)
    pool = Processes(Enlarged(), 2, 2, lambda: False)
    with pytest.raises(CoachError, match=r"A process of the test was ended\."):
        list(spread(iter(BIG), pool, in_order=True))
    assert left_over(scratch) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_where_no_thread_hands_out_the_work_it_is_told(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread(_queue: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(queues.Queue, "_start_thread", no_thread)
    pool = Processes(Enlarged(), 2, 2, lambda: False)
    with pytest.raises(CoachError, match=r"A process of the test was ended\."):
        list(spread(iter(BIG), pool, in_order=True))
    assert left_over(scratch) == []
