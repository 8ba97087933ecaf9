"""Finds dates of birth and of expiry: dates beside words that announce them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.number_context import Context, MaskedTokens
from coach.calls.redaction.spoken_digits import MONTH, Token, is_date

_ORDINAL = re.compile(
    r"\d{1,2}(?:st|nd|rd|th)|(?:(?:twenty|thirty)-?)?(?:first|second|third|fourth|fifth|sixth|seventh"
    r"|eighth|ninth)|(?:ten|eleven|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|twentie|thirtie)th|twelfth"
)
_BETWEEN = frozenset({"of", "the", "and", "slash", "/", "-", "no", "in"})
_ROUND = ("thousand", "hundred")
_WITH_YEAR = re.compile(r"\d+([/.-])\d+\1\d+")
_YEAR_DIGITS = 2
"""Digits of a year at least."""
_EXPIRY_DIGITS = 6
"""Digits of an expiry date at most; more are another number."""
_AHEAD = 5
_BEHIND = 6


def dates_in(tokens: Sequence[Token], context: Context) -> list[MaskedTokens]:
    """Dates that a cue or a question makes personal."""
    kinds = {cue.kind for cue in context.cues} | {context.asked.kind if context.asked else None}
    if kinds.isdisjoint((MaskedKind.BIRTH, MaskedKind.EXPIRY)):
        return []
    runs = _runs(tokens)
    inside = {n for cue in context.cues for n in range(cue.first, cue.last + 1)}
    runs = [run for run in runs if not inside & set(range(run[0], run[1] + 1))]
    marks: list[MaskedTokens] = []
    for cue in context.cues:
        if cue.kind not in (MaskedKind.BIRTH, MaskedKind.EXPIRY):
            continue
        if cue.kind is MaskedKind.EXPIRY:
            fits = [r for r in runs if _digits(tokens, r) <= _EXPIRY_DIGITS]
        else:
            fits = runs
        after = [r for r in fits if 0 < r[0] - cue.last <= _AHEAD]
        before = [r for r in fits if 0 < cue.first - r[1] <= _BEHIND]
        if len(after) > 1 and _is_span(tokens, after[0], after[1]):
            marks.append(MaskedTokens(*after[1], cue.kind))
        for first, last in after[:1] or before[-1:]:
            marks.append(MaskedTokens(first, last, cue.kind))
    asked = context.asked
    if not marks and asked is not None and asked.kind in (MaskedKind.BIRTH, MaskedKind.EXPIRY):
        if asked.year_due:
            runs = [run for run in runs if not _named(tokens[run[0] : run[1] + 1])]
        marks += [MaskedTokens(first, last, asked.kind) for first, last in runs[:1]]
    return marks


def _is_span(tokens: Sequence[Token], begin: tuple[int, int], end: tuple[int, int]) -> bool:
    """Whether one date ends what another begins: ``from 03/24 to 03/28``."""
    between = [token.plain for token in tokens[begin[1] + 1 : end[0]]]
    return between in (["to"], ["until"], ["till"], ["through"])


def _digits(tokens: Sequence[Token], run: tuple[int, int]) -> int:
    return sum(len(token.digits) for token in tokens[run[0] : run[1] + 1])


def _runs(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    kinds = [_part(token) for token in tokens]
    runs: list[tuple[int, int]] = []
    place = 0
    while place < len(tokens):
        if kinds[place] < 1:
            place += 1
            continue
        last = place
        for n in range(place, len(tokens)):
            if kinds[n] > 0:
                last = n
            elif tokens[n].plain in _ROUND and tokens[n - 1].digits:
                last = n  # "two thousand and one"
            elif tokens[n].plain not in _BETWEEN:
                break
        if _is_dated(tokens[place : last + 1]):
            begin = place - (place > 0 and tokens[place - 1].plain == "the")
            runs.append((begin, last))
        place = last + 1
    return runs


def _part(token: Token) -> int:
    """1 for a part of a date, 0 for anything else."""
    whole = MONTH.fullmatch(token.plain) or _ORDINAL.fullmatch(token.plain)
    return int(bool(whole or is_date(token.plain) or token.digits))


def lacks_year(tokens: Sequence[Token]) -> bool:
    """Whether a date names a day alone: ``February 28th``, ``the 3rd of the 4th``, ``12/05``."""
    if any(_WITH_YEAR.fullmatch(token.plain) for token in tokens):
        return False
    digits = "".join(token.digits for token in tokens)
    return len(digits) < (_YEAR_DIGITS if _named(tokens) > 1 else 1 + _YEAR_DIGITS)


def _named(tokens: Sequence[Token]) -> int:
    """How many of them name a month or a day: ``June``, ``14th``."""
    return sum(bool(MONTH.fullmatch(t.plain) or _ORDINAL.fullmatch(t.plain)) for t in tokens)


def _is_dated(tokens: Sequence[Token]) -> bool:
    digits = "".join(token.digits for token in tokens)
    return (
        _named(tokens) + (len(digits) > 0) > 1
        or any(is_date(t.plain) for t in tokens)
        or len(digits) > 2
    )
