"""The one card: when it comes, when it does not and why, and how it leaves."""

from __future__ import annotations

import pytest
from callscript import Say
from hypothesis import given
from hypothesis import strategies as st
from rulekit import ScriptedRun, agent, card, customer, key, rule, said

from coach.engine.advice.card_policy import (
    GOODBYE_CAME,
    SETTLED,
    WAITED,
    WAITED_FOR,
    WAITS,
    CardSettings,
)
from coach.engine.engine import EngineSettings
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CardCleared,
    CardRaised,
    CardSuppressed,
    Clearing,
    CueMatched,
    Evidence,
    Nodded,
    Result,
    Suppression,
)
from rules.definition.conditions import Silence
from rules.definition.roles import Role
from rules.definition.rule import Kind, Rule, Timing


def refused(results: list[Result]) -> list[tuple[str, Suppression]]:
    return [(r.rule, r.reason) for r in results if isinstance(r, CardSuppressed)]


def cleared(results: list[Result]) -> list[tuple[str, Clearing]]:
    return [(r.rule, r.reason) for r in results if isinstance(r, CardCleared)]


def shows(name: str, word: str, kind: Kind = Kind.PROCESS, **options: object) -> Rule:
    severity = {Kind.SAFETY: 4, Kind.THREAT: 4}.get(kind, 2)
    timing = options.pop("timing", Timing(cooldown=0.0, max_per_call=99))
    return rule(name, word, severity, timing=timing, card=card(kind, **options))


LOW = shows("esc.low", "apple", priority=30)
HIGH = shows("esc.high", "banana", priority=70)
TONE = shows("agent.tone", "cherry", Kind.TONE)
BOUNDARY = shows("conduct.edge", "damson", Kind.BOUNDARY)
DANGER = shows("safety.life", "elder", Kind.SAFETY)
THREAT = shows("threat.arm", "fig", Kind.THREAT)
ALL = (LOW, HIGH, TONE, BOUNDARY, DANGER, THREAT)
NONE_COMES_BACK = EngineSettings(cards=CardSettings(comes_back_s=0.0))
"""What a card leaves behind when it gives way is a test's own (``test_card_turns``)."""


def test_a_card_says_why_in_their_own_words_and_expires() -> None:
    desk = ScriptedRun(LOW)
    results = desk.play(customer(1, "one apple please"), until=40.0)
    (raised,) = [r for r in results if isinstance(r, CardRaised)]
    assert raised.because[0].text == "apple"
    assert raised.until == raised.at + 20.0
    assert cleared(results) == [("esc.low", Clearing.EXPIRED)]
    assert desk.shown == ""
    assert [c.reason for c in desk.engine.snapshot().history] == ["expired"]


def test_wordings_rotate_and_the_agent_may_ask_for_the_next() -> None:
    desk = ScriptedRun(LOW)
    says = []
    for at in (1, 31, 61):
        desk.play(customer(at, "apple"), until=at + 5.0)
        shown = desk.engine.snapshot().card
        assert shown is not None
        says.append(shown.say)
    assert says == ["one", "two", "one"]
    desk.feed([key(80.0, Action.NEXT_WORDING)])
    shown = desk.engine.snapshot().card
    assert shown is not None
    assert (shown.say, shown.wording, shown.wordings) == ("two", 2, 2)
    desk.feed([], until=89.0)
    assert desk.shown == "esc.low", "time to read it"


def test_a_more_important_card_waits_until_the_other_can_have_been_read() -> None:
    desk = ScriptedRun(LOW, HIGH)
    desk.play(customer(1, "apple"), customer(4, "banana"), until=6.0)
    assert desk.shown == "esc.low"
    desk.feed([], until=9.0)
    assert desk.shown == "esc.high"
    assert cleared(desk.results) == [("esc.low", Clearing.REPLACED)]


