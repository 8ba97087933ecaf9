"""Numbers of the command line: each says what it may be, and no other is taken."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from all_arguments import arguments

from coach.backtest.gates import read_gate
from coach.calls.search_query import SearchBounds
from coach.cli import main, make_parser
from coach.commands.calls import LENGTHS, PER_CENT
from coach.errors import Exit, InputError
from coach.startup.figures import Figure
from coach.startup.options import numbers
from coach.startup.typed_ranges import TypedRange

FIGURES = [
    (words, action.type)
    for words, action in arguments(make_parser("*"))
    if isinstance(action.type, Figure)
]
RANGES = [
    (words, action.type)
    for words, action in arguments(make_parser("*"))
    if isinstance(action.type, TypedRange)
]


def _named(part: object) -> str:
    """The words of a command line, as a test's name; the type says nothing."""
    return " ".join(part) if isinstance(part, list) else "-"


def test_no_argument_takes_any_number_at_all() -> None:
    bare = [
        words
        for words, action in arguments(make_parser("*"))
        if action.type in {int, float, complex} and not action.choices
    ]
    assert not bare, "give a Figure as type: it says which numbers are meant"
    assert len(FIGURES) > 25
    assert len(RANGES) > 2


@pytest.mark.parametrize(("words", "figure"), FIGURES, ids=_named)
def test_a_number_out_of_its_range_is_refused_with_what_it_may_be(
    words: list[str], figure: Figure, capsys: pytest.CaptureFixture[str]
) -> None:
    step = 1 if figure.kind is int else 1e-6
    beyond = [] if figure.least is None else [figure.least - (0 if figure.above else step)]
    beyond += [] if figure.most is None else [figure.most + step]
    whole = ["9" * 400] if figure.kind is int else ["nan", "inf", "-inf", "1e999"]
    for value in (*(f"{number:.6f}" for number in beyond), *whole):
        typed = value.removesuffix(".000000") if figure.kind is int else value
        assert main([*words[:-1], f"{words[-1]}={typed}"]) == Exit.INPUT, (words, typed)
        err = capsys.readouterr().err
        assert err.startswith(f"coach: {words[-1]} must be "), err
        assert err.endswith(f"{figure.remedy}\n")
        assert figure.remedy


@pytest.mark.parametrize(("words", "figure"), FIGURES, ids=_named)
def test_every_number_has_an_end_that_is_allowed(words: list[str], figure: Figure) -> None:
    assert figure.least is not None, words
    assert figure.most is not None, words
    assert figure.allows(figure.most), words
    assert figure.allows(figure.least) is not figure.above, words


@pytest.mark.parametrize(("words", "of"), RANGES, ids=_named)
def test_a_range_outside_of_what_there_is_is_refused(
    words: list[str], of: TypedRange, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = ["80..60", "-1..", "..-1", "-5..5", "nan..", "..inf", "..", "7", "a..b"]
    wrong += [] if of.most is None else [f"..{of.most + 1:g}", f"80..{2 * of.most:g}"]
    for typed in wrong:
        with pytest.raises(SystemExit) as stopped:
            main([*words[:-1], f"{words[-1]}={typed}"])
        assert stopped.value.code == Exit.USAGE, (words, typed)
        assert f"argument {words[-1]}: '{typed}' " in capsys.readouterr().err


def test_a_range_is_read_with_its_ends() -> None:
    assert PER_CENT("0..100") == SearchBounds(0.0, 100.0)
    assert PER_CENT("60..") == SearchBounds(60.0, None)
    assert LENGTHS("90s..10m") == SearchBounds(90.0, 600.0)


@pytest.mark.parametrize("length", ["nan", "inf", "-5m", "-1", "long"])
@pytest.mark.parametrize("option", ["--at-least", "--lengths"])
def test_a_length_that_time_has_not_is_refused(
    option: str,
    length: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COACH_DATA_HOME", str(tmp_path))
    words = ["scorecard", "sample", "--per-agent=1", "--week=last-week", "--seed=1"]
    assert main([*words, f"{option}={length}"]) == Exit.INPUT
    assert f"{length!r} is no length. Such as 90s" in capsys.readouterr().err


@pytest.mark.parametrize("gate", ["recall of esc.churn >= 80", "f1 of any > 100.5%"])
def test_a_gate_holds_no_share_against_more_than_all(gate: str) -> None:
    with pytest.raises(InputError, match="a share against more than all"):
        read_gate(gate)


def test_a_gate_takes_a_whole_share() -> None:
    assert read_gate("precision of esc.churn >= 100%").bound == 1.0


def test_numbers_of_tracks_are_some_from_one_up() -> None:
    assert numbers("2,1") == (2, 1)
    for typed in ("0", "1,0", "-1", "1.5", "a", "1,,2"):
        with pytest.raises(argparse.ArgumentTypeError):
            numbers(typed)
