"""A stretch to be masked, and what the words around a number tell of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

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
    "sorry wait i mean mean correction again scratch actually make rather not for to too number"
)
"""Words that may stand between the digits of one number."""
_PARTS = words_in("last first next final other")
_OF_PARTS = GLUE | _PARTS | words_in("the are digits numbers two three four six eight")
"""Words that announce the next digits of a number: ``and the last four are``."""
PART = 2.5
"""Digits in a part at least, on average, where nothing tells of a card.

Who talks of many things for long says sixteen figures in ones and twos, and the sums of one in ten
such talks come out as a card's.
"""
_FEW = 2
"""Digits at most of a measure."""
GAP = 5
"""Such words between two digits at most."""
BARE = GLUE | words_in(
    "it its sure the numbers first four are starts with hi hello card my on i've got here well all "
    "go ready last next mhm uh-huh alright thanks please of"
)
"""Words beside which digits are all that a turn says."""
UNITS = re.compile(
    r"(?:dollar|pound|euro|cent|buck|quid|percent|minute|hour|day|week|month|year|second|time"
    r"|mile|degree|people|thousand|million|point|star|megabit|gig|k|am|pm|o'clock|stone|kilo"
    r"|pence|inch|units?|steps?)s?"
)
_OPENING = re.compile(r"3[47]\d|5[1-5]\d|[46]\d\d")
"""Three digits with which a card begins."""
MAY_BE_CARD = (None, MaskedKind.CARD, MaskedKind.NUMBER)
OF_CARD = (MaskedKind.CARD, MaskedKind.NUMBER)
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
            broken = any(n in breaks for n in range(runs[-1][1] + 1, place))
            words = {t.plain for t in between if t.plain}
            if len(between) <= GAP and not broken and _is_glue(words):
                runs[-1] = (runs[-1][0], place)
                continue
        runs.append((place, place))
    return runs


def is_measure(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether digits only say how much of something: ``one second``, ``five, six years``."""
    few = sum(len(token.digits) for token in tokens[first : last + 1]) <= _FEW
    return few and last + 1 < len(tokens) and UNITS.fullmatch(tokens[last + 1].plain) is not None


def _is_glue(words: set[str]) -> bool:
    """Whether a number may go on behind these words."""
    return words <= GLUE or (words <= _OF_PARTS and not words.isdisjoint(_PARTS))


def told_of(mark: MaskedTokens, context: Context) -> MaskedKind | None:
    """The kind that the words around a number tell of, or what was asked for; None if neither."""
    return told_around(mark, context)[1]


def told_around(mark: MaskedTokens, context: Context) -> tuple[bool, MaskedKind | None]:
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


def opens_card(tokens: Sequence[Token], mark: MaskedTokens) -> bool:
    """Whether three digits are such as a card begins with, in figures or one by one."""
    together = mark.first == mark.last or is_by_one(tokens, mark)
    return together and _OPENING.fullmatch(mark.digits) is not None


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