def test_a_less_important_card_waits_for_the_place_but_not_for_ever() -> None:
    patient = ScriptedRun(LOW, shows("esc.short", "banana", priority=70, hold=10))
    patient.play(customer(1, "banana"), customer(3, "apple"), until=14.0)
    assert patient.shown == "esc.low"
    late = ScriptedRun(LOW, shows("esc.long", "banana", priority=70, hold=60))
    late.play(customer(1, "banana"), customer(3, "apple"), until=30.0)
    assert refused(late.results) == [("esc.low", Suppression.LOWER_PRIORITY)]


@pytest.mark.parametrize("word", ["elder", "fig"])
def test_only_dangers_interrupt(word: str) -> None:
    desk = ScriptedRun(*ALL)
    desk.play(customer(1, "banana"), customer(3, word), until=5.0)
    assert desk.shown in {"safety.life", "threat.arm"}
    assert cleared(desk.results) == [("esc.high", Clearing.REPLACED)]


def test_dangers_stay_until_they_are_answered() -> None:
    desk = ScriptedRun(*ALL)
    desk.play(customer(1, "elder"), until=900.0)
    assert desk.shown == "safety.life"
    desk.feed([key(901.0, Action.ACKNOWLEDGE)])
    assert desk.shown == ""


def test_life_comes_before_threat_and_the_threat_comes_back() -> None:
    desk = ScriptedRun(*ALL)
    desk.play(customer(1, "fig"), customer(5, "elder"), until=10.0)
    assert desk.shown == "safety.life"
    desk.feed([key(20.0, Action.ACKNOWLEDGE)])
    assert desk.shown == "threat.arm"


def test_dangers_ignore_cooldown_budget_snooze_calm_mode_and_mute() -> None:
    life = shows("safety.life", "elder", Kind.SAFETY, timing=Timing(cooldown=999, max_per_call=1))
    desk = ScriptedRun(life)
    keys = [Action.SNOOZE, Action.CALM_MODE]
    desk.feed([key(0.5 + n / 10, action) for n, action in enumerate(keys)])
    desk.feed([key(0.8, Action.MUTE_RULE, "safety.life")])
    for at in (1, 11, 21):
        desk.play(customer(at, "elder"), key(at + 5.0, Action.ACKNOWLEDGE))
    assert desk.cards() == ["safety.life"] * 3


def test_while_a_life_is_in_danger_nothing_else_is_asked_of_the_agent() -> None:
    desk = ScriptedRun(*ALL)
    desk.play(customer(1, "elder"), key(5.0, Action.ACKNOWLEDGE), customer(10, "apple"))
    assert refused(desk.results) == [("esc.low", Suppression.SAFETY_OPEN)]
    again = ScriptedRun(*ALL)
    again.play(customer(1, "elder"), key(5.0, Action.DISMISS), customer(10, "apple"))
    assert again.cards()[-1] == "esc.low", "dismissed: it was none"


def test_a_mere_doubt_about_safety_asks_quietly() -> None:
    desk = ScriptedRun(LOW, rule("safety.check", "grape", 2, card=card(Kind.SAFETY, hold=30)))
    desk.play(customer(1, "apple"), customer(3, "grape"), until=5.0)
    assert desk.shown == "esc.low"
    desk.feed([], until=80.0)
    assert desk.shown == ""
    desk.play(customer(81, "apple"))
    assert desk.shown == "esc.low"


def test_cooldown_and_most_in_a_call() -> None:
    desk = ScriptedRun(shows("esc.a", "apple", timing=Timing(cooldown=45.0, max_per_call=2)))
    for at in (1, 31, 61, 121):
        desk.play(customer(at, "apple"), until=at + 29.0)
    assert desk.cards() == ["esc.a", "esc.a"]
    assert refused(desk.results) == [
        ("esc.a", Suppression.COOLDOWN),
        ("esc.a", Suppression.MAX_PER_CALL),
    ]


