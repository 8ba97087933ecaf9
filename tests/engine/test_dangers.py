"""A danger to life: all else is quiet until it is answered, and for a while after."""

from __future__ import annotations

import pytest
from rulekit import ScriptedRun, card, customer, key, rule, said

from coach.engine.advice.card_policy import CardSettings
from coach.engine.engine import EngineSettings
from coach.events import Action
from rules.definition.rule import Kind

LIFE = rule("safety.life", said("end it all"), 4, card=card(Kind.SAFETY, hold=None))
HAZARD = rule("safety.hazard", said("smell gas"), 4, card=card(Kind.SAFETY, hold=None))
BOSS = rule("esc.boss", said("your manager"), 3, card=card())
INSULT = rule("conduct.insult", said("useless"), 2, card=card(Kind.BOUNDARY))


def in_danger(*, quiet: float = CardSettings().after_danger_s) -> ScriptedRun:
    settings = EngineSettings(cards=CardSettings(after_danger_s=quiet))
    desk = ScriptedRun(LIFE, HAZARD, BOSS, INSULT, settings=settings)
    desk.play(customer(1, "I will end it all"), until=5.0)
    assert desk.shown == "safety.life"
    return desk


@pytest.mark.parametrize("answer", [Action.ACKNOWLEDGE, Action.USED])
def test_cards_come_again_a_while_after_a_danger_was_answered(answer: Action) -> None:
    desk = in_danger()
    desk.feed([key(10.0, answer)])
    desk.play(customer(60, "your manager"), until=69.0)
    assert desk.shown == ""
    desk.play(customer(72, "your manager"), until=80.0)
    assert desk.shown == "esc.boss"


def test_the_ladder_stays_held_for_the_rest_of_the_call() -> None:
    desk = in_danger()
    desk.feed([key(10.0, Action.ACKNOWLEDGE)])
    desk.play(customer(300, "you are useless"), until=310.0)
    assert desk.engine.snapshot().ladder.held
    assert desk.shown == ""


def test_how_long_is_a_setting() -> None:
    desk = in_danger(quiet=0.0)
    desk.feed([key(10.0, Action.ACKNOWLEDGE)])
    desk.play(customer(11, "your manager"), until=20.0)
    assert desk.shown == "esc.boss"


def test_a_new_danger_begins_anew() -> None:
    desk = in_danger()
    desk.feed([key(10.0, Action.ACKNOWLEDGE)])
    desk.play(customer(100, "I smell gas"), customer(180, "your manager"), until=200.0)
    assert desk.shown == "safety.hazard"
    assert "esc.boss" not in desk.cards()
    desk.feed([key(201.0, Action.ACKNOWLEDGE)])
    desk.play(customer(230, "your manager"), until=240.0)
    assert desk.shown == ""
    desk.play(customer(265, "your manager"), until=270.0)
    assert desk.shown == "esc.boss"


def test_the_same_danger_again_is_a_new_one() -> None:
    desk = in_danger()
    desk.feed([key(10.0, Action.ACKNOWLEDGE)])
    desk.play(customer(100, "I will end it all"), customer(170, "your manager"), until=180.0)
    assert desk.cards() == ["safety.life", "safety.life"]


def test_two_dangers_are_answered_one_by_one() -> None:
    desk = in_danger()
    desk.play(customer(6, "I smell gas"), until=9.0)
    desk.feed([key(10.0, Action.ACKNOWLEDGE)])
    assert desk.shown == "safety.hazard"
    desk.play(customer(100, "your manager"), until=105.0)
    assert "esc.boss" not in desk.cards()


def test_a_danger_that_was_none_leaves_no_quiet_behind() -> None:
    desk = in_danger()
    desk.feed([key(10.0, Action.DISMISS)])
    desk.play(customer(11, "your manager"), customer(40, "you are useless"), until=44.0)
    assert desk.cards()[1:] == ["esc.boss", "conduct.insult"]


def test_a_danger_without_a_card_is_quiet_for_a_while_only() -> None:
    bare = rule("safety.bare", said("no way out"), 3)
    desk = ScriptedRun(bare, BOSS)
    desk.play(customer(1, "no way out"), customer(10, "your manager"), until=20.0)
    assert desk.cards() == []
    desk.play(customer(70, "your manager"), until=75.0)
    assert desk.cards() == ["esc.boss"]
