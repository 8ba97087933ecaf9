"""When a promise falls due: "by Friday", "within 48 hours", "on the third of May".

Reckons on the civil calendar with arithmetic of its own; the only "today" is the wall-clock
time at which the call started, given as ISO 8601. What the words leave open is read in the
way that makes the promise keepable: "two to three days" is three, "next week" is its Friday,
a weekday that is today means the one in a week.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_ORDINALS = (
    *("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
_WORD = re.compile(r"\d+:\d\d|\d+(?:st|nd|rd|th)|\d+|[a-z]+(?:'[a-z]+)?")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400

_SPAN = re.compile(
    r"(?:in|within|after|next|take|takes|up to|the next) (?:(?:about|around|the next|up to) )?"
    r"(\d+)(?: (?:to|or) (\d+))?"
    r" (working |business )?(minute|hour|day|week|month)s?\b"
)
_CLOCK = re.compile(
    r"\b(?:at|by|before|until|around|about) (?:about )?(?:(half past|quarter past|quarter to) )?"
    r"(\d\d?)(?::(\d\d))?(?: (\d\d))? ?(am|pm|a m|p m|o'clock|oclock)?\b"
)
_DATE = re.compile(
    r"\b(?:(?:(?:by|on|before|until) )?(?:the )?(\d\d?)(?:st|nd|rd|th)? (?:of )?"
    rf"({'|'.join(_MONTHS)})"
    rf"|({'|'.join(_MONTHS)}) (?:the )?(\d\d?)(?:st|nd|rd|th)?"
    r"|(?:by|on|before|until) the (\d\d?)(?:st|nd|rd|th))\b(?! (?:time|1|floor|line|party|call))"
)
_WEEKDAY = re.compile(rf"\b(?:(next|this|coming) )?(?:week )?({'|'.join(_DAYS)})\b")

Moment = tuple[int, int | None]
"""Days since 1970-01-01, and minutes of the day where they are known."""


def due_date(text: str, started: str, at: float) -> str | None:
    """When the promise in ``text`` falls due, said ``at`` seconds into the call.

    Returns an ISO date, or date and time to the minute where the words name a time; None
    where they name neither, or where ``started`` is no ISO time.
    """
    base = _base(started, at)
    if base is None:
        return None
    words = _digits(text)
    moment = next((m for find in _FINDERS if (m := find(words, *base)) is not None), None)
    clock = _clock(words)
    if moment is None:
        if clock is None or not clock[1]:
            return None
        day, now = base
        return _iso(day + (clock[0] <= now), clock[0])
    day, minute = moment
    if minute is None and clock is not None:
        minute = clock[0]
    return _iso(day, minute)


# --- the calendar ---------------------------------------------------------------------------


def days_from(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the Gregorian calendar."""
    years = year - (month <= 2)
    era = years // 400
    of_era = years - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def date_of(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    days += 719_468
    era = days // 146_097
    of_era = days - era * 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (month <= 2), month, day


def _weekday(days: int) -> int:
    """0 is Monday; 1970-01-01 was a Thursday."""
    return (days + 3) % 7


def _month_length(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _LENGTHS[month - 1] + leap


def _base(started: str, at: float) -> tuple[int, int] | None:
    """Day and minute of the day at ``at`` seconds after the start."""
    match = _ISO.match(started)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    if not (1 <= month <= 12 and 1 <= day <= _month_length(year, month)):
        return None
    seconds = hour * _HOUR + minute * _MINUTE + second + int(at)
    return days_from(year, month, day) + seconds // _DAY, seconds % _DAY // _MINUTE


def _iso(days: int, minute: int | None) -> str:
    year, month, day = date_of(days)
    date = f"{year:04d}-{month:02d}-{day:02d}"
    return date if minute is None else f"{date}T{minute // 60:02d}:{minute % 60:02d}"


def _working(day: int, number: int) -> int:
    """The ``number``-th working day after ``day``; holidays are not known here."""
    while number > 0:
        day += 1
        number -= _weekday(day) < 5
    return day


# --- the words ------------------------------------------------------------------------------


def _digits(text: str) -> str:
    """The text in lower case with number words as digits: "forty eight" is 48."""
    out: list[str] = []
    tens = 0
    for word in _WORD.findall(text.lower().replace("-", " ").replace(".", "")):
        if word in _TENS:
            tens = _TENS[word]
            out.append(str(tens))
            continue
        value = _UNITS.index(word) if word in _UNITS else None
        ordinal = _ORDINALS.index(word) if word in _ORDINALS else None
        if tens and (value or ordinal) and (value or ordinal or 0) < 10:
            out[-1] = str(tens + (value or 0)) if value else f"{tens + (ordinal or 0)}th"
        elif value is not None and not (word == "one" and out and out[-1] in {"this", "that"}):
            out.append(str(value))
        elif ordinal is not None and (word != "second" or (out and out[-1] == "the")):
            out.append(f"{ordinal}th")
        else:
            out.append(word)
        tens = 0
    joined = " ".join(out)
    for phrase, digits in (
        ("a couple of", "2"),
        ("couple of", "2"),
        ("a few", "3"),
        ("half an hour", "30 minutes"),
        ("an hour", "1 hour"),
        ("the next hour", "1 hour"),
        ("a day", "1 day"),
        ("a week", "1 week"),
        ("a fortnight", "2 weeks"),
        ("noon", "12 pm"),
        ("midday", "12 pm"),
    ):
        joined = re.sub(rf"\b{phrase}\b", digits, joined)
    return joined


def _clock(words: str) -> tuple[int, bool] | None:
    """Minute of the day, and whether the words leave no doubt that a time is meant."""
    match = _CLOCK.search(words)
    if match is None:
        return None
    part, hour_text, minutes, spoken, half = match.groups()
    hour, minute = int(hour_text), int(minutes or spoken or 0)
    sure = bool(part or minutes or half)
    after = words[match.end() :].split()
    if hour > 23 or minute > 59 or (not sure and after[:1] and after[0] not in _AFTER_CLOCK):
        return None
    minute += {"half past": 30, "quarter past": 15, "quarter to": -15}.get(part or "", 0)
    half = (half or "").replace(" ", "")
    if (half == "pm" and hour < 12) or (half in {"", "o'clock", "oclock"} and 1 <= hour <= 7):
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    return (hour * 60 + minute) % 1440, sure


_AFTER_CLOCK = frozenset(
    {"today", "tomorrow", "tonight", "on", "this", "at", "the", "latest", "and", "so", "or", "if"}
)
"""Words after a bare number that let it be a time: "by 5 today", not "by 5 percent"."""


def _span(words: str, day: int, minute: int) -> Moment | None:
    match = _SPAN.search(words)
    if match is None:
        return None
    number, working, unit = int(match[2] or match[1]), match[3], match[4]
    if number > 400:
        return None
    if unit in ("minute", "hour"):
        total = minute + number * (60 if unit == "hour" else 1)
        return day + total // 1440, total % 1440
    if unit == "month":
        year, month, date = date_of(day)
        year, month = year + (month - 1 + number) // 12, (month - 1 + number) % 12 + 1
        return days_from(year, month, min(date, _month_length(year, month))), None
    if working:
        return _working(day, number * (5 if unit == "week" else 1)), None
    return day + number * (7 if unit == "week" else 1), None


def _relative(words: str, day: int, minute: int) -> Moment | None:
    del minute
    monday = day - _weekday(day)
    year, month, _ = date_of(day)
    later = (year + month // 12, month % 12 + 1)
    for pattern, target in (
        (r"day after tomorrow", day + 2),
        (r"tomorrow", day + 1),
        (r"end of (?:next|the following) week", monday + 11),
        (r"end of (?:the|this) week", monday + 4 if _weekday(day) < 5 else monday + 11),
        (r"end of (?:the|this) month", days_from(year, month, _month_length(year, month))),
        (r"next month", days_from(*later, _month_length(*later))),
        (r"today|tonight|this (?:morning|afternoon|evening)|end of (?:the )?(?:1 )?day", day),
        (r"close of (?:business|play)", day),
    ):
        if re.search(rf"\b(?:{pattern})\b", words):
            return target, None
    return None


def _named_date(words: str, day: int, minute: int) -> Moment | None:
    del minute
    match = _DATE.search(words)
    if match is None:
        return None
    date = int(match[1] or match[4] or match[5])
    name = match[2] or match[3]
    year, month, _ = date_of(day)
    if name is None:
        for step in range(3):
            place = (year + (month - 1 + step) // 12, (month - 1 + step) % 12 + 1)
            if 1 <= date <= _month_length(*place) and days_from(*place, date) >= day:
                return days_from(*place, date), None
        return None
    wanted = _MONTHS.index(name) + 1
    for place in ((year, wanted), (year + 1, wanted)):
        if 1 <= date <= _month_length(*place) and days_from(*place, date) >= day:
            return days_from(*place, date), None
    return None


def _named_weekday(words: str, day: int, minute: int) -> Moment | None:
    del minute
    match = _WEEKDAY.search(words)
    if match is None:
        return None
    wanted = _DAYS.index(match[2])
    ahead = (wanted - _weekday(day)) % 7 or 7
    if match[1] == "next":
        # Of the coming week, counted from its Monday.
        return day - _weekday(day) + 7 + wanted, None
    return day + ahead, None


def _next_week(words: str, day: int, minute: int) -> Moment | None:
    del minute
    if re.search(r"\b(?:next|the following) week\b", words) is None:
        return None
    return day - _weekday(day) + 11, None


_FINDERS: tuple[Callable[[str, int, int], Moment | None], ...] = (
    _span,
    _named_date,
    _named_weekday,
    _relative,
    _next_week,
)
"""In the order of how much they say."""
