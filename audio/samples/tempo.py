"""Sound at another speed and the same pitch (waveform-similarity overlap-add).

Short pieces are taken from the sound at the pace of the speed wanted and laid over each other at
the pace of playing. Each piece is moved by up to ``SEEK`` to where it goes on best from the piece
before, so that the waves of a voice stay whole. At speed 1 the sound comes out as it went in.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .chunks import SAMPLE_RATE, Samples

FRAME = 2 * round(0.016 * SAMPLE_RATE)
"""Samples of a piece: 32 ms, two periods of the lowest voice."""
HOP = FRAME // 2
"""Samples by which pieces are laid apart; half of them overlap."""
SEEK = round(0.008 * SAMPLE_RATE)
"""Samples by which a piece may be moved either way: one period of the lowest voice."""
_WINDOW = np.hanning(FRAME + 1)[:FRAME].astype(np.float32)
"""Its two halves add up to one."""

Read = Callable[[int, int], Samples]
"""Gives so many samples from a place on, zeros outside of the sound."""


class Tempo:
    """One playing of a sound from a place on."""

    def __init__(self, read: Read, start: int, speed: float) -> None:
        """``start``: the sample to begin with; ``speed``: 2 is twice as fast."""
        self._read = read
        self._speed = speed
        self._target = float(start)
        self._tail: Samples | None = None
        """The second half of the latest piece, and how that goes on in the sound; None at first."""
        self._natural = np.zeros(FRAME, np.float32)
        self._ready = np.zeros(0, np.float32)

    @property
    def place(self) -> int:
        """The sample of the sound that is given next, about."""
        return round(self._target - len(self._ready) * self._speed)

    def take(self, count: int) -> Samples:
        """The next samples to play."""
        parts = [self._ready]
        have = len(self._ready)
        while have < count:
            parts.append(self._piece())
            have += HOP
        joined = np.concatenate(parts)
        self._ready = joined[count:]
        return joined[:count]

    def _piece(self) -> Samples:
        at = round(self._target)
        if self._tail is None:
            self._tail = self._read(at, HOP) * _WINDOW[HOP:]
            self._natural = self._read(at, FRAME)
        at += self._moved(at)
        piece = self._read(at, FRAME) * _WINDOW
        out: Samples = self._tail + piece[:HOP]
        self._tail = piece[HOP:]
        self._natural = self._read(at + HOP, FRAME)
        self._target += HOP * self._speed
        return out

    def _moved(self, at: int) -> int:
        """By how much the piece at ``at`` is moved so that it goes on from the one before."""
        around = self._read(at - SEEK, FRAME + 2 * SEEK)
        like: Samples = np.correlate(around, self._natural, "valid")
        power = np.concatenate([[0.0], np.cumsum(around.astype(np.float64) ** 2)])
        energy = power[FRAME:] - power[:-FRAME]
        likeness = like / np.sqrt(energy + 1e-9)
        # Of places that are as good the nearest is taken: silence stays where it is.
        distance = np.abs(np.arange(-SEEK, SEEK + 1))
        return int(np.argmax(likeness - 1e-6 * distance)) - SEEK
