from __future__ import annotations

import datetime as dt

import pytest
from any_text import ANY
from every_row import every_row
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.advice.due_dates import due_date

WEDNESDAY = "2026-03-04T14:05:00+01:00"

SPANS = [
    ("within 1.5 hours", "2026-03-04T15:36"),
    ("within one and a half hours", "2026-03-04T15:36"),
    ("in an hour and a half", "2026-03-04T15:36"),
    ("in two and a half hours", "2026-03-04T16:36"),
    ("in 2½ hours", "2026-03-04T16:36"),
    ("in 1 1/2 hours", "2026-03-04T15:36"),
    ("in half an hour", "2026-03-04T14:36"),
    ("in the next half hour", "2026-03-04T14:36"),
    ("within three quarters of an hour", "2026-03-04T14:51"),
    ("in a quarter of an hour", "2026-03-04T14:21"),
    ("in one hour and twenty minutes", "2026-03-04T15:26"),
    ("within the next hour", "2026-03-04T15:06"),
    ("within the hour", "2026-03-04T15:06"),
    ("in an hour or so", "2026-03-04T15:06"),
    ("in an hour or two", "2026-03-04T16:06"),
    ("give me ten minutes", "2026-03-04T14:16"),
    ("I'll ring you back in about 45 minutes", "2026-03-04T14:51"),
    ("within 48 hours", "2026-03-06T14:06"),
    ("within twenty-four hours", "2026-03-05T14:06"),
    ("seventy-two hours", "2026-03-07T14:06"),
    ("within seventy-two hours", "2026-03-07T14:06"),
    ("it'll be seventy-two hours", "2026-03-07T14:06"),
    ("within a 48-hour window", "2026-03-06T14:06"),
    ("after 24 hours", "2026-03-05T14:06"),
    ("24 to 48 hours", "2026-03-06T14:06"),
    ("it'll take twenty four to forty eight hours", "2026-03-06T14:06"),
    ("24 hours to 3 days", "2026-03-07"),
    ("two days from now", "2026-03-06"),
    ("two days from today", "2026-03-06"),
    ("two nights from now", "2026-03-06"),
    ("8 a.m., two mornings from now", "2026-03-06T08:00"),
    ("I have an 8 a.m. for you two days away", "2026-03-06T08:00"),
    ("it's three days hence", "2026-03-07"),
    ("tomorrow week", "2026-03-12"),
    ("a fortnight tomorrow", "2026-03-19"),
    ("not tomorrow but the day after", "2026-03-06"),
    ("not today but tomorrow", "2026-03-05"),
    ("not on Friday but on Monday", "2026-03-09"),
    ("not until Friday", "2026-03-06"),
    ("a week from Friday", "2026-03-13"),
    ("a week on Friday", "2026-03-13"),
    ("within two days of Monday", "2026-03-11"),
    ("in a couple of days", "2026-03-06"),
    ("over the next few days", "2026-03-07"),
    ("within a day or two", "2026-03-06"),
    ("in two or three days' time", "2026-03-07"),
    ("in a day and a half", "2026-03-06"),
    ("3-5 business days", "2026-03-11"),
    ("three to five business days", "2026-03-11"),
    ("5\u20137 working days", "2026-03-13"),
    ("in two to three working days", "2026-03-09"),
    ("it takes up to 10 business days", "2026-03-18"),
    ("please allow five working days", "2026-03-11"),
    ("within a working week", "2026-03-11"),
    ("within 24 business hours", "2026-03-09"),
    ("in a week", "2026-03-11"),
    ("in a week's time", "2026-03-11"),
    ("within the next week", "2026-03-11"),
    ("in a fortnight", "2026-03-18"),
    ("in a fortnight's time", "2026-03-18"),
    ("in two weeks' time", "2026-03-18"),
    ("four to six weeks", "2026-04-15"),
    ("within a month", "2026-04-04"),
    ("in 1,5 hours", "2026-03-04T15:36"),
    ("in one point five hours", "2026-03-04T15:36"),
    ("in two more days", "2026-03-06"),
    ("a fortnight on Monday", "2026-03-23"),
    ("in six months", "2026-09-04"),
    ("in three, maybe four days", "2026-03-08"),
    ("two weeks from the 14th", "2026-03-28"),
    ("2 hours 30 minutes", "2026-03-04T16:36"),
    ("within a hundred and twenty days", "2026-07-02"),
]

