"""Times of day: "three thirty pm", "at half past two", "nine o'clock"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .atoms import Atom, Match, follows, word_at, words_before
from .cardinals import DIGITS, Number, below_hundred, is_number_word

_AT = frozenset(
    {
        *("at", "by", "until", "till", "around", "about", "before", "after", "past", "from"),
        *("since", "it's", "its", "is", "for", "and", "to", "between"),
    }
)
_SURELY_AT = frozenset({"at", "by", "until", "till", "it's", "before", "after", "around"})
_UNIT = re.compile(
    r"(?:second|minute|min|hour|day|week|month|year|time|dollar|pound|euro|cent|percent|people|"
    r"person|mile|degree|thousand|hundred|million)s?"
)
_ROAD = re.compile(r"(?:street|st|road|rd|avenue|ave|lane|drive|boulevard|way|court|place)")
_MINUTES = frozenset({5, 10, 20, 25})
_AFTER_A_TIME = frozenset(
    {
        *("today", "tomorrow", "tonight", "now", "on", "in", "this", "so", "and", "when", "but"),
        *("o'clock", "am", "pm", "already", "or", "yesterday", "sharp", "every"),
    }
)
_POINTS_AT = frozenset({"at", "by", "until", "till", "it's", "from", "since"})
_SPAN = 10
"""Two numbers that are no further apart may be one span of time."""
_JOINED = re.compile(r"(\d{1,2})[.:]?([0-5]\d)")


class _Clock(NamedTuple):
    hour: int
    minute: int | None
    end: int
    spoken: bool = True


def time_of_day(atoms: Sequence[Atom], place: int) -> Match | None:
    """A time of day that begins at a place."""
    for read in (_half_past, _to_or_past, _with_meridiem, _military, _hour_and_minute):
        found = read(atoms, place)
        if found is not None:
            return found
    return None


def _hour(atoms: Sequence[Atom], place: int) -> Number | None:
    number = below_hundred(atoms, place)
    if number is None or not 1 <= number.value <= 12 or number.end != place + 1:
        return None
    return number


def _clock(atoms: Sequence[Atom], place: int) -> _Clock | None:
    """An hour, with minutes where they follow."""
    hour = _hour(atoms, place)
    if hour is None:
        return None
    after = follows(atoms, hour.end)
    if after in ("oh", "o") and follows(atoms, hour.end + 1) in DIGITS:
        return _Clock(hour.value, DIGITS[atoms[hour.end + 1].word], hour.end + 2)
    minute = below_hundred(atoms, hour.end) if after else None
    if minute is not None and 10 <= minute.value <= 59:
        spoken = hour.spoken or minute.spoken
        return _Clock(hour.value, minute.value, minute.end, spoken)
    return _Clock(hour.value, None, hour.end, hour.spoken)


def _text(hour: int, minute: int) -> str:
    return f"{hour}:{minute:02d}"


def _with_meridiem(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "three pm", "nine fifteen a.m.", "330 p.m.", "seven o'clock"."""
    joined = _JOINED.fullmatch(word_at(atoms, place))
    clock = _clock(atoms, place)
    if joined and ":" not in atoms[place].word and 1 <= int(joined[1]) <= 12:
        clock = _Clock(int(joined[1]), int(joined[2]), place + 1)
    if clock is None:
        return None
    after = follows(atoms, clock.end)
    if after == "o'clock" and clock.minute is None and clock.spoken:
        return Match(clock.end + 1, f"{clock.hour} o'clock")
    end, meridiem = _meridiem(atoms, clock.end)
    if not meridiem or (not clock.spoken and clock.minute is None):
        return None
    text = str(clock.hour) if clock.minute is None else _text(clock.hour, clock.minute)
    return Match(end, f"{text} {meridiem}")


def _meridiem(atoms: Sequence[Atom], place: int) -> tuple[int, str]:
    """Such as "am" or "pm" as it is written, and where it ends; also in two letters."""
    word = follows(atoms, place)
    if word in ("am", "pm"):
        # "I am" is no time; behind a number it nearly always is one.
        return place + 1, atoms[place].raw.lower()
    if word in ("a", "p") and follows(atoms, place + 1) == "m":
        return place + 2, f"{word}m"
    return place, ""


