"""Two people told apart by two views at once: what their voices are like, and how they arrive.

How a person's sound arrives (``SeenWindows.sounds``) tells a far end that comes out of a
loudspeaker from somebody at the desk where the network takes two voices for one. Each view is
measured by how much it varies within a stretch of speech, where only one person speaks: so the view
that parts the stretches of this call better weighs more, in nats, the unit of both.

Pure array work. Who speaks in a stretch is decided for the stretch as a whole (``_paths``), and two
people are believed by what their coming and going explains beyond one person who sounds otherwise
from some moment on, or for a while (``Parting.returns``): whoever gets angry is still one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .fingerprint import STEP_SECONDS
from .trace import SeenWindows
from .turns import EVIDENCE
from .two_voices import NEIGHBOURS, Floats, Parting, Voices, likeness

PARTED = 0.45
"""Share of speech from which a window is learnt from: a fainter far end has few that are clear."""

MOST, BLOCK = 400, 10
"""Windows that are learnt from; of more, runs of so many are left out."""

DIRECTIONS = 16
"""Directions of the voices' vectors that are looked at: those in which they vary most."""

WITHIN_VOICE = 0.02
"""Variance of a vector's directions within a stretch, as far as nothing is known of the call."""

WITHIN_LEVEL, WITHIN_SHAPE = 16.0, 9.0
"""The same of the level and of the shape, in square decibels."""

WEIGHT_OF_USUAL = 20
"""Differences within stretches that what is known beforehand counts for."""

BETWEEN = 0.3
"""Of the usual variance, what one person's stretches vary beyond that."""

EFFORT, TILT = 6.0, 1.0
"""Decibels by which one person's level varies from stretch to stretch, as she speaks up, and by how
much per decibel the shape tilts with it from the lowest to the middle of its bands."""

SOUND_WEIGHT = 0.7
"""Of the second view: its bands follow each other, so it knows less than it seems to."""

APIECE = 0.25
"""Windows of ``SEEN`` overlap: what one of them adds to those before it."""

LAG = 4
"""Windows after which two do not overlap."""

WITHIN, IN_PAUSE, AFTER_PAUSE = 4.0, 1.5, 0.7
"""Logarithm of the odds against a change of speaker within a stretch, in a pause, and after..."""

PAUSE = 0.6
"""...one in which this many seconds went by from window to window."""

STARTS, ROUNDS = 8, 6
"""Pairs of centres that are begun with, and at most so many times that each is made anew."""

LEAST = 30
"""Windows from which two are looked for."""

Paths = npt.NDArray[np.int64]


class _Pairs(NamedTuple):
    """Several ways of taking the windows for two people's."""

    paths: Paths
    """Shape (ways, windows): 1 where the second one speaks."""
    centres: Floats
    """Shape (ways, 2, figures)."""


