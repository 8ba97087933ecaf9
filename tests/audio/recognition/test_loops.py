from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.recognition.loops import (
    LEAST_WORD,
    PHRASE_ROUNDS,
    SHORT,
    SHORT_ROUNDS,
    find_repetition,
    once,
    rounds_said,
    says_again,
)
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import Word


def cut(tokens: list[int]) -> list[int]:
    """Up to and including the first round of a loop; all of them where there is none."""
    found = find_repetition(tokens)
    return tokens if found is None else tokens[: found.start + found.length]


@pytest.mark.parametrize("length", [SHORT, SHORT + 1, 9])
def test_phrase_that_comes_back_is_cut_to_one_round(length: int) -> None:
    phrase = list(range(100, 100 + length))
    assert cut([1, 2, *phrase * PHRASE_ROUNDS, 3]) == [1, 2, *phrase]
    twice = [1, 2, *phrase * (PHRASE_ROUNDS - 1), 3]
    assert cut(twice) == twice


@pytest.mark.parametrize("length", range(1, SHORT))
def test_short_repetitions_are_how_people_speak(length: int) -> None:
    phrase = list(range(100, 100 + length))
    often = phrase * (SHORT_ROUNDS - 1)
    assert cut(often) == often
    assert cut(phrase * SHORT_ROUNDS) == phrase


@given(st.lists(st.integers(0, 1000), unique=True))
def test_text_without_repetition_is_left_alone(tokens: list[int]) -> None:
    assert cut(tokens) == tokens


@given(
    st.lists(st.integers(0, 50), max_size=10, unique=True),
    st.lists(st.integers(100, 200), min_size=SHORT, max_size=8, unique=True),
    st.integers(PHRASE_ROUNDS, 20),
)
def test_what_is_left_holds_no_loop(before: list[int], phrase: list[int], rounds: int) -> None:
    assert cut([*before, *phrase * rounds]) == [*before, *phrase]


PHRASE = ["I", "want", "my", "money", "back"]


def rounds(count: int, word: float) -> list[list[Word]]:
    """The phrase so many times, each word so many seconds long."""
    times = [i * word for i in range(count * len(PHRASE))]
    words = [
        Word(text=text, start=at, end=at + word, confidence=0.9)
        for text, at in zip(PHRASE * count, times, strict=True)
    ]
    return [words[i : i + len(PHRASE)] for i in range(0, len(words), len(PHRASE))]


def voice(seconds: float, level: float = 0.1) -> Samples:
    rng = np.random.default_rng(3)
    return rng.normal(0.0, level, int(seconds * SAMPLE_RATE)).astype(np.float32)


@pytest.mark.parametrize("count", [3, 4, 8])
def test_a_person_who_repeats_a_sentence_is_believed(count: int) -> None:
    assert rounds_said(rounds(count, 0.25), voice(count * 1.25)) == count


def test_rounds_in_less_time_than_words_take_are_a_loop() -> None:
    assert rounds_said(rounds(4, LEAST_WORD * 0.9), voice(9.0)) == 1
    assert rounds_said(rounds(4, LEAST_WORD * 1.1), voice(9.0)) == 4


@pytest.mark.parametrize("said", [1, 2, 3])
def test_rounds_where_nobody_speaks_are_a_loop(said: int) -> None:
    quiet = voice(9.0, 0.001)
    quiet[: int(said * 1.25 * SAMPLE_RATE)] += voice(said * 1.25)
    assert rounds_said(rounds(5, 0.25), quiet) == said
    assert rounds_said(rounds(5, 0.25), quiet[: int(said * 1.25 * SAMPLE_RATE)]) == said


def test_a_repetition_knows_its_rounds() -> None:
    found = find_repetition([9, *[1, 2, 3, 4] * 3, 1])
    assert found is not None
    assert (found.rounds, found.end) == (3, 13)
    assert found.spans() == [slice(1, 5), slice(5, 9), slice(9, 13)]


def test_what_was_said_again_in_natural_time_is_told_once() -> None:
    said = [word for part in rounds(4, 0.25) for word in part]
    assert [word.text for word in once(said)] == PHRASE
    crammed = [word for part in rounds(4, 0.05) for word in part]
    assert once(crammed) == crammed


@pytest.mark.parametrize(
    ("said", "copied"),
    [
        ("I need to check my account.", True),
        ("hi, I need to check", True),
        ("I need to", False),
        ("I need to check my balance.", False),
        ("", False),
    ],
)
def test_a_copy_of_the_text_in_front_is_a_loop(said: str, copied: bool) -> None:
    words = [Word(text=one, start=0.0, end=0.1, confidence=0.99) for one in said.split()]
    assert says_again(words, "Hi, I need to check my account.") is copied
    assert not says_again(words, "")
