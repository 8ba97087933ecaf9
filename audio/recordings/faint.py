"""Finds stretches of a recording in which somebody seems to speak and nobody can be heard.

A line, a recorder or a mute switch may fall by tens of dB in the middle of a call. A side is
levelled by one gain from the first sample to the last, which does nothing there. Breath, distant
voices and what is left of the other side are faint in every call, so only a stretch counts in
which nothing is as loud as speech on any side and much of it stands out as speech does.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

QUIET_DBFS = -50.0
"""Nothing in such a stretch is louder, between 250 and 3600 Hz."""

FAINT_DBFS = -52.0
"""What may be somebody's speech in it lies below; above, it is heard."""

STANDS_OUT_DB = 10.0
"""It stands out from the quietest tenth of the ten seconds on either side."""

VOICED_DB = -7.0
"""Flatness of its spectrum."""

LONG_ENOUGH, SPOKEN, SHARE = 12.0, 6.0, 0.5
"""Seconds that a stretch lasts, seconds in it that stand out, and their share of it, at least. In
six calls of a minute and one of four no stretch has more than 4.5 s that stand out; one side of a
call alone, as its file is, has 5 s of 10."""

_AROUND = 10.0  # seconds
_NOTHING_DBFS = -95.0
_Floats = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]


class FaintRow(NamedTuple):
    """What is known of one side, one figure a window."""

    levels: _Floats
    """dBFS, as the side is heard."""
    flatness: _Floats
    """dB."""
    passed_over: _Flags
    """Tones, and what comes from another side."""


class FaintStretch(NamedTuple):
    """A stretch in which somebody seems to speak too quietly to be heard."""

    start: float
    """Seconds."""
    end: float
    level: float
    """dBFS, of what stands out."""


def faint_stretches(rows: Sequence[FaintRow], window: float) -> tuple[FaintStretch, ...]:
    """Such stretches, in order; ``window``: seconds that a figure stands for."""
    if not rows or not len(rows[0].levels):
        return ()
    loudest = np.max([row.levels for row in rows], axis=0)
    out = np.any([_out(row, round(_AROUND / window)) for row in rows], axis=0)
    found = []
    at = 0
    for quiet, windows in itertools.groupby(loudest < QUIET_DBFS):
        count = len(list(windows))
        here = out[at : at + count]
        spoken = int(np.count_nonzero(here))
        lasts = count * window
        if quiet and lasts >= LONG_ENOUGH and spoken * window >= max(SPOKEN, SHARE * lasts):
            level = float(np.median(loudest[at : at + count][here]))
            found.append(FaintStretch(at * window, at * window + lasts, level))
        at += count
    return tuple(found)


def _out(row: FaintRow, around: int) -> _Flags:
    """Windows that stand out as speech does, and are too faint to be heard."""
    levels = row.levels
    floor = np.array(
        [np.percentile(levels[max(0, n - around) : n + around + 1], 10) for n in range(len(levels))]
    )
    faint = (levels > _NOTHING_DBFS) & (levels < FAINT_DBFS) & (levels > floor + STANDS_OUT_DB)
    wanted: _Flags = faint & (row.flatness < VOICED_DB) & ~row.passed_over
    return wanted
