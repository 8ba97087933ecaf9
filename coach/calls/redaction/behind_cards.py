"""The expiry date and the security code of a card in the words that people have for them.

``six, year two seven``, ``end of July 26``, ``481, that was the three digits``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coach.calls.redaction.cues import DetailCue
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.number_context import Context, MaskedTokens
from coach.calls.redaction.spoken_digits import MONTH, TEENS, Token, words_in

_AHEAD = 6
"""Tokens between a cue and the month at most."""
_BETWEEN = words_in("year the is and of month slash - / it's dash in then that's twenty end for")
_LEADING = _BETWEEN | words_in(
    "on at date it will be are says um em uh er so yeah yes ok okay sure right comes up runs out"
    " expires expiry valid until that a"
)
_ENDS_OF = ("end", "start", "beginning", "middle")
_MONTHS = 12
_FIRST_YEAR, _LAST_YEAR = 24, 45
_CENTURY = "20"
_MONTH_AND_YEAR = re.compile(r"(0?[1-9]|1[0-2])(?:20)?(\d\d)")
_SHORT_DATE = re.compile(r"(?:0?[1-9]|1[0-2])[/.-](?:20)?\d\d")
_BEFORE_CODE = 4
"""Tokens between a code and the words that name it afterwards."""
_CODE_SIZES = (3, 4)


def expiries_in(tokens: Sequence[Token], context: Context) -> list[MaskedTokens]:
    """The months with their years behind a word for the end of a card, or where it is asked for."""
    starts = [cue.last + 1 for cue in context.cues if cue.kind is MaskedKind.EXPIRY]
    asked = context.asked is not None and context.asked.kind is MaskedKind.EXPIRY
    bare = context.card_said and not context.cues and _is_bare_date(tokens)
    if (asked or bare) and not starts:
        starts = [0]
    marks = []
    for start in starts:
        mark = _expiry_at(tokens, start, context.cues)
        if mark is not None:
            marks.append(mark)
    return marks


def _expiry_at(
    tokens: Sequence[Token], start: int, cues: Sequence[DetailCue]
) -> MaskedTokens | None:
    """A month with its year, with a few words before it."""
    other = [cue.first for cue in cues if cue.first >= start and cue.kind is not MaskedKind.EXPIRY]
    end = min([len(tokens), *other])
    for first in range(start, min(start + _AHEAD, end)):
        token = tokens[first]
        if _SHORT_DATE.fullmatch(token.plain):
            return MaskedTokens(first, first, MaskedKind.EXPIRY)
        if token.digits or MONTH.fullmatch(token.plain):
            last = _year_end(tokens, first, end)
            if last is None:
                return None
            return MaskedTokens(_with_end_of(tokens, first), last, MaskedKind.EXPIRY)
        if token.plain not in _LEADING:
            return None
    return None


def _is_bare_date(tokens: Sequence[Token]) -> bool:
    """Whether a month by its name and digits are all that a turn says: ``October of thirty``."""
    months = sum(MONTH.fullmatch(token.plain) is not None for token in tokens)
    return months == 1 and all(
        token.digits or token.plain in _LEADING or MONTH.fullmatch(token.plain) for token in tokens
    )


def _with_end_of(tokens: Sequence[Token], first: int) -> int:
    """Where a month begins with the words for a part of it: ``the end of May``."""
    place = first
    if place > 1 and tokens[place - 1].plain == "of" and tokens[place - 2].plain in _ENDS_OF:
        place -= 2
        place -= place > 0 and tokens[place - 1].plain == "the"
    return place


def _year_end(tokens: Sequence[Token], first: int, end: int) -> int | None:
    """The last token of a year behind a month that begins at a place; None without one."""
    for month_end in _month_ends(tokens, first, end):
        place = month_end + 1
        while place < end and not tokens[place].digits and tokens[place].plain in _BETWEEN:
            place += 1
        year = ""
        for last in range(place, min(place + 3, end)):
            if not tokens[last].digits:
                break
            year += tokens[last].digits
            short = year.removeprefix(_CENTURY) if len(year) > len(_CENTURY) else year
            if len(short) == len(_CENTURY) and _FIRST_YEAR <= int(short) <= _LAST_YEAR:
                return last
    whole = _MONTH_AND_YEAR.fullmatch(tokens[first].digits)
    return first if whole and _FIRST_YEAR <= int(whole[2]) <= _LAST_YEAR else None


def _month_ends(tokens: Sequence[Token], first: int, end: int) -> Iterator[int]:
    """Where the month may end that begins at a place: ``oh six`` or ``six``."""
    if MONTH.fullmatch(tokens[first].plain):
        yield first
        return
    said = tokens[first].digits
    if first + 1 < end and tokens[first + 1].digits and len(said) == 1:
        both = said + tokens[first + 1].digits
        if said in "01" and len(both) == len("12") and 0 < int(both) <= _MONTHS:
            yield first + 1
    if len(said) <= len("12") and 0 < int(said) <= _MONTHS:
        yield first


def codes_named_after(tokens: Sequence[Token], context: Context) -> list[MaskedTokens]:
    """The digits right before words that say that they were the code: ``481, that's the code``."""
    marks = []
    for cue in context.cues:
        if cue.kind is not MaskedKind.CODE or _is_followed(tokens, cue, context.cues):
            continue
        last = cue.first - 1
        while last >= 0 and not tokens[last].digits and cue.first - last <= _BEFORE_CODE:
            last -= 1
        if last < 0 or not tokens[last].digits:
            continue
        first, digits = last, tokens[last].digits
        while first and len(digits) < _CODE_SIZES[0] and tokens[first - 1].digits:
            first -= 1
            digits = tokens[first].digits + digits
        if len(digits) in _CODE_SIZES and tokens[first].plain not in TEENS:
            marks.append(MaskedTokens(first, last, MaskedKind.CODE, digits))
    return marks


def _is_followed(tokens: Sequence[Token], cue: DetailCue, cues: Sequence[DetailCue]) -> bool:
    """Whether digits follow a cue that are of no other one."""
    ends = [other.first for other in cues if other.first > cue.last]
    end = min([cue.last + 1 + _BEFORE_CODE, len(tokens), *ends])
    return any(tokens[n].digits for n in range(cue.last + 1, end))
