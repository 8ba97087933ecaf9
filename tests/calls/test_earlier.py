from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from keptcalls import keep, level, pressed, promise

from coach.calls.about import About, CallKind
from coach.calls.earlier import earlier_calls, one_line
from coach.calls.library import Library
from coach.events import Action, AnyEvent, Level
from coach.startup import setup
from coach.startup.paths import Paths


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "calls", tmp_path / "index") as opened:
        yield opened


def call(
    library: Library,
    day: int,
    caller: str,
    worst: Level,
    *more: AnyEvent,
    kind: CallKind = CallKind.LIVE,
) -> None:
    started = f"2026-01-{day:02d}T09:00:00+00:00"
    events = [level(5, worst), level(9, Level.CALM, worst), *more]
    keep(
        library.calls,
        started.replace(":", "-"),
        events,
        started=started,
        caller=caller,
        about=About(kind=kind),
    )


def line(library: Library, caller: str, but: str = "") -> str:
    library.refresh()
    return one_line(earlier_calls(library, caller, but=but))


def test_earlier_calls_of_the_same_caller_are_one_line(library: Library) -> None:
    call(library, 3, "K7", Level.UPSET)
    call(library, 5, "K7", Level.ANGRY, promise(9, "I will call you back", "2026-01-20"))
    call(library, 7, "other", Level.CRITICAL)
    assert line(library, "K7") == (
        "2 earlier calls, last on 2026-01-05, at worst angry; "
        'promised then: "I will call you back" (by 2026-01-20)'
    )


def test_the_worst_is_that_of_all_and_not_of_the_last(library: Library) -> None:
    call(library, 1, "K7", Level.ANGRY, promise(9, "a refund"))
    for day in range(2, 12):
        call(library, day, "K7", Level.CALM)
    assert line(library, "K7") == (
        "11 earlier calls, last on 2026-01-11, at worst angry (on 2026-01-01); "
        'promised on 2026-01-01: "a refund"'
    )


def test_no_reference_and_no_calls_say_nothing(library: Library) -> None:
    call(library, 3, "", Level.UPSET)
    assert line(library, "") == ""
    assert line(library, "K7") == ""


def test_rehearsals_demos_and_the_call_itself_are_no_earlier_calls(library: Library) -> None:
    for day, kind in enumerate(CallKind, 1):
        call(library, day, "K7", Level.UPSET, kind=kind)
    assert line(library, "K7").startswith("2 earlier calls")
    assert line(library, "K7", "2026-01-01T09-00-00+00-00").startswith("1 earlier call,")


def test_a_reference_that_was_given_in_the_call_counts(library: Library) -> None:
    call(library, 3, "", Level.UPSET, pressed(10, Action.CALLER, note="K7"))
    call(library, 4, "K7", Level.ANGRY, pressed(10, Action.CALLER, note="K8"))
    assert "at worst upset" in line(library, "K7")


def test_a_library_that_cannot_be_read_is_told_and_stops_nothing() -> None:
    Paths.of().library.mkdir(parents=True)
    (notice,) = setup.earlier_notice("K7", "now")
    assert notice.startswith("Earlier calls are not looked up")
    assert setup.earlier_notice("", "now") == ()
