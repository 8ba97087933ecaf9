"""The parts of a card number: parted by other words, misheard or said again; what follows it."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence

from coach.calls.redaction.card_path import parts_at, ways
from coach.calls.redaction.dictation import leads_to
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.number_context import (
    BARE,
    FEWEST,
    GAP,
    GLUE,
    MAY_BE_CARD,
    OF_CARD,
    PART,
    Context,
    MaskedTokens,
    has_unit,
    is_bare,
    is_by_one,
    is_covered,
    is_measure,
    runs_of,
    told_around,
    told_of,
)
from coach.calls.redaction.spoken_digits import (
    CARD_FORMS,
    HOMOPHONES,
    LONGEST_CARD,
    MONTH,
    SHORTEST_CARD,
    SIZED_FORMS,
    Token,
    is_whole_card,
    passes_luhn,
    readings,
    stretches,
    words_in,
)
from coach.calls.redaction.words_beside_numbers import stands_free

_ECHOING = BARE | words_in(
    "a an not yeah yep correct that sorry pair of double triple times number another think with "
    "nah nope did say said was were have i've got heard"
)
"""Words beside which digits are all that a turn says back."""
_PUTS_RIGHT = ("no", "not", "nope", "nah", "sorry")
_MENDED = 8
"""Digits at most that put right what was said back."""
_PAIR = 2
_TAKEN_BACK = 8
"""Digits at most in whose place others are said."""
_PARTED = 15
"""Tokens between two parts of a card number that are one only together."""
_LONG_ECHO = 8
"""Digits from which a part that is said again need not be the same in all of them."""
_MISHEARD = 2
"""Digits of it that may be others: one, or two that changed places."""
_SMALL_PART = 1.8
"""Digits in a part at least, on average, where none counts anything."""
_SHORT_DATE = re.compile(r"(?:0?[1-9]|1[0-2])/(?:20)?\d{2}")
_MONTH_AND_YEAR = re.compile(r"(?:0[1-9]|1[0-2])(?:20)?(?:2[4-9]|3\d)")
_SHORT_MONTH = re.compile(r"[1-9](?:20)?(?:2[4-9]|3\d)")
_YEAR_SIZES = (2, 4)
_CODE_SIZE = 3
_CODE_SIZES = (3, 4)
_PART_SIZES = (4, 8, 12, 16)


def said_again(
    tokens: Sequence[Token],
    runs: Sequence[tuple[int, int]],
    marks: Sequence[MaskedTokens],
    context: Context,
) -> list[MaskedTokens]:
    """Few digits that say a part of a masked number again, or are a card's expiry date or code.

    Behind "or" stand those that were heard in their place. None goes on with a number.
    """
    whole = _echoed(tokens, runs, marks, context)
    if whole:
        return whole
    card = MaskedKind.CARD
    said = context.card_said or any(mark.kind is card for mark in marks)
    found: list[MaskedTokens] = []
    for begins, last in runs:
        first = begins + _is_sigh(tokens, begins, last)
        digits = "".join(token.digits for token in tokens[first : last + 1])
        mark = MaskedTokens(first, last, card, digits)
        if is_covered(mark, marks) or has_unit(tokens, last):
            continue
        if not _is_free(mark, context) and not _is_an_end(tokens, mark, context):
            continue
        together = first == last or is_by_one(tokens, mark)
        fewest = _CODE_SIZE if together else FEWEST[card]
        misheard = found and found[-1].last == first - 2 and tokens[first - 1].plain == "or"
        if misheard or (
            len(digits) >= fewest and any(_is_of(digits, one) for one in context.masked)
        ):
            found.append(mark._replace(digits=""))
        elif said and _may_be_code(tokens, mark, context):
            found.append(mark._replace(kind=MaskedKind.CODE))
        elif said and (
            _MONTH_AND_YEAR.fullmatch(digits)
            or (_SHORT_MONTH.fullmatch(digits) and _is_behind(mark, marks))
        ):
            found.append(mark._replace(kind=MaskedKind.EXPIRY))
    return found


def _is_an_end(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> bool:
    """Whether four digits together close one of the parts a card came in: ``the one ending 6096``.

    Then they are the card's, whatever else the words around them may name.
    """
    spelled = mark.first == mark.last and tokens[mark.first].plain.isdecimal()
    closes = len(mark.digits) == _PART_SIZES[0] and any(mark.digits in m for m in context.masked)
    return spelled and closes


def _may_be_code(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> bool:
    """Whether three digits are all that a turn says right behind a card's number."""
    spelled = tokens[mark.first].plain.isdecimal() or is_by_one(tokens, mark)
    of_size = bool(context.masked) and len(mark.digits) == _CODE_SIZE
    return of_size and spelled and is_bare(tokens, mark)