def test_the_tone_budget_is_spent_by_tone_cards_only() -> None:
    tones = [shows(f"agent.{word}", word, Kind.TONE) for word in ("kiwi", "lemon", "mango", "nut")]
    desk = ScriptedRun(*ALL, *tones)
    desk.play(customer(1, "damson"), until=30.0)
    for number, word in enumerate(("kiwi", "lemon", "mango", "nut")):
        at = 31.0 + 30 * number
        desk.play(agent(at, word), until=at + 29.0)
    assert refused(desk.results) == [("agent.nut", Suppression.TONE_BUDGET)]
    desk.play(customer(200, "damson"), customer(230, "apple"), until=260.0)
    assert desk.cards()[-2:] == ["conduct.edge", "esc.low"]


def test_most_cards_in_a_call() -> None:
    settings = EngineSettings(cards=CardSettings(max_per_call=1))
    desk = ScriptedRun(*ALL, settings=settings)
    desk.play(customer(1, "apple"), customer(31, "banana"), customer(61, "damson"), until=90.0)
    assert desk.cards() == ["esc.low", "conduct.edge"]
    assert refused(desk.results) == [("esc.high", Suppression.MAX_PER_CALL)]


def test_snooze_holds_cards_back_for_a_while_and_ends_at_the_second_press() -> None:
    desk = ScriptedRun(*ALL)
    desk.play(customer(1, "apple"), key(5.0, Action.SNOOZE), customer(10, "banana"), until=20.0)
    assert refused(desk.results) == [("esc.high", Suppression.SNOOZED)]
    assert desk.engine.snapshot().snoozed_until == 125.0
    desk.feed([key(30.0, Action.SNOOZE)])
    assert desk.engine.snapshot().snoozed_until is None
    desk.play(customer(31, "banana"))
    assert desk.shown == "esc.high"


def test_calm_mode_leaves_dangers_and_boundaries() -> None:
    desk = ScriptedRun(*ALL)
    desk.feed([key(0.5, Action.CALM_MODE)])
    desk.play(customer(1, "apple"), agent(4, "cherry"), customer(8, "damson"), until=12.0)
    assert desk.cards() == ["conduct.edge"]
    assert {reason for _, reason in refused(desk.results)} == {Suppression.CALM_MODE}


def test_a_muted_rule_is_silent_for_the_rest_of_the_call() -> None:
    desk = ScriptedRun(*ALL)
    desk.play(customer(1, "apple"), key(5.0, Action.MUTE_RULE), customer(60, "apple"), until=70.0)
    assert desk.cards() == ["esc.low"]
    assert refused(desk.results) == [("esc.low", Suppression.MUTED)]


def test_a_mere_doubt_about_safety_is_hidden_by_its_own_key_and_by_no_other() -> None:
    doubt = rule("safety.check", "elder", 2, card=card(Kind.SAFETY, hold=10))
    desk = ScriptedRun(doubt)
    desk.feed([key(0.5, Action.SNOOZE), key(0.6, Action.CALM_MODE)])
    desk.play(customer(1, "elder"), key(5.0, Action.MUTE_RULE), customer(60, "elder"), until=70.0)
    assert desk.cards() == ["safety.check"]
    assert refused(desk.results) == [("safety.check", Suppression.MUTED)]


@pytest.mark.parametrize(
    ("named", "muted"),
    [("P1", ["esc.low"]), ("P2", ["esc.high"]), (None, ["esc.high"]), ("P9", [])],
)
def test_the_rule_of_the_card_that_a_key_names_is_muted(
    named: str | None, muted: list[str]
) -> None:
    desk = ScriptedRun(LOW, HIGH, settings=NONE_COMES_BACK)
    desk.play(customer(1, "apple"), customer(4, "banana"), until=10.0)
    assert desk.shown == "esc.high"
    desk.feed([AgentAction(at=10.0, action=Action.MUTE_RULE, card=named)])
    assert desk.shown == ("" if "esc.high" in muted else "esc.high")
    desk.play(customer(60, "apple"), customer(90, "banana"), until=120.0)
    assert [rule for rule, reason in refused(desk.results) if reason is Suppression.MUTED] == muted
    assert desk.cards()[2:] == [name for name in ("esc.low", "esc.high") if name not in muted]


