"""Whether a rule touches nothing but the place of the card: its values can run side by side then.

Of such a rule nothing else in a call depends: no other rule looks at it, the level does not rise
by it, the record and the checklist do not know it, and it brings no look at the other rules out of
turn (words that match do). Then rules with all of its values can be in force at once in one run,
and only who gets the place on the screen is left to decide for each value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from coach.engine.cues.condition_traits import ambient, spoken
from coach.engine.engine import EngineSettings
from coach.events import Track
from rules.model import AnyCondition, CueSeen, Rule, RuleBook, Speaker, walk
from rules.roles import Family, Role
from rules.selection import meant

FAMILIES = frozenset({Family.AGENT, Family.LINE})
ROLES = frozenset({Role.WORDING_FAULT, Role.OMISSION})
"""Roles that nothing looks at but checks of the rules, and the rule that has them."""
SHARED = frozenset({"support"})
"""Figures that decide which wordings are found, and so which words around them are guarded."""
GRAVE = 2
"""Severity from which the words of a rule that is not about the agent weigh on the mood."""


def touches_only_cards(rule: Rule, book: RuleBook, path: str) -> bool:
    """Whether all of it is so, whichever value the figure at ``path`` has."""
    others = [one for one in book.active() if one.id != rule.id]
    return (
        rule.track is Track.COACHING
        and rule.family in FAMILIES
        and ROLES.issuperset(rule.roles)
        and (rule.severity < GRAVE or rule.speaker is Speaker.AGENT)
        and path.rpartition(".")[2] not in SHARED
        and ambient(rule.when)
        and not spoken(rule.when)
        and not any(_looks_at(one, rule.id) for one in (rule, *others))
    )


def is_named(rule: str, settings: EngineSettings) -> bool:
    """Whether settings of the engine name a rule, or a family of which it is."""
    return bool(meant((rule,), _texts(settings)))


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
    return any(
        isinstance(part, CueSeen) and bool(meant((other,), part.rules))
        for part in _parts((rule.when, *rule.unless))
    )


def _parts(conditions: Iterable[AnyCondition]) -> Iterable[AnyCondition]:
    for condition in conditions:
        yield from walk(condition)
