"""How loud each second of a turn was, 0 to 100.

A score is 100 plus the level in dB below full scale: digital silence is 0, full scale 100, and a
difference is one in dB. Seconds are those of the call's clock, so a turn has one score for each
that it touches. A second's level is the mean power of what was measured in it while the turn
lasted: of speech, where there was any.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from coach.calls.export.heard_call import Span, millis
from coach.events import Loudness


def loudness_scores(turn: Span, measured: Sequence[Loudness]) -> tuple[float | None, ...]:
    """A score for each second, None where nothing was measured; empty where nothing ever was."""
    near = [one for one in measured if turn.meets(_span(one))]
    seconds = range(turn.start // 1000, -(-turn.end // 1000))
    scores = tuple(
        _score(Span(max(turn.start, s * 1000), min(turn.end, s * 1000 + 1000)), near)
        for s in seconds
    )
    return scores if any(score is not None for score in scores) else ()


def _span(one: Loudness) -> Span:
    return Span(millis(one.start), millis(one.end))


def _score(second: Span, near: Sequence[Loudness]) -> float | None:
    inside = [one for one in near if second.meets(_span(one))]
    heard = [one for one in inside if one.speech] or inside
    if not heard:
        return None
    power = time = 0.0
    for one in heard:
        span = _span(one)
        overlap = min(span.end, second.end) - max(span.start, second.start)
        power += overlap * 10.0 ** (one.dbfs / 10.0)
        time += overlap
    return round(min(100.0, max(0.0, 100.0 + 10.0 * math.log10(power / time))), 2)
