"""Every queue of a live session, filled to its bound."""

from __future__ import annotations

import threading

import pytest

from coach.live.queues import QUEUES, Bound, BoundedQueue, WhenFull


def queue(when_full: WhenFull, lost: list[str]) -> BoundedQueue[str]:
    return BoundedQueue(
        Bound(3, when_full, ""), replaceable=lambda s: s.startswith("draft"), lost=lost.append
    )


def test_a_thinned_queue_gives_up_its_oldest_draft() -> None:
    lost: list[str] = []
    line = queue(WhenFull.THIN, lost)
    for item in ("draft 1", "final 1", "draft 2", "final 2"):
        assert line.put(item)
    assert [line.get(0), line.get(0), line.get(0), line.get(0)] == [
        "final 1", "draft 2", "final 2", None,
    ]  # fmt: skip
    assert lost == []


def test_a_thinned_queue_of_finals_tells_what_it_loses() -> None:
    lost: list[str] = []
    line = queue(WhenFull.THIN, lost)
    kept = [line.put(f"final {n}") for n in range(5)]
    assert kept == [True, True, True, False, False]
    assert lost == ["final 3", "final 4"]


def test_a_draft_that_finds_no_room_is_no_loss() -> None:
    lost: list[str] = []
    line = queue(WhenFull.THIN, lost)
    for n in range(3):
        line.put(f"final {n}")
    assert not line.put("draft")
    assert lost == []


def test_a_refusing_queue_keeps_what_it_has() -> None:
    lost: list[str] = []
    line = queue(WhenFull.REFUSE, lost)
    for n in range(4):
        line.put(f"key {n}")
    assert lost == ["key 3"]
    assert line.get(0) == "key 0"


def test_a_closed_queue_gives_what_is_left_and_holds_nobody() -> None:
    line = queue(WhenFull.REFUSE, [])
    line.put("last")
    taken: list[str | None] = []
    waiting = threading.Thread(target=lambda: taken.extend([line.get(), line.get()]))
    waiting.start()
    line.close()
    waiting.join(10)
    assert taken == ["last", None]
    assert line.closed


@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_has_a_bound_and_says_how_its_loss_is_told(name: str) -> None:
    bound = QUEUES[name]
    assert bound.size > 0
    assert bound.told
