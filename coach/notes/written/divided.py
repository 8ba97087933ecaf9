"""Figures that a recogniser divides in its own way: ``07-811-492-637``, ``30.94.55``.

They are put together and divided as such numbers are written, where their length and their first
digits, or the words before them, say which they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .atoms import Atom, Match, follows, words_before

_DOTTED = re.compile(r"\d+(?:\.\d+){2,}")
_GLUED_TIME = re.compile(r"(1[0-2]|[1-9])\.([0-5]\d)([ap]m)")
_MOST = 12
"""Parts at most."""
_NEAR = 8
"""Words before among which one may say which number comes."""
_SORTS = frozenset({"sort", "short"})
"""Before "code"; the recogniser writes the one for the other."""
_CODE = frozenset({"code", "code's"})
_ZIP = frozenset({"zip", "zip's", "zipcode"})
_BORN = frozenset({"born", "birth", "birthday", "dob"})
_TELEPHONE = re.compile(r"(?:tele)?phones?|mobiles?|cells?|call|reach|ring|landline")
_EUROPEAN = (
    (re.compile(r"(02\d)(\d{4})(\d{4})"), r"\1 \2 \3"),
    (re.compile(r"(011\d|01\d1|03\d\d|08\d\d|09\d\d)(\d{3})(\d{4})"), r"\1 \2 \3"),
    (re.compile(r"(0[17]\d{3})(\d{6})"), r"\1 \2"),
    (re.compile(r"(08[35-9])(\d{3})(\d{4})"), r"\1 \2 \3"),
)
"""British telephone numbers by the length of their area code, and Irish mobile ones."""
_AMERICAN = re.compile(r"([2-9]\d\d)([2-9]\d\d)(\d{4})")
_BIRTH = re.compile(r"(\d\d?)(\d\d?)((?:19|20)\d\d)")
_CODE_CUE = re.compile(
    r"accounts?|reference|ref|ticket|claim|case|policy|order|serial|booking|customer|invoice|"
    r"membership|confirmation|tracking|registration"
)
_OPENS = frozenset({"is", "it's", "number", "reference", "code", "ticket", "ref", "number's"})
_CAPITALS = re.compile(r"[A-Z]{2,4}")
_SIGNS = re.compile(r"[A-Z\d]+")
_FEW = 3
"""Digits behind capitals that make a code with them."""


def divided(atoms: Sequence[Atom], place: int) -> Match | None:
    """A number in several parts of figures that begins at a place, the longest there is."""
    before = words_before(atoms, place, _NEAR)
    for end, parts in reversed(list(_parts(atoms, place))):
        if len(parts) < 2:
            continue
        text = _as_written(parts, before, hyphened=_hyphened(atoms, place, end))
        if text:
            return Match(end, text)
    return None


def glued_time(atoms: Sequence[Atom], place: int) -> Match | None:
    """A time whose parts a recogniser divides by a dot: ``8.30am``."""
    time = _GLUED_TIME.fullmatch(atoms[place].word)
    return time and Match(place + 1, f"{time[1]}:{time[2]}{time[3]}")


def capitals_and_digits(atoms: Sequence[Atom], place: int) -> Match | None:
    """A code whose letters a recogniser puts apart, where words say that it comes: ``INC 102``."""
    first = atoms[place]
    before = words_before(atoms, place, _NEAR)
    comes = before[-1:] and before[-1] in _OPENS and any(map(_CODE_CUE.fullmatch, before))
    if not comes or not _CAPITALS.fullmatch(first.raw) or first.tail not in ("", "-", ","):
        return None
    text, end = first.raw, place + 1
    while end < len(atoms) and _SIGNS.fullmatch(atoms[end].raw) and atoms[end].raw.isdecimal():
        text, end = text + atoms[end].raw, end + 1
        if atoms[end - 1].tail not in ("", "-", ","):
            break
    return Match(end, text) if len(text) - len(first.raw) >= _FEW else None


def _parts(atoms: Sequence[Atom], place: int) -> Iterator[tuple[int, list[str]]]:
    """Every run of figures from a place on, with the index of the atom behind it."""
    parts: list[str] = []
    for end in range(place, min(place + _MOST, len(atoms))):
        word = atoms[end].word
        if word.isdecimal():
            parts = [*parts, word]
        elif _DOTTED.fullmatch(word):
            parts = [*parts, *word.split(".")]
        else:
            return
        if atoms[end].inside:
            continue
        if not follows(atoms, end + 1).isdecimal():
            yield end + 1, parts
        if atoms[end].tail not in ("", "-", ","):
            return


def _hyphened(atoms: Sequence[Atom], place: int, end: int) -> bool:
    """Whether a recogniser wrote them as one word."""
    return atoms[place].token == atoms[end - 1].token


def _as_written(parts: Sequence[str], before: Sequence[str], *, hyphened: bool) -> str:
    """The parts in the form of the number that they are; nothing where it is not plain."""
    joined = "".join(parts)
    lengths = [len(part) for part in parts]
    if lengths == [2, 2, 2] and _sort_code_comes(before):
        return "-".join(parts)
    if _BORN.intersection(before):
        return _date_of_birth(parts)
    if len(joined) == 5 and _ZIP.intersection(before):
        return joined
    for shape, form in _EUROPEAN:
        if shape.fullmatch(joined):
            return shape.sub(form, joined)
    telephone = any(map(_TELEPHONE.fullmatch, before)) or hyphened
    if telephone and lengths[0] in (3, 6) and _AMERICAN.fullmatch(joined):
        return _AMERICAN.sub(r"\1-\2-\3", joined)
    return ""


def _sort_code_comes(before: Sequence[str]) -> bool:
    pairs = list(zip(before, before[1:], strict=False))[-3:]
    return any(first in _SORTS and second in _CODE for first, second in pairs)


def _date_of_birth(parts: Sequence[str]) -> str:
    """Such as ``07-19-1984``, ``0719 1984``; day and month in the order in which they are said."""
    if len(parts) == 2 and len(parts[0]) == 4:
        parts = [parts[0][:2], parts[0][2:], parts[1]]
    if len(parts) != 3 or not _BIRTH.fullmatch("".join(parts)) or len(parts[2]) != 4:
        return ""
    first, second = int(parts[0]), int(parts[1])
    likely = 1 <= min(first, second) <= 12 and max(first, second) <= 31
    return f"{first:02d}/{second:02d}/{parts[2]}" if likely else ""
