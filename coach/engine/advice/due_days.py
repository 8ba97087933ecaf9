"""Phrases that name a day or a period: "Friday the 13th", "end of next week", "March third".

A table: each row is a pattern and what it says. Rows stand in the order in which they are tried.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable

from coach.engine.advice.due_phrases import (
    CLAUSE_BEGINS,
    DAYS,
    NEXT_WORDS,
    WEEKDAY,
    Day,
    Now,
    TextPlace,
    TimeAmount,
    TimePhrase,
    compiled,
    ending,
)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|march|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
    # Not the verb: "the first may be", "may 1 ask".
    r"(?! (?:be|i|we|you|he|she|they|it|not|have|need|take|also|well|still|even|want|ask)\b)"
)
_YEAR = r"(?: ,)?(?: (?P<year>20 ?\d\d))?"
_JOINT = r"(?:to|or|and|until|till|through|thru)"
_PART = r"(?P<part>early|mid|late|later|(?:the )?(?:beginning|start|middle|end) of)(?: in)?"
_EARLY, _MIDDLE = ("early", "beginning", "start"), ("mid", "middle")
_PERIOD = rf"(?:{_PART} )?(?P<which>(?:the )?(?:next|following|coming)|this|the )?"
_DAY_ONLY = ending(r"before|by|on|until|till|for|between|around|from|not before|no later than")
_NUMBER_ENDS = re.compile(
    rf"$| [,.;!?]| (?:{NEXT_WORDS}|through|which|that's|the|latest|morning|afternoon|evening"
    rf"|of (?:this|next)|{'|'.join(DAYS)})\b"
)
_NO_DAY_BEFORE = ending(
    r"(?:not(?: on| by)?|not before|no earlier than|since|dated|last|past|previous|every|each|any"
    r"|about|after|(?<!end )(?<!close )of|from)(?: the)?"
)
_NO_DAY_AFTER = compiled(r" (?:at the )?earliest")
_RUNS_ON = compiled(r" (?:to|until|till|through|on|onwards?)")
_PRONOUN = ending(r"i|we|you|he|she|they|it|that|this|who|which|one")
_FROM = ending("from")
_COMMA, _AFTER_DAY = re.compile(",?"), re.compile(r"day (?:, )?$")
_BESIDE = re.compile(r"(?:(?:,|on|of|in|from|after|the|to|or|and) ?)*")


def _ahead(day: dt.date, days: int) -> Day:
    due = day + dt.timedelta(days)
    return Day(due, due, due)


def _week(now: Now, weeks: int, part: str) -> Day:
    """A week from Monday to Sunday; as a promise it means its Friday."""
    monday = now.day + dt.timedelta(7 * weeks - now.day.weekday())
    if weeks == 0 and now.day.weekday() > 4:
        monday += dt.timedelta(7)
    due = 1 if part in _EARLY else 2 if part in _MIDDLE else 4
    return Day(monday, monday + dt.timedelta(6), monday + dt.timedelta(due))


def _month(year: int, month: int, part: str) -> Day:
    """A month, counted on from the year's first; as a promise it means its last day."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    first = dt.date(year, month, 1)
    last = dt.date(year, month, calendar.monthrange(year, month)[1])
    due = first.replace(day=10 if part in _EARLY else 15) if part in _EARLY + _MIDDLE else last
    return Day(first, last, due)


def _period(match: re.Match[str], now: Now) -> Day | None:
    """A week, month or year: "end of next week", "early next month"."""
    part = (match["part"] or "").removeprefix("the ").split(" ")[0]
    which = (match["which"] or "").strip()
    if which in {"", "the"} and (part == "mid" or not match["part"]):
        return None
    later = which not in {"", "the", "this"}
    if match["period"] == "week":
        return _week(now, int(later), part)
    if match["period"] == "month":
        return _month(now.day.year, now.day.month + later, part)
    year = now.day.year + later
    return Day(dt.date(year, 1, 1), dt.date(year, 12, 31), dt.date(year, 12, 31))


