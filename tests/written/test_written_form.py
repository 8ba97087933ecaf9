"""What was heard, and how a person would write it."""

from __future__ import annotations

import re

import pytest
from any_text import ANY
from every_row import every_row
from hypothesis import example, given
from hypothesis import strategies as st
from written_forms import (
    AMOUNTS,
    CODES,
    DATES,
    DIVIDED,
    FIGURES,
    HESITATIONS,
    MENDED,
    NEAR_MISSES,
    SPOKEN,
    TIMES,
)

from coach.notes.written.form import NOTHING_SAID, written, written_text

FORMS = [*FIGURES, *AMOUNTS, *DATES, *TIMES, *CODES, *MENDED, *DIVIDED, *HESITATIONS, *SPOKEN]


@every_row(FORMS)
def test_it_reads_as_it_should(heard: str, expected: str) -> None:
    assert written_text(heard) == expected


@every_row(NEAR_MISSES)
def test_near_misses_stay(heard: str) -> None:
    assert written_text(heard) == heard


@every_row(FORMS)
def test_what_is_written_stays_as_it_is(heard: str, expected: str) -> None:
    del heard
    assert written_text(expected) == expected


@every_row(FORMS)
def test_capitals_and_a_full_stop_change_nothing(heard: str, expected: str) -> None:
    if heard.endswith((".", "?")):
        return
    assert written_text(heard + ".").rstrip(".") == expected.rstrip(".")


def test_the_tables_are_as_long_as_they_say() -> None:
    assert len(FORMS) >= 150
    assert len(NEAR_MISSES) >= 60


DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@given(
    groups=st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=4),
    nought=st.sampled_from(["zero", "oh"]),
    figures=st.booleans(),
    within=st.sampled_from([" ", "-", ", "]),
    between=st.sampled_from([" ", ", ", ". ", "; ", " - "]),
    before=st.sampled_from(["", "it's ", "my number is ", "my account number is ", "sort code "]),
    behind=st.sampled_from(["", ".", ", please."]),
)
@example(
    groups=[[9, 0, 0, 2], [7, 5, 8, 1]],
    nought="zero",
    figures=False,
    within=" ",
    between=", ",
    before="",
    behind="",
)
def test_digits_said_singly_are_the_digits_written(
    groups: list[list[int]],
    nought: str,
    figures: bool,
    within: str,
    between: str,
    before: str,
    behind: str,
) -> None:
    said = ["".join(map(str, group)) for group in groups]
    words = (nought, *DIGITS[1:])
    spoken = [within.join(n if figures else words[int(n)] for n in group) for group in said]
    form = written_text(f"{before}{between.join(spoken)}{behind}").lower()
    signs = re.findall(r"\d|[a-z]+", form)
    values = {word: str(value) for value, word in enumerate(DIGITS)} | {"oh": "0"}
    assert "".join(values.get(s, s if s.isdecimal() else "") for s in signs) == "".join(said)


@pytest.mark.parametrize("language", ["de", "es"])
def test_only_english_is_put_into_another_form(language: str) -> None:
    assert written_text("um one hundred and twenty", language) == "um one hundred and twenty"


def test_every_piece_knows_its_words() -> None:
    text = "Um, it was one hundred dollars on March third."
    pieces = [(p.text, text.split()[p.first : p.last + 1]) for p in written(text).pieces]
    assert pieces == [
        ("It", ["it"]),
        ("was", ["was"]),
        ("$100", ["one", "hundred", "dollars"]),
        ("on", ["on"]),
        ("March 3rd.", ["March", "third."]),
    ]


def test_nothing_but_hesitation_is_not_an_empty_line() -> None:
    assert written_text("Um, uh...") == NOTHING_SAID


SAID = """
    one two ten twenty hundred thousand and point oh a I dollars cents percent March third of
    double as in for to at dot com pm past half S M 4 55 $19.99 um uh, five. um. nine-two
    x-y-z the dash slash number is
    """
WORDS = st.sampled_from(SAID.split())


@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_every_word_is_in_one_piece_or_a_hesitation(text: str) -> None:
    tokens = text.split()
    covered = [n for p in written(text).pieces for n in range(p.first, p.last + 1)]
    assert covered == sorted(set(covered))
    left = {tokens[n].strip(".,") for n in range(len(tokens)) if n not in covered}
    assert left <= {"um", "uh"}


@given(st.text(ANY, max_size=80))
def test_no_text_is_too_odd(text: str) -> None:
    written(text)