def _echoed(
    tokens: Sequence[Token],
    runs: Sequence[tuple[int, int]],
    marks: Sequence[MaskedTokens],
    context: Context,
) -> list[MaskedTokens]:
    """All digits of a turn that says nothing but a part of a number again, or puts a digit right.

    Of the last part one digit may be misheard: ``2069?``, ``no, six``.
    """
    if not context.masked or not runs or marks:
        return []
    if context.dictated is not None and context.dictated.asked:
        return []
    places = [n for n, token in enumerate(tokens) if token.digits]
    if any(n not in places and tokens[n].plain not in _ECHOING for n in range(len(tokens))):
        return []
    digits = "".join(tokens[n].digits for n in places)
    mends = context.part_asked or any(token.plain in _PUTS_RIGHT for token in tokens)
    again = any(_is_said_back(digits, one) for one in context.masked)
    if not again and not (mends and context.card_said and len(digits) <= _MENDED):
        return []
    told = [MaskedTokens(*run, MaskedKind.CARD) for run in runs]
    return told if all(_is_free(mark, context) for mark in told) else []


def _is_said_back(digits: str, number: str) -> bool:
    """Whether digits say a part of a number back, the last one perhaps misheard in a digit."""
    if number.endswith(digits) or (len(digits) > _PAIR and digits in number):
        return len(digits) > 1
    end = number[-len(digits) :]
    return len(digits) > _PAIR and sum(map(operator.ne, digits, end)) < _MISHEARD


