"""Changes that can only make rules match less: where they never matched, nothing changes.

A rule that matched nowhere in a call under the old rules did nothing in it. As long as nothing else
differs, both runs of the call are the same up to the first match of such a rule under the new ones;
and where the new one can hold only when the old one would have held, there is none. So a run is
spared in every call in which the changed rules left no trace, whatever was changed of their cards
and of how often these come.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from coach.backtest.reach import UNSAID, bare, texts_in
from coach.calls.journal import JournalHeader
from coach.engine.cues.condition_traits import spoken
from coach.events import AnyEvent
from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Elapsed,
    LevelAtLeast,
    Loud,
    Monologue,
    MoodBelow,
    Overtalk,
    Silence,
)
from rules.definition.rule import Rule, RuleBook

_RISING: dict[type, tuple[str, ...]] = {
    Silence: ("longer_than",),
    Monologue: ("longer_than",),
    Elapsed: ("longer_than",),
    Overtalk: ("longer_than", "count"),
    Loud: ("over_baseline_db",),
    LevelAtLeast: ("level",),
}
"""Bounds of conditions: the higher one is, the less often the condition holds."""
_FALLING: dict[type, tuple[str, ...]] = {MoodBelow: ("score",), Overtalk: ("within",)}
"""And those of which that is true the lower they are."""


class NarrowedRules:
    """Tells of calls, by what the old rules came to, whether the new ones come to the same."""

    def __init__(self, old: RuleBook, new: RuleBook) -> None:
        self._names = _narrowed(old, new)

    def leave(self, events: Iterable[AnyEvent], header: JournalHeader) -> bool:
        """Whether a call of which the old rules made this comes to the same under the new ones.

        The header holds settings that may ask for a rule's card by its name.
        """
        names = self._names
        if names is None or not names.isdisjoint(texts_in(header.settings)):
            return False
        return names.isdisjoint([getattr(event, "rule", None) for event in events])


def _narrowed(old: RuleBook, new: RuleBook) -> frozenset[str] | None:
    """The rules that differ, where each can match only when it could before; None otherwise."""
    before, after = (tuple(map(bare, book.active())) for book in (old, new))
    if old.language != new.language or [one.id for one in before] != [one.id for one in after]:
        return None
    differing = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    if not all(_is_narrower(*pair) for pair in differing):
        return None
    return frozenset(one.id for one, _ in differing)


def _is_narrower(old: Rule, new: Rule) -> bool:
    """Whether a rule matches under ``new`` only when it does under ``old``, for all else alike."""
    like_old = msgspec.structs.replace(
        new, title=old.title, when=old.when, timing=old.timing, card=old.card
    )
    if like_old != old or old.family in UNSAID or new.timing.for_ < old.timing.for_:
        return False
    if old.card is not None and new.card is not None:
        # What makes a card needless also settles what its rule gathers.
        if old.card.done_when != new.card.done_when:
            return False
    elif old.card is not new.card:
        return False  # what has a card is told of where it nearly matched
    return old.when == new.when or (not spoken(old.when) and _holds_less(old.when, new.when))


def _holds_less(old: AnyCondition, new: AnyCondition) -> bool:
    """Whether a condition on state holds only where the old one does."""
    if old == new:
        return True
    kind = type(old)
    if type(new) is not kind:
        return False
    if isinstance(old, AllOf | AnyOf) and isinstance(new, AllOf | AnyOf):
        alike = len(old.of) == len(new.of)
        return alike and all(map(_holds_less, old.of, new.of))
    rising, falling = _RISING.get(kind, ()), _FALLING.get(kind, ())
    bounds = {name: getattr(old, name) for name in (*rising, *falling)}
    return (
        msgspec.structs.replace(new, **bounds) == old
        and all(getattr(new, name) >= getattr(old, name) for name in rising)
        and all(getattr(new, name) <= getattr(old, name) for name in falling)
    )
