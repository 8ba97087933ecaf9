"""Promises of one sentence: each with a date of its own, none made of a choice or a range."""

from __future__ import annotations

import pytest
from rulekit import ScriptedRun, agent, customer, rule, said

from coach.events import CommitmentMade
from rules.definition.rule import Speaker

TOMORROW, THURSDAY, FRIDAY, MONDAY = "2026-03-05", "2026-03-05", "2026-03-06", "2026-03-09"
LATER = "2026-03-20"
"""After the scripted call's day, a Wednesday."""
SEVERAL = [
    ("I'll send you the form tomorrow and call you on Friday",
     [("I'll send you the form tomorrow", TOMORROW), ("call you on Friday", FRIDAY)]),
    ("I'll call you tomorrow, then I'll send the engineer on Friday",
     [("I'll call you tomorrow", TOMORROW), ("I'll send the engineer on Friday", FRIDAY)]),
    ("I'll call you tomorrow I'll send the form on Friday",
     [("I'll call you tomorrow", TOMORROW), ("I'll send the form on Friday", FRIDAY)]),
    ("I'll collect it tomorrow, pay it out on Friday and then write to you on Monday",
     [("I'll collect it tomorrow", TOMORROW), ("pay it out on Friday", FRIDAY),
      ("write to you on Monday", MONDAY)]),
    ("I'll collect it on Monday and deliver the new one on Thursday",
     [("I'll collect it on Monday", MONDAY), ("deliver the new one on Thursday", None)]),
    ("you will receive an email tomorrow and the money by Friday",
     [("you will receive an email tomorrow", TOMORROW), ("the money by Friday", FRIDAY)]),
    ("You will have it by Friday, the 20th of March, and I will call you on Friday morning",
     [("You will have it by Friday, the 20th of March", LATER),
      ("I will call you on Friday morning", LATER)]),
    ("I'll send it on Friday the 20th and call you on Friday at ten",
     [("I'll send it on Friday the 20th", LATER), ("call you on Friday at ten", f"{LATER}T10:00")]),
    ("You will have it by Friday the 20th and I will call you on Monday",
     [("You will have it by Friday the 20th", LATER), ("I will call you on Monday", MONDAY)]),
    ("You will have a letter within eight weeks, but we will ring you by Tuesday",
     [("You will have a letter within eight weeks", "2026-04-29"),
      ("we will ring you by Tuesday", "2026-03-10")]),
    ("I will ring you tomorrow. And the oven is coming on Friday, and he'll ring you from the van.",
     [("I will ring you tomorrow.", TOMORROW), ("And the oven is coming on Friday", FRIDAY)]),
    ("The van is due on Monday. Now, I will ring you tomorrow.",
     [("Now, I will ring you tomorrow.", TOMORROW), ("The van is due on Monday.", MONDAY)]),
    ("I'll post the letter on Friday and ring you tomorrow",
     [("I'll post the letter on Friday", FRIDAY), ("ring you tomorrow", TOMORROW)]),
]  # fmt: skip
ONE = [
    ("I'll call you on Friday or Monday", MONDAY),
    ("I'll call you tomorrow or I'll send a letter on Friday", FRIDAY),
    ("I'll be there tomorrow and on Friday", TOMORROW),
    ("I'll call you between Thursday and Friday", FRIDAY),
    ("I'll call you tomorrow and the day after on your mobile", TOMORROW),
    ("I'll call you on the 6th and the ninth by noon", f"{FRIDAY}T12:00"),
    ("I'll call you tomorrow and the next morning by ten", f"{TOMORROW}T10:00"),
    ("I'll call you tomorrow and see that it is done", TOMORROW),
    ("I'll check with the team and call you back by Friday", FRIDAY),
    ("I'll send the letter by Friday and get back to you by Friday", FRIDAY),
    ("I'll tell you tomorrow when I'll send it, on Friday", TOMORROW),
]


def promised(text: str) -> list[tuple[str, str | None]]:
    desk = ScriptedRun(rule("note.commitment", said("(i|you) will"), 0))
    desk.play(agent(1, text))
    made = desk.engine.snapshot().record.commitments
    return [(one.text, one.due) for one in made]


@pytest.mark.parametrize(("text", "parts"), SEVERAL)
def test_each_has_its_own_date(text: str, parts: list[tuple[str, str | None]]) -> None:
    assert promised(text) == parts


@pytest.mark.parametrize(("text", "due"), ONE)
def test_a_choice_or_one_date_is_one_promise(text: str, due: str) -> None:
    assert promised(text) == [(text, due)]


