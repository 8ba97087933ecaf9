"""Percentages, decimals and numbers in running text.

Numbers below ten stay words, as people write them, and so do "a hundred" and "a thousand". Of
two numbers side by side nobody knows what they mean together: they stay as they were heard.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .atoms import Atom, Match, follows, word_at, words_before
from .cardinals import (
    DIGITS,
    Number,
    below_hundred,
    cardinal,
    grouped,
    is_number_word,
    numeral,
    split_thousands,
)

_EIGHTS = frozenset({"eat", "eats", "ate", "eight", "8"})
_FIXED = (
    (("twenty", "four", "seven"), "24/7"),
    (("fifty", "fifty"), "50/50"),
    (("nine", "one", "one"), "911"),
    (("nine", "nine", "nine"), "999"),
    (("four", "oh", "one", "k"), "401(k)"),
)
_FREE_CALL = re.compile(r"8(?:00|88|77|66|55|44|33)")


_NOUGHT = frozenset({"oh", "o", "zero", "nought", "naught"})
_SHORT = frozenset({"k", "p"})
"""Thousands and pence, as they are said behind a number."""


def figure(atoms: Sequence[Atom], place: int) -> Match | None:
    """A number in running text that begins at a place."""
    for read in (_eights, _telephone, _in_two_pieces, _thousands, _decimal, _share, _number):
        found = read(atoms, place)
        if found is not None:
            return found
    return None


def fixed(atoms: Sequence[Atom], place: int) -> Match | None:
    """What is always written in one way: "24/7", "911"."""
    for words, text in _FIXED:
        end = place + len(words)
        fits = tuple(atom.word for atom in atoms[place:end]) == words
        if fits and all(atom.runs_on for atom in atoms[place : end - 1]):
            return None if is_number_word(follows(atoms, end)) else Match(end, text)
    return None


def _eights(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "Eat, eat, eat": three eights, which nobody says of food."""
    end = place
    while end < len(atoms) and atoms[end].word in _EIGHTS:
        end += 1
    heard = {atoms[at].word for at in range(place, end)}
    if end - place < 3 or heard <= {"eight", "8"}:
        return None
    return Match(end, "8" * (end - place))


