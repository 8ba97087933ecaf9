"""Searches what was said for a card number: digits that were taken back are no part of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from coach.calls.redaction.spoken_digits import (
    CARD_FORMS,
    HOMOPHONES,
    LONGEST_CARD,
    OH,
    Token,
    is_whole_card,
    passes_luhn,
    words_in,
)
from coach.events import Channel

_TAKEN_BACK = 8
"""Digits at most in whose place others are said."""
_MAY_BE_LONGER = re.compile(r"5[06-9]|6(?!011|5)")
_WAYS = 64
"""Ways of reading that are followed at once."""


CORRECTS = words_in(
    "no sorry wait correction scratch scrap wrong mistake not lie bad pardon oops ignore again over"
    " actually rather mean whoops oop nope excuse"
)
"""Words that take back digits before them."""
BEGINS_CARD = re.compile(r"3[4-8]|30|4|5|6|2[2-7]\d\d")
GOES_ON_FOR = 45.0
"""Seconds after a part in which the next is waited for."""
_ENOUGH = 3
"""Digits from which a number that begins like a card's is taken for one that goes on."""
_MOST = 3 * LONGEST_CARD
"""Digits after which no more are waited for, those that were taken back counted in."""
_SHORTER = re.compile(r"3[04678]")
_FEWEST = 14
_USUAL = 16
_IDLE = 80
"""Words after which no digit of it is waited for."""


class DictatedPart(NamedTuple):
    """Digits that were said in one go."""

    digits: str
    mends: bool = False
    """Whether something before them was taken back."""
    others: tuple[str, ...] = ()
    """What they may be too."""


class CardDictation(NamedTuple):
    """What has been read out of a number that may be a card's."""

    reader: Channel | None
    """Who reads it out; None before the first digit."""
    parts: tuple[DictatedPart, ...]
    asked: bool
    """Whether somebody asked for a card or told the reader to begin."""
    until: float
    """Call time up to which the next part is waited for."""
    whole: bool = False
    idle: int = 0
    """Words that were said since its last part."""
    asked_by: Channel | None = None
    """Who asked."""

    @property
    def digits(self) -> str:
        """All that was said of it, what was taken back too."""
        return "".join(part.digits for part in self.parts)

    def is_open(self, at: float) -> bool:
        """Whether more of it may follow."""
        going = not self.whole and len(self.digits) < _MOST and self.idle < _IDLE
        return going and at <= self.until

    @property
    def is_long_enough(self) -> bool:
        """Whether as many digits were said as cards have that begin so."""
        return len(self.digits) >= (_FEWEST if _SHORTER.match(self.digits) else _USUAL)

    @property
    def is_sure(self) -> bool:
        """Whether most digits are taken for parts of it."""
        opens = BEGINS_CARD.match(self.digits) is not None
        return self.asked or (opens and len(self.digits) >= _ENOUGH)


def parts_at(tokens: Sequence[Token], places: Sequence[int], begin: int = 0) -> list[DictatedPart]:
    """The digits at some places as parts; what is said from ``begin`` on may take some back."""
    parts: list[DictatedPart] = []
    for number, place in enumerate(places):
        between = tokens[places[number - 1] + 1 if number else begin : place]
        mends = any(token.plain in CORRECTS for token in between)
        digits = tokens[place].digits
        alone = not (places[number - 1 : number] == [place - 1] and place + 1 in places)
        instead = number > 0 and len(digits) == 1 and any(one.plain == "or" for one in between)
        if instead and len(parts[-1].digits) == 1:
            parts[-1] = parts[-1]._replace(others=("",))  # "a one or a seven"
        if _is_small_hundred(tokens, places, number):
            few = "" if digits == "00" else digits
            parts.append(DictatedPart(few, mends, tuple(sorted({"", "0", "00"} - {few}))))
        elif tokens[place].plain in HOMOPHONES and alone:
            parts.append(DictatedPart(digits, mends, ("",)))
        elif tokens[place].plain in OH and alone:
            parts.append(DictatedPart(digits, mends, ("",)))  # it may be a sigh
        elif len(digits) == 1 and (instead or tokens[place].text[-1:] == "?"):
            parts.append(DictatedPart(digits, mends, ("",)))  # asked about, and said again
        else:
            parts.append(DictatedPart(digits, mends))
    return parts


def _is_small_hundred(tokens: Sequence[Token], places: Sequence[int], number: int) -> bool:
    """Whether a number goes on behind "hundred": ``two hundred and six`` may be 206."""
    place = places[number]
    if tokens[place].plain != "hundred" or number + 1 == len(places):
        return False
    between = tokens[place + 1 : places[number + 1]]
    return all(token.plain == "and" for token in between)


def is_told(parts: Sequence[DictatedPart]) -> bool:
    """Whether a card number ends with the last part.

    Not one that may be the beginning of a longer one. Where digits were taken back nothing is sure:
    of so many ways to read it one or the other passes the check.
    """
    said = "".join(part.digits for part in parts)
    if len(said) == LONGEST_CARD and CARD_FORMS.fullmatch(said) and passes_luhn(said):
        return True
    if any(part.mends for part in parts):
        return False
    return any(not _MAY_BE_LONGER.match(way) and is_whole_card(way) for way in ways(parts))


def ways(parts: Iterable[DictatedPart]) -> set[str]:
    """The numbers that parts may be together, as far as they may be a card's."""
    found = {""}
    for part in parts:
        before = set(found)
        if part.mends:
            before |= {way[:-back] for way in found for back in range(1, _TAKEN_BACK + 1)}
            before.add("")
        found = {
            way + said
            for way in before
            for said in (part.digits, *part.others)
            if len(way) + len(said) <= LONGEST_CARD
        }
        if len(found) > _WAYS:
            found = set(sorted(found, key=lambda way: (-len(way), way))[:_WAYS])
    return found
