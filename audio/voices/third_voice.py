"""Whether a third voice speaks on one track of two, and where.

Pure array work. Three voices alone tell little: whoever gets angry or takes up another telephone
sounds otherwise by as much as another person does. So each two of the three are two people's only
where they come and go by turns, which one person who changes does not, or where nothing of how the
sound arrives looks like such a change: neither louder, nor brighter, nor in a room. Where the pitch
is known, it says what brightness may be: whoever raises her voice raises its pitch.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .changed import change_between, may_be_in_a_room, speaks_up
from .fingerprint import STEP_SECONDS, WINDOW_SECONDS, Vectors
from .trace import SeenWindows
from .turns import Mask, cells_of, turns_of
from .two_views import change_costs
from .two_voices import Floats, are_close, steadied, tell_apart

ENOUGH = 40
"""Clear windows from which a third voice is looked for."""

OWN_WINDOWS = 8
"""Clear windows (1.6 s) that each of three voices has at least."""

COMES_AND_GOES = 3
"""Changes at least between two of the three who speak by turns, the other one left out..."""

BESIDE = 1
"""...and between the two directly."""

ONCE_WINDOWS = 15
"""Clear windows (3 s) at least of each of two who do not..."""

ONCE_ALIKE = 0.82
"""...cosine between them at most..."""

LOUDER = 6.0
"""...and decibels by which one is louder than the other at most."""

APART_ALIKE, APART_BETWEEN, APART_GAIN = 0.89, 0.94, 0.008
"""``ALIKE``, ``BETWEEN`` and ``GAIN`` where only the third is measured by them: the two others may
be as much alike as they like..."""

APART_ENOUGH, APART_WINDOWS = 200, 12
"""...and if there are so many clear windows (40 s), and the third has so many: one person's differ
much while few were heard. The two others..."""

OTHERS_BESIDE = 3
"""...come and go by turns, with so many direct changes at least: one person who raises her voice
or takes up a loudspeaker hardly changes in her turn so often."""

FROM_THE_BEGINNING = 5
"""Part of the turns, one in so many, within which whoever speaks was there from the beginning."""

RUN = 2
"""Windows in a row that a voice has at least where it counts as having spoken."""

ALIKE = 0.86
"""Cosine between any two of three voices at most..."""

GAIN = 0.008
"""...by how much closer to three than to two voices the windows are at least, in cosine..."""

BETWEEN = 0.87
"""...and length of each voice's direction within the plane of the other two at most: where two
talk at once, the sound lies between them, and is nobody else's."""

HARDLY = 0.4
"""Share of its windows by which a voice with fewer is the third, though another was heard later."""

SURELY_ALIKE, SURELY_BESIDE = 0.8, 2
"""The same where there is hardly a doubt."""

SEEDS = 8
"""Windows least like either of two voices from which a third is sought..."""

SEED_STEP = 3
"""...every so manyth."""

ROUNDS, PATHS = 15, 4
"""Times that centres are made anew at most: from windows each for itself, and in turns."""

EVIDENCE = 1.6
"""Logarithm of the odds that a clear window gives which is fully like one voice."""

LEAST_APART = 0.1
"""One less the cosine of the voices, as it counts at least."""

Whose = npt.NDArray[np.int64]
_THREE = (0, 1, 2)
_PAIRS = tuple(itertools.combinations(_THREE, 2))


class Third(NamedTuple):
    """A third voice on one track."""

    since: float
    """When it was first heard, in seconds..."""
    until: float
    """...and last."""
    speech: float
    """Seconds of clear speech that it has."""
    surely: bool
    """Whether there is hardly a doubt about it."""
    centres: Floats
    """Shape (3, 256): directions of the three, that of the third at the end."""

    def nearer(self, vectors: Vectors) -> Floats:
        """How much more each vector is like the third: 1 on its direction, -1 on the nearest's."""
        alike = float((self.centres[:2] @ self.centres[2]).max())
        own = vectors @ self.centres.T
        more: Floats = (own[:, 2] - own[:, :2].max(axis=1)) / max(1.0 - alike, 1e-6)
        return more

    def turns(self, seen: SeenWindows, spoken: Mask) -> list[tuple[float, float]]:
        """When the third speaks, in seconds; ``spoken`` as ``VoiceTrace.spoken`` from 0 on."""
        cells = cells_of(self.nearer(seen.vectors), seen.middles, seen.shares, len(spoken))
        return [(one.start, one.end) for one in turns_of(cells, spoken) if one.speaker == 1]


