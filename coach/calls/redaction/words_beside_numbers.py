"""What the words right beside digits say of them: read out, counted, a sum or a time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.calls.redaction.card_path import CORRECTS
from coach.calls.redaction.counting import is_written_day
from coach.calls.redaction.number_context import (
    BARE,
    GLUE,
    MaskedTokens,
    has_unit,
    is_measure,
)
from coach.calls.redaction.spoken_digits import MONTH, Token, words_in

_STANDS_FREE = (
    GLUE
    | CORRECTS
    | words_in(
        "hang hold let wait my the it i i'm i've i'll i'd you you're what what's are a can't "
        "can could do did got how ooh oh where which who this these there thanks thank love "
        "bear just one hello please sorry give that's is was on in from or if but they at "
        "next last your her his we she he as with dot full stop stroke pause break slash "
        "we'll hi hey right yes well don't didn't he's she's they're first second third "
        "fourth block lot bit half other followed"
    )
)
"""Words that may follow a digit of a number being read out: no thing that is counted."""
_LEADS_IN = GLUE | words_in(
    "starts ends with a an the just only are reads got single begins goes oh well again ends being "
    "says bit and now of hello please want"
)
"""Words that may stand before a lone digit of one."""
COUNTED = words_in("digits digit numbers number figures more left of bit lot or")
_ABOUT = words_in(
    "about over under maybe probably like least in until till after before around nearly almost "
    "up than per every each some at between was were to another since plus of"
)
"""Words before a figure that says how much or when."""
SUMMING = words_in("to and hundred thousand")
"""Words in a sum or a range: ``five to six``, ``forty-two hundred``."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_TWO = ("pair", "couple")
_NO_PLURAL = words_in("looks starts ends goes says seems begins reads comes always thanks perhaps")
_THINGS = words_in("people men women children feet of per percent pm am kid")
_SHORT = 3
"""Letters at most of words with an s that are no plural: ``yes``, ``has``."""
FEW = 2
"""Digits at most of what is mostly counted."""


def word_before(tokens: Sequence[Token], mark: MaskedTokens) -> str:
    """The word before digits; empty where there is none."""
    return tokens[mark.first - 1].plain if mark.first else ""


def word_behind(tokens: Sequence[Token], mark: MaskedTokens) -> str:
    """The word behind digits; empty where there is none."""
    return tokens[mark.last + 1].plain if mark.last + 1 < len(tokens) else ""


def stands_free(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether no thing follows that the digits count."""
    last = tokens[mark.last]
    if mark.last + 1 == len(tokens) or not last.text[-1:].isalnum():
        return True
    return tokens[mark.last + 1].plain in _STANDS_FREE or not tokens[mark.last + 1].plain


def counts_nothing(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether what follows digits is no unit and no plural; all that stands free counts nothing."""
    if stands_free(tokens, mark):
        return True
    behind = tokens[mark.last + 1]
    word = behind.plain
    if behind.digits or is_counted(tokens, mark) or word in _THINGS:
        return behind.digits != ""
    plural = (
        word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")) and len(word) > _SHORT
    )
    return not plural or word in _NO_PLURAL


def is_counted(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether digits say how many digits a number has: ``four digits``, ``two more``."""
    place = mark.last + 1
    if place == len(tokens) or tokens[place].plain not in COUNTED:
        return False
    named = tokens[place].plain in ("number", "or") and place + 1 < len(tokens)
    return not (named and tokens[place + 1].digits)  # "four, number two"


def leads_in(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether what stands before the digits is no word that belongs to them."""
    if not mark.first:
        return True
    before = tokens[mark.first - 1]
    return before.plain in _LEADS_IN or before.plain in BARE or not before.text[-1:].isalnum()


def is_about(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether a word before the digits says that they are a sum or a time."""
    before = word_before(tokens, mark)
    if before == "of" and mark.first > 1 and tokens[mark.first - 2].plain in _TWO:
        return False  # "a pair of nines"
    return before in _ABOUT or MONTH.fullmatch(before) is not None


def counts_things(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether digits say how much, how many or when, and are no part of a number."""
    few = len(mark.digits) <= FEW
    if is_measure(tokens, mark.first, mark.last) or _YEAR.fullmatch(mark.digits):
        return True
    if is_written_day(mark.digits):
        return True
    return is_about(tokens, mark) or (few and not stands_free(tokens, mark))


def speaks_of_sums(tokens: Sequence[Token]) -> bool:
    """Whether words speak of sums or measures: ``fifty-three quid``, ``14 km``."""
    return any(token.digits and has_unit(tokens, n) for n, token in enumerate(tokens))
