"""Pure tones: beeps, dial tones, test tones. They are sound, and nobody says them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

PURE = 0.95
"""Share of a window's power in its one or two strongest pitches from which it is a tone; half a
second of speech has less, however steady the voice."""

HEARD_DB = -70.0
"""Fainter tones count as nothing."""

LOWEST = 250
"""Hz; what is lower may be the mains."""

_PITCHES = 2  # as ringback and keys have
_WIDTH = 10  # Hz to each side of a pitch, as wide as a beep of a tenth of a second makes it


def tone_of(power: npt.NDArray[np.float64], step: int) -> int:
    """Hz of the strongest pitch of a window that is a pure tone; 0 where it is none.

    ``power``: of the window's spectrum, full scale is 1, in steps of ``step`` Hz from 0 on.
    """
    rest = power.copy()
    rest[: LOWEST // step] = 0.0
    whole = float(power[30 // step :].sum())
    if whole < 10 ** (HEARD_DB / 10):
        return 0
    strongest, found = int(np.argmax(rest)), 0.0
    for _ in range(_PITCHES):
        peak = int(np.argmax(rest))
        near = slice(max(0, peak - _WIDTH // step), peak + _WIDTH // step + 1)
        found += float(rest[near].sum())
        rest[near] = 0.0
    return strongest * step if found >= PURE * whole else 0
