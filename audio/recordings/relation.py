"""What two channels of a recording have in common, from the figures of their windows.

A mono recording "made stereo" has both speakers on both sides, whatever was done to one of them.
In a real recording the sides differ as soon as somebody speaks, even where a little of one leaks
into the other: a leak is loud where its origin is louder, and a copy differs by the same amount
all the time.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

WINDOW = 0.5
"""Seconds compared at a time: a few syllables."""

ALIKE = 0.95
"""Correlation from which two windows count as the same sound. MP3 at 16 kbit/s leaves a copy
above 0.98; leakage between real sides stays below it as soon as both sides are heard."""

SAME_DB = 3.0
"""What the difference of a copy's level may vary by."""

SAME_S = 0.001
"""Seconds that its delay may vary by..."""

PITCH_S = 0.02
"""...and where it is only much alike: a period of a voice is mistaken for none."""

MUCH_ALIKE = 0.6
"""The same of what stands out from the noise, where the levels differ by ABOUT_AS_LOUD at most: a
codec, a filter or noise of its own on one channel leaves a copy above it. Two people are never as
loud on one channel as on the other in each of their sentences."""

MOSTLY = 0.9
"""Share of such windows that are. In a hiss, or where a word begins or ends, a codec or a filter
leaves little in common."""

ABOUT_AS_LOUD = 6.0
"""dB. An echo of the only one who speaks is much alike too, and lies below."""

OUT_OF_NOISE_DB = 12.0
"""What stands out from the noise."""

STEP_DB, STEP_DB_S, STEP_MOST = 3.0, 0.5, 5.5
"""dB, dB a second and dB at most by which the level of a copy that fades or is clipped may change
from one window of sound to the next. Where two people take turns it jumps by twice their leak,
which is 6 dB and more."""

CLIPPED = 0.04
"""Share of samples at the top of cut peaks from which words suffer. Speech has less than 0.01,
coded in eight bits too."""

LEAK = 0.5
"""Correlation from which the fainter side of a window counts as a leak of the louder one..."""

LEAK_DB = 3.0
"""...where it is so much fainter."""

SILENCE_DBFS = -95.0
"""Below this there is nothing, not even the last bit of 16."""

_AT_LEAST = 4  # windows, before any verdict

_Floats = npt.NDArray[np.float64]


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """What two channels have in common."""

    copied: bool = False
    """One is the other, turned over, late or louder perhaps."""
    turned: bool = False
    """One is the other upside down."""
    delay: float = 0.0
    """Seconds by which all that is on both is later on the second; 0 where that varies."""
    gain: float = 0.0
    """dB by which the second is louder than the first; of a copy."""
    correlation: float = 0.0
    """Median over the windows in which anything is heard, 0 to 1."""
    leak_first: float | None = None
    """Level in dB at which the second is heard on the first; None where it is not."""
    leak_second: float | None = None
    """Level in dB at which the first is heard on the second."""


def relation_of(one: _Floats, two: _Floats, found: Lags) -> Relation:
    """What two channels have in common: ``one`` and ``two`` are their levels in dBFS."""
    heard = _heard(one, two)
    if np.count_nonzero(heard) < _AT_LEAST:
        return Relation()
    louder = np.maximum(one, two)
    out = heard & _out_of_noise(louder)
    # Of one that is far fainter the speech lies below all that the other one has.
    either = heard | _own(one) | _own(two)
    alike = np.abs(found.signed)
    correlation = float(np.median(alike[heard]))
    copy = (
        _copy(found, either, _Likeness(ALIKE, SAME_S, 100.0))
        or _copy(found, out, _Likeness(MUCH_ALIKE, PITCH_S, ABOUT_AS_LOUD, MOSTLY))
        or _changing_copy(found, either)
    )
    if copy is not None:
        return msgspec.structs.replace(copy, correlation=correlation)
    leaks = _carried(one, two, alike, heard)
    if leaks == (None, None):
        leaks = (_leak(two, one, alike, heard), _leak(one, two, alike, heard))
    return Relation(
        correlation=correlation,
        delay=_steady_delay(found, heard),
        leak_first=leaks[0],
        leak_second=leaks[1],
    )


class Lags(NamedTuple):
    """What is known of two channels, one figure a window."""

    signed: _Floats
    """Correlation."""
    delays: _Floats
    """Seconds by which the second is later."""
    gains: _Floats
    """dB by which the second is louder; where one is clipped, than before its peaks were cut."""


class _Likeness(NamedTuple):
    """What makes a copy."""

    least: float
    """Correlation."""
    varies: float
    """Seconds that the delay may vary by."""
    apart: float
    """dB by which the levels may differ."""
    share: float = 0.95
    """Of the windows that are asked about."""