WEEKDAYS = [
    ("I'll call you back by Friday", "2026-03-06"),
    ("on Wednesday", "2026-03-11"),
    ("by next Friday", "2026-03-13"),
    ("this coming Monday", "2026-03-09"),
    ("on Friday next week", "2026-03-13"),
    ("next week on Tuesday", "2026-03-10"),
    ("Tuesday of next week", "2026-03-10"),
    ("next week, Thursday", "2026-03-12"),
    ("Tuesday fortnight", "2026-03-24"),
    ("Friday week", "2026-03-13"),
    ("the Monday after next", "2026-03-16"),
    ("by Friday 13", "2026-03-13"),
    ("Thursday or Friday", "2026-03-06"),
    ("between Friday and Tuesday", "2026-03-10"),
    ("some time Tuesday to Thursday", "2026-03-12"),
    ("Friday, the 13th", "2026-03-13"),
    ("on Friday the thirteenth of March", "2026-03-13"),
    ("Friday 13 March", "2026-03-13"),
    ("Monday, March 16th", "2026-03-16"),
    ("the 16th, which is a Monday", "2026-03-16"),
    ("next Friday the 6th", "2026-03-06"),
    ("today, Wednesday the fourth", "2026-03-04"),
    ("tomorrow, that's Thursday", "2026-03-05"),
    ("Tuesday the fourteenth of April", "2026-04-14"),
]

CONTRADICTIONS = [
    "Monday the fourteenth",
    "on Friday, the 11th",
    "Tuesday the fourteenth",
    "on Monday the 14th of March",
    "tomorrow, Friday",
    "Tuesday, March 16th",
    "the 30th of February",
]

PERIODS = [
    ("I'll do it today", "2026-03-04"),
    ("this afternoon", "2026-03-04"),
    ("tomorrow morning", "2026-03-05"),
    ("first thing tomorrow", "2026-03-05"),
    ("I'll ring you in the morning", "2026-03-05"),
    ("the day after tomorrow", "2026-03-06"),
    ("tomorrow or the day after", "2026-03-06"),
    ("today or tomorrow", "2026-03-05"),
    ("a week tomorrow", "2026-03-12"),
    ("a week today", "2026-03-11"),
    ("by close of business", "2026-03-04"),
    ("by the end of the day", "2026-03-04"),
    ("by end of business tomorrow", "2026-03-05"),
    ("by close of play on Friday", "2026-03-06"),
    ("by the end of tomorrow", "2026-03-05"),
    ("by the end of the week", "2026-03-06"),
    ("later in the week", "2026-03-06"),
    ("later in the month", "2026-03-31"),
    ("the next working day", "2026-03-05"),
    ("later this week", "2026-03-06"),
    ("by the end of next week", "2026-03-13"),
    ("some time next week", "2026-03-13"),
    ("early next week", "2026-03-10"),
    ("in the middle of next week", "2026-03-11"),
    ("the week after next", "2026-03-20"),
    ("this weekend", "2026-03-08"),
    ("over the weekend", "2026-03-08"),
    ("by the end of the month", "2026-03-31"),
    ("at the end of April", "2026-04-30"),
    ("by mid-April", "2026-04-15"),
    ("next month", "2026-04-30"),
    ("by the end of next month", "2026-04-30"),
    ("by the end of the year", "2026-12-31"),
    ("this time tomorrow", "2026-03-05T14:06"),
    ("by this time next week", "2026-03-11T14:06"),
    ("this time next month", "2026-04-04T14:06"),
    ("at the same time on Friday", "2026-03-06T14:06"),
]