def _of_month(match: re.Match[str], now: Now) -> Day:
    """A month by its name: "in April", "end of April", "mid April"."""
    month = _MONTHS.index(match["month"][:3]) + 1
    part = (match["part"] or "").removeprefix("the ").split(" ")[0]
    year = _year(match) or now.day.year + (month < now.day.month)
    return _month(year, month, part)


def _year(match: re.Match[str]) -> int | None:
    return int(match["year"].replace(" ", "")) if match["year"] else None


def _date(match: re.Match[str], now: Now) -> Day:
    del now
    number = int(match["more"] or match["number"])
    return Day(number=number, month=_MONTHS.index(match["month"][:3]) + 1, year=_year(match))


def _slashed(match: re.Match[str], now: Now) -> Day | None:
    """Month and day in either order, where only one is possible."""
    del now
    low, high = sorted((int(match["one"]), int(match["two"])))
    year = int(match["year"]) if match["year"] else None
    return Day(number=high, month=low, year=year) if low <= 12 < high <= 31 else None


def _named(match: re.Match[str], now: Now) -> Day:
    """A weekday; "Friday week" is one week after Friday, "Friday fortnight" two."""
    weekday = DAYS.index(match["weekday"])
    if match["later"] == "after next":
        return _ahead(now.day, weekday - now.day.weekday() + 14)
    if match["later"]:
        ahead = (weekday - now.day.weekday() - 1) % 7 + 1
        return _ahead(now.day, ahead + (7 if match["later"] == "week" else 14))
    return Day(weekday=weekday, next=match["which"] == "next")


def _part_of_day(match: re.Match[str], now: Now) -> Day | None:
    """A part of a day: the morning is tomorrow's, the evening today's if still to come."""
    if match["part"] == "morning" or match["part"] is None:
        return _ahead(now.day, 1)._replace(weak=True)
    begins = 17 * 60 if match["part"] == "evening" else 12 * 60
    return _ahead(now.day, 0)._replace(weak=True) if now.minute < begins else None


