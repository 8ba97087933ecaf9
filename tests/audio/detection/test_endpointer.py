from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.detection.endpointer import (
    Boundary,
    Endpointer,
    EndpointerSettings,
    EndpointerState,
    Turning,
)
from audio.detection.vad import WINDOW, WINDOW_SECONDS, Window

LOUD = -20.0


def run(probabilities: list[float], dbfs: float = LOUD) -> list[Boundary]:
    endpointer = Endpointer()
    out = [b for p in probabilities for b in endpointer.push(Window(p, dbfs))]
    return out + endpointer.finish()


def windows(seconds: float) -> int:
    return round(seconds / WINDOW_SECONDS)


def test_speech_and_long_silence_make_one_stretch() -> None:
    found = run([0.0] * 5 + [0.9] * 20 + [0.0] * 30)
    assert [b.turning for b in found] == [Turning.STARTED, Turning.PAUSED, Turning.ENDED]
    assert found[0].sample == 5 * WINDOW
    assert found[1].sample == found[2].sample == 25 * WINDOW


def test_click_is_no_speech() -> None:
    assert run([0.0] * 5 + [0.99] * 2 + [0.0] * 30) == []


def test_gap_inside_a_word_is_no_pause() -> None:
    gap = windows(EndpointerSettings().pause) - 1
    found = run([0.9] * 10 + [0.0] * gap + [0.9] * 10 + [0.0] * 30)
    assert [b.turning for b in found] == [Turning.STARTED, Turning.PAUSED, Turning.ENDED]


def test_going_on_after_a_pause_is_said() -> None:
    gap = windows(EndpointerSettings().pause)
    found = run([0.9] * 10 + [0.0] * gap + [0.9] * 10 + [0.0] * 30)
    assert [b.turning for b in found][:3] == [Turning.STARTED, Turning.PAUSED, Turning.RESUMED]
    assert found[2].sample == (10 + gap) * WINDOW


@pytest.mark.parametrize(("probability", "starts"), [(0.49, False), (0.51, True)])
def test_threshold_to_enter(probability: float, starts: bool) -> None:
    assert bool(run([probability] * 10)) is starts


@pytest.mark.parametrize(
    ("probability", "before", "level", "starts"),
    [
        (0.31, -72.0, -30.0, True),
        (0.29, -72.0, -30.0, False),
        (0.31, -50.0, -30.0, False),
        (0.31, -50.0, -24.0, True),
        (0.31, -100.0, -50.0, False),
    ],
)
def test_a_short_word_in_a_silence_begins_on_less_evidence(
    probability: float, before: float, level: float, starts: bool
) -> None:
    endpointer = Endpointer()
    for _ in range(windows(3.0)):
        endpointer.push(Window(0.0, before))
    found = [b for _ in range(6) for b in endpointer.push(Window(probability, level))]
    assert bool(found) is starts


def test_ongoing_sound_is_soon_no_longer_clear_of_the_floor() -> None:
    endpointer = Endpointer()
    music = [Window(0.0, -72.0)] * 10 + [Window(0.0, -20.0)] * windows(8.0)
    assert [b for one in [*music, *[Window(0.45, -20.0)] * 30] for b in endpointer.push(one)] == []


@pytest.mark.parametrize(("probability", "ends"), [(0.34, True), (0.36, False)])
def test_threshold_to_stay(probability: float, ends: bool) -> None:
    endpointer = Endpointer()
    for value in [0.9] * 10 + [probability] * 30:
        endpointer.push(Window(value, LOUD))
    assert (endpointer.state is EndpointerState.SILENT) is ends


def test_far_off_voices_are_no_speech() -> None:
    assert run([0.99] * 40, dbfs=-58.0) == []
    assert run([0.99] * 40, dbfs=-50.0) != []


def test_stream_that_ends_in_speech_is_ended() -> None:
    assert run([0.9] * 10)[-1] == Boundary(Turning.ENDED, 10 * WINDOW)


@given(st.lists(st.floats(0, 1), max_size=200))
def test_boundaries_are_ordered_and_paired(probabilities: list[float]) -> None:
    found = run(probabilities)
    opened = [b for b in found if b.turning is Turning.STARTED]
    ended = [b for b in found if b.turning is Turning.ENDED]
    assert len(opened) == len(ended)
    for start, end in zip(opened, ended, strict=True):
        assert 0 <= start.sample < end.sample <= len(probabilities) * WINDOW
    for end, start in zip(ended, opened[1:], strict=False):
        assert end.sample < start.sample
    kinds = [b.turning for b in found]
    for before, after in itertools.pairwise(kinds):
        allowed = {
            Turning.STARTED: {Turning.PAUSED, Turning.ENDED},
            Turning.PAUSED: {Turning.RESUMED, Turning.ENDED},
            Turning.RESUMED: {Turning.PAUSED, Turning.ENDED},
            Turning.ENDED: {Turning.STARTED},
        }
        assert after in allowed[before]
