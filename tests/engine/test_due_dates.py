from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.advice.due_dates import date_of, days_from, due_date

WEDNESDAY = "2026-03-04T14:05:00+01:00"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)))
def test_the_calendar_is_the_usual_one(day: dt.date) -> None:
    number = (day - dt.date(1970, 1, 1)).days
    assert days_from(day.year, day.month, day.day) == number
    assert date_of(number) == (day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("I'll call you back by Friday", "2026-03-06"),
        ("on Wednesday", "2026-03-11"),
        ("by next Friday", "2026-03-13"),
        ("some time next week", "2026-03-13"),
        ("by the end of the week", "2026-03-06"),
        ("I'll do it today", "2026-03-04"),
        ("by close of business", "2026-03-04"),
        ("tomorrow morning", "2026-03-05"),
        ("the day after tomorrow", "2026-03-06"),
        ("by the end of the month", "2026-03-31"),
        ("next month", "2026-04-30"),
        ("within 48 hours", "2026-03-06T14:06"),
        ("within twenty-four hours", "2026-03-05T14:06"),
        ("within the next hour", "2026-03-04T15:06"),
        ("in half an hour", "2026-03-04T14:36"),
        ("in a couple of days", "2026-03-06"),
        ("in two to three working days", "2026-03-09"),
        ("it takes up to 10 business days", "2026-03-18"),
        ("in a week", "2026-03-11"),
        ("on the third of May", "2026-05-03"),
        ("March 5th", "2026-03-05"),
        ("on the 2nd of March", "2027-03-02"),
        ("by the twenty first", "2026-03-21"),
        ("by the second", "2026-04-02"),
        ("by five o'clock today", "2026-03-04T17:00"),
        ("by 5 pm", "2026-03-04T17:00"),
        ("at 10:30 tomorrow", "2026-03-05T10:30"),
        ("at 9 am", "2026-03-05T09:00"),
        ("by Monday at noon", "2026-03-09T12:00"),
        ("on Friday at half past three", "2026-03-06T15:30"),
    ],
)
def test_what_agents_promise(words: str, due: str) -> None:
    assert due_date(words, WEDNESDAY, 60.0) == due


@pytest.mark.parametrize(
    "words",
    [
        "I'll get that done",
        "give me a second",
        "I'll send the first one",
        "for the second time",
        "by 5 percent",
        "at one of our shops",
        "I'll fix it in a minute",
        "you may pay it then",
        "",
    ],
)
def test_what_names_no_time(words: str) -> None:
    assert due_date(words, WEDNESDAY, 60.0) is None


def test_midnight_passes_during_a_call() -> None:
    assert due_date("tomorrow", "2026-12-31T23:59:00+00:00", 120.0) == "2027-01-02"


@pytest.mark.parametrize("started", ["", "yesterday", "2026-13-01T00:00:00", "2026-02-30T00:00:00"])
def test_without_a_start_there_is_no_date(started: str) -> None:
    assert due_date("by Friday", started, 0.0) is None


@given(st.text(max_size=80))
def test_any_words_are_survived(words: str) -> None:
    due_date(words, WEDNESDAY, 0.0)
