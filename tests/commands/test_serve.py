"""`coach serve`: what it runs for which words, and what it says before anything is served."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from keptcalls import CUSTOMER, keep, said

from coach.cli import main, make_parser
from coach.commands import serve
from coach.errors import Exit
from coach.startup.paths import Paths
from coach.startup.screens import WEB_DRIVER, can_show_screen


@pytest.fixture(autouse=True)
def calls() -> Path:
    folder = Paths.of().calls
    folder.mkdir(parents=True)
    keep(folder, "asked", [said(2, CUSTOMER, "I asked for a manager")])
    return folder


@pytest.mark.parametrize(
    ("words", "screen"),
    [
        ([], ["review"]),
        (["--port", "8123", "review", "ask@0:02"], ["review", "ask@0:02"]),
        (["review", "--search", "a 'b c'"], ["review", "--search", "a 'b c'"]),
        (
            ["calls", "--said", "a manager", "--by", "customer"],
            ["review", "--search=--said 'a manager' --by customer"],
        ),
        (["demo", "--speed", "max"], ["demo", "--speed", "max"]),
    ],
)
def test_a_page_runs_the_command_that_shows_the_screen(words: list[str], screen: list[str]) -> None:
    args = make_parser("serve").parse_args(["serve", *words])
    assert serve.checked(args) == screen


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--port", "80"], "--port must be from 1024 to 65535. Without it a free one is taken."),
        (["--idle", "0"], "--idle must be above 0 and at most 1440 minutes. 1440 is a day."),
        (["--idle", "nan"], "--idle must be above 0 and at most 1440 minutes."),
        (["review", "gone"], "There is no call 'gone' in the library"),
        (["review", "asked@0:75"], "'0:75' is no time of a call."),
        (["calls", "--by", "customer"], "--by needs words."),
        (["calls", "--bogus"], "That search is not understood"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_served(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *words]) == Exit.INPUT
    assert text in capsys.readouterr().err


def test_where_the_package_is_missing_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert main(["serve", "review", "asked"]) == Exit.DEVICE
    assert capsys.readouterr().err == (
        "coach: Showing the screens in a browser needs textual-serve. Install it: "
        "pip install 'callcoach[serve]'. In the terminal `coach review asked` shows the same.\n"
    )


@pytest.mark.parametrize("elsewhere", ["stdin", "stdout", "stderr"])
def test_a_screen_needs_all_three_to_be_the_terminal(
    elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(getattr(sys, name), "isatty", lambda: True, raising=False)
    assert can_show_screen()
    monkeypatch.setattr(getattr(sys, elsewhere), "isatty", lambda: False, raising=False)
    assert not can_show_screen()


def test_a_page_is_as_good_as_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    assert not can_show_screen()
    monkeypatch.setenv("TEXTUAL_DRIVER", WEB_DRIVER)
    assert can_show_screen()
