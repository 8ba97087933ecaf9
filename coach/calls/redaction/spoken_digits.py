"""Reads digits out of words: "double four", "forty-one", "4111-1111", "nine hundred".

Each token of ``text.split()`` gives the digits that it adds to a number being read out. What is an
amount, a time, a decimal or an ordinal gives none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

_LOW = """
zero one two three four five six seven eight nine
ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS = {word: str(value) for value, word in enumerate(_LOW.split()) if value < 10}
UNITS |= {"nought": "0", "naught": "0", "nil": "0", "niner": "9"}
TEENS = {word: str(value) for value, word in enumerate(_LOW.split()) if value >= 10}
TENS = {word: value for value, word in enumerate(_ROUND.split(), 2)}
TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
SEVERAL = {"two": 2, "three": 3, "four": 4, "five": 5, "2": 2, "3": 3, "4": 4}
"""How many of a digit: ``three nines``."""
_TWO = ("pair", "couple")
MANY = {f"{word}{'es' if word in ('zero', 'six') else 's'}": digit for word, digit in UNITS.items()}
MANY |= {"zeros": "0", "ohs": "0"}
"""A digit said of several: ``nines``."""
_UNIT_FIGURES = frozenset("123456789")
OH = {"oh", "o"}
HOMOPHONES = {"for": "4", "fore": "4", "to": "2", "too": "2", "won": "1", "ate": "8"}
"""What a recogniser writes for a digit that sounds alike."""
_NUMBER_WORDS = frozenset((*UNITS, *TEENS, *TENS, *TIMES, *OH, *MANY))
_FIGURES = re.compile(r"[\d-]")
"""Without one of these signs and words nothing in a text is a digit: ``4``, ``forty-one``."""
_FIGURE = re.compile(r"\d")
_WHICH_PART = frozenset({"first", "last", "next", "final", "other", "middle"})
_WHICH_TURN = _WHICH_PART | {"second", "third", "fourth"}
_SIZES = frozenset({"two", "three", "four", "five", "six", "eight"})
_COUNTED = frozenset({"count", "counted", "counting"})
_OF_PART = frozenset({"are", "is", "being", "digits", "numbers", "figures", "please"})
_BEHIND_PART = frozenset({"again", "for", "there", "once", "were", "back", "then", "was"})
_OF_WAITS = frozenset({"one", "two", "1", "2"})
_WAITS = frozenset(
    [
        "second",
        "seconds",
        "sec",
        "secs",
        "minute",
        "minutes",
        "min",
        "mins",
        "moment",
        "moments",
        "mo",
        "tick",
        "ticks",
    ]
)
"""What a speaker asks for in the middle of a number: ``four two one, one second``."""
_OF_THINGS = frozenset(
    [
        "the",
        "that",
        "this",
        "which",
        "old",
        "new",
        "wrong",
        "same",
        "first",
        "last",
        "other",
        "another",
        "each",
        "every",
    ]
)
_DROPS = ("ignore", "scratch", "scrap", "after", "forget")
_ENDS = (".", "?", "!")
_EDGES = "()[]{}<>#,.;:!?\"'`…*_"
_MONEY = re.compile(r"[$£€¥]")
_NUMERIC = re.compile(r"\+?\d[\d\-‐-―.,()/+]*")  # noqa: RUF001 - every dash a recogniser writes
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_STRETCH = re.compile(r"\d(?:(?:[^\w\s]|_){0,3}\d)*")
"""Digits with signs between them, whatever stands around: ``card=4111_1111_...``."""
_MISREAD = re.compile(r"[$£€]?(?:\d,\d{3}|\d{1,2}:\d{2}|\d{2}/\d{2})")
_DECIMAL = re.compile(r"\d+[.,]\d{1,2}")
_DATE = re.compile(r"\d{1,4}([/.-])\d{1,2}(?:\1\d{2,4})?|\d{1,2}[/-]\d{4}")
MONTH = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_NETWORK = re.compile(r"[12]?\d?\d(?:\.[12]?\d?\d){3}")
"""The address of a machine: ``192.168.1.1``."""
LONG = 7
"""Digits from which ``4,111,111`` is no amount in a number read out."""
_PAIR = 2
SURE = 13
"""Digits from which a sum of money is none."""


class Token(NamedTuple):
    """One token of ``text.split()``."""

    text: str
    plain: str
    """In lower case, without punctuation at its edges."""
    digits: str
    """What it adds to a number read out; empty where it is no part of one."""
    ends: bool
    """Whether a sentence ends with it."""