def thinned(seen: SeenWindows, most: int = MOST) -> SeenWindows:
    """At most ``most`` of them: stretches of ``BLOCK``, evenly spread."""
    blocks = -(-len(seen.shares) // BLOCK)
    every = -(-len(seen.shares) // most)
    return seen.where(np.repeat(np.arange(blocks) % every == 0, BLOCK)[: len(seen.shares)])


def part(seen: SeenWindows, before: Voices | None = None) -> Voices | None:
    """Find two people; None for too few windows, or where all of them sound like one.

    ``seen``: windows in order of time, of which the first person has the earlier. ``before``: the
    two as they were known until now, one more beginning to try.
    """
    if len(seen.shares) < LEAST:
        return None
    vectors, weights = seen.vectors.astype(np.float64), seen.shares
    points, voice, sound = _measured(vectors, seen.sounds, seen.middles)
    costs = change_costs(seen.middles)
    centres = _starts(points, seen.middles, weights)
    if before is not None:
        known = (likeness_of(seen, before) > 0)[None].astype(np.int64)
        centres = np.concatenate([centres, _centres(points, weights, known)])
    found = _settled(points, weights, costs, centres)
    gains = _gains(points, weights, costs, found)
    best = int(np.argmax(gains))
    path, two = found.paths[best], found.centres[best]
    if path.min() == path.max():
        return None
    if path[0] == 1:
        path, two = 1 - path, two[::-1]
    towards = (two[1] - two[0]) * APIECE
    by_voice = voice.T @ towards[: len(voice)]
    by_sound = sound.T @ towards[len(voice) :]
    middle = float(two[0] @ two[0] - two[1] @ two[1]) * APIECE / 2
    shift = float(vectors.mean(axis=0) @ by_voice + seen.sounds.mean(axis=0) @ by_sound)
    gain = float(gains[best])
    returns = gain - _one_who_changes(points, weights, seen.middles)
    parting = Parting(by_voice, by_sound, middle - shift, gain, returns)
    return _voices(vectors, weights, path, parting)


def _voices(vectors: Floats, weights: Floats, path: Paths, parting: Parting) -> Voices:
    sums = np.stack([((path == one) * weights) @ vectors for one in (0, 1)])
    first, second = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    share = float((path * weights).sum() / max(float(weights.sum()), 1e-12))
    rarer = min(share, 1 - share)
    return Voices(first, second, float(first @ second), rarer, len(path), parting)


def likeness_of(seen: SeenWindows, voices: Voices) -> Floats:
    """How much more each window is like the second one, as ``two_voices.likeness``."""
    if voices.parting is None:
        return likeness(seen.vectors, voices)
    nats: Floats = voices.parting.odds(seen.vectors, seen.sounds) / (STEP_SECONDS * EVIDENCE)
    return nats


def _measured(vectors: Floats, sounds: Floats, middles: Floats) -> tuple[Floats, Floats, Floats]:
    """The windows in units of what varies within a stretch, and the two maps that bring them there.

    The maps are applied to deviations from the mean.
    """
    voices = vectors - vectors.mean(axis=0)
    count = min(DIRECTIONS, len(middles) - 2)
    directions = _main_directions(voices, count)
    usual = np.eye(count) * WITHIN_VOICE
    voice = _whitening(voices @ directions.T, middles, usual, usual * BETWEEN) @ directions
    heard = sounds - sounds.mean(axis=0)
    bands = sounds.shape[1] - 1
    usual = np.diag(np.concatenate([[WITHIN_LEVEL], np.full(bands, WITHIN_SHAPE)]))
    louder = np.concatenate([[1.0], np.linspace(-TILT, TILT, bands)]) * EFFORT
    extra = usual * BETWEEN + np.outer(louder, louder)
    sound = _whitening(heard, middles, usual, extra) * SOUND_WEIGHT
    return np.concatenate([voices @ voice.T, heard @ sound.T], axis=1), voice, sound


def _main_directions(points: Floats, count: int) -> Floats:
    """The ``count`` orthogonal directions, as rows, in which points around 0 (rows) vary most.

    Where they vary in fewer, the rest are any. They come from the eigenvectors of the products of
    the points with each other, or of their figures, whichever are fewer: for a hundred points and
    more in less time than a singular value decomposition.
    """
    directions: Floats
    if len(points) < points.shape[1]:
        by_weight = np.linalg.eigh(points @ points.T)[1][:, ::-1][:, :count]
        directions = np.linalg.qr(points.T @ by_weight)[0].T
    else:
        directions = np.linalg.eigh(points.T @ points)[1].T[::-1][:count]
    return directions


def _whitening(points: Floats, middles: Floats, usual: Floats, extra: Floats) -> Floats:
    """The map to units of what varies within a stretch, and of ``extra`` between stretches."""
    near = np.flatnonzero(middles[LAG:] - middles[:-LAG] <= LAG * STEP_SECONDS + 0.01)
    apart = points[near + LAG] - points[near]
    within = (apart.T @ apart / 2 + usual * WEIGHT_OF_USUAL) / (len(near) + WEIGHT_OF_USUAL)
    whitening: Floats = np.linalg.inv(np.linalg.cholesky(within + extra))
    return whitening


def change_costs(middles: Floats) -> Floats:
    """What a change of speaker costs before each window, in nats."""
    gaps = np.diff(middles)
    later = np.where(gaps < PAUSE, IN_PAUSE, AFTER_PAUSE)
    return np.concatenate([[0.0], np.where(gaps <= NEIGHBOURS, WITHIN, later)])


def _starts(seen: Floats, middles: Floats, weights: Floats) -> Floats:
    """Pairs of centres to begin with: a stretch, and the one least like it."""
    beside = np.concatenate([[0], np.cumsum(np.diff(middles) > NEIGHBOURS)])
    smooth = seen * weights[:, None]
    mass = weights.copy()
    for lag in range(1, 4):
        together = (beside[lag:] == beside[:-lag]) * 1.0
        smooth[lag:] += seen[:-lag] * (weights[:-lag] * together)[:, None]
        smooth[:-lag] += seen[lag:] * (weights[lag:] * together)[:, None]
        mass[lag:] += weights[:-lag] * together
        mass[:-lag] += weights[lag:] * together
    smooth /= np.maximum(mass, 1e-12)[:, None]
    firsts = smooth[np.linspace(0, len(seen) - 1, STARTS).round().astype(np.int64)]
    far = np.argmax(_squares(smooth, firsts), axis=0)
    return np.stack([firsts, smooth[far]], axis=1)


def _squares(points: Floats, centres: Floats) -> Floats:
    """Squared distance of each point (rows) to each centre (columns)."""
    squares: Floats = (
        np.sum(points**2, axis=1)[:, None]
        - 2 * points @ centres.T
        + np.sum(centres**2, axis=1)[None]
    )
    return squares


def _settled(seen: Floats, weights: Floats, costs: Floats, centres: Floats) -> _Pairs:
    """From each pair of centres to who speaks when, and to the centres that this gives."""
    paths = np.zeros((len(centres), len(seen)), np.int64)
    for _ in range(ROUNDS):
        squares = _squares(seen, centres.reshape(-1, seen.shape[1])).T
        evidence = (squares[0::2] - squares[1::2]) * (weights * APIECE / 2)
        found = _paths(evidence, costs)
        same = bool((found == paths).all())
        paths, centres = found, _centres(seen, weights, found)
        if same:
            break
    return _Pairs(paths, centres)


def _centres(seen: Floats, weights: Floats, paths: Paths) -> Floats:
    """The two centres of each path; the mean of all where nobody is one of them."""
    chosen = np.stack([1 - paths, paths], axis=1) * weights
    mass = chosen.sum(axis=2, keepdims=True)
    mean = np.average(seen, axis=0, weights=weights)
    return np.where(mass > 0, chosen @ seen / np.maximum(mass, 1e-12), mean)


def _paths(evidence: Floats, costs: Floats) -> Paths:
    """The cheapest sequence of two states for each row, whose evidence speaks for 1."""
    rows, count = evidence.shape
    ahead = evidence[:, 0].copy()
    """By how much being the second one is ahead."""
    stays = np.zeros((rows, count), np.int64)
    for at in range(1, count):
        # Ahead by more than a change costs, both come from it; behind, both from the other one.
        cost = costs[at]
        stays[:, at] = np.where(ahead > cost, 1, np.where(ahead < -cost, -1, 0))
        ahead = np.clip(ahead, -cost, cost) + evidence[:, at]
    paths = np.zeros((rows, count), np.int64)
    state = (ahead > 0).astype(np.int64)
    for at in range(count - 1, -1, -1):
        paths[:, at] = state
        state = np.where(stays[:, at] == 0, state, (stays[:, at] > 0).astype(np.int64))
    return paths


def _gains(seen: Floats, weights: Floats, costs: Floats, pairs: _Pairs) -> Floats:
    """Nats by which each path explains the windows better than one person does."""
    mean = np.average(seen, axis=0, weights=weights)
    paths = pairs.paths
    mass = np.stack([(1 - paths) @ weights, paths @ weights], axis=1)
    spread = np.sum(mass * np.sum((pairs.centres - mean) ** 2, axis=2), axis=1)
    gains: Floats = spread * APIECE / 2 - np.abs(np.diff(paths, axis=1)) @ costs[1:]
    return gains


def _one_who_changes(seen: Floats, weights: Floats, middles: Floats) -> float:
    """The most nats that one person explains who is otherwise for a while, or from a time on."""
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(middles) > NEIGHBOURS) + 1, [len(seen)]])
    mass = np.concatenate([[0.0], np.cumsum(weights)])[bounds]
    mean = np.average(seen, axis=0, weights=weights)
    summed = np.cumsum((seen - mean) * weights[:, None], axis=0)
    sums = np.concatenate([np.zeros((1, seen.shape[1])), summed])[bounds]
    low, high = np.triu_indices(len(bounds), 1)
    inside = mass[high] - mass[low]
    outside = mass[-1] - inside
    # |s_high - s_low|^2 by the products of all pairs: there are too many pairs to form each.
    products = sums @ sums.T
    own = np.diag(products)
    squares = own[high] + own[low] - 2 * products[high, low]
    some = (inside > 0) & (outside > 0)
    gains = np.where(
        some, squares * mass[-1] / np.maximum(inside * outside, 1e-12) * APIECE / 2, 0.0
    )
    once = (low == 0) | (high == len(bounds) - 1)
    return max(0.0, float(np.max(gains - np.where(once, AFTER_PAUSE, 2 * AFTER_PAUSE))))
