"""Finds numbers read out, and tells by their form and the words around them what they are."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from coach.calls.redaction.cues import AskedDetail, DetailCue
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.spoken_digits import (
    CARD_FORMS,
    HOMOPHONES,
    LONGEST_CARD,
    MONTH,
    OH,
    SHORTEST_CARD,
    SIZED_FORMS,
    TIMES,
    Token,
    card_windows,
    has_figures,
    is_date,
    is_whole_card,
    passes_luhn,
    readings,
    words_in,
)

_GLUE = words_in(
    "um uh er erm so then and dash hyphen space okay ok yeah yes right is it's that's that no "
    "sorry wait i mean mean correction again scratch actually make rather not for to too number"
)
"""Words that may stand between the digits of one number."""
_PARTS = words_in("last first next final other")
_OF_PARTS = _GLUE | _PARTS | words_in("the are digits numbers two three four six eight")
"""Words that announce the next digits of a number: ``and the last four are``."""
_CORRECTING = words_in(
    "no sorry wait correction scratch scrap wrong mistake not lie bad pardon oops excuse actually"
    " rather"
)
"""Words after which digits may stand in place of those before."""
_TAKEN_BACK = 8
"""Tokens at most in whose place others are said."""
_PARTED = 15
"""Tokens between two parts of a card number that are one only together."""
_PART = 2.5
"""Digits in a part at least, on average, where nothing tells of a card.

