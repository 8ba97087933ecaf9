"""How likely a third voice is a third person's, from what this call's voices are like."""

import math

import numpy as np
import pytest

from audio.voices.third_odds import third_odds
from audio.voices.third_voice import third_voice
from tests.audio.voices.test_third_voice import ONCE, TALK, A, B, C, much_alike, talk, whose

TURNS = [*TALK, (C, 8), (A, 8), (C, 9), (B, 8), (C, 8)]
GAIN = 0.02


def odds(
    order: list[tuple[int, int]] = TURNS, gain: float = GAIN, spread: float = 0.0, **how: float
) -> float:
    """Nats of the order of ``talk``; ``spread``: how far stretches of one voice are apart."""
    seen = talk(order, **how)
    vectors = seen.vectors.copy()
    turn = np.concatenate([[0], np.cumsum(np.diff(whose(order)) != 0)])
    vectors[np.arange(len(turn)), 10 + turn] += spread
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    path = whose(order)
    centres = np.stack([vectors[path == one].mean(axis=0) for one in (A, B, C)])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return third_odds(seen._replace(vectors=vectors), path, centres, gain)


def test_what_makes_a_third_likelier() -> None:
    usual = odds(alike=1.5)
    assert odds(alike=0.5) > usual, "less like the nearest"
    assert odds(alike=1.5, gain=2 * GAIN) > usual, "three explain more"
    assert odds(alike=1.5, higher=0.5) > odds(alike=1.5, higher=0.0), "another pitch"
    assert odds(alike=1.5, higher=-0.5) == pytest.approx(odds(alike=1.5, higher=0.5))
    assert odds([*TALK, (C, 20), (A, 8), (C, 21)], alike=1.5) > usual, "speaks longer at a time"


def test_a_voice_that_varies_itself_makes_a_third_less_likely() -> None:
    assert odds(alike=1.5, spread=0.5) < odds(alike=1.5)


def test_a_pitch_that_is_not_known_counts_as_neither_the_same_nor_another() -> None:
    assert odds(higher=0.0) < odds() < odds(higher=0.5)


def test_it_is_not_told_of_too_few_stretches_or_where_three_explain_nothing_more() -> None:
    assert odds([(A, 5), (B, 30), (C, 30)], alike=2.0) == -math.inf
    assert odds(gain=0.0) == -math.inf


def test_who_comes_and_goes_is_told_beside_two_who_are_much_alike() -> None:
    """Many direct changes: neither of the two, however much they are alike and he is louder."""
    order = [*TALK * 2, (C, 12), (A, 9), (C, 11), (B, 9), (C, 12), (A, 9), (C, 9), (B, 9), (C, 9)]
    how = {"higher": -0.4, "louder": 8.0}
    assert third_voice(much_alike(order, **how)) is not None
    assert third_voice(much_alike(ONCE, higher=0.0, louder=8.0)) is None


def test_a_shout_is_no_third_however_often_it_comes() -> None:
    order = [*TALK * 2, (C, 12), (A, 9), (C, 11), (B, 9), (C, 12), (A, 9), (C, 9), (B, 9), (C, 9)]
    shout = {"higher": 0.7, "brighter": 3.0, "louder": 8.0}
    assert third_voice(much_alike(order, **shout)) is None
    assert third_voice(much_alike(order, **{**shout, "higher": -0.4})) is not None