_ROWS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Now], Day | None]], ...] = tuple(
    (compiled(pattern), said)
    for pattern, said in (
        (
            r"(?:the )?day after tomorrow|tomorrow or the (?:day after|next day)",
            lambda _, now: _ahead(now.day, 2),
        ),
        (
            r"(?:not )?tomorrow(?: ,)? but (?:on )?(?:the )?(?:day after|next day)",
            lambda _, now: _ahead(now.day, 2),
        ),
        (
            r"(?P<day>today|tomorrow) (?P<later>week|fortnight)",
            lambda match, now: _ahead(
                now.day, (match["day"] == "tomorrow") + (7 if match["later"] == "week" else 14)
            ),
        ),
        (r"tomorrow", lambda _, now: _ahead(now.day, 1)),
        (
            (
                r"(?:later )?today|tonight|(?:later )?this (?:morning|lunchtime|afternoon|evening)"
                r"|within the day"
            ),
            lambda _, now: _ahead(now.day, 0),
        ),
        (
            (
                r"(?:the )?(?:end|close) of (?:(?:the|your|this) )?"
                r"(?:working day|business day|day|business|play)|cob|eod"
            ),
            lambda _, now: _ahead(now.day, 0)._replace(weak=True),
        ),
        (r"first thing|in the (?P<part>morning|afternoon|evening)", _part_of_day),
        (r"(?:the )?week after next", lambda _, now: _week(now, 2, "")),
        (
            r"(?:the )?month after next",
            lambda _, now: _month(now.day.year, now.day.month + 2, ""),
        ),
        (
            r"(?:the )?(?:next|following) (?:working|business) day",
            lambda _, now: _ahead(
                now.day, max(1, 7 - now.day.weekday()) if now.day.weekday() > 3 else 1
            ),
        ),
        (r"after the weekend", lambda _, now: _ahead(_week(now, 0, "").last or now.day, 1)),
        (
            r"(?:this|the|next|at the|over the) weekend",
            lambda match, now: _weekend(now, later="next" in match[0]),
        ),
        (_PERIOD + r" ?(?:working |business )?(?P<period>week|month|year)(?! after)", _period),
        (
            rf"(?:{_PART} |end |in |during |this |next ){_MONTH}(?! \d\d?(?:th)?\b){_YEAR}",
            _of_month,
        ),
        (
            (
                rf"(?:the )?(?P<number>\d\d?)(?:th)?(?: {_JOINT} (?:the )?(?P<more>\d\d?)(?:th)?)?"
                rf"(?: of)? {_MONTH}{_YEAR}"
            ),
            _date,
        ),
        (
            (
                rf"{_MONTH} (?:the )?(?P<number>\d\d?)(?:th)?"
                rf"(?: {_JOINT} (?:the )?(?P<more>\d\d?)(?:th)?(?! [ap]m))?{_YEAR}"
            ),
            _date,
        ),
        (
            r"(?P<year>\d{4})-(?P<one>\d\d)-(?P<two>\d\d)",
            lambda match, _: _ahead(dt.date.fromisoformat(match[0]), 0),
        ),
        (r"(?P<one>\d\d?)/(?P<two>\d\d?)(?:/(?P<year>20\d\d))?", _slashed),
        (
            (
                rf"(?:(?P<which>next|this coming|the coming|coming|this|the following) )?{WEEKDAY}"
                r"(?: (?P<later>week|fortnight|after next))?"
            ),
            _named,
        ),
    )
)
_ANY_ROW = re.compile("|".join(re.sub(r"\(\?P<\w+>", "(?:", row.pattern) for row, _ in _ROWS))
"""One expression for all of them: at most words none begins, and that is seen in one pass."""
_NUMBERED = compiled(r"(?:the )?(?P<number>\d\d?)(?P<ordinal>th)?")


def read_day(place: TextPlace, now: Now) -> TimePhrase | None:
    """A day that begins here."""
    for pattern, said in _ROWS if place.match(_ANY_ROW) else ():
        match = place.match(pattern)
        if match is not None and (day := said(match, now)) is not None:
            break
    else:
        match = place.match(_NUMBERED)
        if match is None or not _stands_alone(place, match.end()):
            return None
        # "Friday 13", but not "by 5".
        if not match["ordinal"] and not (place.follows(_COMMA, Day) and place.ends(_AFTER_DAY)):
            return None
        day = Day(number=int(match["number"]))
    end = match.end()
    no_day = _NO_DAY_AFTER.match(place.words, end) is not None
    if place.ends(_NO_DAY_BEFORE) and not place.follows(_BESIDE, TimeAmount, Day):
        no_day = not (place.ends(_FROM) and _RUNS_ON.match(place.words, end))
    if match[0].startswith("may ") and not _is_may(place, match[0]):
        no_day = True
    return TimePhrase(match.start(), end, None if no_day else day)


def _is_may(place: TextPlace, said: str) -> bool:
    """Whether the month is meant: not "you may first check", "may one ask"."""
    led = place.ends(_DAY_ONLY) or place.follows(_BESIDE, Day, TimeAmount)
    return led or (said.endswith("th") and not place.ends(_PRONOUN))


def _stands_alone(place: TextPlace, end: int) -> bool:
    """Whether a bare "the 14th" is a day: not "the 2nd floor", "the third time"."""
    led = (
        place.ends(_DAY_ONLY)
        or place.ends(CLAUSE_BEGINS)
        or place.follows(_BESIDE, Day, TimeAmount)
    )
    return led and _NUMBER_ENDS.match(place.words, end) is not None


def _weekend(now: Now, *, later: bool) -> Day:
    saturday = now.day + dt.timedelta(5 - now.day.weekday() + 7 * later)
    sunday = saturday + dt.timedelta(1)
    return Day(saturday, sunday, sunday)
