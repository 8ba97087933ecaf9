"""Which rules a setting or a condition means: by id, by family, or by role."""

from __future__ import annotations

from collections.abc import Iterable

from .model import Rule
from .roles import Role


def matches(rule: str, pattern: str) -> bool:
    """Whether ``pattern``, a rule id or a prefix ending in ``.*``, stands for ``rule``."""
    return rule.startswith(pattern[:-1]) if pattern.endswith(".*") else rule == pattern


def chosen(rules: Iterable[Rule], role: Role, named: tuple[str, ...] | None) -> frozenset[str]:
    """The ids of the rules that ``named`` stands for; where it is None, of those with the role."""
    if named is None:
        return frozenset(rule.id for rule in rules if role in rule.roles)
    return frozenset(
        rule.id for rule in rules if any(matches(rule.id, pattern) for pattern in named)
    )


def first_with(rules: Iterable[Rule], role: Role) -> str:
    """The id of the first rule with the role; empty where there is none."""
    return next((rule.id for rule in rules if role in rule.roles), "")
