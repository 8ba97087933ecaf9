"""Gives a device's sound its place in call time.

Theory of operation. Two clocks disagree: the device counts samples, the call has a clock. They
drift apart by some ten parts in a million, and the two devices of a call drift differently, so
counting samples alone would let the sides slide against each other for as long as the call
lasts. Arrival times alone will not do either: a block may be late by any amount when the
machine is busy, but never early. So samples are counted, and the count is checked against the
*least* lateness of the last seconds, which is that of a block which was not held up. Where it
has moved by more than ``TOLERANCE``, silence is put in or samples are left out, in a quiet
moment if one comes in time.

Whatever happens, the chunks given out join without a gap and never overlap: sound that was
lost is replaced by silence of the same length, with an AudioGap to say so. While a device is
gone its side runs on as silence, so that an open utterance ends and the other side's clock is
never waited for.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.events import AudioGap, Channel

TOLERANCE = 0.03
"""Seconds of disagreement that are let be: less than a syllable, more than scheduling noise."""

FORCED = 0.15
"""Seconds of disagreement that are corrected even in the middle of a word."""

LOOKBACK = 5.0
"""Seconds over which the least lateness is taken."""

SETTLED = 2.0
"""Seconds of arrivals needed before lateness is believed; earliness is believed at once."""

QUIET_DBFS = -50.0
"""Level below which a correction is not heard."""

NOTICEABLE = 0.2
"""Seconds of inserted silence from which it is called a loss: drift never comes to so much."""

REPORT = 10.0
"""Seconds after which a loss that goes on is reported piece by piece."""

Placed = Chunk | AudioGap


class SampleClock:
    """The place of one channel's sound; pure, fed with blocks at 16 kHz."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._position: int | None = None  # call time of the next sample, in samples
        self._arrivals: deque[tuple[float, float]] = deque()  # when, and how late
        self._gap: int | None = None  # first sample of a loss not yet reported

    @property
    def end(self) -> float | None:
        """Call time up to which sound was given out, seconds; None before any."""
        return None if self._position is None else self._position / SAMPLE_RATE

    def place(self, samples: Samples, ended: float, *, lost: int = 0) -> list[Placed]:
        """Take the next block of a stream.

        ``ended``: call time at which its last sample was captured, by the call's clock;
        ``lost``: samples known to be missing just before it, at 16 kHz.
        """
        if self._position is None:
            self._position = max(0, round(ended * SAMPLE_RATE) - len(samples))
        placed = self._silence(lost, ended, "the program was too busy to read") if lost else []
        late = ended - (self._position + len(samples)) / SAMPLE_RATE
        shift = round(self._error(ended, late) * SAMPLE_RATE)
        if shift and not (_quiet(samples) or abs(shift) > FORCED * SAMPLE_RATE):
            shift = 0
        if shift:
            shift = max(shift, -len(samples))
            moved = shift / SAMPLE_RATE
            self._arrivals = deque((at, late - moved) for at, late in self._arrivals)
        if shift > 0:
            cause = "the device left sound out" if shift > NOTICEABLE * SAMPLE_RATE else ""
            placed += self._silence(shift, ended, cause)
        return [*placed, *self._give(samples[max(0, -shift) :])]

    def resume(self, samples: Samples, ended: float, cause: str) -> list[Placed]:
        """Take the first block of a stream that was opened again; ``cause`` of the loss."""
        self._arrivals.clear()
        if self._position is None:
            return self.place(samples, ended)
        start = round(ended * SAMPLE_RATE) - len(samples)
        placed = self._silence(max(0, start - self._position), ended, cause, hold=True)
        placed += self.settle(ended, cause)
        # What the silence has already covered is left out.
        return [*placed, *self._give(samples[max(0, self._position - start) :])]

    def fill(self, until: float, now: float, cause: str) -> list[Placed]:
        """The device is gone: run on as silence up to call time ``until``."""
        if self._position is None:
            return []
        missing = round(until * SAMPLE_RATE) - self._position
        return self._silence(missing, now, cause, hold=True) if missing > 0 else []

    def settle(self, now: float, cause: str) -> list[Placed]:
        """Report the part of a loss that was not reported yet."""
        if self._gap is None or self._position is None or self._gap == self._position:
            self._gap = None
            return []
        start, self._gap = self._gap, None
        return [self._lost(start, self._position, now, cause)]

    def _error(self, ended: float, late: float) -> float:
        """Seconds by which the count is behind the clock (or ahead, negative); 0 if it holds."""
        self._arrivals.append((ended, late))
        while self._arrivals[0][0] < ended - LOOKBACK:
            self._arrivals.popleft()
        least = min(late for _, late in self._arrivals)
        if least < -TOLERANCE:
            return least
        settled = ended - self._arrivals[0][0] >= SETTLED
        return least if settled and least > TOLERANCE else 0.0

    def _silence(self, length: int, now: float, cause: str, *, hold: bool = False) -> list[Placed]:
        """Silence in place of lost sound. ``hold``: report it when it is over or long."""
        if length <= 0 or self._position is None:
            return []
        start = self._position
        if self._gap is None:
            self._gap = start
        placed: list[Placed] = list(self._give(np.zeros(length, np.float32)))
        if not cause:
            self._gap = None
        elif not hold or self._position - self._gap >= REPORT * SAMPLE_RATE:
            placed += self.settle(now, cause)
        return placed

    def _lost(self, start: int, end: int, now: float, cause: str) -> AudioGap:
        return AudioGap(
            at=now,
            channel=self.channel,
            start=start / SAMPLE_RATE,
            end=end / SAMPLE_RATE,
            cause=cause,
        )

    def _give(self, samples: Samples) -> list[Chunk]:
        if not len(samples) or self._position is None:
            return []
        chunk = Chunk(self.channel, self._position / SAMPLE_RATE, samples)
        self._position += len(samples)
        return [chunk]


def _quiet(samples: Samples) -> bool:
    power = float(np.dot(samples, samples)) / max(1, len(samples))
    return 10 * float(np.log10(power + 1e-10)) < QUIET_DBFS
