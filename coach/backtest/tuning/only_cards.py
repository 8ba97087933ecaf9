"""Whether a rule touches nothing but the place of the card: its values can run side by side then.

Of such a rule nothing else in a call depends: no other rule looks at it, the level does not rise
by it, the record and the checklist do not know it, and it brings no look at the other rules out of
turn (words that match do). Then rules with all of its values can be in force at once in one run,
and only who gets the place on the screen is left to decide for each value. Another rule that it
keeps quiet, and that touches nothing but that place either, goes along: each value has its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from coach.engine.cues.condition_traits import ambient, spoken
from coach.engine.engine import EngineSettings
from coach.events import Track
from rules.definition.conditions import AnyCondition, CueSeen, Speaker, walk
from rules.definition.roles import Family, Role
from rules.definition.rule import Rule, RuleBook
from rules.definition.selection import meant

FAMILIES = frozenset({Family.AGENT, Family.LINE})
ROLES = frozenset({Role.WORDING_FAULT, Role.OMISSION})
"""Roles that nothing looks at but checks of the rules, and the rule that has them."""
SHARED = frozenset({"support"})
"""Figures that decide which wordings are found, and so which words around them are guarded."""
GRAVE = 2
"""Severity from which the words of a rule that is not about the agent weigh on the mood."""


def going_along(rule: Rule, book: RuleBook, path: str) -> frozenset[str] | None:
    """The ids of the rules of which each value needs its own: that one, and those it keeps quiet.

    None where more than the place of the card hangs on one of them, whichever value the figure at
    ``path`` has.
    """
    found = {rule.id: rule}
    active, left = book.active(), [rule]
    while left:
        looked_at = left.pop().id
        for one in active:
            if not _looks_at(one, looked_at):
                continue
            if not _is_only_kept_quiet_by(one, looked_at):
                return None
            if one.id not in found:
                found[one.id] = one
                left.append(one)
    alone = all(_touches_only_cards(one) for one in found.values())
    return frozenset(found) if alone and path.rpartition(".")[2] not in SHARED else None


def _touches_only_cards(rule: Rule) -> bool:
    """Whether it does, but for the rules that look at it."""
    return (
        rule.track is Track.COACHING
        and rule.family in FAMILIES
        and ROLES.issuperset(rule.roles)
        and (rule.severity < GRAVE or rule.speaker is Speaker.AGENT)
        and ambient(rule.when)
        and not spoken(rule.when)
    )


def is_named(rules: Iterable[str], settings: EngineSettings) -> bool:
    """Whether settings of the engine name one of the rules, or a family of which it is."""
    return bool(meant(rules, _texts(settings)))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from [one] if isinstance(one, str) else _texts(one)


def _looks_at(rule: Rule, other: str) -> bool:
    if rule.card is not None and other in rule.card.done_when:
        return True
    return any(_sees(part, other) for part in _parts((rule.when, *rule.unless)))


def _is_only_kept_quiet_by(rule: Rule, other: str) -> bool:
    """Whether a rule that looks at another does so where it is kept quiet, by the very id."""
    if rule.card is not None and other in rule.card.done_when:
        return False
    quiet = [part for part in _parts(rule.unless) if _sees(part, other)]
    return not any(_sees(part, other) for part in _parts((rule.when,))) and all(
        isinstance(part, CueSeen) and not _by_family(part, other) for part in quiet
    )


def _sees(part: AnyCondition, rule: str) -> bool:
    return isinstance(part, CueSeen) and bool(meant((rule,), part.rules))


def _by_family(part: CueSeen, rule: str) -> bool:
    return bool(meant((rule,), [name for name in part.rules if name != rule]))


def _parts(conditions: Iterable[AnyCondition]) -> Iterable[AnyCondition]:
    for condition in conditions:
        yield from walk(condition)
