"""Who of two speaks when: from the likeness of windows to turns with a confidence.

Pure. Time runs in cells of 0.1 s. A change of speaker costs evidence, in a pause much less than in
the midst of speech, and the cheapest sequence of speakers is taken (Viterbi). A boundary that falls
into a pause is put into its middle.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from .two_voices import Floats

CELL = 0.1
"""Seconds."""

EVIDENCE = 8.0
"""Logarithm of the odds that a second of speech gives which is fully like one voice."""

CHANGE = 5.0
"""Logarithm of the odds against a change of speaker within speech..."""

CHANGE_IN_PAUSE = 3.0
"""...in a pause of no length, ..."""

CHANGE_AFTER_ALL = 0.0
"""...and in one of ``WHOLE_PAUSE``: who goes on breathes for less, so after a long pause one is as
likely to speak as the other."""

PAUSE = 0.2
"""Seconds without speech that are a pause."""

WHOLE_PAUSE = 0.8
"""Seconds."""

UNSURE = 0.75
"""Confidence below which it is not said whose a stretch of speech is."""

SURENESS = 4.0
"""Logarithm of the odds that a turn of a second and more which is fully like one voice is so..."""

SHORT = 0.4
"""...and the share of it that is left to one of no length."""

THIRD = 2
"""``VoiceTurn.speaker`` of a third voice."""

Mask = npt.NDArray[np.bool_]


class VoiceTurn(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of one person, pauses included."""

    start: float
    """Seconds of call time; each turn begins where the one before ends."""
    end: float
    speaker: int
    """0 the first voice, 1 the second, ``THIRD`` neither's."""
    confidence: float
    """That it is this speaker's of the two, 0.5 to 1."""
    speech: float
    """Seconds of speech in it."""

    @property
    def sure(self) -> bool:
        """Whether its speaker may be named."""
        return self.speaker != THIRD and self.confidence >= UNSURE


def cells_of(likeness: Floats, centres: Floats, weights: Floats, count: int) -> Floats:
    """The likeness at each cell: the mean of the windows near it, the nearer the more.

    ``centres`` are the windows' middles in seconds; 0 where no window is near.
    """
    total, mass = np.zeros(count), np.zeros(count)
    for offset in range(-3, 4):
        at = np.round(centres / CELL - 0.5).astype(np.int64) + offset
        inside = (at >= 0) & (at < count)
        weight = weights * (1.0 - abs(offset) / 4.0)
        np.add.at(total, at[inside], (weight * likeness)[inside])
        np.add.at(mass, at[inside], weight[inside])
    return np.where(mass > 0, total / np.maximum(mass, 1e-12), 0.0)


def turns_of(cells: Floats, speech: Mask) -> list[VoiceTurn]:
    """The turns, from the beginning to the end without a gap; none where nobody speaks.

    ``cells`` as ``cells_of`` gives them, ``speech`` where somebody speaks, cell by cell.
    """
    if not speech.any():
        return []
    evidence = np.where(speech, np.clip(cells, -1.5, 1.5) * EVIDENCE * CELL, 0.0)
    speakers = _speakers(evidence, _costs(speech))
    changes = [int(i) for i in np.flatnonzero(np.diff(speakers)) + 1]
    edges = [0, *(_settled(i, speech) for i in changes), len(speech)]
    return [
        _turn(start, end, int(speakers[change - 1]), evidence, speech)
        for (start, end), change in zip(
            itertools.pairwise(edges), [*changes, len(speech)], strict=True
        )
        if end > start
    ]


def _turn(start: int, end: int, speaker: int, evidence: Floats, speech: Mask) -> VoiceTurn:
    spoken = int(speech[start:end].sum())
    return VoiceTurn(
        start=start * CELL,
        end=end * CELL,
        speaker=speaker,
        confidence=_confidence(evidence[start:end], spoken, speaker),
        speech=spoken * CELL,
    )


