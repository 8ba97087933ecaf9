"""Tells a real two-sided recording from one voice track copied onto both channels.

Converting a mono recording "to stereo" puts both speakers on both sides, and every line would
come out twice, once as the agent's and once as the customer's. Over windows of half a second
in which anything is heard, the two sides of such a copy are equal up to the noise of a codec:
correlation close to one, level close to equal. In a real recording they differ as soon as
somebody speaks, even where a little of one side leaks into the other.
"""

from __future__ import annotations

import enum

import numpy as np

from .chunks import SAMPLE_RATE, Samples

WINDOW = 0.5
"""Seconds compared at a time: a few syllables."""

HEARD_DBFS = -50.0
"""A window counts when its louder side is above this; the hum of a line is not evidence."""

ALIKE = 0.95
"""Correlation from which two windows count as the same sound. MP3 at 16 kbit/s leaves a copy
above 0.98; leakage between real sides stays below it as soon as both sides are heard."""

LEVEL_DB = 6.0
"""Leakage is fainter than its origin; a copy is not, by more than a careless balance knob."""

SHIFT = 0.005
"""Seconds by which a codec may have moved one side against the other."""

ENOUGH = 300.0
"""Seconds of sound that are convincing: music on hold is common to both sides for minutes."""

_AT_LEAST = 4  # windows, before any verdict


class Sides(enum.Enum):
    """What two channels turned out to be."""

    UNDECIDED = "undecided"
    REAL = "real"
    COPIED = "copied"


class StereoCheck:
    """Takes both sides in step, half a second at a time, and forms a verdict."""

    def __init__(self) -> None:
        self._heard = 0
        self._alike = 0

    def push(self, left: Samples, right: Samples) -> Sides:
        """Compare one window of each side, shape (n,) both; gives the verdict so far."""
        if max(_dbfs(left), _dbfs(right)) > HEARD_DBFS:
            self._heard += 1
            self._alike += _same(left, right)
        differing = self._heard - self._alike
        if differing >= _AT_LEAST and differing > 0.2 * self._heard:
            return Sides.REAL
        if self._heard * WINDOW >= ENOUGH:
            return self.finish()
        return Sides.UNDECIDED

    def finish(self) -> Sides:
        """The verdict on everything there was."""
        if self._heard < _AT_LEAST:
            return Sides.UNDECIDED
        return Sides.COPIED if self._alike >= 0.95 * self._heard else Sides.REAL


def _same(left: Samples, right: Samples) -> bool:
    if abs(_dbfs(left) - _dbfs(right)) > LEVEL_DB:
        return False
    size = 1 << (2 * len(left) - 1).bit_length()
    cross = np.fft.irfft(np.fft.rfft(left, size) * np.fft.rfft(right, size).conj(), size)
    reach = round(SHIFT * SAMPLE_RATE)
    near = np.concatenate([cross[: reach + 1], cross[-reach:]])
    energy = float(np.sqrt(np.dot(left, left) * np.dot(right, right)))
    return bool(np.abs(near).max() >= ALIKE * energy)


def _dbfs(samples: Samples) -> float:
    power = float(np.dot(samples, samples)) / max(1, len(samples))
    return 10 * float(np.log10(power + 1e-10))
