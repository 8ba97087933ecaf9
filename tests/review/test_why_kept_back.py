"""What is told of a card that was kept back is true: cause and figures, held against the engine."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from callscript import spoken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from remembered_finds import RememberingMatcher
from rulekit import START, ScriptedRun, agent, book, card, customer, key, rule, said
from shipped_rules import book as shipped
from shipped_rules import matcher
from strategies import calls

from coach.calls.review.making import Making
from coach.calls.review.needed import limits_of
from coach.engine.advice.card_patience import Done
from coach.engine.advice.card_policy import WAITED_FOR, CardSettings, Request
from coach.engine.advice.cards import CardSlot
from coach.engine.engine import Engine, EngineSettings
from coach.events import (
    Action,
    AgentAction,
    AnyEvent,
    CallEnded,
    CardRaised,
    CardSuppressed,
    Channel,
    Clause,
    ClauseScore,
    Fact,
    Hypothesis,
    RulesChanged,
    Suppression,
    Utterance,
)
from coach.notes.review.past_call import Moment, MomentKind
from rules.books.sets import RuleSets
from rules.definition.conditions import CueSeen, Meaning, NotFollowed
from rules.definition.roles import Role
from rules.definition.rule import Kind, Rule, Status, Timing
from rules.matching.matcher import Matcher

LIFE = rule("safety.life", "end it all", 4, card=card(Kind.SAFETY, hold=None))
ARM = rule("threat.arm", "hurt you", 4, card=card(Kind.THREAT, hold=None))
LOW = rule("esc.low", "apple", card=card(priority=30))
HIGH = rule("esc.high", "banana", card=card(priority=70, do="Do high"))
ONCE = rule("esc.once", "cherry", timing=Timing(cooldown=100.0), card=card(hold=5.0))
TONE = rule("agent.tone", "damson", 1, card=card(Kind.TONE, hold=5.0))


class Told:
    """What a review tells of a call with these rules."""

    def __init__(self, *rules: Rule, cards: CardSettings | None = None) -> None:
        self.settings = EngineSettings(cards=cards or CardSettings())
        self.desk = ScriptedRun(*rules, settings=self.settings)
        self._making = Making(self.settings, rules)
        self._making.take(START)
        receive = self.desk.engine.receive

        def kept(fact: Fact) -> list[AnyEvent]:
            """As a journal has it: the fact, then all that came of it and of the time up to it."""
            results = receive(fact)
            for event in (fact, *results):
                self._making.take(event)
            return list(results)

        self.desk.engine.receive = kept  # type: ignore[method-assign, assignment]

    def of(self, name: str) -> list[tuple[str, ...]]:
        """What is told of a rule's cards that were kept back, one after the other."""
        self.desk.feed([CallEnded(at=1000.0, reason="over")])
        return [one.needed for one in kept_back(self._making) if one.rule == name]


def kept_back(making: Making) -> list[Moment]:
    return [one for one in making.made().moments if one.kind is MomentKind.KEPT_BACK]


def draft(at: float, text: str, by: Channel = Channel.CUSTOMER) -> Hypothesis:
    return Hypothesis(
        at=at, channel=by, start=at - 1.5, end=at - 0.5, utterance="D1", committed=text, tail=""
    )


def final(at: float, text: str, by: Channel = Channel.CUSTOMER) -> Utterance:
    return Utterance(at=at, channel=by, start=at - 2.0, end=at - 1.0, utterance="D1", text=text)


def test_a_cooldown_that_is_told_is_over_when_it_is_said_to_be() -> None:
    told = Told(ONCE)
    told.desk.feed([draft(2.5, "cherry"), final(3.25, "cherry")])
    told.desk.play(customer(40.3, "cherry"))
    (again,) = (one for one in told.desk.results if isinstance(one, CardSuppressed))
    ((first, second),) = told.of("esc.once")
    assert first.endswith("it could come again from 1:43 on.")
    more, most = (int(one) for one in re.findall(r"(\d+) s", second))
    assert again.at + more - 1 < 2.5 + 100.0 <= again.at + more
    assert most <= again.at - 2.5 < most + 1