def within(times: Floats, stretches: Sequence[tuple[float, float]]) -> Mask:
    """Which of these times lie within one of the stretches."""
    inside = np.zeros(len(times), np.bool_)
    for low, high in stretches:
        inside |= (times >= low) & (times < high)
    return inside


def without(
    turns: Sequence[VoiceTurn], third: Sequence[tuple[float, float]], speech: Mask
) -> list[VoiceTurn]:
    """The turns, with those stretches of a third voice that lie within them taken out.

    ``third``: beginning and end of each, in seconds; ``speech`` as ``turns_of`` has it.
    """
    edges = sorted({edge for stretch in third for edge in stretch})
    found: list[VoiceTurn] = []
    for turn in turns:
        cuts = [turn.start, *(e for e in edges if turn.start < e < turn.end), turn.end]
        for start, end in itertools.pairwise(cuts):
            middle = (start + end) / 2
            theirs = any(low <= middle < high for low, high in third)
            goes_on = theirs and bool(found) and found[-1].speaker == THIRD
            begun = found.pop().start if goes_on else start
            found.append(
                VoiceTurn(
                    start=begun,
                    end=end,
                    speaker=THIRD if theirs else turn.speaker,
                    confidence=0.5 if theirs else turn.confidence,
                    speech=int(speech[round(begun / CELL) : round(end / CELL)].sum()) * CELL,
                )
            )
    return found


def confidence_within(turns: Sequence[VoiceTurn], start: float, end: float) -> float:
    """Confidence of who speaks between two times: of the turns there, by their length."""
    total = mass = 0.0
    for turn in turns:
        overlap = min(end, turn.end) - max(start, turn.start)
        if overlap > 0:
            total += overlap * turn.confidence
            mass += overlap
    return total / mass if mass else 0.5


def _confidence(evidence: Floats, spoken: int, speaker: int) -> float:
    """From the mean likeness: a long turn of doubtful likeness is no surer than a short one."""
    if not spoken:
        return 0.5
    mean = float(evidence.sum()) / (spoken * CELL * EVIDENCE) * (1 if speaker == 1 else -1)
    length = min(1.0, SHORT + (1.0 - SHORT) * spoken * CELL)
    return 1.0 / (1.0 + math.exp(-SURENESS * length * mean))


def _costs(speech: Mask) -> Floats:
    """What a change of speaker costs before each cell."""
    need = max(1, round(PAUSE / CELL))
    costs = np.full(len(speech), CHANGE)
    silent = 0
    for i, spoken in enumerate(speech):
        silent = 0 if spoken else silent + 1
        if silent >= need:
            part = min(1.0, silent * CELL / WHOLE_PAUSE)
            costs[i] = CHANGE_IN_PAUSE + part * (CHANGE_AFTER_ALL - CHANGE_IN_PAUSE)
    return costs


def _speakers(evidence: Floats, costs: Floats) -> npt.NDArray[np.int64]:
    """The likeliest sequence of 0 and 1; positive evidence speaks for 1."""
    # Plain numbers: with two of them each step would be mostly the calling of numpy.
    halves: list[float] = (evidence / 2).tolist()
    prices: list[float] = costs.tolist()
    first, second = -halves[0], halves[0]
    came = [(0, 1)]
    for half, price in zip(halves[1:], prices[1:], strict=True):
        to_first, to_second = second - price, first - price
        came.append((int(to_first > first), int(to_second <= second)))
        first, second = max(first, to_first) - half, max(second, to_second) + half
    path = [int(second > first)]
    for from_which in came[:0:-1]:
        path.append(from_which[path[-1]])
    return np.array(path[::-1], np.int64)


def _settled(change: int, speech: Mask) -> int:
    """The middle of the pause that a change falls into; the change itself within speech."""
    low = change
    while low > 0 and not speech[low - 1]:
        low -= 1
    high = change
    while high < len(speech) and not speech[high]:
        high += 1
    return (low + high) // 2
