"""How long a test may take before it is taken for one that hangs.

Its seconds (``timeout``) are of the clock, and beside much other work a test that computes may need
ten times as many of those. So where they are over, one that has computed goes on for as many again,
until it has had them of processor time; one that waits has come to its end.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
import pytest_timeout

AT_WORK = 0.01
"""Share of the time from which a test counts as one that computes: a thread that looks for work
now and then takes less."""
MOST = 10
"""Times its seconds after which it ends in any case."""


class Patience:
    """The time that one test has had."""

    def __init__(self, seconds: float, computed: Callable[[], float]) -> None:
        """``computed``: processor seconds by now, of this process and those that it waited for."""
        self._seconds, self._computed = seconds, computed
        self._begun = self._seen = computed()
        self._times = 0

    def is_over(self) -> bool:
        """Asked whenever the seconds have gone by once more: whether the test is to end."""
        now, before = self._computed(), self._seen
        self._seen = now
        self._times += 1
        idle = now - before < AT_WORK * self._seconds
        return idle or now - self._begun >= self._seconds or self._times >= MOST


def computed() -> float:
    """Processor seconds of this process and of those that it waited for."""
    return sum(os.times()[:4])


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Where a signal ends a test, which is wherever there are signals, ask first."""
    if settings.method != "signal" or threading.current_thread() is not threading.main_thread():
        return None
    patience = Patience(settings.timeout, computed)

    def over(*_: object) -> None:
        __tracebackhide__ = True
        if patience.is_over():
            pytest_timeout.timeout_sigalrm(item, settings)
        else:
            signal.setitimer(signal.ITIMER_REAL, settings.timeout)

    def cancel() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    item.cancel_timeout = cancel  # type: ignore[attr-defined]
    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout)
    return True
