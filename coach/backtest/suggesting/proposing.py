"""Proposes changes of one rule from marks: of each of its figures, and of what it listens for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from coach.backtest.judging import Judged
from coach.backtest.rerun import ReadyRules
from coach.notes.report.intervals import mean
from coach.notes.wording import count_of
from rules.books.loader import BadRulesError, WrittenRules
from rules.books.variants import changed_rule, with_rule
from rules.checking.lint_changes import GUARDED
from rules.definition.conditions import RATE, Meaning, leaves
from rules.definition.rule import Rule, RuleBook

from .evidence import MarkedCall, RuleInCall
from .sentences import change_of, places_of, wordings
from .suggestion import Effect, OfRule, Proposal
from .sweep import best, cross_validated, folds, present, swept, total
from .values import RuleValue, parameters_of, rates_met, round_between, worth_trying

MOST_VALUES = 24
"""Values of one figure that are run."""
LEAST_MARKS, LEAST_CALLS = 4, 2
"""Fewer tell nothing of other calls."""
FOLDS = 5
"""Parts of the calls by turns left out, where each takes rules of its own."""
Tell = Callable[[str], None]
"""Hears what is being tried."""


class Proposing:
    """Proposes changes of the rules in force."""

    def __init__(
        self, book: RuleBook, parts: WrittenRules, miss: float, tell: Tell = lambda _: None
    ) -> None:
        """``miss``: false alarms that a miss is reckoned at."""
        self._book = book
        self._parts = parts
        self._miss = miss
        self._tell = tell
        self._in_force = ReadyRules(book)

    def of_rule(self, rule: str, calls: Sequence[MarkedCall]) -> OfRule:
        """What the marks of some calls tell of a rule. KeyError where it is none of the set."""
        known = self._book.rule(rule)
        self._tell(f"{rule}: as it is")
        now = self._run(self._in_force, calls)
        told = OfRule(
            rule=rule,
            marks=sum(len(call.marks) for call in calls),
            calls=len(calls),
            hours=sum(call.seconds for call in calls) / 3600,
            now=total(now),
        )
        why = self._hopeless(known, calls, now)
        if why:
            return msgspec.structs.replace(told, nothing=why)
        proposals = [*self._figures(known, calls), *self._words(known, calls, now)]
        proposals.sort(key=lambda one: one.effect.held_out.cost(self._miss))
        nothing = "" if proposals else "no value and no wording that was tried costs less"
        return msgspec.structs.replace(told, proposals=tuple(proposals), nothing=nothing)

    def _hopeless(self, rule: Rule, calls: Sequence[MarkedCall], now: Sequence[RuleInCall]) -> str:
        if not any(rule.id == one.id for one in self._book.active()):
            return "the rule does not run"
        if rule.card is None:
            return "the rule has no card, and marks are about cards"
        moments = total(now)
        count = moments.right + moments.false + moments.missed + moments.quiet
        if count < LEAST_MARKS or len(calls) < LEAST_CALLS:
            return (
                f"too few marks to tell: {count} in {count_of(len(calls), 'call')}; "
                f"{LEAST_MARKS} in {LEAST_CALLS} at least"
            )
        if moments.cost(self._miss) == 0:
            return "it is right at every marked moment"
        return ""

    def _run(self, ready: ReadyRules, calls: Iterable[MarkedCall]) -> list[RuleInCall]:
        return [call.seen(ready.run(call.journal)) for call in calls]

    def _with(self, rule: str, change: tuple[str, str, Any]) -> ReadyRules:
        changed = changed_rule(self._parts, rule, change)
        return ReadyRules(with_rule(self._book, changed))

    # --- figures --------------------------------------------------------------------------

    def _figures(self, rule: Rule, calls: Sequence[MarkedCall]) -> Iterable[Proposal]:
        entry = next(one for one in self._parts.rules if one.name == rule.id)
        keys = frozenset(leaf.key for leaf in leaves(rule.when) if isinstance(leaf, Meaning))
        for parameter in parameters_of(entry):
            self._tell(f"{rule.id}: {parameter.path}")
            met = rates_met(calls, keys) if parameter.unit == RATE else ()
            proposal = self._figure(rule, parameter, worth_trying(parameter, met), calls)
            if proposal is not None:
                yield proposal

    def _figure(
        self, rule: Rule, parameter: RuleValue, values: Sequence[float], calls: Sequence[MarkedCall]
    ) -> Proposal | None:
        tried: set[float] = set()

        def run(value: float, some: Sequence[int]) -> Sequence[RuleInCall]:
            tried.add(value)
            ready = self._with(rule.id, ("set", parameter.path, _written(value, parameter)))
            return self._run(ready, [calls[number] for number in some])

        try:
            stretches = swept(values, parameter.now, len(calls), run, MOST_VALUES)
        except BadRulesError:  # not every value of its range goes with the rule's others
            return None
        everyone = range(len(calls))
        chosen = best(stretches, parameter.now, everyone, self._miss)
        before = stretches[present(stretches, parameter.now)]
        if chosen is before:
            return None
        value = round_between(chosen.low, chosen.high, whole=parameter.whole)
        after = run(value, list(everyone))
        held_out = cross_validated(stretches, parameter.now, len(calls), self._miss)
        effect = self._effect(rule, before.seen, after, held_out)
        if effect is None:
            return None
        return Proposal(
            rule=rule.id,
            action="set",
            path=parameter.path,
            value=_written(value, parameter),
            now=_written(parameter.now, parameter),
            unit=parameter.unit,
            effect=effect,
            tried=len(tried),
        )

    # --- words ----------------------------------------------------------------------------

    def _words(
        self, rule: Rule, calls: Sequence[MarkedCall], now: Sequence[RuleInCall]
    ) -> Iterable[Proposal]:
        self._tell(f"{rule.id}: what it listens for")
        names = [call.call for call in calls]
        places = places_of(rule, calls, now)
        chosen = wordings(rule, self._parts, places, names)
        if not chosen:
            return
        change = change_of(rule, [one.text for one in chosen])
        try:
            after = self._run(self._with(rule.id, change), calls)
        except BadRulesError:  # its condition has no place for words
            return
        held_out: dict[int, Judged] = {}
        for part in folds(len(calls), FOLDS):
            others = [place for place in places if place.call not in part]
            own = wordings(rule, self._parts, others, names)
            seen = [now[number] for number in part]
            if own:
                ready = self._with(rule.id, change_of(rule, [one.text for one in own]))
                seen = self._run(ready, [calls[number] for number in part])
            held_out |= {number: s.judged for number, s in zip(part, seen, strict=True)}
        judged = [held_out[number] for number in range(len(calls))]
        effect = self._effect(rule, now, after, judged)
        if effect is not None:
            yield Proposal(
                rule=rule.id,
                action=change[0],
                path=change[1],
                value=change[2],
                now=None,
                effect=effect,
                wordings=tuple(chosen),
            )

    def _effect(
        self,
        rule: Rule,
        before: Sequence[RuleInCall],
        after: Sequence[RuleInCall],
        held_out: Sequence[Judged],
    ) -> Effect | None:
        """What a change does; None where it costs no less at the marked moments.

        Of a rule that protects people, none that loses a card that was right.
        """
        guarded = rule.track in GUARDED
        was, is_ = total(before), total(after)
        if is_.cost(self._miss) >= was.cost(self._miss):
            return None
        if guarded and is_.right < was.right:
            return None
        saved = [
            one.judged.cost(self._miss) - other.cost(self._miss)
            for one, other in zip(before, held_out, strict=True)
        ]
        apart = Judged()
        for one in held_out:
            apart = apart + one
        return Effect(
            before=was,
            after=is_,
            held_out=apart,
            saved=mean(saved),
            cards_before=sum(len(one.times) for one in before),
            cards_after=sum(len(one.times) for one in after),
        )


def _written(value: float, parameter: RuleValue) -> float | int:
    """A figure as a rule's file has it."""
    return int(value) if parameter.whole else value
