"""Plays sound of a clock that ran a little fast or slow at its true speed, as a stream.

Output sample ``m`` is the input around place ``m * speed``, read between the samples with a
windowed sinc of which there is one for each of many places; the nearest is taken, which leaves
60 dB between speech and the error.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from audio.samples.chunks import Samples

_REACH = 16  # samples to each side
_PLACES = 1024  # between two samples
_BETA = 8.0  # of the Kaiser window


class Stretch:
    """Takes shape (n,); the same comes out however it is cut up.

    In all, ``ceil(n / speed)`` samples come out.
    """

    def __init__(self, speed: float) -> None:
        """``speed``: how much faster the clock ran; above 1 gives less than comes in."""
        self._speed = speed
        self._filters = _filters() if speed != 1.0 else np.empty((0, 0), np.float32)
        self._held: Samples = np.zeros(_REACH, np.float32)
        self._begins = -_REACH  # place of the first sample held
        self._received = 0
        self._given = 0

    def push(self, samples: Samples) -> Samples:
        """Take the next input, give the output it completes; may be empty."""
        if self._speed == 1.0:
            return samples
        self._received += len(samples)
        self._held = np.concatenate([self._held, samples], dtype=np.float32)
        return self._give(self._begins + len(self._held) - _REACH - 1)

    def finish(self) -> Samples:
        """Give the rest."""
        if self._speed == 1.0:
            return np.empty(0, np.float32)
        self._held = np.concatenate([self._held, np.zeros(2 * _REACH, np.float32)])
        return self._give(self._received)

    def _give(self, end: int) -> Samples:
        """The outputs whose places lie before ``end``."""
        count = max(0, math.ceil(end / self._speed) - self._given)
        numbers = self._given + np.arange(count)
        steps = np.rint(numbers * self._speed * _PLACES).astype(np.int64)
        self._given += count
        whole, part = np.divmod(steps, _PLACES)
        taken = (whole - self._begins - _REACH)[:, None] + np.arange(2 * _REACH + 1)
        out: Samples = np.einsum("mt,mt->m", self._held[taken], self._filters[part])
        done = int(self._given * self._speed) - _REACH - 1 - self._begins
        if done > 0:
            self._held = self._held[done:].copy()
            self._begins += done
        return np.asarray(out, np.float32)


def _filters() -> npt.NDArray[np.float32]:
    """One filter for each place between two samples, shape (places, taps)."""
    parts = np.arange(_PLACES)[:, None] / _PLACES
    distance = np.arange(-_REACH, _REACH + 1)[None, :] - parts
    inside = np.clip(1.0 - (distance / (_REACH + 1)) ** 2, 0.0, None)
    filters = np.sinc(distance) * np.i0(_BETA * np.sqrt(inside)) / np.i0(_BETA)
    filters /= filters.sum(axis=1, keepdims=True)
    return np.asarray(filters, np.float32)
