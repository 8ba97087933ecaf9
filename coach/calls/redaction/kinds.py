"""The kinds of personal data that are masked, and what stands in their place.

A mask is one word, so that the words of a text and the words that carry times stay the same.
"""

from __future__ import annotations

import enum


class MaskedKind(enum.StrEnum):
    """What was masked."""

    CARD = "card-number"
    BANK = "bank-account"
    ID = "national-id"
    EMAIL = "e-mail"
    PHONE = "phone-number"
    BIRTH = "birth-date"
    CODE = "security-code"
    EXPIRY = "expiry-date"
    NAME = "name"
    ADDRESS = "address"
    NUMBER = "number"
    """Digits that may be part of any of these: a number half said, or one without a cue."""
    OFF_RECORD = "off-the-record"
    """Everything said while the call was off the record."""

    @property
    def mask(self) -> str:
        """The word that stands in its place."""
        return f"[{self.value}]"


def holds_mask(text: str) -> bool:
    """Whether something in the text was masked."""
    return any(kind.mask in text for kind in MaskedKind)


_BY_WORD = {kind.mask: kind for kind in MaskedKind}


def kind_of(word: str) -> MaskedKind | None:
    """What a word masks; None where it is no mask."""
    return _BY_WORD.get(word.strip(".,;:!?"))
