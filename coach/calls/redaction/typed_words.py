"""What somebody types about a call is masked like what was said in it: notes, reasons, names."""

from __future__ import annotations

import re

from coach.calls.redaction.finder import Finder
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.masking import masked
from coach.calls.redaction.spoken_digits import CARD_FORMS, card_windows
from coach.events import Channel

_WRITTEN_EMAIL = re.compile(r"[^\s@/\\,;:<>()\"']+@[\w-]+(?:\.[\w-]+)*")
_STRETCH = re.compile(r"\d(?:[ ._-]?\d)+")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)")
"""A day as names of files have it; no part of a card is written so beside other digits."""


def masked_text(text: str) -> str:
    """The text with a mask for each piece of personal data; lines and spaces stay."""
    parts = re.split(r"(\s+)", text)
    tokens, spaces = parts[::2], parts[1::2]
    there = [place for place, token in enumerate(tokens) if token]
    words = [tokens[place] for place in there]
    marks = Finder().final(Channel.AGENT, " ".join(words), 0.0)
    for mark in marks:
        first, last = there[mark.first], there[mark.last]
        tokens[first] = masked(words, [mark])[0][mark.first]
        for place in range(first + 1, last + 1):
            tokens[place] = ""
            spaces[place - 1] = ""
    return "".join(token + space for token, space in zip(tokens, [*spaces, ""], strict=True))


def masked_reference(text: str) -> str:
    """A name or number that stands for something, without payment cards and e-mail addresses.

    File names, tags and caller references: a customer number or a telephone number is what they
    are for, so all else stays, but for bytes in a file's name that are no text.
    """
    text = text.encode(errors="replace").decode()
    return without_cards(_WRITTEN_EMAIL.sub(MaskedKind.EMAIL.mask, text))


def without_cards(text: str) -> str:
    """The text with a mask for each number of a payment card."""
    parts = _DAY.split(text)
    parts[::2] = (_STRETCH.sub(_masked_stretch, part) for part in parts[::2])
    return "".join(parts)


def _masked_stretch(found: re.Match[str]) -> str:
    text = found[0]
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    digits = "".join(text[place] for place in places)
    edges = {0, len(digits)} | {
        number for number in range(1, len(places)) if places[number] - places[number - 1] > 1
    }
    for begin, end in sorted(card_windows(digits), key=lambda window: window[0] - window[1]):
        if {begin, end} <= edges and CARD_FORMS.fullmatch(digits[begin:end]):
            before, after = text[: places[begin]], text[places[end - 1] + 1 :]
            return f"{before}{MaskedKind.CARD.mask}{without_cards(after)}"
    return text
