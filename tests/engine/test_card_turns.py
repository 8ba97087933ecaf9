"""How cards follow each other by the agent's turns: what waits for one, what one goes past, and
what comes back.
"""

from __future__ import annotations

import msgspec
import pytest
from callscript import Say
from rulekit import ScriptedRun, agent, card, customer, key, rule

from coach.engine.advice.card_policy import CAME_BACK, STILL_UNDONE, CardSettings
from coach.engine.engine import EngineSettings
from coach.events import (
    Action,
    CardCleared,
    CardRaised,
    CardSuppressed,
    Clearing,
    Result,
    Suppression,
)
from rules.definition.conditions import CueSeen, NotFollowed
from rules.definition.roles import Role
from rules.definition.rule import Kind, Rule, Timing

MATTER = rule("note.matter", "apple", 0)
ONCE = Timing(cooldown=600.0, max_per_call=1)


def owes(name: str, done: str, within: float, **options: object) -> Rule:
    """A step that the agent owes once the customer has named the matter."""
    return rule(
        name,
        NotFollowed(
            first=CueSeen(rules=("note.matter",)), then=CueSeen(rules=(done,)), within=within
        ),
        1,
        roles=(Role.OMISSION,),
        timing=ONCE,
        card=card(**{"done_when": (done,), **options}),
    )


CHECKED = rule("say.check", "your name", 0)
BLOCKED = rule("say.block", "i block it", 0)
CHECK = owes("agent.check", "say.check", 2.0, priority=42)
BLOCK = owes("agent.block", "say.block", 4.0, priority=57, hold=12)
OWED = (MATTER, CHECKED, BLOCKED, CHECK, BLOCK)
EARLY = rule("esc.early", "cherry", card=card(priority=54))
LIKE = rule("esc.like", "damson", card=card(priority=50))
LESS = rule("esc.less", "elder", card=card(priority=40))
MORE = rule("esc.more", "fig", card=card(priority=64))
HELP = rule("say.solution", "let me", 0, roles=(Role.SOLUTION,))
BYE = rule("note.goodbye", "goodbye", 0, roles=(Role.GOODBYE,))
DEMANDS = (EARLY, LIKE, LESS, MORE, HELP, BYE)
HELLO = agent(0, "good morning")
"""Nothing counts as left undone before the agent's side has been heard."""
GOES_PAST = "and what is the number on it"


def at_of(results: list[Result], name: str, number: int = 0) -> float:
    return [r.at for r in results if isinstance(r, CardRaised) and r.rule == name][number]


def refused(results: list[Result]) -> list[tuple[str, Suppression]]:
    return [(r.rule, r.reason) for r in results if isinstance(r, CardSuppressed)]


# --- before the agent has had a turn --------------------------------------------------------


def test_a_reminder_takes_no_place_before_the_agent_could_do_what_the_card_asks() -> None:
    desk = ScriptedRun(*OWED)
    desk.play(HELLO, customer(2, "apple"), until=16.0)
    assert desk.shown == "agent.check"
    desk.play(agent(17, GOES_PAST), until=22.0)
    assert desk.shown == "agent.block", "the agent had a turn, and went past it"


def test_it_does_not_wait_for_that_for_ever() -> None:
    desk = ScriptedRun(*OWED)
    desk.play(HELLO, customer(2, "apple"), until=40.0)
    assert desk.cards() == ["agent.check", "agent.block"]
    assert at_of(desk.results, "agent.block") - at_of(desk.results, "agent.check") <= 20.5


def test_what_the_customer_says_does_not_wait_for_the_agents_turn() -> None:
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), customer(4, "fig"), until=10.0)
    assert desk.shown == "esc.more"


@pytest.mark.parametrize("words", ["okay", "mhm yes"])
def test_to_say_that_one_listens_is_no_turn(words: str) -> None:
    desk = ScriptedRun(*OWED)
    desk.play(HELLO, customer(2, "apple"), agent(8, words), until=20.0)
    assert desk.shown == "agent.check"


