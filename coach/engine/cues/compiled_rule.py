"""A rule with its tests, the leaves it listens to, and what is remembered of it.

Every rule has the small state that Prometheus keeps for an alert: pending since, active since,
last true.
"""

from __future__ import annotations

from coach.engine.cues.condition_traits import feels, passing
from coach.engine.cues.conditions import Compiler
from coach.engine.cues.occasion import Occasion, Truth
from rules.hits import Numbers
from rules.matcher import Matcher, leaves
from rules.model import Meaning, Rule, Speaker
from rules.one_cue import letters
from rules.roles import Family, Role


class RuleState:
    """What is remembered of one rule."""

    __slots__ = ("active_since", "by_words", "last_true", "pending_since")

    def __init__(self) -> None:
        self.pending_since: float | None = None
        self.active_since: float | None = None
        self.last_true: float | None = None
        self.by_words = False
        """Words made it active, so no change of state settles it."""


class CompiledRule:
    """A rule with its tests."""

    __slots__ = (
        *("letters", "listens", "meanings", "omission", "on_grid", "passing", "rest", "rule"),
        *("state", "unless", "unless_on_grid", "when"),
    )

    def __init__(self, rule: Rule, compiler: Compiler, numbers: Numbers) -> None:
        self.rule = rule
        self.passing = passing(rule.when)
        # An item of the checklist is met by what was said; only its reminder is of an omission.
        self.omission = Role.OMISSION in rule.roles and rule.family is not Family.CHECKLIST
        """About what the agent did not say: nothing follows from that where none is heard."""
        self.listens: frozenset[int] | None = None
        """Numbers of the leaves of which one must hold; None where a score may do instead."""
        if not feels(rule.when):
            self.listens = _listened(rule, numbers)
        self.when, self.on_grid, self.rest = compiler.compile(rule.when, rule)
        unless = [compiler.compile(condition, rule) for condition in rule.unless]
        self.unless = [tests.always for tests in unless]
        self.unless_on_grid = [t.on_grid for t in unless if t.on_grid is not None]
        self.state = RuleState()
        self.letters = tuple(numbers.of(leaf, rule.speaker) for leaf in letters(rule.when))
        """Numbers of the phrases each of which is enough by itself."""
        self.meanings = tuple(
            numbers.of(leaf, rule.speaker)
            for leaf in leaves(rule.when)
            if isinstance(leaf, Meaning)
        )

    def truth(self, occasion: Occasion) -> Truth | None:
        """Whether the rule holds and nothing keeps it quiet."""
        truth = None if self._unheard(occasion) else self.when(occasion)
        if truth is None or any(test(occasion) is not None for test in self.unless):
            return None
        return truth

    def is_kept_quiet(self, occasion: Occasion) -> bool:
        """Whether something keeps it quiet where no words have arrived."""
        for test in self.unless_on_grid:
            if test(occasion) is not None:
                return True
        return self._unheard(occasion)

    def _unheard(self, occasion: Occasion) -> bool:
        return self.omission and not occasion.call.talk.agent_heard

    def lapse(self, now: float) -> bool:
        """It does not hold on the grid; whether its reason is over with that."""
        state = self.state
        state.pending_since = None
        if state.active_since is None:
            return False
        last, keep_for = state.last_true, self.rule.timing.keep_for
        if last is not None and now - last <= keep_for:
            return False
        state.active_since = None
        return self.passing and not state.by_words


def _listened(rule: Rule, numbers: Numbers) -> frozenset[int]:
    return frozenset(numbers.of(leaf, rule.speaker) for leaf in leaves(rule.when))


def grave_conditions(matcher: Matcher) -> frozenset[int]:
    """Numbers of the lexical conditions of the customer's serious cues (severity 2 and more)."""
    return frozenset(
        number
        for rule in matcher.book.active()
        if rule.severity >= 2 and rule.speaker is not Speaker.AGENT
        for number in _listened(rule, matcher.numbers)
    )
