"""What is said sign by sign: account numbers, telephone numbers, post codes, spelled names.

A run of signs counts where it is long enough, or where the words before it say that a code
comes ("my extension is four two"). Counting ("one, two, three") is no code.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from .atoms import Atom, Match, follows, word_at, words_before
from .cardinals import DIGITS, cardinal, is_number_word
from .signs import Signs, signs_of

_CUE = re.compile(
    r"(?:numbers?|codes?|pin|id|account|zip|postcode|postal|extension|ext|reference|ref|order|"
    r"ending|ends|digits|serial|tracking|policy|card|routing|sort|confirmation|flight|passcode|"
    r"password|licen[sc]e|plate|registration|model|invoice|ticket|claim|phone|telephone|mobile|"
    r"cell|fax|call|reach|dial|sku|part|booking|case|cv[vcn]|security)"
)
_TELEPHONE = re.compile(r"phone|telephone|mobile|cell|fax|call|reach|dial|landline")
_ACCOUNT = re.compile(r"account|order|reference|ref|card|ticket|policy|claim|case|serial|invoice")
_NAME = re.compile(r"names?|surname|spell(?:ed|ing|s)?|spelt|called|first|last|lastname")
_OPENS = frozenset(
    {"is", "are", "in", "number", "code", "pin", "extension", "ext", "digits", "it's", "was"}
)
_NAMES_A_CODE = frozenset(
    {
        *("code", "passcode", "pin", "number", "reference", "ref", "account", "extension", "ext"),
        *("digits", "routing", "confirmation", "serial", "postcode", "zip", "social"),
    }
)
"""Behind one of these a code may come right away, in pairs of digits too."""
_LAST_DIGITS = re.compile(
    r"\b(?:last|first) (?:three|four|five|six|3|4|5|6)\b|"
    r"\b(?:my|your|his|her|their|the) social (?:is|are|was|ends?|ending)\b|\bssn\b"
)
_SORT_CODE = re.compile(r"\d{6}")
_NEAR = 8
"""Words before a code among which one may say that it comes."""
_LABELS = frozenset(
    {
        *("press", "option", "extension", "ext", "room", "apartment", "apt", "suite", "unit"),
        *("flat", "gate", "terminal", "platform", "page", "version", "chapter", "dial", "pin"),
    }
)
"""A number behind one of these is its name: "press 1", "flat 4"."""
_LETTERED = frozenset(
    {
        *("gate", "terminal", "platform", "row", "seat", "bay", "zone", "exit", "form", "block"),
        *("room", "unit", "flat", "apartment", "suite", "locker", "desk", "stand", "dock"),
    }
)
"""What may be numbered with a letter in front: "gate B12"."""
_MOST_BEHIND_A_LETTER = 999
_NO_NUMBERING = frozenset({"of", "another", "more", "last", "point"})
_UNITS_OF_TIME = re.compile(
    r"(?:second|minute|hour|day|week|month|year|time|people|person|thing|item|call|percent|"
    r"dollar|pound|euro|cent|of|more|other|or|to|and)s?"
)
_PART = re.compile(r"[A-Z]+")
_UK_POST = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")
_CANADA_POST = re.compile(r"[A-Z]\d[A-Z]\d[A-Z]\d")
LEAST_ABROAD, MOST_ABROAD = 9, 15
"""Digits of a telephone number with the country's code (ITU-T E.164)."""
_FREE_CALL = (re.compile(r"(8(?:00|88|77|66|55|44|33))(\d{3})(\d{4})"), r"\1-\2-\3")
_BRITISH = (
    (re.compile(r"(02\d)(\d{4})(\d{4})"), r"\1 \2 \3"),
    (re.compile(r"(011\d|01\d1|03\d\d|08\d\d|09\d\d)(\d{3})(\d{4})"), r"\1 \2 \3"),
    (re.compile(r"(0[1-79]\d{3})(\d{6})"), r"\1 \2"),
)
"""How British telephone numbers are grouped, by the length of their area code."""
_SURE_SHAPES = (
    (re.compile(r"1(8(?:00|88|77|66|55|44|33))(\d{3})(\d{4})"), r"1-\1-\2-\3"),
    (re.compile(r"(\d{4})(\d{4})(\d{4})(\d{4})"), r"\1 \2 \3 \4"),
)
"""How digits are grouped whatever they are: called free of charge, payment cards."""
_SHAPES = (
    *_SURE_SHAPES,
    (re.compile(r"([2-9]\d\d)(\d{3})(\d{4})"), r"\1-\2-\3"),
    (re.compile(r"(\d{3})(\d{4})"), r"\1-\2"),
)
"""How telephone numbers are grouped in North America."""


