"""Days and years: "March third, twenty twenty-four", "the fifteenth", "nineteen eighty-five"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .atoms import Atom, Match, follows, word_at, words_before
from .cardinals import DIGITS, TENS, Number, below_hundred, cardinal, is_number_word

MONTHS = frozenset(
    {
        *("january", "february", "march", "april", "may", "june", "july", "august"),
        *("september", "october", "november", "december"),
    }
)
_ORDINALS = {
    **dict.fromkeys(("first",), 1),
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
}
_NUMERAL = re.compile(r"(\d{1,2})(st|nd|rd|th)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMES_A_DATE = frozenset({"on", "of", "by", "since", "until", "till", "from", "the", "in", "to"})
_SHORT_YEAR = re.compile(r"2[1-9]|3\d")
_BEFORE_A_YEAR = frozenset({"in", "since", "year", "of", "until", "till", "from", "back", "by"})
_PRICED = frozenset({"cost", "costs", "price", "paid", "pay", "charged", "total", "for", "fee"})
_COUNTED = re.compile(r"(?:minute|hour|day|week|month|dollar|pound|euro|percent|people|mile)s?")
_WHICH_MONTH = frozenset({"the", "this", "next", "last", "each", "every", "that"})
_NUMBERED = frozenset(
    {
        *("number", "numbers", "code", "codes", "pin", "account", "reference", "ref", "card"),
        *("extension", "digits", "sort", "flight", "order", "serial", "routing", "passcode"),
    }
)
"""Behind these come the digits of a code, though some of them look like a year."""
_BORN = frozenset({"birth", "birthday", "birthdate", "born", "dob"})


def ordinal(atoms: Sequence[Atom], place: int) -> Number | None:
    """An ordinal number in words that begins at a place."""
    word = word_at(atoms, place)
    if word in _ORDINALS:
        return Number(_ORDINALS[word], place + 1)
    if word in TENS:
        unit = _ORDINALS.get(follows(atoms, place + 1), 0)
        if 0 < unit < 10:
            return Number(TENS[word] + unit, place + 2)
    hundreds = _with_hundreds(atoms, place)
    if hundreds is not None:
        return hundreds
    written = _NUMERAL.fullmatch(word)
    return Number(int(written[1]), place + 1, spoken=False) if written else None


def _with_hundreds(atoms: Sequence[Atom], place: int) -> Number | None:
    """Such as "three hundred and sixty-fifth", "a hundred and first"."""
    number = cardinal(atoms, place)
    if number is None or not number.spoken or number.value < 100:
        return None
    tens, joined = number.value % 100, follows(atoms, number.end) == "and"
    if tens == 0 and not joined:
        return None  # "a hundred first calls"
    last = ordinal(atoms, number.end + joined) if atoms[number.end - 1].runs_on else None
    below = 10 if tens else 100
    if last is None or not last.spoken or last.value >= below or (tens and (joined or tens % 10)):
        return None
    return Number(number.value + last.value, last.end)


def with_ending(value: int) -> str:
    """Such as "1st", "22nd", "13th"."""
    if value % 100 in (11, 12, 13):
        return f"{value}th"
    return f"{value}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th') }"


def date(atoms: Sequence[Atom], place: int) -> Match | None:
    """A day of a month that begins at a place, with its year where there is one."""
    for read in (_month_first, _day_first, _of_a_month, _born, _in_figures):
        found = read(atoms, place)
        if found is not None:
            return found
    return None


def _month_first(atoms: Sequence[Atom], place: int) -> Match | None:
    month = atoms[place]
    if month.word not in MONTHS or not month.runs_on:
        return None
    name = month.word.capitalize()
    whole = year_of(atoms, place + 1)
    if whole is not None and whole.spoken:
        return Match(whole.end, f"{name} {whole.value}")
    day, text = _day(atoms, place + 1)
    if day is None or not 1 <= day.value <= 31:
        return None
    year = _year_behind(atoms, day.end)
    if year is None and not _is_month(atoms, place, day):
        return None
    if year is not None:
        return Match(year.end, f"{name} {text}, {year.value}")
    return Match(day.end, f"{name} {text}") if day.spoken else None


def _day(atoms: Sequence[Atom], place: int) -> tuple[Number | None, str]:
    place += word_at(atoms, place) == "the"
    found = ordinal(atoms, place)
    if found is not None:
        return found, with_ending(found.value)
    found = below_hundred(atoms, place)
    return found, str(found.value) if found else ""


def _is_month(atoms: Sequence[Atom], place: int, day: Number) -> bool:
    """Whether "may" or "march" is the month and not the verb."""
    counted = _COUNTED.fullmatch(follows(atoms, day.end)) or follows(atoms, day.end) == "of"
    month = atoms[place]
    if month.word not in ("may", "march"):
        return not counted and not is_number_word(follows(atoms, day.end))
    named = bool(_NAMES_A_DATE.intersection(words_before(atoms, place, 1)))
    sure = ordinal(atoms, day.end - 1) is not None or day.value >= 10
    if month.word == "march":
        return sure and not counted
    capital = month.capital and bool(words_before(atoms, place, 1))
    return sure and not counted and (named or capital)


def _day_first(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "the third of March twenty twenty-four"."""
    day = ordinal(atoms, place)
    if day is None or follows(atoms, day.end) != "of" or not 1 <= day.value <= 31:
        return None
    month = follows(atoms, day.end + 1)
    if month not in MONTHS:
        return None
    text = f"{with_ending(day.value)} of {month.capitalize()}"
    year = _year_behind(atoms, day.end + 2)
    return Match(day.end + 2, text) if year is None else Match(year.end, f"{text} {year.value}")


