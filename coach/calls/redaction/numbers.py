"""Finds numbers read out, and tells by their form and the words around them what they are."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from coach.calls.redaction.card_parts import (
    behind_card,
    beside_parts,
    further,
    misheard_card,
    next_part,
    parted_card,
    said_again,
    with_homophones,
)
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.lettered_numbers import numbers_by_form, numbers_with_letters
from coach.calls.redaction.number_context import (
    FEWEST,
    GLUE,
    MAY_BE_CARD,
    OF_CARD,
    PART,
    UNITS,
    Context,
    MaskedTokens,
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
    is_date,
    words_in,
)

_OPENS_SENTENCE = words_in("it's its it here's my")
_USUAL_CARD = 16
"""Digits that nearly all cards have."""
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
_UNNAMED = 7
"""Digits from which a number that nothing explains is masked."""
_PAIRS = re.compile(r"(\d\d)-(\d\d)-\d\d")
_BEFORE_DAYS = words_in("on since from until till by before after of dated")
_SHORT_YEAR = 2
_MONTHS = 12
_DAYS = 31
_YEAR = re.compile(r"(?:19|20)\d\d")


def numbers_in(tokens: Sequence[Token], context: Context) -> list[MaskedTokens]:
    """Every number to be masked."""
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
    breaks = {c.first for c in context.cues if c.kind in _AFTER_CARD}
    runs = runs_of(tokens, atoms, breaks.union(last + 1 for last in context.reach.values()))
    marks += [m for m in parted_card(tokens, atoms, runs, context) if not is_covered(m, marks)]
    marks += [m for m in misheard_card(tokens, atoms, context) if not is_covered(m, marks)]
    begun: MaskedTokens | None = None
    for first, last in runs:
        digits = "".join(atoms[first : last + 1])
        mark = MaskedTokens(first, last, MaskedKind.NUMBER, digits)
        if is_covered(mark, marks):
            in_card = is_covered(mark, [m for m in marks if m.kind is MaskedKind.CARD])
            begun = further(begun, mark._replace(kind=MaskedKind.CARD)) if in_card else begun
            continue
        kind = _kind(tokens, mark, context)
        if kind is None and begun is not None:
            kind = next_part(tokens, mark, begun, context)
        if kind is MaskedKind.PHONE and first and tokens[first - 1].plain == "plus":
            mark = mark._replace(first=first - 1)
        if kind is MaskedKind.CARD and first > 1 and tokens[first - 1].plain == "thousand":
            mark = mark._replace(first=first - 2)  # "four thousand nine hundred sixty seven, ..."
        if kind is not None:
            marks.append(mark._replace(kind=kind))
        if kind in OF_CARD:
            begun = further(begun, mark._replace(kind=kind))
    for card in [mark for mark in marks if mark.kind is MaskedKind.CARD]:
        marks += [m for m in behind_card(tokens, card) if not is_covered(m, marks)]
    marks += said_again(tokens, runs, marks, context)
    marks += beside_parts(tokens, runs, marks, context)
    return sorted(with_homophones(tokens, marks, context))


def _reach(tokens: Sequence[Token], context: Context) -> dict[int, int]:
    """How far harmless cues explain numbers: where a card is asked for the next number alone.

    So elsewhere, where another sentence begins behind it: ``for invoice 20731, it's`` 4234 ...
    """
    asked = context.asked is not None and context.asked.kind in OF_CARD
    reach = {}
    for cue in context.cues:
        said = [n for n in range(cue.last + 1, len(tokens)) if tokens[n].digits]
        if cue.kind is None and said:
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
    sure = not (known and kind is None) and not _is_counting(tokens[mark.first : mark.last + 1])
    if _card(tokens, mark, context, sure=sure):
        return MaskedKind.CARD
    following = tokens[mark.last + 1].plain if mark.last + 1 < len(tokens) else ""
    by_one = len(digits) >= FEWEST[MaskedKind.NUMBER] and is_by_one(tokens, mark)
    if len(digits) < SHORTEST_CARD and UNITS.fullmatch(following) and not by_one:
        return None
    if known and kind is not None:
        fits = FEWEST.get(kind, 4) <= len(digits) <= _MOST.get(kind, LONGEST_CARD * 2)
        opens = kind in OF_CARD and opens_card(tokens, mark)
        if fits or opens or _goes_on(tokens, mark, context, kind):
            return kind
    extended = following in ("extension", "ext", "x") and len(digits) in _PHONE_DIGITS
    if known and kind is None:
        return MaskedKind.PHONE if extended else None
    return _unnamed(tokens, mark, context)


def _card(tokens: Sequence[Token], mark: MaskedTokens, context: Context, *, sure: bool) -> bool:
    """Whether a card number stands in the digits, alone or behind those said before.

    Those said before must come in the parts of a number: who talks for long says many figures.
    Of a number that is said to be another one (not ``sure``), more than the check digit must
    speak for a card: one number in ten passes that, and most long ones do in some part.
    """
    clear = "".join(context.clear)
    free = told_of(mark, context) in MAY_BE_CARD
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
    open_card = 0 < len(asked.so_far) < _USUAL_CARD
    if kind is MaskedKind.CARD and open_card and len(mark.digits) > 1:
        return True
    first = all(t.plain in GLUE for t in tokens[: mark.first])
    if (
        kind is MaskedKind.NUMBER
        and first
        and len(asked.so_far) >= _UNNAMED
        and len(mark.digits) > 2
    ):
        return True
    return is_bare(tokens, mark) and len(mark.digits) >= (1 if begun else 2)


def _unnamed(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> MaskedKind | None:
    """What a number is that nothing announces."""
    said = " ".join(t.text.strip(",;:!?") for t in tokens[mark.first : mark.last + 1])
    said = said.rstrip(".")
    for kind, form in _FORMS:
        if form.search(said):
            return None if _is_day(tokens, mark, said) else kind
    count = len(mark.digits)
    if _is_counting(tokens[mark.first : mark.last + 1]) or _is_range(tokens, mark):
        return None
    if count >= SHORTEST_CARD:
        return MaskedKind.CARD
    if count in _PHONE_DIGITS:
        return MaskedKind.PHONE
    single = is_by_one(tokens, mark)
    half = context.draft and is_last(tokens, mark) and count >= (2 if single else 4)
    # Who says four digits one by one reads a number out, whatever is said beside them.
    harmless = any(cue.kind is None and cue.last < mark.first for cue in context.cues)
    by_one = single and not harmless and mark.digits[2:] != mark.digits[:2]
    read = count >= FEWEST[MaskedKind.NUMBER] and (by_one or is_bare(tokens, mark))
    bare = context.asked is None and is_bare(tokens, mark)
    read = read or (bare and opens_card(tokens, mark))
    return MaskedKind.NUMBER if count >= _UNNAMED or half or read else None


def _is_day(tokens: Sequence[Token], mark: MaskedTokens, said: str) -> bool:
    """Whether three pairs of figures are a date and no sort code: ``since 11-22-24``."""
    pairs = _PAIRS.fullmatch(said)
    if pairs is None or not mark.first or tokens[mark.first - 1].plain not in _BEFORE_DAYS:
        return False
    one, two = int(pairs[1]), int(pairs[2])
    return 0 < min(one, two) <= _MONTHS and max(one, two) <= _DAYS


def _is_range(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether two figures are the ends of a change: ``from forty two fifty to fifty eight``."""
    said = [token.plain for token in tokens[mark.first : mark.last + 1]]
    began = mark.first and tokens[mark.first - 1].plain in ("from", "between")
    return bool(began) and ("to" in said or "and" in said)


def _is_counting(tokens: Sequence[Token]) -> bool:
    """Whether somebody counts, or names years: ``1, 2, 3, 4``."""
    if any(is_date(t.plain) for t in tokens):
        return True
    said = [t.digits for t in tokens if t.digits]
    if all(_YEAR.fullmatch(one) for one in said):
        return True
    steps = {int(b) - int(a) for a, b in itertools.pairwise(said)}
    return len(said) > 2 and len(steps) == 1 and steps != {0}