def test_each_dismissal_doubles_the_cooldown_and_use_resets_it() -> None:
    desk = ScriptedRun(shows("esc.a", "apple", timing=Timing(cooldown=20.0, max_per_call=99)))
    desk.play(customer(1, "apple"), key(5.0, Action.DISMISS), customer(31, "apple"), until=40.0)
    assert refused(desk.results) == [("esc.a", Suppression.COOLDOWN)]
    desk.play(customer(51, "apple"), key(55.0, Action.USED), customer(81, "apple"), until=90.0)
    assert desk.cards() == ["esc.a"] * 3


def test_what_the_agent_begins_to_do_is_done_when_the_turn_is_over() -> None:
    done = rule("say.recap", "run through that", 0, roles=(Role.TAKEAWAY,))
    ask = shows("esc.a", "apple", done_when=("say.recap",))
    desk = ScriptedRun(done, ask)
    recap = "let me run through that once more on thursday between nine and eleven"
    desk.play(agent(1, recap, speak=18.0), customer(21, "apple"), until=30.0)
    assert desk.cards() == []
    assert refused(desk.results) == [("esc.a", Suppression.ALREADY_DONE)]


def test_no_card_for_what_the_agent_has_just_done_but_a_nod() -> None:
    done = rule("say.sorry", "sorry", 0)
    ask = shows("esc.a", "apple", done_when=("say.sorry",))
    desk = ScriptedRun(done, ask)
    desk.play(agent(1, "sorry"), customer(4, "apple"), until=10.0)
    assert desk.cards() == []
    assert refused(desk.results) == [("esc.a", Suppression.ALREADY_DONE)]
    assert [r.rule for r in desk.results if isinstance(r, Nodded)] == ["say.sorry"]
    assert desk.engine.snapshot().nod
    desk.feed([], until=30.0)
    assert not desk.engine.snapshot().nod


def test_a_card_leaves_with_a_nod_when_its_advice_is_followed() -> None:
    desk = ScriptedRun(
        rule("say.sorry", "sorry", 0), shows("esc.a", "apple", done_when=("say.sorry",))
    )
    desk.play(customer(1, "apple"), agent(4, "sorry"))
    assert cleared(desk.results) == [("esc.a", Clearing.USED)]
    assert [r.rule for r in desk.results if isinstance(r, Nodded)] == ["say.sorry"]


def test_a_rule_may_nod_by_itself() -> None:
    desk = ScriptedRun(shows("say.well", "well", Kind.NOD))
    desk.play(agent(1, "well"), until=5.0)
    assert desk.cards() == []
    assert desk.engine.snapshot().nod == "Do it"


def test_a_card_about_silence_leaves_when_somebody_speaks() -> None:
    desk = ScriptedRun(rule("agent.quiet", Silence(longer_than=12.0), 1, card=card(hold=60)))
    desk.play(agent(1, "hello there"), until=20.0)
    assert desk.shown == "agent.quiet"
    desk.play(customer(21, "are you still there"), until=30.0)
    assert cleared(desk.results) == [("agent.quiet", Clearing.RESOLVED)]


def test_the_same_card_twice_at_once_is_one() -> None:
    desk = ScriptedRun(LOW)
    desk.play(customer(1, "apple"), customer(4, "apple"), until=8.0)
    assert refused(desk.results) == [("esc.low", Suppression.DUPLICATE)]


def test_negated_or_quoted_words_bring_no_card() -> None:
    desk = ScriptedRun(rule("esc.lie", said("you are lying"), 2, card=card()))
    desk.play(customer(1, "I am not saying you are lying"), until=8.0)
    assert refused(desk.results) == [("esc.lie", Suppression.DOUBTFUL)]


def test_an_answer_to_a_card_that_has_gone_changes_nothing() -> None:
    desk = ScriptedRun(LOW, HIGH)
    desk.play(customer(1, "banana"), until=5.0)
    before = desk.engine.snapshot()
    late = key(5.0, Action.DISMISS)
    desk.feed([type(late)(at=5.0, action=Action.DISMISS, card="P0")])
    assert desk.engine.snapshot() == before


