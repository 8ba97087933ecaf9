"""Decide a rule on one utterance alone, as `coach rules try` and `coach score` do.

Only words count here: state conditions (silence, mood, what came before) are unknown, and what
is unknown does not hold. "A, and then no B" holds for a lone A. The engine evaluates the same
trees with time.
"""

from __future__ import annotations

from collections.abc import Sequence

from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Count,
    Lexical,
    Not,
    NotFollowed,
    Speaker,
    leaves,
    walk,
)
from rules.definition.exceptions import beside_exceptions, parted
from rules.definition.rule import Rule

from .hits import Found, Hit


def decide(rule: Rule, found: Found) -> Hit | None:
    """Where the rule's words stand in the utterance, unless an exception holds; else None.

    The hit may be guarded (negated or quoted).
    """
    hit = _where(rule.when, rule.speaker, found)
    if hit is None:
        return None
    exceptions = parted(rule.unless)
    if any(_where(u, rule.speaker, found) for u in exceptions.whole):
        return None
    if exceptions.words:
        rest = _beside(exceptions.words, (rule.when,), rule.speaker, found)
        return hit if rest is found else _where(rule.when, rule.speaker, rest)
    return hit


def holds(rule: Rule, found: Found) -> bool:
    """True where the rule matches at full strength: found, and neither negated nor quoted."""
    hit = decide(rule, found)
    return hit is not None and not hit.guard


def lexical(condition: AnyCondition) -> bool:
    """True where words of one utterance alone can make the condition true."""
    if isinstance(condition, Lexical):
        return True
    if isinstance(condition, AllOf):
        return all(lexical(c) or isinstance(c, Not) for c in condition.of)
    if isinstance(condition, AnyOf):
        return any(lexical(c) for c in condition.of)
    if isinstance(condition, Count):
        return condition.at_least <= 1 and lexical(condition.of)
    return isinstance(condition, NotFollowed) and _only_words(condition.first)


def _only_words(condition: AnyCondition) -> bool:
    return all(isinstance(c, Lexical | AnyOf | AllOf | Not) for c in walk(condition))


def _where(condition: AnyCondition, speaker: Speaker, found: Found) -> Hit | None:
    if isinstance(condition, Lexical):
        return found.hit(condition, speaker)
    if isinstance(condition, AllOf):
        return _unbarred(condition, speaker, found)
    if isinstance(condition, AnyOf):
        real = [h for c in condition.of if (h := _where(c, speaker, found)) is not None]
        return _plainest(real) if real else None
    if isinstance(condition, Count) and condition.at_least <= 1:
        return _where(condition.of, speaker, found)
    if isinstance(condition, NotFollowed) and _only_words(condition.first):
        answered = _where(condition.then, speaker, found)
        return None if answered else _where(condition.first, speaker, found)
    return None


def _unbarred(condition: AllOf, speaker: Speaker, found: Found) -> Hit | None:
    """Where all parts hold, in the words that exceptions among them leave."""
    hit = _all(condition.of, speaker, found)
    if hit is None or not any(isinstance(c, Not) for c in condition.of):
        return hit
    parts, words = beside_exceptions(condition)
    if any(_where(c.of, speaker, found) for c in parts if isinstance(c, Not)):
        return None
    rest = _beside(words, parts, speaker, found) if words else found
    return hit if rest is found else _all(parts, speaker, rest)


def _all(parts: Sequence[AnyCondition], speaker: Speaker, found: Found) -> Hit | None:
    """Where all hold that are no exceptions."""
    hits: list[Hit] = []
    for part in parts:
        if isinstance(part, Not):
            continue
        hit = _where(part, speaker, found)
        if hit is None:
            return None
        hits.append(hit)
    return _plainest(hits) if hits else None


def _beside(
    exceptions: Sequence[Lexical], of: Sequence[AnyCondition], speaker: Speaker, found: Found
) -> Found:
    """What is left of some conditions where exceptions cover words."""
    number = found.numbers.of
    held = [number(leaf, speaker) for part in of for leaf in leaves(part)]
    return found.beside([number(one, speaker) for one in exceptions], held)


def _plainest(hits: list[Hit]) -> Hit:
    return min(hits, key=lambda h: (bool(h.guard), h.first))
