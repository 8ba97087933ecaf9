"""Post codes, however a recogniser divides them: ``SW1A-2AA``, ``d04 x2k8``, ``m20 for WG``.

Their grammar tells them apart. Where words before say that a post code comes, the parts may be
words that sound like letters and digits.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from .atoms import Atom, Match, word_at, words_before
from .cardinals import DIGITS
from .divided import CODE_CUE
from .signs import ALPHABET, LETTERS_SOUND_LIKE

_AREAS = frozenset(
    {
        *("AB", "AL", "B", "BA", "BB", "BD", "BH", "BL", "BN", "BR", "BS", "BT", "CA"),
        *("CB", "CF", "CH", "CM", "CO", "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG"),
        *("DH", "DL", "DN", "DT", "DY", "E", "EC", "EH", "EN", "EX", "FK", "FY", "G"),
        *("GL", "GU", "GY", "HA", "HD", "HG", "HP", "HR", "HS", "HU", "HX", "IG", "IM"),
        *("IP", "IV", "JE", "KA", "KT", "KW", "KY", "L", "LA", "LD", "LE", "LL", "LN"),
        *("LS", "LU", "M", "ME", "MK", "ML", "N", "NE", "NG", "NN", "NP", "NR", "NW"),
        *("OL", "OX", "PA", "PE", "PH", "PL", "PO", "PR", "RG", "RH", "RM", "S", "SA"),
        *("SE", "SG", "SK", "SL", "SM", "SN", "SO", "SP", "SR", "SS", "ST", "SW", "SY"),
        *("TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW", "UB", "W", "WA", "WC", "WD"),
        *("WF", "WN", "WR", "WS", "WV", "YO", "ZE"),
    }
)
"""The letters with which British post codes begin."""
_BRITISH = re.compile(r"([A-Z]{1,2})(?:\d{1,2}|\d[A-Z])\d[ABD-HJLNP-UW-Z]{2}")
_IRISH = re.compile(r"(?:[AC-FHKNPRTV-Y]\d\d|D6W)[\dAC-FHKNPRTV-Y]{4}")
_INWARD = 3
_ROUTING = 3
"""Signs of the second part of a British post code, of the first of an Irish one."""
_PART = re.compile(r"[A-Za-z\d]{1,8}")
_MEASURE = re.compile(r"\d+(?:hrs?|ft|gb|lbs?|st|px|hz|db|tb)")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_MOST = 8
"""Parts of which a post code may consist: seven signs, "double" among them."""
_WRITTEN = 3
"""Likewise where no word says that a post code comes."""
_NEAR = 8
"""Words before it among which one may say so."""
_CUES = frozenset(
    {"postcode", "postcodes", "postcode's", "eircode", "eircode's", "aircode", "ercode", "icode"}
)
_CODE = frozenset({"code", "codes", "code's"})
_POST = frozenset({"post", "postal", "air", "eir", "i", "ear", "er"})
"""Before "code", as it is said and as "Eircode" is heard."""
_IN_SOUND = {
    **LETTERS_SOUND_LIKE,
    **{word: str(digit) for word, digit in DIGITS.items()},
    **ALPHABET,
    "oh": "0",
    "to": "2",
    "too": "2",
    "for": "4",
    "ate": "8",
    "won": "1",
}
_DIGIT_SOUNDS = {"to": "2", "too": "2", "for": "4"}


def post_code(atoms: Sequence[Atom], place: int) -> Match | None:
    """A British or Irish post code that begins at a place."""
    if not _part(atoms, place, cued=True) and atoms[place].word != "double":
        return None
    cued = _comes(atoms, place)
    if not cued and any(map(CODE_CUE.fullmatch, words_before(atoms, place, _NEAR))):
        return None
    parts: list[str] = []
    best: Match | None = None
    end = place
    while end < len(atoms) and len(parts) < _MOST:
        # Where no word says that a post code comes, it is one word, or a few.
        if not cued and len(parts) >= _WRITTEN and atoms[end].token != atoms[place].token:
            break
        doubled = cued and atoms[end].word == "double" and word_at(atoms, end + 1) in ("u", "you")
        part = "W" if doubled else _part(atoms, end, cued=cued)
        if not part:
            break
        parts.append(part)
        end += 2 if doubled else 1
        found = _shaped("".join(parts), irish=cued)
        if found and (cued or _is_plain(atoms, place, end)):
            best = Match(end, found)
        if atoms[end - 1].tail not in (("", "-", ",", ".") if cued else ("", "-", ",")):
            break
    return best


def _comes(atoms: Sequence[Atom], place: int) -> bool:
    """Whether words before a place say that a post code comes."""
    before = words_before(atoms, place, _NEAR)
    if any(word in _CUES for word in before):
        return True
    pairs = itertools.pairwise(before)
    return any(first in _POST and second in _CODE for first, second in pairs)


def _part(atoms: Sequence[Atom], place: int, *, cued: bool) -> str:
    """The signs of a word; nothing where it has none."""
    atom = atoms[place]
    sounds = _IN_SOUND if cued else _DIGIT_SOUNDS
    if atom.word in sounds:
        return sounds[atom.word]
    figures = any(sign.isdigit() for sign in atom.raw)
    raw = atom.raw.replace(".", "") if cued else atom.raw
    if not _PART.fullmatch(raw) or not (figures or raw.isupper() or len(raw) == 1):
        return ""
    return raw.upper()


def _is_plain(atoms: Sequence[Atom], place: int, end: int) -> bool:
    """Whether nothing but a post code looks like this, whatever is said before it."""
    raw = [atom.raw for atom in atoms[place:end]]
    mixed = [not part.isalpha() and not part.isdecimal() for part in raw]
    if atoms[place].token == atoms[end - 1].token and any(part.isupper() for part in raw):
        return True
    if not any(mixed) or any(_ORDINAL.fullmatch(part) for part in raw):
        return False
    # Capitals, or a single word; "to" and "for" only before two capitals.
    for at, part in enumerate(raw):
        if part in _DIGIT_SOUNDS and not (at == len(raw) - 2 and re.fullmatch("[A-Z]{2}", raw[-1])):
            return False
    alike = all(part.isupper() or part.isdecimal() or part in _DIGIT_SOUNDS for part in raw[1:])
    small = len(raw) == 2 and all(mixed) and not _MEASURE.fullmatch(raw[1])
    behind = word_at(atoms, end) if atoms[end - 1].runs_on else ""
    return (alike or small) and mixed[0] and not behind.isdecimal()


def _shaped(joined: str, *, irish: bool) -> str:
    """The signs as a post code is written; nothing if they are none."""
    british = _BRITISH.fullmatch(joined)
    if british is not None and british[1] in _AREAS:
        return f"{joined[:-_INWARD]} {joined[-_INWARD:]}"
    if irish and _IRISH.fullmatch(joined):
        return f"{joined[:_ROUTING]} {joined[_ROUTING:]}"
    return ""