def test_no_wording_is_given_with_a_blank_in_it() -> None:
    text = card(say=("It is about {issue}, I am {agent}.",))
    desk = ScriptedRun(rule("esc.a", "apple", card=text))
    desk.play(customer(1, "apple"))
    shown = desk.engine.snapshot().card
    assert shown is not None
    assert (shown.do, shown.say, shown.wordings) == (text.do, "", 0)
    desk.feed([key(4.0, Action.NEXT_WORDING)])
    assert desk.engine.snapshot().card == shown
    known = ScriptedRun(
        rule("esc.a", "apple", card=text),
        rule("note.want", said("calling about"), 0),
        settings=EngineSettings(agent_name="Robin"),
    )
    known.play(customer(1, "I am calling about my bill"), customer(8, "apple"))
    shown = known.engine.snapshot().card
    assert shown is not None
    assert shown.say == "It is about your bill, I am Robin."


def test_a_boundary_card_waits_for_no_more_than_a_glance() -> None:
    desk = ScriptedRun(LOW, shows("conduct.edge", "damson", Kind.BOUNDARY, priority=70))
    desk.play(customer(1, "apple"), customer(2, "damson"), until=3.0)
    assert desk.shown == "esc.low"
    desk.feed([], until=5.0)
    assert desk.shown == "conduct.edge"


def test_boundary_cards_do_not_chase_each_other() -> None:
    first = shows("conduct.first", "apple", Kind.BOUNDARY, priority=60)
    second = shows("conduct.second", "banana", Kind.BOUNDARY, priority=80)
    desk = ScriptedRun(first, second)
    desk.play(customer(1, "apple"), customer(2, "banana"), until=6.0)
    assert desk.shown == "conduct.first"


SERIOUS = [
    rule(f"esc.{name}", word, 3, timing=Timing(cooldown=0.0), card=card(priority=priority))
    for name, word, priority in (("law", "apple", 72), ("watchdog", "banana", 70))
]


def test_two_serious_cards_both_get_their_turn() -> None:
    desk = ScriptedRun(LOW, shows("esc.now", "cherry", priority=90), *SERIOUS)
    desk.play(customer(1, "cherry"), customer(2, "banana"), customer(3, "apple"), until=70.0)
    assert desk.cards() == ["esc.now", "esc.law", "esc.watchdog"]


def test_a_card_that_stays_keeps_no_demand_of_the_customer_waiting() -> None:
    stays = shows("conduct.vile", "damson", Kind.BOUNDARY, priority=90, hold=None)
    desk = ScriptedRun(stays, LOW, TONE)
    desk.play(customer(1, "damson"), until=4.0)
    assert desk.shown == "conduct.vile"
    desk.play(customer(5, "apple"), until=8.0)
    assert desk.shown == "conduct.vile", "time to read it"
    results = desk.feed([], until=12.0)
    assert cleared(results) == [("conduct.vile", Clearing.REPLACED)]
    assert desk.shown == "esc.low"


def test_a_card_that_stays_gives_way_to_no_demand_in_the_same_breath() -> None:
    stays = shows("conduct.vile", "damson", Kind.BOUNDARY, priority=90, hold=None)
    desk = ScriptedRun(stays, LOW)
    desk.play(customer(1, "damson apple apple apple"), until=60.0)
    assert desk.cards() == ["conduct.vile"]


def test_a_card_that_stays_gives_way_to_no_word_about_tone() -> None:
    stays = shows("conduct.vile", "damson", Kind.BOUNDARY, priority=90, hold=None)
    desk = ScriptedRun(stays, TONE)
    desk.play(customer(1, "damson"), customer(5, "cherry"), until=60.0)
    assert desk.shown == "conduct.vile"


