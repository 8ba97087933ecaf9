"""Words with which a call is handed over, and when somebody else is to begin by them."""

from __future__ import annotations

import pytest

from coach.calls.handing_over import BEGINS, COMES, somebody_else_from
from coach.events import Channel, Utterance

ANNOUNCED = (
    "I'm putting you through to billing now.",
    "I'll put you straight through.",
    "Let me transfer you to the claims team.",
    "I'm going to connect you with somebody who can help.",
    "I'll pass you over to Karen.",
    "Okay, I'll get my supervisor for you.",
    "I've got my husband here with me.",
    "He wants to talk to you himself.",
    "My wife would like to speak to you.",
    "Hold on, I'll put him on.",
    "My colleague is going to join us on the line.",
    "You can talk to my manager.",
    "Hang on, my husband wants a word.",
    "My partner is here, he can tell you.",
    "You're on speaker, my wife is sitting next to me.",
    "I'll put you on speaker so my husband can hear.",
    "We've got my lawyer on this call.",
    "I'm calling with my son on the line.",
    "Here's my husband.",
    "One second, here she comes.",
    "Let me give the phone to my mum.",
    "I'm going to bring in my team lead.",
    "Let me conference in the bank.",
    "There is a third person on the line.",
)
ARRIVED = (
    "Hello, this is Martha, the supervisor.",
    "Hi there, I am the duty manager here.",
    "Hello, this is her husband.",
    "Hi, this is Dan, her husband.",
    "Dan speaking, her husband.",
    "Good afternoon, supervisor speaking.",
    "You are speaking with the supervisor now.",
    "I have taken over this call.",
    "Good afternoon, my colleague has told me what happened.",
    "You've been speaking to my colleague.",
)
NEITHER = (
    "I'll put you on hold for a moment.",
    "I'll put that on your account.",
    "I spoke to your supervisor last week.",
    "Can I speak to a manager?",
    "My husband pays the bill.",
    "Is he the manager there?",
    "Thank you for your call.",
    "I'll put you on speaker.",
    "The transfer did not arrive.",
    "I want to pass on my thanks.",
    "I would like to speak to a supervisor.",
    "My husband is at work.",
    "My wife is the account holder.",
    "Here's my number.",
    "I'm calling on behalf of my mother.",
    "I'll give that to my son.",
    "The phone is for my daughter.",
    "My daughter is on the phone all day.",
)


def said(text: str, **more: object) -> Utterance:
    return Utterance(
        at=14.0,
        channel=Channel.AGENT,
        start=10.0,
        end=13.0,
        utterance="A1",
        text=text,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("text", ANNOUNCED)
def test_who_is_announced_begins_behind_the_words(text: str) -> None:
    assert somebody_else_from(said(text)) == (10.0, 13.0 + COMES)


@pytest.mark.parametrize("text", ARRIVED)
def test_who_says_who_she_is_has_begun_to_speak(text: str) -> None:
    assert somebody_else_from(said(text)) == (10.0 - BEGINS, 13.0)


@pytest.mark.parametrize("text", NEITHER)
def test_other_words_announce_nobody(text: str) -> None:
    assert somebody_else_from(said(text)) is None


@pytest.mark.parametrize("how", [{"doubtful": True}, {"language": "und"}])
def test_words_that_may_not_have_been_said_announce_nobody(how: dict[str, object]) -> None:
    assert somebody_else_from(said(ANNOUNCED[0], **how)) is None