def test_the_place_goes_to_what_it_was_given_up_for_and_not_to_a_reminder_that_waits() -> None:
    heavy = owes("agent.heavy", "say.block", 1.0, priority=70)
    desk = ScriptedRun(*DEMANDS, MATTER, BLOCKED, heavy)
    desk.play(HELLO, customer(1, "cherry"), customer(3, "apple"), customer(5, "fig"), until=10.0)
    assert desk.shown == "esc.more"


# --- what the agent has gone past -----------------------------------------------------------


def test_once_the_agent_has_gone_past_a_card_one_of_like_weight_takes_its_turn() -> None:
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), customer(3, "damson"), until=9.0)
    assert desk.shown == "esc.early"
    desk.play(agent(9, GOES_PAST), until=16.0)
    assert desk.shown == "esc.like"


def test_a_much_lesser_one_waits_until_it_has_been_gone_past_twice() -> None:
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), customer(3, "elder"), agent(5, GOES_PAST), until=11.0)
    assert desk.shown == "esc.early"
    desk.play(agent(11, GOES_PAST), until=18.0)
    assert desk.shown == "esc.less"


def test_a_word_about_how_the_agent_speaks_gains_nothing_by_that() -> None:
    tone = rule("agent.tone", "grape", 1, card=card(Kind.TONE, priority=55))
    desk = ScriptedRun(*DEMANDS, tone)
    desk.play(customer(1, "cherry"), agent(4, GOES_PAST + " grape"), until=16.0)
    assert desk.shown == "esc.early"


def test_who_says_it_again_makes_it_news() -> None:
    desk = ScriptedRun(*DEMANDS)
    talk = (agent(4, GOES_PAST), customer(7, "cherry i said"))
    desk.play(customer(1, "cherry"), customer(3, "damson"), *talk, until=12.0)
    assert desk.shown == "esc.early"


def test_words_begun_before_the_card_go_past_nothing() -> None:
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), customer(1.5, "damson"), agent(2, GOES_PAST), until=13.0)
    assert at_of(desk.results, "esc.early") > 2.0
    assert desk.shown == "esc.early"


# --- what comes back ------------------------------------------------------------------------


def test_a_mere_sign_of_listening_keeps_nothing_from_coming_back() -> None:
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), customer(4, "fig"), agent(20, "okay"), until=31.0)
    assert desk.cards() == ["esc.early", "esc.more", "esc.early"]


def test_a_step_that_gave_way_undone_comes_back_when_the_place_is_free_and_says_so() -> None:
    desk = ScriptedRun(*OWED)
    desk.play(HELLO, customer(2, "apple"), agent(8, GOES_PAST), until=21.0)
    assert desk.shown == "agent.block"
    desk.play(agent(21, "i block it"), until=40.0)
    assert desk.cards() == ["agent.check", "agent.block", "agent.check"]
    again = [r for r in desk.results if isinstance(r, CardRaised)][-1]
    assert (again.because[-1].rule, again.because[-1].note) == ("agent.block", CAME_BACK)
    (gone,) = [
        r for r in desk.results if isinstance(r, CardCleared) and r.reason is Clearing.REPLACED
    ]
    assert again.because[-1].value == round(again.at - gone.at, 1)


def test_it_comes_back_once_and_not_in_the_midst_of_what_the_agent_says() -> None:
    desk = ScriptedRun(*OWED)
    desk.play(HELLO, customer(2, "apple"), agent(8, GOES_PAST), until=21.0)
    long = agent(21, "i block it now and then we look at all that was paid with it together")
    desk.play(long, until=300.0)
    assert desk.cards().count("agent.check") == 2
    assert at_of(desk.results, "agent.check", 1) >= long.end


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (agent(17, "and your name please"), Suppression.ALREADY_DONE),
        (customer(17, "goodbye"), Suppression.LOWER_PRIORITY),
    ],
)
def test_what_is_done_or_over_does_not_come_back(then: Say, why: Suppression) -> None:
    desk = ScriptedRun(*OWED, BYE)
    desk.play(HELLO, customer(2, "apple"), agent(8, GOES_PAST), then, until=60.0)
    assert desk.cards() == ["agent.check", "agent.block"]
    assert refused(desk.results) == [("agent.check", why)]


