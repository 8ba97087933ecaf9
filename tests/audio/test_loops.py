from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.loops import PHRASE_ROUNDS, SHORT, SHORT_ROUNDS, cut_repetition


@pytest.mark.parametrize("length", [SHORT, SHORT + 1, 9])
def test_phrase_that_comes_back_is_cut_to_one_round(length: int) -> None:
    phrase = list(range(100, 100 + length))
    assert cut_repetition([1, 2, *phrase * PHRASE_ROUNDS, 3]) == [1, 2, *phrase]
    twice = [1, 2, *phrase * (PHRASE_ROUNDS - 1), 3]
    assert cut_repetition(twice) == twice


@pytest.mark.parametrize("length", range(1, SHORT))
def test_short_repetitions_are_how_people_speak(length: int) -> None:
    phrase = list(range(100, 100 + length))
    often = phrase * (SHORT_ROUNDS - 1)
    assert cut_repetition(often) == often
    assert cut_repetition(phrase * SHORT_ROUNDS) == phrase


@given(st.lists(st.integers(0, 1000), unique=True))
def test_text_without_repetition_is_left_alone(tokens: list[int]) -> None:
    assert cut_repetition(tokens) == tokens


@given(
    st.lists(st.integers(0, 50), max_size=10, unique=True),
    st.lists(st.integers(100, 200), min_size=SHORT, max_size=8, unique=True),
    st.integers(PHRASE_ROUNDS, 20),
)
def test_what_is_left_holds_no_loop(before: list[int], phrase: list[int], rounds: int) -> None:
    assert cut_repetition([*before, *phrase * rounds]) == [*before, *phrase]
