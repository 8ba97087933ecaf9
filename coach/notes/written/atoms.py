"""The words of a text, apart from their punctuation, and what they stand for together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_TOKEN = re.compile(
    "^([\"'\u201c\u2018(\\[]*)(.*?)([.,;:!?\u2026)\\]\"'\u201d\u2019]*)$", re.DOTALL
)
_MERIDIEM = re.compile(r"([ap])\.m")
_SENTENCE_END = frozenset(".!?…;:")


class Atom(NamedTuple):
    """One word, or one part of a hyphenated word."""

    word: str
    """In lower case, without punctuation."""
    raw: str
    """As it stands in the text, without punctuation."""
    token: int
    """Index into ``text.split()``."""
    lead: str
    """Punctuation before it."""
    tail: str
    """Punctuation after it; ``-`` inside a hyphenated word."""

    @property
    def inside(self) -> bool:
        """Whether the same hyphenated word goes on behind it."""
        return self.tail == "-"

    @property
    def ends(self) -> bool:
        """Whether a sentence or clause ends behind it."""
        return bool(_SENTENCE_END.intersection(self.tail))

    @property
    def runs_on(self) -> bool:
        """Whether nothing but a space or a hyphen stands behind it."""
        return self.tail in ("", "-")

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.raw[:1].isupper()


class Match(NamedTuple):
    """Words that stand for something together."""

    end: int
    """Index of the atom behind them."""
    text: str | None
    """As a person would write it; None leaves the words as they are."""


def atoms_of(text: str) -> list[Atom]:
    """All words of a text, hyphenated ones in their parts."""
    found: list[Atom] = []
    for index, token in enumerate(text.split()):
        divided = _TOKEN.match(token)
        lead, core, tail = divided.groups() if divided else ("", token, "")
        if _MERIDIEM.fullmatch(core.lower()) and tail.startswith("."):
            core, tail = core + ".", tail[1:]
        parts = core.split("-") if _hyphenated(core) else [core]
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            found.append(
                Atom(
                    word=_plain(part),
                    raw=part,
                    token=index,
                    lead=lead if place == 0 else "",
                    tail=tail if last else "-",
                )
            )
    return found


def _hyphenated(core: str) -> bool:
    parts = core.split("-")
    return len(parts) > 1 and all(part.isalnum() for part in parts)


def _plain(part: str) -> str:
    word = part.lower().replace("\u2019", "'")
    meridiem = _MERIDIEM.fullmatch(word.rstrip("."))
    return f"{meridiem[1]}m" if meridiem else word


def word_at(atoms: Sequence[Atom], place: int) -> str:
    """The word at a place, or nothing beyond the ends."""
    return atoms[place].word if 0 <= place < len(atoms) else ""


def follows(atoms: Sequence[Atom], place: int) -> str:
    """The word at a place, if nothing divides it from the one before."""
    if 0 < place < len(atoms) and atoms[place - 1].runs_on:
        return atoms[place].word
    return ""


def words_before(atoms: Sequence[Atom], place: int, most: int) -> list[str]:
    """Up to ``most`` words of the same sentence that stand before a place, in order."""
    begin = place
    while begin > 0 and place - begin < most and not atoms[begin - 1].ends:
        begin -= 1
    return [atom.word for atom in atoms[begin:place]]
