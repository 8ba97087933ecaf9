"""Digits of a card that words name by their place: ``the last one's a three``, ``ending 8692``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.number_context import OF_CARD, Context, MaskedTokens, has_unit
from coach.calls.redaction.spoken_digits import Token, words_in
from coach.calls.redaction.words_beside_numbers import counts_nothing

_PLACE = (
    r"(?:last|first|next|final|end|start|beginning|middle|second|third|fourth)"
    r"(?: (?:one|bit|digit|number|figure|part|group|set|block|four|two|few|of it))?"
)
_NAMED_BEFORE = re.compile(
    rf"\b{_PLACE}(?:'s| is| was| looks?| reads?| says| might| may| could| must| should| are| were"
    r"| i think| it's| that's)(?: be| like| maybe| probably| actually| either| i think| it's"
    r"| that's)*(?: an?)?$"
)
"""What names the place of the digits behind it."""
_NAMED_BEHIND = re.compile(
    r"(?: (?:in|as|is|was|it's|right|there))* (?:(?:at|in) the"
    r" (?:very )?(?:start|beginning|end|middle)|to (?:start|begin|finish|end))\b"
)
"""What names the place of the digits before it."""
_OTHERWISE = words_in("or not and a an no maybe even it's is that's possibly")
"""Words between a digit and another one that may stand in its place."""
_WORDS_AHEAD, _WORDS_BEHIND = 9, 6
_ARTICLES = ("a", "an")
_BEFORE_ONE = ("a", "another", "number")
_CARDS = words_in("card cards visa mastercard amex maestro debit credit")
_ENDS = words_in("ending ends finishing finishes")
_IN = words_in("in with on at")
_LEADING = _IN | _CARDS | words_in("the of my your that this digits numbers are is being was it")
"""Words between "ending" or "the last four" and the digits."""
_LAST_FOUR = 4
_SHORT_OF_CARD = 7
"""Tokens between a card and what it ends in at most."""
_MOST = 8
"""Digits at most of a part that is named by its place."""


def named_by_place(
    tokens: Sequence[Token],
    runs: Sequence[tuple[int, int]],
    marks: Sequence[MaskedTokens],
    context: Context,
) -> list[MaskedTokens]:
    """The few digits that are named by their place in a card number that was read out.

    Behind "or" and "not" stand those that are meant in their place, or were heard.
    """
    sure = context.dictated is not None and context.dictated.is_sure
    if not (sure or context.card_said or any(mark.kind in OF_CARD for mark in marks)):
        return []
    covered = {n for mark in marks for n in range(mark.first, mark.last + 1)}
    found: list[MaskedTokens] = []
    for first, last in runs:
        if not covered.isdisjoint(range(first, last + 1)):
            continue
        digits = "".join(token.digits for token in tokens[first : last + 1])
        mark = MaskedTokens(first, last, MaskedKind.CARD)
        if not counts_nothing(tokens, mark._replace(digits=digits)):
            continue
        again = _is_otherwise(tokens, mark, marks, found)
        if len(digits) <= _MOST and (again or _is_named(tokens, first, last)):
            found.append(mark)
    return found


def _is_otherwise(
    tokens: Sequence[Token],
    mark: MaskedTokens,
    marks: Sequence[MaskedTokens],
    found: Sequence[MaskedTokens],
) -> bool:
    """Whether digits are said in the place of a card's before them: ``a two or a four``."""
    ends = [one.last for one in (*marks, *found) if one.kind in OF_CARD and one.last < mark.first]
    if not ends:
        return False
    between = tokens[max(ends) + 1 : mark.first]
    plain = bool(found) and found[-1].last == max(ends)
    digit = bool(between) and (plain or between[-1].plain in _ARTICLES)
    return digit and all(token.plain in _OTHERWISE for token in between)


def _is_named(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether words around digits name their place in the same clause."""
    ahead = tokens[max(0, first - _WORDS_AHEAD) : first]
    thing = first == last and tokens[first].plain == "one"
    if thing and not (ahead and ahead[-1].plain in _BEFORE_ONE):
        return False  # "the one at the end"
    if not ahead or ahead[-1].plain not in _ARTICLES:
        stops = [n for n, token in enumerate(ahead) if token.text[-1:] in ",.;?!"]
        ahead = ahead[stops[-1] + 1 :] if stops else ahead
    if _NAMED_BEFORE.search(" ".join([token.plain for token in ahead])):
        return True
    behind = tokens[last + 1 : last + 1 + _WORDS_BEHIND]
    return _NAMED_BEHIND.match("".join([f" {token.plain}" for token in behind])) is not None


def ends_of_cards(tokens: Sequence[Token], context: Context) -> list[MaskedTokens]:
    """The last four digits of a card that is named by them: ``the card ending 8692``."""
    if _ENDS.isdisjoint(context.plain) and "last" not in context.plain:
        return []
    found = []
    for place, token in enumerate(tokens):
        if token.plain in _ENDS:
            first = place + 1
            around = tokens[max(0, place - _SHORT_OF_CARD) : place + _SHORT_OF_CARD]
        elif token.plain == "four" and place and tokens[place - 1].plain == "last":
            first = place + 1
            around = tokens[place + 1 : place + 1 + _SHORT_OF_CARD]
        else:
            continue
        named = any(one.plain.removesuffix("'s") in _CARDS for one in around)
        that = context.of_card and place > 0 and tokens[place - 1].plain == "one"
        mark = _four_digits(tokens, first)
        if mark is not None and (named or that or _was_masked(tokens, mark, context)):
            found.append(mark)
    return found


def _was_masked(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> bool:
    """Whether digits are those of a number that was masked lately."""
    digits = "".join([token.digits for token in tokens[mark.first : mark.last + 1]])
    return any(digits in one for one in context.masked)


def _four_digits(tokens: Sequence[Token], first: int) -> MaskedTokens | None:
    """Four digits and no more, with a few words before them that lead to them."""
    begin = first
    while begin < len(tokens) and not tokens[begin].digits:
        if begin - first > _SHORT_OF_CARD or tokens[begin].plain not in _LEADING:
            return None
        begin += 1
    digits, last = "", begin
    while last < len(tokens) and tokens[last].digits and len(digits) < _LAST_FOUR:
        digits += tokens[last].digits
        last += 1
    goes_on = last < len(tokens) and tokens[last].digits and tokens[last - 1].text[-1:].isalnum()
    if len(digits) != _LAST_FOUR or goes_on or has_unit(tokens, last - 1):
        return None
    return MaskedTokens(begin, last - 1, MaskedKind.CARD)