def _of_a_month(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "the first of the month", "the fifth of the sixth nineteen eighty"."""
    day = ordinal(atoms, place)
    if day is None or not 1 <= day.value <= 31 or follows(atoms, day.end) != "of":
        return None
    if words_before(atoms, place, 1)[-1:] in (["a"], ["one"]):
        return None  # "a third of the month"
    at = day.end + 1
    if follows(atoms, at) in _WHICH_MONTH and follows(atoms, at + 1) == "month":
        return Match(day.end, with_ending(day.value)) if day.spoken else None
    at += follows(atoms, at) == "the"
    month = ordinal(atoms, at) if follows(atoms, at) else None
    if month is None or not 1 <= month.value <= 12:
        return None
    text = f"{with_ending(day.value)} of the {with_ending(month.value)}"
    paused = atoms[month.end - 1].tail == ","
    year = _year_behind(atoms, month.end)
    year = year or _short_year(atoms, month.end)
    if year is not None and (atoms[month.end - 1].runs_on or paused):
        counted = is_number_word(follows(atoms, year.end))
        return None if counted else Match(year.end, f"{text}, {year.value}")
    # Of "the ninth of the eleventh" one would be a word and the other in figures.
    both = day.spoken and month.spoken and max(day.value, month.value) >= 10
    return Match(month.end, text) if both and not follows(atoms, month.end) else None


def _short_year(atoms: Sequence[Atom], place: int) -> Number | None:
    """Two digits of a year at the end of what is said: "sixty-two"."""
    number = below_hundred(atoms, place)
    if number is None or number.value < 10 or follows(atoms, number.end):
        return None
    return number


def _in_figures(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "six six nineteen eighty": day and month, whichever is first, and a whole year."""
    before = words_before(atoms, place, 8)
    if _NUMBERED.intersection(before) or (before and is_number_word(before[-1])):
        return None
    first = _part_of_a_date(atoms, place)
    second = None if first is None else _part_of_a_date(atoms, first.end)
    if first is None or second is None or min(first.value, second.value) > 12:
        return None
    year = year_of(atoms, second.end)
    if year is None or not year.spoken or not 1900 <= year.value <= 2039:
        return None
    after = follows(atoms, year.end)
    if is_number_word(after) or _COUNTED.fullmatch(after) or _PRICED.intersection(before):
        return None
    return Match(year.end, f"{first.value:02d}/{second.value:02d}/{year.value}")


def _part_of_a_date(atoms: Sequence[Atom], place: int) -> Number | None:
    """A day or a month in words; a comma may stand behind it, no end of a sentence."""
    zero = word_at(atoms, place) in ("oh", "o", "zero")
    number = below_hundred(atoms, place + zero)
    if number is None or not number.spoken or not 1 <= number.value <= (9 if zero else 31):
        return None
    last = atoms[number.end - 1]
    return number if last.runs_on or last.tail == "," else None


def _born(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "oh three, fifteen, eighty-five" behind words that ask for a date of birth."""
    if not _BORN.intersection(words_before(atoms, place, 8)):
        return None
    parts, at = [], place
    for _ in range(3):
        if word_at(atoms, at) in ("oh", "o", "zero") and word_at(atoms, at + 1) in DIGITS:
            parts.append(DIGITS[atoms[at + 1].word])
            at += 2
        else:
            number = year_of(atoms, at) if len(parts) == 2 else None
            number = number or below_hundred(atoms, at)
            if number is None:
                return None
            parts.append(number.value)
            at = number.end
        at += word_at(atoms, at) == "slash" and len(parts) < 3
    first, second, year = parts
    if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12):
        return None
    if is_number_word(follows(atoms, at)):
        return None
    return Match(at, f"{first:02d}/{second:02d}/{year:02d}")


def year_of(atoms: Sequence[Atom], place: int) -> Number | None:
    """The value of a year in words or digits that begins at a place: 1900 to 2099."""
    if _YEAR.fullmatch(word_at(atoms, place)):
        return Number(int(atoms[place].word), place + 1, spoken=False)
    century = below_hundred(atoms, place)
    if century is not None and century.value in (19, 20) and century.end == place + 1:
        after = follows(atoms, century.end)
        if after in ("oh", "o") and follows(atoms, century.end + 1) in DIGITS:
            rest = DIGITS[atoms[century.end + 1].word]
            return Number(century.value * 100 + rest, century.end + 2)
        rest_number = below_hundred(atoms, century.end) if after else None
        if rest_number is not None and rest_number.value >= 10 and rest_number.spoken:
            return Number(century.value * 100 + rest_number.value, rest_number.end)
    whole = cardinal(atoms, place)
    if whole is not None and whole.spoken and 2000 <= whole.value <= 2099:
        return whole
    return None


def _year_behind(atoms: Sequence[Atom], place: int) -> Number | None:
    """The year behind a day and a month; "twenty twenty-six" may have become "2020-26", "20-26"."""
    short = follows(atoms, place + 1)
    if (
        word_at(atoms, place) in ("20", "2020")
        and atoms[place].tail == "-"
        and _SHORT_YEAR.fullmatch(short)
    ):
        return Number(2000 + int(short), place + 2, spoken=False)
    return year_of(atoms, place)


def decade(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "the nineteen eighties"."""
    century = {"eighteen": 18, "nineteen": 19, "twenty": 20}.get(word_at(atoms, place))
    tens = {f"{word[:-1]}ies": value for word, value in TENS.items()}
    years = tens.get(follows(atoms, place + 1))
    if century is None or years is None:
        return None
    return Match(place + 2, f"{century}{years}s")


def expiry(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "oh five twenty eight" of a card: month and year."""
    if not any(word.startswith("expir") for word in words_before(atoms, place, 6)):
        return None
    zero = word_at(atoms, place) in ("oh", "o", "zero")
    month = below_hundred(atoms, place + zero)
    if month is None or not 1 <= month.value <= 12 or (zero and month.value > 9):
        return None
    if month.end != place + zero + 1:
        return None
    parted = follows(atoms, month.end) == "slash"
    short = below_hundred(atoms, month.end + parted)
    beside = atoms[month.end - 1].runs_on or (zero and atoms[month.end - 1].tail == ",")
    if short is None or not 20 <= short.value <= 59 or not beside:
        return None
    if is_number_word(follows(atoms, short.end)) or not (zero or month.value > 9 or parted):
        return None
    return Match(short.end, f"{month.value:02d}/{short.value}")


def year(atoms: Sequence[Atom], place: int) -> Match | None:
    """A year by itself."""
    found = year_of(atoms, place)
    if found is None or not found.spoken or found.end - place < 2:
        return None
    before = words_before(atoms, place, 3)
    if _PRICED.intersection(before) or _COUNTED.fullmatch(follows(atoms, found.end)):
        return None
    if is_number_word(follows(atoms, found.end)):
        return None
    known = bool(before) and (before[-1] in _BEFORE_A_YEAR or before[-1] in MONTHS)
    plausible = 1920 <= found.value <= 2039
    return Match(found.end, str(found.value)) if known or plausible else None


def rank(atoms: Sequence[Atom], place: int) -> Match | None:
    """An ordinal number from the tenth on: "the fifteenth", "the twenty-first"."""
    found = ordinal(atoms, place)
    if found is None or not found.spoken or found.value < 10:
        return None
    before = words_before(atoms, place, 2)
    if word_at(atoms, found.end - 1) == "second" and found.value > 20:
        free = not follows(atoms, found.end) or follows(atoms, found.end) in ("of", "at", "and")
        if not (free and before and before[-1] in ("the", "on")):
            return Match(found.end, None)
    if follows(atoms, found.end) == "of" and before and before[-1] in ("a", "one"):
        return None
    if atoms[found.end - 1].word == "eleventh" and follows(atoms, found.end) == "hour":
        return None
    return Match(found.end, with_ending(found.value))
