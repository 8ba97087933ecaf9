"""Whether a test that is said to work on sound or to ask the sentence encoder does so.

Such tests are left out of the quick part, so nothing else may stand among them: what is called
while a test or one of its fixtures runs is counted, and one with the mark that does none of it
fails. What is made once for several tests (``made_once``) counts for each of them.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator
from typing import Any, NamedTuple, ParamSpec, TypeVar

import pytest

P = ParamSpec("P")
T = TypeVar("T")


class Work(NamedTuple):
    """What a mark says of a test."""

    does: str
    by: tuple[tuple[str, str], ...]
    """The functions that do it, by module."""


WORKS = {
    "samples": Work(
        "work on sound",
        (
            ("audio.detection.echo", "EchoDetector.push"),
            ("audio.detection.hold_music", "LineSoundDetector.push"),
            ("audio.recordings.opening", "_contents"),
            ("audio.recordings.alignment", "LagMeter.push"),
            ("audio.recordings.leak", "WayFit.push"),
            ("audio.recordings.leak", "_heard"),
            ("audio.recordings.stretch", "Stretch.push"),
            ("audio.samples.resample", "Resampler.push"),
            ("audio.detection.vad", "VadModel.run"),
            ("audio.voices.fingerprint", "VoiceEncoder.embed"),
        ),
    ),
    "meaning": Work(
        "ask the sentence encoder",
        (
            ("coach.meaning.encoder", "SentenceEncoder.encode"),
            ("coach.meaning.encoder", "background"),
        ),
    ),
}
"""By mark. A recording is opened by way of FFmpeg, also one that is refused before."""
PROCESS = "process"
"""Where a mark says ``apart=True``, a process that the test starts does the work."""
_done: Counter[str] = Counter()
"""Calls since the test began, by mark."""


def counted(mark: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, noting that the work of ``mark`` was done."""

    @functools.wraps(function)
    def noting(*args: Any, **named: Any) -> Any:
        _done[mark] += 1
        return function(*args, **named)

    return noting


@contextlib.contextmanager
def done_in() -> Iterator[Counter[str]]:
    """What is counted meanwhile is given, and is forgotten behind it."""
    before = _done.copy()
    _done.clear()
    yield _done
    _done.clear()
    _done.update(before)


def made_once(function: Callable[P, T]) -> Callable[P, T]:
    """The function, called once for the same arguments; who is given its result has its work done.

    Else the work would count for the first test of the process that asks, and the others would
    seem to do none.
    """
    made: dict[tuple[Any, ...], tuple[T, Counter[str]]] = {}

    @functools.wraps(function)
    def given(*args: P.args, **named: P.kwargs) -> T:
        key = (args, *sorted(named.items()))
        if key not in made:
            with done_in() as done:
                value = function(*args, **named)
                made[key] = (value, done.copy())
        value, work = made[key]
        _done.update(work)
        return value

    return given


def mistake(done: Collection[str], marks: Collection[str]) -> str:
    """What is wrong with the marks of a test that did this work."""
    idle = [mark for mark in WORKS if mark in marks and mark not in done]
    return "; ".join(f"it does not {WORKS[mark].does}: take its mark `{mark}` off" for mark in idle)


def _count(mark: str, module: str, name: str) -> None:
    owner: Any = importlib.import_module(module)
    *within, last = name.split(".")
    for part in within:
        owner = getattr(owner, part)
    setattr(owner, last, counted(mark, getattr(owner, last)))


class WorkMarks:
    """The plugin that counts and compares, in runs with marked tests."""

    def __init__(self) -> None:
        self._of_fixtures: dict[tuple[str, str], set[str]] = {}
        """What those fixtures did that did any such work."""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        marks = {mark.name for item in session.items for mark in item.iter_markers()}
        for mark, work in WORKS.items():
            if mark in marks:
                for module, name in work.by:
                    _count(mark, module, name)
        if not marks.isdisjoint(WORKS):
            _count(PROCESS, "subprocess", "Popen.__init__")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        before = _done.copy()
        made = yield
        self._of_fixtures.pop((fixturedef.baseid, fixturedef.argname), None)
        if work := set(_done - before):
            self._of_fixtures[fixturedef.baseid, fixturedef.argname] = work
        return made

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Generator[None, Any, Any]:
        _done.clear()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        came = yield
        done = set(_done)
        for (base, name), work in self._of_fixtures.items():
            if name in getattr(item, "fixturenames", ()) and item.nodeid.startswith(base):
                done |= work
        marks = list(item.iter_markers())
        if PROCESS in done:
            done |= {mark.name for mark in marks if mark.kwargs.get("apart")}
        if wrong := mistake(done, {mark.name for mark in marks}):
            pytest.fail(wrong, pytrace=False)
        return came