def _is_sigh(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether an "oh" before digits in figures is none of them: ``Oh, 2880``."""
    return first < last and tokens[first].plain == "oh" and tokens[first + 1].plain.isdecimal()


def _is_of(digits: str, number: str) -> bool:
    """Whether digits say a number or a part of it again; of many, a few may be misheard."""
    if digits in number:
        return True
    if len(digits) < _LONG_ECHO:
        return False
    return any(
        sum(map(operator.ne, digits, number[place:])) <= _MISHEARD
        for place in range(len(number) - len(digits) + 1)
    )


def _is_behind(mark: MaskedTokens, marks: Sequence[MaskedTokens]) -> bool:
    """Whether a card stands right before the digits."""
    return any(0 < mark.first - one.last <= GAP for one in marks if one.kind is MaskedKind.CARD)


def beside_parts(
    tokens: Sequence[Token],
    runs: Sequence[tuple[int, int]],
    marks: Sequence[MaskedTokens],
    context: Context,
) -> list[MaskedTokens]:
    """The lone digits between two parts of a card, and those one by one before the first part.

    ``seven seven, that's a nine, nine six``; ``five four, hold on, two five zero four``.
    """
    parts = sorted(mark for mark in marks if mark.kind in OF_CARD)
    found = []
    for first, last in runs:
        digits = "".join(token.digits for token in tokens[first : last + 1])
        run = MaskedTokens(first, last, MaskedKind.NUMBER, digits)
        later = [part for part in parts if 0 < part.first - last <= _PARTED]
        earlier = any(0 < first - part.last <= _PARTED for part in parts)
        begins = leads_to(tokens, run) or (len(digits) > 1 and is_by_one(tokens, run))
        if later and len(later[0].digits) >= SHORTEST_CARD:
            begins = begins and later[0].digits.startswith(digits)
        if tokens[first].plain == "one" and first == last and not leads_to(tokens, run):
            continue
        if not later or not (earlier or begins) or is_covered(run, marks):
            continue
        if not has_unit(tokens, last) and _is_free(run, context):
            found.append(run._replace(kind=later[0].kind))
    return found


def _is_free(mark: MaskedTokens, context: Context) -> bool:
    """Whether nothing tells of another number than a card's."""
    known, told = told_around(mark, context)
    return not known or told in OF_CARD


def with_homophones(
    tokens: Sequence[Token], marks: Sequence[MaskedTokens], context: Context
) -> list[MaskedTokens]:
    """The marks with the words that stand for digits beside them: ``for one eight one``.

    Where a card or its code is asked for or stands beside them, and as many digits stand together
    as a part of it has.
    """
    asked = context.asked.kind if context.asked is not None else None
    if all(token.plain not in HOMOPHONES for token in tokens):
        return list(marks)
    read = readings(tokens)
    kept = list(marks)
    for first, last in stretches([len(one) == 1 for one in read]):
        spelled = [bool(token.digits) for token in tokens[first : last + 1]]
        if all(spelled) or not any(spelled):
            continue
        digits = "".join(read[first : last + 1])
        stretch = MaskedTokens(first, last, asked or MaskedKind.NUMBER, digits)
        beside = [mark for mark in kept if is_covered(mark, [stretch])]
        kind = beside[0].kind if beside else asked
        sizes = _CODE_SIZES if kind is MaskedKind.CODE else _PART_SIZES if kind in OF_CARD else ()
        if len(digits) not in sizes:
            continue
        kept = [mark for mark in kept if mark not in beside]
        if beside:
            ends = (
                min(m.first for m in (*beside, stretch)),
                max(m.last for m in (*beside, stretch)),
            )
            inside = ends == (first, last)
            stretch = MaskedTokens(*ends, beside[0].kind, digits if inside else beside[0].digits)
        kept.append(stretch)
    return kept


def behind_card(tokens: Sequence[Token], card: MaskedTokens) -> list[MaskedTokens]:
    """The expiry date and the security code said right behind a card number without their names."""
    marks = []
    place = _next_said(tokens, card.last)
    month = place < len(tokens) and MONTH.fullmatch(tokens[place].plain) is not None
    if month and place + 1 < len(tokens) and len(tokens[place + 1].digits) in _YEAR_SIZES:
        marks.append(MaskedTokens(place, place + 1, MaskedKind.EXPIRY))
    elif place < len(tokens) and _SHORT_DATE.fullmatch(tokens[place].plain):
        marks.append(MaskedTokens(place, place, MaskedKind.EXPIRY))
    if marks:
        place = _next_said(tokens, marks[0].last)
    code, last = "", place
    while last < len(tokens) and tokens[last].digits:
        code += tokens[last].digits
        last += 1
    if len(code) == _CODE_SIZE and not has_unit(tokens, last - 1):
        marks.append(MaskedTokens(place, last - 1, MaskedKind.CODE, code))
    return marks


def months_of_years(tokens: Sequence[Token]) -> list[MaskedTokens]:
    """Expiry dates said by two numbers: ``five of thirty``."""
    return [
        MaskedTokens(place, place + 2, MaskedKind.EXPIRY)
        for place in range(1, len(tokens) - 2)
        if _is_month_of_year(tokens, place)
    ]


def _is_month_of_year(tokens: Sequence[Token], place: int) -> bool:
    """Whether a month and a year are said by their numbers: ``five of thirty``."""
    if tokens[place + 1].plain not in ("of", "slash"):
        return False
    return _SHORT_DATE.fullmatch(f"{tokens[place].digits}/{tokens[place + 2].digits}") is not None


def _next_said(tokens: Sequence[Token], place: int) -> int:
    """The next place behind the few fillers that follow a place."""
    for n in range(place + 1, min(place + 2 + GAP, len(tokens))):
        if tokens[n].digits or tokens[n].plain not in GLUE:
            return n
    return len(tokens)


def parted_card(
    tokens: Sequence[Token],
    atoms: Sequence[str],
    runs: Sequence[tuple[int, int]],
    context: Context,
) -> list[MaskedTokens]:
    """The parts of a card number with other words between them, whatever they are.

    Where those tell of another number ("I'm on the phone"), length and first digits must be a
    card's as nearly all have them.
    """
    runs = [run for run in runs if not is_measure(tokens, *run)]
    other = [
        told_of(MaskedTokens(*run, MaskedKind.NUMBER), context) not in MAY_BE_CARD for run in runs
    ]
    free = [stands_free(tokens, MaskedTokens(*run, MaskedKind.NUMBER)) for run in runs]
    marks: list[MaskedTokens] = []
    limit = len(runs)
    for begin in reversed(range(len(runs))):  # the latest begin: what was abandoned is no part
        places: list[int] = []
        for end in range(begin, limit):
            first, last = runs[end]
            if end > begin and first - runs[end - 1][1] > _PARTED:
                break
            places += [n for n in range(first, last + 1) if atoms[n]]
            said = sum(len(atoms[n]) for n in places)
            if said > LONGEST_CARD + _TAKEN_BACK:
                break
            if said < SHORTEST_CARD:
                continue
            fewest = PART if not all(free[begin : end + 1]) else _SMALL_PART
            if said < fewest * (end - begin + 1) and not context.of_card:
                continue
            if _is_card(tokens, atoms, places, usual=any(other[begin : end + 1])):
                parts = runs[begin : end + 1] if end > begin else []
                marks += [_as_card(atoms, run) for run in parts]
                limit = begin
                break
    return marks


def _as_card(atoms: Sequence[str], run: tuple[int, int]) -> MaskedTokens:
    return MaskedTokens(*run, MaskedKind.CARD, "".join(atoms[run[0] : run[1] + 1]))


def _is_card(
    tokens: Sequence[Token], atoms: Sequence[str], places: Sequence[int], *, usual: bool
) -> bool:
    """Whether digits are a card number, as said or as far as they were not taken back.

    ``usual``: only a number of a usual length counts, and none of which digits were taken back.
    """
    whole = "".join([atoms[n] for n in places])
    if (SIZED_FORMS if usual else CARD_FORMS).fullmatch(whole) and passes_luhn(whole):
        return True
    return not usual and any(map(is_whole_card, ways(parts_at(tokens, places, places[0]))))


def misheard_card(
    tokens: Sequence[Token], atoms: Sequence[str], context: Context
) -> list[MaskedTokens]:
    """Card numbers of which some digits were written as other words or as times or amounts.

    Such words are digits only where with them the whole is a card number and without them none.
    """
    read = readings(tokens)
    loose = [atom or read[n] for n, atom in enumerate(atoms)]
    marks = []
    for first, last in runs_of(tokens, loose):
        places = [n for n in range(first, last + 1) if loose[n]]
        odd = [n for n in places if not atoms[n]]
        if not odd or sum(len(loose[n]) for n in places) < SHORTEST_CARD:
            continue
        told = told_around(MaskedTokens(first, last, MaskedKind.CARD), context)
        if told[0] and told[1] not in (MaskedKind.CARD, MaskedKind.NUMBER):
            continue
        for cut in (places, places[1:], places[:-1]):
            edges = {places[0], places[-1]}.difference(cut)
            digits = "".join(loose[n] for n in cut)
            free = all(tokens[n].plain in HOMOPHONES for n in edges)
            if free and is_whole_card(digits):
                marks.append(MaskedTokens(cut[0], cut[-1], MaskedKind.CARD, digits))
                break
    return marks
