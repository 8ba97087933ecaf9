"""The number of a card while it is being read out, over turns and by both sides.

From the question for it, or from its first digits, until it is whole, most digits that either side
says are of it: its next part, a part said back, or one that is put right. So what is asked of them
then is only that nothing says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.calls.redaction.card_path import (
    BEGINS_CARD,
    CardDictation,
    DictatedPart,
    is_told,
    parts_at,
)
from coach.calls.redaction.number_context import (
    Context,
    MaskedTokens,
    has_unit,
    is_bare,
    is_bare_clause,
    is_by_one,
    is_measure,
    opens_card,
)
from coach.calls.redaction.spoken_digits import MONTH, OH, Token, words_in
from coach.calls.redaction.words_beside_numbers import (
    FEW,
    SUMMING,
    counts_nothing,
    is_about,
    is_counted,
    leads_in,
    speaks_of_sums,
    stands_free,
    word_before,
    word_behind,
)

_WAS = ("was", "were", "another", "like")
_REST = ("the", "it", "after", "next", "a")
"""Words behind "and" that lead to the rest of a number."""
_SHORT_BEGIN = re.compile(r"2[2-7]")
_NAMED_AHEAD = 16
"""Tokens behind a harmless number's name in which nothing begins a card."""
_MEASURING = words_in("about over under maybe like least every each than nearly almost of")
"""Words that say how much even in the middle of a number being read out."""
_BEFORE_DIGITS = ("a", "another", "number", "digit", "double", "then", "not", "think", "like")
_PART = 4
"""Digits of a part that is hardly anything else."""
_LONG_PART = 6
_OF_SENTENCES = words_in("i you it is are am was had i'm it's that that's this me my we they")
_FEWER = 2
"""Digits by which a part may be shorter than the one before where nobody asked."""
_NEARLY_WHOLE = 11
"""Digits behind which the last part may be of any size."""
_BEGUN = 3
"""Digits from which a number has been begun."""
_CARD_SIZES = ("13", "14", "15", "16", "18", "19")


def _parts_of(
    begun: CardDictation, tokens: Sequence[Token], marks: Sequence[MaskedTokens]
) -> tuple[DictatedPart, ...]:
    """The digits of a turn as parts of what is being read out."""
    found: list[DictatedPart] = []
    begin, said = 0, begun.digits
    for mark in sorted(marks):
        if said.endswith(mark.digits) and len(mark.digits) > FEW:
            continue  # said again
        places = [n for n in range(mark.first, mark.last + 1) if tokens[n].digits]
        parts = parts_at(tokens, places, begin)
        if mark.digits in said:
            parts = [part._replace(others=("", *part.others)) for part in parts]
        found += parts
        said += mark.digits
        begin = mark.last + 1
    return tuple(found)


def gone_on(
    begun: CardDictation, tokens: Sequence[Token], marks: Sequence[MaskedTokens]
) -> CardDictation:
    """What is being read out with the further parts of a turn."""
    parts = begun.parts + _parts_of(begun, tokens, marks)
    return begun._replace(parts=parts, whole=is_told(parts))


def is_dictated(
    tokens: Sequence[Token], mark: MaskedTokens, dictated: CardDictation, context: Context
) -> bool:
    """Whether digits are taken for a part of what is being read out."""
    if _is_counted(tokens, mark) or _tells_how_many(tokens, mark, dictated, context):
        return False
    before, count = word_before(tokens, mark), len(mark.digits)
    begun = len(dictated.digits) >= _BEGUN
    sigh = all(token.plain in OH for token in tokens[mark.first : mark.last + 1])
    if is_bare(tokens, mark):
        noughts = begun or not sigh or (count > 1 and dictated.digits != "")  # "four, oh"; "oh oh"
        alike = noughts and (dictated.asked or _goes_on_alike(mark, dictated))
        return alike and (dictated.is_sure or count > 1 or len(dictated.digits) > 1)
    if before == "plus" or MONTH.fullmatch(before) or (sigh and not begun):
        return False
    if not dictated.is_sure:
        about = is_about(tokens, mark) or (before == "or" and count <= FEW)
        return stands_free(tokens, mark) and count >= _PART and not about
    opens = not begun and _opens(tokens, mark, dictated, answers=context.answers)
    return opens or (begun and _goes_on(tokens, mark, dictated))


def _goes_on_alike(mark: MaskedTokens, dictated: CardDictation) -> bool:
    """Whether few digits may follow what was said before: behind long parts stands no lone one."""
    if not dictated.parts or len(mark.digits) > 1 or len(dictated.digits) >= _NEARLY_WHOLE:
        return True
    return len(dictated.parts[-1].digits) <= len(mark.digits) + _FEWER


