"""Numbers in words, in digits, or in both: "two hundred and fifty", "2 hundred", "15 thousand"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .atoms import Atom, follows, word_at, words_before

DIGITS = {
    word: value
    for value, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
}
TEENS = {
    word: 10 + value
    for value, word in enumerate(
        (
            *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
            *("seventeen", "eighteen", "nineteen"),
        )
    )
}
TENS = {
    word: 20 + 10 * value
    for value, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    )
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_NUMERAL = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_NEAR = 5
"""Words before the second number of two among which "between" may stand."""
_UNITS = {**DIGITS, **TEENS, "fourty": 40, **TENS}


class Number(NamedTuple):
    """A whole number and where it ends."""

    value: int
    end: int
    """Index of the atom behind it."""
    bare: bool = False
    """It is no more than "a hundred" or "a thousand", which people leave in words."""
    spoken: bool = True
    """At least one word of it is no numeral."""
    scaled: bool = False
    """It ends with "million" or "billion"."""


class _CardinalPart(NamedTuple):
    value: int
    end: int
    spoken: bool = True


_SPLIT_THOUSANDS = re.compile(r"(\d{1,3})\.(\d),000")
"""What a recogniser makes of "twelve and a half thousand": 12.5,000."""


def split_thousands(word: str) -> int | None:
    """The value of such a number; None for any other word."""
    found = _SPLIT_THOUSANDS.fullmatch(word)
    return int(found[1]) * 1000 + int(found[2]) * 100 if found else None


def is_number_word(word: str) -> bool:
    """Whether a word can be part of a number in words or digits."""
    numeric = word in _UNITS or word in _SCALES or word in ("hundred", "oh")
    return numeric or bool(_NUMERAL.fullmatch(word))


def numeral(word: str) -> int | None:
    """The value of a number in digits."""
    return int(word.replace(",", "")) if _NUMERAL.fullmatch(word) else split_thousands(word)


def below_hundred(atoms: Sequence[Atom], place: int) -> Number | None:
    """A number from 0 to 99 that begins at a place."""
    part = _below_hundred(atoms, place)
    return None if part is None else Number(part.value, part.end, spoken=part.spoken)


def _below_hundred(atoms: Sequence[Atom], place: int) -> _CardinalPart | None:
    word = word_at(atoms, place)
    value = _UNITS.get(word)
    if value is None:
        written = numeral(word)
        if written is None or written > 99 or word.startswith("0"):
            return None
        return _CardinalPart(written, place + 1, spoken=False)
    unit = DIGITS.get(follows(atoms, place + 1), 0)
    if value >= 20 and unit:
        return _CardinalPart(value + unit, place + 2)
    return _CardinalPart(value, place + 1)


def cardinal(atoms: Sequence[Atom], place: int) -> Number | None:
    """The longest number that begins at a place; None where there is none."""
    first = _group(atoms, place)
    if first is None:
        return None
    total, end, spoken, last_scale = 0, place, first.spoken, 10**12
    group: _CardinalPart | None = first
    while group is not None:
        scale = _SCALES.get(follows(atoms, group.end), 1)
        if scale >= last_scale or (scale == 1 and end > place and group.value >= 1000):
            break
        total += group.value * scale
        end, last_scale = group.end + (scale > 1), scale
        spoken = spoken or group.spoken or scale > 1
        if scale == 1:
            break
        joined = follows(atoms, end) == "and"
        group = _group(atoms, end + joined) if _goes_on(atoms, end + joined) else None
        if group is not None and joined and group.value >= 100:
            group = None
    article = word_at(atoms, place) in ("a", "an")
    bare = article and total in (100, 1000, 10**6, 10**9)
    scaled = word_at(atoms, end - 1) in ("million", "billion")
    return Number(total, end, bare=bare, spoken=spoken, scaled=scaled)


def _goes_on(atoms: Sequence[Atom], place: int) -> bool:
    word = follows(atoms, place)
    return bool(word) and word not in ("a", "an", "zero")


def _group(atoms: Sequence[Atom], place: int) -> _CardinalPart | None:
    """A number below a thousand, or "fifteen hundred"; in digits any number."""
    word = word_at(atoms, place)
    if word in ("a", "an") and follows(atoms, place + 1) in ("hundred", *_SCALES):
        if atoms[place + 1].word != "hundred":
            return _CardinalPart(1, place + 1)
        return _with_hundreds(atoms, _CardinalPart(1, place + 1))
    part = _below_hundred(atoms, place)
    if part is None:
        written = numeral(word)
        if written is None:
            return None
        return _CardinalPart(written, place + 1, spoken=False)
    return _with_hundreds(atoms, part)


def _with_hundreds(atoms: Sequence[Atom], part: _CardinalPart) -> _CardinalPart:
    if part.value == 0 or follows(atoms, part.end) != "hundred":
        return part
    value, end = part.value * 100, part.end + 1
    joined = follows(atoms, end) == "and"
    if not _goes_on(atoms, end + joined):
        return _CardinalPart(value, end)
    rest = _below_hundred(atoms, end + joined)
    if rest is not None and joined and _is_another(atoms, place=end + 1, rest=rest, value=value):
        return _CardinalPart(value, end)
    # "a hundred and one of them" is a number, "two hundred and one more" is none, but nobody can
    # tell; what follows "and" counts as its end.
    if rest is None or rest.value == 0:
        return _CardinalPart(value, end)
    return _CardinalPart(value + rest.value, rest.end)


def _is_another(atoms: Sequence[Atom], *, place: int, rest: _CardinalPart, value: int) -> bool:
    """Whether a number of its own begins at a place behind hundreds and "and".

    As in "three hundred and four hundred", "fifteen hundred and two thousand", and in "between two
    hundred and three thousand" unless another "and" follows.
    """
    scale = follows(atoms, rest.end)
    if scale == "hundred":
        return True
    if scale not in _SCALES:
        return False
    between = "between" in words_before(atoms, place, _NEAR)
    return value >= 1000 or (between and follows(atoms, rest.end + 1) != "and")


def grouped(value: int, least: int = 10_000) -> str:
    """Digits, with commas from ``least`` on."""
    return f"{value:,}" if value >= least else str(value)