def test_what_is_done_while_a_card_waits_needs_it_no_more() -> None:
    logged = rule("say.logged", said("a complaint now"), 0)
    waiting = shows("esc.high", "banana", priority=40, done_when=("say.logged",))
    desk = ScriptedRun(LOW, waiting, logged)
    desk.play(customer(1, "apple"), customer(2, "banana"), agent(5, "a complaint now"), until=40.0)
    assert desk.cards() == ["esc.low"]
    assert ("esc.high", Suppression.ALREADY_DONE) in refused(desk.results)


SAYS = shows(
    "esc.low",
    "apple",
    say=("I can start that now. What would you like me to change first?", "Of course."),
)


def test_a_card_whose_own_words_are_said_has_been_followed() -> None:
    desk = ScriptedRun(SAYS, HIGH)
    said_so = agent(3, "well what would you like me to change first then")
    results = desk.play(customer(1, "apple"), said_so, until=9.0)
    assert cleared(results) == [("esc.low", Clearing.USED)]
    (gone,) = [r for r in results if isinstance(r, CardCleared)]
    assert gone.because[0].text == said_so.text
    assert [r.rule for r in results if isinstance(r, Nodded)] == ["esc.low"]
    results = desk.play(customer(10, "banana"), until=13.0)
    assert desk.shown == "esc.high", "the place is free at once"


@pytest.mark.parametrize(
    "words",
    [
        "of course",
        "what would you say",
        "I can see what you would like there is nothing for me to change",
        "what I would like first is your number",
    ],
)
def test_a_card_stays_where_only_some_of_its_words_are_said(words: str) -> None:
    desk = ScriptedRun(SAYS)
    desk.play(customer(1, "apple"), agent(3, words), until=9.0)
    assert desk.shown == "esc.low"


def test_neither_the_customer_nor_words_before_the_card_use_it_and_a_danger_stays() -> None:
    words = "What would you like me to change first?"
    desk = ScriptedRun(SAYS, shows("safety.life", "elder", Kind.SAFETY, say=(words,)))
    desk.play(agent(1, words), customer(6, "apple"), customer(9, words), until=14.0)
    assert desk.shown == "esc.low"
    desk.play(customer(15, "elder"), agent(18, words), until=24.0)
    assert desk.shown == "safety.life"


def test_a_card_without_words_to_say_keeps_none_waiting_for_longer_than_a_look_takes() -> None:
    wordless = shows("esc.breathe", "banana", Kind.TONE, priority=70, say=(), hold=12)
    desk = ScriptedRun(LOW, wordless)
    desk.play(customer(1, "banana"), customer(2, "apple"), until=4.0)
    assert desk.shown == "esc.breathe"
    desk.feed([], until=7.0)
    assert desk.shown == "esc.low"
    alone = ScriptedRun(wordless)
    alone.play(customer(1, "banana"), until=12.0)
    assert alone.shown == "esc.breathe"


def test_words_that_are_not_meant_follow_no_card() -> None:
    sorry = rule("say.sorry", said("you are lying"), 2)
    desk = ScriptedRun(sorry, shows("esc.a", "apple", done_when=("say.sorry",)))
    desk.play(customer(1, "apple"), agent(4, "I am not saying you are lying"))
    assert [r for r in desk.results if isinstance(r, Nodded)] == []
    assert desk.shown == "esc.a"


def test_a_nod_that_comes_too_soon_takes_nothing_and_says_so() -> None:
    timing = Timing(cooldown=0.0, max_per_call=2)
    desk = ScriptedRun(shows("say.well", "well", Kind.NOD, timing=timing))
    desk.play(agent(1, "well"), agent(10, "well"), agent(60, "well"), until=70.0)
    assert len([r for r in desk.results if isinstance(r, Nodded)]) == 2
    assert refused(desk.results) == [("say.well", Suppression.COOLDOWN)]


def test_what_still_waits_when_the_call_ends_is_told() -> None:
    desk = ScriptedRun(LOW, HIGH)
    desk.play(customer(1, "banana"), customer(3, "apple"))
    results = desk.feed([CallEnded(at=6.0, reason="over")])
    assert refused(results) == [("esc.low", Suppression.LOWER_PRIORITY)]
    assert cleared(results) == [("esc.high", Clearing.CALL_ENDED)]


