import itertools
import math

import numpy as np
import pytest
from every_row import every_row
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.samples.chunks import SAMPLE_RATE, Samples
from audio.samples.resample import Resampler


def _whole(samples: Samples, rate: int, cuts: list[int] | None = None) -> Samples:
    resampler = Resampler(rate)
    pieces = [resampler.push(part) for part in np.split(samples, sorted(cuts or []))]
    return np.concatenate([*pieces, resampler.finish()])


def _tone(hertz: float, rate: int, seconds: float = 1.0) -> Samples:
    times = np.arange(round(rate * seconds)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def _level_db(samples: Samples, low: float, high: float) -> float:
    middle = samples[len(samples) // 10 : -len(samples) // 10].astype(float)
    spectrum = np.abs(np.fft.rfft(middle * np.blackman(len(middle)))) ** 2
    freqs = np.fft.rfftfreq(len(middle), 1 / SAMPLE_RATE)
    return float(10 * np.log10(spectrum[(freqs >= low) & (freqs < high)].sum() + 1e-12))


@pytest.mark.samples
@settings(max_examples=60, deadline=None)
@given(
    rate=st.sampled_from([8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 12345]),
    length=st.integers(0, 9000),
    data=st.data(),
)
def test_output_is_the_same_to_the_last_bit_however_the_input_is_cut(
    rate: int, length: int, data: st.DataObject
) -> None:
    samples = np.random.default_rng(length).uniform(-1, 1, length).astype(np.float32)
    cuts = data.draw(st.lists(st.integers(0, length), max_size=20))
    whole = _whole(samples, rate)
    assert np.array_equal(whole, _whole(samples, rate, cuts))
    assert len(whole) == math.ceil(length * SAMPLE_RATE / rate)


@pytest.mark.samples
@every_row(
    itertools.product(
        [8000, 11025, 22050, 44100, 48000, 96000],
        [100.0, 1000.0, 3000.0],
    )
)
def test_a_tone_keeps_its_time_and_level(rate: int, hertz: float) -> None:
    out = _whole(_tone(hertz, rate), rate)
    expected = _tone(hertz, SAMPLE_RATE)
    inner = slice(800, -800)
    assert np.abs(out[inner] - expected[inner]).max() < 2e-3


@pytest.mark.samples
def test_telephone_sound_gains_no_image_above_its_band() -> None:
    out = _whole(_tone(3000, 8000), 8000)
    assert _level_db(out, 4100, 8000) < _level_db(out, 2900, 3100) - 80


@pytest.mark.samples
def test_sound_above_the_band_does_not_fold_back() -> None:
    out = _whole(_tone(11000, 48000), 48000)
    assert np.abs(out[800:-800]).max() < 0.5 * 10 ** (-80 / 20)


def test_a_rate_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        Resampler(0)
