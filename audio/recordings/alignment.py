"""Two sides that began at different times, or whose clocks ran at different speeds.

Nothing in two files says how they lie against each other, but nearly every line lets a little
of one side through to the other. Where a stretch of one is found again in the other, the lag is
known to a millisecond; many such places lie on a line, whose beginning is how much later one
side began and whose slope is how much faster its clock ran.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from audio.samples.chunks import SAMPLE_RATE, Samples

from .survey import HIGHEST, LOWEST, REACH

STEP = 0.5
"""Seconds taken in at a time."""

SOUGHT = 4.0
"""Seconds of the first side that are looked for in the second."""

SURE = 7.5
"""Peak of the correlation against its own noise from which a place counts. Without anything in
common the highest of half a million is about 5."""

ALONE = 1.25
"""How much the peak must stand out from the next."""

NEAR = 0.010
"""Seconds by which a place may lie beside the line: the ways from ear to ear differ."""

FINE = 0.0003
"""Likewise once the speed has been put right, for what is left of it. A clock that is a thousandth
off smears a stretch over four times as much."""

AGREE = 0.3
"""Share of the places that must agree."""

FASTEST_DRIFT = 0.004
"""Share by which clocks may differ; the worst recorders known differ by 0.001."""

SAME = 0.4
"""Correlation from which a place holds one voice and nothing else."""

LATE = 0.15
"""Seconds from which one side counts as late: below it is what lines take."""

DRIFT = 3e-5
"""Share from which the drift is corrected: a tenth of a second in an hour."""

_AT_LEAST = 4  # places on a line

MEASURABLE = _AT_LEAST * SOUGHT
"""Seconds that a recording must last, or there are too few places in it."""

_RATE = SAMPLE_RATE // 2
_QUIET = 1e-4  # root mean square below which nothing is looked for


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """How the second side lies against the first."""

    late: float = 0.0
    """Seconds by which sound comes later in the second at the beginning."""
    drift: float = 0.0
    """Share by which the second's clock ran faster."""
    places: int = 0
    """Places that agree; 0 where nothing is in common and nothing is known."""
    echo: float = 0.0
    """Seconds that sound takes from one side to the other; 0 where it comes one way only, and a
    late beginning cannot be told from an echo."""
    both: bool = False
    """Each side is heard on the other."""

    @property
    def is_late(self) -> bool:
        """Whether the beginning must be put right."""
        return abs(self.late) >= LATE

    @property
    def drifts(self) -> bool:
        """Whether the speed must be put right."""
        return abs(self.drift) >= DRIFT

    @property
    def speed(self) -> float:
        """How much faster than the first the second's clock ran."""
        return 1.0 + self.drift if self.drifts else 1.0

    @property
    def apart(self) -> float:
        """Seconds between a sound and the same on the other side."""
        return max(abs(self.late), self.echo)

    def refined(self, rest: Alignment) -> Alignment:
        """The same with what was measured once it had been put right."""
        if not rest.places:
            return self
        return msgspec.structs.replace(
            self, late=self.late + rest.late, drift=self.drift + rest.drift
        )

    def settled(self, *, together: bool) -> Alignment:
        """What is to be done about it; ``together``: both sides come in one file.

        There, what comes late one way only is an echo and not a late beginning.
        """
        if together and not self.both and abs(self.late) > REACH:
            return Alignment(places=self.places, echo=abs(self.late))
        return self if self.is_late else msgspec.structs.replace(self, late=0.0)


class _Place(NamedTuple):
    """Where a stretch of the first side was found in the second."""

    at: float
    lag: float
    """Seconds."""
    outward: bool
    """It was said on the first side and is heard on the second..."""
    surely: bool
    """...which is sure where nobody else speaks: one of the two is the other, fainter."""


class LagMeter:
    """Takes both sides in step and looks for stretches of the first in the second."""

    def __init__(self, *, reach: float, every: float, most: int, near: float = NEAR) -> None:
        """``reach``: seconds of lag looked at; ``every``: seconds between two stretches.

        ``near``: seconds by which a place may lie beside the line.
        """
        self._near = near
        self._reach = round(reach / STEP)
        self._sought = round(SOUGHT / STEP)
        self._every = round(every / STEP)
        self._most = most
        self._first: deque[Samples] = deque(maxlen=self._reach + self._sought)
        self._second: deque[Samples] = deque(maxlen=2 * self._reach + self._sought)
        self._taken = 0
        self._looked = 0
        self._places: list[_Place] = []

    @property
    def done(self) -> bool:
        """True once enough stretches were looked for."""
        return self._looked >= self._most

    def push(self, first: Samples, second: Samples) -> None:
        """Take in STEP seconds of both at 16 kHz; a shorter end is filled with silence."""
        self._first.append(_halved(first))
        self._second.append(_halved(second))
        self._taken += 1
        # The stretch lies a reach behind, so that both directions are there to look at.
        begin = self._taken - len(self._first)
        if len(self._first) == self._first.maxlen and begin % self._every == 0 and not self.done:
            self._look(begin * STEP)

    def finish(self) -> None:
        """Both sides are at their end."""
        silence = np.zeros(round(STEP * SAMPLE_RATE), np.float32)
        for _ in range(self._reach):
            self.push(silence, silence)

    def alignment(self) -> Alignment:
        """The line on which most places lie."""
        return _line(self._places, self._near)

    def _look(self, begin: float) -> None:
        stretch = np.concatenate(list(self._first)[: self._sought])
        if float(np.sqrt(np.mean(stretch**2))) < _QUIET:
            return
        self._looked += 1
        around = np.concatenate(list(self._second))
        # The window of the second begins a reach before the stretch, if there is so much.
        offset = self._taken * STEP - len(around) / _RATE - begin
        place = _find(stretch, around)
        if place is not None:
            there = around[place : place + len(stretch)]
            here, beyond = float(np.dot(stretch, stretch)), float(np.dot(there, there))
            surely = abs(float(np.dot(stretch, there))) > SAME * (here * beyond) ** 0.5
            lag = place / _RATE + offset
            self._places.append(_Place(begin + SOUGHT / 2, lag, here > beyond, surely))