# --- what the customer said and nobody answered ---------------------------------------------

STANDS = shows("esc.stands", "banana", priority=70, hold=20)
HELP = rule("say.solution", "let me", 0, roles=(Role.SOLUTION,))
SOOTHES = rule("say.apology", "sorry", 0, roles=(Role.APOLOGY,))
LOOKS = rule("note.step", "opening", 0, roles=(Role.STEP,))
RELIEF = rule("esc.recovered", "relieved", 0, roles=(Role.RELIEF,))
BYE = rule("note.goodbye", "goodbye", 0, roles=(Role.GOODBYE,))
UNANSWERED = (LOW, STANDS, TONE, HELP, SOOTHES, LOOKS, RELIEF, BYE)


def after_another_card(*more: object, until: float = 30.0) -> ScriptedRun:
    desk = ScriptedRun(*UNANSWERED)
    desk.play(customer(1, "banana"), customer(3, "one apple please"), *more, until=until)
    return desk


def test_what_nobody_answered_comes_right_after_the_card_before_it_and_says_so() -> None:
    desk = after_another_card(agent(8, "what is the number"), agent(14, "i am opening the account"))
    first, late = [r for r in desk.results if isinstance(r, CardRaised)]
    (gone,) = [r for r in desk.results if isinstance(r, CardCleared) and r.card == first.card]
    assert (late.rule, late.at) == ("esc.low", gone.at)
    (asked,) = [r for r in desk.results if isinstance(r, CueMatched) and r.rule == "esc.low"]
    note = Evidence(rule="esc.stands", value=round(late.at - asked.at, 1), note=WAITED_FOR)
    assert late.because == (*asked.because, note)
    assert refused(desk.results) == []


@pytest.mark.parametrize(
    ("said", "why", "last"),
    [
        (agent(8, "let me see to it"), Suppression.ALREADY_DONE, "let me"),
        (agent(8, "i am sorry about that"), Suppression.ALREADY_DONE, "sorry"),
        (customer(8, "i am relieved"), Suppression.LOWER_PRIORITY, SETTLED),
        (customer(8, "goodbye"), Suppression.LOWER_PRIORITY, GOODBYE_CAME),
    ],
)
def test_what_is_answered_or_over_meanwhile_comes_no_more(
    said: Say, why: Suppression, last: str
) -> None:
    desk = after_another_card(said)
    assert desk.cards() == ["esc.stands"]
    (held,) = [r for r in desk.results if isinstance(r, CardSuppressed)]
    assert (held.rule, held.reason) == ("esc.low", why)
    assert last in {held.because[-1].text, held.because[-1].note}


def test_what_is_said_again_behind_the_answer_is_not_answered() -> None:
    desk = after_another_card(agent(6, "let me see"), customer(12, "apple i said"))
    assert desk.cards() == ["esc.stands", "esc.low"]


def test_it_grows_too_old_all_the_same() -> None:
    long = shows("esc.long", "banana", priority=70, hold=60)
    desk = ScriptedRun(LOW, long)
    desk.play(customer(1, "banana"), customer(3, "apple"), until=40.0)
    (held,) = [r for r in desk.results if isinstance(r, CardSuppressed)]
    assert held.because[-1] == Evidence(value=25.0, note=WAITED)


def test_a_reminder_about_tone_does_not_cost_the_customer_their_answer() -> None:
    tone = shows("agent.tone", "cherry", Kind.TONE, priority=60)
    desk = ScriptedRun(LOW, STANDS, tone)
    desk.play(customer(1, "banana"), customer(3, "apple"), agent(6, "cherry"), until=26.0)
    assert desk.cards() == ["esc.stands", "esc.low"]
    assert refused(desk.results) == [("agent.tone", Suppression.LOWER_PRIORITY)]


