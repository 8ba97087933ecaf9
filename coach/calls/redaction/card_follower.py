"""Follows a card number over the turns of both sides: asked for, read out, said back, whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.calls.redaction.card_path import BEGINS_CARD, GOES_ON_FOR, CardDictation
from coach.calls.redaction.card_requests import (
    QUESTION,
    asks_for_card_number,
    asks_for_digits,
    asks_how_many,
)
from coach.calls.redaction.cues import WantedDetail
from coach.calls.redaction.dictation import gone_on
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.number_context import BARE, OF_CARD, MaskedTokens
from coach.calls.redaction.read_out import read_out
from coach.calls.redaction.spoken_digits import (
    SHORTEST_CARD,
    SIZED_FORMS,
    Token,
    has_figures,
    tokens_of,
    words_in,
)
from coach.events import Channel

_FEW_READ = 3
"""Digits up to which the other side may turn out to be the one that reads a number out."""
_ENDS_CARD = (
    MaskedKind.CODE,
    MaskedKind.EXPIRY,
    MaskedKind.NAME,
    MaskedKind.EMAIL,
    MaskedKind.ADDRESS,
)
"""What is asked for once a card number has been said."""
_CARDS = words_in("card visa mastercard amex maestro debit")
"""Words behind which a card's digits may stand."""
_ASKING = ("is", "was", "did")
_NUMBER = re.compile(r"\b(?:number|code|reference|digits|id|reading)\b")


class CardFollower:
    """What is being read out, and what each side said last."""

    def __init__(self) -> None:
        self._dictated: CardDictation | None = None
        self._how_many: dict[Channel, bool] = {}
        self._bare: dict[Channel, str] = {}
        self._part_asked: dict[Channel, bool] = {}

    def open_at(self, at: float) -> CardDictation | None:
        """What is being read out and may go on."""
        return self._dictated if self._dictated and self._dictated.is_open(at) else None

    def quantity_asked(self, channel: Channel) -> bool:
        """Whether the other side has just asked something that a few digits may answer."""
        return self._how_many.get(channel, False)

    def part_asked(self, channel: Channel) -> bool:
        """Whether the other side has just said a part of a card back as a question."""
        return self._part_asked.get(channel, False)

    def bare_before(self, channel: Channel) -> str:
        """Digits that were all a side said in its last turn, written as they were."""
        return self._bare.get(channel, "")

    def tokens(self, channel: Channel, text: str, at: float) -> list[Token]:
        """The tokens of a turn; beside a card's digits more words are taken for digits.

        A lone "oh" of who reads a number out is a nought.
        """
        tokens = tokens_of(text)
        begun = self.open_at(at)
        if begun is None or not begun.is_sure:
            said = sum([len(token.digits) for token in tokens])
            if not said and not has_figures(tokens):
                return tokens
            names = [n for n, token in enumerate(tokens) if token.plain in _CARDS]
            if names:
                return read_out(tokens, names[-1] + 1, reads=channel is Channel.CUSTOMER)
            digits = "".join([token.digits for token in tokens]) if said >= SHORTEST_CARD else ""
            return read_out(tokens, reads=False) if BEGINS_CARD.match(digits) else tokens
        return read_out(tokens, reads=begun.reader in (None, channel))

    def follow(
        self,
        channel: Channel,
        tokens: Sequence[Token],
        marks: Sequence[MaskedTokens],
        at: float,
        *,
        phone_asked: bool,
    ) -> None:
        """Take in a turn: the next parts of what is read out, or how long none has come."""
        self._bare[channel] = "" if marks else _bare_digits(tokens)
        of_card = bool(marks) and any(mark.kind in OF_CARD for mark in marks)
        self._part_asked[channel.other] = of_card and (
            tokens[0].plain in _ASKING or any(token.text[-1:] == "?" for token in tokens)
        )
        begun = self.open_at(at)
        parts = [m for m in marks if m.digits and _is_part(m, phone_asked=phone_asked)]
        if not parts:
            if begun is not None:
                self._dictated = begun._replace(idle=begun.idle + len(tokens))
            return
        if begun is None or begun.reader is None or len(begun.digits) < _FEW_READ:
            before = begun.parts if begun is not None and begun.reader is channel else ()
            begun = begun or CardDictation(None, (), asked=False, until=at)
            begun = begun._replace(reader=channel, parts=before, whole=False, idle=0)
        if begun.reader is channel:
            begun = gone_on(begun, tokens, parts)
        elif "".join(part.digits for part in parts) == begun.digits:
            begun = begun._replace(whole=SIZED_FORMS.fullmatch(begun.digits) is not None)
        asked = begun.asked or any(mark.kind is MaskedKind.CARD for mark in parts)
        self._dictated = begun._replace(asked=asked, until=at + GOES_ON_FOR, idle=0)

    def listen(
        self,
        channel: Channel,
        text: str,
        marks: Sequence[MaskedTokens],
        wanted: WantedDetail | None,
        at: float,
    ) -> bool | None:
        """Take in what a turn asks for.

        True where it asks for a card of which nothing has been said, None where the card that is
        being read out is still waited for, False where it is neither.
        """
        low = text.lower()
        self._how_many[channel.other] = asks_how_many(low)
        begun = self.open_at(at)
        other = wanted is not None and _is_other(wanted, low)
        if not marks and not other and asks_for_digits(low, begun, told=self._told(at)):
            said = begun or CardDictation(None, (), asked=True, until=at)
            self._dictated = said._replace(asked=True, until=at + GOES_ON_FOR, asked_by=channel)
            return True if begun is None else None
        if begun is None or wanted is None:
            return False
        enough = begun.is_long_enough
        if other and wanted.kind in _ENDS_CARD:
            self._dictated = None if enough else begun
            return False
        ends = enough or not begun.digits or _NUMBER.search(low)
        if other and ends and QUESTION.search(low):
            self._dictated = None
            return False
        return None if begun.digits else False

    def _told(self, at: float) -> bool:
        """Whether a whole card number was read out lately."""
        lately = self._dictated
        return lately is not None and lately.whole and at <= lately.until


def _is_other(wanted: WantedDetail, low: str) -> bool:
    """Whether something else than a card is wanted."""
    if wanted.kind in OF_CARD or wanted.loose:
        return False
    return wanted.kind is not None or not asks_for_card_number(low)


def _is_part(mark: MaskedTokens, *, phone_asked: bool) -> bool:
    """Whether a mark may be a part of a card being read out."""
    phone = mark.kind is MaskedKind.PHONE and BEGINS_CARD.match(mark.digits) is not None
    return mark.kind in OF_CARD or (phone and not phone_asked)


def _bare_digits(tokens: Sequence[Token]) -> str:
    """The digits of a turn that says nothing else."""
    if all(token.digits or token.plain in BARE for token in tokens):
        return "".join([token.digits for token in tokens])
    return ""
