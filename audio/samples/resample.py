"""Brings sound of any rate to the program's 16 kHz, as a stream.

A polyphase windowed-sinc filter. Output sample ``m`` is a weighted sum of the input around
time ``m / 16000``; it is computed in blocks of a fixed number of output samples, counted from
the first, so the result is the same to the last bit however the input was cut up.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from .chunks import SAMPLE_RATE, Samples

CROSSINGS = 32
"""Zero crossings of the sinc on each side, counted at the lower of the two rates. With the
Kaiser window below it puts 90 dB between what passes and what is rejected."""

BETA = 9.0
"""Shape of the Kaiser window: about 90 dB of rejection."""

CUTOFF = 0.46
"""Middle of the filter's slope as a share of the lower rate. The slope ends just at half that
rate, so nothing folds back, and telephone speech up to 3.3 kHz passes whole."""

_MANY_PHASES = 16
"""From here on one gathered product is quicker than one strided product a phase."""


class Resampler:
    """Turns mono sound at ``rate`` samples a second into 16 kHz.

    ``push`` takes shape (n,) and gives what is complete; ``finish`` gives the rest. In all,
    ``ceil(n * 16000 / rate)`` samples come out, the first of them at the time of the first
    input sample.
    """

    def __init__(self, rate: int, *, block: float = 0.1) -> None:
        """``block``: seconds of output computed at once; also the delay of the stream."""
        if rate <= 0:
            raise ValueError(f"a sample rate must be positive, not {rate}")
        common = math.gcd(rate, SAMPLE_RATE)
        self._up = SAMPLE_RATE // common
        self._down = rate // common
        self._periods = max(1, round(block * SAMPLE_RATE / self._up))
        self._reach, self._filters = _design(self._up, self._down)
        self._taps = self._filters.shape[1]
        self._first = (np.arange(self._up) * self._down) // self._up
        self._gather = self._gather_table() if self._up >= _MANY_PHASES else None
        self._held: Samples = np.zeros(self._reach, np.float32)
        self._received = 0
        self._given = 0

    def push(self, samples: Samples) -> Samples:
        """Take the next input, give the output it completes; may be empty."""
        self._received += len(samples)
        if self._up == self._down:
            self._given += len(samples)
            return np.asarray(samples, np.float32)
        self._held = np.concatenate([self._held, samples], dtype=np.float32)
        return self._drain()

    def finish(self) -> Samples:
        """Give the end of the stream; the resampler is used up after it."""
        total = -(-self._received * self._up // self._down)
        missing = total - self._given
        if missing <= 0:
            return np.empty(0, np.float32)
        blocks = -(-missing // (self._periods * self._up))
        silence = np.zeros(blocks * self._periods * self._down + self._taps, np.float32)
        self._held = np.concatenate([self._held, silence])
        return self._drain()[:missing]

    def _drain(self) -> Samples:
        step = self._periods * self._down
        need = step + self._taps
        out: list[Samples] = []
        at = 0
        while len(self._held) - at >= need:
            # A copy of its own, so that the arithmetic never depends on where it lies.
            out.append(self._block(self._held[at : at + need].copy()))
            at += step
        if at:
            self._held = self._held[at:].copy()
        self._given += sum(map(len, out))
        return np.concatenate(out) if out else np.empty(0, np.float32)

    def _block(self, window: Samples) -> Samples:
        if self._gather is not None:
            filters = np.broadcast_to(self._filters, (self._periods, self._up, self._taps))
            gathered: Samples = np.einsum("puj,puj->pu", window[self._gather], filters)
            return gathered.reshape(-1)
        out = np.empty((self._periods, self._up), np.float32)
        width = window.itemsize
        for phase, first in enumerate(self._first):
            # A view: every row is ``taps`` samples of the window, ``down`` after the row before.
            rows: Samples = np.ndarray(
                (self._periods, self._taps),
                np.float32,
                buffer=window,
                offset=int(first) * width,
                strides=(self._down * width, width),
            )
            np.einsum("pj,j->p", rows, self._filters[phase], out=out[:, phase])
        return out.reshape(-1)

    def _gather_table(self) -> npt.NDArray[np.intp]:
        periods = np.arange(self._periods)[:, None, None] * self._down
        return periods + self._first[None, :, None] + np.arange(self._taps)[None, None, :]


def _design(up: int, down: int) -> tuple[int, Samples]:
    """How many input samples a filter reaches back, and one filter a phase, (up, taps)."""
    lower = min(1.0, up / down)  # the lower rate, in units of the input's
    half = CROSSINGS / lower
    reach = math.ceil(half)
    phases = (np.arange(up) * down % up) / up
    offsets = np.arange(-reach, reach + 1)
    distance = offsets[None, :] - phases[:, None]
    inside = np.clip(1.0 - (distance / half) ** 2, 0.0, None)
    window = np.i0(BETA * np.sqrt(inside)) / np.i0(BETA)
    width = 2 * CUTOFF * lower
    filters = width * np.sinc(width * distance) * window * (np.abs(distance) <= half)
    filters /= filters.sum(axis=1, keepdims=True)  # every phase passes a steady level unchanged
    return reach, filters.astype(np.float32)