def test_a_budget_counts_no_card_that_was_taken_back() -> None:
    told = Told(TONE, cards=CardSettings(tone_budget=1))
    agents = Channel.AGENT
    told.desk.feed([draft(4.0, "damson", agents), final(5.0, "ransom", agents)])
    told.desk.play(agent(10, "damson"), agent(30, "damson"), agent(50, "damson"))
    assert told.of("agent.tone") == [
        ("1 card about the agent's tone had been shown, and 1 is the most.",
         f"Needed: cards.tone_budget of {most} or more.")
        for most in (2, 3)
    ]  # fmt: skip


def test_a_rule_is_muted_since_its_own_key() -> None:
    told = Told(LOW, HIGH)
    told.desk.play(
        key(2, Action.MUTE_RULE, "esc.low"), key(9, Action.MUTE_RULE, "esc.high"),
        customer(20, "apple"),
    )  # fmt: skip
    assert told.of("esc.low") == [("The agent had muted this rule (at 0:02).",)]


def test_a_key_has_not_worked_before_it_was_pressed() -> None:
    """A line of a journal may be followed by what came a moment before it."""
    told = Told(
        rule("esc.late", CueSeen(rules=("esc.low",)), timing=Timing(for_=10.0), card=card()),
        rule("esc.low", "apple"),
        cards=CardSettings(snooze_s=60.0),
    )
    told.desk.play(key(1, Action.SNOOZE), customer(2, "apple"), key(61.5, Action.SNOOZE))
    assert told.of("esc.late")[0] == ("The agent had snoozed cards at 0:01, until 1:01.",)


def test_a_threat_that_is_answered_answers_no_danger_to_life() -> None:
    told = Told(LIFE, ARM, LOW)
    told.desk.play(
        customer(1, "I will end it all"), customer(5, "I will hurt you"),
        AgentAction(at=12.0, action=Action.ACKNOWLEDGE),
        AgentAction(at=13.0, action=Action.ACKNOWLEDGE),
        customer(30, "apple"),
    )  # fmt: skip
    assert told.of("esc.low") == [
        (("A danger to life was answered at 0:12; other cards come again 60 s later, from 1:12 on "
         "(cards.after_danger_s)."),)
    ]  # fmt: skip


def test_a_danger_is_open_since_its_words_although_its_card_waits() -> None:
    told = Told(LIFE, rule("safety.fire", "fire", 4, card=card(Kind.SAFETY, hold=None)), LOW)
    told.desk.play(
        customer(1, "fire"), customer(20, "I will end it all"),
        AgentAction(at=25.0, action=Action.ACKNOWLEDGE), customer(30, "apple"),
    )  # fmt: skip
    (words,) = told.of("esc.low")
    assert re.fullmatch(
        r"A danger to life had been open since 0:2\d, unanswered: nothing else has a place then\.",
        words[0],
    )


@pytest.mark.parametrize(
    ("words", "guard"),
    [("I am not saying you are lying", "negated"), ("he told me you are lying", "quoted")],
)
def test_words_that_are_not_meant_are_told_to_be_so(words: str, guard: str) -> None:
    told = Told(rule("esc.lie", said("you are lying"), card=card()))
    told.desk.play(customer(1, words))
    assert told.of("esc.lie") == [(f"The words were {guard}, so they raise no card.",)]


def test_what_waited_behind_a_danger_is_not_told_to_need_a_priority() -> None:
    told = Told(rule("threat.arm", "hurt you", 4, card=card(Kind.THREAT, hold=None)), LOW)
    told.desk.play(customer(1, "I will hurt you"), customer(4, "apple"), customer(40, "well"))
    (words,) = told.of("esc.low")
    assert "It waited for the place for 25 s, and no card waits longer." in words
    assert words[-1] == "Needed: a free place sooner."


