"""How often ordinary talk would score as high: the one figure that thresholds are given in.

A score of a model says nothing to a person; "ordinary talk comes as close twice in a hundred
hours" does. For a trained cue the curve was counted when the model was made. For sentences that
a supervisor writes it is counted on the spot, on the vectors of ordinary talk that ship.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coach.meaning.encoder import Vectors

MOST = 60.0
"""False alarms an hour above which nothing is told apart any more."""
LEAST = 1e-4
"""Rates below this are beyond what was counted: one in ten thousand hours."""
TAIL = 24
"""Highest scores of the background from which the rates beyond all of them are reckoned."""
COUNTED = 5
"""Fewest turns that count for themselves in a steady curve: by one or two a rate is chance."""


class RateCurve:
    """False alarms per hour against a score; the rate's logarithm is linear between points."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        """``points``: score and rate, rising scores and falling rates; at least two."""
        self._scores = [score for score, _ in points]
        self._logs = [math.log10(max(rate, LEAST / 100)) for _, rate in points]

    def rate(self, score: float) -> float:
        """False alarms per hour of ordinary talk at this score or above."""
        scores, logs = self._scores, self._logs
        at = min(max(bisect.bisect_right(scores, score), 1), len(scores) - 1)
        slope = (logs[at] - logs[at - 1]) / max(1e-6, scores[at] - scores[at - 1])
        log = logs[at - 1] + slope * (score - scores[at - 1])
        return rounded(min(MOST, max(LEAST, 10.0 ** min(log, 3.0))))

    def score(self, rate: float) -> float:
        """The score at which ordinary talk gives this rate."""
        low, high = self._scores[0] - 10.0, self._scores[-1] + 10.0
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if self.rate(middle) > rate else (low, middle)
        return high


def curve_of(
    scores: Vectors,
    hours: float,
    *,
    factor: float = 1.0,
    power: float = 1.0,
    steady: bool = False,
) -> RateCurve:
    """The curve counted on scores of ordinary talk that lasted ``hours``.

    ``factor`` and ``power`` carry the counted rate over to talk at large. ``steady``: the highest
    turns count together and not one by one, where there are enough (``_steadied``).
    """
    top = np.sort(scores)[::-1]
    ranks = [rank for rank in (1, 2, 3, 5, 8, 12, 16, TAIL, 40, 80, 160, 400) if rank <= len(top)]
    points = [(float(top[rank - 1]), rank / hours) for rank in ranks]
    if steady and len(top) >= TAIL:
        points = _steadied(points, top[:TAIL], hours)
    else:
        # Beyond the highest score the tail falls as it did on the way there.
        high, low = points[0], points[min(len(points) - 1, 7)]
        fall = (
            math.log10(low[1] / high[1]) / max(1e-3, high[0] - low[0]) if len(points) > 1 else 10.0
        )
        points.insert(0, (high[0] + 2.0 / max(fall, 1e-3), high[1] / 100.0))
    rising: list[tuple[float, float]] = []
    for score, rate in reversed(points):
        if not rising or score > rising[-1][0]:
            rising.append((score, factor * rate**power))
    return RateCurve(rising)


def _steadied(
    points: Sequence[tuple[float, float]], top: Vectors, hours: float
) -> list[tuple[float, float]]:
    """The points with an exponential tail in place of the few highest turns.

    Its scale is the mean excess of the highest ``TAIL`` scores over the last of them (peaks over a
    threshold, of which the exponential is the middle case): one turn more or less moves a rate of
    one in the whole talk by its double, and this by a tenth.
    """
    excess = max(1e-3, float((top - top[-1]).mean()))
    kept = [(score, rate) for score, rate in points if round(rate * hours) >= COUNTED]
    far = [
        (float(top[-1]) + excess * math.log(TAIL / rank), rank / hours)
        for rank in (0.01, COUNTED - 1.0)
    ]
    return [*far, *kept]


def best_of_turns(scores: Vectors, turns: npt.NDArray[np.int32]) -> Vectors:
    """The highest score of each turn: it alarms once, however many of its clauses do."""
    top = np.full(int(turns.max()) + 1, -1e9, np.float32)
    np.maximum.at(top, turns, scores)
    return top


def rounded(rate: float) -> float:
    """Three significant digits: what the journal keeps is what the engine compares."""
    return float(f"{rate:.3g}")
