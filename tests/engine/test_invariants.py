"""What holds in every call, however it goes: tried on generated ones with the shipped rules."""

from __future__ import annotations

import functools

from hypothesis import HealthCheck, given, settings
from shipped_rules import book, matcher
from strategies import calls

from coach.engine.advice.card_policy import CardSettings
from coach.engine.engine import Engine
from coach.events import (
    Action,
    AgentAction,
    CardCleared,
    CardRaised,
    Clearing,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    Fact,
    LadderChanged,
    Level,
    Result,
    Utterance,
    WarningGiven,
)
from rules.definition.rule import Kind, Rule

relaxed = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@functools.cache
def rules() -> dict[str, Rule]:
    return {rule.id: rule for rule in book().active()}


def run(facts: list[Fact]) -> tuple[Engine, list[Result]]:
    engine = Engine(book(), matcher=matcher())
    return engine, [result for fact in facts for result in engine.receive(fact)]


def kind_of(rule: str) -> Kind:
    card = rules()[rule].card
    assert card is not None
    return card.kind


@relaxed
@given(calls())
def test_one_card_at_a_time_and_each_leaves_once(facts: list[Fact]) -> None:
    shown: CardRaised | None = None
    for result in run(facts)[1]:
        if isinstance(result, CardRaised):
            assert shown is None
            shown = result
        elif isinstance(result, CardCleared):
            assert shown is not None
            assert (result.card, result.rule) == (shown.card, shown.rule)
            shown = None
    assert shown is None


@relaxed
@given(calls(keys=False))
def test_a_danger_never_leaves_by_itself(facts: list[Fact]) -> None:
    severities: dict[str, int] = {}
    for result in run(facts)[1]:
        if isinstance(result, CardRaised):
            severities[result.card] = result.severity
        elif isinstance(result, CardCleared):
            danger = kind_of(result.rule) in {Kind.SAFETY, Kind.THREAT}
            if danger and severities[result.card] >= 3:
                assert result.reason in {Clearing.REPLACED, Clearing.CALL_ENDED}


@relaxed
@given(calls())
def test_the_tone_budget_holds(facts: list[Fact]) -> None:
    results = run(facts)[1]
    taken_back = {
        r.card for r in results if isinstance(r, CardCleared) and r.reason is Clearing.RETRACTED
    }
    tone = [
        r
        for r in results
        if isinstance(r, CardRaised) and kind_of(r.rule) is Kind.TONE and r.card not in taken_back
    ]
    assert len(tone) <= CardSettings().tone_budget


@relaxed
@given(calls())
def test_every_result_says_why(facts: list[Fact]) -> None:
    for result in run(facts)[1]:
        assert isinstance(result, CardCleared) or result.because, result


@relaxed
@given(calls())
def test_levels_and_stages_join_up(facts: list[Fact]) -> None:
    level, stage = Level.CALM, "none"
    for result in run(facts)[1]:
        if isinstance(result, EscalationChanged):
            assert result.previous is level
            assert result.level is not level
            level = result.level
        elif isinstance(result, LadderChanged):
            assert result.previous == stage
            assert result.stage != stage
            stage = result.stage


@relaxed
@given(calls())
def test_cues_are_told_once_and_withdrawn_at_most_once(facts: list[Fact]) -> None:
    standing: dict[str, int] = {}
    for result in run(facts)[1]:
        if isinstance(result, CueMatched):
            assert result.severity > standing.get(result.match, -1)
            standing[result.match] = result.severity
        elif isinstance(result, CueRetracted):
            del standing[result.match]


@relaxed
@given(calls())
def test_doubtful_words_leave_no_cue_behind(facts: list[Fact]) -> None:
    engine, results = run(facts)
    doubtful = {f.utterance for f in facts if isinstance(f, Utterance) and f.doubtful}
    gone = {r.match for r in results if isinstance(r, CueRetracted)}
    for result in results:
        if isinstance(result, CueMatched) and result.match.partition(":")[0] in doubtful:
            assert result.match in gone
    for line in engine.snapshot().transcript:
        assert not (line.doubtful and line.cues)


@relaxed
@given(calls())
def test_the_snapshot_agrees_with_the_results(facts: list[Fact]) -> None:
    engine, results = run(facts)
    snapshot = engine.snapshot()
    levels = [r.level for r in results if isinstance(r, EscalationChanged)]
    warnings = [r for r in results if isinstance(r, WarningGiven)]
    assert snapshot.level is (levels[-1] if levels else Level.CALM)
    assert snapshot.peak_level is max(levels, default=Level.CALM)
    assert len(snapshot.record.warnings) == snapshot.ladder.warnings == len(warnings)
    assert snapshot.card is None
    assert snapshot.ended


@relaxed
@given(calls(keys=False))
def test_a_call_paused_from_the_start_is_blank(facts: list[Fact]) -> None:
    pause = AgentAction(at=0.0, action=Action.PAUSE)
    engine, results = run([facts[0], pause, *facts[1:]])
    snapshot = engine.snapshot()
    assert results == []
    assert snapshot.transcript == ()
    assert snapshot.mood == ()
    assert snapshot.record.cues == ()
