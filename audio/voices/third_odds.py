"""How likely it is that the third of three voices on one track is a third person's.

Pure array work. The voices that are found may be one person's kinds of sound, or two people's talk
at once. So how far the third one is from the nearest of the two is measured by how far that one's
own stretches are from each other in the same call, by how much better three explain the windows,
by how long the third one speaks at a time, and by pitch. The sum is in nats, fitted on calls put
together of two people and of three.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt

from .changed import pitch_of
from .trace import SeenWindows
from .two_voices import Floats

Whose = npt.NDArray[np.int64]
"""Who of several speaks in each window."""

BLOCK = 10
"""Windows (2 s) in a row of which a stretch is made, about..."""

RUN = 2
"""...and at least."""

OWN_STRETCHES = 3
"""Stretches of the nearest voice from which it is known how far they are from each other..."""

LEAST_SPREAD = 0.04
"""...and the standard deviation of their cosine to its direction, as it counts at least."""

FARTHEST, OCTAVES = 12.0, 0.8
"""Deviations, and octaves of pitch, that count at most."""

OFFSET = 4.9
"""Nats where all that follows is 0..."""

PER_DEVIATION = 0.23
"""...what a deviation adds by which the third's stretches are farther..."""

PER_GAIN = 2.8
"""...the logarithm of the gain in cosine by which three are better than two..."""

PER_LENGTH = 1.9
"""...that of the windows which the third speaks at a time..."""

PER_OCTAVE = 5.5
"""...and an octave between the pitches..."""

UNKNOWN = 0.2
"""...which are so many apart where they are not known."""


def third_odds(clear: SeenWindows, path: Whose, centres: Floats, gain: float) -> float:
    """Logarithm of the odds, in nats, that the third is nobody of the two.

    ``path``: who of the three speaks in each of ``clear``. ``centres``: their directions. ``gain``:
    by how much closer to three voices than to two the windows are, in cosine. Minus infinity where
    it cannot be told.
    """
    nearest = int(np.argmax(centres[:2] @ centres[2]))
    theirs, third = _stretches(path, nearest), _stretches(path, 2)
    if len(theirs) < OWN_STRETCHES or not third or gain <= 0.0:
        return -math.inf
    octaves = abs(pitch_of(clear.pitches[path == 2]) - pitch_of(clear.pitches[path == nearest]))
    return (
        OFFSET
        + PER_DEVIATION * _deviations(clear, theirs, third)
        + PER_GAIN * math.log(gain)
        + PER_LENGTH * math.log(float((path == 2).sum()) / len(_runs(path, 2)))
        + PER_OCTAVE * (UNKNOWN if math.isnan(octaves) else min(octaves, OCTAVES))
    )


def _deviations(clear: SeenWindows, theirs: list[slice], third: list[slice]) -> float:
    """How much less the third's stretches are like a voice than its own, in their deviations."""
    own = np.stack([clear.vectors[one].astype(np.float64).sum(axis=0) for one in theirs])
    rest = own.sum(axis=0) - own
    alike = _cosines(own, rest)
    other = np.stack([clear.vectors[one].astype(np.float64).sum(axis=0) for one in third])
    less = float(alike.mean() - _cosines(other, own.sum(axis=0)[None]).mean())
    return min(less / max(float(alike.std()), LEAST_SPREAD), FARTHEST)


def _cosines(rows: Floats, others: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(others, axis=1)
    cosines: Floats = np.sum(rows * others, axis=1) / np.maximum(lengths, 1e-12)
    return cosines


def _runs(path: Whose, who: int) -> list[tuple[int, int]]:
    """Where one of them speaks, ``RUN`` windows and more in a row, from and up to."""
    edges = np.concatenate([[0], np.flatnonzero(np.diff(path)) + 1, [len(path)]]).tolist()
    return [
        (low, high)
        for low, high in itertools.pairwise(edges)
        if path[low] == who and high - low >= RUN
    ]


def _stretches(path: Whose, who: int) -> list[slice]:
    """The same in stretches of about ``BLOCK`` windows."""
    found = []
    for low, high in _runs(path, who):
        count = max(1, round((high - low) / BLOCK))
        cuts = [low + (high - low) * part // count for part in range(count + 1)]
        found += [slice(one, other) for one, other in itertools.pairwise(cuts)]
    return found
