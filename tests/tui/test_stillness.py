"""What a test of the screen waits for after a key, and what it does not wait for."""

from __future__ import annotations

import asyncio
import threading

import pytest
from stillness import _threads_at_work, still


async def test_what_is_due_soon_and_what_follows_from_it_has_happened() -> None:
    loop, came = asyncio.get_running_loop(), []

    def first() -> None:
        came.append("first")
        loop.call_later(0.01, came.append, "second")

    loop.call_later(0.01, first)
    await still(within=0.05)
    assert came == ["first", "second"]


async def test_a_task_with_many_steps_is_done() -> None:
    steps = 0

    async def work() -> None:
        nonlocal steps
        for _ in range(50):
            await asyncio.sleep(0)
            steps += 1

    task = asyncio.create_task(work())
    await still()
    assert steps == 50
    await task


async def test_a_thread_of_the_loop_is_waited_for_and_a_resting_one_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept = []
    sleep = asyncio.sleep
    strangers = threading.enumerate()

    async def noted(seconds: float) -> None:
        if seconds:
            slept.append(seconds)
        await sleep(seconds)

    goes_on, stops = threading.Event(), threading.Event()
    work = asyncio.get_running_loop().run_in_executor(None, goes_on.wait)
    monkeypatch.setattr(asyncio, "sleep", noted)
    await still(most=0.0, strangers=strangers)
    assert slept
    goes_on.set()
    await work
    while _threads_at_work(asyncio.get_running_loop(), strangers):
        await sleep(0)
    slept.clear()
    left = threading.Thread(target=stops.wait)  # as an earlier test may leave one
    left.start()
    await still(strangers=[*strangers, left])
    stops.set()
    left.join()
    assert slept == []
