"""Puts a side's sound right before anybody listens: offset and hum out, level where it belongs.

What is done is fixed from the survey of the recording, so it is the same from the first sample
to the last; nothing is done to a side that needs nothing.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
import numpy.typing as npt

from audio.samples.chunks import SAMPLE_RATE, Samples

from .survey import ChannelLevel

QUIET_DBFS = -48.0
"""Speech below this, between 250 and 3600 Hz, is raised. Ordinary telephone speech lies between
-40 and -20 dBFS there."""

LOUD_DBFS = -7.0
"""Speech above this is lowered: sound beyond full scale, or cut hard at it."""

AIM_DBFS = -30.0
"""Where it is brought."""

MOST_GAIN_DB = 60.0
"""More would only raise the last bit of 16."""

STANDS_OUT_DB = 10.0
"""What is raised must stand out from the noise beside it by so much."""

LONG_ENOUGH = 2.0
"""Seconds of it, or a click would be taken for somebody speaking..."""

VOICED_DB = -7.0
"""...and the flatness below which its spectrum must lie, or noise would be."""

OFFSET = 0.01
"""Constant part from which it is taken out, full scale is 1."""

HUM_DBFS = -45.0
"""Hum from here on is taken out."""


RUMBLE = 70.0
"""Hz below which nobody speaks. The multiples of 16.7 Hz lie too close to be taken out singly."""


class Treatment(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to one side."""

    offset: float = 0.0
    """Taken off every sample, full scale is 1."""
    hum: float = 0
    """Hz of the mains taken out with its multiples; 0 for none. Of a railway's all below RUMBLE."""
    gain_db: float = 0.0


def treatment_for(level: ChannelLevel) -> Treatment:
    """What a side of such a level needs."""
    return Treatment(
        offset=level.offset if abs(level.offset) >= max(OFFSET, _share(level)) else 0.0,
        hum=level.hum if level.hum_level >= HUM_DBFS else 0,
        gain_db=_gain(level),
    )


def _share(level: ChannelLevel) -> float:
    """What speech by itself may leave as its mean: a third of its own level."""
    return 0.3 * float(10 ** (level.speech / 20))


def _gain(level: ChannelLevel) -> float:
    stands_out = level.loudest - level.floor >= STANDS_OUT_DB and level.active >= LONG_ENOUGH
    spoken = stands_out and level.flatness < VOICED_DB
    if level.speech > LOUD_DBFS or (level.speech < QUIET_DBFS and spoken):
        return min(AIM_DBFS - level.speech, MOST_GAIN_DB)
    return 0.0


class Conditioner:
    """Treats one side's sound at 16 kHz as a stream; the same however it is cut up."""

    def __init__(self, treatment: Treatment) -> None:
        self._gain = np.float32(10 ** (treatment.gain_db / 20))
        self._offset = np.float32(treatment.offset)
        self._filter = Filter(_without_mains(treatment.hum)) if treatment.hum else None

    def push(self, samples: Samples) -> Samples:
        """Take the next sound, shape (n,); give what is ready."""
        if self._offset:
            samples = samples - self._offset
        if self._filter is not None:
            samples = self._filter.push(samples)
        return self._levelled(samples)

    def finish(self) -> Samples:
        """Give the rest; as many samples come out in all as went in."""
        if self._filter is None:
            return np.empty(0, np.float32)
        return self._levelled(self._filter.finish())

    def _levelled(self, samples: Samples) -> Samples:
        return samples if self._gain == 1 else np.clip(samples * self._gain, -1.0, 1.0)


class Filter:
    """A filter around zero delay as a stream, computed in blocks counted from the first sample."""

    _BLOCK = SAMPLE_RATE // 2

    def __init__(self, taps: npt.NDArray[np.float64]) -> None:
        self._reach = len(taps) // 2
        self._size = 1 << math.ceil(math.log2(self._BLOCK + 4 * self._reach))
        self._response = np.fft.rfft(taps, self._size)
        self._held: Samples = np.zeros(self._reach, np.float32)
        self._received = 0
        self._given = 0

    def push(self, samples: Samples) -> Samples:
        """Take the next sound, shape (n,); give what is ready."""
        self._received += len(samples)
        self._held = np.concatenate([self._held, samples], dtype=np.float32)
        return self._drain()

    def finish(self) -> Samples:
        """Give the rest; as many samples come out in all as went in."""
        missing = self._received - self._given
        silence = np.zeros(self._BLOCK + 2 * self._reach, np.float32)
        self._held = np.concatenate([self._held, silence])
        return self._drain()[:missing]

    def _drain(self) -> Samples:
        out = []
        while len(self._held) >= self._BLOCK + 2 * self._reach:
            window = self._held[: self._BLOCK + 2 * self._reach]
            whole = np.fft.irfft(np.fft.rfft(window, self._size) * self._response, self._size)
            out.append(whole[2 * self._reach : 2 * self._reach + self._BLOCK])
            self._held = self._held[self._BLOCK :].copy()
            self._given += self._BLOCK
        return np.concatenate(out).astype(np.float32) if out else np.empty(0, np.float32)


def _without_mains(hertz: float) -> npt.NDArray[np.float64]:
    """Taps that let everything pass but the mains and its multiples up to 1 kHz."""
    length = SAMPLE_RATE // 2 + 1  # half a second resolves 2 Hz
    frequencies = np.fft.rfftfreq(8 * SAMPLE_RATE, 1 / SAMPLE_RATE)
    off = np.abs((frequencies + hertz / 2) % hertz - hertz / 2)
    out = (off < 4.0) & (frequencies < 1000.0 + hertz / 2)
    if hertz < 50:
        out = frequencies < RUMBLE
    wanted = np.where(out, 0.0, 1.0)
    response = np.fft.irfft(wanted)
    half = length // 2
    return np.concatenate([response[-half:], response[: half + 1]]) * np.hanning(length)
