"""Which rules a setting or a condition means: by id, by family, or by role."""

from __future__ import annotations

from collections.abc import Iterable

from .roles import Role
from .rule import Rule


def meant(ids: Iterable[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """Those of the ids that a pattern stands for: an id, or a prefix that ends in ``.*``."""
    exact, prefixes = set(), []
    for pattern in patterns:
        if pattern.endswith(".*"):
            prefixes.append(pattern[:-1])
        else:
            exact.add(pattern)
    begins = tuple(prefixes)
    return tuple(rule for rule in ids if rule in exact or rule.startswith(begins))


def chosen(rules: Iterable[Rule], role: Role, named: tuple[str, ...] | None) -> frozenset[str]:
    """The ids of the rules that ``named`` stands for; where it is None, of those with the role."""
    if named is None:
        return frozenset(rule.id for rule in rules if role in rule.roles)
    return frozenset(meant((rule.id for rule in rules), named))


def first_with(rules: Iterable[Rule], role: Role) -> str:
    """The id of the first rule with the role; empty where there is none."""
    return next((rule.id for rule in rules if role in rule.roles), "")
