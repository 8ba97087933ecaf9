"""What is the same of a rule in every call is found once for a set, and for each set by itself."""

from __future__ import annotations

import msgspec
import pytest
from rulekit import book, rule, said

from coach.engine.cues import rule_traits
from coach.engine.cues.rule_traits import traits_of
from coach.engine.engine import Engine
from rules.definition.conditions import AnyOf, CueSeen, Silence
from rules.matching.matcher import Matcher


def test_an_engine_with_rules_of_another_finds_nothing_out_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = book(rule("esc.boss", "manager"), rule("agent.quiet", Silence(longer_than=8.0)))
    matcher = Matcher(rules)
    Engine(rules, matcher=matcher)

    def refused(*_: object) -> None:
        raise AssertionError("found out again")

    monkeypatch.setattr(rule_traits, "RuleTraits", refused)
    Engine(rules, matcher=matcher)


def test_what_keeps_a_rule_quiet_is_made_once_where_it_only_asks_for_phrases() -> None:
    matcher = Matcher(
        book(
            rule("esc.boss", "manager", unless=(said("your own manager"),)),
            rule("esc.bill", "bill", unless=(CueSeen(rules=("esc.boss",)),)),
        )
    )
    phrases, cue = (traits_of(one, matcher.numbers) for one in matcher.book.rules)
    Engine(matcher.book, matcher=matcher)
    made = phrases.kept_quiet
    assert made is not None
    assert cue.kept_quiet is None, "it asks what was seen in its own call"
    Engine(matcher.book, matcher=matcher)
    assert phrases.kept_quiet is made


def test_one_rule_in_two_sets_has_the_numbers_of_each() -> None:
    shared = rule("esc.boss", AnyOf(of=(said("manager"), said("boss"))))
    alone, behind = Matcher(book(shared)), Matcher(book(rule("esc.bill", "bill"), shared))
    assert traits_of(shared, alone.numbers).letters == (0, 1)
    assert traits_of(shared, behind.numbers).letters == (1, 2)
    assert traits_of(shared, alone.numbers).listens == frozenset({0, 1})


def test_a_rule_that_took_anothers_place_in_memory_has_its_own_traits() -> None:
    """Rules are known by identity, which is free again once a rule is gone."""
    matcher = Matcher(book(rule("esc.boss", "manager")))
    (kept,) = matcher.book.rules
    for _ in range(50):
        copy = msgspec.structs.replace(kept)
        assert traits_of(copy, matcher.numbers).rule is copy
        del copy
