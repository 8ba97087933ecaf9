"""What words come near: only rules that lack nothing but nearness."""

from __future__ import annotations

import msgspec
import pytest
from rulekit import book, rule

from coach.events import Channel, Clause, ClauseScore
from rules.definition.conditions import AllOf, Meaning, Phrase
from rules.definition.rule import Rule
from rules.matching.evaluate import decide
from rules.matching.matcher import Matcher
from rules.matching.near_misses import at_least, near_misses

BOSS = Meaning(sentences=("let me speak to your boss",), sensitivity=0.02)
PLAIN = rule("esc.boss", BOSS)
BARRED = rule("esc.boss", BOSS, unless=(Phrase(any=("please",)),))
WITH_MORE = rule("esc.boss", AllOf(of=(BOSS, Phrase(any=("now",)))))


@pytest.mark.parametrize(
    ("one", "said", "told"),
    [
        (PLAIN, "who is above you", True),
        (BARRED, "who is above you", True),
        (BARRED, "who is above you please", False),
        (WITH_MORE, "who is above you now", True),
        (WITH_MORE, "who is above you", False),
    ],
)
def test_a_near_miss_would_match_with_the_sensitivity_that_is_told(
    one: Rule, said: str, *, told: bool
) -> None:
    scores = (ClauseScore(key=BOSS.key, rate=0.1512, nearest=0),)
    clauses = (Clause(first=0, last=3, scores=scores),)
    found = Matcher(book(one)).find(Channel.CUSTOMER, said, clauses=clauses)
    misses = near_misses(book(one), Channel.CUSTOMER, clauses, found)
    assert [miss.rule for miss in misses] == (["esc.boss"] if told else [])
    if not told:
        return
    near = msgspec.structs.replace(BOSS, sensitivity=float(at_least(misses[0].rate)))
    parts = one.when.of[1:] if isinstance(one.when, AllOf) else ()
    enough = msgspec.structs.replace(one, when=AllOf(of=(near, *parts)))
    found = Matcher(book(enough)).find(Channel.CUSTOMER, said, clauses=clauses)
    assert decide(enough, found) is not None