def _copy(
    found: Lags,
    asked: npt.NDArray[np.bool_],
    likeness: _Likeness,
    *,
    steady: bool = True,
) -> Relation | None:
    """The relation of a copy, where nearly all windows asked about hold the same sound.

    ``steady``: the difference of level is to be one amount.
    """
    alike = asked & (np.abs(found.signed) >= likeness.least)
    count = int(np.count_nonzero(asked))
    if count < _AT_LEAST or not alike.any():
        return None
    gain, delay = _middle(found.gains[alike]), float(np.median(found.delays[alike]))
    turned = float(np.median(found.signed[alike])) < 0
    same = alike & (np.abs(found.gains - gain) < SAME_DB) if steady else alike
    same &= (np.abs(found.delays - delay) < likeness.varies) & ((found.signed < 0) == turned)
    enough = likeness.share * count
    if np.count_nonzero(same) < enough or abs(gain) > likeness.apart:
        return None
    return Relation(copied=True, turned=turned, delay=delay, gain=gain)


def _changing_copy(found: Lags, heard: npt.NDArray[np.bool_]) -> Relation | None:
    """The relation of a copy that gets slowly louder or fainter, or is clipped, or both."""
    at = np.flatnonzero(heard & (np.abs(found.signed) >= ALIKE))
    if len(at) < _AT_LEAST:
        return None
    seconds = np.diff(at) * WINDOW
    steps = np.abs(np.diff(found.gains[at]))
    if np.any(steps > np.minimum(STEP_DB + STEP_DB_S * seconds, STEP_MOST)):
        return None
    return _copy(found, heard, _Likeness(ALIKE, SAME_S, 100.0), steady=False)


def _steady_delay(found: Lags, heard: npt.NDArray[np.bool_]) -> float:
    """Seconds by which all that is on both comes later on the second; 0 where it varies.

    Of a late copy a window holds another part on either channel, so that it is less alike.
    """
    alike = heard & (np.abs(found.signed) >= LEAK)
    if np.count_nonzero(alike) < max(_AT_LEAST, 0.9 * np.count_nonzero(heard)):
        return 0.0
    delay = float(np.median(found.delays[alike]))
    steady = np.abs(found.delays[alike] - delay) < SAME_S
    return delay if np.count_nonzero(steady) >= 0.9 * len(steady) else 0.0


def _middle(values: _Floats) -> float:
    """Between the two ends, without the farthest twentieth of each.

    Where two people are both on both channels, each a little louder on one, the median is one
    person's.
    """
    low, high = np.percentile(values, (5, 95))
    return float(low + high) / 2


def _heard(one: _Floats, two: _Floats) -> npt.NDArray[np.bool_]:
    return _stands_out(np.maximum(one, two))


def _stands_out(levels: _Floats) -> npt.NDArray[np.bool_]:
    """Windows that hold sound, by the level of the loudest twentieth."""
    if not len(levels):
        return np.zeros(0, bool)
    loudest = float(np.percentile(levels, 95))
    heard: npt.NDArray[np.bool_] = levels > max(SILENCE_DBFS + 10.0, loudest - 25.0)
    return heard


def _out_of_noise(levels: _Floats) -> npt.NDArray[np.bool_]:
    out: npt.NDArray[np.bool_] = levels > float(np.percentile(levels, 10)) + OUT_OF_NOISE_DB
    return out


def _own(levels: _Floats) -> npt.NDArray[np.bool_]:
    """Windows in which a channel has sound by its own level."""
    return _stands_out(levels) & _out_of_noise(levels)


def _leak(
    origin: _Floats, other: _Floats, alike: _Floats, heard: npt.NDArray[np.bool_]
) -> float | None:
    """Level in dB at which the origin is heard on the other; None where it is not."""
    alone = heard & (origin - other > LEAK_DB)
    leaking = alone & (alike > LEAK)
    if np.count_nonzero(leaking) < max(_AT_LEAST, 0.3 * np.count_nonzero(alone)):
        return None
    return float(np.median((other - origin)[leaking] + 20 * np.log10(alike[leaking])))


def _carried(
    one: _Floats, two: _Floats, alike: _Floats, heard: npt.NDArray[np.bool_]
) -> tuple[float | None, float | None]:
    """A leak about as loud as its origin: nearly all that is on one channel is on the other too.

    Whose sound it is tells who has some for itself.
    """
    shared = heard & (alike >= ALIKE)
    count = int(np.count_nonzero(shared))
    apart = heard & (alike < LEAK)
    first_alone = int(np.count_nonzero(apart & (one - two > LEAK_DB)))
    second_alone = int(np.count_nonzero(apart & (two - one > LEAK_DB)))
    least, most = sorted((first_alone, second_alone))
    if count < _AT_LEAST or most < _AT_LEAST or least > 0.2 * count:
        return None, None
    level = float(np.median((one - two)[shared])) * (1 if first_alone > second_alone else -1)
    if level < -LEAK_DB:
        return None, None  # levels tell whose it is
    return (level, None) if first_alone > second_alone else (None, level)
