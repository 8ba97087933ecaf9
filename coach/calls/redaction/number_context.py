"""A stretch to be masked, and what the words around a number tell of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from coach.calls.redaction.card_path import BEGINS_CARD, CardDictation
from coach.calls.redaction.cues import AskedDetail, DetailCue
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.spoken_digits import (
    SHORTEST_CARD,
    TIMES,
    Token,
    words_in,
)

GLUE = words_in(
    "um uh er erm so then and dash hyphen space okay ok yeah yes right is it's that's that no "
    "sorry wait i mean mean correction again scratch actually make rather not for to too number "
    "blank gap comma - \u2013 \u2014 / ."
)
"""Words that may stand between the digits of one number."""
_PARTS = words_in("last first next final other second third")
_SETS = words_in("four set group block bit lot part six three two batch chunk is one")
"""What there is a second of in a number."""
_OF_PARTS = GLUE | _PARTS | words_in("the are digits numbers two three four six eight")
"""Words that announce the next digits of a number: ``and the last four are``."""
PART = 2.5
"""Digits in a part at least, on average, where nothing tells of a card.

Who talks of many things for long says sixteen figures in ones and twos, and the sums of one in ten
such talks come out as a card's.
"""
_OPENING = 3
"""Digits from which nothing else need be said for them to be the first of a card."""
_FEW = 2
"""Digits at most of a measure."""
GAP = 5
"""Words at most between two digits of one number."""
BARE = GLUE | words_in(
    "it its sure the numbers first four are starts with hi hello card my on i've got here well all "
    "go ready last next mhm uh-huh alright thanks please of you want starts begins goes says reads "
    "mm hmm ah aye yep yes"
)
"""Words beside which digits are all that a turn says."""
_ASKED = words_in("is that this it or a an looks like might maybe could may be perhaps")
"""Words of a question about a digit in the middle of a number: ``four two, is that an eight?``"""
_DOUBTS = words_in("is looks might maybe could may perhaps")
COPULAS = words_in("is was of 's it's no")
NAMES = words_in("number numbers code id reference ref reading serial pin digits zip postcode")
LINKS = BARE | words_in("was reads says number id code no ref from with a an your her his our")
"""Words between a cue and the number that it names."""
UNITS = re.compile(
    r"(?:dollar|pound|euro|cent|buck|quid|percent|minute|hour|day|week|month|year|second|time"
    r"|mile|degree|people|thousand|million|point|star|megabit|k|am|pm|o'clock|stone|kilo"
    r"|pence|inch|units?|steps?|tick|sec|min|gb|mb|tb|gig|megs?|km|kg|cm|mm|ml)s?"
)
MAY_BE_CARD = (None, MaskedKind.CARD, MaskedKind.NUMBER)
OF_CARD = (MaskedKind.CARD, MaskedKind.NUMBER)
_OF_DATES = (MaskedKind.CODE, MaskedKind.EXPIRY, MaskedKind.BIRTH)
FEWEST = {
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
_AHEAD = 10
_LOOSE_AHEAD = 4
_BEHIND = 4
"""Tokens between a cue and its number, before and after it."""


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
    plain: tuple[str, ...] = ()
    """The words of the turn."""
    stops: frozenset[int] = frozenset()
    """The tokens behind which something is parted from what follows."""
    dictated: CardDictation | None = None
    """What may be going on to be read out."""
    reads: bool = False
    """Whether the speaker is the one that reads it out."""
    answers: bool = False
    """Whether the other side has asked for it, or the speaker has just said that it comes."""
    bare_before: str = ""
    """Digits that were all the speaker said in the turn before, written as they were."""
    part_asked: bool = False
    """Whether the other side has just said a part of a card back as a question."""
    quantity_asked: bool = False
    """Whether the other side has just asked something that a few digits may answer."""

    @property
    def of_card(self) -> bool:
        """Whether a card is asked for or spoken of."""
        asked = self.asked is not None and self.asked.kind in OF_CARD
        return asked or any(cue.kind is MaskedKind.CARD for cue in self.cues)


def is_covered(mark: MaskedTokens, marks: Sequence[MaskedTokens]) -> bool:
    """Whether any of the marks lies over a part of it."""
    return any(mark.first <= m.last and m.first <= mark.last for m in marks)


def runs_of(
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
            broken = any(n in breaks for n in range(runs[-1][1] + 1, place + 1))
            words = {t.plain for t in between if t.plain}
            if len(atom) == 1:
                words.discard("a")  # "three nines and a five"
                if between and between[-1].plain in ("a", "an") and words & _DOUBTS:
                    words -= _ASKED
            if len(between) <= GAP and not broken and _is_glue(words):
                runs[-1] = (runs[-1][0], place)
                continue
        runs.append((place, place))
    return runs


def is_measure(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether digits only say how much of something: ``one second``, ``five, six years``."""
    few = sum(len(token.digits) for token in tokens[first : last + 1]) <= _FEW
    return few and has_unit(tokens, last)


