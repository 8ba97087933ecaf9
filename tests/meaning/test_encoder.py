"""The sentence encoder: what a text's vector depends on."""

from __future__ import annotations

import numpy as np
import pytest

from coach.meaning import encoder as meaning

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
