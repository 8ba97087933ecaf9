"""Tells by the samples whether bytes are signed, where a WAV header means unsigned ones.

With the wrong sign every zero crossing is a jump from one end of the range to the other, and a
pause lies at both ends.
"""

from __future__ import annotations

import numpy as np

from audio.samples.chunks import Samples

SMOOTHER = 0.5
"""What the change from sample to sample may be with the sign put right, against that without."""

NEAR_NOTHING = 0.0625
"""Full scale is 1: where a pause lies..."""

OFTENER = 4.0
"""...and how much oftener it is there with the sign put right. Sound that is clipped hard to both
ends is smoother too, and has its pauses in the middle."""


def is_signed(samples: Samples, channels: int) -> bool:
    """Whether samples read as unsigned bytes, in the order of the file, are signed ones."""
    whole = samples[: len(samples) // channels * channels].reshape(-1, channels)
    as_said = whole.astype(np.float64)
    righted = np.where(as_said >= 0, as_said - 1.0, as_said + 1.0)
    smoother = _change(righted) < SMOOTHER * _change(as_said)
    return smoother and _quiet(righted) > OFTENER * _quiet(as_said)


def _change(samples: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    return float(np.mean(np.abs(np.diff(samples, axis=0)))) if len(samples) > 1 else 0.0


def _quiet(samples: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    return float(np.mean(np.abs(samples) <= NEAR_NOTHING)) if len(samples) else 0.0
