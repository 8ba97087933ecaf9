"""Measurements of sound whose properties are known by construction."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from every_row import every_row
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.detection.features import FLOOR_DBFS, FULL_SCALE, TELEPHONE_BAND_HZ, measure
from audio.samples.chunks import Samples

SECONDS = 0.5


@functools.cache
def voice(pitch: float, rate: int, *, effort_db: float = 0.0, level: float = 0.1) -> Samples:
    """A buzz like a voice: harmonics fall 6 dB an octave; ``effort_db`` lifts those over 1 kHz."""
    time = np.arange(int(SECONDS * rate)) / rate
    wave = np.zeros_like(time)
    for harmonic in range(1, int(rate / 2 / pitch)):
        hertz = harmonic * pitch
        gain = 10 ** (effort_db / 20) if hertz >= 1000 else 1.0
        wave += gain / harmonic * np.cos(2 * np.pi * hertz * time)
    made = (level * wave / np.abs(wave).max()).astype(np.float32)
    made.flags.writeable = False  # the same for all
    return made


def through_telephone(wave: Samples, rate: int) -> Samples:
    spectrum = np.fft.rfft(wave)
    hertz = np.fft.rfftfreq(len(wave), 1 / rate)
    spectrum[(hertz < TELEPHONE_BAND_HZ[0]) | (hertz > TELEPHONE_BAND_HZ[1])] = 0
    return np.fft.irfft(spectrum, len(wave)).astype(np.float32)


def noise(level: float, count: int = 8000) -> Samples:
    return (level * np.random.default_rng(5).standard_normal(count)).astype(np.float32)


@every_row(range(62, 500, 12))
def test_pitch_is_found_within_two_percent(pitch: int) -> None:
    assert measure(voice(pitch, 16000), 16000).pitch_hz == pytest.approx(pitch, rel=0.02)


@every_row(range(65, 500, 12))
def test_pitch_is_found_where_the_telephone_has_cut_it_off(pitch: int) -> None:
    heard = through_telephone(voice(pitch, 16000), 16000)
    assert measure(heard, 16000).pitch_hz == pytest.approx(pitch, rel=0.02)


@pytest.mark.parametrize("pitch", [90, 150, 220])
def test_pitch_survives_room_noise_20_db_down(pitch: int) -> None:
    wave = voice(pitch, 16000)
    rms = float(np.sqrt(np.mean(wave**2)))
    assert measure(wave + noise(rms / 10), 16000).pitch_hz == pytest.approx(pitch, rel=0.02)


@pytest.mark.parametrize(
    "wave",
    [
        pytest.param(np.zeros(8000, np.float32), id="digital silence"),
        pytest.param(np.full(8000, 0.3, np.float32), id="constant offset"),
        pytest.param(noise(0.1), id="loud noise"),
        pytest.param(noise(1e-4), id="line noise"),
        pytest.param(voice(150, 16000)[:700], id="too short for a period"),
        pytest.param(voice(150, 16000, level=1e-4), id="inaudible voice"),
    ],
)
def test_what_is_not_a_voice_has_neither_pitch_nor_tilt(wave: Samples) -> None:
    features = measure(wave, 16000)
    assert features.pitch_hz is None
    assert features.tilt_db is None


def test_a_pause_in_the_block_does_not_hide_the_voice() -> None:
    wave = voice(140, 16000).copy()
    wave[2000:6000] = 0.0
    assert measure(wave, 16000).pitch_hz == pytest.approx(140, rel=0.02)


def test_levels_of_a_full_scale_sine() -> None:
    time = np.arange(8000) / 16000
    features = measure(np.sin(2 * np.pi * 200 * time).astype(np.float32), 16000)
    assert features.dbfs == pytest.approx(-3.01, abs=0.01)
    assert features.peak_dbfs == pytest.approx(0.0, abs=0.01)


def test_silence_and_nothing_are_at_the_floor() -> None:
    for wave in (np.zeros(8000, np.float32), np.zeros(0, np.float32)):
        features = measure(wave, 16000)
        assert (features.dbfs, features.peak_dbfs, features.clipped) == (
            FLOOR_DBFS,
            FLOOR_DBFS,
            0.0,
        )


def test_clipped_is_the_share_of_samples_at_full_scale() -> None:
    wave = np.zeros(1000, np.float32)
    wave[:30], wave[30:50], wave[50:60] = 1.0, -1.0, FULL_SCALE - 0.01
    assert measure(wave, 16000).clipped == pytest.approx(0.05)


@pytest.mark.parametrize("pitch", [100, 180, 260])
def test_tilt_rises_by_what_is_added_above_the_split(pitch: int) -> None:
    plain = measure(voice(pitch, 16000), 16000).tilt_db
    pressed = measure(voice(pitch, 16000, effort_db=8.0), 16000).tilt_db
    assert plain is not None
    assert pressed is not None
    assert pressed - plain == pytest.approx(8.0, abs=0.5)


def test_tilt_is_the_same_through_the_telephone() -> None:
    wave = voice(160, 16000)
    direct, heard = (measure(w, 16000).tilt_db for w in (wave, through_telephone(wave, 16000)))
    assert direct == pytest.approx(heard, abs=0.3)


def test_a_fricative_does_not_pass_for_effort() -> None:
    hiss = np.diff(noise(0.02, 4001)).astype(np.float32)
    wave = voice(160, 16000)
    mixed = np.concatenate([wave[:4000], hiss])
    assert measure(mixed, 16000).tilt_db == pytest.approx(measure(wave, 16000).tilt_db, abs=1.5)


@settings(max_examples=40, deadline=None)
@given(
    gain_db=st.floats(-30, 18),
    pitch=st.floats(80, 400),
)
def test_gain_changes_the_level_and_nothing_else(gain_db: float, pitch: float) -> None:
    wave = voice(pitch, 16000)
    louder = (wave * 10 ** (gain_db / 20)).astype(np.float32)
    before, after = measure(wave, 16000), measure(louder, 16000)
    assert after.dbfs - before.dbfs == pytest.approx(gain_db, abs=0.01)
    assert after.pitch_hz == pytest.approx(before.pitch_hz, rel=0.005)
    assert after.tilt_db == pytest.approx(before.tilt_db, abs=0.1)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(0, 9000),
    scale=st.sampled_from([0.0, 1e-6, 0.01, 0.5, 1.0, 40.0]),
    rate=st.sampled_from([8000, 16000, 48000]),
)
def test_every_block_gives_finite_figures_in_range(
    seed: int, count: int, scale: float, rate: int
) -> None:
    wave = (scale * np.random.default_rng(seed).uniform(-1, 1, count)).astype(np.float32)
    features = measure(wave, rate)
    assert FLOOR_DBFS <= features.dbfs <= features.peak_dbfs + 1e-6
    assert 0.0 <= features.clipped <= 1.0
    assert features.pitch_hz is None or 55 <= features.pitch_hz <= 510
    assert features.tilt_db is None or math.isfinite(features.tilt_db)
    assert measure(wave, rate) == features
