"""What cards give to say is true wherever they are shown, and saying it is following them."""

from __future__ import annotations

import re

import pytest
from every_row import every_row
from shipped_rules import book

from coach.engine.advice.own_words import says_one_of
from rules.definition.rule import Rule

CARDS = [rule for rule in book().active() if rule.card is not None]
NOBODY_KNOWS = {
    "a day": r"\b(mon|tues|wednes|thurs|fri|satur|sun)day\b",
    "a time of day": r"\b(at|by) (noon|one|two|three|four|five|six|nine|ten)\b",
    "a trade": r"\b(courier|engineer|technician|parcel|driver|depot|router|meter|flight)\b",
    "how many there are": r"\b(two|three) (things|options|that)\b",
    "what was said before": r"\bi've (asked|told|warned|said)\b|\basked (once|twice)\b",
    "what was done before": r"\bi've (read|checked|looked|spoken)\b",
    "who decides": r"\bwho decides\b|\bneeds a manager\b",
    "who goes on": r"\b(don't|not) pass (them|you) on(?! cold)\b|\bi'll stay with this\b",
}
SAID_BEFORE = {"agent.script_parrot", "agent.monologue"}
"""Cards for agents who have been heard saying it."""
SHORT = {"agent.overtalk", "agent.jargon", "esc.confusion"}
"""Cards of which one wording has no sentence that is long enough to be known by it."""


def texts(rule: Rule) -> list[str]:
    assert rule.card is not None
    return [rule.card.do, *rule.card.say]


@every_row(CARDS)
def test_no_wording_tells_what_only_the_agent_can_know(rule: Rule) -> None:
    told = [
        (what, text)
        for text in texts(rule)
        for what, pattern in NOBODY_KNOWS.items()
        if re.search(pattern, text, re.IGNORECASE) and rule.id not in SAID_BEFORE
    ]
    assert told == []


@pytest.mark.parametrize("rule", ["ladder.warn_1"])
def test_a_name_is_used_only_where_there_is_one(rule: str) -> None:
    card = book().rule(rule).card  # type: ignore[union-attr]
    assert card is not None
    named = [text for text in (card.do, *card.steps) if "name" in text and "issue" not in text]
    assert named
    assert all("if you have it" in text for text in named)


@every_row(CARDS)
def test_who_says_a_card_s_words_has_followed_it(rule: Rule) -> None:
    assert rule.card is not None
    said = [text.replace("{issue}", "the double charge") for text in rule.card.say]
    unknown = [text for text in said if not says_one_of(text, [text])]
    assert len(unknown) == (1 if rule.id in SHORT else 0), unknown