DATES = [
    ("on the third of May", "2026-05-03"),
    ("March 5th", "2026-03-05"),
    ("on the 20th of March", "2026-03-20"),
    ("second of April", "2026-04-02"),
    ("by end March", "2026-03-31"),
    ("March twenty-third", "2026-03-23"),
    ("March the twenty third", "2026-03-23"),
    ("the 3rd of March", "2027-03-03"),
    ("March third", "2027-03-03"),
    ("on the 2nd of March", "2027-03-02"),
    ("on May first", "2026-05-01"),
    ("by 14 April", "2026-04-14"),
    ("on Sept 3rd", "2026-09-03"),
    ("April 14th, 2027", "2027-04-14"),
    ("the fourteenth of April twenty twenty-seven", "2027-04-14"),
    ("by the twenty first", "2026-03-21"),
    ("by the second", "2026-04-02"),
    ("by the thirtieth", "2026-03-30"),
    ("on the 14th of next month", "2026-04-14"),
    ("between the 10th and the 12th", "2026-03-12"),
    ("between the 30th and the 2nd", "2026-04-02"),
    ("March 10th to 12th", "2026-03-12"),
    ("10 to 12 March", "2026-03-12"),
    ("by 2026-03-20", "2026-03-20"),
    ("by 3/20", "2026-03-20"),
    ("on the 29th of February", "2028-02-29"),
]

CLOCKS = [
    ("by five o'clock today", "2026-03-04T17:00"),
    ("by 5 pm", "2026-03-04T17:00"),
    ("by 5 p.m. tomorrow", "2026-03-05T17:00"),
    ("at 10:30 tomorrow", "2026-03-05T10:30"),
    ("at ten thirty tomorrow", "2026-03-05T10:30"),
    ("tomorrow at three oh five", "2026-03-05T15:05"),
    ("at 9 am", "2026-03-05T09:00"),
    ("I'll call you back at three.", "2026-03-04T15:00"),
    ("by Monday at noon", "2026-03-09T12:00"),
    ("by midday on Friday", "2026-03-06T12:00"),
    ("by midnight", "2026-03-05T00:00"),
    ("on Friday at half past three", "2026-03-06T15:30"),
    ("on Friday at half three", "2026-03-06T15:30"),
    ("tomorrow at quarter past four", "2026-03-05T16:15"),
    ("at a quarter to five", "2026-03-04T16:45"),
    ("at quarter after four", "2026-03-04T16:15"),
    ("at quarter past", "2026-03-04T14:15"),
    ("at ten past three", "2026-03-04T15:10"),
    ("tomorrow at twenty to five", "2026-03-05T16:40"),
    ("tomorrow at 9 in the morning", "2026-03-05T09:00"),
    ("tomorrow evening at 8", "2026-03-05T20:00"),
    ("tonight at 8", "2026-03-04T20:00"),
    ("today at 9", "2026-03-04T21:00"),
    ("between two and four tomorrow", "2026-03-05T16:00"),
    ("tomorrow from ten to five", "2026-03-05T17:00"),
    ("tomorrow, 9 to 11 am", "2026-03-05T11:00"),
    ("I'll ring you tomorrow at eleven about the bill", "2026-03-05T11:00"),
    ("I'll ring tomorrow at ten about twenty times", "2026-03-05"),
    ("on Monday between 9 am and noon", "2026-03-09T12:00"),
    ("tomorrow after 5 pm", "2026-03-05"),
    ("tomorrow at 3 pm Eastern", "2026-03-05"),
    ("I will call you on Thursday at ten is there anything else", "2026-03-05T10:00"),
    ("at 9 on the 20th", "2026-03-20T09:00"),
    ("on Monday morning between eight and twelve", "2026-03-09T12:00"),
    ("on or before the 15th", "2026-03-15"),
    ("before Friday", "2026-03-05"),
]

SENTENCES = [
    ("I'll call you today about your appointment on the 14th of May", "2026-03-04"),
    ("your payment on the 3rd will be refunded within five days", "2026-03-09"),
    ("we'll refund the bill from March 3rd within five days", "2026-03-09"),
    ("I'll call you tomorrow so that it is with you by Friday", "2026-03-05"),
    ("By Friday at the latest you will have it", "2026-03-06"),
    ("by the end of next week, Friday the 13th", "2026-03-13"),
    ("Monday's parcel will be with you on Thursday", "2026-03-05"),
    ("I can refund it today or I can send it by courier for tomorrow", "2026-03-05"),
    ("it won't be there until Friday", "2026-03-06"),
    ("I'll ask the second floor and call you on the 12th", "2026-03-12"),
    ("within 24 hours I will call, our lines are open 24/7", "2026-03-05T14:06"),
    ("we'll call within two days, Monday through Friday nine to five", "2026-03-06"),
]