def label(atoms: Sequence[Atom], place: int) -> Match | None:
    """One digit behind a word that it numbers: "press one", "option two or three".

    Or a letter with a number behind it: "gate B twelve".
    """
    word = atoms[place].word
    lettered = _behind_a_letter(atoms, place)
    if lettered is not None:
        return lettered
    digit = DIGITS.get(word)
    if digit is None or not _labelled(atoms, place) or atoms[place].inside:
        return None
    after = word_at(atoms, place + 1) if atoms[place].runs_on else ""
    if after in _NO_NUMBERING or is_number_word(after) or len(after) == 1:
        return None
    return Match(place + 1, str(digit))


def _behind_a_letter(atoms: Sequence[Atom], place: int) -> Match | None:
    """A number that belongs to the letter before it: "gate B twelve", "form W two"."""
    letter, before = atoms[place], words_before(atoms, place, 1)
    if not before or before[-1] not in _LETTERED or not letter.runs_on:
        return None
    if len(letter.raw) != 1 or not letter.raw.isalpha() or letter.raw in "ai":
        return None
    number = cardinal(atoms, place + 1)
    if number is None or not 0 < number.value <= _MOST_BEHIND_A_LETTER:
        return None
    after = follows(atoms, number.end)
    goes_on = is_number_word(after) or after == "point" or len(after) == 1
    if goes_on or (_UNITS_OF_TIME.fullmatch(after) and after != "and"):
        return None
    return Match(number.end, f"{letter.raw.upper()}{number.value}")


def _labelled(atoms: Sequence[Atom], place: int) -> bool:
    before = words_before(atoms, place, 3)
    if before and before[-1] in _LABELS:
        return True
    joined = len(before) == 3 and before[1] in DIGITS and before[2] in ("or", "and")
    return joined and before[0] in _LABELS


def code(atoms: Sequence[Atom], place: int) -> Match | None:
    """A run of digits and letters that begins at a place."""
    before = _announcing(atoms, place)
    if before[-1:] in (["last"], ["first"]) and atoms[place].tail == ",":
        return None  # "the last four, six seven eight nine"
    cued = any(_CUE.fullmatch(word) for word in before) or _last_digits(before)
    strict = cued and bool(before) and (before[-1] in _OPENS or before[-1] in _NAMES_A_CODE)
    named = any(_NAME.fullmatch(word) for word in before[-6:]) or _asked_to_spell(atoms, place)
    signs = signs_of(atoms, place, cued=cued, strict=strict, lettered=named)
    if signs is None:
        return None
    least = 2 if strict or signs.explained > 1 else 3
    enough = len(signs.joined.replace("-", "").replace("/", "")) >= least
    if not enough or signs.end - place < 2:
        return None
    if signs.has_letters:
        spelled = None if signs.has_digits else _spelled(atoms, place, signs, named=named)
        spelled = spelled or _post_code_in_two(atoms, signs)
        return spelled or Match(signs.end, _mixed(signs))
    if (_counts(signs) and not cued) or _measures(signs, atoms):
        return None
    return Match(signs.end, digits_as_written(signs, before))


def _asked_to_spell(atoms: Sequence[Atom], place: int) -> bool:
    """Whether the sentence before it asks for a name to be spelled: "Can you spell that?"."""
    return any(word.startswith("spel") for word in words_before(atoms, place - 1, 4)) or (
        word_at(atoms, place - 1).startswith("spel")
    )


def _announcing(atoms: Sequence[Atom], place: int) -> list[str]:
    """The words that may say that a code comes, also where a stop parts them from it."""
    before = words_before(atoms, place, _NEAR)
    if before or not place or atoms[place - 1].word not in _NAMES_A_CODE:
        return before
    return [*words_before(atoms, place - 1, _NEAR - 1), atoms[place - 1].word]


def _last_digits(before: Sequence[str]) -> bool:
    """Whether the last digits of something come: "last four of my social are"."""
    return bool(_LAST_DIGITS.search(" ".join(before)))


def abroad(atoms: Sequence[Atom], place: int) -> Match | None:
    """A telephone number of another country: "plus four four, seven seven ..."."""
    if word_at(atoms, place) != "plus" or place + 1 >= len(atoms):
        return None
    signs = signs_of(atoms, place + 1, cued=True, strict=True, lettered=False)
    if signs is None or not LEAST_ABROAD <= len(signs.joined) <= MOST_ABROAD:
        return None
    return Match(signs.end, f"+{signs.joined}") if signs.joined.isdigit() else None


def _measures(signs: Signs, atoms: Sequence[Atom]) -> bool:
    """Whether a few numbers one after the other say how much: "two, three weeks"."""
    last = atoms[signs.end - 1]
    after = word_at(atoms, signs.end) if last.runs_on else ""
    few = len(signs.joined) <= 3 and signs.commas > 0
    return (few or len(signs.joined) == 2) and bool(_UNITS_OF_TIME.fullmatch(after))


def _counts(signs: Signs) -> bool:
    """Whether somebody counts up or down in steps of one, as in "one, two, three"."""
    if not signs.joined.isdigit() or len(signs.joined) > 5 or "0" in signs.joined:
        return False
    values = [int(sign) for sign in signs.joined]
    steps = {b - a for a, b in itertools.pairwise(values)}
    return steps in ({1}, {-1})


