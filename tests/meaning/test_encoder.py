"""The sentence encoder: what a text's vector depends on."""

from __future__ import annotations

import numpy as np
import pytest

from coach.meaning import encoder as meaning
from coach.meaning.clauses import spans_of
from coach.training.meaning.lines import read_ordinary

pytestmark = pytest.mark.meaning

TEXTS = (
    "let me speak to your manager",
    "no",
    "I have been waiting for forty minutes and nobody ever called me back about the bill",
    "there is a smell of gas in the kitchen",
    "thank you so much, that is brilliant",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_vector_is_the_same_in_any_company(text: str) -> None:
    shipped = meaning.encoder()

    def fresh() -> meaning.SentenceEncoder:
        return meaning.SentenceEncoder(
            shipped.facts, shipped._network, shipped._tokenizer, shipped._heads
        )

    (alone,) = fresh().encode([text])
    together = fresh().encode(TEXTS)[TEXTS.index(text)]
    after = fresh()
    after.encode(TEXTS[:3])
    assert np.array_equal(alone, together)
    assert np.array_equal(alone, after.encode([text])[0])


def test_nothing_to_encode_is_no_vector() -> None:
    assert meaning.encoder().encode([]).shape == (0, meaning.facts().dimensions)


LEVELS = (15, 7)
LEFT_OUT = 2
"""Of the background, as ``make_model.py`` writes it: its whole numbers, and every so many texts of
our own talk that do not ship."""


def test_vectors_are_those_of_the_processor_that_counted_on_them() -> None:
    """The shipped background was made where the curves were counted; every machine gives the same.

    A figure on the border between two whole numbers may fall either way.
    """
    parts = (read_ordinary(), read_ordinary(kept_back=True))
    own = [
        text
        for part in parts
        for texts in (part.customer, part.agent)
        for number, text in enumerate(texts)
        if number % LEFT_OUT
    ]
    clauses = [
        " ".join(text.split()[first : last + 1]) for text in own for first, last in spans_of(text)
    ]
    shipped = meaning.background().small
    assert len(clauses) == len(shipped)
    drawn = range(0, len(clauses), len(clauses) // 40)
    vectors = meaning.encoder().encode([clauses[number] for number in drawn])
    made = np.stack([meaning.coarse(vector, LEVELS) for vector in vectors])
    assert (made == shipped[drawn]).mean() > 0.995
