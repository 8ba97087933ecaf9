"""Fixtures of the screen's tests, and the way to their shared modules."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

sys.path.insert(0, str(Path(__file__).parent))  # scripted.py and moments.py stand beside the tests


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