def measure(pairs: Iterable[tuple[Samples, Samples]], meter: LagMeter) -> Alignment:
    """Run a meter over both sides, STEP seconds at a time, as far as it needs."""
    for first, second in pairs:
        meter.push(first, second)
        if meter.done:
            return meter.alignment()
    meter.finish()
    return meter.alignment()


def _halved(samples: Samples) -> Samples:
    size = round(STEP * SAMPLE_RATE)
    if len(samples) < size:
        samples = np.concatenate([samples, np.zeros(size - len(samples), np.float32)])
    return np.asarray(samples.reshape(-1, 2).mean(axis=1), np.float32)


@functools.cache
def _band(size: int) -> npt.NDArray[np.bool_]:
    """Which frequencies of a spectrum over so many samples are compared."""
    frequencies = np.fft.rfftfreq(size, 1 / _RATE)
    return (frequencies >= LOWEST) & (frequencies <= HIGHEST)


def _find(stretch: Samples, around: Samples) -> int | None:
    """Samples from the beginning of ``around`` at which the stretch is found in it."""
    # What wraps round lies beyond the lags that are looked at.
    size = 1 << (len(around) - 1).bit_length()
    cross = np.fft.rfft(around, size) * np.fft.rfft(stretch, size).conj()
    band = _band(size)
    # Every frequency counts alike: the loud ones of a voice are the same in all voices.
    whitened = np.where(band, cross / (np.abs(cross) + 1e-12), 0)
    found = np.fft.irfft(whitened, size)[: len(around) - len(stretch) + 1]
    found = np.abs(found)
    best, noise = int(np.argmax(found)), float(np.sqrt(np.mean(found**2)))
    peak = float(found[best])
    near = round(0.1 * _RATE)
    found[max(0, best - near) : best + near] = 0.0
    # Sounds that a voice repeats stand out too, but not one of them alone.
    sure = noise > 0 and peak > SURE * noise and peak > ALONE * float(found.max())
    return best if sure else None


def _line(places: Sequence[_Place], near: float = NEAR) -> Alignment:
    """The line on which most places lie, one for each way.

    From the first side to the second the sound comes later, from the second to the first
    earlier, by what the line takes.
    """
    ways = [_way([p for p in places if p.outward is outward], near) for outward in (True, False)]
    found = [way for way in ways if way is not None]
    count = sum(way.places for way in found)
    # Too few places of each way may still lie on one line, where the way takes no time.
    joint = _way(places, near) if count < _AT_LEAST else None
    if joint is not None:
        found, count, ways = [joint], joint.places, [joint, None]
    if count < _AT_LEAST or count < AGREE * len(places):
        return Alignment()
    drift = sum(way.drift * way.places for way in found) / count
    late = sum(way.late for way in found) / len(found)
    outward, inward = ways
    both = all(sum(p.surely and p.outward is way for p in places) >= 2 for way in (True, False))
    if outward is None or inward is None or not both:
        return Alignment(late=late, drift=drift, places=count)
    echo = max(0.0, (outward.late - inward.late) / 2)
    return Alignment(late=late, drift=drift, places=count, echo=echo, both=True)


def _way(places: Sequence[_Place], near: float) -> Alignment | None:
    times = np.array([place.at for place in places])
    lags = np.array([place.lag for place in places])
    best = np.zeros(len(times), bool)
    for one in range(len(times)):
        apart = times - times[one]
        slopes = (lags - lags[one])[apart > SOUGHT] / apart[apart > SOUGHT]
        for slope in [0.0, *slopes[np.abs(slopes) <= FASTEST_DRIFT]]:
            on_it = np.abs(lags - lags[one] - slope * apart) <= near
            if np.count_nonzero(on_it) > np.count_nonzero(best):
                best = on_it
    count = int(np.count_nonzero(best))
    if count < _AT_LEAST - 1:
        return None
    slope, begin = np.polyfit(times[best], lags[best], 1)
    # A slope that moves nothing by more than places vary is none.
    if abs(slope) * float(np.ptp(times[best])) < near / 2:
        return Alignment(late=float(np.median(lags[best])), places=count)
    return Alignment(late=float(begin), drift=float(slope), places=count)
