"""Which rules the words of one utterance come near by their meaning, without being near enough."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec

from coach.events import Channel, Clause
from rules.definition.conditions import Meaning, leaves
from rules.definition.rule import Rule, RuleBook
from rules.definition.speaker_channels import hears

from .evaluate import decide
from .hits import Found, Hit

CALLS_AN_HOUR = 12.0
"""Of five minutes."""


class NearMiss(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that the words come near."""

    rule: str
    clause: Clause
    """The one that comes nearest."""
    sentence: str
    """Of the rule, that the clause comes closest to; empty where none is told."""
    rate: float
    """False alarms per hour of ordinary talk that comes as near."""
    sensitivity: float
    """False alarms per hour that the rule takes."""


def near_misses(
    book: RuleBook, channel: Channel, clauses: Sequence[Clause], found: Found
) -> tuple[NearMiss, ...]:
    """Those rules that do not match and lack nothing else, the ones that lack least first.

    Added ones come before those of the packs.
    """
    misses = (
        miss
        for rule in book.active()
        if decide(rule, found) is None
        for miss in _misses(rule, channel, clauses, found)
    )
    nearest: dict[str, NearMiss] = {}
    added = {rule.id for rule in book.rules if rule.source.by}
    for miss in sorted(misses, key=lambda miss: (miss.rule not in added, _lacking(miss))):
        nearest.setdefault(miss.rule, miss)
    return tuple(nearest.values())


def at_least(rate: float) -> str:
    """The least sensitivity of two figures that takes a rate, as it is written in a rule."""
    step = 10.0 ** (math.floor(math.log10(rate)) - 1)
    return f"{math.ceil(rate / step) * step:.2g}"


def in_calls(rate: float) -> str:
    """False alarms an hour as somebody meets them who hears calls of five minutes."""
    in_each, calls = round(rate / CALLS_AN_HOUR), round(CALLS_AN_HOUR / rate)
    if in_each > 1:
        return f"{in_each:,} false alarms in every call of five minutes"
    which = f"one of {calls:,} calls" if calls > 1 else "every call"
    return f"a false alarm in {which} of five minutes"


def _misses(
    rule: Rule, channel: Channel, clauses: Sequence[Clause], found: Found
) -> Iterator[NearMiss]:
    for leaf in leaves(rule.when):
        if not isinstance(leaf, Meaning) or not hears(leaf.speaker or rule.speaker, channel):
            continue
        for clause in clauses:
            for score in clause.scores:
                if score.key != leaf.key or score.rate <= leaf.sensitivity:
                    continue
                hit = Hit(clause.first, clause.last, "", rate=score.rate)
                if decide(rule, found.holding(leaf, rule.speaker, hit)) is None:
                    continue
                like = leaf.sentences[score.nearest] if score.nearest >= 0 else ""
                yield NearMiss(
                    rule=rule.id,
                    clause=clause,
                    sentence=like,
                    rate=score.rate,
                    sensitivity=leaf.sensitivity,
                )


def _lacking(miss: NearMiss) -> float:
    return miss.rate / miss.sensitivity