NO_DATES = [
    "",
    "I'll get that done",
    "I'm in two minds",
    "we are here 24/7",
    "twenty-four seven",
    "twenty-four hours a day",
    "our 24-hour hotline",
    "one second",
    "give me a second",
    "in one moment",
    "I'll fix it in a minute",
    "the 2nd floor",
    "on the second floor",
    "I'll send the first one",
    "for the second time",
    "by the third party",
    "may I",
    "may one ask",
    "you may pay it then",
    "you may first want to check",
    "we march on",
    "Monday through Friday nine to five",
    "Monday to Friday",
    "every Monday",
    "on Mondays",
    "I called last Friday",
    "two days ago",
    "8 a.m., two days later",
    "at 8 the next morning but one",
    "it is on at 8 a.m. for two weeks",
    "for the last 48 hours",
    "for two weeks",
    "the offer is for 30 days",
    "at the end of the day it is your choice",
    "one day we'll see",
    "by 5 percent",
    "by 5%",
    "I'll reduce it by two weeks",
    "at one of our shops",
    "at 3 different addresses",
    "I'll check both addresses and call 2 colleagues",
    "a two day course",
    "the 30-day guarantee",
    "I'll add two months to it",
    "within three days of receiving it",
    "five working days after delivery",
    "I'll call 24 hours before the appointment on Friday",
    "at the start of the week",
    "in zero days",
    "in at least two weeks",
    "not before Friday",
    "Friday at the earliest",
    "after Friday",
    "by 3/4",
    "Black Friday",
    "no more than half of it",
    "I second that",
    "the second we hear you will be told",
    "at 9",
    "option 2 to 4",
]


@every_row([*SPANS, *WEEKDAYS, *PERIODS, *DATES, *CLOCKS, *SENTENCES])
def test_what_is_promised(words: str, due: str) -> None:
    assert due_date(words, WEDNESDAY, 60.0) == due


@every_row(NO_DATES)
def test_what_names_no_time(words: str) -> None:
    assert due_date(words, WEDNESDAY, 60.0) is None


@pytest.mark.parametrize("words", CONTRADICTIONS)
def test_a_contradiction_gives_no_date(words: str) -> None:
    assert due_date(words, WEDNESDAY, 60.0) is None


@every_row(
    [
        ("tomorrow", "2026-12-31T23:59:00+00:00", "2027-01-02"),
        ("by the end of the week", "2026-03-07T10:00:00", "2026-03-13"),
        ("this week", "2026-03-08T10:00:00", "2026-03-13"),
        ("the next working day", "2026-03-06T10:00:00", "2026-03-09"),
        ("next Monday", "2026-03-08T10:00:00", "2026-03-09"),
        ("in a month", "2026-01-31T10:00:00", "2026-02-28"),
        ("next month", "2026-12-05T10:00:00", "2027-01-31"),
        ("in two working days", "2026-03-06T10:00:00", "2026-03-10"),
        ("by the 31st", "2026-04-02T10:00:00", "2026-05-31"),
        ("on Monday the 14th", "2026-09-03T10:00:00", "2026-09-14"),
        ("on Saturday the 4th", "2026-03-04T10:00:00", None),
        ("on Thursday, March 4th", "2026-03-04T10:00:00", None),
        ("at 9", "2026-03-04T08:00:00", "2026-03-04T09:00"),
        ("at 3", "2026-03-04T16:00:00", None),
        ("in 2 days", "9999-12-31T10:00:00", None),
        ("by the end of the year", "9999-12-31T10:00:00", "9999-12-31"),
    ]
)
def test_the_day_of_the_call_counts(words: str, started: str, due: str | None) -> None:
    assert due_date(words, started, 120.0) == due


