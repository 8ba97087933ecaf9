"""What is recalled when a call draws to its end."""

from __future__ import annotations

from typing import Any

import pytest
from callscript import Say
from rulekit import ScriptedRun, agent, card, customer, rule, said

from coach.events import CardSuppressed, Channel, Hypothesis, Utterance
from rules.definition.conditions import Speaker
from rules.definition.roles import Role


def short_call(*more: Say) -> ScriptedRun:
    """A call of less than a minute: the item about the next step, and one that is not."""
    desk = ScriptedRun(
        rule("checklist.next", said("next step"), 0, card=card(hold=10), roles=(Role.FOLLOW_UP,)),
        rule("checklist.recap", said("to recap"), 0, card=card(hold=10)),
        rule("checklist.closing", said("anything else", "goodbye"), 0),
        rule("note.goodbye", said("goodbye"), 0, speaker=Speaker.ANY),
        rule("note.to_follow", said("send me"), 0, roles=(Role.FOLLOW_UP,)),
    )
    desk.play(*more, until=50.0)
    return desk


@pytest.mark.parametrize(
    ("before", "cards"),
    [
        ((customer(5, "send me a new one"),), ["checklist.next"]),
        ((customer(5, "when are you open"),), []),
        ((customer(5, "send me one"), agent(12, "the next step is a letter")), []),
        ((customer(5, "send me one"), customer(20, "goodbye")), []),
    ],
)
def test_what_is_to_come_is_recalled_however_short_the_call(
    before: tuple[Say, ...], cards: list[str]
) -> None:
    assert short_call(*before, agent(30, "is there anything else")).cards() == cards


def test_a_goodbye_that_was_only_drafted_is_none() -> None:
    desk = short_call(customer(5, "send me a new one"))
    what: dict[str, Any] = {
        "channel": Channel.CUSTOMER,
        "start": 50.5,
        "end": 51.0,
        "utterance": "C9",
    }
    desk.feed([Hypothesis(at=51.0, committed="goodbye", tail="", **what)])
    desk.feed([Utterance(at=52.0, text="good buy", **what)])
    desk.play(agent(54, "is there anything else"), until=58.0)
    assert desk.cards() == ["checklist.next"]


def test_a_reminder_that_waits_for_the_place_is_too_late_once_they_say_goodbye() -> None:
    desk = ScriptedRun(
        rule("checklist.next", said("next step"), 0, card=card(hold=10, priority=30)),
        rule("checklist.closing", said("anything else"), 0),
        rule("note.goodbye", said("goodbye"), 0, speaker=Speaker.ANY),
        rule("esc.matter", said("matter"), card=card(hold=20, priority=40)),
    )
    desk.play(customer(61, "this matter"), agent(63, "is there anything else"), until=67.0)
    results = desk.play(customer(70, "no goodbye"), until=95.0)
    assert desk.cards() == ["esc.matter"]
    (late,) = [r for r in results if isinstance(r, CardSuppressed)]
    assert late.rule == "checklist.next"
    assert late.because[-1].note == "the goodbye came before the place was free"
