"""Finds numbers read out, and tells by their form and the words around them what they are."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from coach.calls.redaction.behind_cards import codes_named_after, expiries_in
from coach.calls.redaction.card_parts import (
    behind_card,
    beside_parts,
    misheard_card,
    months_of_years,
    parted_card,
    said_again,
    with_homophones,
)
from coach.calls.redaction.card_path import CardDictation
from coach.calls.redaction.counting import is_counting, is_day, is_range, is_written_day
from coach.calls.redaction.dictation import gone_on, is_dictated, may_begin
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.lettered_numbers import numbers_by_form, numbers_with_letters
from coach.calls.redaction.named_parts import ends_of_cards, named_by_place
from coach.calls.redaction.number_context import (
    BARE,
    FEWEST,
    MAY_BE_CARD,
    OF_CARD,
    PART,
    Context,
    MaskedTokens,
    explains,
    has_unit,
    is_bare,
    is_by_one,
    is_covered,
    is_last,
    is_measure,
    opens_card,
    runs_of,
    told_around,
    told_of,
)
from coach.calls.redaction.spoken_digits import (
    LONGEST_CARD,
    SHORTEST_CARD,
    SIZED_FORMS,
    Token,
    card_windows,
    has_figures,
    words_in,
)
from coach.calls.redaction.words_beside_numbers import is_about, word_behind

_OPENS_SENTENCE = words_in("it's its it here's my")
_FORMS: tuple[tuple[MaskedKind, re.Pattern[str]], ...] = (
    (MaskedKind.ID, re.compile(r"\d{3}[- ]\d{2}[- ]\d{4}")),
    (MaskedKind.BANK, re.compile(r"\d{2}-\d{2}-\d{2}(?: \d{8})?")),
    (
        MaskedKind.PHONE,
        re.compile(r"\+\d[\d ().-]{6,}|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}|\d{3}-\d{4}"),
    ),
)
_AFTER_CARD = (MaskedKind.CODE, MaskedKind.EXPIRY)
_MOST = {MaskedKind.CODE: 6, MaskedKind.EXPIRY: 6, MaskedKind.BIRTH: 8, MaskedKind.ADDRESS: 9}
_PHONE_DIGITS = (10, 11)
_PHONE_GROUPS = ((10,), (11,), (3, 3, 4), (3, 4, 3), (3, 7), (5, 5), (1, 10), (1, 3, 3, 4), (5, 6))
_POST_CODE = 5
"""Digits in one figure that nothing announces and that are hardly ever a part of a card."""
_UNNAMED = 7
"""Digits from which a number that nothing explains is masked."""
_SHORT_YEAR = 2
_NAMED_AHEAD = 7
_ANNOUNCING = BARE | words_in(
    "i i'm i'll want wanna use using would like have paying pay with a an another looks think this "
    "that number details now me give giving"
)
"""Words between a card's name and its digits."""
_SUM = 5
_COUNTED = 2
"""Tokens up to which nobody counts."""