def has_figures(tokens: Sequence[Token]) -> bool:
    """Whether a figure is written in one of them."""
    return _FIGURE.search(" ".join(token.text for token in tokens)) is not None


def words_in(text: str) -> frozenset[str]:
    """The words of a list that is written as a text."""
    return frozenset(text.split())


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text with their digits."""
    words = text.split()
    plain = [word.strip(_EDGES).lower().replace("’", "'") for word in words]  # noqa: RUF001
    if text.isascii() and not _FIGURES.search(text) and _NUMBER_WORDS.isdisjoint(plain):
        digits = [""] * len(words)  # no number, as in nearly all that people say
    else:
        digits = _all_digits(words, plain)
    return [
        Token(word, bare, said, not word.isalpha() and word.rstrip("\"')]")[-1:] in _ENDS)
        for word, bare, said in zip(words, plain, digits, strict=True)
    ]


def _all_digits(words: Sequence[str], plain: Sequence[str]) -> list[str]:
    digits = [_digits(words, plain, place) for place in range(len(words))]
    for place, word in enumerate(plain):
        if word in OH and _beside_digits(plain, digits, place):
            digits[place] = "0"
        if word in _OF_WAITS and place + 1 < len(plain) and plain[place + 1] in _WAITS:
            digits[place] = ""
        if word == "one" and _stands_for_a_thing(words, plain, digits, place):
            digits[place] = ""
    for place in range(len(words) - 2, -1, -1):
        if plain[place] in TIMES and len(digits[place + 1]) == 1:
            digits[place] = digits[place + 1] * (TIMES[plain[place]] - 1)
        elif plain[place + 1] in MANY and plain[place] in SEVERAL:
            digits[place + 1] = MANY[plain[place + 1]]
            digits[place] = digits[place + 1] * (SEVERAL[plain[place]] - 1)
        elif plain[place + 1] in MANY and plain[place] == "of" and plain[place - 1] in _TWO:
            digits[place + 1] = MANY[plain[place + 1]] * 2
    return digits


def _beside_digits(plain: Sequence[str], digits: Sequence[str], place: int) -> bool:
    """Whether an "oh" stands among digits: it is one of them then."""
    around = [n for n in (place - 1, place + 1) if 0 <= n < len(plain)]
    if place + 2 < len(plain) and plain[place + 1] == "not":
        around.append(place + 2)  # "no, oh not four"
    if place > 1 and plain[place - 1] == "not":
        around.append(place - 2)
    return any(digits[n] or plain[n] in TIMES or plain[n] in OH for n in around)


def _stands_for_a_thing(
    words: Sequence[str], plain: Sequence[str], digits: Sequence[str], place: int
) -> bool:
    """Whether "one" is no figure: ``that's the one``, ``my old one``, ``the first one``."""
    alone = place + 1 == len(plain) or not digits[place + 1] or not words[place].isalnum()
    if place > 1 and plain[place - 1] == "that" and plain[place - 2] in _DROPS:
        return False  # "ignore that, one"
    return alone and place > 0 and plain[place - 1] in _OF_THINGS and words[place - 1].isalnum()


def _digits(words: Sequence[str], plain: Sequence[str], place: int) -> str:
    word = plain[place]
    following = plain[place + 1] if place + 1 < len(plain) else ""
    if word.isalpha() and word != "hundred":
        # Nearly every word; the rest looks for figures.
        return "" if _names_a_part(plain, place) else _said(word, following)
    before = plain[place - 1] if place else ""
    if _NUMERIC.fullmatch(word):
        return _written(words[place], word) or _glued(words[place])
    if glued := _glued(words[place]):
        return glued
    if "-" in word:
        return _joined(word.split("-"))
    if word == "hundred" and _counts_hundreds(before.rsplit("-", 1)[-1]):
        return "00"
    return _said(word, following)


def _counts_hundreds(before: str) -> bool:
    """Whether a word may stand before "hundred": ``four``, ``thirteen``, ``7``."""
    return before in UNITS or before in TEENS or (before.isdecimal() and len(before) <= _PAIR)


def _joined(parts: Sequence[str]) -> str:
    """Words with hyphens between them: ``sixty-three-oh-four``, ``two-hundred-and-six``."""
    if OH.union(UNITS, TEENS, TENS, TIMES).isdisjoint(parts[:1]):
        return ""
    digits = _all_digits(parts, parts)
    said = [bool(one) or part == "and" for part, one in zip(parts, digits, strict=True)]
    return "".join(digits) if all(said) and digits[-1] else ""


