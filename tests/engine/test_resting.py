"""Rules whose condition does not hold are left alone until it can."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import msgspec
import pytest
from callscript import Say, loudness, spoken
from rulekit import START, agent, book, customer, rule

from coach.engine.cues.conditions import Compiler
from coach.engine.cues.occasion import Occasion, Test, Truth
from coach.engine.cues.past import OccasionTests
from coach.engine.cues.rule_traits import RuleTraits
from coach.engine.cues.state import STATE, Announcement
from coach.engine.engine import GRID_S, Engine
from coach.engine.talk.turns import TurnTracker
from coach.events import (
    AudioGap,
    AudioWarning,
    Channel,
    CueMatched,
    Degraded,
    Fact,
    Recovered,
    SpeechStarted,
)
from rules.definition.conditions import AnyCondition, CueSeen, Loud, Overtalk, Silence, Speaker
from rules.definition.rule import Rule, Timing


def looks_of(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When a silence is looked at from now on, in seconds of the call."""
    looks: list[float] = []
    holds = Announcement.holds

    def noting(self: Announcement, occasion: Occasion) -> Truth | None:
        looks.append(occasion.now)
        return holds(self, occasion)

    monkeypatch.setattr(Announcement, "holds", noting)
    return looks


def test_a_silence_is_looked_at_when_somebody_falls_silent_and_when_it_is_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = looks_of(monkeypatch)
    engine = Engine(book(rule("agent.quiet", Silence(longer_than=30.0), 1)))
    facts: list[Fact] = [START, *spoken(customer(2.0, "I have a question"), "C1")]
    results = [result for fact in facts for result in engine.receive(fact)]
    results += engine.advance(50.0)
    (match,) = (result for result in results if isinstance(result, CueMatched))
    assert match.at == 34.0, "it began at 3.6 s"
    before = [at for at in looks if at < match.at]
    assert before[0] == GRID_S
    assert max(before) < 8.0, "as somebody falls silent, and then when it is due"


def missing(at: float) -> list[Fact]:
    """Sound that was missing up to that time."""
    return [AudioGap(at=at, channel=Channel.CUSTOMER, start=at - 1, end=at, cause="overflow")]


def lost(at: float) -> list[Fact]:
    """A device that works again at that time."""
    gone = Degraded(at=at - 5, component="far_end", detail="gone")
    return [gone, Recovered(at=at, component="far_end")]


def on_hold(at: float) -> list[Fact]:
    """Music that ends at that time."""
    music = AudioWarning(at=at - 5, kind="hold_music", detail="music")
    return [music, msgspec.structs.replace(music, at=at, active=False)]


@pytest.mark.parametrize("deaf", [missing, lost, on_hold])
def test_a_silence_that_begins_anew_behind_lost_sound_is_no_longer_announced(
    deaf: Callable[[float], list[Fact]],
) -> None:
    """Nothing else moves: neither does anybody fall silent nor is anything announced."""
    when = Silence(longer_than=12.0, unless_said=("one moment",), announced=10.0)
    engine = Engine(book(rule("agent.quiet", when, 1)))
    facts: list[Fact] = [START, *spoken(agent(0.0, "one moment please"), "A1"), *deaf(21.25)]
    results = [result for fact in facts for result in engine.receive(fact)]
    results += engine.advance(50.0)
    assert [r.at for r in results if isinstance(r, CueMatched)] == [33.5]


def test_a_rule_wakes_in_the_pass_in_which_an_earlier_one_matches() -> None:
    quiet = rule("agent.quiet", Silence(longer_than=10.0), 1)
    noticed = rule("agent.noticed", CueSeen(rules=("agent.quiet",), within=5.0), 1)
    for rules, wait in (((quiet, noticed), 0.0), ((noticed, quiet), GRID_S)):
        engine = Engine(book(*rules))
        facts: list[Fact] = [START, *spoken(customer(2.0, "I have a question"), "C1")]
        results = [result for fact in facts for result in engine.receive(fact)]
        results += engine.advance(50.0)
        at = {result.rule: result.at for result in results if isinstance(result, CueMatched)}
        assert at["agent.noticed"] == at["agent.quiet"] + wait