def numbers_in(tokens: Sequence[Token], context: Context) -> list[MaskedTokens]:
    """Every number to be masked."""
    if not any(token.digits for token in tokens) and not has_figures(tokens):
        return []
    inside = {n for cue in context.cues for n in range(cue.first, cue.last + 1)}
    atoms = [
        "" if n in inside and len(token.digits) < SHORTEST_CARD else token.digits
        for n, token in enumerate(tokens)
    ]
    atoms = _without_written(tokens, atoms, context)
    context = context._replace(reach=_reach(tokens, context))
    marks = numbers_by_form(tokens)
    marks += [
        m for m in numbers_with_letters(tokens, atoms, inside, context) if not is_covered(m, marks)
    ]
    begun = max(map(len, context.masked), default=0)
    long = begun + sum(map(len, atoms)) >= SHORTEST_CARD
    marks += [m for m in _beside_card(tokens, context, long=long) if not is_covered(m, marks)]
    breaks = {n for m in marks if m.kind in _AFTER_CARD for n in (m.first, m.last + 1)}
    breaks |= {c.first for c in context.cues if c.kind in _AFTER_CARD}
    runs = runs_of(tokens, atoms, breaks.union(last + 1 for last in context.reach.values()))
    runs = [part for run in runs for part in _without_sum(tokens, run)]
    marks += [m for m in parted_card(tokens, atoms, runs, context) if not is_covered(m, marks)]
    marks += [m for m in misheard_card(tokens, atoms, context) if not is_covered(m, marks)]
    whole_turn = context
    if context.card_said and context.dictated is None:
        marks += named_by_place(tokens, runs, marks, context)
    for first, last in runs:
        digits = "".join(atoms[first : last + 1])
        mark = MaskedTokens(first, last, MaskedKind.NUMBER, digits)
        if is_covered(mark, marks):
            in_card = is_covered(mark, [m for m in marks if m.kind is MaskedKind.CARD])
            if in_card:
                context = _gone_on(tokens, mark._replace(kind=MaskedKind.CARD), context)
            continue
        kind = _kind(tokens, mark, context)
        if kind is MaskedKind.PHONE and first and tokens[first - 1].plain == "plus":
            mark = mark._replace(first=first - 1)
        if kind in OF_CARD:
            mark = mark._replace(first=_with_thousands(tokens, first))
        if kind is not None:
            marks.append(mark._replace(kind=kind))
            context = _gone_on(tokens, mark._replace(kind=kind), context)
    for card in [mark for mark in marks if mark.kind is MaskedKind.CARD]:
        marks += [m for m in behind_card(tokens, card) if not is_covered(m, marks)]
    marks += said_again(tokens, runs, marks, whole_turn)
    marks += beside_parts(tokens, runs, marks, whole_turn)
    marks += named_by_place(tokens, runs, marks, whole_turn)
    marks += [m for m in ends_of_cards(tokens, whole_turn) if not is_covered(m, marks)]
    return sorted(with_homophones(tokens, marks, whole_turn))


def _beside_card(tokens: Sequence[Token], context: Context, *, long: bool) -> list[MaskedTokens]:
    """The date and the code of a card as far as words tell of them; ``long`` turns may say both."""
    if not context.cues and context.asked is None and not context.card_said:
        return months_of_years(tokens) if long else []
    marks = expiries_in(tokens, context)
    if context.card_said or long:
        marks += [m for m in codes_named_after(tokens, context) if not is_covered(m, marks)]
    if long:
        marks += [m for m in months_of_years(tokens) if not is_covered(m, marks)]
    return marks


def _without_sum(tokens: Sequence[Token], run: tuple[int, int]) -> list[tuple[int, int]]:
    """A run parted from the sum that follows behind a comma: ``9012 3456, two hundred pounds``."""
    first, last = run
    if not has_unit(tokens, last):
        return [run]
    ends = [n for n in range(first, last) if tokens[n].text[-1] in ",.;"]
    said = sum(len(token.digits) for token in tokens[ends[-1] + 1 : last + 1]) if ends else 0
    before = sum(len(token.digits) for token in tokens[first : ends[-1] + 1]) if ends else 0
    if before < SHORTEST_CARD or said > _SUM:
        return [run]
    return [(first, ends[-1]), (ends[-1] + 1, last)]


def _with_thousands(tokens: Sequence[Token], first: int) -> int:
    """Where a number begins whose thousands stand before: ``four thousand and twenty four``."""
    place = first - 1
    if place > 0 and tokens[place].plain == "and":
        place -= 1
    thousands = place > 0 and tokens[place].plain == "thousand" and tokens[place - 1].digits
    return place - 1 if thousands else first


