"""What is recalled when a call draws to its end."""

from __future__ import annotations

from typing import Any

import pytest
from callscript import Say
from rulekit import ScriptedRun, agent, card, customer, rule, said

from coach.events import Channel, Hypothesis, Utterance
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
