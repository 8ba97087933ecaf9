"""Whether a second person speaks on a side that should carry one.

Pure array work. Whoever listens is told of it; what either says counts as that side's. One person
who changes is taken for nobody else: where the two do not speak by turns, neither may arrive as the
other one does from a room, nor brighter, as a raised voice is.
"""

from __future__ import annotations

import numpy as np

from .changed import NO_FAINTER, may_be_in_a_room, speaks_up, tilt_of
from .third_voice import COMES_AND_GOES, order_of
from .trace import NO_WINDOWS, SeenWindows
from .turns import CELL
from .two_voices import Floats, apart, tell_apart

ALIKE = 0.86
"""Cosine to a voice of the other side from which whoever is heard is that one."""

ONE_SIDED = 0.06
"""By how much more two voices must differ on a side on which there should be one."""

BRIGHTER = (2.0, 15.0)
"""Decibels from the middle of the bands to the highest by which one of the two may be the other one
raised (``changed.tilt_of``), though too unevenly to be surely so..."""

RAISED_SIDED = 0.15
"""...and by how much more than usual they must differ then."""

SECOND_WINDOWS = 6
"""Clear windows (1.2 s) that the rarer voice of a side has at least."""

KNOWN_WINDOWS = 8
"""Clear windows of the other side from which whoever speaks there is known."""


def second_voice(clear: SeenWindows, beside: SeenWindows = NO_WINDOWS) -> float | None:
    """When a second voice was first heard where there should be one; None where there is none.

    ``beside``: the other side's clear windows; whoever was heard there is nobody new.
    """
    count = len(clear.shares)
    found = tell_apart(clear.vectors, clear.shares)
    margin = 0.0 if found is None else apart(count) - found.alike
    if found is None or margin < ONE_SIDED:
        return None
    if found.share * float(clear.shares.sum()) < SECOND_WINDOWS:
        return None
    second = clear.vectors @ (found.second - found.first) > 0
    if not second.any() or second.all():
        return None
    arrives = [clear.sounds[own].mean(axis=0) for own in (~second, second)]
    if speaks_up(np.stack(arrives)):
        return None
    if len(order_of(second.astype(np.int64))) <= COMES_AND_GOES:  # not by turns
        falls = (float(clear.falls[own].mean()) for own in (~second, second))
        raised = margin < RAISED_SIDED and _is_brighter(*arrives)
        if raised or may_be_in_a_room(*falls):
            return None
    since = max(0.0, float(np.sort(clear.middles[second])[1]) - 4 * CELL)
    return None if was_heard(found.second, since, beside) else since


def _is_brighter(one: Floats, other: Floats) -> bool:
    """Whether one of two voices may be the other one raised; means of their ``sounds``."""
    tilt, louder = tilt_of(other - one), float(other[0] - one[0])
    more, louder = (tilt, louder) if tilt > 0 else (-tilt, -louder)
    return BRIGHTER[0] <= more <= BRIGHTER[1] and louder >= NO_FAINTER


def was_heard(voice: Floats, since: float, beside: SeenWindows, alike: float = ALIKE) -> bool:
    """Whether a voice is that of the other side, as it was heard there before a time.

    ``voice``: its direction. ``beside``: the other side's clear windows. ``alike``: cosine from
    which it is.
    """
    before = beside.where(beside.middles < since)
    if len(before.shares) < KNOWN_WINDOWS:
        return False
    known = before.vectors.T @ before.shares
    lengths = float(np.linalg.norm(known)) * float(np.linalg.norm(voice))
    return float(voice @ known) >= alike * lengths
