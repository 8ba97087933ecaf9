"""Whether more people speak than there should be: a third on one track, a second on one side.

Pure array work. Nothing is given to the one too many: who hears of it is told, and how sure each
sentence's speaker is says the rest.
"""

from __future__ import annotations

import numpy as np

from .trace import NO_WINDOWS, SeenWindows
from .turns import CELL
from .two_voices import Floats, Voices, apart, tell_apart

ENOUGH = 40
"""Clear windows from which a third voice is looked for."""

OWN_WINDOWS = 8
"""Clear windows (1.6 s) that each of three voices has at least."""

ALIKE = 0.86
"""Cosine between any two of three voices at most..."""

GAIN = 0.012
"""...and by how much closer to three than to two centres the windows are at least, in cosine."""

BETWEEN = 0.87
"""Length of each voice's direction within the plane of the other two at most: where two talk at
once, the sound lies between them, and is nobody else's."""

SEEDS = 8
"""Windows least like either of two voices from which a third is sought."""

ROUNDS = 15

ONE_SIDED = 0.06
"""By how much more two voices must differ on a side on which there should be one."""

SECOND_WINDOWS = 8
"""Clear windows that the rarer voice of a side has at least."""


def third_voice(clear: SeenWindows, voices: Voices) -> float | None:
    """When a third voice was first heard, in seconds; None where there is none to be told.

    ``clear``: windows from which the voices were learnt.
    """
    if len(clear.shares) < ENOUGH:
        return None
    points, mass = clear.vectors.astype(np.float64), clear.shares
    two = np.stack([voices.first, voices.second])
    near = np.max(points @ two.T, axis=1)
    best: tuple[float, Floats] | None = None
    for seed in np.argsort(near)[: SEEDS * 3 : 3]:
        centres = _three(points, mass, np.concatenate([two, points[seed : seed + 1]]))
        score = float(np.sum(mass * np.max(points @ centres.T, axis=1)))
        if best is None or score > best[0] + 1e-9:
            best = (score, centres)
    assert best is not None  # noqa: S101 - there are some windows
    score, centres = best
    whose = np.argmax(points @ centres.T, axis=1)
    least = int(np.bincount(whose, minlength=3).min())
    alike = float((centres @ centres.T)[np.triu_indices(3, 1)].max())
    gain = (score - float(np.sum(mass * near))) / float(mass.sum())
    if least < OWN_WINDOWS or alike > ALIKE or gain < GAIN or _between(centres) > BETWEEN:
        return None
    begins = [np.sort(clear.middles[whose == one])[1] for one in range(3)]
    return max(0.0, float(max(begins)) - 4 * CELL)


def _between(centres: Floats) -> float:
    """How much of a voice lies in the plane of the other two, of the one with the most."""
    return max(
        float(np.linalg.norm(np.linalg.qr(np.delete(centres, one, axis=0).T)[0].T @ centres[one]))
        for one in range(3)
    )


def second_voice(clear: SeenWindows, beside: SeenWindows = NO_WINDOWS) -> float | None:
    """When a second voice was first heard where there should be one; None where there is none.

    ``beside``: the other side's clear windows; whoever was heard there is nobody new.
    """
    count = len(clear.shares)
    found = tell_apart(clear.vectors, clear.shares)
    if found is None or found.alike > apart(count) - ONE_SIDED:
        return None
    if found.share * float(clear.shares.sum()) < SECOND_WINDOWS:
        return None
    second = clear.vectors @ (found.second - found.first) > 0
    since = max(0.0, float(np.sort(clear.middles[second])[1]) - 4 * CELL)
    before = beside.where(beside.middles < since)
    if len(before.shares) >= SECOND_WINDOWS:
        known = before.vectors.T @ before.shares
        if float(found.second @ known) >= ALIKE * float(np.linalg.norm(known)):
            return None
    return since


def _three(points: Floats, mass: Floats, centres: Floats) -> Floats:
    """From three beginnings to three centres."""
    for _ in range(ROUNDS):
        whose = np.argmax(points @ centres.T, axis=1)
        sums = np.stack([(points * mass[:, None])[whose == one].sum(axis=0) for one in range(3)])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        moved = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), centres)
        if np.allclose(moved, centres):
            break
        centres = moved
    return centres