def test_a_card_that_came_late_tells_what_it_waited_for() -> None:
    told = Told(LOW, HIGH)
    told.desk.play(customer(1, "banana"), customer(3, "apple"), customer(30, "well"))
    told.desk.feed([CallEnded(at=1000.0, reason="over")])
    (late,) = [r for r in told.desk.results if isinstance(r, CardRaised) and r.rule == "esc.low"]
    waited = next(e.value for e in late.because if e.note == WAITED_FOR)
    (came,) = [one for one in told._making.made().moments if one.rule == "esc.low" and one.needed]
    what = f"It waited {waited:.0f} s for the card of esc.high to end"
    assert came.needed == (f"{what}, and nobody had answered the customer.",)


def test_a_card_that_came_back_tells_that_it_had_given_way() -> None:
    told = Told(LOW, HIGH)
    told.desk.play(customer(1, "apple"), customer(4, "banana"), customer(40, "well"))
    told.desk.feed([CallEnded(at=1000.0, reason="over")])
    first, back = (
        r for r in told.desk.results if isinstance(r, CardRaised) and r.rule == "esc.low"
    )
    assert back.because[:-1] == first.because
    came = [one for one in told._making.made().moments if one.rule == "esc.low" and one.needed]
    told_so = (f"It had given way to another card {back.because[-1].value:.0f} s before, ", "back.")
    assert came[-1].needed[0].startswith(told_so[0])
    assert came[-1].needed[0].endswith(told_so[1])


def test_what_waits_for_the_agents_turn_is_told_to() -> None:
    owed = rule(
        "agent.owed",
        NotFollowed(first=CueSeen(rules=("esc.low",)), then=CueSeen(rules=("say.it",)), within=1.0),
        roles=(Role.OMISSION,),
        card=card(priority=90, done_when=("say.it",)),
    )
    stands = rule("esc.low", "apple", card=card(priority=30, hold=60.0))
    told = Told(stands, owed, rule("say.it", "it is done", 0))
    told.desk.play(agent(0, "hello"), customer(2, "apple"), until=12.0)
    told.desk.feed([CallEnded(at=12.0, reason="over")])
    (words,) = told.of("agent.owed")
    assert (
        "What reminds of something not done waits for the agent's turn, 20 s at most "
        "(cards.before_turn_s)." in words
    )
    assert words[-1] == "Needed: a free place sooner."


def test_of_what_weighs_alike_the_last_is_told_to_wait() -> None:
    first = rule("esc.first", "first", card=card(priority=50, hold=60.0))
    other = rule("esc.other", "cherry", card=card(priority=29))
    told = Told(first, LOW, other)
    told.desk.play(customer(1, "first"), customer(3, "apple"), customer(5, "cherry"))
    (words,) = told.of("esc.low")
    assert words[1:] == (
        "Of what the customer said, with less than 4 between them, the last waits.",
        "Needed: card.priority of 33 or more, or a free place sooner.",
    )


def test_of_two_that_wait_the_one_that_gave_way_is_told_which_was_more_important() -> None:
    first = rule("esc.first", "first", card=card(priority=50, hold=60.0))
    told = Told(first, LOW, HIGH)
    told.desk.play(customer(1, "first"), customer(3, "apple"), customer(4.5, "banana"))
    (words,) = told.of("esc.low")
    assert words == (
        (
            "One card waits for the place, and that was 'Do high', priority 70; its own priority "
            "is 30."
        ),
        "Of what the customer said, with less than 4 between them, the last waits.",
        "Needed: card.priority of 74 or more, or a free place sooner.",
    )


@pytest.mark.parametrize("rate", [0.1004, 0.0444, 0.02])
def test_the_sensitivity_that_is_told_is_enough(rate: float) -> None:
    boss = Meaning(sentences=("let me speak to your boss",), sensitivity=0.011)

    def heard(meaning: Meaning) -> Told:
        told = Told(rule("esc.boss", meaning, card=card()))
        scores = (ClauseScore(key=meaning.key, rate=rate, nearest=0),)
        clause = Clause(first=0, last=2, scores=scores)
        told.desk.feed([msgspec.structs.replace(final(3.0, "who is above"), clauses=(clause,))])
        return told

    (words,) = heard(boss).of("esc.boss")
    found = re.search(r"a sensitivity of ([\d.]+) or more", words[-1])
    assert found is not None
    enough = msgspec.structs.replace(boss, sensitivity=float(found[1]))
    assert heard(enough).desk.cards() == ["esc.boss"]


