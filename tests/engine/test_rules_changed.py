"""Rules that change while a call runs: at the next grid point, all at once, nothing forgotten."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence

import msgspec
import pytest
from callscript import Say, spoken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from remembered_finds import RememberingMatcher
from rulekit import START, agent, book, card, customer, rule, said
from strategies import calls, ticks_between

from coach.engine.engine import GRID_S, Engine, EngineSettings
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CardRaised,
    CardSuppressed,
    CueMatched,
    Fact,
    Result,
    RulesChanged,
    Suppression,
)
from coach.snapshot import Snapshot
from rules.books.loader import load_book
from rules.books.sets import RuleSets
from rules.definition.conditions import AnyCondition, Count, CueSeen, NotFollowed, Silence, Speaker
from rules.definition.conditions import Sequence as Follows
from rules.definition.rule import Kind, Rule, RuleBook, Status
from rules.matching.matcher import Matcher

relaxed = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def variant(name: str, change: Callable[[Rule], Rule]) -> RuleBook:
    pack = load_book()
    rules = tuple(change(one) for one in pack.rules)
    return RuleBook(rules=rules, language="en", fingerprint=name)


def reworded(one: Rule) -> Rule:
    spec = one.card and msgspec.structs.replace(one.card, do=f"New: {one.card.do}")
    return msgspec.structs.replace(one, title=f"New: {one.title}", card=spec)


def other(one: Rule) -> Rule:
    """Families out of force, others graver, longer at rest."""
    status = Status.DISABLED if one.id.startswith(("esc.c", "say.", "note.w")) else one.status
    timing = msgspec.structs.replace(one.timing, cooldown=5.0, for_=1.0)
    severity = min(4, one.severity + (one.id.startswith("conduct.")))
    return msgspec.structs.replace(one, status=status, timing=timing, severity=severity)


@functools.cache
def matchers() -> dict[str, Matcher]:
    books = (
        variant("old", lambda one: one),
        variant("same", lambda one: one),
        variant("reworded", reworded),
        variant("other", other),
    )
    return {one.fingerprint: RememberingMatcher(one) for one in books}


def engine(first: str = "old") -> Engine:
    sets = RuleSets(matchers()[first])
    for matcher in matchers().values():
        sets.add(matcher)
    return Engine(matchers()[first].book, sets=sets)


def run(facts: Sequence[Fact], first: str = "old") -> tuple[list[Result], Snapshot]:
    one = engine(first)
    return [result for fact in facts for result in one.receive(fact)], one.snapshot()


def with_change(facts: Sequence[Fact], at: float, rules: str) -> list[Fact]:
    """The facts, with a change of rules behind those of the same time."""
    change = RulesChanged(at=at, rules=rules, before="old")
    before = list(itertools.takewhile(lambda f: f.at <= at and not isinstance(f, CallEnded), facts))
    return [*before, change, *facts[len(before) :]]


def moment(facts: Sequence[Fact]) -> st.SearchStrategy[float]:
    last = facts[-1].at
    return st.floats(0.0, last).map(lambda at: min(round(at, 2), last))


def grid_after(at: float) -> float:
    return (at // GRID_S + 1) * GRID_S


@relaxed
@given(st.data())
def test_the_same_rules_under_another_name_change_nothing(data: st.DataObject) -> None:
    facts = data.draw(calls())
    changed = with_change(facts, data.draw(moment(facts)), "same")
    assert run(changed) == run(facts)


@relaxed
@given(st.data())
def test_results_are_the_old_rules_up_to_the_grid_point_and_the_new_ones_from_it(
    data: st.DataObject,
) -> None:
    """With rules that differ in their words for people only, what is carried over is all there is:
    from the grid point on everything is as if the new rules had been there from the beginning."""
    facts = data.draw(calls())
    at = data.draw(moment(facts))
    results, _ = run(with_change(facts, at, "reworded"))
    old, _ = run(facts)
    new, _ = run(facts, "reworded")
    border = grid_after(at)
    if border > facts[-1].at:
        border = float("inf")
    assert results == [
        *(one for one in old if one.at < border),
        *(one for one in new if one.at >= border),
    ]


@relaxed
@given(st.data())
def test_only_the_grid_point_counts_and_no_tick(data: st.DataObject) -> None:
    """Any moment between two grid points, and any ticks of a driver, give the same call."""
    facts = data.draw(calls())
    at = data.draw(moment(facts))
    sharply = grid_after(at) - 0.01
    quiet = [f for f in facts if not at < f.at <= sharply or isinstance(f, CallEnded)]
    expected = run(with_change(quiet, at, "other"))
    assert run(with_change(quiet, min(sharply, quiet[-1].at), "other")) == expected
    one, results = engine(), list[Result]()
    changed = with_change(quiet, at, "other")
    for fact, moments in zip(changed, data.draw(ticks_between(changed)), strict=True):
        for now in moments:
            results += one.advance(now)
        results += one.receive(fact)
    assert (results, one.snapshot()) == expected


@relaxed
@given(st.data())
def test_before_its_grid_point_a_change_does_nothing(data: st.DataObject) -> None:
    facts = data.draw(calls())
    at = data.draw(moment(facts))
    border = grid_after(at)
    results, _ = run(with_change(facts, at, "other"))
    old, _ = run(facts)
    assert [r for r in results if r.at < border] == [r for r in old if r.at < border]


@relaxed
@given(st.data())
def test_a_change_taken_back_before_its_grid_point_never_was(data: st.DataObject) -> None:
    facts = data.draw(calls())
    at = data.draw(moment(facts))
    there = with_change(facts, at, "other")
    back = RulesChanged(at=at, rules="old", before="other")
    place = next(i for i, f in enumerate(there) if isinstance(f, RulesChanged))
    assert run([*there[: place + 1], back, *there[place + 1 :]]) == run(facts)


def test_a_set_that_nobody_handed_in_changes_nothing() -> None:
    facts: list[Fact] = [START, *spoken(customer(1.0, "let me speak to your manager"), "C1")]
    facts.append(CallEnded(at=20.0, reason="over"))
    assert run(with_change(facts, 0.2, "nowhere")) == run(facts)


# --- what is carried over ---------------------------------------------------------------------


class Changing:
    """A call whose rules are changed by hand."""

    def __init__(self, *rules: Rule) -> None:
        self._sets = RuleSets(book(*rules))
        self.engine = Engine(book(*rules), EngineSettings(), sets=self._sets)
        self.results: list[Result] = self.engine.receive(START)

    def play(self, *says: Say, until: float) -> list[Result]:
        facts = [f for one in says for f in spoken(one, f"{one.speaker.value[0]}{one.at:g}")]
        fresh = [r for f in sorted(facts, key=lambda f: f.at) for r in self.engine.receive(f)]
        fresh += self.engine.advance(until)
        self.results += fresh
        return fresh

    def change(self, at: float, *rules: Rule) -> list[Result]:
        """Rules that are in force from the next grid point on, which lies 0.5 s later at most."""
        name = f"at {at:g}"
        self._sets.add(Matcher(msgspec.structs.replace(book(*rules), fingerprint=name)))
        self.engine.receive(RulesChanged(at=at, rules=name, before=""))
        fresh = self.engine.advance(at + GRID_S)
        self.results += fresh
        return fresh


def cues(results: Sequence[Result]) -> list[tuple[str, float]]:
    return [(r.rule, r.at) for r in results if isinstance(r, CueMatched)]


def quiet(seconds: float) -> Rule:
    return rule("agent.quiet", Silence(longer_than=seconds), 1)


def test_a_bound_that_moves_during_a_silence_counts_from_its_beginning() -> None:
    for before, after, expected in ((30.0, 8.0, 10.5), (30.0, 20.0, 22.5), (8.0, 30.0, 32.5)):
        call = Changing(quiet(before))
        call.play(agent(0.0, "right then let me see"), until=7.0)
        call.change(10.0, quiet(after))
        call.play(until=40.0)
        assert [at for _, at in cues(call.results) if at > 10.0] == [expected]


PARTS: list[tuple[Callable[[AnyCondition], AnyCondition], str]] = [
    (lambda part: Count(of=part, at_least=3), "no"),
    (lambda part: Follows(first=part, then=said("help me"), within=60), "first"),
    (lambda part: NotFollowed(first=part, then=said("sorry", by=Speaker.AGENT), within=12), "wait"),
]


@pytest.mark.parametrize(("around", "word"), PARTS)
@pytest.mark.parametrize("kept", [True, False])
def test_what_came_true_before_the_change_still_counts(
    around: Callable[[AnyCondition], AnyCondition], word: str, *, kept: bool
) -> None:
    """Also where the words of the part have changed: it is the same part of the same rule."""
    word_now = said(word) if kept else said(word, "nope")
    call = Changing(rule("esc.tally", around(said(word))))
    call.play(customer(1.0, word), customer(4.0, word), until=7.0)
    call.change(7.2, rule("esc.tally", around(word_now), 3))
    call.play(customer(9.0, word), customer(11.0, "help me"), until=30.0)
    untouched = Changing(rule("esc.tally", around(said(word))))
    untouched.play(customer(1.0, word), customer(4.0, word), until=7.0)
    untouched.play(customer(9.0, word), customer(11.0, "help me"), until=30.0)
    assert cues(call.results) == cues(untouched.results) != []


def test_other_rules_see_matches_from_before_the_change() -> None:
    boss = rule("esc.boss", "manager")
    call = Changing(boss)
    call.play(customer(1.0, "the manager"), until=5.0)
    again = rule("esc.again", CueSeen(rules=("esc.*",), count=2))
    call.change(5.2, boss, again)
    assert cues(call.play(customer(7.0, "the manager"), until=12.0))[-1][0] == "esc.again"


def test_cooldowns_and_counts_go_on() -> None:
    boss = rule("esc.boss", "manager", card=card())
    once = msgspec.structs.replace(
        boss, timing=msgspec.structs.replace(boss.timing, max_per_call=1)
    )
    call = Changing(boss)
    call.play(customer(1.0, "the manager"), until=30.0)
    call.change(30.2, once)
    results = call.play(customer(32.0, "the manager"), until=40.0)
    assert not [r for r in results if isinstance(r, CardRaised)]
    assert [r.reason for r in results if isinstance(r, CardSuppressed)] == [
        Suppression.MAX_PER_CALL
    ]


def test_a_card_that_waits_for_a_rule_out_of_force_says_so_and_the_shown_one_stays() -> None:
    boss, bill = rule("esc.boss", "manager", card=card()), rule("esc.bill", "bill", card=card())
    call = Changing(boss, bill)
    call.play(customer(1.0, "the manager"), customer(2.0, "the bill"), until=4.0)
    assert call.engine.snapshot().card is not None
    results = call.change(4.2, rule("esc.else", "something else"))
    assert [(r.rule, r.reason, r.at) for r in results if isinstance(r, CardSuppressed)] == [
        ("esc.bill", Suppression.RULE_GONE, 4.5)
    ]
    shown = call.engine.snapshot().card
    assert shown is not None
    assert shown.rule == "esc.boss"
    call.play(customer(6.0, "the manager and the bill"), until=60.0)
    assert call.engine.snapshot().card is None


def test_a_danger_that_gave_way_comes_back_in_the_words_of_the_rules_in_force() -> None:
    """It was on the screen, in the old words, when the rules changed."""

    def rules(words: str) -> list[Rule]:
        old = rule(
            "threat.fist", "break it", severity=4, card=card(Kind.THREAT, do=f"{words} threat")
        )
        return [
            old,
            rule(
                "safety.pills", "my pills", severity=4, card=card(Kind.SAFETY, do=f"{words} pills")
            ),
        ]

    call = Changing(*rules("Old"))
    call.play(customer(1.0, "I will break it"), until=4.0)
    call.change(4.2, *rules("New"))
    shown = call.engine.snapshot().card
    assert shown is not None
    assert shown.do == "Old threat"
    call.play(customer(6.0, "I took my pills"), until=9.0)
    call.engine.receive(AgentAction(at=9.2, action=Action.ACKNOWLEDGE))
    shown = call.engine.snapshot().card
    assert shown is not None
    assert shown.do == "New threat"


def test_a_draft_of_a_rule_out_of_force_is_withdrawn_and_one_of_a_new_rule_is_found() -> None:
    call = Changing(rule("esc.boss", "manager"))
    long = customer(1.0, "the manager must hear about this and so must all of the others", speak=9)
    facts = list(spoken(long, "C1"))
    for fact in facts:
        if fact.at < 5.0:
            call.results += call.engine.receive(fact)
    call.change(5.0, rule("esc.hear", "hear about"))
    for fact in facts:
        if fact.at > 5.5:
            call.results += call.engine.receive(fact)
    kinds = [(type(r).__name__, getattr(r, "rule", "")) for r in call.results]
    assert ("CueMatched", "esc.boss") in kinds
    assert ("CueRetracted", "esc.boss") in kinds
    assert ("CueMatched", "esc.hear") in kinds


def test_a_new_rule_is_in_force_from_the_grid_point_and_not_before() -> None:
    bill = Matcher(msgspec.structs.replace(book(rule("esc.bill", "bill")), fingerprint="bill"))
    *_, heard = spoken(customer(0.0, "bill", speak=0.4), "C1")
    for at, found in ((0.9, True), (1.0, False)):
        first = book(rule("esc.boss", "manager"))
        sets = RuleSets(first)
        sets.add(bill)
        one = Engine(first, sets=sets)
        one.receive(START)
        one.receive(RulesChanged(at=at, rules="bill", before=""))
        results = one.receive(msgspec.structs.replace(heard, at=1.2))
        assert bool(cues(results)) is found
