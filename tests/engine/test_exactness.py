"""The promises every driver relies on: same facts, same results, whenever and wherever."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shipped_rules import book, matcher
from strategies import calls, ticks_between

from coach.engine.advice.escalation import EscalationTracker
from coach.engine.cues.conditions import Compiler
from coach.engine.cues.past import OccasionTests, Past
from coach.engine.cues.rule_traits import RuleTraits
from coach.engine.engine import Engine
from coach.events import (
    Action,
    AgentAction,
    AnyEvent,
    ChecklistTicked,
    CommitmentMade,
    CueMatched,
    CueRetracted,
    Fact,
    Hypothesis,
    Result,
)
from rules.definition.conditions import AnyCondition
from rules.definition.rule import Rule

relaxed = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def new_engine() -> Engine:
    return Engine(book(), matcher=matcher())


def run(facts: list[Fact]) -> list[Result]:
    engine = new_engine()
    return [result for fact in facts for result in engine.receive(fact)]


def run_with_levels(facts: list[Fact]) -> list[object]:
    """Results, and after each fact what the level rests on."""
    engine = new_engine()
    told: list[object] = []
    for fact in facts:
        told += engine.receive(fact)
        told.append(engine.snapshot().level_because)
    return told


@relaxed
@given(calls())
def test_the_same_facts_give_the_same_results(facts: list[Fact]) -> None:
    assert run(facts) == run(facts)


@relaxed
@given(st.data())
def test_how_often_time_passes_makes_no_difference(data: st.DataObject) -> None:
    facts = data.draw(calls())
    ticks = data.draw(ticks_between(facts))
    engine = new_engine()
    results: list[Result] = []
    for fact, moments in zip(facts, ticks, strict=True):
        for now in moments:
            results += engine.advance(now)
        results += engine.receive(fact)
    assert results == run(facts)


@relaxed
@given(calls())
def test_looking_at_every_rule_on_every_grid_point_finds_nothing_more(facts: list[Fact]) -> None:
    compile_ = Compiler.compile

    def restless(
        self: Compiler, condition: AnyCondition, rule: Rule, traits: RuleTraits
    ) -> OccasionTests:
        return compile_(self, condition, rule, traits)._replace(rest=None, stay=None)

    remember = Past.__init__

    def wakeful(self: Past, tests: OccasionTests, listens: frozenset[int] | None) -> None:
        remember(self, tests._replace(rest=None), listens)

    def never_still(*_: object) -> bool:
        return False

    def never_stands(*_: object) -> float:
        return -math.inf

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compiler, "compile", restless)
        patch.setattr(Past, "__init__", wakeful)
        patch.setattr(EscalationTracker, "_is_still", never_still)
        patch.setattr(EscalationTracker, "_stands", never_stands)
        everything = run_with_levels(facts)
    assert run_with_levels(facts) == everything


@relaxed
@given(calls())
def test_facts_and_results_survive_the_journal(facts: list[Fact]) -> None:
    decoder = msgspec.json.Decoder(AnyEvent)
    for event in [*facts, *run(facts)]:
        assert decoder.decode(msgspec.json.encode(event)) == event


@relaxed
@given(calls())
def test_facts_read_from_a_journal_give_the_same_results(facts: list[Fact]) -> None:
    decoder = msgspec.json.Decoder(Fact)
    again = [decoder.decode(msgspec.json.encode(fact)) for fact in facts]
    assert run(again) == run(facts)


@relaxed
@given(calls())
def test_results_come_in_order_of_time(facts: list[Fact]) -> None:
    times = [result.at for result in run(facts)]
    assert times == sorted(times)


@relaxed
@given(calls(keys=False))
def test_drafts_change_when_a_cue_is_known_but_not_which_cues_stand(facts: list[Fact]) -> None:
    finals_only = [fact for fact in facts if not isinstance(fact, Hypothesis)]
    assert _said(run(facts)) == _said(run(finals_only))


def _said(results: list[Result]) -> set[tuple[object, ...]]:
    """What final words alone decide."""
    standing = {r.match for r in results if isinstance(r, CueMatched) and r.text}
    standing -= {r.match for r in results if isinstance(r, CueRetracted)}
    # A match that rests on other rules or on the voice depends on when it is looked at.
    words_only = {cue for cue in standing if cue.partition(":")[2].startswith(("say.", "note."))}
    return (
        {(cue,) for cue in words_only}
        | {
            ("promise", r.utterance, r.text, r.due)
            for r in results
            if isinstance(r, CommitmentMade)
        }
        | {("tick", r.utterance, r.item) for r in results if isinstance(r, ChecklistTicked)}
    )


@relaxed
@given(st.data())
def test_swapping_twice_changes_nothing(data: st.DataObject) -> None:
    facts = data.draw(calls())
    at = data.draw(st.sampled_from(range(len(facts) - 1)))
    swap = AgentAction(at=facts[at].at, action=Action.SWAP_CHANNELS)
    swapped = [*facts[: at + 1], swap, swap, *facts[at + 1 :]]
    assert run(swapped) == run(facts)
    one, two = new_engine(), new_engine()
    for fact in facts:
        one.receive(fact)
    for fact in swapped:
        two.receive(fact)
    assert one.snapshot() == two.snapshot()


@relaxed
@given(calls())
def test_a_snapshot_can_be_taken_at_any_moment_and_changes_nothing(facts: list[Fact]) -> None:
    engine = new_engine()
    results: list[Result] = []
    for fact in facts:
        results += engine.receive(fact)
        before = engine.snapshot()
        assert engine.snapshot() == before
        assert before.at >= fact.at
    assert results == run(facts)


def test_a_fact_from_the_past_is_refused() -> None:
    engine = new_engine()
    engine.receive(AgentAction(at=5.0, action=Action.SNOOZE))
    with pytest.raises(ValueError, match="after the engine stood at"):
        engine.receive(AgentAction(at=4.0, action=Action.SNOOZE))
