"""What is typed on a telephone with its star and hash: "star six seven", "hash two one hash"."""

from __future__ import annotations

from collections.abc import Sequence

from .atoms import Atom, Match, follows, word_at, words_before
from .cardinals import DIGITS, below_hundred, is_number_word

_SIGNS = {"star": "*", "asterisk": "*", "hash": "#", "pound": "#"}
_SURELY_TYPED = frozenset(
    {
        *("press", "pressed", "pressing", "dial", "dialed", "dialled", "dialing", "dialling"),
        *("hit", "enter", "entered", "type", "key", "punch"),
    }
)
_TYPED = _SURELY_TYPED | {
    *("use", "used", "code", "then", "by", "and", "is", "or", "with", "do", "did", "tried"),
    *("it's", "just", "please"),
}
"""A sign behind one of these, or at the beginning of a sentence, is one that is typed."""
_MORE_THAN_ONE = 2
_COUNTED = frozenset({"hotel", "hotels", "review", "reviews", "rating", "ratings", "bed", "of"})


def star_code(atoms: Sequence[Atom], place: int) -> Match | None:
    """Star or hash and the digits behind it, as on the keys of a telephone."""
    if word_at(atoms, place) not in _SIGNS or atoms[place].inside:
        return None
    before = words_before(atoms, place, 1)
    if before and before[-1] not in _TYPED:
        return None
    text, end = "", place
    while end == place or (follows(atoms, end) and text):
        key = _key(atoms, end)
        if key is None:
            break
        text, end = text + key[0], key[1]
    digits = sum(sign.isdigit() for sign in text)
    typed = bool(before) and before[-1] in _SURELY_TYPED
    if digits < (1 if typed else _MORE_THAN_ONE):
        return None
    if word_at(atoms, place) == "pound" and not typed:
        return None  # "pound ten"
    after = follows(atoms, end)
    return None if is_number_word(after) or after in _COUNTED else Match(end, text)


def _key(atoms: Sequence[Atom], place: int) -> tuple[str, int] | None:
    """A key, or two digits that are said as one number."""
    word = word_at(atoms, place)
    if word in _SIGNS:
        return _SIGNS[word], place + 1
    if word in ("oh", "o") or word in DIGITS or (len(word) == 1 and word.isdecimal()):
        return str(DIGITS.get(word, word if word.isdecimal() else 0)), place + 1
    pair = below_hundred(atoms, place)
    return None if pair is None else (str(pair.value), pair.end)