def has_unit(tokens: Sequence[Token], last: int) -> bool:
    """Whether what was counted follows at once: ``five years``, and not ``5`` (second)."""
    if last + 1 >= len(tokens) or not tokens[last].text[-1].isalnum():
        return False
    following = tokens[last + 1]
    if following.digits or not following.text[0].isalnum():
        return False
    if following.plain == "second" and last + 2 < len(tokens):
        return tokens[last + 2].plain not in _SETS  # "4219, second four"
    return UNITS.fullmatch(following.plain) is not None


def _is_glue(words: set[str]) -> bool:
    """Whether a number may go on behind these words."""
    return words <= GLUE or (words <= _OF_PARTS and not words.isdisjoint(_PARTS))


def explains(cue: DetailCue, first: int, context: Context) -> bool:
    """Whether a cue tells of the digits before which it stands.

    While a card is being read out, one that names a number, with words that link them, or any other
    thing right before them.
    """
    if context.dictated is None or cue.kind in (*OF_CARD, *_OF_DATES):
        return True
    between = context.plain[cue.last + 1 : first]
    named = not NAMES.isdisjoint(context.plain[cue.first : first])
    if not named and not between and context.dictated.is_sure and context.dictated.digits:
        return False
    if any(n in (context.ends if named else context.stops) for n in range(cue.last, first)):
        return False
    return (LINKS if named else COPULAS).issuperset(between)


def told_of(mark: MaskedTokens, context: Context) -> MaskedKind | None:
    """The kind that the words around a number tell of, or what was asked for.

    None where neither tells of one, or where it is harmless.
    """
    return told_around(mark, context)[1]


def told_around(mark: MaskedTokens, context: Context) -> tuple[bool, MaskedKind | None]:
    """Whether something tells of the number, and the kind; without one it is harmless."""
    before = [
        c
        for c in context.cues
        if c.last
        < mark.first
        <= min(
            c.last + (_LOOSE_AHEAD if c.loose else _AHEAD), context.reach.get(c.last, mark.first)
        )
        and explains(c, mark.first, context)
    ]
    if before:
        return True, before[-1].kind
    asked = context.asked
    if asked is not None and asked.kind not in (MaskedKind.NAME, MaskedKind.EMAIL):
        return True, asked.kind
    if context.dictated is not None:
        return False, None
    after = [
        c
        for c in context.cues
        if c.first > mark.last and c.first - mark.last <= _BEHIND and not c.loose
    ]
    if len(mark.digits) >= SHORTEST_CARD:
        after = [c for c in after if not any(n in context.ends for n in range(mark.last, c.first))]
    return (True, after[0].kind) if after else (False, None)


def opens_card(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether three digits are such as a card begins with, in figures or one by one."""
    together = mark.first == mark.last or is_by_one(tokens, mark)
    return together and len(mark.digits) == _OPENING and BEGINS_CARD.match(mark.digits) is not None


def is_by_one(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether the digits are said one by one, as "double four" is too."""
    return all(len(t.digits) <= 1 or t.plain in TIMES for t in tokens[mark.first : mark.last + 1])


def is_last(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether nothing but fillers follows it in its turn."""
    return all(t.plain in GLUE for t in tokens[mark.last + 1 :])


def is_bare(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether its turn says nothing else, but for words as stand beside digits."""
    rest = [*tokens[: mark.first], *tokens[mark.last + 1 :]]
    return all(t.plain in BARE or not t.plain for t in rest)


def is_bare_clause(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether what stands between commas or full stops around it says nothing else."""
    begin = mark.first
    while begin and tokens[begin - 1].text[-1:].isalnum():
        begin -= 1
    end = mark.last
    while end + 1 < len(tokens) and tokens[end].text[-1:].isalnum():
        end += 1
    return is_bare(
        tokens[begin : end + 1], mark._replace(first=mark.first - begin, last=mark.last - begin)
    )