def _names_a_part(plain: Sequence[str], place: int) -> bool:
    """Whether a number tells how many digits come: ``the last four are``, ``first six digits``."""
    if place and plain[place - 1] in _COUNTED and plain[place] in TEENS:
        return True
    if place and (place + 1 == len(plain) or plain[place + 1] in _BEHIND_PART):
        return plain[place - 1] in _WHICH_TURN and plain[place] in _SIZES
    if not place or plain[place - 1] not in _WHICH_PART:
        return False
    before = plain[place - 2] if place > 1 else ""
    named = before == "the" and plain[place] in _SIZES
    return plain[place + 1] in _OF_PART or (named and _said(plain[place + 1], "") != "")


def _said(word: str, following: str) -> str:
    """One word; "forty" before "one" or "1" is only its 4."""
    if word in TENS:
        unit = following if len(following) == 1 else UNITS.get(following, "")
        return f"{TENS[word]}" if unit in _UNIT_FIGURES else f"{TENS[word]}0"
    return UNITS.get(word) or TEENS.get(word, "")


def _written(raw: str, word: str) -> str:
    digits = re.sub(r"\D", "", word)
    if len(digits) >= SURE:
        return digits
    harmless = _DECIMAL.fullmatch(word) or _NETWORK.fullmatch(word)
    if harmless or _MONEY.search(raw) or "%" in raw or "/" in word:
        return ""
    if _THOUSANDS.fullmatch(word) and len(digits) < LONG:
        return ""
    return digits


def _glued(raw: str) -> str:
    """The digits of a card number that stands among signs or letters in one token."""
    if sum(map(str.isdigit, raw)) < SHORTEST_CARD:
        return ""
    plain = unicodedata.normalize("NFKC", raw)
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    stretches = (re.sub(r"\D", "", found) for found in _STRETCH.findall(plain))
    return next((found for found in stretches if card_windows(found)), "")


def is_date(plain: str) -> bool:
    """Whether a token is a date in figures, ``12/05`` or ``3-4-85``."""
    return _DATE.fullmatch(plain) is not None


def readings(tokens: Sequence[Token]) -> list[str]:
    """The digits that each token may stand for where a recogniser took them for something else.

    A word that sounds like a digit, a time (``45:29``) or an amount (``2,720``, ``$4,111``).
    """
    return [
        token.digits
        or HOMOPHONES.get(token.plain, "")
        or (re.sub(r"\D", "", token.plain) if _MISREAD.fullmatch(token.plain) else "")
        for token in tokens
    ]


def passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others as on payment cards."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


SHORTEST_CARD = 13
LONGEST_CARD = 19


CARD_FORMS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[012])\d{13}|3[47]\d{13}"
    r"|3(?:0|6|8)\d{12}|(?:5[06-9]|6)\d{12,17}|35\d{14}"
)
"""By their first digits and length; a time stamp and most numbers of systems are none."""
SIZED_FORMS = re.compile(
    r"4\d{15}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[012])\d{13}|3[47]\d{13}|3(?:0|6|8)\d{12}"
    r"|(?:5[06-9]|6)\d{15}|35\d{14}"
)
"""Those in the length that nearly all cards have; fewer other numbers look like them."""


def is_whole_card(digits: str) -> bool:
    """Whether digits are a card number of a usual length, with nothing before or behind."""
    return SIZED_FORMS.fullmatch(digits) is not None and passes_luhn(digits)


def card_windows(digits: str) -> list[tuple[int, int]]:
    """Where in the digits a card number may stand, as (begin, end), whatever it begins with.

    Every stretch that is as long as a card number and passes its check.
    """
    return [
        (begin, begin + length)
        for begin in range(len(digits) - SHORTEST_CARD + 1)
        for length in range(SHORTEST_CARD, LONGEST_CARD + 1)
        if begin + length <= len(digits) and passes_luhn(digits[begin : begin + length])
    ]


def stretches(counting: Sequence[bool]) -> list[tuple[int, int]]:
    """The first and last place of all that counts and stands together, in order."""
    found: list[tuple[int, int]] = []
    for place, counts in enumerate(counting):
        if counts and found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        elif counts:
            found.append((place, place))
    return found
