"""The sentence encoder: what a text's vector depends on."""

from __future__ import annotations

import numpy as np
import pytest

from coach.meaning import encoder as meaning
from coach.meaning.clauses import spans_of
from coach.training.meaning.lines import background_talk

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


def test_vectors_are_those_of_the_processor_that_counted_on_them() -> None:
    """The shipped background was made where the curves were counted; every machine gives the same.

    A figure on the border between two whole numbers may fall either way.
    """
    clauses = [
        " ".join(text.split()[first : last + 1])
        for text in background_talk()
        for first, last in spans_of(text)
    ]
    shipped = meaning.background().small
    assert len(clauses) == len(shipped)
    drawn = range(0, len(clauses), len(clauses) // 40)
    vectors = meaning.encoder().encode([clauses[number] for number in drawn])
    made = np.stack([meaning.coarse(vector, meaning.BACKGROUND_LEVELS) for vector in vectors])
    assert (made == shipped[drawn]).mean() > 0.995