class Refused(msgspec.Struct, frozen=True):
    """How things stood when a card was refused."""

    last: float | None
    count: int
    factor: float
    tone: int
    snoozed: float | None
    unanswered: bool
    rule: Rule
    """As it was in force."""


class WatchedSlot(CardSlot):
    """Notes how things stand at each refusal."""

    def __init__(self, given: CardSettings, done: Done, engine: list[Engine]) -> None:
        super().__init__(given, done)
        self.noted: dict[tuple[str, float, Suppression], Refused] = {}
        self._engine = engine

    def _refusal(self, request: Request, at: float) -> Suppression | None:
        reason = super()._refusal(request, at)
        if reason is not None:
            policy, count = self.policy, self.policy.count(request.rule.id)
            factor = min(2.0**count.dismissals, 8.0)
            self.noted[request.rule.id, at, reason] = Refused(
                *(count.last_shown, len(count.given), factor, policy.tone, policy.snoozed_until),
                unanswered=bool(self._engine[0]._advice._dangers.unanswered),
                rule=request.rule,
            )
        return reason


SHORT = EngineSettings(cards=CardSettings(tone_budget=1))


def watched(**how: Any) -> tuple[Engine, list[WatchedSlot]]:
    """An engine of the shipped rules, and the place of its cards."""
    engines: list[Engine] = []
    slots: list[WatchedSlot] = []

    def slot(given_settings: CardSettings, done: Done) -> WatchedSlot:
        slots.append(WatchedSlot(given_settings, done, engines))
        return slots[-1]

    engines.append(Engine(shipped(), SHORT, slot=slot, **how))
    return engines[0], slots


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(facts=calls())
def test_every_figure_that_is_told_is_the_engines_own(facts: Sequence[Fact]) -> None:
    engine, slots = watched(matcher=matcher())
    making = Making(SHORT, shipped().rules)
    for fact in facts:
        for event in (fact, *engine.receive(fact)):
            making.take(event)
    for moment in kept_back(making):
        reason = Suppression(moment.fate.replace(" ", "_"))
        assert moment.needed
        truth = slots[0].noted.get((moment.rule, moment.at, reason))
        if truth is not None:
            wrong = untrue(moment, reason, truth, shipped().rule(moment.rule))
            assert not wrong, (moment.needed, truth)


def untrue(moment: Moment, reason: Suppression, truth: Refused, one: Rule) -> bool:
    """Whether what is told is not how things stood."""
    words = " ".join(moment.needed)
    if reason is Suppression.COOLDOWN and truth.last is not None:
        least, most = (int(found) for found in re.findall(r"(\d+) s (?:more|\()", words))
        free = truth.last + one.timing.cooldown * truth.factor
        too_little = moment.at + least < free or moment.at - truth.last < most * truth.factor
        return too_little or f"came at {clocked(truth.last)}," not in words
    if reason is Suppression.TONE_BUDGET:
        return int(words.split()[0]) != truth.tone
    if reason is Suppression.SNOOZED and truth.snoozed is not None:
        return f"until {clocked(truth.snoozed, up=True)}." not in words
    if reason is Suppression.SAFETY_OPEN:
        return truth.unanswered is not ("unanswered" in words)
    if reason is Suppression.MAX_PER_CALL and truth.count >= one.timing.max_per_call:
        return f"been shown {truth.count} time" not in words
    return False


def clocked(at: float, *, up: bool = False) -> str:
    """A time in whole seconds; ``up``: the next one where it is none."""
    whole = int(at) + (up and at > int(at))
    return f"{whole // 60}:{whole % 60:02}"


