"""Waiting until a screen has nothing left to do, without waiting for time to pass.

Textual's pilot sleeps 20 ms twice at every key, and as long again while the process computes. What
can happen within such a time is in the loop's hands: something ready to run, a timer that is due,
a thread that is at work. The loop is asked for these, each is waited for, and where there is none
the rest of the time is not slept through: nothing could happen in it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Collection
from typing import Any

from textual._wait import SLEEP_GRANULARITY, SLEEP_IDLE


async def still(
    _least: float = 0.0,
    most: float = 1.0,
    *,
    within: float = SLEEP_GRANULARITY,
    strangers: Collection[threading.Thread] = (),
) -> None:
    """Return once nothing was computed in ``within`` seconds, those of them left out in which
    nothing could be; after ``most`` seconds in any case. The first two are the pilot's own.

    ``strangers`` are threads that have nothing to do with the screen: those that were there
    before it.
    """
    ends = time.monotonic() + most
    while True:
        before = time.process_time()
        await _let_happen(within, strangers)
        if time.process_time() - before < SLEEP_IDLE or time.monotonic() >= ends:
            return


async def _let_happen(seconds: float, strangers: Collection[threading.Thread]) -> None:
    """All that the loop does within this time."""
    loop: Any = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until:
        await asyncio.sleep(0)
        busy = _threads_at_work(
            loop, strangers
        )  # asked first: a thread tells the loop before it rests
        if loop._ready:
            continue
        due = min((one._when for one in loop._scheduled if not one._cancelled), default=until)
        if due >= until and not busy:
            return
        await asyncio.sleep(max(0.0, min(due, until) - loop.time()))


def _threads_at_work(loop: Any, strangers: Collection[threading.Thread]) -> bool:
    """Whether a thread may yet send something to the screen; only those of the loop's own pool
    are known to rest.
    """
    pool = loop._default_executor
    own = pool._threads if pool is not None else set()
    if own and (pool._work_queue.qsize() or pool._idle_semaphore._value < len(own)):
        return True
    others = {one for one in threading.enumerate() if not isinstance(one, threading._DummyThread)}
    return bool(others - own - {threading.main_thread(), *strangers})