def _telephone(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "1 800 555 1212", "555 123 4567": the groups of a telephone number."""
    words = [atom.word for atom in atoms[place : place + 4]]
    runs = all(atom.runs_on for atom in atoms[place : place + 3])
    free = len(words) == 4 and words[0] == "1" and bool(_FREE_CALL.fullmatch(words[1]))
    if free and runs and _lengths(words[2:]) == [3, 4]:
        return Match(place + 4, "-".join(words))
    words, runs = words[:3], all(atom.runs_on for atom in atoms[place : place + 2])
    if runs and _lengths(words) == [3, 3, 4]:
        return Match(place + 3, "-".join(words))
    return None


def _lengths(words: Sequence[str]) -> list[int]:
    return [len(word) if word.isdecimal() else 0 for word in words]


def _decimal(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "two point five", "oh point five million", "point five percent"."""
    whole: Number | None = None
    if word_at(atoms, place) == "point":
        whole, point = Number(0, place), place
    else:
        zero = word_at(atoms, place) in _NOUGHT
        whole = Number(0, place + 1) if zero else cardinal(atoms, place)
        point = whole.end if whole else place
    if whole is None or (follows(atoms, point) != "point" and point != place):
        return None
    digits, end = "", point + 1
    while follows(atoms, end) in DIGITS or follows(atoms, end) in ("oh", "o") or _one(atoms, end):
        word = atoms[end].word
        digits += str(DIGITS.get(word, word if word.isdecimal() else 0))
        end += 1
    if not digits:
        more = cardinal(atoms, end) if follows(atoms, end) else None
        if more is None or more.value < 10 or more.value > 99:
            return None
        digits, end = str(more.value), more.end
    after = follows(atoms, end)
    before = words_before(atoms, place, 1)
    measured = after in ("percent", "per", "million", "billion", "thousand")
    if (point == place or before[-1:] in (["at"], ["that"])) and not measured:
        return None
    text = f"{grouped(whole.value)}.{digits}"
    return _with_percent(atoms, end, text) or Match(end, text)


def _one(atoms: Sequence[Atom], place: int) -> bool:
    word = follows(atoms, place)
    return len(word) == 1 and word.isdecimal()


def _with_percent(atoms: Sequence[Atom], place: int, text: str) -> Match | None:
    after = follows(atoms, place)
    if after == "percent":
        return Match(place + 1, f"{text}%")
    if after == "per" and follows(atoms, place + 1) == "cent":
        return Match(place + 2, f"{text}%")
    return None


def _share(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "ten percent", "20 per cent"."""
    word = word_at(atoms, place)
    if re.fullmatch(r"\d+\.\d+", word):
        return _with_percent(atoms, place + 1, word)
    number = cardinal(atoms, place)
    if number is None or number.bare:
        return None
    return _with_percent(atoms, number.end, str(number.value))


def _thousands(atoms: Sequence[Atom], place: int) -> Match | None:
    value = split_thousands(word_at(atoms, place))
    return None if value is None else Match(place + 1, grouped(value))


def _number(atoms: Sequence[Atom], place: int) -> Match | None:
    number = cardinal(atoms, place)
    if number is None:
        return None
    end = _chain_end(atoms, number.end)
    stays = end != number.end or not number.spoken or number.bare
    if stays or (number.value == 10 and _beside_small(atoms, place, number)):
        return Match(end, None)
    if number.value < 10:
        return _small(atoms, place, number)
    if number.value >= 10**6 and number.value % 10**6 == 0:
        count, scale = (10**9, "billion") if number.value % 10**9 == 0 else (10**6, "million")
        return Match(number.end, f"{number.value // count} {scale}")
    short = follows(atoms, number.end)
    after = follows(atoms, number.end + 1)
    if short in _SHORT and (len(after) != 1 or after == "a"):
        return Match(number.end + 1, f"{number.value}{short}")
    return Match(number.end, grouped(number.value))


def _in_two_pieces(atoms: Sequence[Atom], place: int) -> Match | None:
    """Such as "9,000 and 2": a number that was said with "and", as a recogniser writes it."""
    thousands = numeral(word_at(atoms, place)) or 0
    if thousands < 1000 or thousands % 1000 or follows(atoms, place + 1) != "and":
        return None
    rest = below_hundred(atoms, place + 2) if follows(atoms, place + 2) else None
    # "9,000 and 2 others" is no number.
    if rest is None or not rest.value or follows(atoms, rest.end):
        return None
    if {"between", "from", "both"}.intersection(words_before(atoms, place, 4)):
        return None
    return Match(rest.end, grouped(thousands + rest.value))


def _chain_end(atoms: Sequence[Atom], place: int) -> int:
    """Where numbers that follow each other without a pause end."""
    while is_number_word(follows(atoms, place)) and numeral(atoms[place].word) is None:
        if atoms[place].word == "oh" and not is_number_word(follows(atoms, place + 1)):
            break
        place += 1
    return place


def _small(atoms: Sequence[Atom], place: int, number: Number) -> Match | None:
    """A number below ten stays a word, but in a range with a greater one.

    Such as "five to fifteen", "between eight and twelve".
    """
    between = words_before(atoms, place, 1) == ["between"]
    joint = follows(atoms, number.end)
    if joint not in (("and",) if between else ("to", "or")) or atoms[place].inside:
        return None
    other = cardinal(atoms, number.end + 1) if follows(atoms, number.end + 1) else None
    if other is None or other.value < 11 or other.value > 99 or not other.spoken:
        return None
    if is_number_word(follows(atoms, other.end)):
        return None
    return Match(other.end, f"{number.value} {atoms[number.end].raw} {other.value}")


def _beside_small(atoms: Sequence[Atom], place: int, number: Number) -> bool:
    """Such as "nine out of ten", "ten to one": both stay words."""
    before = words_before(atoms, place, 3)
    joined = bool(before) and before[-1] in ("of", "to", "or", "in", "and")
    if joined and any(word in DIGITS for word in before[:-1]):
        return True
    after = follows(atoms, number.end)
    return after in ("to", "or", "and") and follows(atoms, number.end + 1) in DIGITS