Who talks of many things for long says sixteen figures in ones and twos, and the sums of one in ten
such talks come out as a card's.
"""
_OPENS_SENTENCE = words_in("it's its it here's my")
_FEW = 2
"""Digits at most of a measure."""
_USUAL_CARD = 16
"""Digits that nearly all cards have."""
_HALF = 8
"""Digits after which the rest of a card may come in small parts."""
_GAP = 5
"""Such words between two digits at most."""
_BARE = _GLUE | words_in(
    "it its sure the numbers first four are starts with hi hello card my on i've got here well all "
    "go ready last next mhm uh-huh alright thanks please of"
)
"""Words beside which digits are all that a turn says."""
_UNITS = re.compile(
    r"(?:dollar|pound|euro|cent|buck|quid|percent|minute|hour|day|week|month|year|second|time"
    r"|mile|degree|people|thousand|million|point|star|megabit|gig|k|am|pm|o'clock|stone|kilo"
    r"|pence|inch|units?|steps?)s?"
)
_SHORT_DATE = re.compile(r"(?:0?[1-9]|1[0-2])/(?:20)?\d{2}")
_MONTH_AND_YEAR = re.compile(r"(?:0[1-9]|1[0-2])(?:20)?(?:2[4-9]|3\d)")
_YEAR_SIZES = (2, 4)
_CODE_SIZE = 3
_OPENING = re.compile(r"3[47]\d|5[1-5]\d|[46]\d\d")
"""Three digits with which a card begins."""
_CODE_SIZES = (3, 4)
_PART_SIZES = (4, 8, 12, 16)
_FORMS: tuple[tuple[MaskedKind, re.Pattern[str]], ...] = (
    (MaskedKind.ID, re.compile(r"\d{3}[- ]\d{2}[- ]\d{4}")),
    (MaskedKind.BANK, re.compile(r"\d{2}-\d{2}-\d{2}(?: \d{8})?")),
    (
        MaskedKind.PHONE,
        re.compile(r"\+\d[\d ().-]{6,}|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}|\d{3}-\d{4}"),
    ),
)
_AFTER_CARD = (MaskedKind.CODE, MaskedKind.EXPIRY)
_MAY_BE_CARD = (None, MaskedKind.CARD, MaskedKind.NUMBER)
_OF_CARD = (MaskedKind.CARD, MaskedKind.NUMBER)
_FEWEST = {
    MaskedKind.CARD: 4,
    MaskedKind.BANK: 4,
    MaskedKind.ID: 4,
    MaskedKind.PHONE: 6,
    MaskedKind.CODE: 3,
    MaskedKind.EXPIRY: 3,
    MaskedKind.BIRTH: 4,
    MaskedKind.ADDRESS: 5,
    MaskedKind.NUMBER: 4,
}
"""Digits from which a number after a cue is of its kind."""
_MOST = {MaskedKind.CODE: 6, MaskedKind.EXPIRY: 6, MaskedKind.BIRTH: 8, MaskedKind.ADDRESS: 9}
_WITH_LETTERS = (MaskedKind.ID, MaskedKind.BANK, MaskedKind.ADDRESS)
_PHONE_DIGITS = (10, 11)
_UNNAMED = 7
"""Digits from which a number that nothing explains is masked."""
_AHEAD = 10
_BEHIND = 4
"""Tokens between a cue and its number, before and after it."""
_NI = re.compile(r"[A-Z]{2}\d{6}[A-D]")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_PAIRS = re.compile(r"(\d\d)-(\d\d)-\d\d")
_BEFORE_DAYS = words_in("on since from until till by before after of dated")
_SHORT_YEAR = 2
_MONTHS = 12
_DAYS = 31
_SPELLED = re.compile(r"[A-Z](?:[.-][A-Z])+")
"""Letters in one token: ``A.I.B.K.``, ``N-W-B-K``."""
_WORD_LETTERS = ("a", "i")
_YEAR = re.compile(r"(?:19|20)\d\d")


class MaskedTokens(NamedTuple):
    """A stretch of tokens to be masked."""

    first: int
    last: int
    """Inclusive."""
    kind: MaskedKind
    digits: str = ""


class Context(NamedTuple):
    """What is known beside the words themselves."""

    cues: Sequence[DetailCue]
    asked: AskedDetail | None
    clear: tuple[str, ...] = ()
    """Digits that the speaker said lately and that were not masked, in the parts they came in."""
    draft: bool = False
    """Whether more may follow at once."""
    written: tuple[str, ...] = ()
    """Digits that either side said lately and that were not masked."""
    masked: tuple[str, ...] = ()
    """Digits of cards, and of numbers that may be cards, that either side said lately."""
    ends: frozenset[int] = frozenset()
    """The tokens that end a sentence: what is said of a number behind one is of another."""
    reach: Mapping[int, int] = MappingProxyType({})
    """By the last token of a harmless cue, the last one that it explains."""
    card_said: bool = False
    """Whether as many digits as a card has were masked lately."""

    @property
    def of_card(self) -> bool:
        """Whether a card is asked for or spoken of."""
        asked = self.asked is not None and self.asked.kind in _OF_CARD
        return asked or any(cue.kind is MaskedKind.CARD for cue in self.cues)


def numbers_in(tokens: Sequence[Token], context: Context) -> list[MaskedTokens]:
    """Every number to be masked."""
    inside = {n for cue in context.cues for n in range(cue.first, cue.last + 1)}
    atoms = [
        "" if n in inside and len(token.digits) < SHORTEST_CARD else token.digits
        for n, token in enumerate(tokens)
    ]
    atoms = _without_written(tokens, atoms, context)
    context = context._replace(reach=_reach(tokens, context))
    marks = _codes(tokens)
    marks += [m for m in _lettered(tokens, atoms, inside, context) if not _covered(m, marks)]
    breaks = {c.first for c in context.cues if c.kind in _AFTER_CARD}
    runs = _runs(tokens, atoms, breaks.union(last + 1 for last in context.reach.values()))
    marks += [m for m in _parted_card(tokens, atoms, runs, context) if not _covered(m, marks)]
    marks += [m for m in _misheard_card(tokens, atoms, context) if not _covered(m, marks)]
    begun: MaskedTokens | None = None
    for first, last in runs:
        digits = "".join(atoms[first : last + 1])
        mark = MaskedTokens(first, last, MaskedKind.NUMBER, digits)
        if _covered(mark, marks):
            in_card = _covered(mark, [m for m in marks if m.kind is MaskedKind.CARD])
            begun = _further(begun, mark._replace(kind=MaskedKind.CARD)) if in_card else begun
            continue
        kind = _kind(tokens, mark, context)
        if kind is None and begun is not None:
            kind = _next_part(tokens, mark, begun, context)
        if kind is MaskedKind.PHONE and first and tokens[first - 1].plain == "plus":
            mark = mark._replace(first=first - 1)
        if kind is MaskedKind.CARD and first > 1 and tokens[first - 1].plain == "thousand":
            mark = mark._replace(first=first - 2)  # "four thousand nine hundred sixty seven, ..."
        if kind is not None:
            marks.append(mark._replace(kind=kind))
        if kind in _OF_CARD:
            begun = _further(begun, mark._replace(kind=kind))
    for card in [mark for mark in marks if mark.kind is MaskedKind.CARD]:
        marks += [m for m in _behind_card(tokens, card) if not _covered(m, marks)]
    marks += _said_again(tokens, runs, marks, context)
    marks += _beside_parts(tokens, runs, marks, context)
    return sorted(_with_homophones(tokens, marks, context))


def _reach(tokens: Sequence[Token], context: Context) -> dict[int, int]:
    """How far harmless cues explain numbers: where a card is asked for the next number alone.

    So elsewhere, where another sentence begins behind it: ``for invoice 20731, it's`` 4234 ...
    """
    asked = context.asked is not None and context.asked.kind in _OF_CARD
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


def _further(begun: MaskedTokens | None, mark: MaskedTokens) -> MaskedTokens:
    """A card number that goes on with a mark."""
    return mark if begun is None else mark._replace(digits=begun.digits + mark.digits)


def _without_written(tokens: Sequence[Token], atoms: list[str], context: Context) -> list[str]:
    """The digits without whole numbers that stand written already: masking one hides nothing."""
    if not context.written:
        return atoms
    left = list(atoms)
    for first, last in _runs(tokens, atoms):
        digits = "".join(atoms[first : last + 1])
        if len(digits) >= _UNNAMED and any(
            digits[1 - LONGEST_CARD :] in one for one in context.written
        ):
            left[first : last + 1] = [""] * (last + 1 - first)
    return left


def _said_again(
    tokens: Sequence[Token],
    runs: Sequence[tuple[int, int]],
    marks: Sequence[MaskedTokens],
    context: Context,
) -> list[MaskedTokens]:
    """Few digits that say a part of a masked number again, or are the expiry date of a card.

    Behind "or" stand those that were heard in their place. None goes on with a number.
    """
    card = MaskedKind.CARD
    said = context.card_said or any(mark.kind is card for mark in marks)
    found: list[MaskedTokens] = []
    for first, last in runs:
        digits = "".join(token.digits for token in tokens[first : last + 1])
        mark = MaskedTokens(first, last, card, digits)
        following = tokens[last + 1].plain if last + 1 < len(tokens) else ""
        if _covered(mark, marks) or not _is_free(mark, context) or _UNITS.fullmatch(following):
            continue
        together = first == last or _is_by_one(tokens, mark)
        fewest = _CODE_SIZE if together else _FEWEST[card]
        misheard = found and found[-1].last == first - 2 and tokens[first - 1].plain == "or"
        if misheard or (len(digits) >= fewest and any(digits in one for one in context.masked)):
            found.append(mark._replace(digits=""))
        elif said and _MONTH_AND_YEAR.fullmatch(digits):
            found.append(mark._replace(kind=MaskedKind.EXPIRY))
    return found


def _beside_parts(
    tokens: Sequence[Token],
    runs: Sequence[tuple[int, int]],
    marks: Sequence[MaskedTokens],
    context: Context,
) -> list[MaskedTokens]:
    """The lone digits between two parts of a card, and those one by one before the first part.

    ``seven seven, that's a nine, nine six``; ``five four, hold on, two five zero four``.
    """
    parts = sorted(mark for mark in marks if mark.kind in _OF_CARD)
    found = []
    for first, last in runs:
        digits = "".join(token.digits for token in tokens[first : last + 1])
        run = MaskedTokens(first, last, MaskedKind.NUMBER, digits)
        later = [part for part in parts if 0 < part.first - last <= _PARTED]
        earlier = any(0 < first - part.last <= _PARTED for part in parts)
        begins = len(digits) > 1 and _is_by_one(tokens, run)
        if not later or not (earlier or begins) or _covered(run, marks):
            continue
        if _UNITS.fullmatch(tokens[last + 1].plain) is None and _is_free(run, context):
            found.append(run._replace(kind=later[0].kind))
    return found


def _is_free(mark: MaskedTokens, context: Context) -> bool:
    """Whether nothing tells of another number than a card's."""
    known, told = _around(mark, context)
    return not known or told in _OF_CARD


