"""What clauses mean: of every meaning the clause that comes nearest to it."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

import msgspec

from coach.events import Clause, ClauseScore, Guard
from rules.definition.conditions import MOST_SENSITIVITY, Meaning
from rules.phrases.normalise import NormalWord

from .guards import LINKS, told_by_another, told_on
from .hits import Hit

WEAK = 2.0
"""False alarms an hour up to which a meaning is a sign that may add up with others."""


class NearestClause(msgspec.Struct, frozen=True, gc=False):
    """The surest clause that comes near a meaning; of equally sure ones the shortest."""

    rate: float
    further_words: int
    """Its length in words, less one."""
    clause: Clause
    score: ClauseScore


def nearest_clauses(clauses: Sequence[Clause]) -> dict[str, NearestClause]:
    """Of every meaning that one comes near, by its key."""
    found: dict[str, NearestClause] = {}
    for clause in clauses:
        length = clause.last - clause.first
        for score in clause.scores:
            rate = score.rate
            if rate > MOST_SENSITIVITY:  # no rule accepts so much
                continue
            known = found.get(score.key)
            if (
                known is None
                or rate < known.rate
                or (rate == known.rate and length < known.further_words)
            ):
                found[score.key] = NearestClause(rate, length, clause, score)
    return found


def near_clauses(clauses: Sequence[Clause]) -> dict[str, list[NearestClause]]:
    """Of every meaning all clauses that come near it, by its key."""
    found: dict[str, list[NearestClause]] = {}
    for clause in clauses:
        for score in clause.scores:
            if score.rate <= MOST_SENSITIVITY:
                near = NearestClause(score.rate, clause.last - clause.first, clause, score)
                found.setdefault(score.key, []).append(near)
    return found


def surest(near: Sequence[NearestClause]) -> NearestClause:
    """Of those of one meaning the one that is found; the first of equals."""
    return min(near, key=lambda one: (one.rate, one.further_words))


def innermost(near: Sequence[NearestClause]) -> list[NearestClause]:
    """Those of one meaning with no other of them inside: a clause, not all that it stands in."""
    return [
        one
        for one in near
        if not any(
            other.further_words < one.further_words
            and one.clause.first <= other.clause.first
            and other.clause.last <= one.clause.last
            for other in near
        )
    ]


def meant(meaning: Meaning, near: NearestClause, tokens: list[str]) -> Hit:
    """A clause that comes near enough as what is found; ``tokens`` are all words as said."""
    clause, nearest = near.clause, near.score.nearest
    return Hit(
        clause.first,
        clause.last,
        " ".join(tokens[clause.first : clause.last + 1]),
        sentence=meaning.sentences[nearest] if nearest >= 0 else "",
        rate=near.rate,
        sensitivity=meaning.sensitivity,
    )


def told(hit: Hit, words: Sequence[NormalWord]) -> Hit:
    """A hit by meaning, guarded where its clause is what somebody else is reported to have said."""
    first = bisect.bisect_left(words, hit.first, key=lambda word: word.token)
    if first in (0, len(words)):
        return hit
    before = [word.text for word in words[:first] if not word.soft or word.text in LINKS]
    quoted = told_by_another(before, words[first].text) or told_on(before, words[first].text)
    return msgspec.structs.replace(hit, guard=Guard.QUOTED) if quoted else hit
