"""Figures that a recogniser divides in its own way: ``07-811-492-637``, ``30.94.55``.

They are put together and divided as such numbers are written, where their length and their first
digits, or the words before them, say which they are.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from .atoms import Atom, Match, word_at, words_before
from .cardinals import DIGITS
from .signs import MISHEARD, TIMES

_DOTTED = re.compile(r"\d+(?:\.\d+)+")
_MONTH_AND_YEAR = re.compile(r"(0[1-9]|1[0-2])[.-](\d\d)")
_GLUED_TIME = re.compile(r"(1[0-2]|[1-9])\.([0-5]\d)([ap]m)")
_MOST = 12
"""Parts at most."""
_NEAR = 8
"""Words before among which one may say which number comes."""
_SORTS = frozenset(
    {
        *("sort", "sorts", "short", "soar", "source", "salt", "sought", "sword", "sore", "saw"),
        *("four", "fort", "tore", "store", "shore", "sewer", "thought", "shot"),
    }
)
"""Before "code": "sort", and what it is misheard for."""
_CODE = frozenset({"code", "code's"})
_ZIP = frozenset({"zip", "zip's", "zipcode"})
_METER = frozenset({"reading", "readings", "meter"})
_READING_DIGITS = range(5, 9)
_OF_A_MACHINE = ("192", "168")
"""With which the addresses of machines at home begin."""
_BORN = frozenset({"born", "birth", "birthday", "dob"})
_TELEPHONE = re.compile(r"(?:tele)?phones?|mobiles?|cells?|call|reach|ring|landline")
_EUROPEAN = (
    (re.compile(r"(02\d)(\d{4})(\d{4})"), r"\1 \2 \3"),
    (re.compile(r"(011\d|01\d1|03\d\d|08\d\d|09\d\d)(\d{3})(\d{4})"), r"\1 \2 \3"),
    (re.compile(r"(0[17]\d{3})(\d{6})"), r"\1 \2"),
    (re.compile(r"(0[58]00)(\d{3})(\d{3})"), r"\1 \2 \3"),
    (re.compile(r"(08[35-9])(\d{3})(\d{4})"), r"\1 \2 \3"),
)
"""British telephone numbers by the length of their area code, and Irish mobile ones."""
_AMERICAN = (re.compile(r"([2-9]\d\d)([2-9]\d\d)(\d{4})"), r"\1-\2-\3")
_BIRTH = re.compile(r"(\d\d?)(\d\d?)((?:19|20)\d\d)")
CODE_CUE = re.compile(
    r"accounts?|reference|ref|ticket|claim|case|policy|order|serial|booking|customer|invoice|"
    r"membership|confirmation|tracking|registration"
)
_OPENS = frozenset({"is", "it's", "number", "reference", "code", "ticket", "ref", "number's"})
_CAPITALS = re.compile(r"[A-Z]{1,4}")
_MIXED = re.compile(r"[A-Za-z\d]{1,10}")
_SIGNS = re.compile(r"[A-Z\d]+")
_FEW = 3
"""Digits behind capitals that make a code with them."""


def divided(atoms: Sequence[Atom], place: int) -> Match | None:
    """A number in several parts of figures that begins at a place, the longest there is."""
    runs = [(end, parts) for end, parts in _parts(atoms, place) if len(parts) > 1]
    before = words_before(atoms, place, _NEAR) if runs else []
    for end, parts in reversed(runs):
        sounds = any(atom.word in MISHEARD for atom in atoms[place:end])
        # What only sounds like a digit counts where the digits alone tell which number it is.
        text = _as_written(parts, [] if sounds else before, whole=_is_one_word(atoms, place, end))
        if text:
            return Match(end, text)
    return None


def glued_time(atoms: Sequence[Atom], place: int) -> Match | None:
    """A time whose parts a recogniser divides by a dot: ``8.30am``."""
    time = _GLUED_TIME.fullmatch(atoms[place].word)
    return time and Match(place + 1, f"{time[1]}:{time[2]}{time[3]}")


def dotted_expiry(atoms: Sequence[Atom], place: int) -> Match | None:
    """Month and year of a card as a recogniser divides them: ``08.29``."""
    found = _MONTH_AND_YEAR.fullmatch(atoms[place].word)
    if found is None or not any("expir" in word for word in words_before(atoms, place, 6)):
        return None
    return Match(place + 1, f"{found[1]}/{found[2]}")


def code_in_parts(atoms: Sequence[Atom], place: int) -> Match | None:
    """A code that a recogniser divides by spaces and commas, where words say that it comes.

    Such as ``INC 102``, ``G4 1198``, ``L, 94, B, 0317``; and ``774dk12`` in small letters.
    """
    first = atoms[place]
    mixed = not first.raw.isalpha() and not first.raw.isdecimal()
    begins = mixed or (_CAPITALS.fullmatch(first.raw) and (len(first.raw) > 1 or first.tail == ","))
    if not begins or not _MIXED.fullmatch(first.raw) or first.inside:
        return None
    before = words_before(atoms, place, _NEAR)
    if before[-1:] == [] or before[-1] not in _OPENS or not any(map(CODE_CUE.fullmatch, before)):
        return None
    text, end = first.raw.upper(), place + 1
    while end < len(atoms) and atoms[end - 1].tail in ("", ",") and not atoms[end].inside:
        if not _SIGNS.fullmatch(atoms[end].raw) or atoms[end].raw in ("A", "I"):
            break
        text, end = text + atoms[end].raw, end + 1
    digits, letters = sum(map(str.isdecimal, text)), sum(map(str.isalpha, text))
    small = mixed and end == place + 1 and letters > 1
    return Match(end, text) if digits >= _FEW and (end > place + 1 or small) else None


def spelled_and_digits(atoms: Sequence[Atom], place: int) -> Match | None:
    """A code that a recogniser wrote as one word, letter by letter: ``K-T-4792``.

    A hyphen behind more than one letter may have been said.
    """
    end = place + 1
    while atoms[end - 1].inside:
        end += 1
    parts = [atom.raw for atom in atoms[place:end]]
    letters = [part for part in parts if part.isalpha()]
    plain = all(map(_SIGNS.fullmatch, parts)) and all(len(part) == 1 for part in letters)
    joined = "".join(parts)
    if not plain or not letters or len(parts) < 3 or sum(map(str.isdecimal, joined)) < _FEW:
        return None
    cued = any(map(CODE_CUE.fullmatch, words_before(atoms, place, _NEAR)))
    return Match(end, joined) if cued else None


def _parts(atoms: Sequence[Atom], place: int) -> Iterator[tuple[int, list[str]]]:
    """Every run of figures from a place on, with the index of the atom behind it."""
    parts: list[str] = []
    end = place
    while end < len(atoms) and len(parts) < _MOST:
        found = _part(atoms, end, begins=not parts)
        if found is None:
            return
        more, end = found
        parts = [*parts, *more]
        last = atoms[end - 1]
        goes_on = last.inside or (last.runs_on and _part(atoms, end, begins=False))
        if not goes_on and any(len(part) > 1 for part in parts):
            yield end, parts
        if last.tail not in ("", "-", ","):
            return


def _part(atoms: Sequence[Atom], place: int, *, begins: bool) -> tuple[list[str], int] | None:
    """Figures at a place, or what is said for a digit or for more of the same among figures."""
    word = word_at(atoms, place)
    if word.isdecimal():
        return [word], place + 1
    if _DOTTED.fullmatch(word) and (word.count(".") > 1 or _behind_sort_code(atoms, place)):
        return word.split("."), place + 1
    digit = _digit(word_at(atoms, place + 1))
    if word in TIMES and digit and not begins:
        return [digit * TIMES[word]], place + 2
    digit = _digit(word)
    if not digit or (begins and not (digit == "0" and atoms[place].runs_on)):
        return None
    return [digit], place + 1


def _digit(word: str) -> str:
    """The digit that a word says or sounds like; nothing if it is none."""
    if word in ("oh", "o"):
        return "0"
    if len(word) == 1 and word.isdecimal():
        return word
    return str(DIGITS[word]) if word in DIGITS else MISHEARD.get(word, "")


def _behind_sort_code(atoms: Sequence[Atom], place: int) -> bool:
    """Whether "sort code" stands right before a place, or with "is" between."""
    before = words_before(atoms, place, 3)
    return any(pair == ("sort", "code") for pair in itertools.pairwise(before))


def _is_one_word(atoms: Sequence[Atom], place: int, end: int) -> bool:
    """Whether a recogniser wrote them as one word."""
    return atoms[place].token == atoms[end - 1].token


def _as_written(parts: Sequence[str], before: Sequence[str], *, whole: bool) -> str:
    """The parts in the form of the number that they are; nothing where it is not plain.

    ``whole``: the recogniser wrote them as one word.
    """
    joined = "".join(parts)
    if _is_sort_code(parts, before):
        return "-".join((joined[:2], joined[2:4], joined[4:]))
    if _BORN.intersection(before):
        return _date_of_birth(parts)
    if _is_undivided(parts, before, whole=whole):
        return joined
    if whole and len(parts) == 4 and tuple(parts[:2]) == _OF_A_MACHINE:
        return ".".join(parts)
    telephone = any(map(_TELEPHONE.fullmatch, before)) or whole
    american = telephone and len(parts[0]) in (3, 6)
    shapes = (*_EUROPEAN, _AMERICAN) if american else _EUROPEAN
    return next((shape.sub(form, joined) for shape, form in shapes if shape.fullmatch(joined)), "")


def _is_undivided(parts: Sequence[str], before: Sequence[str], *, whole: bool) -> bool:
    """Whether the words before say that a number comes that is written without divisions."""
    digits, said = sum(map(len, parts)), set(before)
    if digits == 5 and _ZIP & said:
        return True
    if _METER & said and digits in _READING_DIGITS:
        return "pressure" not in said
    if not whole:
        return False
    if {"last", "digits"} <= said or {"first", "digits"} <= said:
        return digits <= 4
    halves = [len(part) for part in parts] == [4, 4]
    years = all(part.startswith(("19", "20")) for part in parts)
    return {"account", "number"} <= said and halves and not years


def _is_sort_code(parts: Sequence[str], before: Sequence[str]) -> bool:
    """Whether the words before say that a sort code comes; a misheard one is in three pairs."""
    pairs = list(itertools.pairwise(before))[-3:]
    sorts = {first for first, second in pairs if first in _SORTS and second in _CODE}
    in_pairs = [len(part) for part in parts] == [2, 2, 2]
    return bool(sorts) and (in_pairs or ("sort" in sorts and sum(map(len, parts)) == 6))


def _date_of_birth(parts: Sequence[str]) -> str:
    """Such as ``07-19-1984``, ``0719 1984``; day and month in the order in which they are said."""
    if len(parts) == 2 and len(parts[0]) == 4:
        parts = [parts[0][:2], parts[0][2:], parts[1]]
    if len(parts) != 3 or not _BIRTH.fullmatch("".join(parts)) or len(parts[2]) != 4:
        return ""
    first, second = int(parts[0]), int(parts[1])
    likely = 1 <= min(first, second) <= 12 and max(first, second) <= 31
    return f"{first:02d}/{second:02d}/{parts[2]}" if likely else ""
