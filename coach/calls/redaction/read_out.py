"""What more is a digit while a card number is being read out: words that sound alike, thousands.

Elsewhere "for" is a word, ``$42.19`` a sum and "four thousand and two" a quantity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.calls.redaction.number_context import BARE
from coach.calls.redaction.spoken_digits import (
    HOMOPHONES,
    MANY,
    OH,
    SEVERAL,
    TEENS,
    TENS,
    TIMES,
    UNITS,
    Token,
    stretches,
    words_in,
)

_SOUNDING = {
    "tree": "3",
    "sex": "6",
    "sicks": "6",
    "nein": "9",
    "nigh": "9",
    "fife": "5",
    "hive": "5",
    "owe": "0",
    "xero": "0",
    "zilch": "0",
    "zip": "0",
    "null": "0",
    "tu": "2",
    "fours": "4",
}
"""What is hardly ever said beside a digit but for one."""
_ALIKE = HOMOPHONES | {"free": "3", "or": "4", "wan": "1", "sick": "6", "hate": "8"}
_MISREAD = re.compile(
    r"[$£€#]?(?:\d{1,3}(?:,\d{3})+|\d{1,2}:\d{2}|\d{1,4}/\d{1,4}|\d{1,4}\.\d{1,4}|\d{2,6})"
    r"(?:st|nd|rd|th|%|'s)?"
)
_BESIDE = BARE | words_in("a an and then that's the em sorry number card dash space think with")
"""Words beside which digits are still all that a turn says."""
_OF_SUMS = words_in(
    "pay paid paying cost costs balance bill owe total price charge charged due amount pounds "
    "dollars euros euro quid left over only about around fee deposit refund"
)
_BEFORE_NOUGHT = words_in("a an and then that's it's is number dash - another so no not")
_BEHIND_NOUGHT = words_in("a and then that's again followed next - dash it's number not another")
"""Words beside an "oh" that is no sigh."""
_LEADS_TO_ONE = ("another", "a", "number")
_PART_SIZES = (4, 8, 12, 16)
_HUNDREDS = ("00", "0", "")
_THOUSANDS = ("000", "00", "0", "")


def read_out(tokens: Sequence[Token], begin: int = 0, *, reads: bool = True) -> list[Token]:
    """The tokens with all digits that they may stand for from ``begin`` on.

    Who ``reads`` a number out speaks of sums less than who listens.
    """
    read = list(tokens)
    plain = [token.plain for token in tokens]
    for n in range(begin, len(read)):
        if plain[n] in MANY and plain[n] != "ones" and not read[n].digits:
            read[n] = read[n]._replace(digits=MANY[plain[n]])
        elif plain[n] == "one" and not read[n].digits and plain[n - 1] in _LEADS_TO_ONE:
            read[n] = read[n]._replace(digits="1")
    if any(_may_be_heard(token) for token in read):
        _hear(read, begin, reads=reads)
    _count_times(read, begin)
    for n in range(begin + 1, len(read)):
        if read[n].plain in ("thousand", "hundred") and _is_multiple(read[n - 1]):
            read[n] = _filled(read, n)
    return read


def _count_times(read: list[Token], begin: int) -> None:
    """Take "three times" behind a digit for two more of it."""
    for n in range(max(begin, 1), len(read) - 1):
        digit, times = read[n - 1].digits, SEVERAL.get(read[n].plain, 0)
        if times and len(digit) == 1 and read[n + 1].plain == "times":
            read[n] = read[n]._replace(digits=digit * (times - 1))
            read[n + 1] = read[n + 1]._replace(plain="")


def _hear(read: list[Token], begin: int, *, reads: bool) -> None:
    """Take what sounds or looks like digits for them where it stands among others."""
    sums = not reads or any(token.plain in _OF_SUMS for token in read)
    meant = [_meant(token) if n >= begin else "" for n, token in enumerate(read)]
    for first, last in stretches([bool(one) for one in meant]):
        stretch = range(first, last + 1)
        odd = [n for n in stretch if not read[n].digits]
        if not odd:
            continue
        if len(stretch) == 1 and read[first].plain in OH:
            if _is_nought(read, first):
                read[first] = read[first]._replace(digits="0")
            continue
        sure = len(odd) < len(stretch)
        if all(read[n].plain in _ALIKE for n in stretch):
            continue
        alone = all(t.plain in _BESIDE or not t.plain for t in (*read[:first], *read[last + 1 :]))
        for n in odd:
            if read[n].plain in OH:
                right = True
            elif read[n].plain in _ALIKE:
                right = _is_digit(meant, n, first, last, alone=alone)
            else:
                right = sure or len(stretch) > 1 or alone or not sums
            if right:
                read[n] = read[n]._replace(digits=meant[n])


def _may_be_heard(token: Token) -> bool:
    word = token.plain
    return not token.digits and (
        word in _SOUNDING or word in _ALIKE or word in OH or _MISREAD.fullmatch(word) is not None
    )


def _meant(token: Token) -> str:
    """The digits that a token may stand for."""
    if token.digits:
        return token.digits
    if token.plain in OH:
        return "0"
    if token.plain in _SOUNDING:
        return _SOUNDING[token.plain]
    if token.plain in _ALIKE:
        return _ALIKE[token.plain]
    return re.sub(r"\D", "", token.plain) if _MISREAD.fullmatch(token.plain) else ""


def _is_digit(meant: Sequence[str], place: int, first: int, last: int, *, alone: bool) -> bool:
    """Whether a word that is mostly another stands for a digit: among digits said one by one."""
    beside = [meant[n] for n in (place - 1, place + 1) if first <= n <= last]
    if not beside or any(len(one) != 1 for one in beside):
        return False
    if first < place < last:
        return True
    return alone or sum(len(one) for one in meant[first : last + 1]) in _PART_SIZES


def _is_nought(tokens: Sequence[Token], place: int) -> bool:
    """Whether an "oh" is no sigh: all that is said, or led in, and nothing goes on behind it."""
    before = tokens[place - 1] if place else None
    behind = tokens[place + 1] if place + 1 < len(tokens) else None
    if before is None and tokens[place].plain == "oh":
        return behind is None
    if tokens[place].plain == "o" or (before and before.plain in _LEADS_TO_ONE):
        return True
    led = (
        before is None
        or before.digits != ""
        or not before.text[-1].isalnum()
        or before.plain in _BEFORE_NOUGHT | BARE
    )
    return led and (behind is None or behind.plain in _BEHIND_NOUGHT)


def _is_multiple(token: Token) -> bool:
    """Whether a word may stand before "hundred" or "thousand"."""
    word = token.plain.rsplit("-", 1)[-1]
    return bool(token.digits) and (
        word in UNITS or word in TEENS or word in TENS or len(token.digits) <= len("99")
    )


def _filled(read: Sequence[Token], place: int) -> Token:
    """A "hundred" or "thousand" with the noughts that what follows leaves of it.

    ``four thousand and two`` is 4002, ``four thousand two hundred`` 4200; without any it is no
    more than a word between digits.
    """
    sizes = _HUNDREDS if read[place].plain == "hundred" else _THOUSANDS
    after = place + 1
    joined = after < len(read) and read[after].plain == "and"
    after += joined
    stops = not read[place].text[-1].isalnum()
    following = read[after] if after < len(read) and not stops else None
    filled = 0
    if following is not None and following.digits:
        then = read[after + 1] if after + 1 < len(read) else None
        if then is not None and then.plain == "hundred" and len(sizes) == len(_THOUSANDS):
            filled = len(following.digits) + 2
        elif following.plain in UNITS or following.plain in OH:
            more = then is not None and (then.digits or then.plain in TIMES)
            filled = 1 if joined or not more or following.text[-1:] in ",." else 0
        elif following.plain in TENS and len(following.digits) == 1:
            filled = 2  # the unit follows
        elif len(following.digits) < len(sizes):
            filled = len(following.digits)
    digits = sizes[min(filled, len(sizes) - 1)]
    if digits:
        return read[place]._replace(digits=digits)
    return read[place]._replace(digits="", plain="")
