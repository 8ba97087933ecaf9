"""Plain measurements of a block of sound: level, clipping, pitch and spectral tilt.

``measure`` is called twice a second for each channel, so everything is a handful of array
operations over the whole block (well under a millisecond of CPU for half a second).

Pitch
    The period is found where a stretch of the wave differs least from itself shifted by the
    period (the difference function of de Cheveigné and Kawahara, "YIN", 2002, normalised by
    its running mean). It needs no energy at the fundamental itself, which matters because a
    telephone passes nothing below 300 Hz: the harmonics repeat with the same period.
Tilt
    Level in 1000-3400 Hz minus level in 300-1000 Hz, over voiced frames only: a fricative has
    all its energy high up whether it is whispered or shouted. Both bands lie inside the
    telephone band, so a call and a headset recording give comparable figures.

Nothing here knows a speaker or a call; what the figures mean is decided by the engine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from audio.samples.chunks import Samples

FLOOR_DBFS = -100.0
"""Level reported for digital silence."""

FULL_SCALE = 0.98
"""A sample at least this large counts as clipped. The largest value that 8-bit mu-law can
carry is 32124/32768 = 0.9803, so a clipped telephone call is seen as well."""

PITCH_RANGE_HZ = (60.0, 500.0)
"""Creaky men to shouting women; higher pitches do not occur in speech."""

TELEPHONE_BAND_HZ = (300.0, 3400.0)
"""What every telephone network passes (ITU-T G.712)."""

TILT_SPLIT_HZ = 1000.0
"""Where the two bands of the tilt meet: above the first formant of most vowels."""

_FRAME_SECONDS = 0.025
"""Length compared with its shifted self: at least one and a half periods of the lowest pitch."""

_HOP_SECONDS = 0.04

_VOICED_BELOW = 0.25
"""Normalised difference under which a frame counts as voiced: noise stays near 1, a steady
vowel comes under 0.1, mu-law and band-limiting cost the rest."""

_PREFERRED_WITHIN = 0.02
"""The shortest period whose dip is at most this much above the deepest one is taken: twice
the period fits as well as the period itself, so some preference is needed to keep the octave
right; a large one takes a strong overtone of a band-limited voice for the pitch."""

_AUDIBLE_RANGE_DB = 30.0
"""Frames further below the loudest one of the block are pauses or room noise."""

_SILENT_DBFS = -65.0
"""Below this a frame is not looked at: line noise of a good connection."""

_MIN_VOICED_FRAMES = 3
"""Fewer voiced frames (120 ms) than this are a chance resemblance, not a vowel."""

_Floats = npt.NDArray[np.float32]
_Mask = npt.NDArray[np.bool_]


class Features(NamedTuple):
    """Measurements of one block of one channel."""

    dbfs: float
    """Root-mean-square level, dB relative to full scale; ``FLOOR_DBFS`` at digital silence."""
    peak_dbfs: float
    """Level of the largest sample, dB relative to full scale."""
    clipped: float
    """Share of samples at full scale, 0 to 1."""
    pitch_hz: float | None
    """Median fundamental frequency of the voiced frames; None where nothing is voiced."""
    tilt_db: float | None
    """Level in 1000-3400 Hz minus level in 300-1000 Hz over the voiced frames, dB; None where
    nothing is voiced. It rises with vocal effort."""


def measure(samples: Samples, rate: int) -> Features:
    """Measure one block.

    ``samples``: mono, shape (n,), full scale -1 to 1, any n (0.5 s in practice; a block
    shorter than 60 ms has no pitch). ``rate``: samples per second, 16000 in the program;
    at 8000 level and tilt hold, but many a pitch comes out an octave low, because a period is
    too few samples long.
    """
    if len(samples) == 0:
        return Features(FLOOR_DBFS, FLOOR_DBFS, 0.0, None, None)
    wave = np.asarray(samples, dtype=np.float32)
    magnitude = np.abs(wave)
    pitch, tilt = _voice(wave, rate)
    return Features(
        dbfs=_decibels(float(np.dot(wave, wave)) / len(wave)),
        peak_dbfs=_decibels(float(magnitude.max()) ** 2),
        clipped=float(np.count_nonzero(magnitude >= FULL_SCALE)) / len(wave),
        pitch_hz=pitch,
        tilt_db=tilt,
    )


def _decibels(power: float) -> float:
    return float(max(FLOOR_DBFS, 10.0 * np.log10(max(power, 1e-12))))


def _voice(wave: _Floats, rate: int) -> tuple[float | None, float | None]:
    """Pitch and tilt of the voiced part of ``wave``, or None for either."""
    shortest = max(2, int(rate / PITCH_RANGE_HZ[1]))
    longest = int(np.ceil(rate / PITCH_RANGE_HZ[0]))
    width = int(rate * _FRAME_SECONDS)
    centred = wave - np.float32(wave.mean(dtype=np.float64))
    frames = _frames(centred, width + longest + 1, int(rate * _HOP_SECONDS))
    frames = frames[_audible(frames)]
    if len(frames) < _MIN_VOICED_FRAMES:
        return None, None
    frames = frames - frames.mean(axis=1, keepdims=True)
    difference = _normalised_difference(frames, width, longest)
    periods, depth = _periods(difference, shortest)
    voiced = depth < _VOICED_BELOW
    if np.count_nonzero(voiced) < _MIN_VOICED_FRAMES:
        return None, None
    return float(np.median(rate / periods[voiced])), _tilt(frames[voiced], rate)


def _frames(wave: _Floats, length: int, hop: int) -> _Floats:
    """Overlapping views of ``wave``, shape (frames, length)."""
    if len(wave) < length:
        return np.empty((0, length), dtype=np.float32)
    return np.lib.stride_tricks.sliding_window_view(wave, length)[::hop]


def _audible(frames: _Floats) -> _Mask:
    """Which frames carry sound worth a pitch, shape (frames,)."""
    if len(frames) == 0:
        return np.zeros(0, dtype=np.bool_)
    power = np.einsum("ij,ij->i", frames, frames) / frames.shape[1]
    level = 10.0 * np.log10(np.maximum(power, 1e-12))
    audible: _Mask = level > max(_SILENT_DBFS, float(level.max()) - _AUDIBLE_RANGE_DB)
    return audible


def _normalised_difference(frames: _Floats, width: int, longest: int) -> _Floats:
    """Difference of each frame's first ``width`` samples from themselves shifted.

    Shape (frames, longest + 2), indexed by the shift in samples; divided by its running mean
    over the shorter shifts, so 1 is "no resemblance" and 0 "identical".
    """
    shifts = longest + 2
    size = 1 << (frames.shape[1] - 1).bit_length()
    spectrum = np.fft.rfft(frames, size)
    head = np.fft.rfft(frames[:, :width], size)
    product = np.fft.irfft(spectrum * np.conj(head), size)[:, :shifts]
    squares = np.cumsum(np.pad(frames * frames, ((0, 0), (1, 0))), axis=1, dtype=np.float64)
    energy = squares[:, width : width + shifts] - squares[:, :shifts]
    difference = np.maximum(energy[:, :1] + energy - 2.0 * product, 0.0)
    running = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, shifts)
    normalised = np.ones_like(difference)
    normalised[:, 1:] = difference[:, 1:] / np.maximum(running, 1e-12)
    return normalised.astype(np.float32)


def _periods(difference: _Floats, shortest: int) -> tuple[_Floats, _Floats]:
    """Period in samples and depth of its dip, each shape (frames,).

    Both are read off the parabola through a dip and its neighbours: a short period hardly ever
    is a whole number of samples, and its double would look the deeper dip.
    """
    left, here, right = (
        difference[:, shortest + offset : difference.shape[1] - 1 + offset] for offset in (-1, 0, 1)
    )
    dip = (here <= left) & (here < right)
    lean, curve = left - right, np.maximum(left - 2.0 * here + right, 1e-9)
    depth = np.where(dip, np.maximum(here - lean * lean / (8.0 * curve), 0.0), 1.0)
    good = depth <= depth.min(axis=1, keepdims=True) + _PREFERRED_WITHIN
    at = np.argmax(good, axis=1)
    rows = np.arange(len(difference))
    shift = np.clip(0.5 * lean[rows, at] / curve[rows, at], -0.5, 0.5)
    return (at + shortest + shift).astype(np.float32), depth[rows, at].astype(np.float32)


def _tilt(frames: _Floats, rate: int) -> float | None:
    """Level above the split minus level below it, dB, pooled over ``frames``."""
    window = np.hanning(frames.shape[1]).astype(np.float32)
    size = 1 << (frames.shape[1] - 1).bit_length()
    spectrum = np.fft.rfft(frames * window, size)
    power = (spectrum.real**2 + spectrum.imag**2).sum(axis=0)
    low, split, high = (
        round(hz * size / rate)
        for hz in (TELEPHONE_BAND_HZ[0], TILT_SPLIT_HZ, TELEPHONE_BAND_HZ[1])
    )
    below, above = float(power[low:split].sum()), float(power[split:high].sum())
    if below <= 0.0 or above <= 0.0:
        return None
    return float(10.0 * np.log10(above / below))