def test_what_is_owed_is_owed_though_the_customer_is_glad() -> None:
    glad = rule("esc.recovered", "relieved", 0, roles=(Role.RELIEF,))
    desk = ScriptedRun(*OWED, glad)
    talk = (agent(8, GOES_PAST), customer(17, "i am so relieved"))
    desk.play(HELLO, customer(2, "apple"), *talk, until=60.0)
    assert desk.cards() == ["agent.check", "agent.block", "agent.check"]


def test_what_the_customer_said_comes_back_where_it_had_less_than_half_its_time() -> None:
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), customer(4, "fig"), until=60.0)
    assert desk.cards() == ["esc.early", "esc.more", "esc.early"]
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), customer(13, "fig"), until=60.0)
    assert desk.cards() == ["esc.early", "esc.more"]


def test_what_comes_back_comes_behind_all_that_is_new_and_pushes_nothing_off() -> None:
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), customer(4, "fig"), customer(14, "elder"), until=33.0)
    assert desk.cards() == ["esc.early", "esc.more", "esc.less"]
    assert desk.shown == "esc.less"


def test_a_card_that_came_back_goes_once_it_is_answered_in_any_words() -> None:
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), customer(4, "fig"), until=30.0)
    assert desk.shown == "esc.early"
    results = desk.play(agent(31, "let me see to that"), until=37.0)
    assert [(r.rule, r.reason) for r in results if isinstance(r, CardCleared)] == [
        ("esc.early", Clearing.USED)
    ]


def test_a_card_that_the_agent_waved_away_does_not_come_back() -> None:
    desk = ScriptedRun(*DEMANDS)
    desk.play(customer(1, "cherry"), key(4, Action.DISMISS), customer(4, "fig"), until=60.0)
    assert desk.cards() == ["esc.early", "esc.more"]


def test_a_word_about_tone_does_not_come_back() -> None:
    tone = rule("agent.tone", "grape", 1, card=card(Kind.TONE, priority=40))
    desk = ScriptedRun(*DEMANDS, tone)
    desk.play(agent(1, "grape"), customer(4, "fig"), until=60.0)
    assert desk.cards() == ["agent.tone", "esc.more"]


def test_what_is_still_undone_waits_for_longer_than_a_passing_reason() -> None:
    stands = rule("esc.stands", "fig", card=card(priority=70, hold=20))
    desk = ScriptedRun(*OWED[:4], stands)
    desk.play(HELLO, customer(2, "fig apple"), until=40.0)
    assert desk.cards() == ["esc.stands", "agent.check"]
    late = [r for r in desk.results if isinstance(r, CardRaised)][-1]
    assert (late.because[-1].rule, late.because[-1].note) == ("esc.stands", STILL_UNDONE)


def test_whatever_would_have_kept_a_reminder_away_ends_its_waiting() -> None:
    stands = rule("esc.stands", "fig", card=card(priority=70, hold=20))
    sorry = rule("say.apology", "sorry", 0)
    then = CueSeen(rules=("say.check", "say.apology"))
    unless = NotFollowed(first=CueSeen(rules=("note.matter",)), then=then, within=2.0)
    desk = ScriptedRun(*OWED[:3], msgspec.structs.replace(CHECK, when=unless), sorry, stands)
    desk.play(HELLO, customer(2, "fig apple"), agent(9, "so sorry about that"), until=40.0)
    assert desk.cards() == ["esc.stands"]
    assert refused(desk.results) == [("agent.check", Suppression.ALREADY_DONE)]


def test_none_of_it_is_so_where_the_settings_say_so() -> None:
    plain = CardSettings(before_turn_s=0.0, passed_over_by=0, comes_back_s=0.0)
    settings = EngineSettings(cards=plain)
    desk = ScriptedRun(*OWED, settings=settings)
    desk.play(HELLO, customer(2, "apple"), agent(20, GOES_PAST), until=60.0)
    assert desk.cards() == ["agent.check", "agent.block"]
    assert at_of(desk.results, "agent.block") - at_of(desk.results, "agent.check") <= 6.5
    desk = ScriptedRun(*DEMANDS, settings=settings)
    desk.play(customer(1, "cherry"), customer(3, "damson"), agent(9, GOES_PAST), until=16.0)
    assert desk.shown == "esc.early"
