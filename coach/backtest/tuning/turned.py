"""A set of rules with one figure of one rule turned: to each of its values, or to all at once."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from coach.backtest.tuning.dial import Dial
from coach.backtest.tuning.traced import Band, Traced
from rules.books.loader import BadRulesError, fingerprint
from rules.changes.actions import made
from rules.changes.value_paths import located
from rules.definition.conditions import CueSeen
from rules.definition.rule import Rule, RuleBook
from rules.reading.build import build_rule
from rules.reading.entries import Entry
from rules.reading.problems import Problems

Lists = Mapping[str, Sequence[str]]
"""The named lists that the rules may use."""


class Turned:
    """The rules in force, and what becomes of them as a dial is turned."""

    def __init__(self, book: RuleBook, entry: Entry, lists: Lists, dial: Dial) -> None:
        """``entry`` is the dial's rule as it stands in the files, changes made.

        BadRulesError where one of the values cannot be.
        """
        self.book = book
        self.dial = dial
        self.rules = tuple(_with(entry, lists, dial.path, value) for value in dial.values)
        """The rule, by value."""

    @property
    def rule(self) -> Rule:
        """As it is in force."""
        return self.rules[self.dial.present]

    def book_at(self, index: int) -> RuleBook:
        """The whole set with one value."""
        book = self._with({self.dial.rule: [self.rules[index]]}, "")
        return msgspec.structs.replace(book, fingerprint=fingerprint(book.rules))

    def book_of_all(self, name: str, along: Collection[str] = ()) -> RuleBook:
        """A set in which each value has a rule of its own, with an id of its own.

        ``along``: ids of other rules of which each value has its own as well. Where these name one
        another to be kept quiet, each value's name the same value's.
        """
        own = {self.dial.rule, *along}
        rules = {
            rule.id: [
                _of_value(self.rules[index] if rule.id == self.dial.rule else rule, own, index)
                for index in range(len(self.rules))
            ]
            for rule in self.book.rules
            if rule.id in own
        }
        return self._with(rules, name)

    def book_traced(self, band: Band) -> RuleBook | None:
        """A set whose one rule has every value; None where they differ in more than figures."""
        try:
            rule = merged(self.rules, band)
        except ValueError:
            return None
        return self._with({self.dial.rule: [rule]}, "traced")

    def _with(self, rules: Mapping[str, Sequence[Rule]], name: str) -> RuleBook:
        """The set with others in the place of some rules; ``name`` is its fingerprint."""
        found = [one for rule in self.book.rules for one in rules.get(rule.id, (rule,))]
        return msgspec.structs.replace(self.book, rules=tuple(found), fingerprint=name)


def id_of(rule: str, index: int) -> str:
    """The id of the rule with the value of that index; patterns take it for the rule's own."""
    return f"{rule}~{index}"


def _of_value(rule: Rule, own: Collection[str], index: int) -> Rule:
    """One value's own rule; it is kept quiet by that value's own ones."""
    unless = _naming(rule.unless, {name: id_of(name, index) for name in own})
    return msgspec.structs.replace(rule, id=id_of(rule.id, index), unless=unless)


def _naming(part: Any, names: Mapping[str, str]) -> Any:
    """Conditions that look at other rules by other names."""
    if isinstance(part, CueSeen):
        return msgspec.structs.replace(part, rules=tuple(names.get(r, r) for r in part.rules))
    if isinstance(part, msgspec.Struct):
        fields = {name: _naming(getattr(part, name), names) for name in part.__struct_fields__}
        return msgspec.structs.replace(part, **fields)
    if isinstance(part, tuple):
        return tuple(_naming(one, names) for one in part)
    return part


def index_of(rule: str) -> int | None:
    """The index of such an id; None for any other one."""
    _, found, index = rule.rpartition("~")
    return int(index) if found else None


def _with(entry: Entry, lists: Lists, path: str, value: float) -> Rule:
    values = copy.deepcopy(entry.values)
    made("set", values, located(values, path), value)
    problems = Problems()
    rule = build_rule(msgspec.structs.replace(entry, values=values), lists, problems)
    if rule is None:
        raise BadRulesError(problems.sorted())
    return rule


def merged(values: Sequence[Any], band: Band) -> Any:
    """One value of several that are alike but for figures, which become traced ones.

    ValueError where they are not.
    """
    first = values[0]
    if all(value == first for value in values[1:]):
        return first
    kinds = {type(value) for value in values}
    if kinds <= {int, float}:
        return Traced(band, tuple(values))
    if len(kinds) == 1 and isinstance(first, msgspec.Struct):
        fields = first.__struct_fields__
        parts = {name: merged([getattr(v, name) for v in values], band) for name in fields}
        return msgspec.structs.replace(first, **parts)
    if kinds == {tuple} and len({len(value) for value in values}) == 1:
        return tuple(merged(parts, band) for parts in zip(*values, strict=True))
    raise ValueError("they differ in more than figures")
