"""One cue a clause: which rule of a family counts where several listen for the same words.

Neighbouring rules have neighbouring meanings, and one sentence is to be counted once: words that
hold one rule of such a family by the letter hold no other of it by meaning.
"""

from __future__ import annotations

from rules.definition.conditions import AnyCondition, AnyOf, Meaning, Phrase, walk
from rules.definition.roles import Family
from rules.definition.rule import Rule, RuleBook

from .hits import Found, Hit

ONE_CUE_A_CLAUSE = (Family.ESCALATION, Family.CONDUCT)
"""Families of which it is so; a danger is never left out for another."""


def letters(condition: AnyCondition) -> tuple[Phrase, ...]:
    """The phrases of a condition each of which is enough by itself."""
    if isinstance(condition, Phrase):
        return (condition,)
    if isinstance(condition, AnyOf):
        return tuple(part for part in condition.of if isinstance(part, Phrase))
    return ()


def counted_by(rule: Rule, book: RuleBook, found: Found) -> Rule | None:
    """The rule of ``book`` that counts the words in the place of ``rule``; None where none does."""
    if rule.family not in ONE_CUE_A_CLAUSE or any(hit.guard is None for hit in _held(rule, found)):
        return None
    meanings = [leaf for leaf in walk(rule.when) if isinstance(leaf, Meaning)]
    near = [hit for leaf in meanings if (hit := found.hit(leaf, rule.speaker)) is not None]
    for other in book.active():
        if other.family is not rule.family or other.id == rule.id:
            continue
        for hit in _held(other, found):
            if hit.guard is None and any(_overlap(hit, one) for one in near):
                return other
    return None


def _held(rule: Rule, found: Found) -> list[Hit]:
    """Where the words hold a rule by the letter."""
    hits = (found.hit(leaf, rule.speaker) for leaf in letters(rule.when))
    return [hit for hit in hits if hit is not None]


def _overlap(one: Hit, other: Hit) -> bool:
    return one.first <= other.last and other.first <= one.last