APPOINTMENT = ((30.0, "could I come on Friday"), (40.0, "Friday is fine, at 8 a.m. or at 3 p.m.?"))


@pytest.mark.parametrize(
    ("words", "before", "due"),
    [
        ("we'll get you on an 8 a.m. then", APPOINTMENT, "2026-03-06T08:00"),
        ("you're booked in at 3 p.m.", APPOINTMENT, "2026-03-06T15:00"),
        ("I have you down for 8 a.m. on Thursday", APPOINTMENT, "2026-03-05T08:00"),
        ("I'll call you back at 4 p.m.", APPOINTMENT, "2026-03-04T16:00"),
        ("you're booked in at 3 p.m.", (), "2026-03-04T15:00"),
        ("you're booked in at 3 p.m.", ((30.0, "I rang two days ago"),), "2026-03-04T15:00"),
        ("we'll see you at 8 a.m.", ((9.0, "in two days"), (30.0, "yes")), "2026-03-06T08:00"),
        ("we'll put you in at 8 a.m.", ((9.0, "Friday"), (20.0, "no, Monday")), "2026-03-09T08:00"),
    ],
)
def test_an_appointment_is_on_the_day_that_was_spoken_of(
    words: str, before: tuple[tuple[float, str], ...], due: str
) -> None:
    assert due_date(words, WEDNESDAY, 60.0, before) == due


@pytest.mark.parametrize("started", ["", "yesterday", "2026-13-01T00:00:00", "2026-02-30T00:00:00"])
def test_without_a_start_there_is_no_date(started: str) -> None:
    assert due_date("by Friday", started, 0.0) is None


@given(day=st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), ahead=st.integers(1, 27))
def test_a_day_named_by_weekday_and_number_is_that_day(day: dt.date, ahead: int) -> None:
    due = day + dt.timedelta(ahead)
    words = f"I'll call on {due:%A} the {due.day}th"
    assert due_date(words, f"{day}T09:00:00", 0.0) == str(due)


@given(
    day=st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
    weekday=st.sampled_from(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]),
    number=st.integers(1, 31),
)
def test_no_date_contradicts_its_words(day: dt.date, weekday: str, number: int) -> None:
    due = due_date(f"on {weekday} the {number}th", f"{day}T09:00:00", 0.0)
    if due is not None:
        found = dt.date.fromisoformat(due)
        assert (f"{found:%A}", found.day) == (weekday, number)


@given(number=st.integers(1, 99))
def test_a_range_ends_at_its_later_end(number: int) -> None:
    due = due_date(f"in {number} to {number + 2} days", WEDNESDAY, 0.0)
    assert due == str(dt.date(2026, 3, 4) + dt.timedelta(number + 2))


PARTS = (
    "by the in on at of to or and next half past quarter end day days week month Friday Monday "
    "March May third fourteenth 14th two 24/7 1.5 hours noon pm , from now 2027"
)


@given(st.one_of(st.text(ANY, max_size=80), st.lists(st.sampled_from(PARTS.split())).map(" ".join)))
def test_any_words_are_survived(words: str) -> None:
    due = due_date(words, WEDNESDAY, 0.0)
    assert due is None or dt.datetime.fromisoformat(due) >= dt.datetime(2026, 3, 4)  # noqa: DTZ001


@every_row(
    [
        ("What I will do today is I will call you on Friday", "2026-03-04T10:00:00", "2026-03-06"),
        ("what I can do today is book you in for Monday", "2026-03-04T10:00:00", "2026-03-09"),
        ("The first thing I'll do now is, by Friday, send it", "2026-03-04T10:00:00", "2026-03-06"),
        ("All I can do today is raise it", "2026-03-04T10:00:00", "2026-03-04"),
        ("what I'll do is call you tomorrow, not on Friday", "2026-03-04T10:00:00", "2026-03-05"),
        ("Today I'll send it, and what you get is a mail", "2026-03-04T10:00:00", "2026-03-04"),
    ]
)
def test_what_is_promised_stands_behind_what_is_done_about_it(
    words: str, started: str, due: str
) -> None:
    assert due_date(words, started, 0.0) == due
