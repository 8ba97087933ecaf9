"""Where meaning is looked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coach.meaning.clauses import MOST, MOST_SPANS, spans_of


def texts(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[first : last + 1]) for first, last in spans_of(text)]


def test_a_short_text_is_one_span() -> None:
    assert texts("nobody called me back") == ["nobody called me back"]


def test_clauses_are_seen_alone_and_with_their_neighbours() -> None:
    found = texts("I have waited two weeks. Nobody ever called me back. What now?")
    assert "Nobody ever called me back." in found
    assert "I have waited two weeks. Nobody ever called me back." in found
    assert "What now?" not in found, "two words mean too little by themselves"
    assert "Nobody ever called me back. What now?" in found


def test_speech_without_punctuation_is_read_in_windows() -> None:
    words = [f"w{n}" for n in range(60)]
    spans = spans_of(" ".join(words))
    assert all(last - first < MOST for first, last in spans)
    assert {n for first, last in spans for n in range(first, last + 1)} == set(range(60))


def test_no_words_have_no_spans() -> None:
    assert spans_of("  ") == []


@given(st.lists(st.sampled_from(["so", "then,", "no.", "well", "yes!", "the"]), max_size=200))
def test_spans_lie_inside_the_text_are_few_and_differ(words: list[str]) -> None:
    spans = spans_of(" ".join(words))
    assert len(spans) <= MOST_SPANS
    assert len(set(spans)) == len(spans)
    assert all(0 <= first <= last < len(words) for first, last in spans)