def _hour_and_minute(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "at three thirty"."""
    clock = _clock(atoms, place)
    if clock is None or clock.minute is None or not clock.spoken:
        return None
    before = words_before(atoms, place, 1)
    if not before or before[-1] not in _AT:
        return None
    near = [follows(atoms, clock.end), word_at(atoms, clock.end + 1), word_at(atoms, clock.end + 2)]
    if _UNIT.fullmatch(near[0]) or is_number_word(near[0]):
        return None
    sure = before[-1] in _SURELY_AT or near[0] in _AFTER_A_TIME
    if not sure or any(_ROAD.fullmatch(word) for word in near):
        return None
    return Match(clock.end, _text(clock.hour, clock.minute))


def _half_past(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "half past two", "quarter to four"."""
    begin = place + (word_at(atoms, place) == "a" and follows(atoms, place + 1) == "quarter")
    word, joint = word_at(atoms, begin), follows(atoms, begin + 1)
    hour = _hour(atoms, begin + 2) if joint else None
    if hour is None or is_number_word(follows(atoms, hour.end)):
        return None
    if _UNIT.fullmatch(follows(atoms, hour.end)):
        return None
    if word == "half" and joint == "past":
        return Match(hour.end, _text(hour.value, 30))
    if word != "quarter" or joint not in ("past", "after", "to", "of", "till"):
        return None
    if joint in ("past", "after"):
        return Match(hour.end, _text(hour.value, 15))
    return None if joint == "of" else Match(hour.end, _text(_earlier(hour.value), 45))


def _earlier(hour: int) -> int:
    return 12 if hour == 1 else hour - 1


def _to_or_past(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "ten past three"; "ten to three" only where a time is expected."""
    minutes = below_hundred(atoms, place)
    joint = follows(atoms, minutes.end) if minutes else ""
    if minutes is None or minutes.value not in _MINUTES or not (minutes.spoken or joint == "past"):
        return None
    hour = _hour(atoms, minutes.end + 1) if joint in ("past", "to") else None
    if hour is None:
        return None
    after = follows(atoms, hour.end)
    if _UNIT.fullmatch(after) or is_number_word(after):
        return None
    if joint == "past":
        return Match(hour.end, _text(hour.value, minutes.value))
    before = words_before(atoms, place, 1)
    expected = bool(before) and before[-1] in ("at", "by", "it's")
    if not expected or (after and after not in _AFTER_A_TIME):
        return None
    return Match(hour.end, _text(_earlier(hour.value), 60 - minutes.value))


def _military(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "fourteen hundred hours", "seventeen thirty hours", "oh seven fifteen hours"."""
    zero = word_at(atoms, place) in ("oh", "zero")
    hour = below_hundred(atoms, place + zero)
    if hour is None or not hour.spoken or not atoms[hour.end - 1].runs_on:
        return None
    if hour.value > (9 if zero else 24) or not (zero or hour.value >= 10):
        return None
    minute = _minute_of_the_day(atoms, hour.end)
    if minute is None or follows(atoms, minute.end) != "hours":
        return None
    if not zero and minute.value and _may_be_a_span(atoms, place, hour.value, minute.value):
        return None
    return Match(minute.end + 1, f"{hour.value:02d}:{minute.value:02d}")


def _minute_of_the_day(atoms: Sequence[Atom], place: int) -> Number | None:
    word = follows(atoms, place)
    if word == "hundred":
        return Number(0, place + 1)
    if word in ("oh", "o", "zero") and follows(atoms, place + 1) in DIGITS:
        return Number(DIGITS[atoms[place + 1].word], place + 2)
    found = below_hundred(atoms, place) if word else None
    return found if found is not None and 10 <= found.value <= 59 and found.spoken else None


def _may_be_a_span(atoms: Sequence[Atom], place: int, hour: int, minute: int) -> bool:
    """Whether two numbers before "hours" may be so many or so many: "ten fifteen hours"."""
    if 0 < minute - hour <= _SPAN and hour % 5 == 0 and minute % 5 == 0:
        before = words_before(atoms, place, 1)
        return not before or before[-1] not in _POINTS_AT
    return False