def third_voice(clear: SeenWindows, *, announced: bool = False) -> Third | None:
    """Find a third voice; None where there is none to be told.

    ``clear``: windows of clear speech, in order of time. Of three the third is the one who was
    heard last, or one with hardly any of the speech. ``announced``: words say that somebody else
    is about to speak, so that nothing but a voice of its own is needed.
    """
    if len(clear.shares) < ENOUGH:
        return None
    points, mass = clear.vectors.astype(np.float64), clear.shares
    steady = steadied(clear.vectors, clear.middles)
    voices = tell_apart(steady, mass)
    if voices is None:
        return None
    costs = change_costs(clear.middles)
    two = np.stack([voices.first, voices.second])
    begun = (_three(each, mass, two) for each in (points, steady.astype(np.float64)))
    paths = [_path(points, mass, costs, centres) for centres in begun]
    paths = [path for path in paths if len(np.unique(path)) == len(_THREE)]
    if not paths:
        return None
    fits = [_fit(points, mass, path) for path in paths]
    path, fit = paths[int(np.argmax(fits))], max(fits)
    path = _named(path)
    centres = _centres(points, mass, path, np.zeros((3, points.shape[1])))
    alone = _path(points, mass, costs, two)
    return _judged(clear, path, centres, fit - _fit(points, mass, alone), announced=announced)


def _named(path: Whose) -> Whose:
    """The same with 2 for the third."""
    counts = np.bincount(path, minlength=len(_THREE))
    third = int(np.argmax([int(np.flatnonzero(path == one)[0]) for one in _THREE]))
    least = int(np.argmin(counts))
    if counts[least] < HARDLY * counts[third]:
        third = least
    return np.where(path == third, 2, np.where(path == 2, third, path))


def _judged(
    clear: SeenWindows, path: Whose, centres: Floats, gain: float, *, announced: bool
) -> Third | None:
    """What so much tells, if anything."""
    alike = float((centres @ centres.T)[np.triu_indices(3, 1)].max())
    counts = np.bincount(path, minlength=3)
    if int(counts[2]) < OWN_WINDOWS or gain < GAIN:
        return None
    spoken = order_of(path)
    three = int(counts.min()) >= OWN_WINDOWS and alike <= ALIKE and _between(centres) <= BETWEEN
    if three and not announced:
        three = _three_people(clear, path, centres, spoken)
    if not three and not _apart(clear, path, centres, spoken, gain):
        return None
    own = path == 2
    beside = min(_beside(spoken, pair) for pair in _PAIRS)
    surely = alike <= SURELY_ALIKE and beside >= SURELY_BESIDE
    middles = clear.middles[own]
    return Third(
        since=max(0.0, float(middles[0]) - WINDOW_SECONDS / 2),
        until=float(middles[-1]) + WINDOW_SECONDS / 2,
        speech=float(clear.shares[own].sum()) * STEP_SECONDS,
        surely=surely,
        centres=centres,
    )


def _apart(
    clear: SeenWindows, path: Whose, centres: Floats, spoken: list[int], gain: float
) -> bool:
    """Whether the third is nobody of the two, however much these are alike.

    Never where the pitch of any of the three is not known.
    """
    if len(path) < APART_ENOUGH or int((path == 2).sum()) < APART_WINDOWS:
        return False
    if gain < APART_GAIN or _goes_before(spoken) or _beside(spoken, (0, 1)) < OTHERS_BESIDE:
        return False
    if float((centres[:2] @ centres[2]).max()) > APART_ALIKE:
        return False
    if _within_plane(centres, 2) > APART_BETWEEN or not _by_turns(spoken, (0, 1)):
        return False
    return not any(_may_be(clear, path, spoken, one) for one in (0, 1))


def _may_be(clear: SeenWindows, path: Whose, spoken: list[int], one: int) -> bool:
    """Whether the third may be one of the two who changes."""
    before, third = path == one, path == 2
    change = change_between(clear, before, third)
    if np.isnan(change.higher) or abs(change.louder) > LOUDER or change.raises:
        return True
    first = spoken.index(2) if 2 in spoken else 0
    calmed = spoken[first:].count(one) < 2 or first < len(spoken) // FROM_THE_BEGINNING
    if calmed and change.back().raises:
        return True
    return change.from_a_room


def _three_people(clear: SeenWindows, path: Whose, centres: Floats, spoken: list[int]) -> bool:
    """Whether nobody of the three is another one who changes, nor an announcement before a call."""
    if _goes_before(spoken):
        return False
    if speaks_up(np.stack([clear.sounds[path == one].mean(axis=0) for one in _THREE])):
        return False
    return all(_are_two(clear, path, centres, spoken, pair) for pair in _PAIRS)


def _are_two(
    clear: SeenWindows, path: Whose, centres: Floats, spoken: list[int], pair: tuple[int, int]
) -> bool:
    """Whether two of the three are two people's."""
    if not _by_turns(spoken, pair) and not _otherwise(clear, path, centres, pair):
        return False
    if _beside(spoken, pair) >= OTHERS_BESIDE:
        return True
    change = change_between(clear, path == pair[0], path == pair[1])
    return not (change.is_raised or change.back().is_raised or change.from_a_room)


