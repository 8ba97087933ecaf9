"""Whether a second person speaks on a side that should carry one.

Pure array work. Whoever listens is told of it; what either says counts as that side's.
"""

from __future__ import annotations

import numpy as np

from .third_voice import speaks_up
from .trace import NO_WINDOWS, SeenWindows
from .turns import CELL
from .two_voices import apart, tell_apart

ALIKE = 0.86
"""Cosine to a voice of the other side from which whoever is heard is that one."""

ONE_SIDED = 0.06
"""By how much more two voices must differ on a side on which there should be one."""

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
    if found is None or found.alike > apart(count) - ONE_SIDED:
        return None
    if found.share * float(clear.shares.sum()) < SECOND_WINDOWS:
        return None
    second = clear.vectors @ (found.second - found.first) > 0
    arrives = [clear.sounds[own].mean(axis=0) for own in (~second, second) if own.any()]
    if speaks_up(np.stack(arrives)):
        return None
    since = max(0.0, float(np.sort(clear.middles[second])[1]) - 4 * CELL)
    before = beside.where(beside.middles < since)
    if len(before.shares) >= KNOWN_WINDOWS:
        known = before.vectors.T @ before.shares
        if float(found.second @ known) >= ALIKE * float(np.linalg.norm(known)):
            return None
    return since
