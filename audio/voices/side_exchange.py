"""Tells that the voices of two sides have changed places: a transfer put each on the other's track.

Pure array work. What is compared is each side before a moment with both sides behind it, for every
moment: where the voices change places, a side is more like the other one before than like itself.
It needs no words, and so no greeting; a new agent on the other track is no hindrance, since the
customer alone has changed places then. A new voice on either track is like neither.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .fingerprint import Vectors
from .trace import SeenWindows
from .two_voices import Floats

EACH = 8
"""Clear windows (1.6 s of speech) of each side before the moment and behind it."""

CROSSED = 0.05
"""Cosine by which a side is more like the other one before than either is like itself."""

FIRST_HALF = 0.5
"""Seconds by which speech may begin before the middle of its first clear window."""


class _Side(NamedTuple):
    """One side's windows, in order of time."""

    middles: Floats
    sums: Floats
    """Of the vectors by the speech in them: row n of the first n windows."""


class _Found(NamedTuple):
    """A moment, and the direction of each voice around it."""

    at: float
    first: Floats
    second: Floats


def exchanged_at(first: SeenWindows, second: SeenWindows) -> float | None:
    """From when on two sides carry each other's voices, in seconds; None where they do not.

    ``first`` and ``second``: the clear windows of each.
    """
    found = _best(_side(first), _side(second))
    return None if found is None else _beginning(first, second, found)


def _side(seen: SeenWindows) -> _Side:
    weighed = seen.vectors * seen.shares[:, None]
    sums = np.concatenate([np.zeros((1, seen.vectors.shape[1])), np.cumsum(weighed, axis=0)])
    return _Side(seen.middles, sums)


def _best(one: _Side, other: _Side) -> _Found | None:
    """The moment at which the sides are crossed most, if they are enough."""
    moments = np.union1d(one.middles, other.middles)
    i, j = (np.searchsorted(side.middles, moments) for side in (one, other))
    counts = np.stack([i, len(one.middles) - i, j, len(other.middles) - j])
    looked = counts.min(axis=0) >= EACH
    moments, i, j = moments[looked], i[looked], j[looked]
    if not len(moments):
        return None
    one_before, other_before = _unit(one.sums[i]), _unit(other.sums[j])
    one_after, other_after = (
        _unit(one.sums[-1] - one.sums[i]),
        _unit(other.sums[-1] - other.sums[j]),
    )
    crossed = np.maximum(_cosine(other_before, one_after), _cosine(one_before, other_after))
    stayed = np.maximum(_cosine(one_before, one_after), _cosine(other_before, other_after))
    best = int(np.argmax(crossed - stayed))
    if crossed[best] - stayed[best] < CROSSED:
        return None
    # Where one of the two is new behind it, the other one alone tells what the two were like.
    return _Found(
        float(moments[best]),
        _unit(one_before[best] + other_after[best]),
        _unit(other_before[best] + one_after[best]),
    )


def _beginning(first: SeenWindows, second: SeenWindows, found: _Found) -> float:
    """The moment, to a window: behind it most speaks for each other's voices, before it nothing."""
    towards = found.second - found.first
    middle = float((found.second + found.first) @ towards) / 2
    middles = np.concatenate([first.middles, second.middles])
    order = np.argsort(middles, kind="stable")
    sides = ((first.vectors, -1.0), (second.vectors, 1.0))
    own = np.concatenate([sign * _beyond(side, towards, middle) for side, sign in sides])[order]
    at = int(np.argmax(np.cumsum(own))) + 1
    times = middles[order]
    before = times[at - 1]
    begins = times[min(at, len(times) - 1)] - FIRST_HALF
    return max(0.0, float(max(before, begins)))


def _beyond(vectors: Vectors, towards: Floats, middle: float) -> Floats:
    """How far each window lies on the second voice's side of the middle between the two."""
    beyond: Floats = vectors @ towards - middle
    return beyond


def _unit(rows: Floats) -> Floats:
    units: Floats = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return units


def _cosine(one: Floats, other: Floats) -> Floats:
    cosines: Floats = np.sum(one * other, axis=-1)
    return cosines
