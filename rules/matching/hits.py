"""What was found in one utterance: which condition held where, and whether it was meant."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from coach.events import Guard
from rules.definition.conditions import Lexical, Silence, Speaker

Listening = Lexical | Silence
"""Conditions that listen to words; a Silence to those of the agent that announce it."""


class Hit(msgspec.Struct, frozen=True):
    """Where a condition held."""

    first: int
    """Index into ``text.split()`` of the first word."""
    last: int
    """Index of the last word, inclusive."""
    text: str
    """Those words as they were written."""
    guard: Guard | None = None
    """Set where the words are not meant: such a hit is worth one severity less."""
    sentence: str = ""
    """For a hit by meaning, the sentence of the rule that it comes closest to."""
    rate: float | None = None
    """For a hit by meaning, how often ordinary talk comes as close: false alarms per hour."""
    sensitivity: float | None = None
    """For a hit by meaning, the rate that the rule accepts."""


class Numbers:
    """A number for every condition that listens to words.

    Conditions that say the same and listen to the same speaker are one condition, whatever
    objects they are, so a copy of a rule book is as good as the book.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Listening, Speaker], int] = {}
        self._of: dict[tuple[int, Speaker], tuple[Listening, int]] = {}
        """The same by identity, since a condition of many sentences is slow to compare."""

    def add(self, condition: Listening, speaker: Speaker) -> int:
        """The number of a condition, a new one where it is seen for the first time."""
        return self._known.setdefault(self._key(condition, speaker), len(self._known))

    def __len__(self) -> int:
        return len(self._known)

    def of(self, condition: Listening, speaker: Speaker) -> int:
        """The number of a condition of a rule about ``speaker``; KeyError where unknown."""
        asked = (id(condition), speaker)
        known = self._of.get(asked)
        if known is None:
            known = self._of[asked] = condition, self._known[self._key(condition, speaker)]
        return known[1]

    @staticmethod
    def _key(condition: Listening, speaker: Speaker) -> tuple[Listening, Speaker]:
        if isinstance(condition, Silence):
            return condition, Speaker.AGENT
        return condition, condition.speaker or speaker


class Barring(NamedTuple):
    """Exceptions that hold in an utterance, and what they bar where they cover words."""

    exceptions: Sequence[int]
    """Numbers of the exceptions."""
    barred: Sequence[int]
    """Numbers of the conditions that count no more in the words covered."""
    covered: frozenset[int]
    """Words that other exceptions cover already, as indices into ``text.split()``."""
    others: Mapping[int, Hit]
    """What else was found in the utterance."""


class LeftWords(NamedTuple):
    """What exceptions leave of an utterance."""

    hits: Mapping[int, Hit]
    """Where the barred conditions hold in words that are not covered."""
    covered: frozenset[int]
    """Indices into ``text.split()`` of the words that are."""


class SearchedAgain(NamedTuple):
    """How the words are searched once more where exceptions cover some of them."""

    left: Callable[[Barring], LeftWords]
    """Finds what exceptions leave."""
    covered: frozenset[int] = frozenset()
    """Words that some exceptions cover already, as indices into ``text.split()``."""
    supposed: Mapping[int, Hit] = MappingProxyType({})
    """Hits that no search would find: those that are only supposed."""


class Found:
    """What was found in one utterance."""

    __slots__ = ("_again", "_hits", "_numbers", "_weak", "touched")

    def __init__(
        self,
        hits: dict[int, Hit],
        numbers: Numbers,
        weak: dict[int, Hit] | None = None,
        again: SearchedAgain | None = None,
    ) -> None:
        """``weak``: where a meaning came near a condition without coming close enough.

        ``again``: None where no exception can cover words.
        """
        self._hits = hits
        self._numbers = numbers
        self._weak = weak or {}
        self._again = again
        self.touched = frozenset((*hits, *weak)) if weak else frozenset(hits)
        """Numbers of the conditions that held or nearly did."""

    @property
    def numbers(self) -> Numbers:
        """Those of the conditions."""
        return self._numbers

    def hit(self, condition: Listening, speaker: Speaker) -> Hit | None:
        """Where a condition of a rule about ``speaker`` held; else None.

        For a Silence: where the agent announced it. KeyError where no rule of the matcher's
        book has such a condition.
        """
        return self._hits.get(self._numbers.of(condition, speaker))

    def numbered(self, number: int) -> Hit | None:
        """Where the condition with that number held; else None."""
        return self._hits.get(number)

    def nearly(self, number: int) -> Hit | None:
        """Where a meaning came near the condition with that number and no closer; else None."""
        return self._weak.get(number)

    def supposing(self, number: int) -> Found:
        """What would have been found, had the condition with that number held where it nearly did.

        KeyError where it did not.
        """
        return self._with(number, self._weak[number])

    def holding(self, condition: Listening, speaker: Speaker, hit: Hit) -> Found:
        """What would have been found, had a condition of a rule about ``speaker`` held there.

        KeyError where no rule of the matcher's book has such a condition.
        """
        return self._with(self._numbers.of(condition, speaker), hit)

    def _with(self, number: int, hit: Hit) -> Found:
        again = self._again
        if again is not None:
            again = again._replace(supposed={**again.supposed, number: hit})
        return Found({**self._hits, number: hit}, self._numbers, self._weak, again)

    @property
    def weak(self) -> bool:
        """Whether a meaning came near a condition and no closer."""
        return bool(self._weak)

    @property
    def conditions(self) -> frozenset[int]:
        """Numbers of the conditions that held, to skip the rules of all others."""
        return frozenset(self._hits)

    def only(self, numbers: Container[int]) -> Found:
        """What was found of the conditions with these numbers."""
        hits = {number: hit for number, hit in self._hits.items() if number in numbers}
        weak = {number: hit for number, hit in self._weak.items() if number in numbers}
        again = self._again
        if again is not None and again.supposed:
            supposed = {n: hit for n, hit in again.supposed.items() if n in numbers}
            again = again._replace(supposed=supposed)
        return Found(hits, self._numbers, weak, again)

    def beside(self, exceptions: Iterable[int], of: Container[int]) -> Found:
        """The same, but of some conditions only what holds in words that no exception covers.

        ``exceptions`` and ``of``: numbers of the conditions. Words are covered that any of the
        exceptions holds in, as often as it does; what touches one of them counts no more, and gives
        way to what else in the utterance the condition holds in.
        """
        holding = [number for number in exceptions if number in self._hits]
        again = self._again
        if not holding or again is None:
            return self
        others = {number: hit for number, hit in self._hits.items() if number not in of}
        barred = [number for number in self._hits if number not in others]
        hits, covered = again.left(Barring(holding, barred, again.covered, others))
        weak, supposed = (
            {
                number: hit
                for number, hit in some.items()
                if number not in of or not touches(hit.first, hit.last, covered)
            }
            for some in (self._weak, again.supposed)
        )
        again = SearchedAgain(again.left, covered, supposed)
        return Found({**others, **hits, **supposed}, self._numbers, weak, again)

    def __bool__(self) -> bool:
        return bool(self._hits)


def touches(first: int, last: int, covered: frozenset[int]) -> bool:
    """Whether any word from one to another is covered."""
    return any(word in covered for word in range(first, last + 1))
