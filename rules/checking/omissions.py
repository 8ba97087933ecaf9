"""Which rules are about what the agent did not say or do, as far as they show it themselves."""

from __future__ import annotations

from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    CueSeen,
    Meaning,
    Near,
    NotFollowed,
    Phrase,
    Regex,
    Silence,
    Speaker,
    walk,
)
from rules.definition.roles import Family
from rules.definition.rule import Rule, RuleBook
from rules.definition.selection import meant


def of_omission(rule: Rule, book: RuleBook) -> bool:
    """Whether a rule tells the agent of what is missing on the agent's side.

    Such are answers of the agent's that did not come, silences held against the agent, and the
    reminders for open items of the checklist.
    """
    if rule.family is Family.CHECKLIST and rule.card is not None:
        return True
    return any(
        _by_agent(part.then, rule, book)
        if isinstance(part, NotFollowed)
        else isinstance(part, Silence) and rule.family is Family.AGENT
        for part in walk(rule.when)
    )


def _by_agent(answer: AnyCondition, rule: Rule, book: RuleBook) -> bool:
    """Whether the agent's words may bring the answer."""
    match answer:
        case (
            Phrase(speaker=speaker)
            | Near(speaker=speaker)
            | Regex(speaker=speaker)
            | Meaning(speaker=speaker)
        ):
            return (speaker or rule.speaker) is not Speaker.CUSTOMER
        case AllOf(of=of) | AnyOf(of=of):
            return any(_by_agent(part, rule, book) for part in of)
        case CueSeen(rules=named):
            ids = meant([rule.id for rule in book.rules], named)
            return any(book.rule(one).speaker is not Speaker.CUSTOMER for one in ids)
        case _:
            return False
