"""Rules that are in no file yet: one of a set with a value changed, or a new one.

Values are changed as an overlay would change them (``rules.changes.actions``), so that what was
tried is what a file with the same change gives.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import msgspec

from rules.changes.actions import made
from rules.changes.value_paths import NoPlaceError, located
from rules.definition.rule import Rule, RuleBook
from rules.reading.build import build_rule
from rules.reading.entries import Entry
from rules.reading.problems import Problems

from .loader import BadRulesError, WrittenRules, fingerprint


def changed_values(entry: Entry, action: str, path: str, value: Any) -> dict[str, Any]:
    """The values of a rule after one change; NoPlaceError where it cannot be made."""
    values = copy.deepcopy(entry.values)
    made(action, values, located(values, path), copy.deepcopy(value))
    return values


def changed_rule(parts: WrittenRules, rule: str, change: tuple[str, str, Any]) -> Rule:
    """A rule of a set after one change: action, path and value as an overlay writes them.

    KeyError where there is no such rule, BadRulesError where the change cannot be made.
    """
    by_name = {entry.name: entry for entry in parts.rules}
    entry = by_name[rule]
    try:
        values = changed_values(entry, *change)
    except NoPlaceError as error:
        problems = Problems()
        problems.at(entry, change[1], str(error))
        raise BadRulesError(problems.sorted()) from None
    return _built(parts, msgspec.structs.replace(entry, values=values))


def new_rule(parts: WrittenRules, values: Mapping[str, Any], file: str) -> Rule:
    """A rule that a file would hold; BadRulesError where it has mistakes."""
    name = str(values.get("id", ""))
    return _built(parts, Entry(file=file, line=0, name=name, values=dict(values), lines={}))


def with_rule(book: RuleBook, rule: Rule) -> RuleBook:
    """The set with a rule in the place of its namesake, or behind all others."""
    known = any(one.id == rule.id for one in book.rules)
    rules = tuple(rule if one.id == rule.id else one for one in book.rules)
    rules = rules if known else (*rules, rule)
    return msgspec.structs.replace(book, rules=rules, fingerprint=fingerprint(rules))


def _built(parts: WrittenRules, entry: Entry) -> Rule:
    problems = Problems()
    rule = build_rule(entry, parts.lists, problems)
    if rule is None:
        raise BadRulesError(problems.sorted())
    return rule