SAID_AGAIN = [
    (
        "we just get you in at eight tomorrow then",
        "so I have an eight o'clock appointment for you in the system for tomorrow",
    ),
    ("I'll call you back on Friday morning", "so I'll call you on Friday morning then"),
    (
        "you're booked in for Thursday at nine",
        "just to confirm you have the slot on Thursday at nine",
    ),
    ("I will send the form tomorrow", "and I'll send you that form tomorrow as I said"),
    ("I'll refund the fee by Friday", "so the fee will be refunded by Friday I refund it all"),
    ("we will deliver the new router on Monday", "to recap we'll deliver your router on Monday"),
    ("I can book you in for Monday at ten", "right so you have an appointment on Monday at ten"),
    ("I'll email you the receipt tomorrow", "the receipt I will email it to you tomorrow"),
    ("we will fit you in on Friday at two", "so that's you booked for Friday at two"),
    (
        "I'll put the refund through on Thursday I'll pay it to your card",
        "so on Thursday I will pay the refund to your card",
    ),
    (
        "the engineer will visit you on Monday afternoon",
        "so the engineer will visit on Monday afternoon",
    ),
    ("I'll post the letter tomorrow", "once more I will post that letter tomorrow"),
]
OTHERS = [
    ("I'll call you on Friday", "I will send you the form on Friday"),
    ("I will send the contract tomorrow", "I will send the invoice tomorrow"),
    ("I'll ring you on Thursday", "I'll ring the depot on Monday for you"),
    ("we will collect the old one on Monday", "we will deliver the new one on Monday"),
    ("I'll text you the code tomorrow", "I'll text the driver tomorrow about the gate"),
    ("I will write to the landlord on Friday", "I will write to you on Friday with a copy"),
    ("I'll order the part on Monday", "we'll fit the part on Monday"),
    ("we will visit the flat on Thursday at nine", "I will call you on Thursday at nine"),
]


def recorded(first: str, second: str) -> int:
    desk = ScriptedRun(rule("note.commitment", said("(i|you|we|so|the)"), 0))
    results = desk.play(agent(1, first), agent(20, second))
    made = desk.engine.snapshot().record.commitments
    assert len(made) == len([r for r in results if isinstance(r, CommitmentMade)])
    return len(made)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("I can pay it to your account today or send a cheque tomorrow", 0),
        ("So we could come on Monday or on Thursday", 0),
        ("I can pay it to your account today", 1),
        ("I will pay it today or tomorrow", 1),
        ("I can see it here, and I will pay it today or tomorrow", 1),
    ],
)
def test_a_choice_that_is_offered_is_no_promise(text: str, made: int) -> None:
    desk = ScriptedRun(rule("note.commitment", said("(i|we) (will|can|could)"), 0))
    results = desk.play(agent(1, text))
    assert len([r for r in results if isinstance(r, CommitmentMade)]) == made


SUMMED_UP = [
    ("I'll pay it by Thursday", "So to recap, you'll have it by Thursday."),
    ("It'll be with you by Friday", "okay, just to recap, you will get the money on Friday"),
    ("he will bring it to you before eight", "So he'll be with you before eight."),
    ("I will ring you at quarter past to make sure", "Right. So I ring at quarter past."),
    ("I will book the plumber for Monday", "Let me recap: he'll come to you on Monday."),
    ("The van will be there on Thursday", "So to sum up, you'll have the sofa on Thursday."),
]
NOT_SUMMED_UP = [
    ("I'll send you a letter on Friday", "So I'll call you on Friday."),
    ("I'll pay it by Thursday", "So to recap, I will pay it by Friday."),
    ("I'll pay it by Thursday", "So to recap, I'll have somebody look at the meter for you."),
    ("I will ring you on Monday", "So the cheque will go out to you."),
    ("I'll pay it by Thursday", "You will have it by Thursday, so to speak, with a bow."),
]


@pytest.mark.parametrize(("first", "second"), SUMMED_UP)
def test_what_a_recap_names_again_is_no_promise_of_its_own(first: str, second: str) -> None:
    assert recorded(first, second) == 1


@pytest.mark.parametrize(("first", "second"), NOT_SUMMED_UP)
def test_what_a_recap_adds_is_a_promise(first: str, second: str) -> None:
    assert recorded(first, second) == 2


def test_what_the_other_side_promised_is_no_part_of_a_recap() -> None:
    desk = ScriptedRun(rule("note.commitment", said("(i|you) will"), 0, speaker=Speaker.ANY))
    results = desk.play(
        customer(1, "I will pay it by Thursday"),
        agent(20, "So to recap, I will send it by Thursday."),
    )
    assert len([r for r in results if isinstance(r, CommitmentMade)]) == 2


@pytest.mark.parametrize(("first", "second"), SAID_AGAIN)
def test_a_promise_that_is_said_back_is_recorded_once(first: str, second: str) -> None:
    assert recorded(first, second) == 1


@pytest.mark.parametrize(("first", "second"), OTHERS)
def test_another_promise_for_the_same_day_is_one_of_its_own(first: str, second: str) -> None:
    assert recorded(first, second) == 2


def test_a_promise_without_a_date_is_kept_as_one_without() -> None:
    assert promised("I will get you in as soon as we can") == [
        ("I will get you in as soon as we can", None)
    ]


@pytest.mark.parametrize(
    "beside",
    [
        "Will you be in on Friday?",
        "If it's wet it'll be on Friday.",
        "It won't come before Friday.",
        "It'll be fine.",
        "They said they'll come on Friday.",
    ],
)
def test_what_is_asked_denied_or_undated_beside_a_promise_is_none(beside: str) -> None:
    assert promised(f"I will ring you tomorrow. {beside}") == [
        ("I will ring you tomorrow.", TOMORROW)
    ]
