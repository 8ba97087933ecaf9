"""How far exceptions reach: over the whole utterance, or over their own words only.

An exception is what stands under ``unless``, or under a ``not`` beside other conditions of an
``all``. One whose ``reach`` is its own words bars no more than these: what it is an exception to
may hold in the other words of the utterance (``Found.beside``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Count,
    ExceptionReach,
    Lexical,
    Not,
    NotFollowed,
    walk,
)
from .conditions import Sequence as Follows


class Exceptions(NamedTuple):
    """Exceptions of one thing, by their reach."""

    whole: tuple[AnyCondition, ...]
    """Any of these bars it wherever it holds."""
    words: tuple[Lexical, ...]
    """Each of these bars what touches the words that it covers."""


def parted(exceptions: Iterable[AnyCondition]) -> Exceptions:
    """Exceptions by their reach; each part of an ``any`` by its own."""
    whole: list[AnyCondition] = []
    words: list[Lexical] = []
    for one in exceptions:
        if isinstance(one, AnyOf) and any(map(_of_own_words, one.of)):
            further = parted(one.of)
            whole += further.whole
            words += further.words
        elif isinstance(one, Lexical) and one.reach is ExceptionReach.WORDS:
            words.append(one)
        else:
            whole.append(one)
    return Exceptions(tuple(whole), tuple(words))


def beside_exceptions(every: AllOf) -> tuple[tuple[AnyCondition, ...], tuple[Lexical, ...]]:
    """The parts of an ``all``, without those exceptions that bar only words; and these."""
    parts: list[AnyCondition] = []
    words: list[Lexical] = []
    for part in every.of:
        if not isinstance(part, Not):
            parts.append(part)
            continue
        exceptions = parted((part.of,))
        words += exceptions.words
        if not exceptions.words:
            parts.append(part)
        elif exceptions.whole:
            parts.append(Not(of=AnyOf(of=exceptions.whole)))
    return tuple(parts), tuple(words)


def misplaced(when: AnyCondition, unless: Sequence[AnyCondition]) -> Iterator[str]:
    """What is wrong with the reach of any condition of a rule."""
    own = parted(unless).words
    placed = len(own)
    wrong = _wrong_beside((when,)) if own else ""
    for part in (one for whole in (when, *unless) for one in walk(whole)):
        if isinstance(part, AllOf):
            parts, words = beside_exceptions(part)
            placed += len(words)
            wrong = wrong or (_wrong_beside(parts) if words else "")
    if wrong:
        yield wrong
    if placed < sum(_own_words(whole) for whole in (when, *unless)):
        yield "'words' belongs to an exception: under 'unless', or under 'not' in an 'all'"


def _wrong_beside(parts: Iterable[AnyCondition]) -> str:
    """Why an exception that bars only words would bar nothing of these conditions."""
    inside = [one for part in parts if not isinstance(part, Not) for one in walk(part)]
    if any(isinstance(one, Count | Follows | NotFollowed) for one in inside):
        return "'words' cannot bar a condition that looks back: count, comes or missing"
    if not any(isinstance(one, Lexical) for one in inside):
        return "'words' bars nothing here: no condition beside it listens to words"
    return ""


def _of_own_words(exception: AnyCondition) -> bool:
    return _own_words(exception) > 0


def _own_words(condition: AnyCondition) -> int:
    """How many parts of a condition reach over their own words only."""
    return sum(
        isinstance(one, Lexical) and one.reach is ExceptionReach.WORDS for one in walk(condition)
    )
