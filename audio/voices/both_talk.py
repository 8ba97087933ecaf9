"""Where both people on one track talk at once, as far as the windows of their voices tell it.

Pure. Where two talk at once, a window is like neither of them and unlike its neighbours, holds no
pause and is loud. Of stretches of half a second and more a third are told, and seven to nine of ten
that are told are such: enough to call the words there unsure, not to count the talk-over.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from coach.events import Utterance
from coach.events.lengths import clock

from .trace import SeenWindows
from .turns import CELL
from .two_voices import NEIGHBOURS, Floats, Voices, likeness

LEAST_SECONDS = 0.5
"""Of a stretch that is told."""

TOLD_FROM = 0.5
"""Logarithm of the odds from which two talk at once, the mean of the windows near a moment..."""

NEAR = 0.3
"""...within so many seconds."""

WEIGHTS = (-2.3, -27.0, 8.2, -6.4, 0.36, 20.0, 0.46)
"""What one of each figure adds, in the order of ``figures_of``..."""

OFFSET = 11.2
"""...and what is there without any."""

SURE_AT_MOST = 0.5
"""Probability that a word has at most where both talk: one voice is heard there, and perhaps in a
word of both."""

MOSTLY = 0.5
"""Share of a sentence's words there from which all of it is doubtful."""

Stretches = Sequence[tuple[float, float]]
"""Beginning and end of each, in seconds."""


def both_talk(seen: SeenWindows, voices: Voices) -> Stretches:
    """Beginning and end of each stretch in which both talk, in seconds."""
    if not len(seen.shares):
        return ()
    odds = figures_of(seen, voices) @ np.array(WEIGHTS) + OFFSET
    first = round(float(seen.middles[0] - NEAR) / CELL)
    count = round(float(seen.middles[-1] + NEAR) / CELL) - first
    total, mass = np.zeros(count), np.zeros(count)
    middles = np.round(seen.middles / CELL).astype(np.int64) - first
    for offset in range(-round(NEAR / CELL), round(NEAR / CELL)):
        at = middles + offset
        inside = (at >= 0) & (at < count)
        np.add.at(total, at[inside], odds[inside])
        np.add.at(mass, at[inside], 1.0)
    told = (mass > 0) & (total > TOLD_FROM * mass)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], told, [False]]))) + first
    return tuple(
        (float(low * CELL), float(high * CELL))
        for low, high in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        if (high - low) * CELL >= LEAST_SECONDS - CELL / 2
    )


def figures_of(seen: SeenWindows, voices: Voices) -> Floats:
    """Seven figures of each window.

    How surely it is one of the two, its cosine to the nearer and to the other, to its two
    neighbours together, its level above the louder one's, in decibels, its share of speech and how
    steeply it falls.
    """
    own = seen.vectors @ np.stack([voices.first, voices.second]).T
    alike = likeness(seen.vectors, voices)
    beside = np.diff(seen.middles) <= NEIGHBOURS
    next_one = np.where(beside, np.sum(seen.vectors[1:] * seen.vectors[:-1], axis=1), 1.0)
    before, behind = np.concatenate([[1.0], next_one]), np.concatenate([next_one, [1.0]])
    levels = seen.sounds[:, 0]
    theirs = [levels[who] for who in (alike <= 0, alike > 0) if who.any()]
    louder = max(float(np.median(one)) for one in theirs)
    figures: Floats = np.stack(
        [
            np.abs(alike),
            own.max(axis=1),
            own.min(axis=1),
            before + behind,
            levels - louder,
            seen.shares,
            seen.falls,
        ],
        axis=1,
    )
    return figures


def unsure_where_both_talk(said: Utterance, stretches: Stretches) -> Utterance:
    """The sentence with its words unsure that lie in one of these stretches, which it says."""
    found = [
        stretch
        for word in said.words
        for stretch in stretches
        if stretch[0] <= (word.start + word.end) / 2 < stretch[1]
    ]
    if not found:
        return said
    words = tuple(
        msgspec.structs.replace(word, confidence=min(word.confidence, SURE_AT_MOST))
        if any(low <= (word.start + word.end) / 2 < high for low, high in found)
        else word
        for word in said.words
    )
    mostly = len(found) >= MOSTLY * len(words)
    where = "here" if mostly else f"at {clock(found[0][0])}"
    return msgspec.structs.replace(
        said,
        words=words,
        confidence=sum(word.confidence for word in words) / len(words),
        doubtful=said.doubtful or mostly,
        doubt=said.doubt or f"both talk {where}; words unsure",
    )
