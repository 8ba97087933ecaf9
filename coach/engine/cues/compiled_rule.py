"""A rule with its tests, the leaves it listens to, and what is remembered of it.

Every rule has the small state that Prometheus keeps for an alert: pending since, active since,
last true.
"""

from __future__ import annotations

from coach.engine.cues.conditions import Compiler, shortest
from coach.engine.cues.occasion import Occasion, Truth
from coach.engine.cues.rests import Rest, only_by
from coach.engine.cues.rule_traits import KeptQuiet, traits_of
from coach.engine.talk.state import Aspect
from rules.definition.conditions import Speaker
from rules.definition.exceptions import parted
from rules.definition.rule import Rule
from rules.matching.hits import Numbers
from rules.matching.matcher import Matcher


class RuleState:
    """What is remembered of one rule."""

    __slots__ = ("active_since", "by_words", "last_true", "pending_since", "stays")

    def __init__(self) -> None:
        self.pending_since: float | None = None
        self.active_since: float | None = None
        self.last_true: float | None = None
        self.by_words = False
        """Words made it active, so no change of state settles it."""
        self.stays = False
        """It holds, and is not looked at as long as nothing can change that."""


class CompiledRule:
    """A rule with its tests."""

    __slots__ = (
        *("letters", "listens", "meanings", "omission", "on_grid", "passing", "rest", "rule"),
        *("state", "stay", "traits", "unless", "unless_on_grid", "when"),
    )

    def __init__(self, rule: Rule, compiler: Compiler, numbers: Numbers) -> None:
        self.rule = rule
        self.traits = traits = traits_of(rule, numbers)
        self.passing = traits.passing
        self.omission = traits.omission
        self.listens = traits.listens
        self.letters = traits.letters
        self.meanings = traits.meanings
        exceptions = parted(rule.unless)
        when = compiler.compile(rule.when, rule, traits)
        when = compiler.beside(when, exceptions.words, (rule.when,))
        self.when, self.on_grid, self.rest, stay = when
        kept_quiet = traits.kept_quiet
        if kept_quiet is None:
            unless = [compiler.compile(condition, rule, traits) for condition in exceptions.whole]
            kept_quiet = KeptQuiet.by(unless)
            if traits.quiet_by_phrases:
                traits.kept_quiet = kept_quiet
        self.unless, self.unless_on_grid, rests = kept_quiet
        self.stay: Rest | None = None
        """Until when a rule that holds, and that nothing keeps quiet, goes on to."""
        if stay is not None and None not in rests:
            known = [stay, *(rest for rest in rests if rest is not None)]
            self.stay = shortest([*known, only_by(Aspect.SIDES)] if self.omission else known)
        self.state = RuleState()

    def truth(self, occasion: Occasion) -> Truth | None:
        """Whether the rule holds and nothing keeps it quiet."""
        truth = None if self._unheard(occasion) else self.when(occasion)
        if truth is None or any(test(occasion) is not None for test in self.unless):
            return None
        return truth

    def is_barred(self, occasion: Occasion) -> bool:
        """Whether something keeps it quiet where these words have arrived."""
        return self._unheard(occasion) or any(test(occasion) is not None for test in self.unless)

    def is_kept_quiet(self, occasion: Occasion) -> bool:
        """Whether something keeps it quiet where no words have arrived."""
        for test in self.unless_on_grid:
            if test(occasion) is not None:
                return True
        return self._unheard(occasion)

    def _unheard(self, occasion: Occasion) -> bool:
        return self.omission and not occasion.call.talk.agent_heard

    def lapse(self, now: float) -> bool:
        """It has matched and does not hold on the grid; whether its reason is over with that."""
        state = self.state
        last, keep_for = state.last_true, self.rule.timing.keep_for
        if last is not None and now - last <= keep_for:
            return False
        state.active_since = None
        return self.passing and not state.by_words


def grave_conditions(matcher: Matcher) -> frozenset[int]:
    """Numbers of the lexical conditions of the customer's serious cues (severity 2 and more)."""
    return frozenset(
        number
        for rule in matcher.book.active()
        if rule.severity >= 2 and rule.speaker is not Speaker.AGENT
        for number in traits_of(rule, matcher.numbers).listened
    )
