"""What is the same of a rule in every call: what it listens for, and what its truth hangs on.

An engine is set up for each call and for each place that a replay goes to, mostly with rules that
another one had before. What does not belong to a call is therefore found once for a set of rules
and remembered by the identity of its parts, which are frozen.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple, Self

from coach.engine.cues.condition_traits import (
    ambient,
    feels,
    looks_back,
    only_phrases,
    passing,
    spoken,
)
from coach.engine.cues.occasion import Test
from coach.engine.cues.past import OccasionTests
from coach.engine.cues.rests import Rest
from rules.definition.conditions import Meaning, leaves, walk
from rules.definition.exceptions import parted
from rules.definition.roles import Family, Role
from rules.definition.rule import Rule
from rules.matching.hits import Numbers
from rules.matching.one_cue import letters

_REMEMBERED = 4
"""Matchers of whose rules this is kept."""


class KeptQuiet(NamedTuple):
    """What keeps a rule quiet, by the occasion."""

    always: Sequence[Test]
    on_grid: Sequence[Test]
    """Of those that may hold where no words have arrived..."""
    rests: Sequence[Rest | None]
    """...until when each does not."""

    @classmethod
    def by(cls, tests: Sequence[OccasionTests]) -> Self:
        """What one of these does."""
        on_grid = [(one.on_grid, one.rest) for one in tests if one.on_grid is not None]
        always = [one.always for one in tests]
        return cls(always, [test for test, _ in on_grid], [rest for _, rest in on_grid])


class RuleTraits:
    """What is the same of one rule wherever it runs."""

    __slots__ = (
        *("ambient", "kept_quiet", "letters", "listened", "listens", "looks_back"),
        *("meanings", "omission"),
        *("passing", "phrase_tests", "quiet_by_phrases", "rule", "spoken"),
    )

    def __init__(self, rule: Rule, numbers: Numbers) -> None:
        self.rule = rule
        self.passing = passing(rule.when)
        """About the present moment only."""
        self.spoken = spoken(rule.when)
        """Words alone can make it true at once."""
        self.ambient = ambient(rule.when)
        """It can come true without words arriving."""
        # An item of the checklist is met by what was said; only its reminder is of an omission.
        self.omission = Role.OMISSION in rule.roles and rule.family is not Family.CHECKLIST
        """About what the agent did not say: nothing follows from that where none is heard."""
        listening = tuple(leaves(rule.when))
        self.listened = frozenset(numbers.of(leaf, rule.speaker) for leaf in listening)
        """Numbers of the leaves that listen to words."""
        self.listens = None if feels(rule.when) else self.listened
        """Numbers of the leaves of which one must hold; None where a score may do instead."""
        self.letters = tuple(numbers.of(leaf, rule.speaker) for leaf in letters(rule.when))
        """Numbers of the phrases each of which is enough by itself."""
        self.meanings = tuple(
            numbers.of(leaf, rule.speaker) for leaf in listening if isinstance(leaf, Meaning)
        )
        self.looks_back = looks_back(rule.when)
        """It remembers when parts of it came true."""
        self.phrase_tests: dict[int, OccasionTests | None] = {
            id(part): None
            for whole in (rule.when, *rule.unless)
            for part in walk(whole)
            if only_phrases(part)
        }
        """The tests of those parts that only ask for phrases, by identity; None until one is made.

        They remember nothing, so every call has the same.
        """
        self.quiet_by_phrases = all(map(only_phrases, parted(rule.unless).whole))
        """What keeps it quiet only asks for phrases..."""
        self.kept_quiet: KeptQuiet | None = None
        """...and is then made once; None until that."""


def traits_of(rule: Rule, numbers: Numbers) -> RuleTraits:
    """Those of a rule of the matcher that has these numbers; KeyError where it has not the rule."""
    known = _known(numbers)
    traits = known.get(id(rule))
    if traits is None or traits.rule is not rule:
        traits = known[id(rule)] = RuleTraits(rule, numbers)
    return traits


@functools.lru_cache(maxsize=_REMEMBERED)
def _known(_numbers: Numbers) -> dict[int, RuleTraits]:
    """By the rule's identity, which stays taken, since the traits hold the rule."""
    return {}
