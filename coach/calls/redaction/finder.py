"""What one speaker says, turn after turn: which of its words are to be masked.

A turn is judged by its words, by what the other side has asked for, and by what the speaker has
begun to say: a number goes on over turns. Every part of a number must be masked when it is said,
since what is written cannot be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from coach.calls.redaction.addresses import asks_address, emails_in, streets_in
from coach.calls.redaction.card_follower import CardFollower
from coach.calls.redaction.card_requests import QUESTION
from coach.calls.redaction.cues import (
    ASKS_EMAIL,
    ASKS_NAME,
    AskedDetail,
    DetailCue,
    WantedDetail,
    cues_in,
)
from coach.calls.redaction.dates import dates_in, lacks_year
from coach.calls.redaction.kinds import MaskedKind, kind_of
from coach.calls.redaction.names import is_name_asked, names_in, names_told, parts_of_names
from coach.calls.redaction.number_context import Context, MaskedTokens
from coach.calls.redaction.numbers import numbers_in
from coach.calls.redaction.spoken_digits import (
    LONGEST_CARD,
    SHORTEST_CARD,
    Token,
    is_whole_card,
)
from coach.calls.redaction.words_beside_numbers import counts_things
from coach.events import Channel

ANSWERED_WITHIN = 45.0
"""Seconds after a question, or after a part of a number, in which what is said belongs to it."""
REMEMBERED = 120.0
"""Seconds for which digits that were written are held against those that follow."""
_OF_DATE = ("year", "month", "day")
_COMPLETE = {
    MaskedKind.PHONE: 10,
    MaskedKind.CODE: 3,
    MaskedKind.EXPIRY: 3,
    MaskedKind.BIRTH: 4,
    MaskedKind.ADDRESS: 5,
}
_OF_CARD = (MaskedKind.CARD, MaskedKind.NUMBER)
_AFTER_CARD = (MaskedKind.CODE, MaskedKind.EXPIRY)
_ON_CARD = (MaskedKind.CARD, *_AFTER_CARD)
_MEANT_FOR = ("for", "on", "to", "of", "towards", "against")
"""What a card pays stands behind one of these: ``the card for the balance``."""
_GOES_ON = (MaskedKind.CARD, MaskedKind.NUMBER, MaskedKind.PHONE, MaskedKind.BANK, MaskedKind.ID)
_ASKS_CARD = re.compile(
    r"card (?:number|details)|long number|(?:sixteen|16)[- ]digits?|number (?:on|across)\b.*\bcard"
    r"|(?:digits|numbers) (?:on|across|of) .*\bcard"
)


class _Clear(NamedTuple):
    """Digits that were written as they were said."""

    parts: tuple[str, ...]
    until: float


class _Masked(NamedTuple):
    """Digits of a card, or of a number that may be one, that were masked."""

    digits: str
    at: float
    """When the last of them were said."""


class Finder:
    """Follows both sides of a call; times are seconds of call time, never going back."""

    def __init__(self) -> None:
        self._asked: dict[Channel, AskedDetail] = {}
        self._clear: dict[Channel, _Clear] = {}
        self._masked: dict[Channel, _Masked] = {}
        self._card = CardFollower()
        self._names: set[str] = set()
        """Words of names that either side has told."""

    def draft(self, channel: Channel, text: str, at: float) -> list[MaskedTokens]:
        """What is to be masked in words that may still go on; remembers nothing."""
        tokens = self._card.tokens(channel, text, at)
        return self._find(channel, tokens, self._cues(tokens, at), at, draft=True)

    def final(self, channel: Channel, text: str, at: float) -> list[MaskedTokens]:
        """What is to be masked in a whole turn; remembers what it asks for and has begun."""
        tokens = self._card.tokens(channel, text, at)
        cues = self._cues(tokens, at)
        marks = self._find(channel, tokens, cues, at, draft=False)
        if any(mark.kind is MaskedKind.NAME for mark in marks):
            name_asked = is_name_asked(self._asked_of(channel, at))
            self._names |= parts_of_names(tokens, names_told(tokens, asked=name_asked))
        self._remember(channel, tokens, marks, at)
        asked = self._asked.get(channel)
        phone_asked = asked is not None and asked.kind is MaskedKind.PHONE
        self._card.follow(channel, tokens, marks, at, phone_asked=phone_asked)
        wanted = _asked_for(channel, tokens, marks, cues)
        card = self._card.listen(channel, text, marks, wanted, at)
        if card:
            self._asked[channel.other] = AskedDetail(MaskedKind.CARD, at + ANSWERED_WITHIN)
        elif wanted is not None and card is False:
            self._ask(channel, tokens, marks, wanted, at)
        return marks

    def _cues(self, tokens: Sequence[Token], at: float) -> list[DetailCue]:
        return cues_in(tokens, near_card=self._near_card(tokens, at))

    def _near_card(self, tokens: Sequence[Token], at: float) -> bool:
        """Whether a card number was said lately, or may be said in these words."""
        lately = max(map(len, self._masked_since(at - REMEMBERED)), default=0)
        return lately + sum(len(t.digits) for t in tokens) >= SHORTEST_CARD

    def _card_said(self, at: float) -> bool:
        return any(len(one) >= SHORTEST_CARD for one in self._masked_since(at - REMEMBERED))

    def _masked_since(self, since: float) -> tuple[str, ...]:
        return tuple(one.digits for one in self._masked.values() if one.at >= since)

    def _asked_of(self, channel: Channel, at: float) -> AskedDetail | None:
        """What the speaker was asked for lately."""
        asked = self._asked.get(channel)
        return None if asked is not None and asked.until < at else asked

    def _find(
        self,
        channel: Channel,
        tokens: Sequence[Token],
        cues: Sequence[DetailCue],
        at: float,
        *,
        draft: bool,
    ) -> list[MaskedTokens]:
        asked = self._asked_of(channel, at)
        clear = self._clear.get(channel)
        known = clear.parts if clear is not None and clear.until >= at else ()
        written = ("".join(c.parts) for c in self._clear.values() if c.until >= at)
        dictated = self._card.open_at(at)
        if dictated is not None:
            cues = [cue for cue in cues if not cue.loose or _counts_next(tokens, cue)]
        digits = any(token.digits for token in tokens)
        context = Context(
            cues,
            asked,
            known,
            draft,
            written=tuple(written),
            masked=self._masked_since(at - ANSWERED_WITHIN),
            ends=frozenset(n for n, token in enumerate(tokens) if token.ends),
            card_said=self._card_said(at),
            plain=tuple([token.plain for token in tokens]),
            stops=_stops(tokens) if digits else frozenset(),
            dictated=dictated,
            reads=dictated is not None and dictated.reader is channel,
            answers=dictated is not None and dictated.asked_by is channel.other,
            bare_before=self._card.bare_before(channel),
            part_asked=self._card.part_asked(channel),
            quantity_asked=self._card.quantity_asked(channel),
        )
        numbers = numbers_in(tokens, context)
        cards = [mark for mark in numbers if mark.kind in _ON_CARD]
        others = [mark for mark in numbers if mark.kind not in _ON_CARD]
        found: list[MaskedTokens] = []
        for mark in (
            *cards,
            *emails_in(tokens, context),
            *dates_in(tokens, context),
            *streets_in(tokens, context),
            *others,
            *names_in(tokens, context, self._names),
        ):
            if not any(mark.first <= m.last and m.first <= mark.last for m in found):
                found.append(mark)
        return sorted(found)

    def _remember(
        self, channel: Channel, tokens: Sequence[Token], marks: Sequence[MaskedTokens], at: float
    ) -> None:
        masked = {n for mark in marks for n in range(mark.first, mark.last + 1)}
        clear_runs: list[MaskedTokens] = []
        for n, token in enumerate(tokens):
            if not token.digits or n in masked:
                continue
            begun = clear_runs[-1] if clear_runs and clear_runs[-1].last == n - 1 else None
            digits = (begun.digits if begun else "") + token.digits
            run = MaskedTokens(begun.first if begun else n, n, MaskedKind.NUMBER, digits)
            clear_runs[-1:] = [run] if begun else [*clear_runs[-1:], run]
        parts = [run.digits for run in clear_runs if not counts_things(tokens, run)]
        if parts:
            clear = self._clear.get(channel)
            before = clear.parts if clear is not None and clear.until >= at else ()
            self._clear[channel] = _Clear(_latest((*before, *parts)), at + REMEMBERED)
        of_card = "".join(mark.digits for mark in marks if mark.kind in _OF_CARD)
        if of_card:
            lately = self._masked.get(channel)
            said = lately.digits if lately is not None and lately.at >= at - REMEMBERED else ""
            self._masked[channel] = _Masked(said + of_card, at)
        self._begin(channel, tokens, marks, at)

    def _ask(
        self,
        channel: Channel,
        tokens: Sequence[Token],
        marks: Sequence[MaskedTokens],
        wanted: WantedDetail,
        at: float,
    ) -> None:
        """Remember what the other side is asked for."""
        if self._still(channel.other, tokens, wanted, at):
            return
        asked = AskedDetail(wanted.kind, at + ANSWERED_WITHIN)
        self._asked[channel.other] = asked
        if not wanted.loose and (channel is Channel.CUSTOMER or not marks):
            self._asked.setdefault(channel, asked)

    def _still(
        self, channel: Channel, tokens: Sequence[Token], wanted: WantedDetail, at: float
    ) -> bool:
        """Whether a turn asks for the rest of a date that the other side has begun."""
        asked = self._asked.get(channel)
        begun = asked is not None and asked.kind is MaskedKind.BIRTH and asked.until >= at
        return begun and wanted.kind is None and any(t.plain in _OF_DATE for t in tokens)

    def _begin(
        self, channel: Channel, tokens: Sequence[Token], marks: Sequence[MaskedTokens], at: float
    ) -> None:
        """Remember the number that a turn has begun or gone on with, until it is whole."""
        parts = [mark for mark in marks if mark.kind in _GOES_ON and mark.digits]
        if not parts:
            done = {mark.kind for mark in marks}
            asked = self._asked.get(channel)
            if _half_born(tokens, marks):
                self._asked[channel] = AskedDetail(
                    MaskedKind.BIRTH, at + ANSWERED_WITHIN, year_due=True
                )
            elif asked is not None and asked.kind in done:
                del self._asked[channel]
            return
        last = parts[-1]
        asked = self._asked.get(channel)
        begun = asked is not None and asked.kind is last.kind and asked.until >= at
        said = (asked.so_far if asked is not None and begun else "") + last.digits
        if _is_whole(last.kind, said):
            self._asked.pop(channel, None)
        else:
            self._asked[channel] = AskedDetail(last.kind, at + ANSWERED_WITHIN, said)


def _stops(tokens: Sequence[Token]) -> frozenset[int]:
    """The tokens behind which a comma or a full stop stands."""
    return frozenset(n for n, token in enumerate(tokens) if token.text[-1] in ",.?!;")


def _counts_next(tokens: Sequence[Token], cue: DetailCue) -> bool:
    """Whether a number follows a cue at once: ``page 45``."""
    return cue.last + 1 < len(tokens) and tokens[cue.last + 1].digits != ""


def _latest(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The last parts with one digit less than the longest card has."""
    kept: list[str] = []
    free = LONGEST_CARD - 1
    for part in reversed(parts):
        if free:
            kept.insert(0, part[-free:])
            free -= len(kept[0])
    return tuple(kept)