def order_of(path: Whose) -> list[int]:
    """Who speaks, one after the other, from who does in each window."""
    edges = np.concatenate([[0], np.flatnonzero(np.diff(path)) + 1, [len(path)]])
    runs = [int(path[low]) for low, high in itertools.pairwise(edges) if high - low >= RUN]
    return [one for one, _ in itertools.groupby(runs)]


def _beside(spoken: list[int], pair: tuple[int, int]) -> int:
    """Changes between two of three directly."""
    return sum({one, other} == set(pair) for one, other in itertools.pairwise(spoken))


def _by_turns(spoken: list[int], pair: tuple[int, int]) -> bool:
    """Whether two of the three come and go by turns."""
    changes = sum(1 for _ in itertools.groupby(one for one in spoken if one in pair)) - 1
    return changes >= COMES_AND_GOES and _beside(spoken, pair) >= BESIDE


def _otherwise(clear: SeenWindows, path: Whose, centres: Floats, pair: tuple[int, int]) -> bool:
    """Whether two of the three differ by their voices, and not as one person does who changes."""
    one, other = (path == who for who in pair)
    if min(int(one.sum()), int(other.sum())) < ONCE_WINDOWS:
        return False
    if float(centres[pair[0]] @ centres[pair[1]]) > ONCE_ALIKE:
        return False
    louder = float(clear.sounds[one, 0].mean() - clear.sounds[other, 0].mean())
    falls = float(clear.falls[one].mean()), float(clear.falls[other].mean())
    return abs(louder) <= LOUDER and not may_be_in_a_room(*falls)


def _goes_before(spoken: list[int]) -> bool:
    """Whether the one who speaks first is never heard again, as an announcement is."""
    return not spoken or spoken[0] not in spoken[1:]


def _between(centres: Floats) -> float:
    """How much of a voice lies in the plane of the other two, of the one with the most."""
    return max(_within_plane(centres, one) for one in _THREE)


def _within_plane(centres: Floats, one: int) -> float:
    """How much of one voice lies in the plane of the other two."""
    plane = np.linalg.qr(np.delete(centres, one, axis=0).T)[0]
    return float(np.linalg.norm(plane.T @ centres[one]))


def _three(points: Floats, mass: Floats, two: Floats) -> Floats:
    """Three centres of windows, each taken for itself: two, and one least like them."""
    near = np.max(points @ two.T, axis=1)
    best: tuple[float, Floats] | None = None
    for seed in np.argsort(near)[: SEEDS * SEED_STEP : SEED_STEP]:
        centres = np.concatenate([two, points[seed : seed + 1]])
        for _ in range(ROUNDS):
            moved = _centres(points, mass, np.argmax(points @ centres.T, axis=1), centres)
            if are_close(moved, centres):
                break
            centres = moved
        score = float(np.sum(mass * np.max(points @ centres.T, axis=1)))
        if best is None or score > best[0] + 1e-9:
            best = (score, centres)
    assert best is not None  # noqa: S101 - there are some windows
    return best[1]


def _path(points: Floats, mass: Floats, costs: Floats, centres: Floats) -> Whose:
    """Who speaks in each window: from centres to the cheapest sequence, and to new centres."""
    path = np.zeros(len(points), np.int64)
    for _ in range(PATHS):
        alike = (centres @ centres.T)[np.triu_indices(len(centres), 1)].mean()
        each = EVIDENCE / max(1.0 - float(alike), LEAST_APART)
        path = _cheapest(points @ centres.T * (mass * each)[:, None], costs)
        if len(np.unique(path)) < len(centres):
            break
        centres = _centres(points, mass, path, centres)
    return path


def _cheapest(evidence: Floats, costs: Floats) -> Whose:
    """The likeliest sequence of states (Viterbi); a row of ``evidence`` for each window."""
    # Plain numbers: with three of them each step would be mostly the calling of numpy.
    rows: list[list[float]] = evidence.tolist()
    prices: list[float] = costs.tolist()
    best = rows[0]
    came: list[list[int]] = [[]]
    for row, price in zip(rows[1:], prices[1:], strict=True):
        most = max(best)
        top, other = best.index(most), most - price
        came.append([top if other > own else state for state, own in enumerate(best)])
        best = [max(own, other) + so_much for own, so_much in zip(best, row, strict=True)]
    path = [best.index(max(best))]
    for from_which in came[:0:-1]:
        path.append(from_which[path[-1]])
    return np.array(path[::-1], np.int64)


def _centres(points: Floats, mass: Floats, path: Whose, before: Floats) -> Floats:
    """The direction of each one's windows; what it was where nobody has any."""
    weighed = points * mass[:, None]
    sums = np.stack([weighed[path == one].sum(axis=0) for one in range(len(before))])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), before)


def _fit(points: Floats, mass: Floats, path: Whose) -> float:
    """Mean cosine of the windows to the direction of whoever speaks in them."""
    centres = _centres(points, mass, path, np.zeros((len(_THREE), points.shape[1])))
    return float(np.sum(mass * np.sum(points * centres[path], axis=1)) / mass.sum())
