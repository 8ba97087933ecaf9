"""Whether a voice is a new one from a moment on at which the words hand the call over.

Pure array work. Where words say that somebody else is about to speak, what was heard before is
compared with what is heard from about then on: two pieces of one person's speech on one line are
much alike, and nobody needs to be found among all windows. So less of a voice does than without the
words, and it may be raised, or come from another room.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from coach.events import Utterance

from .fingerprint import WINDOW_SECONDS
from .more_voices import was_heard
from .trace import NO_WINDOWS, SeenWindows
from .two_voices import Floats

HEARD = 0.9
"""Cosine to a voice of the other side from which it is that one: somebody new is announced, so more
than usual must speak for a leak."""

ElseFrom = Callable[[Utterance], "tuple[float, float] | None"]
"""Between when and when somebody else is to begin by what is said, in seconds; None for never."""

BEFORE, AFTER = (8, 100), (8, 15)
"""Clear windows that are compared of those before and behind, at least and at most."""

ALIKE = 0.8
"""Cosine of the two from which they are one person's."""


def new_voice_within(
    clear: SeenWindows, within: tuple[float, float], beside: SeenWindows = NO_WINDOWS
) -> float | None:
    """When a new voice begins on a side, in seconds, between two times; None where none does.

    ``clear``: the side's windows of clear speech, in order of time. ``beside``: the other side's;
    whoever was heard there before is nobody new.
    """
    sums = np.concatenate(
        [np.zeros((1, clear.vectors.shape[1])), np.cumsum(clear.vectors * clear.shares[:, None], 0)]
    )
    begins = clear.middles - WINDOW_SECONDS / 2
    changes = np.flatnonzero((begins >= within[0]) & (begins <= within[1]))
    changes = changes[(changes >= BEFORE[0]) & (len(begins) - changes >= AFTER[0])]
    if not len(changes):
        return None
    before = sums[changes] - sums[np.maximum(changes - BEFORE[1], 0)]
    after = sums[np.minimum(changes + AFTER[1], len(begins))] - sums[changes]
    alike = np.sum(before * after, axis=1) / np.maximum(_length(before) * _length(after), 1e-12)
    best = int(np.argmin(alike))
    since = max(0.0, float(begins[changes[best]]))
    if alike[best] >= ALIKE or was_heard(after[best], since, beside, HEARD):
        return None
    return since


def _length(rows: Floats) -> Floats:
    lengths: Floats = np.linalg.norm(rows, axis=1)
    return lengths