def _is_counted(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether what the digits count follows them: ``two years``, ``four digits``."""
    count = len(mark.digits)
    if is_measure(tokens, mark.first, mark.last):
        return True
    if has_unit(tokens, mark.last) and not (count >= _PART and is_by_one(tokens, mark)):
        return True
    goes_on = tokens[mark.last].text[-1:].isalnum()
    return count <= FEW and goes_on and is_counted(tokens, mark)


def _tells_how_many(
    tokens: Sequence[Token], mark: MaskedTokens, dictated: CardDictation, context: Context
) -> bool:
    """Whether who listens says how many digits there are: ``only thirteen?``, ``the sixteen``."""
    if context.reads or mark.digits not in _CARD_SIZES:
        return False
    if dictated.digits:
        return mark.digits == str(len(dictated.digits))
    return word_before(tokens, mark) == "the"


def _opens(
    tokens: Sequence[Token], mark: MaskedTokens, dictated: CardDictation, *, answers: bool
) -> bool:
    """Whether digits are the first of a card that is waited for."""
    before, count = word_before(tokens, mark), len(mark.digits)
    about = is_about(tokens, mark) or (before == "or" and count <= FEW)
    if about and not (dictated.asked and before in _WAS):
        return False
    if count >= _PART:
        return True
    free = counts_nothing if answers else stands_free
    last = mark.last + 1 == len(tokens)
    one = _is_one(tokens, mark) and not _is_a_digit(tokens, mark)
    led = leads_in(tokens, mark) or _is_a_digit(tokens, mark)
    opens = led and _leads_on(tokens, mark) and not one
    return free(tokens, mark) and (count > 1 or last or opens)


def _goes_on(tokens: Sequence[Token], mark: MaskedTokens, dictated: CardDictation) -> bool:
    """Whether digits are a further part of a card that has been begun."""
    count = len(mark.digits)
    waits = dictated.asked and not dictated.is_long_enough
    free = (counts_nothing if waits else stands_free)(tokens, mark)
    if not dictated.asked and not free and count < _PART:
        return False
    one = _is_one(tokens, mark) and not _is_a_digit(tokens, mark)
    if one and not stands_free(tokens, mark):
        return False
    lone = not one and word_before(tokens, mark) not in _MEASURING
    return count > 1 or (free and (lone or leads_in(tokens, mark)))


def _is_one(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether the word "one" may stand for a thing."""
    return tokens[mark.first].plain == "one"


def _is_a_digit(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether a word tells that a digit follows: ``another one``, ``number one``, ``a one``."""
    return word_before(tokens, mark) in _BEFORE_DIGITS


def _leads_on(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether "and", where it follows, leads to the rest of a number: ``four, and the rest is``."""
    then = mark.last + 2
    rest = then < len(tokens) and (tokens[then].plain in _REST or tokens[then].digits != "")
    return word_behind(tokens, mark) != "and" or rest


def may_begin(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> bool:
    """Whether digits that nothing announces may be the first of a card."""
    if context.quantity_asked or any(mark.digits in one for one in context.written):
        return False
    bare = is_bare(tokens, mark)
    if bare and _SHORT_BEGIN.fullmatch(mark.digits):
        return True
    if BEGINS_CARD.match(context.bare_before + mark.digits) is None:
        return False
    if bare:
        count = len(mark.digits)
        return bool(context.bare_before) or count != _BEGUN or opens_card(tokens, mark)
    if _is_named(mark, context) or speaks_of_sums(tokens[: mark.first]):
        return False
    plain = not is_about(tokens, mark) and stands_free(tokens, mark)
    return plain and _is_read(tokens, mark)


def _is_named(mark: MaskedTokens, context: Context) -> bool:
    """Whether another number was named before in the same sentence."""
    return any(
        cue.kind is None
        and not cue.loose
        and cue.last < mark.first <= cue.last + _NAMED_AHEAD
        and cue.last not in context.reach
        and not any(n in context.ends for n in range(cue.last, mark.first))
        for cue in context.cues
    )


def _is_read(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether digits with other words beside them are read out, by how many they are."""
    count = len(mark.digits)
    figures = tokens[mark.first].plain.isdecimal()
    if figures and count <= _LONG_PART:
        # A post code behind its town, a house or the number of an order else.
        led = leads_in(tokens, mark) and (count == _PART or word_before(tokens, mark) != "and")
        ends = mark.last + 1 == len(tokens) and count == _PART and _is_sentence(tokens)
        return count >= _PART and mark.first == mark.last and (led or ends)
    if count >= _LONG_PART:
        return True
    if any(token.plain in SUMMING for token in tokens[mark.first : mark.last + 1]):
        return False
    if count >= _PART:
        return leads_in(tokens, mark) or mark.last + 1 == len(tokens)
    spelled = mark.last > mark.first and is_by_one(tokens, mark)
    return (count > FEW or spelled) and is_bare_clause(tokens, mark)


def _is_sentence(tokens: Sequence[Token]) -> bool:
    """Whether a turn is more than names and figures."""
    return any(token.plain in _OF_SENTENCES for token in tokens)


def leads_to(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether digits before those of a card may be the first of it."""
    loose = len(mark.digits) == 1 and word_behind(tokens, mark) == "and"
    if loose or is_about(tokens, mark) or not stands_free(tokens, mark):
        return False
    return len(mark.digits) > FEW or leads_in(tokens, mark)
