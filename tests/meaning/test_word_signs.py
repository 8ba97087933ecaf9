"""Words as signs of cues: what a score is made of, kept exactly in a small file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.meaning.encoder import encoder, facts, heads, vectors_of
from coach.meaning.word_signs import (
    BUCKETS,
    WordSigns,
    buckets_of,
    length_of,
    opened_signs,
    save_signs,
)


def signs(**says: tuple[int, int]) -> WordSigns:
    """Two cues; of each word what it says for either, in eighths."""
    table = np.zeros((BUCKETS, 2), np.int8)
    for word, weights in says.items():
        (bucket,) = buckets_of(word)
        table[bucket] = weights
    eighths = np.array([0.125, 0.125], np.float32)
    return WordSigns(table, eighths, np.array([-1.0, -2.0], np.float32))


def test_a_score_is_the_sum_of_its_words_by_their_length() -> None:
    said = signs(manager=(80, 0), gas=(-16, 64))
    none, one, both = said.scores(["well", "a manager", "gas manager"])
    assert none.tolist() == [-1.0, -2.0]
    assert one.tolist() == pytest.approx([-1.0 + 10.0 / 3**0.5, -2.0])  # two words and a pair
    assert both.tolist() == pytest.approx([-1.0 + 8.0 / 3**0.5, -2.0 + 8.0 / 3**0.5])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I waited for HOURS!", "i waiting for hour"),
        ("it\N{RIGHT SINGLE QUOTATION MARK}s broken", "it's broken"),
        ("waits, waited", "wait wait"),
    ],
)
def test_case_stops_and_endings_say_nothing(one: str, other: str) -> None:
    assert buckets_of(one) == buckets_of(other)


def test_the_order_of_words_says_something() -> None:
    assert buckets_of("call you back") != buckets_of("back call you")


def test_a_cue_may_count_more_than_another() -> None:
    said = signs(manager=(80, 16)).weighed(np.array([2.0, 0.5], np.float32))
    assert said.scores(["manager"]).tolist() == [[2.0 * (-1.0 + 10.0), 0.5 * (-2.0 + 2.0)]]


def test_nothing_said_is_no_sign() -> None:
    assert buckets_of(" … ") == Counter()
    assert length_of(Counter()) == 1.0
    assert signs().scores(["…"]).tolist() == [[-1.0, -2.0]]
    assert signs().scores([]).shape == (0, 2)


def test_cues_behind_those_that_are_known_have_no_signs() -> None:
    said = signs(manager=(80, 0))
    wider = said.widened(3)
    assert wider.scores(["a manager"])[0].tolist() == [*said.scores(["a manager"])[0].tolist(), 0.0]


@given(st.lists(st.text(max_size=40), max_size=4))
def test_a_text_scores_the_same_in_any_company(texts: list[str]) -> None:
    said = heads().words
    together = said.scores(texts)
    assert together.shape == (len(texts), len(facts().cues))
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, said.scores([text])[0])


def test_signs_are_kept_to_the_bit_and_the_same_signs_in_the_same_bytes(tmp_path: Path) -> None:
    said = heads().words
    for name in ("one.npz", "other.npz"):
        save_signs(tmp_path / name, said)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()
    for kept, shipped in zip(opened_signs(tmp_path / "one.npz"), said, strict=True):
        assert np.array_equal(kept, shipped)
        assert kept.dtype == shipped.dtype


@pytest.mark.meaning
def test_a_cue_has_what_the_encoder_and_the_words_say_together() -> None:
    texts = ["let me speak to your manager", "thanks, bye"]
    model = encoder()
    vectors = model.encode(texts)
    alone = vectors @ heads().weights.T + heads().bias
    assert model.trained(vectors, texts) == pytest.approx(alone + heads().words.scores(texts))


def test_journals_name_the_scores_beside_the_vectors() -> None:
    assert facts().judge == f"{facts().name}+{facts().scores}"
    assert vectors_of(facts().judge) == vectors_of(facts().name) == facts().name
