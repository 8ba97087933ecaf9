"""Two people told apart by the vectors of their voices.

Pure array work: vectors and weights in, the two directions out. ``likeness`` of later vectors needs
the directions alone, so that a live call can go on with those found in its first minute.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .fingerprint import Vectors

Floats = npt.NDArray[np.float64]

MOST = 3000
"""Windows that are looked at to find the two; evenly spread over a longer call."""

TRIES = 12
"""Beginnings; the best end is taken."""

ROUNDS = 50

APART = 0.92
"""Cosine of the angle between two voices from which they are one person's."""

APART_AT_ONE, APART_GROWS, APART_MOST = 0.66, 0.055, 0.89
"""Two halves of one person's speech differ less, the more there is of it: two voices are believed
where the cosine between them is less than this, with the logarithm of the windows, and the most."""

RETURNS = 2.0
"""Nats of ``Parting.returns`` from which there are two people."""

MUCH_ALIKE = 0.04
"""By how much less than that the cosine is at least where there is no doubt about it."""

NEIGHBOURS = 0.25
"""Seconds between the middles of two windows up to which they are neighbours."""

LEAST_SHARE = 0.03
"""Of the speech that each of two people must have."""

_BOTH = np.array([[0], [1]])
"""Numbers of the two clusters, one below the other."""


class Parting(NamedTuple):
    """Two people as their voices and how their sound arrives part them (``two_views``).

    Logarithms of odds, in nats, for the second one.
    """

    by_voice: Floats
    """What each figure of a window's vector adds..."""
    by_sound: Floats
    """...and each of its ``SeenWindows.sounds``."""
    offset: float
    gain: float
    """By how much two people explain the windows better than one does..."""
    returns: float
    """...and than one who sounds otherwise from some time on, or for a while."""

    @property
    def two(self) -> bool:
        """Whether there are two people beyond doubt."""
        return self.returns >= RETURNS

    def odds(self, vectors: Vectors, sounds: Floats) -> Floats:
        """For each window."""
        found: Floats = vectors @ self.by_voice + sounds @ self.by_sound + self.offset
        return found

    def turned(self) -> Parting:
        """The same with the first one for the second."""
        return self._replace(by_voice=-self.by_voice, by_sound=-self.by_sound, offset=-self.offset)


class Voices(NamedTuple):
    """Two people's voices."""

    first: Floats
    """Direction of the one who speaks first, of length 1."""
    second: Floats
    alike: float
    """Cosine of the angle between them; people are from 0.5 to 0.85, one person above."""
    share: float
    """Share of the speech that is the rarer one's."""
    windows: int = MOST
    """Of speech from which they were learnt."""
    parting: Parting | None = None
    """What parts them where the voices alone may not; None where those have to do."""

    @property
    def one_person(self) -> bool:
        """Whether they are too much alike to be two people, or one hardly speaks."""
        alike = self.alike > apart(self.windows) and self.parting is None
        return alike or self.share < LEAST_SHARE

    @property
    def much_alike(self) -> bool:
        """Whether some of what one says may well be taken for the other's."""
        return self.alike > apart(self.windows) - MUCH_ALIKE

    def turned(self) -> Voices:
        """The same with the first one for the second."""
        parting = None if self.parting is None else self.parting.turned()
        return self._replace(first=self.second, second=self.first, parting=parting)


def apart(windows: int) -> float:
    """The cosine below which two voices are two people's, by how many windows were heard."""
    return min(APART_AT_ONE + APART_GROWS * math.log(max(windows, 1)), APART_MOST)


def tell_apart(vectors: Vectors, weights: Floats) -> Voices | None:
    """Find two voices (spherical two-means, weighted); None for too few windows.

    The first one is that of the earlier window, so the order of the windows matters.
    """
    if len(vectors) < 4:
        return None
    chosen = np.unique(np.linspace(0, len(vectors) - 1, min(MOST, len(vectors))).round())
    points = vectors[chosen.astype(np.int64)].astype(np.float64)
    mass = weights[chosen.astype(np.int64)]
    weighed = points * mass[:, None]
    best: tuple[float, Floats] | None = None
    ended: set[bytes] = set()
    for start in np.linspace(0, len(points) - 1, TRIES).round().astype(np.int64):
        found = _two_means(points, weighed, points[start], ended)
        if found is None:
            continue
        score = float(np.sum(mass * np.max(points @ found.T, axis=1)))
        if best is None or score > best[0] + 1e-9:
            best = (score, found)
    assert best is not None  # noqa: S101 - there are some tries
    centres = best[1]
    nearer = np.argmax(points @ centres.T, axis=1)
    if nearer[0] == 1:
        centres, nearer = centres[::-1], 1 - nearer
    second = float(mass[nearer == 1].sum() / max(float(mass.sum()), 1e-12))
    alike = float(centres[0] @ centres[1])
    return Voices(centres[0], centres[1], alike, min(second, 1 - second), len(vectors))


def steadied(vectors: Vectors, middles: Floats) -> Vectors:
    """Each vector with its neighbours in time, of length 1: the voice without the sounds it makes.

    ``middles``: seconds at which the windows have their middles, in order. Sounds and a room's
    reverberation differ from window to window, the voice does not: without this, two clusters may
    be two kinds of sound.
    """
    if len(vectors) < 2:
        return vectors
    beside = (np.diff(middles) <= NEIGHBOURS)[:, None]
    summed = vectors.astype(np.float64)
    summed[1:] += vectors[:-1] * beside
    summed[:-1] += vectors[1:] * beside
    lengths = np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)
    smoothed: Vectors = (summed / lengths).astype(np.float32)
    return smoothed


def likeness(vectors: Vectors, voices: Voices) -> Floats:
    """How much more each vector is like the second voice: 1 on its direction, -1 on the first's."""
    towards = voices.second - voices.first
    return (vectors @ towards) / max(1.0 - voices.alike, 1e-6)


def are_close(moved: Floats, before: Floats) -> bool:
    """Whether centres hardly moved: ``np.allclose`` of finite numbers, in a fifth of its time."""
    return bool((np.abs(moved - before) <= 1e-8 + 1e-5 * np.abs(before)).all())


def _two_means(points: Floats, weighed: Floats, start: Floats, ended: set[bytes]) -> Floats | None:
    """From one point and the one least like it to two centres.

    ``ended``: clusters from which the tries so far came to their ends, and this one's in addition.
    What follows from clusters hangs on nothing else: None where it comes to such.
    """
    centres = np.stack([start, points[int(np.argmin(points @ start))]])
    passed: list[bytes] = []
    before = b""
    for _ in range(ROUNDS):
        nearer = np.argmax(points @ centres.T, axis=1)
        clusters = nearer.tobytes()
        if clusters == before:
            break  # the same clusters have the same centres
        if clusters in ended:
            return None
        before = clusters
        sums = (nearer == _BOTH).astype(np.float64) @ weighed
        lengths = np.sqrt(np.add.reduce(sums * sums, axis=1, keepdims=True))
        moved = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), centres)
        if are_close(moved, centres):
            break
        if lengths.all():  # otherwise it hangs on where the centre of nothing was
            passed.append(clusters)
        centres = moved
    ended.update(passed)
    return centres