@functools.cache
def other_rules() -> RememberingMatcher:
    """The shipped ones with other pauses, counts, words and priorities, some out of force."""

    def other(one: Rule) -> Rule:
        timing = msgspec.structs.replace(
            one.timing, cooldown=one.timing.cooldown / 2 + 3, max_per_call=2
        )
        spec = one.card and msgspec.structs.replace(
            one.card, do=f"New: {one.card.do}", priority=min(100, one.card.priority + 7)
        )
        status = Status.DISABLED if one.id.startswith("esc.c") else one.status
        return msgspec.structs.replace(one, timing=timing, card=spec, status=status)

    changed = tuple(map(other, shipped().rules))
    return RememberingMatcher(msgspec.structs.replace(shipped(), rules=changed, fingerprint="new"))


def changed_on_the_way(facts: Sequence[Fact], ats: Sequence[float]) -> list[Fact]:
    """The facts with changes of the rules, there and back by turns."""
    names = itertools.cycle(["new", shipped().fingerprint])
    last = facts[-1].at
    times = sorted(min(last, round(share * last, 2)) for share in ats)
    changes = [RulesChanged(at=at, rules=next(names), before="") for at in times]
    return [*sorted([*facts[:-1], *changes], key=lambda fact: fact.at), facts[-1]]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(facts=calls(), ats=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=3))
def test_every_figure_that_is_told_is_of_the_rules_in_force_then(
    facts: Sequence[Fact], ats: Sequence[float]
) -> None:
    sets = RuleSets(matcher())
    sets.add(matcher())
    sets.add(other_rules())
    engine, slots = watched(sets=sets)
    known = {"new": other_rules().book.active(), shipped().fingerprint: shipped().active()}
    making = Making(SHORT, shipped().active(), known)
    for fact in changed_on_the_way(facts, ats):
        for event in (fact, *engine.receive(fact)):
            making.take(event)
    for moment in kept_back(making):
        reason = Suppression(moment.fate.replace(" ", "_"))
        assert moment.needed
        truth = slots[0].noted.get((moment.rule, moment.at, reason))
        if truth is not None:
            assert moment.limits == limits_of(truth.rule)
            assert truth.rule.card is not None
            assert moment.title == truth.rule.card.do
            wrong = untrue(moment, reason, truth, truth.rule)
            assert not wrong, (moment.needed, truth)


def pausing(cooldown: float, title: str) -> Rule:
    timing = Timing(cooldown=cooldown, max_per_call=99)
    return rule("esc.once", "cherry", timing=timing, card=card(hold=5.0), title=title)


@pytest.mark.parametrize("known", [True, False])
def test_figures_are_of_the_rules_in_force_then(*, known: bool) -> None:
    """Old ones up to the grid point behind a change, new ones from it; what is unknown is none."""
    old, new = pausing(100.0, "Old"), pausing(60.0, "New")
    first, second = book(old), msgspec.structs.replace(book(new), fingerprint="new")
    sets = RuleSets(first)
    sets.add(Matcher(second))
    engine = Engine(first, sets=sets)
    making = Making(EngineSettings(), [old], {"new": [new]} if known else {})
    facts = [
        START,
        *spoken(customer(1.0, "cherry", speak=1.0), "C1"),
        *spoken(customer(20.0, "cherry", speak=1.0), "C2"),
        RulesChanged(at=40.2, rules="new", before="test"),
        *spoken(customer(41.0, "cherry", speak=1.0), "C3"),
        CallEnded(at=60.0, reason="over"),
    ]
    for fact in facts:
        for event in (fact, *engine.receive(fact)):
            making.take(event)
    told = [one.needed[0] for one in kept_back(making)]
    assert ["cooldown is 100 s" in one for one in told] == [True, not known], told
    assert ["cooldown is 60 s" in one for one in told] == [False, known], told
    cues = [one for one in making.made().moments if one.kind is MomentKind.CUE]
    assert [one.title for one in cues] == ["Old", "Old", "New" if known else "Old"]
    limits = [[line for line in one.limits if "cooldown" in line] for one in cues]
    assert limits[0] == limits[1] == ["rule: cooldown 100 s"]
    assert limits[2] == [f"rule: cooldown {60 if known else 100} s"]
