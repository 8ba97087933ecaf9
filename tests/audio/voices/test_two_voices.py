"""Two voices told apart, and turns made of them, on made-up vectors."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.voices.turns import CELL, UNSURE, cells_of, confidence_within, turns_of
from audio.voices.two_voices import likeness, steadied, tell_apart

Floats = npt.NDArray[np.float64]


def vectors(who: list[int], *, angle: float = 0.8, noise: float = 0.1, seed: int = 1) -> Floats:
    """Unit vectors about two directions ``angle`` radians apart."""
    random = np.random.default_rng(seed)
    centres = np.zeros((2, 32))
    centres[0, 0] = 1.0
    centres[1, :2] = np.cos(angle), np.sin(angle)
    found = centres[who] + noise * random.standard_normal((len(who), 32)) / np.sqrt(32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.mark.parametrize("share", [0.5, 0.2, 0.06])
@pytest.mark.parametrize("angle", [0.6, 1.0])
def test_two_people_are_found_and_the_first_to_speak_is_the_first(
    share: float, angle: float
) -> None:
    rare = round(200 * share)
    who = [1] * 5 + [0] * (200 - rare) + [1] * (rare - 5)
    points = vectors(who, angle=angle, noise=0.3)
    voices = tell_apart(points.astype(np.float32), np.ones(200))
    assert voices is not None
    assert not voices.one_person
    assert voices.share == pytest.approx(share, abs=0.01)
    like = likeness(points.astype(np.float32), voices)
    assert np.mean((like > 0) == (np.array(who) == 0)) > 0.99


def test_two_kinds_of_sound_are_not_taken_for_two_people() -> None:
    who = [0] * 30 + [1] * 30 + [0] * 30
    points = vectors(who)
    points[:, 5] += 0.6 * (-1.0) ** np.arange(len(who))
    points = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    middles = 0.2 * np.arange(len(who))
    voices = tell_apart(steadied(points, middles), np.ones(len(who)))
    assert voices is not None
    assert np.mean((likeness(points, voices) > 0) == (np.array(who) == 1)) > 0.95


def test_windows_that_lie_apart_in_time_are_no_neighbours() -> None:
    points = vectors([0, 1, 0, 1]).astype(np.float32)
    assert steadied(points, np.array([0.0, 1.0, 2.0, 3.0])) == pytest.approx(points, abs=1e-6)
    assert len(steadied(points[:1], np.zeros(1))) == 1


def test_one_person_is_not_taken_for_two() -> None:
    voices = tell_apart(vectors([0] * 300, noise=0.4).astype(np.float32), np.ones(300))
    assert voices is not None
    assert voices.one_person


def test_too_little_tells_nothing() -> None:
    assert tell_apart(vectors([0, 1, 0]).astype(np.float32), np.ones(3)) is None


def test_a_long_call_is_learnt_from_a_part_of_it() -> None:
    who = ([0] * 20 + [1] * 20) * 200
    voices = tell_apart(vectors(who, noise=0.3).astype(np.float32), np.ones(len(who)))
    assert voices is not None
    assert voices.share == pytest.approx(0.5, abs=0.02)


def speech_of(pattern: str) -> npt.NDArray[np.bool_]:
    return np.array([c != "." for c in pattern for _ in range(5)])


def likeness_of(pattern: str) -> Floats:
    """Half a second a letter: a and b are the two, . is silence, ? is either's."""
    values = {"a": -0.8, "b": 0.8, ".": 0.0, "?": 0.02}
    return np.array([values[c] for c in pattern for _ in range(5)])


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("aaaa..bbbb", [(0.0, 2.5, 0), (2.5, 5.0, 1)]),
        ("aaaabbbb", [(0.0, 2.0, 0), (2.0, 4.0, 1)]),
        ("aa..aa", [(0.0, 3.0, 0)]),
        ("bb..aa", [(0.0, 1.5, 1), (1.5, 3.0, 0)]),
        ("..aa.b.aa..", [(0.0, 2.2, 0), (2.2, 3.2, 1), (3.2, 5.5, 0)]),
        ("....", []),
    ],
)
def test_turns_change_in_pauses_and_cover_the_call(
    pattern: str, wanted: list[tuple[float, float, int]]
) -> None:
    turns = turns_of(likeness_of(pattern), speech_of(pattern))
    assert [turn.speaker for turn in turns] == [speaker for _, _, speaker in wanted]
    for turn, (start, end, _) in zip(turns, wanted, strict=True):
        assert turn.start == pytest.approx(start, abs=0.16)
        assert turn.end == pytest.approx(end, abs=0.16)
        assert turn.sure


def test_a_blip_in_the_midst_of_speech_is_no_turn() -> None:
    cells = likeness_of("aaaaaaaa")
    cells[18:20] = 0.8
    assert len(turns_of(cells, speech_of("aaaaaaaa"))) == 1


def test_what_may_be_eithers_is_left_open() -> None:
    pattern = "aaaa..??..bbbb"
    turns = turns_of(likeness_of(pattern), speech_of(pattern))
    assert confidence_within(turns, 0.0, 1.5) > 0.9
    alone = turns_of(likeness_of("??"), speech_of("??"))
    assert [turn.sure for turn in alone] == [False]


def test_the_confidence_of_an_utterance_is_that_of_its_turns() -> None:
    turns = turns_of(likeness_of("aaaa..bbbb"), speech_of("aaaa..bbbb"))
    assert confidence_within(turns, 0.2, 1.8) == pytest.approx(turns[0].confidence)
    both = confidence_within(turns, 1.5, 3.5)
    assert min(t.confidence for t in turns) <= both <= max(t.confidence for t in turns)
    assert confidence_within((), 0.0, 1.0) == 0.5


@given(
    st.lists(st.sampled_from("ab.?"), min_size=1, max_size=40).map("".join),
    st.integers(0, 2**16),
)
def test_turns_always_cover_everything_without_a_gap(pattern: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = likeness_of(pattern) + 0.4 * random.standard_normal(len(pattern) * 5)
    turns = turns_of(cells, speech_of(pattern))
    if not turns:
        assert set(pattern) == {"."}
        return
    assert turns[0].start == 0.0
    assert turns[-1].end == pytest.approx(len(pattern) * 5 * CELL)
    for one, after in itertools.pairwise(turns):
        assert one.end == after.start
        assert one.speaker != after.speaker
    assert all(0.0 <= turn.confidence <= 1.0 for turn in turns)


def test_cells_near_no_window_know_nothing() -> None:
    cells = cells_of(np.array([1.0]), np.array([0.45]), np.array([1.0]), 20)
    assert cells[4] == 1.0
    assert cells[15] == 0.0
    assert 0.5 < UNSURE < 1.0
