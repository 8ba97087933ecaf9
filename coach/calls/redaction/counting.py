"""Figures that are counted off, and those of days, times, years and ranges."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from coach.calls.redaction.number_context import MaskedTokens
from coach.calls.redaction.spoken_digits import Token, is_date, words_in

_PAIRS = re.compile(r"(\d\d)-(\d\d)-\d\d")
_BEFORE_DAYS = words_in("on since from until till by before after of dated")
_MONTHS = 12
_DAYS = 31
_TIME = re.compile(r"(?:1?\d|2[0-4])[0-5]\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WRITTEN_DAY = re.compile(
    r"(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))20[0-3]\d"
)
_UNNAMED = 7
"""Digits from which a date in figures is only a part of a number."""


def is_day(tokens: Sequence[Token], mark: MaskedTokens, said: str) -> bool:
    """Whether three pairs of figures are a date and no sort code: ``since 11-22-24``."""
    pairs = _PAIRS.fullmatch(said)
    if pairs is None or not mark.first or tokens[mark.first - 1].plain not in _BEFORE_DAYS:
        return False
    one, two = int(pairs[1]), int(pairs[2])
    return 0 < min(one, two) <= _MONTHS and max(one, two) <= _DAYS


def is_written_day(digits: str) -> bool:
    """Whether eight figures are a day with its year: ``23082018``, ``08252018``."""
    return _WRITTEN_DAY.fullmatch(digits) is not None


def is_range(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether two figures are the ends of a change: ``from forty two fifty to fifty eight``."""
    said = [token.plain for token in tokens[mark.first : mark.last + 1]]
    if "to" in said and _are_times(tokens[mark.first : mark.last + 1]):
        return True
    began = mark.first and tokens[mark.first - 1].plain in ("from", "between")
    return bool(began) and ("to" in said or "and" in said)


def _are_times(tokens: Sequence[Token]) -> bool:
    """Whether two times of the day are said: ``ten thirty to twelve fifteen``."""
    place = next(n for n, token in enumerate(tokens) if token.plain == "to")
    sides = ["".join(t.digits for t in side) for side in (tokens[:place], tokens[place + 1 :])]
    return all(_TIME.fullmatch(side) for side in sides)


def is_counting(tokens: Sequence[Token]) -> bool:
    """Whether somebody counts, or names years or a date: ``1, 2, 3, 4``."""
    said = [t.digits for t in tokens if t.digits]
    if any(is_date(t.plain) for t in tokens) and sum(map(len, said)) < _UNNAMED:
        return True
    if all(_YEAR.fullmatch(one) for one in said):
        return True
    steps = {int(b) - int(a) for a, b in itertools.pairwise(said)}
    return len(said) > 2 and len(steps) == 1 and steps != {0}
