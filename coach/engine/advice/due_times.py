"""Phrases that name a time of day: "by 5 pm", "half past three", "between two and four".

A bare number is a time only behind a word that leads to one, and before one that may follow
it: not "by 5 percent", "at 3 different addresses".
"""

from __future__ import annotations

import re

from coach.engine.advice.due_phrases import (
    DAYS,
    NEXT_WORDS,
    Day,
    Now,
    TextPlace,
    TimeOfDay,
    TimePhrase,
    compiled,
    ending,
)

_COMMA = re.compile(",?")
_LEADS = ending(
    r"(?:at|by|before|until|till|around|between|from|after|past)(?: about| around| roughly)?"
)
_AT = ending(r"(?:at|by|before|until|till|around)(?: about| around| roughly)?")
_FROM_ONLY = ending("from")
_AND = re.compile(r"to|or|and|until|till")
_NO_TIME_BEFORE = ending(r"(?:after|not before|past|since|no earlier than)(?: about)?")
_NO_TIME_AFTER = compiled(
    r" (?:eastern|central|pacific|mountain|gmt|utc|bst|[ecmp][sd]?t|your time)"
)
_TIME_ENDS = re.compile(
    rf"$| [,.;!?]| (?:{NEXT_WORDS}|today|tomorrow|tonight|on|next|sharp|latest"
    rf"|about (?:the|your|this|that|it|our)|regarding|{'|'.join(DAYS)})\b"
)
_NOON = compiled(r"(?:12 )?(?P<name>noon|midday|midnight)")
_PAST = compiled(
    r"(?P<part>half|(?:an? |1 )?quarter|5|10|20|25)(?: minutes?)?"
    r" (?P<side>past|after|to|till|before|of) (?P<hour>\d\d?)(?: (?P<half>am|pm))?"
)
_PLAIN_PAST = re.compile(r"(?:half|(?:an? |1 )?quarter) (?:past|after|to|till)\b")
"""Clear without a word that leads to a time, unlike "ten to five"."""
_BARE_PAST = compiled(r"(?:a )?(?P<part>half|quarter) past")
_HALF_HOUR = compiled(r"half (?P<hour>\d\d?)")
_CLOCK = compiled(
    r"(?P<hour>\d\d?)(?:[:.](?P<minute>\d\d)| (?:(?:oh|o|0) )?(?P<spoken>\d\d?))?"
    r"(?: (?P<half>am|pm|o'clock|oclock))?(?: in the (?P<part>morning|afternoon|evening))?"
)
_SAME = compiled(rf"(?:this|the same|same) time(?= (?:tomorrow|on|next|{'|'.join(DAYS)}))")
_MORNING = re.compile(r"(?<!good )\bmorning\b")
_EVENING = re.compile(r"(?<!good )\b(?:afternoon|evening|tonight|night)\b")
_PAST_MINUTES = {"half": 30, "quarter": 15}


def read_time(place: TextPlace, now: Now) -> TimePhrase | None:
    """A time of day that begins here."""
    found = _at_clock(place, now)
    if found is None:
        return None
    end, time = found
    # "From ten" begins a range or tells no end.
    opens = place.ends(_FROM_ONLY) and not _AND.match(place.words, end + 1)
    if opens or place.ends(_NO_TIME_BEFORE) or _NO_TIME_AFTER.match(place.words, end):
        return TimePhrase(place.at, end, None)
    return TimePhrase(place.at, end, time)


def _at_clock(place: TextPlace, now: Now) -> tuple[int, TimeOfDay] | None:
    """Where a time ends, and the time."""
    if match := place.match(_SAME):
        return match.end(), TimeOfDay(now.minute, certain=True)
    if match := place.match(_NOON):
        return match.end(), TimeOfDay(1440 if match["name"] == "midnight" else 720, certain=True)
    led = place.ends(_AT)
    if (match := place.match(_PAST)) and (led or _PLAIN_PAST.match(match[0])):
        part = match["part"].split(" ")[-1]
        minutes = _PAST_MINUTES.get(part) or int(part)
        return _timed(place, match, minutes if match["side"] in {"past", "after"} else -minutes)
    if led and (match := place.match(_HALF_HOUR)):
        return _timed(place, match, 30)
    if led and (match := place.match(_BARE_PAST)):
        minutes = _PAST_MINUTES[match["part"]]
        hour = now.minute // 60 + (now.minute % 60 >= minutes)
        return match.end(), TimeOfDay(hour * 60 + minutes, certain=True)
    return _in_digits(place)


def _in_digits(place: TextPlace) -> tuple[int, TimeOfDay] | None:
    match = place.match(_CLOCK)
    if match is None:
        return None
    minutes = int(match["minute"] or match["spoken"] or 0)
    sure = match["half"] or match["part"] or ":" in match[0]
    led = place.ends(_LEADS) or place.follows(_AND, TimeOfDay) or place.follows(_COMMA, Day)
    if minutes > 59 or not (sure or (led and _TIME_ENDS.match(place.words, match.end()))):
        return None
    return _timed(place, match, minutes)


def _timed(place: TextPlace, match: re.Match[str], minutes: int) -> tuple[int, TimeOfDay] | None:
    """An hour and minutes more or less; without a half of the day it is one to be in an office."""
    said, hour = match.groupdict(), int(match["hour"])
    if hour > 24:
        return None
    part = said.get("part") if said.get("part") in {"morning", "afternoon", "evening"} else None
    half = said.get("half") if said.get("half") in {"am", "pm"} else None
    if half is None and (part == "morning" or (not part and _MORNING.search(place.words))):
        half = "am"
    elif half is None and (part or _EVENING.search(place.words)):
        half = "pm"
    if half == "am":
        hour = 0 if hour == 12 and said.get("half") else hour
    elif hour < 12 and (half == "pm" or 1 <= hour <= 7):
        hour += 12
    certain = half is not None or int(match["hour"]) > 12
    return match.end(), TimeOfDay((hour * 60 + minutes) % 1440, certain)
