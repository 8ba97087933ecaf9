"""Tells by the samples alone whether those of one channel or of two by turns lie in a file.

One voice changes less from sample to sample than over two of them: over two it has 1.5 to 3.5
times as much, noise as much. Of two voices by turns neighbours have nothing in common, and over
two they have 0.1 to 0.4 times as much; of one voice on both channels every other pair is alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from audio.samples.chunks import Samples

TURNS = 0.7
"""Change over two samples against that over one below which two channels take turns..."""

CLEAR_TURNS = 0.45
"""...and below which they do whatever a header says."""

ONE_VOICE = 1.4
"""The same above which it is one channel, whatever a header says..."""

EVEN = 0.9
"""...where the change within pairs and that between them are as like as this."""


class _Changes(NamedTuple):
    """Mean squares of the changes."""

    pairs: float
    """Within pairs, which would be one moment of two channels."""
    between: float
    """From one pair to the next."""
    over_two: float

    @property
    def over(self) -> float:
        """Over two samples against over one; 1 where nothing changes."""
        each = (self.pairs + self.between) / 2
        return self.over_two / each if each > 0 else 1.0

    @property
    def even(self) -> float:
        """The lesser of the changes within and between pairs against the greater."""
        most = max(self.pairs, self.between)
        return min(self.pairs, self.between) / most if most > 0 else 1.0


def take_turns(samples: Samples) -> bool:
    """Whether samples, shape (n,), are those of two channels by turns."""
    changes = _changes(samples)
    return changes.over < TURNS or changes.even < TURNS / 2


def clearly_turns(samples: Samples) -> bool:
    """The same beyond doubt."""
    changes = _changes(samples)
    return changes.over < CLEAR_TURNS or changes.even < CLEAR_TURNS / 2


def clearly_one(samples: Samples) -> bool:
    """Whether samples are those of one channel, beyond doubt."""
    changes = _changes(samples)
    return changes.over > ONE_VOICE and changes.even > EVEN


def _changes(samples: Samples) -> _Changes:
    samples = samples[: len(samples) // 2 * 2].astype(np.float64)
    if len(samples) < 4:
        return _Changes(0.0, 0.0, 0.0)
    steps = np.diff(samples) ** 2
    over_two = float(np.mean((samples[2:] - samples[:-2]) ** 2))
    return _Changes(float(steps[::2].mean()), float(steps[1::2].mean()), over_two)
