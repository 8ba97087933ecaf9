"""What asks for the number of a card, or for the next digits of one that is being read out."""

from __future__ import annotations

import re

from coach.calls.redaction.card_path import CardDictation

_CARD_REQUEST = re.compile(
    r"\bcard (?:number|details)\b|\blong number\b|\b(?:sixteen|16)[- ](?:digits?|numbers?)\b"
    r"|\b(?:number|digits|numbers|figures)\b.*\bcard\b|\bwhich card\b|\bcard would you\b"
    r"|\b(?:long )?(?:one|number|numbers|digits) (?:on|across) the (?:front|middle|face)\b"
    r"|\blong one\b"
    r"|\bpayment method\b|\blike to pay\b|\bbe paying\b|\b(?:are|how) you paying\b"
    r"|\b(?:and|with|for|take|get|need|grab|use) (?:the|your|a|that) (?:\w+ )?card\b"
    r"|\b(?:have|got) (?:the|your) (?:\w+ )?card\b"
    r"|\btake (?:a|your|that) payment\b|\bcard payment\b"
    r"|\bnumbers? (?:on|off|from) (?:the|your|that) (?:visa|master ?card|amex|maestro)\b"
    r"|\bnumbers? (?:on|off|from) (?:the|your|that) (?:debit|credit)\b"
)
_CARD_SPOKEN_OF = re.compile(r"\bcard\b.*(?:\?|please)")
"""What asks for one where none has been said."""
_PROMPT = re.compile(
    r"\b(?:go ahead|proceed|continue|in your own time|fire away|off you go|on you go|from the top"
    r"|whenever you|when you'?re ready|ready when|i'm ready|start (?:again|over))\b"
    r"|\b(?:digits|numbers|number)(?: please|\?)|\bnumber on (?:it|the front)\b|^ready\b"
)
_CALLS = (
    r"(?:call|read|give|tell|say|shout|list|rattle|let|need|take|get|have|grab|start|begin|pop"
    r"|type|provide|confirm|what's|whats|what is|what are|just)"
)
_CALLS_FOR_DIGITS = re.compile(
    rf"\b{_CALLS}\b(?: [\w']+){{0,7}} (?:digits?|figures|numbers|blocks)\b"
    rf"|\b{_CALLS}\b(?: [\w']+){{0,5}} (?:first|next|last) (?:four|six|eight|few|bit|lot|part)\b"
    r"|\b(?:call|read|say|shout|rattle|list) (?:it|them|that) (?:all )?out\b"
    r"|^(?:(?:and|so|okay|ok|right|sure|now|great|perfect|the|that|long|front|whole|full) )*number"
    r"(?: (?:on it|off it|for me|there|then|now|first|slowly|please|again))*$"
    rf"|\b{_CALLS}\b(?: [\w']+){{0,4}} (?:the|that|long|front|whole|full) number"
    r"(?: (?:on it|off it|for me|there|then|now|first|slowly|please|again))*$"
    r"|^(?:(?:okay|ok|right|so|yeah|sure) )*shoot$"
    r"|\b(?:fire ahead|go for it|take it away|(?:four|two) at a time)$"
)
"""Words that want digits, whatever they are of: ``call out the digits``, ``just the number``."""
_OF_CARDS = ("card", "number", "digit", "figure", "pay", "one on", "one across", "long one")
"""What stands in every question for the number of a card."""
_OF_DIGITS = (
    *("digit", "figure", "number", "block", "four", "six", "eight", "few", "bit", "lot", "part"),
    *(" out", "shoot", "fire ahead", "go for it", "take it away", "at a time"),
)
"""What stands in everything that calls for digits."""
_SIGNS = str.maketrans("", "", ",.?!;:")
_GO_ON = re.compile(
    r"\b(?:go on|carry on|keep going|next|rest|and then|last|other|remaining|again|repeat)\b"
)
QUESTION = re.compile(
    r"\?|\b(?:can|could|may|would|what|what's|give me|tell me|go ahead|read|need|please|ready)\b"
)
_QUANTITY_QUESTION = re.compile(
    r"\b(?:how|what|what's|when|who|whose|where|why|which|old|age|many|much)\b"
)
_SHORT_TURN = 12
"""Words up to which a turn says little beside what it asks for."""


def asks_for_card_number(low: str) -> bool:
    """Whether a turn in small letters asks for the number of a card."""
    if not any(word in low for word in _OF_CARDS):
        return False
    short = low.count(" ") < _SHORT_TURN
    return _CARD_REQUEST.search(low) is not None and (short or QUESTION.search(low) is not None)


def asks_for_digits(low: str, begun: CardDictation | None, *, told: bool) -> bool:
    """Whether a turn in small letters asks for a card, or for its next digits.

    Where a card has been ``told`` already, to speak of it is not to ask for one.
    """
    if not told and "card" in low and _CARD_SPOKEN_OF.search(low):
        return True
    if asks_for_card_number(low):
        return True
    if low.count(" ") >= _SHORT_TURN:
        return False
    if begun is not None and _GO_ON.search(low):
        return True
    if _PROMPT.search(low):
        return True
    return any(word in low for word in _OF_DIGITS) and calls_for_digits(low)


def calls_for_digits(low: str) -> bool:
    """Whether a short turn in small letters wants digits without saying of what."""
    return _CALLS_FOR_DIGITS.search(low.translate(_SIGNS)) is not None


def asks_how_many(low: str) -> bool:
    """Whether a turn in small letters asks for a quantity, which a few digits may answer."""
    return "?" in low or _QUANTITY_QUESTION.search(low) is not None
