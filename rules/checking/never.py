"""Conditions that cannot come true, as far as the rules themselves show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Count,
    CueSeen,
    Not,
    NotFollowed,
    Overtalk,
    Phrase,
)
from rules.definition.conditions import Sequence as Follows
from rules.definition.rule import Rule
from rules.definition.selection import meant


def never(rule: Rule, running: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Why the rule can no longer match, or its card no longer be shown: the key, and a clause.

    ``running``: ids of the rules that run.
    """
    why = _why(rule.when, running)
    if why:
        yield "when", f"it can never match: {why}"
    elif isinstance(rule.when, Phrase) and any(
        isinstance(one, Phrase) and set(rule.when.any) <= set(one.any) for one in rule.unless
    ):
        yield "unless", "it can never match: every phrase it listens for also keeps it quiet"
    if rule.card is not None and rule.timing.max_per_call == 0:
        yield "timing.max_per_call", "its card is never shown: none a call are allowed"


def _why(condition: AnyCondition, running: Sequence[str]) -> str:
    """Why a condition cannot come true; empty where it may."""
    match condition:
        case CueSeen(rules=rules):
            runs = meant(running, rules)
            return "" if runs else f"it waits for {', '.join(rules)}, which does not run"
        case Overtalk(longer_than=length, count=count, within=within) if length * count > within:
            return f"{count} talk-overs of {length:g} s do not fit into {within:g} s"
        case AnyOf(of=of):
            reasons = [_why(one, running) for one in of]
            return reasons[0] if all(reasons) else ""
        case AllOf(of=of):
            return _first(of, running) or _denied(of)
        case _:
            return _first(_needed(condition), running)


def _needed(condition: AnyCondition) -> tuple[AnyCondition, ...]:
    """The parts without which a condition that looks back cannot come true."""
    match condition:
        case Count(of=part) | NotFollowed(first=part):
            return (part,)
        case Follows(first=first, then=then):
            return (first, then)
        case _:
            return ()


def _first(parts: Sequence[AnyCondition], running: Sequence[str]) -> str:
    return next(filter(None, (_why(part, running) for part in parts)), "")


def _denied(of: Sequence[AnyCondition]) -> str:
    denied = any(isinstance(one, Not) and one.of in of for one in of)
    return "one of its parts is the denial of another" if denied else ""