def _half_born(tokens: Sequence[Token], marks: Sequence[MaskedTokens]) -> bool:
    """Whether a date of birth was said without its year, which may be asked for next."""
    births = [mark for mark in marks if mark.kind is MaskedKind.BIRTH]
    return bool(births) and lacks_year(tokens[births[-1].first : births[-1].last + 1])


def _is_whole(kind: MaskedKind, digits: str) -> bool:
    if kind in (MaskedKind.CARD, MaskedKind.NUMBER):
        return is_whole_card(digits) or len(digits) >= LONGEST_CARD
    return len(digits) >= _COMPLETE.get(kind, LONGEST_CARD)


def asks_for_card(text: str) -> bool:
    """Whether the words ask for the number of a card."""
    low = text.lower()
    return _ASKS_CARD.search(low) is not None and QUESTION.search(low) is not None


def _asked_for(
    channel: Channel,
    tokens: Sequence[Token],
    marks: Sequence[MaskedTokens],
    cues: Sequence[DetailCue],
) -> WantedDetail | None:
    """What a turn asks for; None where it asks for nothing."""
    masked = any("[" in token.text and kind_of(token.text) for token in tokens)
    if marks and channel is Channel.AGENT:
        # The number is read back and the next detail asked for.
        rest = [c for c in cues if c.first > marks[-1].last and c.kind in _AFTER_CARD]
        return WantedDetail(rest[-1].kind) if rest else None
    if marks or masked or not tokens:
        return None
    low = " ".join(token.plain for token in tokens)
    if ASKS_EMAIL.search(low):
        return WantedDetail(MaskedKind.EMAIL)
    if ASKS_NAME.search(low):
        return WantedDetail(MaskedKind.NAME)
    if cues:
        return WantedDetail(_last_kind(tokens, cues), all(cue.loose for cue in cues))
    return WantedDetail(MaskedKind.ADDRESS) if asks_address(low) else None


def _last_kind(tokens: Sequence[Token], cues: Sequence[DetailCue]) -> MaskedKind | None:
    """The kind of the last cue; a card's where that only says what the card is to pay."""
    cards = [cue for cue in cues if cue.kind is MaskedKind.CARD]
    if cards and all(cue.kind is None for cue in cues if cue.first > cards[-1].last):
        between = tokens[cards[-1].last + 1 : cues[-1].first]
        if any(token.plain in _MEANT_FOR for token in between):
            return MaskedKind.CARD
    return cues[-1].kind
