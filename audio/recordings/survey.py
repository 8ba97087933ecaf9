"""Levels of every channel of a recording, and how two channels compare.

Sound is compared in windows of half a second, each as its spectrum between 250 and 3600 Hz with
the multiples of 50 and 60 Hz left out: neither an offset nor the mains is evidence, and channels
of any rate can be compared bin by bin.
"""

from __future__ import annotations

import functools
import itertools
from array import array
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from audio.samples.chunks import Samples

from .faint import FaintRow, FaintStretch, faint_stretches
from .relation import LEAK, LEAK_DB, SILENCE_DBFS, WINDOW, Lags, Relation, relation_of
from .tones import tone_of

LOWEST, HIGHEST = 250, 3600
"""Hz; what a telephone carries."""

REACH = 0.1
"""Seconds by which a copy or a leak may be late within one file."""

FLAT_DB = -4.0
"""Flatness of the spectrum from which sound is noise; that of noise is -2.5, of speech below
-8 dB."""

CUT = 0.02
"""Share of a window's samples at its very top from which they may be cut peaks: twice as much as
speech has."""

STEP = 0.02
"""Seconds of which the level is taken at a time..."""

STEPS_APART = (1, 4)
"""...and how many steps apart it is compared with itself."""

_BIN = round(1 / WINDOW)  # Hz
_GRID = 16_000  # lags a second at which correlation is looked at
_MAINS = (50, 60)
_RAILWAY = 16.7
_HARMONICS = 8

_Floats = npt.NDArray[np.float64]


class ChannelLevel(msgspec.Struct, frozen=True, kw_only=True):
    """What one channel carries. Levels in dB relative to full scale; -100 is nothing."""

    speech: float
    """Level of what stands out from the channel's own noise; leaks do not count."""
    loudest: float
    """Level exceeded in a twentieth of the windows that hold anything."""
    floor: float
    """Level exceeded in nine tenths of all windows."""
    active: float
    """Seconds of what stands out."""
    offset: float
    """Constant part, full scale is 1."""
    hum: float = 0
    """Hz of the mains that is heard throughout, 16.7 of a railway's; 0 where none is."""
    hum_level: float = -100.0
    clipped: float = 0.0
    """Share of samples at the top of cut peaks, in windows that stand out."""
    flatness: float = -100.0
    """Of the spectrum, dB; see FLAT_DB."""
    tones: float = 0.0
    """Seconds of pure tones, such as beeps, which count for nothing above."""
    steadiness: float = 1.0
    """Correlation of the level with itself 20 and 80 ms later, the mean of both. A speaker with his
    pauses has 0.7 to 0.9 in any codec, without a pause 0.5 and more; bytes that no encoder wrote
    have 0.0 to 0.4."""
    tone: int = 0
    """Hz of the tone most often heard, 0 where there is none."""
    briefly: float = -100.0
    """Level exceeded for a second in all, however long the rest is; tones do not count."""

    @property
    def silent(self) -> bool:
        """True where there is nothing on the channel at all."""
        return self.loudest < SILENCE_DBFS and not self.tones


class _ChannelWindows:
    """One channel's figures, one a window."""

    def __init__(self) -> None:
        self.level = array("f")
        self.whole = array("f")
        self.mean = array("f")
        self.flat_top = array("f")
        self.flatness = array("f")
        self.mains = {hertz: array("f") for hertz in _MAINS}
        self.around = array("f")
        self.railway = array("f")
        self.around_railway = array("f")
        self.tone = array("f")
        self.courses = array("d")
        """Of each window, six figures for each of STEPS_APART: see ``_course``."""

    @property
    def course(self) -> _Floats:
        """Shape (windows, distances, 6)."""
        return np.asarray(self.courses, float).reshape(-1, len(STEPS_APART), 6)


class _Pair:
    """Two channels' figures, one a window."""

    def __init__(self) -> None:
        self.correlation = array("f")
        self.delay = array("f")
        self.gain = array("f")


class SurveyWindow(NamedTuple):
    """Half a second of one channel, shape (n,), and its rate in Hz."""

    rate: int
    samples: Samples


