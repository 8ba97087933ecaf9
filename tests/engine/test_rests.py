"""Rules that rest on the grid: what they find is the same, and they are seldom asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from callscript import spoken
from hypothesis import HealthCheck, given, settings
from rulekit import START, agent, book, customer, rule, said
from strategies import calls

from coach.engine.cues.compiled_rule import CompiledRule
from coach.engine.cues.conditions import Compiler, OccasionTests
from coach.engine.cues.occasion import Occasion, Truth
from coach.engine.engine import Engine
from coach.events import CallEnded, Fact, Result
from rules.matcher import Matcher
from rules.model import (
    AllOf,
    AnyCondition,
    AnyOf,
    CueSeen,
    Elapsed,
    Loud,
    Monologue,
    MoodBelow,
    MoodShare,
    Not,
    NotFollowed,
    Overtalk,
    Pace,
    Silence,
    Speaker,
)
from rules.model import (
    Sequence as InOrder,
)

BY = Speaker.ANY
CONDITIONS: dict[str, AnyCondition] = {
    "silence": Silence(longer_than=1.0, unless_said=("a moment",), announced=4.0),
    "long_silence": Silence(longer_than=6.0),
    "monologue": Monologue(by=BY, longer_than=2.0),
    "overtalk": Overtalk(by=BY, longer_than=0.2, count=1, within=8.0),
    "overtalks": Overtalk(by=Speaker.CUSTOMER, longer_than=0.5, count=2, within=30.0),
    "pace": Pace(by=BY, ceiling_wpm=50.0, over_baseline_pct=0.0, past=4.0),
    "elapsed": AllOf(of=(Elapsed(longer_than=5.0), MoodBelow(score=2.0))),
    "mood": MoodBelow(score=0.0),
    "share": AnyOf(of=(MoodShare(past=5.0), Silence(longer_than=2.0))),
    "loud": AllOf(of=(Loud(by=BY, over_baseline_db=1.0), Monologue(by=BY, longer_than=1.0))),
    "calm": AllOf(of=(Not(of=Monologue(by=BY, longer_than=1.0)), Elapsed(longer_than=3.0))),
    "seen": AllOf(of=(CueSeen(rules=("agent.silence",), within=9.0), Elapsed(longer_than=4.0))),
    "either": AnyOf(of=(Overtalk(by=BY, longer_than=0.2, count=1), said("please"))),
    "unheard": NotFollowed(first=Monologue(by=BY, longer_than=1.0), then=said("sorry"), within=3.0),
    "order": InOrder(
        first=said("please"), then=CueSeen(rules=("agent.silence",), within=2.0), within=20.0
    ),
}
MATCHER = Matcher(book(*(rule(f"agent.{name}", when) for name, when in CONDITIONS.items())))


def run(facts: Sequence[Fact]) -> list[Result]:
    engine = Engine(MATCHER.book, matcher=MATCHER)
    return [result for fact in facts for result in engine.receive(fact)]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls())
def test_what_rests_finds_the_same(facts: list[Fact]) -> None:
    tests_of = Compiler._tests

    def restless(self: Compiler, condition: AnyCondition) -> OccasionTests:
        return tests_of(self, condition)._replace(rest=None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compiler, "_tests", restless)
        everything = run(facts)
    assert run(facts) == everything


RESTING = {
    "silence": Silence(longer_than=8.0),
    "monologue": Monologue(by=BY, longer_than=40.0),
    "overtalk": Overtalk(by=BY),
    "pace": Pace(by=BY),
    "elapsed": Elapsed(longer_than=100.0),
    "mood": MoodBelow(score=-5.0),
    "fast_and_loud": AllOf(of=(Loud(by=BY), Pace(by=BY))),
}


@pytest.mark.parametrize("name", RESTING)
def test_what_cannot_hold_is_seldom_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    truth = CompiledRule.truth_on_grid

    def counted(self: CompiledRule, occasion: Occasion) -> Truth | None:
        asked.append(occasion.now)
        return truth(self, occasion)

    monkeypatch.setattr(CompiledRule, "truth_on_grid", counted)
    facts: list[Fact] = []
    for turn in range(6):
        say = (agent, customer)[turn % 2](1.0 + 6 * turn, "the bill of last month is too high")
        facts += spoken(say, f"U{turn}")
    engine = Engine(book(rule(f"agent.{name}", RESTING[name])))
    for fact in [START, *facts, CallEnded(at=37.0, reason="end")]:
        engine.receive(fact)
    points = 2 * 37
    assert 0 < len(asked) < points / 2