def test_a_newer_and_more_important_card_that_comes_is_the_end_of_it() -> None:
    tone = shows("agent.tone", "cherry", Kind.TONE, priority=75)
    desk = ScriptedRun(LOW, STANDS, tone)
    desk.play(customer(1, "banana"), customer(3, "apple"), agent(12, "cherry"), until=60.0)
    assert desk.cards() == ["esc.stands", "agent.tone"]
    (held,) = [r for r in desk.results if isinstance(r, CardSuppressed)]
    assert held.because[-1] == Evidence(rule="agent.tone", note=WAITS)


@pytest.mark.parametrize(
    ("priority", "waits", "not_"),
    [(50, "esc.mid", "esc.low"), (27, "esc.mid", "esc.low"), (26, "esc.low", "esc.mid")],
)
def test_of_what_the_customer_said_the_more_important_or_the_later_waits(
    priority: int, waits: str, not_: str
) -> None:
    mid = shows("esc.mid", "cherry", priority=priority)
    desk = ScriptedRun(LOW, STANDS, mid)
    desk.play(customer(1, "banana"), customer(3, "apple"), customer(6, "cherry"), until=26.0)
    assert desk.cards() == ["esc.stands", waits]
    assert refused(desk.results) == [(not_, Suppression.LOWER_PRIORITY)]


def test_a_card_that_came_late_gives_way_to_any_other_once_it_has_been_read() -> None:
    desk = after_another_card(agent(23, "cherry"), until=34.0)
    assert desk.cards() == ["esc.stands", "esc.low", "agent.tone"]
    raised = [r.at for r in desk.results if isinstance(r, CardRaised)]
    assert raised[2] - raised[1] >= CardSettings().give_way_s


def test_nothing_waits_longer_where_the_settings_say_so() -> None:
    settings = EngineSettings(cards=CardSettings(unanswered_wait_s=0.0))
    desk = ScriptedRun(*UNANSWERED, settings=settings)
    desk.play(customer(1, "banana"), customer(3, "apple"), until=30.0)
    (held,) = [r for r in desk.results if isinstance(r, CardSuppressed)]
    assert held.because[-1] == Evidence(value=12.0, note=WAITED)


MID = shows("esc.mid", "cherry", priority=50)
TALK = {
    "low": ("apple", customer),
    "mid": ("cherry", customer),
    "stands": ("banana", customer),
    "tone": ("damson", agent),
    "help": ("let me", agent),
    "soothes": ("sorry", agent),
    "looks": ("opening", agent),
    "relief": ("relieved", customer),
    "bye": ("goodbye", customer),
}
CROWD = (LOW, STANDS, MID, shows("agent.tone", "damson", Kind.TONE), *UNANSWERED[3:])


@given(st.lists(st.tuples(st.integers(1, 12), st.sampled_from(sorted(TALK))), max_size=14))
def test_whatever_is_said_a_late_card_comes_in_turn_and_to_what_nobody_answered(
    talk: list[tuple[int, str]],
) -> None:
    at, says, said = 0.0, [], []
    for gap, what in talk:
        at += gap
        words, by = TALK[what]
        says.append(by(at, words))
        said.append((what, says[-1].end))
    desk = ScriptedRun(*CROWD)
    desk.play(*says, until=at + 60.0)
    settings = CardSettings()
    gone: CardCleared | None = None
    late: CardRaised | None = None
    for result in desk.results:
        if isinstance(result, CardCleared):
            gone = result
        if not isinstance(result, CardRaised):
            continue
        if late is not None:
            assert result.at - late.at >= settings.give_way_s
        late = result if result.because[-1].note == WAITED_FOR else None
        if late is None:
            continue
        waited = late.because[-1]
        assert gone is not None
        assert (gone.at, gone.rule) == (late.at, waited.rule)
        assert waited.value is not None
        assert waited.value > settings.wait_s
        name = late.rule.removeprefix("esc.")
        last = max(end for what, end in said if what == name and end <= late.at)
        assert late.at - last <= settings.unanswered_wait_s + 1.0
        over = {"help", "soothes", "relief", "bye"}
        assert not [end for what, end in said if what in over and last < end <= late.at - 1.0]
