"""A test that computes beside much other work is no test that hangs."""

from __future__ import annotations

import signal
from types import SimpleNamespace
from typing import Any, cast

import patience
import pytest
import pytest_timeout
from patience import MOST, Patience, computed


class Processor:
    """What a test has had of it, as told."""

    def __init__(self) -> None:
        self.seconds = 7.0

    def __call__(self) -> float:
        return self.seconds


def asked(seconds: float, *shares: float) -> list[bool]:
    """What is said when the seconds have gone by so often, with these shares of the processor."""
    processor = Processor()
    of_test, said = Patience(seconds, processor), []
    for share in shares:
        processor.seconds += share * seconds
        said.append(of_test.is_over())
    return said


def test_who_waits_has_come_to_an_end() -> None:
    assert asked(120.0, 0.001) == [True]
    assert asked(120.0, 0.5, 0.001) == [False, True]


def test_who_computes_has_the_seconds_of_the_processor() -> None:
    assert asked(300.0, 0.3, 0.3, 0.3, 0.3) == [False, False, False, True]
    assert asked(300.0, 1.0) == [True]


def test_nobody_goes_on_for_ever() -> None:
    assert asked(120.0, *[0.02] * MOST) == [False] * (MOST - 1) + [True]


def test_what_was_computed_grows() -> None:
    before = computed()
    while computed() == before:
        sum(range(10_000))


def test_a_test_is_ended_only_where_its_patience_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    processor, ended = Processor(), []
    alarms: list[float] = []
    handlers: list[Any] = []
    monkeypatch.setattr(patience, "computed", processor)
    monkeypatch.setattr(pytest_timeout, "timeout_sigalrm", lambda *of: ended.append(of))
    monkeypatch.setattr(signal, "signal", lambda _, handler: handlers.append(handler))
    monkeypatch.setattr(signal, "setitimer", lambda _, seconds: alarms.append(seconds))
    item, settings = SimpleNamespace(), SimpleNamespace(method="signal", timeout=120.0)
    assert patience.pytest_timeout_set_timer(cast("pytest.Item", item), settings)
    assert alarms == [120.0]
    processor.seconds += 12.0
    handlers[-1]()
    assert (alarms, ended) == ([120.0, 120.0], [])
    handlers[-1]()
    assert ended == [(item, settings)]
    item.cancel_timeout()
    assert alarms[-1] == 0
