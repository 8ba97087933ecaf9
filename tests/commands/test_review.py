"""`coach review`: the language of its search, and what it says where it cannot open."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from keptcalls import AGENT, CUSTOMER, keep, said

from coach.calls.about import About, CallKind
from coach.cli import main
from coach.commands.review import asked, choose
from coach.errors import Exit, InputError
from coach.startup.paths import Paths

LIVE = About(kind=CallKind.LIVE, agent="Anna")


@pytest.fixture
def calls() -> Path:
    folder = Paths.of().calls
    folder.mkdir(parents=True)
    keep(folder, "asked", [said(62, CUSTOMER, "I asked for a manager"), said(70, AGENT, "hello")],
         started="2026-03-04T09:30:00+00:00", about=LIVE)  # fmt: skip
    keep(folder, "quiet", [said(5, CUSTOMER, "hello there")],
         started="2026-03-05T09:30:00+00:00", about=LIVE)  # fmt: skip
    keep(folder, "tried", started="2026-03-06T09:30:00+00:00",
         about=About(kind=CallKind.REHEARSAL))  # fmt: skip
    return folder


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["quiet", "asked"]),
        ("manager", ["asked"]),
        ("hello --by customer", ["quiet"]),
        ("'asked for' --by customer", ["asked"]),
        ("for asked", ["asked"]),
        ("--kind rehearsal", ["tried"]),
        ("--agent Anna --until 2026-03-04", ["asked"]),
        ("--length ..1s", []),
    ],
)
@pytest.mark.usefixtures("calls")
def test_calls_are_chosen_in_the_language_of_coach_calls(search: str, found: list[str]) -> None:
    choice = choose(search)
    assert [row.call for row in choice.rows] == found
    assert "live call" in choice.told or "rehearsal" in choice.told


@pytest.mark.usefixtures("calls")
def test_words_are_shown_in_their_place() -> None:
    (row,) = choose("manager").rows
    assert row.hits == ((62.0, "1:02 customer: I asked for a «manager»"),)
    assert (row.who, row.when[:10]) == ("Anna", "2026-03-04")


def test_a_call_shows_its_first_hits_and_a_first_reading_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("coach.commands.calls.SLOW", 2)
    folder = Paths.of().calls
    folder.mkdir(parents=True)
    lines = [said(at, CUSTOMER, "a manager") for at in range(0, 35, 5)]
    for name in ("one", "two"):
        keep(folder, name, lines, about=LIVE)
    told: list[str] = []
    rows = choose("manager", told.append).rows
    assert [(len(row.hits), row.more_hits) for row in rows] == [(5, 2), (5, 2)]
    assert told == ["Reading calls: 2 of 2 …"]


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("--level furious", "That search is not understood: argument --level: invalid choice"),
        ("--bogus", "That search is not understood: unrecognized arguments: --bogus."),
        ("'half", "lacks a closing quotation mark."),
        ("--by agent", "--by needs words. Write some before it"),
        ("--during someday", "someday"),
    ],
)
@pytest.mark.usefixtures("calls")
def test_a_search_that_is_not_understood_says_so(search: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        choose(search)
    assert words in str(caught.value)


def test_a_search_may_hold_words_and_options() -> None:
    args = asked("cancel 'my account' --by customer --marks")
    assert args.said == ['cancel "my account"']
    assert args.marks


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["polite@3:75"], "'3:75' is no time of a call."),
        (
            ["--recording", "gone.wav"],
            "The recording gone.wav is not there. Check its name and folder.",
        ),
        (["any"], "A review needs a terminal. `coach calls CALL` prints a call"),
    ],
)
def test_what_it_cannot_open_is_said(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", *words]) == Exit.INPUT
    assert text in capsys.readouterr().err


@pytest.mark.usefixtures("calls")
def test_what_is_not_there_or_wrong_is_said_before_the_screen_opens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    assert main(["review", "absent"]) == Exit.INPUT
    assert "There is no call 'absent' in the library, and no such journal." in (
        capsys.readouterr().err
    )
    assert main(["review", "--search=--bogus"]) == Exit.INPUT
    assert "That search is not understood" in capsys.readouterr().err
    Path("wrong.toml").write_text('[[disable]]\nrule = "esc.nosuch"\n')
    assert main(["review", "quiet", "--overlay", "wrong.toml"]) == Exit.RULES
    assert "wrong.toml" in capsys.readouterr().err