def _with_homophones(
    tokens: Sequence[Token], marks: Sequence[MaskedTokens], context: Context
) -> list[MaskedTokens]:
    """The marks with the words that stand for digits beside them: ``for one eight one``.

    Where a card or its code is asked for, and as many words as a part of it has stand together.
    """
    asked = context.asked.kind if context.asked is not None else None
    if all(token.plain not in HOMOPHONES for token in tokens):
        return list(marks)
    read = readings(tokens)
    kept = list(marks)
    for first, last in _stretches(read):
        spelled = [bool(token.digits) for token in tokens[first : last + 1]]
        if all(spelled) or not any(spelled):
            continue
        digits = "".join(read[first : last + 1])
        stretch = MaskedTokens(first, last, asked or MaskedKind.NUMBER, digits)
        beside = [mark for mark in kept if _covered(mark, [stretch])]
        kind = beside[0].kind if beside else asked
        sizes = _CODE_SIZES if kind is MaskedKind.CODE else _PART_SIZES if kind in _OF_CARD else ()
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


def _stretches(read: Sequence[str]) -> list[tuple[int, int]]:
    """Where single digits stand together with nothing between them."""
    found: list[tuple[int, int]] = []
    for place, digits in enumerate(read):
        if len(digits) != 1:
            continue
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _next_part(
    tokens: Sequence[Token], mark: MaskedTokens, begun: MaskedTokens, context: Context
) -> MaskedKind | None:
    """The kind of digits behind the first part of a card number in the same turn; None if none."""
    asked = context.asked
    before = asked.so_far if asked is not None and asked.kind in _OF_CARD else ""
    said = len(before) + len(begun.digits)
    following = tokens[mark.last + 1].plain if mark.last + 1 < len(tokens) else ""
    fewest = 2 if begun.kind is MaskedKind.CARD or said >= _HALF else 3
    ends = mark.last == len(tokens) - 1 and tokens[mark.first - 1].plain in _BARE
    fewest = 1 if said >= _HALF and ends else fewest
    free = _around(mark, context)[1] in _MAY_BE_CARD and not _UNITS.fullmatch(following)
    near = mark.first - begun.last <= _PARTED
    short = said + len(mark.digits) <= LONGEST_CARD and not is_whole_card(before + begun.digits)
    if not short and any(token.plain in _CORRECTING for token in tokens[: mark.first]):
        fewest, short = _FEWEST[MaskedKind.CARD], said <= LONGEST_CARD + _TAKEN_BACK
    return begun.kind if free and near and short and len(mark.digits) >= fewest else None


