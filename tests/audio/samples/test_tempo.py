"""Sound at another speed keeps its pitch and its length over the speed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from every_row import every_row
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.samples.chunks import SAMPLE_RATE, Samples
from audio.samples.tempo import FRAME, Read, Tempo


def reading(sound: Samples) -> Read:
    def read(first: int, count: int) -> Samples:
        padded = np.pad(sound, (count, count))
        start = min(max(0, first + count), len(padded) - count)
        return padded[start : start + count]

    return read


def tone(hz: float, seconds: float = 2.0) -> Samples:
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.5 * np.sin(2 * np.pi * hz * at)).astype(np.float32)


def loudest_hz(sound: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * SAMPLE_RATE / len(sound))


@every_row(
    itertools.product(
        [110.0, 220.0, 997.0],
        [1.0, 1.25, 1.5, 1.75, 2.0],
    )
)
def test_the_pitch_stays_and_no_wave_breaks(hz: float, speed: float) -> None:
    tempo = Tempo(reading(tone(hz)), 0, speed)
    played = tempo.take(int(1.6 * SAMPLE_RATE / speed))
    assert loudest_hz(played) == pytest.approx(hz, abs=1.5)
    level = np.sqrt(np.mean(played[FRAME:] ** 2))
    assert level == pytest.approx(0.5 / 2**0.5, rel=0.03)
    assert tempo.place == pytest.approx(1.6 * SAMPLE_RATE, abs=FRAME)


def test_at_its_own_speed_sound_comes_out_as_it_went_in() -> None:
    sound = np.random.default_rng(7).normal(0, 0.1, 8000).astype(np.float32)
    played = Tempo(reading(sound), 1000, 1.0).take(4000)
    assert np.allclose(played, sound[1000:5000], atol=1e-5)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=8), st.sampled_from([1.0, 1.5, 2.0]))
def test_it_does_not_matter_in_which_pieces_it_is_taken(counts: list[int], speed: float) -> None:
    sound = tone(180.0, 1.0)
    whole = Tempo(reading(sound), 500, speed).take(sum(counts))
    tempo = Tempo(reading(sound), 500, speed)
    assert np.array_equal(np.concatenate([tempo.take(count) for count in counts]), whole)


def test_silence_stays_silence_and_the_end_is_silent() -> None:
    assert not Tempo(reading(np.zeros(4000, np.float32)), 0, 1.5).take(8000).any()
