"""Takes out of each side what it carries of the other, where lines or recorders leak.

A leak is the other side's sound through a steady filter: fainter, a little late, a little
coloured. The filter is fitted, frequency by frequency, over the moments in which the other side
alone is loud, and what it makes of the other side is subtracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from audio.samples.chunks import SAMPLE_RATE, Samples

from .condition import Filter
from .relation import LEAK_DB
from .survey import HIGHEST, LOWEST, REACH

BLOCK = SAMPLE_RATE // 2
"""Samples of both sides that are treated at a time, whatever is asked for."""

_NEAR = SAMPLE_RATE // 200  # samples of the filter to each side of its peak
_QUIET = 1e-3  # root mean square from which a side is loud enough to fit by: -60 dBFS
_ALONE_DB = 1.0  # above its leak, where the origin's side is heard alone
_AT_LEAST = 4  # blocks
_RECORDED = 0.9  # share of a block's samples that are not nothing, for it to have been recorded

Taps = npt.NDArray[np.float64]
"""A filter around zero delay, an odd number of taps."""

Pair = tuple[Samples, Samples]
"""The agent's and the customer's sound of one moment, of one length."""


def fit(
    pairs: Iterable[Pair],
    heard: tuple[float | None, float | None] = (None, None),
    late: tuple[int, int] = (0, 0),
) -> tuple[Taps | None, Taps | None]:
    """The way from the second side into the first and from the first into the second.

    Takes BLOCK samples of both at a time; None where there is too little to fit by. ``heard``:
    level of each leak against its origin in dB, as the survey found it. ``late``: samples by which
    each leak is known to come later; of one that is late by a fifth of a block a fifth is missed
    otherwise.
    """
    into_first, into_second = fitted(pairs, heard, late)
    return into_first.taps(), into_second.taps()


def fitted(
    pairs: Iterable[Pair], heard: tuple[float | None, float | None], late: tuple[int, int] = (0, 0)
) -> tuple[WayFit, WayFit]:
    """The same, with what is known of how well each way fits."""
    into_first, into_second = (WayFit(*one) for one in zip(heard, late, strict=True))
    for first, second in pairs:
        if len(first) == BLOCK:
            into_first.push(second, first)
            into_second.push(first, second)
    return into_first, into_second


def lateness(ways: tuple[Taps | None, Taps | None]) -> tuple[int, int]:
    """Samples by which each way makes its sound later; 0 where there is none."""
    first, second = (
        0 if taps is None else int(np.argmax(np.abs(taps))) - len(taps) // 2 for taps in ways
    )
    return first, second


class WayFit:
    """One way, from an origin into the side that it is heard on."""

    def __init__(self, level: float | None, late: int) -> None:
        self._late = late
        self._before: Pair = (np.zeros(BLOCK, np.float32), np.zeros(BLOCK, np.float32))
        loudest = -LEAK_DB if level is None else max(-LEAK_DB, level + _ALONE_DB)
        self._loudest = float(10 ** (loudest / 20))
        self._size = 2 * BLOCK
        self._cross = np.zeros(self._size // 2 + 1, complex)
        self._power = np.zeros(self._size // 2 + 1)
        self._heard = np.zeros(self._size // 2 + 1)
        self._blocks = 0

    def push(self, origin: Samples, heard_on: Samples) -> None:
        """Take in a block of both."""
        before, self._before = self._before, (origin, heard_on)
        origin = _earlier(before[0], origin, max(0, self._late))
        heard_on = _earlier(before[1], heard_on, max(0, -self._late))
        loud, faint = _rms(origin), _rms(heard_on)
        if loud < _QUIET or faint > loud * self._loudest:
            return
        # Where nothing at all stands, as before a side began, its recorder heard nobody.
        if np.count_nonzero(heard_on) < _RECORDED * BLOCK:
            return
        shape = np.hanning(BLOCK)
        source = np.fft.rfft(origin * shape, self._size)
        found = np.fft.rfft(heard_on * shape, self._size)
        self._cross += found * source.conj()
        self._heard += np.abs(found) ** 2
        self._power += np.abs(source) ** 2
        self._blocks += 1

    def taps(self) -> Taps | None:
        """The filter; None where there is too little to fit by."""
        if self._blocks < _AT_LEAST:
            return None
        # Where the origin holds nothing, as above a telephone's band, there is nothing to learn.
        response = np.fft.irfft(self._cross / (self._power + 1e-4 * self._power.max()))
        response = np.roll(response, self._late)
        reach = round(REACH * SAMPLE_RATE)
        around = np.concatenate([response[-reach:], response[: reach + 1]])
        peak = int(np.argmax(np.abs(around)))
        near = np.abs(np.arange(len(around)) - peak) <= _NEAR
        return np.where(near, around, 0.0)

    def taken(self) -> float:
        """DB by which the side falls where the origin is heard alone, once its leak is off.

        Noise stays, and so does what a room answers later than the filter lasts, or otherwise
        whenever somebody moves in it.
        """
        taps = self.taps()
        if taps is None:
            return 0.0
        reach = len(taps) // 2
        around = np.zeros(self._size)
        around[: reach + 1], around[-reach:] = taps[reach:], taps[:reach]
        response = np.fft.rfft(np.roll(around, -self._late))
        left = self._heard + np.abs(response) ** 2 * self._power
        left -= 2 * np.real(response.conj() * self._cross)
        hertz = SAMPLE_RATE / self._size
        band = slice(round(LOWEST / hertz), round(HIGHEST / hertz))
        before, after = float(self._heard[band].sum()), float(left[band].sum())
        return float(10 * np.log10(before / max(after, 1e-9 * before))) if before > 0 else 0.0


def without(pairs: Iterable[Pair], ways: tuple[Taps | None, Taps | None]) -> Iterator[Pair]:
    """Both sides without what each carries of the other.

    Pairs of BLOCK samples come in, the last may be shorter; pairs of any length come out.
    """
    into_first, into_second = (None if taps is None else Filter(taps) for taps in ways)
    held: Pair = (np.empty(0, np.float32), np.empty(0, np.float32))
    leaks: Pair = held
    for first, second in pairs:
        held = (_joined(held[0], first), _joined(held[1], second))
        leaks = (
            _joined(leaks[0], _heard(into_first, second)),
            _joined(leaks[1], _heard(into_second, first)),
        )
        ready = min(len(leaks[0]), len(leaks[1]))
        if ready:
            yield (
                _rid(held[0][:ready], leaks[0][:ready]),
                _rid(held[1][:ready], leaks[1][:ready]),
            )
            held, leaks = (
                (held[0][ready:], held[1][ready:]),
                (leaks[0][ready:], leaks[1][ready:]),
            )
    rest = len(held[0])
    if rest:
        ends = [
            np.empty(0, np.float32) if f is None else f.finish() for f in (into_first, into_second)
        ]
        whole = [_filled(_joined(leak, end), rest) for leak, end in zip(leaks, ends, strict=True)]
        yield _rid(held[0], whole[0]), _rid(held[1], whole[1])


def _earlier(before: Samples, samples: Samples, by: int) -> Samples:
    """A block that begins so many samples earlier."""
    return samples if not by else np.concatenate([before[-by:], samples[:-by]])


def _rid(side: Samples, leak: Samples) -> Samples:
    """A side without its leak; where no recorder ran there is none, and nothing to take off."""
    return side - np.where(side == 0.0, np.float32(0.0), leak)


def _heard(way: Filter | None, origin: Samples) -> Samples:
    return np.zeros(len(origin), np.float32) if way is None else way.push(origin)


def _joined(one: Samples, other: Samples) -> Samples:
    return np.concatenate([one, other], dtype=np.float32)


def _filled(samples: Samples, length: int) -> Samples:
    return _joined(samples[:length], np.zeros(max(0, length - len(samples)), np.float32))


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))
