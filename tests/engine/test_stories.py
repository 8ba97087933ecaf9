"""A danger in a draft may prove to be a story's, and is none where no story began."""

from __future__ import annotations

import pytest
from every_row import every_row
from rulekit import ScriptedRun, card, rule, said

from coach.engine.cues.tracker import WORDS_TOLD
from coach.events import Channel, Hypothesis, Utterance
from rules.definition.roles import Role
from rules.definition.rule import Kind

FIRE = rule("safety.hazard", said("on fire"), 4, card=card(Kind.SAFETY, hold=None))
DOUBT = rule("safety.check", said("on fire"), 2, card=card(Kind.SAFETY, hold=None))
STORY = rule("note.story", said("when <4> was", "last year"), 0, roles=(Role.STORY,))
OPENING = "when my house was on fire"
BEHIND = ("we", "lost", "all", "of", "it")


def draft(text: str) -> Hypothesis:
    words = len(text.split())
    return Hypothesis(
        at=2.0 + words * 0.4,
        channel=Channel.CUSTOMER,
        start=1.0,
        end=1.0 + words * 0.4,
        utterance="C1",
        committed=text,
        tail="",
    )


def final(text: str) -> Utterance:
    one = draft(text)
    return Utterance(
        at=one.at + 0.5, channel=one.channel, start=1.0, end=one.end, utterance="C1", text=text
    )


def shown(*heard: Hypothesis | Utterance) -> list[str]:
    run = ScriptedRun(FIRE, STORY)
    run.feed(heard)
    return run.cards()


@every_row(["my house is on fire", "on fire when my oven was"])
def test_without_a_story_before_it_a_danger_is_told_of_at_once(text: str) -> None:
    assert shown(draft(text)) == ["safety.hazard"]


@pytest.mark.parametrize("behind", range(WORDS_TOLD + 1))
def test_behind_the_opening_of_a_story_it_waits_for_a_few_words(behind: int) -> None:
    text = " ".join((OPENING, *BEHIND[:behind]))
    assert shown(draft(text)) == (["safety.hazard"] if behind >= WORDS_TOLD else [])


def test_it_waits_for_the_final_words_at_most() -> None:
    assert shown(draft(OPENING), final(OPENING)) == ["safety.hazard"]


def test_a_mere_doubt_interrupts_nothing_and_waits_for_nothing() -> None:
    run = ScriptedRun(DOUBT, STORY)
    run.feed([draft(OPENING)])
    assert run.cards() == ["safety.check"]
