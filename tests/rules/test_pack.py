"""The shipped pack keeps its own promises, and those of the cue catalogue."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from every_row import every_row
from shipped_rules import book, searching_matcher

from coach.engine.engine import Engine
from coach.events import Fact, Result, Track
from coach.meaning.listening import MeaningListener
from rules.books.catalogue import coverage
from rules.checking.lint import Grade, lint
from rules.checking.testing import (
    ScriptedCall,
    ScriptedMoment,
    check,
    facts_of,
    run_examples,
    run_timelines,
)
from rules.definition.rule import Kind, Rule

BOOK = book()
MATCHER = searching_matcher()


def play(facts: Sequence[Fact]) -> list[Result]:
    engine = Engine(BOOK, matcher=MATCHER)
    results: list[Result] = []
    for fact in facts:
        results += engine.receive(fact)
    return results


@pytest.mark.meaning
def test_every_example_holds() -> None:
    meaning = MeaningListener(BOOK)
    wrong = [
        (r.rule, r.example.text, r.hit)
        for r in run_examples(BOOK, MATCHER, meaning.clauses)
        if r.failed
    ]
    assert wrong == []


@every_row([r for r in BOOK.active() if r.timelines])
def test_every_timeline_holds(rule: Rule) -> None:
    assert [t.mistakes for t in run_timelines([rule], play) if t.mistakes] == []


def test_lint_has_nothing_to_say() -> None:
    assert [str(f) for f in lint(BOOK, MATCHER) if f.grade > Grade.NOTE] == []


def test_every_cue_of_the_catalogue_has_a_rule_or_a_reason() -> None:
    covered = coverage(BOOK)
    assert [c.cue for c in covered if not c.whole] == []
    assert len(covered) >= 60


def test_danger_outranks_everything() -> None:
    ranks = {r.id: r.card.priority for r in BOOK.active() if r.card}
    least_danger = min(
        ranks[r.id]
        for r in BOOK.active()
        if r.id in ranks and r.track in (Track.SAFETY, Track.THREAT) and r.severity == 4
    )
    rest = max(
        ranks[r.id]
        for r in BOOK.active()
        if r.id in ranks and r.track not in (Track.SAFETY, Track.THREAT)
    )
    assert least_danger > rest


def test_the_order_of_priorities() -> None:
    order = (
        "safety.self_harm",
        "threat.direct",
        "conduct.hate",
        "esc.legal",
        "esc.privacy",
        "esc.supervisor",
        "esc.chargeback",
        "esc.churn",
        "esc.not_heard",
        "agent.fast",
    )
    priorities = [BOOK.rule(i).card.priority for i in order]  # type: ignore[union-attr]
    assert priorities == sorted(priorities, reverse=True)


FOR_ONESELF = ("agent.calm_self", "agent.long_call_stress")
"""Cards about the agent's own breath and rest: nothing of them is said to anybody."""


def test_cards_are_short_and_varied() -> None:
    for rule in BOOK.active():
        if rule.card is None:
            continue
        assert rule.card.do
        assert rule.card.do[0].isupper()
        assert len(set(rule.card.say)) == len(rule.card.say)
        if rule.id in FOR_ONESELF:
            assert (rule.card.say, len(rule.card.steps) >= 2) == ((), True), rule.id
        elif rule.card.kind is not Kind.NOD:
            assert len(rule.card.say) >= 2, rule.id
            assert any("{" not in say for say in rule.card.say), rule.id


def test_a_wrong_expectation_is_told_in_plain_words() -> None:
    timeline = ScriptedCall(
        name="wrong",
        steps=(
            ScriptedMoment(at=1.0, customer="let me speak to your manager"),
            ScriptedMoment(at=5.0, cards=()),
        ),
    )
    assert list(check(timeline, play(facts_of(timeline)))) == [
        "at 5 s expected no card, but esc.supervisor on screen"
    ]
