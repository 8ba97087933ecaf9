"""Promises of one sentence: each with a date of its own, none made of a choice or a range."""

from __future__ import annotations

import pytest
from rulekit import ScriptedRun, agent, rule, said

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
