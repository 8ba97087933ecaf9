"""A clock that ran fast or slow is put right to the sample."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.recordings.stretch import Stretch
from audio.samples.chunks import SAMPLE_RATE, Samples

pytestmark = pytest.mark.samples


def played(samples: Samples, speed: float, cuts: list[int] | None = None) -> Samples:
    stretch = Stretch(speed)
    pieces = [stretch.push(piece) for piece in np.split(samples, sorted(cuts or []))]
    return np.concatenate([*pieces, stretch.finish()])


@settings(max_examples=60, deadline=None)
@given(speed=st.floats(0.996, 1.004), length=st.integers(0, 9000), data=st.data())
def test_the_same_however_it_is_cut(speed: float, length: int, data: st.DataObject) -> None:
    samples = np.random.default_rng(length).uniform(-1, 1, length).astype(np.float32)
    cuts = data.draw(st.lists(st.integers(0, length), max_size=8))
    whole = played(samples, speed)
    assert np.array_equal(whole, played(samples, speed, cuts))
    assert len(whole) == (length if speed == 1.0 else math.ceil(length / speed))


@pytest.mark.parametrize("drift", [0.001, -0.001, 0.0001234, -0.00003])
@pytest.mark.parametrize("hertz", [300.0, 1000.0, 3400.0])
def test_a_tone_recorded_with_a_wrong_clock_comes_out_at_its_pitch_and_time(
    hertz: float, drift: float
) -> None:
    times = np.arange(round(20 * SAMPLE_RATE * (1 + drift))) / (SAMPLE_RATE * (1 + drift))
    out = played((0.5 * np.sin(2 * np.pi * hertz * times)).astype(np.float32), 1 + drift)
    assert len(out) == pytest.approx(20 * SAMPLE_RATE, abs=2)
    wanted = 0.5 * np.sin(2 * np.pi * hertz * np.arange(len(out)) / SAMPLE_RATE)
    assert np.abs(out[100:-100] - wanted[100:-100]).max() < 1e-3


def test_a_true_clock_changes_nothing() -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, 5000).astype(np.float32)
    assert np.array_equal(played(samples, 1.0), samples)