def _gone_on(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> Context:
    """What is known behind a number that was masked: a card being read out goes on."""
    if mark.kind not in OF_CARD:
        return context
    begun = context.dictated or CardDictation(None, (), asked=False, until=0.0)
    begun = gone_on(begun, tokens, [mark])
    begun = begun._replace(asked=begun.asked or mark.kind is MaskedKind.CARD)
    return context._replace(dictated=None if begun.whole else begun)


def _reach(tokens: Sequence[Token], context: Context) -> dict[int, int]:
    """How far harmless cues explain numbers: where a card is asked for the next number alone.

    So elsewhere, where another sentence begins behind it: ``for invoice 20731, it's`` 4234 ...
    """
    asked = context.asked is not None and context.asked.kind in OF_CARD
    reach = {}
    for cue in context.cues:
        said = [n for n in range(cue.last + 1, len(tokens)) if tokens[n].digits]
        if cue.kind is None and said and explains(cue, said[0], context):
            last = said[0]
            while last + 1 in said:
                last += 1
            following = tokens[last + 1].plain if last + 1 < len(tokens) else ""
            if asked or (tokens[last].text.endswith(",") and following in _OPENS_SENTENCE):
                reach[cue.last] = last
    return reach


def _without_written(tokens: Sequence[Token], atoms: list[str], context: Context) -> list[str]:
    """The digits without whole numbers that stand written already: masking one hides nothing."""
    if not context.written:
        return atoms
    left = list(atoms)
    for first, last in runs_of(tokens, atoms):
        digits = "".join(atoms[first : last + 1])
        if len(digits) >= _UNNAMED and any(
            digits[1 - LONGEST_CARD :] in one for one in context.written
        ):
            left[first : last + 1] = [""] * (last + 1 - first)
    return left


def _kind(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> MaskedKind | None:
    """What a run of digits is; None where it may be written."""
    digits = mark.digits
    if is_measure(tokens, mark.first, mark.last):
        return None
    known, kind = told_around(mark, context)
    sure = not (known and kind is None) and not is_counting(tokens[mark.first : mark.last + 1])
    if _card(tokens, mark, context, sure=sure):
        return MaskedKind.CARD
    read = _read_out(tokens, mark, context, told=(known, kind))
    waits = context.dictated is not None and known and kind in OF_CARD
    if read is not None or (waits and len(digits) < SHORTEST_CARD):
        return read
    by_one = len(digits) >= FEWEST[MaskedKind.NUMBER] and is_by_one(tokens, mark)
    if len(digits) < SHORTEST_CARD and has_unit(tokens, mark.last) and not by_one:
        return None
    return _told_kind(tokens, mark, context, kind) if known else _unnamed(tokens, mark, context)


def _told_kind(
    tokens: Sequence[Token], mark: MaskedTokens, context: Context, kind: MaskedKind | None
) -> MaskedKind | None:
    """What a run of digits is that words tell of."""
    if kind is None:
        extended = word_behind(tokens, mark) in ("extension", "ext", "x")
        return MaskedKind.PHONE if extended and len(mark.digits) in _PHONE_DIGITS else None
    if _fits(tokens, mark, context, kind):
        return kind
    about = kind in OF_CARD and len(mark.digits) < _UNNAMED and is_about(tokens, mark)
    return None if about else _unnamed(tokens, mark, context)


def _read_out(
    tokens: Sequence[Token],
    mark: MaskedTokens,
    context: Context,
    *,
    told: tuple[bool, MaskedKind | None],
) -> MaskedKind | None:
    """The kind of digits that are a part of what is being read out; None where they are not."""
    dictated, (known, kind) = context.dictated, told
    if dictated is None and kind is MaskedKind.CARD and _is_named(tokens, mark, context):
        dictated = CardDictation(None, (), asked=True, until=0.0)
        context = context._replace(answers=True)
    if dictated is None or (known and kind not in OF_CARD):
        return None
    if not is_dictated(tokens, mark, dictated, context):
        return None
    return MaskedKind.CARD if dictated.asked else MaskedKind.NUMBER


def _fits(tokens: Sequence[Token], mark: MaskedTokens, context: Context, kind: MaskedKind) -> bool:
    """Whether digits are as many as a number of their kind has, or go on with one."""
    count = len(mark.digits)
    if kind in OF_CARD and count < _UNNAMED and is_about(tokens, mark):
        return False
    fits = FEWEST.get(kind, 4) <= count <= _MOST.get(kind, LONGEST_CARD * 2)
    opens = kind in OF_CARD and opens_card(tokens, mark)
    return fits or opens or _goes_on(tokens, mark, context, kind)


def _is_named(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> bool:
    """Whether a card is spoken of right before the digits: ``my wife's card, fifty one``."""
    lasts = [cue.last for cue in context.cues if cue.kind is MaskedKind.CARD]
    between = [tokens[last + 1 : mark.first] for last in lasts if last < mark.first]
    return any(
        len(words) <= _NAMED_AHEAD and all(w.plain in _ANNOUNCING for w in words)
        for words in between
    )


def _card(tokens: Sequence[Token], mark: MaskedTokens, context: Context, *, sure: bool) -> bool:
    """Whether a card number stands in the digits, alone or behind those said before.

    Those said before must come in the parts of a number: who talks for long says many figures.
    Of a number that is said to be another one (not ``sure``), more than the check digit must
    speak for a card: one number in ten passes that, and most long ones do in some part.
    """
    clear = "".join(context.clear)
    free = told_of(mark, context) in MAY_BE_CARD and not _is_phone(tokens, mark)
    said = clear + mark.digits
    ends = list(itertools.accumulate(map(len, context.clear)))
    windows = [
        (begin, end)
        for begin, end in card_windows(said)
        if end > len(clear)
        and (
            begin >= len(clear)
            or context.of_card
            or SIZED_FORMS.fullmatch(said[begin:end])
            or (free and end - begin >= PART * (1 + sum(begin < part for part in ends)))
        )
    ]
    if sure or not windows:
        return bool(windows)
    edges = _edges(tokens[mark.first : mark.last + 1], len(clear))
    return any(
        end in edges
        and (begin in edges or begin < len(clear))
        and SIZED_FORMS.fullmatch(said[begin:end])
        for begin, end in windows
    )


def _edges(tokens: Sequence[Token], before: int) -> set[int]:
    """Where groups of digits begin and end; digits one by one are of one group.

    Another word or a comma ends one.
    """
    edges, place = {before}, before
    for token in tokens:
        if len(token.digits) != 1:
            edges.add(place)
        place += len(token.digits)
        if len(token.digits) != 1 or not token.text[-1].isalnum():
            edges.add(place)
    return edges | {place}


def _goes_on(
    tokens: Sequence[Token], mark: MaskedTokens, context: Context, kind: MaskedKind
) -> bool:
    """Whether a few digits are the next part of what was begun, or the first of what was asked."""
    asked = context.asked
    if asked is None or asked.kind is not kind:
        return context.draft and is_last(tokens, mark)
    if asked.year_due:
        return is_bare(tokens, mark) and len(mark.digits) == _SHORT_YEAR
    if kind in _MOST and not context.draft:
        return False
    begun = bool(asked.so_far) or context.draft
    return is_bare(tokens, mark) and len(mark.digits) >= (1 if begun else 2)


def _is_phone(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether figures are grouped as those of a telephone and hardly those of a card."""
    said = tokens[mark.first : mark.last + 1]
    return tuple(len(token.digits) for token in said if token.digits) in _PHONE_GROUPS


def _unnamed(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> MaskedKind | None:
    """What a number is that nothing announces."""
    said = " ".join(t.text.strip(",;:!?") for t in tokens[mark.first : mark.last + 1])
    said = said.rstrip(".")
    for kind, form in _FORMS:
        if form.search(said):
            return None if is_day(tokens, mark, said) else kind
    count = len(mark.digits)
    if mark.first == mark.last and is_written_day(mark.digits):
        return None
    begins = may_begin(tokens, mark, context)
    counted = is_counting(tokens[mark.first : mark.last + 1]) or is_range(tokens, mark)
    if counted and not (begins and mark.last - mark.first < _COUNTED):
        return None
    if count >= SHORTEST_CARD and not begins:
        return MaskedKind.CARD
    if count in _PHONE_DIGITS and (not begins or _is_phone(tokens, mark)):
        return MaskedKind.PHONE
    single = is_by_one(tokens, mark)
    half = context.draft and is_last(tokens, mark) and count >= (2 if single else 4)
    # Who says four digits one by one reads a number out, whatever is said beside them.
    harmless = any(cue.kind is None and cue.last < mark.first for cue in context.cues)
    by_one = single and not harmless and mark.digits[2:] != mark.digits[:2]
    read = count >= FEWEST[MaskedKind.NUMBER] and (by_one or is_bare(tokens, mark))
    read = read and not (count == _POST_CODE and mark.first == mark.last and not context.draft)
    bare = context.asked is None and is_bare(tokens, mark)
    read = read or (bare and opens_card(tokens, mark))
    return MaskedKind.NUMBER if begins or count >= _UNNAMED or half or read else None