class Survey:
    """Takes half a second of every channel at a time; memory grows by some bytes for each."""

    def __init__(self, channels: int, compared: Collection[int] | None = None) -> None:
        """``compared``: numbers of the channels that are compared with each other; None for all."""
        self._rows = [_ChannelWindows() for _ in range(channels)]
        both = range(channels) if compared is None else sorted(compared)
        self._pairs = {pair: _Pair() for pair in itertools.combinations(both, 2)}

    @property
    def rows(self) -> int:
        """How many channels are surveyed."""
        return len(self._rows)

    def push(self, windows: Sequence[SurveyWindow]) -> None:
        """Take in one window of every channel, those of one moment together."""
        spectra = []
        for row, window in zip(self._rows, windows, strict=True):
            spectra.append(_take(row, window))
        for (a, b), pair in self._pairs.items():
            cut = self._rows[a].flat_top[-1], self._rows[b].flat_top[-1]
            one, two = spectra[a], spectra[b]
            if CUT <= cut[0] > cut[1]:
                two = _cut(windows[b], cut[0])
            elif CUT <= cut[1] > cut[0]:
                one = _cut(windows[a], cut[1])
            correlation, delay, gain = _correlate(one, two)
            pair.correlation.append(correlation)
            pair.delay.append(delay)
            pair.gain.append(gain)

    def level(self, channel: int) -> ChannelLevel:
        """What a channel carries."""
        row = self._rows[channel]
        if not row.level:
            nothing = -100.0
            return ChannelLevel(
                speech=nothing, loudest=nothing, floor=nothing, active=0.0, offset=0.0
            )
        levels = np.asarray(row.level, float)
        # Who is silent for an hour and then speaks is not silent.
        tones = np.asarray(row.tone, float)
        sounding = levels[(levels > SILENCE_DBFS) & (tones == 0)]
        floor = float(np.percentile(levels, 10))
        loudest = float(np.percentile(sounding, 95)) if len(sounding) else -100.0
        own = (levels > SILENCE_DBFS) & (levels > loudest - 25.0) & ~self._leaked(channel)
        own &= tones == 0
        # Somebody who speaks all the time leaves no floor to stand out from.
        outstanding = own & (levels > min(floor + 6.0, loudest - 6.0))
        active = outstanding if outstanding.any() else own
        hum, hum_level = _hum(row)
        return ChannelLevel(
            speech=_mean_db(levels[active]) if active.any() else -100.0,
            loudest=loudest,
            floor=floor,
            active=float(np.count_nonzero(active)) * WINDOW,
            offset=float(np.median(row.mean)),
            hum=hum,
            hum_level=hum_level,
            clipped=_median(row.flat_top, active),
            flatness=_median(row.flatness, active) if active.any() else -100.0,
            tones=float(np.count_nonzero(tones)) * WINDOW,
            tone=int(np.median(tones[tones > 0])) if tones.any() else 0,
            steadiness=_steadiness(row.course),
            briefly=_exceeded_by(levels[tones == 0], round(1.0 / WINDOW)),
        )

    def relation(self, first: int, second: int) -> Relation:
        """What two channels have in common; ``first`` is the lower number."""
        pair = self._pairs[first, second]
        one = np.asarray(self._rows[first].level, float)
        two = np.asarray(self._rows[second].level, float)
        found = (np.asarray(row, float) for row in (pair.correlation, pair.delay, pair.gain))
        return relation_of(one, two, Lags(*found))

    def faint(self, gains: Mapping[int, float]) -> tuple[FaintStretch, ...]:
        """Where somebody seems to speak too quietly to be heard on some channels.

        ``gains``: dB by which each of them is raised, by its number.
        """
        rows = [
            FaintRow(
                np.asarray(self._rows[n].level, float) + gain,
                np.asarray(self._rows[n].flatness, float),
                self._leaked(n) | (np.asarray(self._rows[n].tone, float) > 0),
            )
            for n, gain in gains.items()
        ]
        return faint_stretches(rows, WINDOW)

    def is_mix(self, channel: int, others: tuple[int, int]) -> bool:
        """Whether a channel holds what two others hold: each speaks on it as on its own."""
        return all(self._contains(channel, other) for other in others)

    def _contains(self, channel: int, other: int) -> bool:
        pair = self._pairs[min(channel, other), max(channel, other)]
        levels = np.asarray(self._rows[other].level, float)
        heard = levels > max(SILENCE_DBFS, float(np.percentile(levels, 95)) - 15.0)
        alike = np.abs(np.asarray(pair.correlation, float)) >= 0.7
        together = int(np.count_nonzero(alike & heard))
        return together > 0.6 * int(np.count_nonzero(heard))

    def _leaked(self, channel: int) -> npt.NDArray[np.bool_]:
        """Windows in which a channel carries another's sound and nothing else."""
        mine = np.asarray(self._rows[channel].level, float)
        leaked = np.zeros(len(mine), bool)
        for (a, b), pair in self._pairs.items():
            if channel in (a, b):
                other = np.asarray(self._rows[b if a == channel else a].level, float)
                alike = np.abs(np.asarray(pair.correlation, float)) > LEAK
                leaked |= alike & (other - mine > LEAK_DB)
        return leaked


