"""Fixtures of the screen's tests, and the way to their shared modules."""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import textual.app
import textual.pilot
import textual.screen
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.screen import Screen

sys.path.insert(0, str(Path(__file__).parent))  # scripted.py and moments.py stand beside the tests

from stillness import still


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same screen whatever the terminal of whoever runs the tests promises."""
    for name in ("NO_COLOR", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ANIMATIONS", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _style_sheets_parsed_once() -> Iterator[None]:
    """Every screen of a run has the same style sheets, and parsing them is a fourth of its start:
    each is parsed for the first that needs it.
    """
    parse = Stylesheet._parse_rules
    known: dict[object, list[RuleSet]] = {}

    def parsed(
        self: Stylesheet, css: str, read_from: tuple[str, str], *where: object, **more: object
    ) -> list[RuleSet]:
        variables = frozenset(self._variables.items())
        key = (css, read_from, where, frozenset(more.items()), variables)
        if key not in known:
            known[key] = parse(self, css, read_from, *where, **more)  # type: ignore[arg-type]
        return known[key]

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Stylesheet, "_parse_rules", parsed)
        yield


@pytest.fixture(autouse=True)
def _stillness_without_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is answered when all that came of it has happened, and not 40 ms later; what a screen
    puts off to its next refresh comes after 2 ms and not after 17.
    """
    monkeypatch.setattr(textual.screen, "UPDATE_PERIOD", 0.002)
    there_before = frozenset(threading.enumerate())
    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(
            module, "wait_for_idle", functools.partial(still, strangers=there_before)
        )


@pytest.fixture(autouse=True)
def _drawn_when_it_is_looked_at(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sees the frames between two keys, and drawing them is a fourth of what a test costs:
    but for tests that take pictures, a screen is drawn as the test leaves it.
    """
    if "snapshot" in request.fixturenames:
        return
    tested = App.run_test

    @contextlib.asynccontextmanager
    async def drawn_at_the_end(self: App[Any], **how: Any) -> AsyncIterator[Pilot[Any]]:
        async with tested(self, **how) as pilot:
            yield pilot
            if self.is_running:
                stack = self._background_screens
                self.screen._compositor.render_update(full=True, screen_stack=stack)

    def undrawn(self: Screen[Any]) -> None:
        self._dirty_widgets.clear()
        self.app._update_mouse_over(self)

    monkeypatch.setattr(App, "run_test", drawn_at_the_end)
    monkeypatch.setattr(Screen, "_compositor_refresh", undrawn)