def _behind_card(tokens: Sequence[Token], card: MaskedTokens) -> list[MaskedTokens]:
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
    following = tokens[last].plain if last < len(tokens) else ""
    if len(code) == _CODE_SIZE and not _UNITS.fullmatch(following):
        marks.append(MaskedTokens(place, last - 1, MaskedKind.CODE, code))
    return marks


def _next_said(tokens: Sequence[Token], place: int) -> int:
    """The next place behind the few fillers that follow a place."""
    for n in range(place + 1, min(place + 2 + _GAP, len(tokens))):
        if tokens[n].digits or tokens[n].plain not in _GLUE:
            return n
    return len(tokens)


def _is_small(text: str) -> bool:
    """Whether a token is a word in small letters, as nearly all are: no code and no initial."""
    return text.islower() and text.isascii()


def _covered(mark: MaskedTokens, marks: Sequence[MaskedTokens]) -> bool:
    return any(mark.first <= m.last and m.first <= mark.last for m in marks)


def _runs(
    tokens: Sequence[Token], atoms: Sequence[str], breaks: Collection[int] = ()
) -> list[tuple[int, int]]:
    """Stretches of digits with no more than a few fillers between them.

    None goes on over one of the ``breaks``.
    """
    runs: list[tuple[int, int]] = []
    for place, atom in enumerate(atoms):
        if not atom:
            continue
        if runs:
            between = tokens[runs[-1][1] + 1 : place]
            broken = any(n in breaks for n in range(runs[-1][1] + 1, place))
            words = {t.plain for t in between if t.plain}
            if len(between) <= _GAP and not broken and _is_glue(words):
                runs[-1] = (runs[-1][0], place)
                continue
        runs.append((place, place))
    return runs


