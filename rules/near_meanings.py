"""What clauses were found to mean, held against what is listened for."""

from __future__ import annotations

import math
from collections.abc import Sequence as Series

from coach.events import Clause, ClauseScore

from .hits import Hit
from .model import EVERY_WORDING, Meaning

WEAK = 2.0
"""False alarms an hour up to which a meaning is a sign that may add up with others."""


def nearest_rates(clauses: Series[Clause], farthest: float) -> dict[str, float]:
    """The best rate by key, where it is not beyond ``farthest``, as most are."""
    nearest: dict[str, float] = {}
    for clause in clauses:
        for score in clause.scores:
            rate = score.rate
            if rate <= farthest and rate < nearest.get(score.key, math.inf):
                nearest[score.key] = rate
    return nearest


def is_supported(key: str, meaning: Meaning, nearest: dict[str, float]) -> bool:
    """Whether the meaning of an utterance that was judged speaks for its wording."""
    if meaning.support >= EVERY_WORDING:
        return True
    return key in nearest and nearest[key] <= meaning.support


def meant(key: str, meaning: Meaning, clauses: Series[Clause], tokens: list[str]) -> Hit:
    """The surest clause that comes near; of equally sure ones the shortest.

    ValueError where no clause says anything of this meaning.
    """
    rate, _, clause, score = min(
        [
            (score.rate, clause.last - clause.first, clause, score)
            for clause in clauses
            for score in clause.scores
            if score.key == key
        ],
        key=_sureness,
    )
    return Hit(
        clause.first,
        clause.last,
        " ".join(tokens[clause.first : clause.last + 1]),
        sentence=meaning.sentences[score.nearest] if score.nearest >= 0 else "",
        rate=rate,
        sensitivity=meaning.sensitivity,
    )


def _sureness(near: tuple[float, int, Clause, ClauseScore]) -> tuple[float, int]:
    return near[:2]
