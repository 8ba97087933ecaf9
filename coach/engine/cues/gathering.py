"""Weak evidence that adds up: three half-certain signs of one thing are a certain one.

Every sign says how often ordinary talk comes as close to a rule by chance. If signs of at most
``rate`` an hour came at random, ``k`` of them within a window would be as rare as the tail of a
Poisson distribution says (the scan statistic of a Poisson process, without its correction for
overlapping windows). That rarity, once more as a rate an hour, is held against what the rule
accepts. Talk keeps to its topics, so signs are not independent; ``CAUTION`` stands for that.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

from coach.events import Evidence
from rules.matching.hits import Found, Hit

NEARER = 2.0
"""Times by which words must come nearer to another matter to be no sign of this one: a caller whom
a swindler has told what to say sounds like one whom somebody controls, at every other turn."""
GRAVE = 3
"""Severity from which a matter is never passed over for a lesser one."""
WINDOW = 240.0
"""Seconds of call time over which signs add up: a complaint takes four minutes at the most."""
FEWEST = 3
CAUTION = 1000.0
"""Times by which chance signs are taken to come together more often than at random: strangers who
talk of the news come near the same rule again and again."""


class Gathering:
    """The signs of one condition in one call, each utterance at most once."""

    def __init__(self, sensitivity: float) -> None:
        self._sensitivity = sensitivity
        self.signs: dict[str, tuple[float, float, Evidence]] = {}
        """By utterance: where it ended, its rate, and the words."""
        self.rivals: tuple[int, ...] = ()
        """Numbers of the conditions of other matters that words may come nearer to."""

    def carry(self, known: object) -> bool:
        """Go on with the signs of another one. Whether it is of this kind."""
        if not isinstance(known, Gathering):
            return False
        self.signs = known.signs
        return True

    def outdone(self, weak: Hit, found: Found) -> bool:
        """Whether the words that came near, ``weak``, come clearly nearer to another matter."""
        own = weak.rate or 0.0
        nearest = (found.numbered(number) or found.nearly(number) for number in self.rivals)
        return any(hit and hit.rate is not None and hit.rate * NEARER < own for hit in nearest)

    def add(self, utterance: str, end: float, evidence: Evidence) -> None:
        """One more sign; ``evidence.value`` is its rate."""
        self.signs[utterance] = (end, evidence.value or 0.0, evidence)

    def forget(self, utterance: str) -> None:
        """The words of an utterance no longer count."""
        self.signs.pop(utterance, None)

    def settle(self) -> None:
        """The agent has done something about it: what was gathered is answered."""
        self.signs.clear()

    def enough(self, now: float) -> tuple[Evidence, ...]:
        """The signs that together are as rare as the rule asks for; empty while they are not."""
        recent = [sign for sign in self.signs.values() if now - sign[0] <= WINDOW]
        recent.sort(key=lambda sign: sign[1])
        for count in range(FEWEST, len(recent) + 1):
            if together(recent[count - 1][1], count) <= self._sensitivity:
                taken = sorted(recent[:count], key=lambda sign: sign[0])
                return tuple(evidence for _, _, evidence in taken)
        return ()


def together(rate: float, count: int) -> float:
    """Rate an hour of ``count`` signs in one window, where each comes ``rate`` times an hour."""
    mean = rate * WINDOW / 3600.0
    fewer = sum(mean**k / math.factorial(k) for k in range(count)) * math.exp(-mean)
    return CAUTION * max(0.0, 1.0 - fewer) * 3600.0 / WINDOW


class Rival(NamedTuple):
    """A rule with a card, and how grave it is."""

    rule: str
    severity: int
    meanings: tuple[int, ...]
    """Numbers of its conditions that listen for meaning."""


def rivals_of(rule: str, severity: int, among: Iterable[Rival]) -> tuple[int, ...]:
    """What words must not come clearly nearer to, to be a sign of ``rule``.

    Whatever has a card of its own; for a grave matter, other grave ones only.
    """
    least = GRAVE if severity >= GRAVE else 0
    return tuple(
        number
        for rival in among
        if rival.rule != rule and rival.severity >= least
        for number in rival.meanings
    )


@functools.lru_cache(maxsize=4)
def rivals_among(among: tuple[Rival, ...]) -> Callable[[str, int], tuple[int, ...]]:
    """``rivals_of`` among these: every call of a set of rules asks for the same."""
    return functools.cache(lambda rule, severity: rivals_of(rule, severity, among))
