"""The written form of an utterance, and which words each piece of it stands for.

What is heard stays as it is for the rules and in the journal; this is for the eye alone.
Where it is not plain what was meant, the words stay.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import msgspec

from .addresses import address
from .amounts import amount
from .atoms import Atom, Match, atoms_of, words_before
from .codes import abroad, code, initials, label, sort_code
from .dates import date, decade, expiry, rank, year
from .divided import code_in_parts, divided, dotted_expiry, glued_time, spelled_and_digits
from .figures import figure, fixed
from .numbered import dotted, half, house, lettered, negative
from .post_codes import post_code
from .star_codes import star_code
from .times import time_of_day

NOTHING_SAID = "…"
"""What stands for an utterance that was nothing but hesitation."""

_HESITATIONS = frozenset({"um", "uh", "uhm", "umm", "uhh", "erm", "er", "ehm", "errr", "uhhh"})
_OPENINGS = frozenset(
    {"yes", "no", "well", "so", "okay", "ok", "yeah", "right", "hello", "hi", "sorry", "please"}
)
_PLURALS = frozenset(
    {"ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines", "niners"}
)
"""Ends of names such as "eighty-sixes", which nobody writes in figures."""
_READ: tuple[Callable[[Sequence[Atom], int], Match | None], ...] = (
    address,
    post_code,
    star_code,
    glued_time,
    negative,
    dotted,
    lettered,
    house,
    half,
    dotted_expiry,
    divided,
    expiry,
    decade,
    date,
    amount,
    time_of_day,
    year,
    label,
    fixed,
    abroad,
    sort_code,
    code_in_parts,
    spelled_and_digits,
    code,
    initials,
    rank,
    figure,
)
"""What may begin at a word, the surest first."""


class WrittenPiece(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the written form."""

    text: str
    first: int
    """Index into ``text.split()`` of the first word that it stands for."""
    last: int
    """Index of the last, inclusive."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """An utterance as a person would write it down."""

    pieces: tuple[WrittenPiece, ...]
    """In order; words of hesitation belong to none."""

    @property
    def text(self) -> str:
        """The whole as one line."""
        return " ".join(piece.text for piece in self.pieces) or NOTHING_SAID


def written_text(text: str, language: str = "en") -> str:
    """The written form of an utterance as one line.

    ``language`` is an ISO 639 code; only English is put into another form.
    """
    if not text.strip() or language != "en":
        return text
    return written(text).text


@functools.lru_cache(maxsize=2_000)
def written(text: str) -> Written:
    """The written form of an English utterance."""
    atoms = atoms_of(text)
    tokens = text.split()
    pieces: list[WrittenPiece] = []
    place, capital = 0, False
    while place < len(atoms):
        atom = atoms[place]
        if _hesitates(atoms, place):
            _leave_out(atoms, place, pieces)
            capital = capital or (atom.capital and _begins(atoms, place))
            place += 1
            continue
        match = _match(atoms, place)
        piece = _piece(atoms, tokens, place, match)
        pieces.append(_raised(piece) if capital else piece)
        place, capital = _token_end(atoms, match.end - 1), False
    return Written(pieces=tuple(pieces))


def _match(atoms: Sequence[Atom], place: int) -> Match:
    """What begins at a word that begins a token; the word itself where nothing does."""
    for read in _READ:
        match = read(atoms, place)
        if match is None:
            continue
        # Of a hyphenated word the end may be left over ("twenty-year-old"), never the beginning.
        last = atoms[match.end - 1]
        if last.inside and (match.text is None or last.token != atoms[place].token):
            continue
        if last.inside and atoms[match.end].word in _PLURALS:
            continue
        return match
    return Match(_token_end(atoms, place), None)


def _token_end(atoms: Sequence[Atom], place: int) -> int:
    end = place + 1
    while end < len(atoms) and atoms[end].token == atoms[place].token:
        end += 1
    return end


def _piece(atoms: Sequence[Atom], tokens: Sequence[str], place: int, match: Match) -> WrittenPiece:
    first, last = atoms[place], atoms[match.end - 1]
    if match.text is None:
        text = " ".join(tokens[first.token : last.token + 1])
        return WrittenPiece(text=text, first=first.token, last=last.token)
    end = _token_end(atoms, match.end - 1)
    rest = "".join(f"-{atom.raw}" for atom in atoms[match.end : end])
    tail = atoms[end - 1].tail
    if tail.startswith(".") and match.text.endswith("."):
        tail = tail[1:]
    return WrittenPiece(
        text=f"{first.lead}{match.text}{rest}{tail}", first=first.token, last=atoms[end - 1].token
    )


# --- hesitation -----------------------------------------------------------------------------


def _hesitates(atoms: Sequence[Atom], place: int) -> bool:
    atom = atoms[place]
    if atom.word not in _HESITATIONS or atom.inside:
        return False
    if place > 0 and atoms[place - 1].inside:
        return False
    return not (atom.raw.isupper() and len(atom.raw) > 1)


def _begins(atoms: Sequence[Atom], place: int) -> bool:
    return not words_before(atoms, place, 1) or atoms[place - 1].word in _HESITATIONS


def _leave_out(atoms: Sequence[Atom], place: int, pieces: list[WrittenPiece]) -> None:
    """Give the piece before it the punctuation that the sentence needs without it."""
    if not pieces:
        return
    before, tail = pieces[-1], atoms[place].tail
    text = before.text
    if set(tail) & set(".!?") and not text.endswith((".", "!", "?")):
        text = text.rstrip(",") + tail.strip(",").replace("...", ".").replace("…", ".")
    elif text.endswith(",") and text.rstrip(",").lower() not in _OPENINGS:
        text = text.rstrip(",")
    pieces[-1] = msgspec.structs.replace(before, text=text)


def _raised(piece: WrittenPiece) -> WrittenPiece:
    return msgspec.structs.replace(piece, text=piece.text[:1].upper() + piece.text[1:])