def test_talk_over_is_looked_for_only_where_both_speak_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []
    talkovers = TurnTracker.talkovers

    def noting(
        self: TurnTracker, by: Channel, longer_than: float, since: float, now: float
    ) -> object:
        asked.append(now)
        return talkovers(self, by, longer_than, since, now)

    monkeypatch.setattr(TurnTracker, "talkovers", noting)
    when = Overtalk(by=Speaker.CUSTOMER, longer_than=1.5, count=1, within=60.0)
    engine = Engine(book(rule("conduct.over", when, 1)))
    facts: list[Fact] = [
        *(START, *spoken(customer(2.0, "I have a question"), "C1")),
        *spoken(agent(5.0, "I am glad to help you with that"), "A1"),
        *spoken(customer(10.0, "it is about my last bill"), "C2"),
    ]
    for fact in facts:
        engine.receive(fact)
    engine.advance(20.0)
    assert [at for at in asked if at > GRID_S] == []
    over = [
        SpeechStarted(at=21.0, channel=Channel.AGENT, start=21.0, end=21.0),
        SpeechStarted(at=22.0, channel=Channel.CUSTOMER, start=22.0, end=22.0),
    ]
    results = [result for fact in over for result in engine.receive(fact)]
    results += engine.advance(30.0)
    (match,) = (result for result in results if isinstance(result, CueMatched))
    assert match.at == 24.0, "it lasts 1.5 s, and is sure half a second later"


def test_a_loudness_is_looked_at_where_its_bound_is_crossed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[float] = []
    loud = STATE[Loud]

    def noting(condition: Loud) -> Test:
        holds = loud(condition)

        def test(occasion: Occasion) -> Truth | None:
            looks.append(occasion.now)
            return holds(occasion)

        return test

    monkeypatch.setitem(STATE, Loud, noting)
    when = Loud(by=Speaker.CUSTOMER, over_baseline_db=6.0)
    engine = Engine(book(rule("conduct.raised", when, 1, timing=Timing(keep_for=0.0))))
    says = [
        Say(at=1.0, speaker=Channel.CUSTOMER, text="it is wrong", speak=60.0),
        Say(at=61.0, speaker=Channel.CUSTOMER, text="and wrong again", speak=20.0, loud=9.0),
        Say(at=81.0, speaker=Channel.CUSTOMER, text="that is what I say", speak=30.0),
    ]
    began = SpeechStarted(at=1.0, channel=Channel.CUSTOMER, start=1.0, end=1.0)
    levels = loudness(Channel.CUSTOMER, says, 112.0)
    facts = [START, *sorted([began, *levels], key=lambda fact: fact.at)]
    results = [result for fact in facts for result in engine.receive(fact)]
    (match,) = (result for result in results if isinstance(result, CueMatched))
    assert 61.0 < match.at < 66.0
    assert len(looks) < 10, "of two hundred levels"
    assert 81.0 < max(looks) < 86.0, "where it is over"


def test_what_holds_is_left_alone_until_it_may_be_over(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    compile_ = Compiler.compile

    def noting(
        self: Compiler, condition: AnyCondition, rule: Rule, traits: RuleTraits
    ) -> OccasionTests:
        tests = compile_(self, condition, rule, traits)
        holds = tests.on_grid
        if holds is None or rule.id != "agent.noticed":
            return tests

        def test(occasion: Occasion) -> Truth | None:
            looks.append(occasion.now)
            return holds(occasion)

        return tests._replace(on_grid=test)

    monkeypatch.setattr(Compiler, "compile", noting)
    noticed = rule(
        *("agent.noticed", CueSeen(rules=("esc.bill",), within=20.0), 1),
        timing=Timing(cooldown=0.0, max_per_call=99, keep_for=5.0),
    )
    engine = Engine(book(rule("esc.bill", "my bill", 1), noticed))
    facts: list[Fact] = [START]
    for number, at in enumerate((2.0, 25.0, 60.0)):
        facts += spoken(customer(at, "it is my bill"), f"C{number}")
    results = [result for fact in facts for result in engine.receive(fact)]
    found = [r.at for r in results if isinstance(r, CueMatched)]
    bills = [r.at for r in results if isinstance(r, CueMatched) and r.rule == "esc.bill"]
    assert len(bills) == 3
    assert found == sorted([*bills, bills[0], bills[2]]), (
        "the second bill comes 3 s after the first one is forgotten, and the reason is kept for 5 s"
    )
    during = [at for at in looks if bills[0] + GRID_S < at < bills[0] + 19.5]
    assert not during, "it holds for 20 s, whatever is said"


def test_an_engine_is_freed_when_nobody_holds_it() -> None:
    engine = Engine(book(rule("esc.bill", "my bill", 1)))
    for fact in (START, *spoken(customer(2.0, "it is my bill"), "C1")):
        engine.receive(fact)
    engine.advance(30.0)
    gone = weakref.ref(engine)
    collects = gc.isenabled()
    gc.disable()
    try:
        del engine
        assert gone() is None, "no cycle keeps it until cycles are looked for"
    finally:
        if collects:
            gc.enable()
