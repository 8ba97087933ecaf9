"""What was heard, and how a person would write it."""

from __future__ import annotations

import pytest
from any_text import ANY
from every_row import every_row
from hypothesis import given
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
