"""Numbers that belong to a word or a sign beside them.

"flat twelve b", "one twenty three Main Street", "version ten point four point one", "twelve and a
half percent", "minus twenty dollars".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .amounts import amount
from .atoms import Atom, Match, follows, word_at, words_before
from .cardinals import DIGITS, below_hundred, cardinal, grouped
from .dates import year_of

_LETTERED = frozenset(
    {"flat", "apartment", "apt", "unit", "suite", "seat", "room", "gate", "house", "platform"}
)
_STREET = re.compile(r"street|road|avenue|lane|drive|boulevard|terrace|crescent")
_STREET_WITHIN = 3
"""Words behind a house's number of which one says that it is a street."""
_SCALES = frozenset({"thousand", "million", "billion"})
_POINTED = frozenset(
    {
        *("version", "release", "firmware", "software", "build", "update", "android", "ios"),
        *("windows", "section", "clause", "chapter", "paragraph", "step", "figure"),
    }
)
"""What is numbered with points."""
_DEGREES = frozenset({"degrees", "percent"})


def lettered(atoms: Sequence[Atom], place: int) -> Match | None:
    """A number with a letter behind it: "flat twelve b", "seat 14 f"."""
    before = words_before(atoms, place, 1)
    number = cardinal(atoms, place)
    if number is None or number.value > 999 or not before or before[-1] not in _LETTERED:
        return None
    letter = follows(atoms, number.end)
    if len(letter) != 1 or not letter.isalpha() or atoms[number.end].inside:
        return None
    # "flat twelve a month", "room four I think": a word of its own, unless the clause ends there.
    after = follows(atoms, number.end + 1)
    if after and (letter in "ai" or len(after) == 1 or after in DIGITS):
        return None
    return Match(number.end + 1, f"{number.value}{letter.upper()}")


def house(atoms: Sequence[Atom], place: int) -> Match | None:
    """A house's number as it is said, in digits or in pairs: "twelve oh five Oak Avenue"."""
    if place and atoms[place - 1].runs_on and word_at(atoms, place - 1) in DIGITS:
        return None
    text, end = "", place
    while end == place or follows(atoms, end):
        word = word_at(atoms, end)
        pair = below_hundred(atoms, end)
        if word in ("oh", "o") and text:
            text, end = f"{text}0", end + 1
        elif pair is not None and pair.spoken:
            text, end = f"{text}{pair.value}", pair.end
        else:
            break
    said = end - place
    if said < 2 or not 2 < len(text) < 6 or text.startswith("0"):
        return None
    street = [follows(atoms, end + step) for step in range(_STREET_WITHIN)]
    found = next((n for n, word in enumerate(street) if _STREET.fullmatch(word)), 0)
    return Match(end, text) if found and all(street[: found + 1]) else None


def dotted(atoms: Sequence[Atom], place: int) -> Match | None:
    """Numbers with points between them: versions, addresses of machines.

    Three and more, or two behind a word that names what is numbered so: "version two dot oh".
    """
    before = words_before(atoms, place, 2)
    named = before[-1:] != [] and (before[-1] in _POINTED or before[0] in _POINTED)
    named = named and before[-1] in (*_POINTED, "number", "is", "to", "it's")
    parts: list[str] = []
    end = place
    while True:
        part = _part(atoms, end)
        if part is None:
            return None
        parts.append(part[0])
        end = part[1]
        if not _pointed(atoms, end, named=named):
            break
        end += 1
    if len(parts) < (2 if named else 3):
        return None
    return Match(end, ".".join(parts))


def _pointed(atoms: Sequence[Atom], place: int, *, named: bool) -> bool:
    """Whether a point and another number follow; a pause before the point is a comma or a stop."""
    if word_at(atoms, place) not in ("dot", "point"):
        return False
    paused = {"", "-", ",", "."} if named else {"", "-", ","}
    beside = atoms[place - 1].tail in paused and atoms[place].runs_on
    return beside and _part(atoms, place + 1) is not None


def _part(atoms: Sequence[Atom], place: int) -> tuple[str, int] | None:
    """Digits one by one, a number, or one that is said in pieces: "one ninety two"."""
    text, end = "", place
    while (end == place or follows(atoms, end)) and word_at(atoms, end) in (*DIGITS, "oh"):
        text += str(DIGITS.get(word_at(atoms, end), 0))
        end += 1
    pair = below_hundred(atoms, end) if end > place and follows(atoms, end) else None
    if len(text) == 1 and text != "0" and pair is not None and pair.spoken:
        return f"{text}{pair.value}", pair.end
    if len(text) > 1:
        return text, end
    year = year_of(atoms, place)
    if year is not None and year.spoken:
        return str(year.value), year.end
    number = cardinal(atoms, place)
    if number is None or number.value > 999:
        return (text, end) if text else None
    return str(number.value), number.end


def half(atoms: Sequence[Atom], place: int) -> Match | None:
    """A number and a half of what is counted: "twelve and a half percent"."""
    number = below_hundred(atoms, place)
    if number is None or number.value < 1:
        return None
    if [follows(atoms, number.end + step) for step in range(3)] != ["and", "a", "half"]:
        return None
    end = number.end + 3
    counted = follows(atoms, end)
    per_cent = counted == "percent" or [counted, follows(atoms, end + 1)] == ["per", "cent"]
    if per_cent:
        return Match(end + 1 + (counted == "per"), f"{number.value}.5%")
    return _half_of_many(atoms, end, number.value) if counted in _SCALES else None


def _half_of_many(atoms: Sequence[Atom], place: int, value: int) -> Match:
    """So many and a half thousand, million or billion, as the word at the place says."""
    scale = word_at(atoms, place)
    dollars = follows(atoms, place + 1) == "dollars"
    sign, end = ("$", place + 2) if dollars else ("", place + 1)
    if scale != "thousand":
        return Match(end, f"{sign}{value}.5 {scale}")
    return Match(end, f"{sign}{grouped(value * 1000 + 500, 1000 if dollars else 10_000)}")


def negative(atoms: Sequence[Atom], place: int) -> Match | None:
    """Below nothing: "minus twenty dollars", "minus five degrees"."""
    if word_at(atoms, place) not in ("minus", "negative") or not follows(atoms, place + 1):
        return None
    before = words_before(atoms, place, 1)
    if before and cardinal(atoms, place - 1) is not None:
        return None  # "ten minus five"
    money = amount(atoms, place + 1)
    if money is not None and money.text is not None and money.text[0] in "$£€":
        return Match(money.end, f"-{money.text}")
    number = cardinal(atoms, place + 1)
    if number is None or follows(atoms, number.end) not in _DEGREES:
        return None
    if follows(atoms, number.end) == "percent":
        return Match(number.end + 1, f"-{number.value}%")
    return Match(number.end, f"-{number.value}")
