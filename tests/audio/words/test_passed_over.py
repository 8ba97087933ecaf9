from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.words.hypothesis import OpenWords
from audio.words.passed_over import with_passed_over, withdrawn
from coach.events import Word


def words(text: str, start: float = 0.0) -> tuple[Word, ...]:
    return tuple(
        Word(text=one, start=start + i * 0.25, end=start + i * 0.25 + 0.25, confidence=0.5)
        for i, one in enumerate(text.split())
    )


PENSIONER = "I am a pensioner. I cannot pay that."


@pytest.mark.parametrize(
    ("decode", "kept"),
    [
        ("I cannot pay that.", PENSIONER),
        ("I am a pensioner.", PENSIONER),
        ("I am", PENSIONER),
        ("", PENSIONER),
        (PENSIONER, PENSIONER),
        # Read differently, or written differently: the decode's own words.
        ("I can't pay that.", "I can't pay that."),
        ("I am a pension I cannot pay that.", "I am a pension I cannot pay that."),
        # One word is no sentence.
        ("I am a pensioner. I cannot that.", "I am a pensioner. I cannot that."),
    ],
)
def test_a_sentence_that_a_decode_passes_over_stays(decode: str, kept: str) -> None:
    said = words(PENSIONER)
    whole = {word.text: word for word in reversed(said)}
    heard = tuple(
        whole.get(text, Word(text=text, start=i * 0.25, end=i * 0.25 + 0.25, confidence=0.5))
        for i, text in enumerate(decode.split())
    )
    merged = with_passed_over(heard, said)
    assert " ".join(word.text for word in merged) == kept
    assert with_passed_over(merged, said) == merged
    one = OpenWords()
    one.draft(said, skipped=0, heard=9.0)
    one.draft(said, skipped=0, heard=9.0)
    one.settle(heard, until=9.0)
    assert one.committed_text == kept


def test_a_word_drawn_out_into_the_gap_does_not_hide_it() -> None:
    said = words(PENSIONER)
    drawn = Word(text="I", start=0.0, end=1.25, confidence=0.5)
    merged = with_passed_over((drawn, *said[5:]), said)
    assert " ".join(word.text for word in merged) == PENSIONER
    assert all(one.end <= other.start + 1e-9 for one, other in itertools.pairwise(merged))


@pytest.mark.parametrize(("committed", "decode"), [("call nine one one now", "call 911 now")])
def test_words_written_as_a_number_are_not_passed_over(committed: str, decode: str) -> None:
    heard = words(decode)
    assert with_passed_over(heard, words(committed)) == heard


@pytest.mark.parametrize(
    ("final", "gone"),
    [
        (PENSIONER, ""),
        ("I am a pensioner. I cannot play that.", ""),
        ("I cannot pay that.", "I am a pensioner."),
        ("I am a pensioner.", "I cannot pay that."),
        ("Thank you.", PENSIONER),
        ("", PENSIONER),
    ],
)
def test_what_a_final_no_longer_says_is_told(final: str, gone: str) -> None:
    start = 1.0 if final == "I cannot pay that." else 0.0
    assert withdrawn(words(PENSIONER), words(final, start)) == gone


def test_words_of_another_time_do_not_stand_for_those_passed_over() -> None:
    merged = with_passed_over(words("I cannot pay that.", 1.0), words("I am a pensioner. I"))
    assert " ".join(word.text for word in merged) == PENSIONER


SPOKEN = st.lists(
    st.sampled_from(["no", "yes", "I", "am", "not", "sure", "well"]), min_size=1, max_size=12
)


@given(SPOKEN, st.data())
def test_nothing_is_lost_or_doubled_however_much_is_passed_over(
    spoken: list[str], data: st.DataObject
) -> None:
    said = words(" ".join(f"{one}{i}" for i, one in enumerate(spoken)))
    first = data.draw(st.integers(0, len(said)))
    last = data.draw(st.integers(first, len(said)))
    heard = (*said[:first], *said[last:])
    if last - first != 1:
        assert with_passed_over(heard, said) == said
    assert with_passed_over(said, heard) == said