def sort_code(atoms: Sequence[Atom], place: int) -> Match | None:
    """The six digits of a British bank's branch, as a recogniser joins them: ``204167``."""
    if not _SORT_CODE.fullmatch(atoms[place].word) or atoms[place].inside:
        return None
    comes = _sort_code_comes(words_before(atoms, place, _NEAR))
    return Match(place + 1, _in_pairs(atoms[place].word)) if comes else None


def _sort_code_comes(before: Sequence[str]) -> bool:
    """Whether the digits behind these words are a sort code, and no other number named since."""
    for at in range(len(before) - 1, 0, -1):
        if before[at].removesuffix("'s") == "code" and before[at - 1] == "sort":
            return True
        if _ACCOUNT.fullmatch(before[at]):
            return False
    return False


def _in_pairs(digits: str) -> str:
    return "-".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def digits_as_written(signs: Signs, before: Sequence[str]) -> str:
    """Digits in the groups in which telephone numbers, cards and the like are written."""
    joined = signs.joined
    if not joined.isdigit():
        return joined
    if len(joined) == 6 and _sort_code_comes(before):
        return _in_pairs(joined)
    if len(joined) == 9 and {"social", "ssn"}.intersection(before):
        return f"{joined[:3]}-{joined[3:5]}-{joined[5:]}"
    groups = [group for group in signs.groups if group]
    lengths = tuple(len(group) for group in groups)
    if lengths in {(3, 4), (3, 3, 4), (1, 3, 3, 4)}:
        return "-".join(groups)
    telephone = any(_TELEPHONE.search(word) for word in before)
    account = any(_ACCOUNT.fullmatch(word) for word in before)
    shapes = _SHAPES if telephone and not account else _SURE_SHAPES
    shapes = shapes if account else (*_BRITISH, *shapes)
    shapes = shapes if account else (*shapes, _FREE_CALL)
    for shape, replaced in shapes:
        if shape.fullmatch(joined):
            return shape.sub(replaced, joined)
    apart = len(groups) > 1 and min(lengths) >= 2
    return " ".join(groups) if apart else joined


def _mixed(signs: Signs) -> str:
    joined = signs.joined
    if _UK_POST.fullmatch(joined) or _CANADA_POST.fullmatch(joined):
        return f"{joined[:-3]} {joined[-3:]}"
    return joined


def _post_code_in_two(atoms: Sequence[Atom], signs: Signs) -> Match | None:
    """Both parts of a post code that a pause divides: "L S six, two B Q"."""
    if atoms[signs.end - 1].tail != "," or not signs.has_digits:
        return None
    rest = signs_of(atoms, signs.end, cued=True, strict=False, lettered=False)
    if rest is None:
        return None
    both = Signs((signs.joined, rest.joined), rest.end, 1)
    written = _mixed(both)
    return Match(rest.end, written) if " " in written else None


def _spelled(atoms: Sequence[Atom], place: int, signs: Signs, *, named: bool) -> Match:
    """Letters alone: a name, or the short form of one."""
    letters = signs.joined
    if not letters.isalpha():
        return Match(signs.end, _PART.sub(_capitalised, letters) if named else letters)
    said_before = word_at(atoms, place - 1).replace("'s", "").replace("'", "")
    if said_before == letters.lower() or _is_misheard(atoms, place, letters):
        return Match(signs.end, "-".join(letters))
    if atoms[place].inside and not named:
        return Match(signs.end, None)
    if named and len(letters) >= 3:
        return Match(signs.end, letters.capitalize())
    return Match(signs.end, letters if len(letters) < 6 else "-".join(letters))


def _is_misheard(atoms: Sequence[Atom], place: int, letters: str) -> bool:
    """Whether the name before its letters was heard as another: "Wellen, W-H-E-L-A-N"."""
    if place < 2 or len(letters) < 4 or atoms[place - 1].tail != ",":
        return False
    said = atoms[place - 1]
    near = abs(len(said.word) - len(letters)) <= 2
    return said.capital and near and said.word[:1] == letters[:1].lower()


def _capitalised(part: re.Match[str]) -> str:
    return part.group().capitalize()


def initials(atoms: Sequence[Atom], place: int) -> Match | None:
    """Two capital letters that stand for something: "U S", "T V"."""
    if place + 1 >= len(atoms) or not atoms[place].runs_on or atoms[place].inside:
        return None
    first, second = atoms[place], atoms[place + 1]
    both = all(len(a.raw) == 1 and a.raw.isalpha() and a.raw.isupper() for a in (first, second))
    if not both or first.raw in "AI" or second.raw in "AI" or second.inside:
        return None
    after = word_at(atoms, place + 2)
    return None if len(after) == 1 and after.isalpha() else Match(place + 2, first.raw + second.raw)