def spectrum(window: SurveyWindow) -> npt.NDArray[np.complex128]:
    """A window's spectrum in steps of 2 Hz up to HIGHEST, scaled to the samples' level."""
    samples = window.samples.astype(np.float64)
    size = round(window.rate * WINDOW)
    if len(samples) != size:
        samples = np.pad(samples[:size], (0, max(0, size - len(samples))))
    bins = np.fft.rfft(samples * _hanning(size)) * (np.sqrt(2 / 0.375) / size)
    wanted = HIGHEST // _BIN + 1
    return np.pad(bins[:wanted], (0, max(0, wanted - len(bins))))


@functools.lru_cache(maxsize=8)
def _hanning(size: int) -> _Floats:
    return np.hanning(size)


_FREQUENCIES = np.arange(HIGHEST // _BIN + 1) * _BIN
_NEAR = {hertz: np.abs((_FREQUENCIES + hertz / 2) % hertz - hertz / 2) <= 4 for hertz in _MAINS}
_SPEECH = (_FREQUENCIES >= LOWEST) & ~_NEAR[50] & ~_NEAR[60]
_LOW = (_FREQUENCIES >= 30) & (_FREQUENCIES <= _HARMONICS * 60)
_LOW_NEAR = {hertz: near & _LOW for hertz, near in _NEAR.items()}
_LOW_REST = _LOW & ~_NEAR[50] & ~_NEAR[60]
_RAILWAY_NEAR = np.abs(_FREQUENCIES - _RAILWAY) <= 4
_RAILWAY_REST = (_FREQUENCIES >= 6) & (_FREQUENCIES <= 28) & ~_RAILWAY_NEAR
_BAND = np.count_nonzero(_FREQUENCIES >= LOWEST)
_EMPTY = 1e-10
_FAINT = -80.0  # dB, below which levels are not told apart


def _take(row: _ChannelWindows, window: SurveyWindow) -> npt.NDArray[np.complex128]:
    samples = window.samples.astype(np.float64)
    bins = spectrum(window)
    power = np.abs(bins) ** 2
    speech = power[_SPEECH]
    # What was left out is put back in proportion, so that the level is that of the band.
    share = len(speech) / _BAND
    row.level.append(_db(float(speech.sum()) / share))
    row.whole.append(_db(float(np.mean(samples**2)) if len(samples) else 0.0))
    row.mean.append(float(samples.mean()) if len(samples) else 0.0)
    row.flat_top.append(_flat_top(samples))
    mean = float(speech.mean())
    row.flatness.append(float(np.mean(10 * np.log10(speech + 1e-20))) - 10 * np.log10(mean + 1e-20))
    tone = tone_of(power, _BIN)
    row.tone.append(tone)
    for hertz in _MAINS:
        # A tone at a multiple of the mains is no hum.
        row.mains[hertz].append(-100.0 if tone else _db(float(power[_LOW_NEAR[hertz]].sum())))
    row.around.append(_db(float(power[_LOW_REST].sum())))
    row.railway.append(_db(float(power[_RAILWAY_NEAR].sum())))
    row.around_railway.append(_db(float(power[_RAILWAY_REST].sum())))
    row.courses.extend(_course(samples, window.rate))
    return np.where(_SPEECH, bins, 0)


def _course(samples: _Floats, rate: int) -> list[float]:
    """Pairs of levels of a window, for each distance: number and sums of x, y, xx, yy, xy."""
    size = round(rate * STEP)
    steps = samples[: len(samples) // size * size].reshape(-1, size)
    bins = np.abs(np.fft.rfft(steps * _hanning(size), axis=1)) ** 2 / size**2
    band = slice(round(LOWEST * STEP), round(HIGHEST * STEP) + 1)
    levels = np.maximum(10 * np.log10(bins[:, band].sum(axis=1) + _EMPTY), _FAINT)
    figures: list[float] = []
    for apart in STEPS_APART:
        here, later = levels[:-apart], levels[apart:]
        sums = (one.sum() for one in (here, later, here**2, later**2, here * later))
        figures += [float(len(here)), *map(float, sums)]
    return figures


def _steadiness(course: _Floats) -> float:
    """See ``ChannelLevel.steadiness``; ``course`` has the shape (windows, distances, 6)."""
    return float(np.mean([_correlation(figures) for figures in course.sum(axis=0)]))


def _correlation(figures: _Floats) -> float:
    """Of all pairs; 1 where the level never changes."""
    count, x, y, xx, yy, xy = figures
    if not count:
        return 1.0
    varies = float((xx - x * x / count) * (yy - y * y / count))
    return float((xy - x * y / count) / varies**0.5) if varies > 0 else 1.0


def _cut(window: SurveyWindow, share: float) -> npt.NDArray[np.complex128]:
    """A window's spectrum with so large a share of its samples at the top of cut peaks.

    Of a copy that is clipped the same samples are, so that nothing but the level differs.
    """
    top = np.float32(np.quantile(np.abs(window.samples), 1 - share))
    cut = SurveyWindow(window.rate, np.clip(window.samples, -top, top))
    return np.where(_SPEECH, spectrum(cut), 0)


def _correlate(
    one: npt.NDArray[np.complex128], two: npt.NDArray[np.complex128]
) -> tuple[float, float, float]:
    """The strongest correlation, negative where one is turned over, the second's delay, its gain.

    Delay in seconds; gain in dB.
    """
    powers = [float(np.sum(np.abs(bins) ** 2)) for bins in (one, two)]
    gain = _db(powers[1]) - _db(powers[0])
    energy = float(np.sqrt(powers[0] * powers[1]))
    if energy < _EMPTY:
        return 0.0, 0.0, gain
    size = round(_GRID * WINDOW)
    cross = np.fft.irfft(two * one.conj(), size) * (size / 2)
    reach = round(REACH * _GRID)
    lags = np.concatenate([np.arange(reach + 1), np.arange(-reach, 0)])
    # A late copy has left a part of the window by so much.
    found = cross[lags] / (energy * (1 - np.abs(lags) / size))
    best = int(np.argmax(np.abs(found)))
    return float(np.clip(found[best], -1, 1)), float(lags[best]) / _GRID, gain


def _exceeded_by(levels: npt.NDArray[np.float64], count: int) -> float:
    """The level that so many windows reach; -100 where there are fewer."""
    return float(np.sort(levels)[-count]) if len(levels) >= count else -100.0


def _hum(row: _ChannelWindows) -> tuple[float, float]:
    """The mains that is heard throughout: Hz and level.

    A railway's third multiple is 50 Hz, so it is looked for first.
    """
    low, beside = (float(np.percentile(one, 20)) for one in (row.railway, row.around_railway))
    if low >= -55.0 and low >= beside + 10.0:
        return _RAILWAY, low
    around = float(np.percentile(row.around, 20))
    found = {hertz: float(np.percentile(row.mains[hertz], 20)) for hertz in _MAINS}
    hertz = max(found, key=lambda one: found[one])
    level = found[hertz]
    if level < -55.0 or level < around + 10.0 or level < min(found.values()) + 3.0:
        return 0, -100.0
    return hertz, level


def _flat_top(samples: _Floats) -> float:
    """Share of samples that lie at the very top or bottom of what there is."""
    if not len(samples):
        return 0.0
    centred = np.abs(samples)
    top = float(centred.max())
    return float(np.count_nonzero(centred >= 0.99 * top)) / len(samples) if top > 0 else 0.0


def _median(values: array[float], chosen: npt.NDArray[np.bool_]) -> float:
    taken = np.asarray(values, float)[chosen]
    return float(np.median(taken)) if len(taken) else 0.0


def _mean_db(levels: _Floats) -> float:
    return float(10 * np.log10(np.mean(10 ** (levels / 10))))


def _db(power: float) -> float:
    return 10 * float(np.log10(power + _EMPTY))
