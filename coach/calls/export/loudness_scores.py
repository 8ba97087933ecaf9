"""How loud each second of a turn was, 0 to 100.

A score is 100 plus the level in dB below full scale: digital silence is 0, full scale 100, and a
difference is one in dB. Seconds are those of the call's clock, so a turn has one score for each
that it touches. A second's level is the mean power of what was measured in it while the turn
lasted: of speech, where there was any.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

from coach.calls.export.heard_call import Measured, MillisecondSpan

_SILENT = -100.0
"""dB below full scale: digital silence, score 0."""


def loudness_scores(
    turn: MillisecondSpan, measured: Sequence[Measured]
) -> tuple[float | None, ...]:
    """A score for each second, None where nothing was measured; empty where nothing ever was.

    ``measured`` are one side's, in order and without overlap.
    """
    first = bisect.bisect_right(measured, turn.start, key=lambda one: one.span.end)
    stop = bisect.bisect_left(measured, turn.end, key=lambda one: one.span.start)
    near = measured[first:stop]
    seconds = range(turn.start // 1000, -(-turn.end // 1000))
    scores = tuple(
        _score(MillisecondSpan(max(turn.start, s * 1000), min(turn.end, s * 1000 + 1000)), near)
        for s in seconds
    )
    return scores if any(score is not None for score in scores) else ()


def _score(second: MillisecondSpan, near: Sequence[Measured]) -> float | None:
    inside = [one for one in near if second.meets(one.span)]
    heard = [one for one in inside if one.speech] or inside
    if not heard:
        return None
    power = time = 0.0
    for one in heard:
        overlap = min(one.span.end, second.end) - max(one.span.start, second.start)
        power += overlap * 10.0 ** (min(0.0, max(_SILENT, one.dbfs)) / 10.0)
        time += overlap
    return round(10.0 * math.log10(power / time) - _SILENT, 2)