def _parted_card(
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
        _told(MaskedTokens(*run, MaskedKind.NUMBER), context) not in _MAY_BE_CARD for run in runs
    ]
    for begin in range(len(runs)):
        places: list[int] = []
        for end in range(begin, len(runs)):
            first, last = runs[end]
            if end > begin and first - runs[end - 1][1] > _PARTED:
                break
            places += [n for n in range(first, last + 1) if atoms[n]]
            said = sum(len(atoms[n]) for n in places)
            if said > LONGEST_CARD + _TAKEN_BACK:
                break
            if end == begin or said < SHORTEST_CARD:
                continue
            if said < _PART * (end - begin + 1) and not context.of_card:
                continue
            usual = any(other[begin : end + 1])
            if _is_card(tokens, atoms, places, usual=usual):
                return [
                    MaskedTokens(
                        *runs[n], MaskedKind.CARD, "".join(atoms[runs[n][0] : runs[n][1] + 1])
                    )
                    for n in range(begin, end + 1)
                ]
    return []


def is_measure(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether digits only say how much of something: ``one second``, ``five, six years``."""
    few = sum(len(token.digits) for token in tokens[first : last + 1]) <= _FEW
    return few and last + 1 < len(tokens) and _UNITS.fullmatch(tokens[last + 1].plain) is not None


def _is_card(
    tokens: Sequence[Token], atoms: Sequence[str], places: Sequence[int], *, usual: bool
) -> bool:
    """Whether digits are a card number, as said or as far as they were not taken back.

    An "oh" before or behind other words may be a sigh. Only a ``usual`` length is taken if so.
    """
    said = [atoms[n] for n in places]
    whole = "".join(said)
    if (SIZED_FORMS if usual else CARD_FORMS).fullmatch(whole) and passes_luhn(whole):
        return True
    if usual:
        return False
    sighs = {
        n
        for n, place in enumerate(places)
        if tokens[place].plain in OH
        and not (n and places[n - 1] == place - 1 and place + 1 in places)
    }
    versions = [[one for n, one in enumerate(said) if n != sigh] for sigh in sighs]
    for n in range(1, len(places)):
        between = tokens[places[n - 1] + 1 : places[n]]
        if any(token.plain in _CORRECTING for token in between):
            versions += [
                said[: n - back] + said[n:] for back in range(1, min(n - 1, _TAKEN_BACK) + 1)
            ]
    joined = ("".join(version) for version in versions)
    return any(map(is_whole_card, joined))


def _misheard_card(
    tokens: Sequence[Token], atoms: Sequence[str], context: Context
) -> list[MaskedTokens]:
    """Card numbers of which some digits were written as other words or as times or amounts.

    Such words are digits only where with them the whole is a card number and without them none.
    """
    read = readings(tokens)
    loose = [atom or read[n] for n, atom in enumerate(atoms)]
    marks = []
    for first, last in _runs(tokens, loose):
        places = [n for n in range(first, last + 1) if loose[n]]
        odd = [n for n in places if not atoms[n]]
        if not odd or sum(len(loose[n]) for n in places) < SHORTEST_CARD:
            continue
        told = _around(MaskedTokens(first, last, MaskedKind.CARD), context)
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


def _is_glue(words: set[str]) -> bool:
    """Whether a number may go on behind these words."""
    return words <= _GLUE or (words <= _OF_PARTS and not words.isdisjoint(_PARTS))


def _lettered(
    tokens: Sequence[Token], atoms: Sequence[str], inside: set[int], context: Context
) -> list[MaskedTokens]:
    """Numbers with letters in them, where a cue tells of one: a licence, an IBAN, a postcode."""
    kinds = {cue.kind for cue in context.cues} | {context.asked.kind if context.asked else None}
    if kinds.isdisjoint(_WITH_LETTERS):
        return []
    mixed: list[str] = []
    for n, atom in enumerate(atoms):
        text = "" if n in inside else (atom or _letters(tokens[n]))
        word = tokens[n].text.strip(",.")
        if not text and n not in inside and word in _WORD_LETTERS and n and mixed[-1]:
            # A word elsewhere, a letter behind others.
            text = "" if tokens[n - 1].ends else word.upper()
        mixed.append(text)
    marks = []
    for first, last in _runs(tokens, mixed):
        joined = "".join(mixed[first : last + 1])
        kind = _told(MaskedTokens(first, last, MaskedKind.NUMBER), context)
        if kind not in _WITH_LETTERS or not any(c.isalpha() for c in joined):
            continue
        if len(joined) >= _FEWEST[kind] and any(c.isdigit() for c in joined):
            marks.append(MaskedTokens(first, last, kind))
    return marks


def _letters(token: Token) -> str:
    """Letters that are spelled, or letters and digits mixed; else nothing."""
    if _is_small(token.text):
        letter = token.plain if len(token.plain) == 1 else ""
        return "" if letter in _WORD_LETTERS else letter.upper()
    if _SPELLED.fullmatch(token.text.rstrip(",.")):
        return re.sub(r"\W", "", token.text)
    bare = re.sub(r"[^A-Za-z0-9]", "", token.text)
    if len(bare) == 1:
        return bare.upper() if bare.isupper() and bare != "I" else ""
    mixed = bare.isupper() and any(c.isdigit() for c in bare)
    return bare if mixed else ""


def _codes(tokens: Sequence[Token]) -> list[MaskedTokens]:
    """Numbers that their own form gives away: IBAN and British national insurance."""
    marks: list[MaskedTokens] = []
    for first in range(len(tokens) if has_figures(tokens) else 0):
        joined = ""
        for last in range(first, min(first + 12, len(tokens))):
            if _is_small(tokens[last].text):
                break
            bare = re.sub(r"[^A-Za-z0-9]", "", tokens[last].text)
            if not bare or not (bare.isupper() or bare.isdigit()):
                break
            joined += bare
            kind = (
                MaskedKind.ID
                if _NI.fullmatch(joined)
                else MaskedKind.BANK
                if _is_iban(joined)
                else None
            )
            mark = MaskedTokens(first, last, kind or MaskedKind.ID)
            if kind is not None and not _covered(mark, marks):
                marks.append(mark)
    return marks


def _is_iban(joined: str) -> bool:
    if not _IBAN.fullmatch(joined):
        return False
    turned = joined[4:] + joined[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _told(mark: MaskedTokens, context: Context) -> MaskedKind | None:
    """The kind that the words around a number tell of, or what was asked for; None if neither."""
    return _around(mark, context)[1]


def _around(mark: MaskedTokens, context: Context) -> tuple[bool, MaskedKind | None]:
    """Whether something tells of the number, and the kind; without one it is harmless."""
    before = [
        c
        for c in context.cues
        if c.last < mark.first <= min(c.last + _AHEAD, context.reach.get(c.last, mark.first))
    ]
    if before:
        return True, before[-1].kind
    if context.asked is not None and context.asked.kind not in (MaskedKind.NAME, MaskedKind.EMAIL):
        return True, context.asked.kind
    after = [c for c in context.cues if c.first > mark.last and c.first - mark.last <= _BEHIND]
    if len(mark.digits) >= SHORTEST_CARD:
        after = [c for c in after if not any(n in context.ends for n in range(mark.last, c.first))]
    return (True, after[0].kind) if after else (False, None)


def _kind(tokens: Sequence[Token], mark: MaskedTokens, context: Context) -> MaskedKind | None:
    """What a run of digits is; None where it may be written."""
    digits = mark.digits
    if is_measure(tokens, mark.first, mark.last):
        return None
    known, kind = _around(mark, context)
    sure = not (known and kind is None) and not _is_counting(tokens[mark.first : mark.last + 1])
    if _card(tokens, mark, context, sure=sure):
        return MaskedKind.CARD
    following = tokens[mark.last + 1].plain if mark.last + 1 < len(tokens) else ""
    by_one = len(digits) >= _FEWEST[MaskedKind.NUMBER] and _is_by_one(tokens, mark)
    if len(digits) < SHORTEST_CARD and _UNITS.fullmatch(following) and not by_one:
        return None
    if known and kind is not None:
        fits = _FEWEST.get(kind, 4) <= len(digits) <= _MOST.get(kind, LONGEST_CARD * 2)
        opens = kind in _OF_CARD and _opens_card(tokens, mark)
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
    free = _told(mark, context) in _MAY_BE_CARD
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
            or (free and end - begin >= _PART * (1 + sum(begin < part for part in ends)))
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
        return context.draft and _is_last(tokens, mark)
    if asked.year_due:
        return _is_bare(tokens, mark) and len(mark.digits) == _SHORT_YEAR
    if kind in _MOST and not context.draft:
        return False
    begun = bool(asked.so_far) or context.draft
    open_card = 0 < len(asked.so_far) < _USUAL_CARD
    if kind is MaskedKind.CARD and open_card and len(mark.digits) > 1:
        return True
    first = all(t.plain in _GLUE for t in tokens[: mark.first])
    if (
        kind is MaskedKind.NUMBER
        and first
        and len(asked.so_far) >= _UNNAMED
        and len(mark.digits) > 2
    ):
        return True
    return _is_bare(tokens, mark) and len(mark.digits) >= (1 if begun else 2)


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
    single = _is_by_one(tokens, mark)
    half = context.draft and _is_last(tokens, mark) and count >= (2 if single else 4)
    # Who says four digits one by one reads a number out, whatever is said beside them.
    harmless = any(cue.kind is None and cue.last < mark.first for cue in context.cues)
    by_one = single and not harmless and mark.digits[2:] != mark.digits[:2]
    read = count >= _FEWEST[MaskedKind.NUMBER] and (by_one or _is_bare(tokens, mark))
    bare = context.asked is None and _is_bare(tokens, mark)
    read = read or (bare and _opens_card(tokens, mark))
    return MaskedKind.NUMBER if count >= _UNNAMED or half or read else None


def _opens_card(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether three digits are such as a card begins with, in figures or one by one."""
    together = mark.first == mark.last or _is_by_one(tokens, mark)
    return together and _OPENING.fullmatch(mark.digits) is not None


def _is_by_one(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether the digits are said one by one, as "double four" is too."""
    return all(len(t.digits) <= 1 or t.plain in TIMES for t in tokens[mark.first : mark.last + 1])


def _is_day(tokens: Sequence[Token], mark: MaskedTokens, said: str) -> bool:
    """Whether three pairs of figures are a date and no sort code: ``since 11-22-24``."""
    pairs = _PAIRS.fullmatch(said)
    if pairs is None or not mark.first or tokens[mark.first - 1].plain not in _BEFORE_DAYS:
        return False
    one, two = int(pairs[1]), int(pairs[2])
    return 0 < min(one, two) <= _MONTHS and max(one, two) <= _DAYS


def _is_last(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    return all(t.plain in _GLUE for t in tokens[mark.last + 1 :])


def _is_bare(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    rest = [*tokens[: mark.first], *tokens[mark.last + 1 :]]
    return all(t.plain in _BARE or not t.plain for t in rest)


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
