"""Numbers with letters in them: licences, IBANs, postcodes, national insurance."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.number_context import (
    FEWEST,
    Context,
    MaskedTokens,
    is_covered,
    runs_of,
    told_of,
)
from coach.calls.redaction.spoken_digits import (
    Token,
    has_figures,
)

_WITH_LETTERS = (MaskedKind.ID, MaskedKind.BANK, MaskedKind.ADDRESS)
_NI = re.compile(r"[A-Z]{2}\d{6}[A-D]")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_SPELLED = re.compile(r"[A-Z](?:[.-][A-Z])+")
"""Letters in one token: ``A.I.B.K.``, ``N-W-B-K``."""
_WORD_LETTERS = ("a", "i")


def _is_small(text: str) -> bool:
    """Whether a token is a word in small letters, as nearly all are: no code and no initial."""
    return text.islower() and text.isascii()


def numbers_with_letters(
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
    for first, last in runs_of(tokens, mixed):
        joined = "".join(mixed[first : last + 1])
        kind = told_of(MaskedTokens(first, last, MaskedKind.NUMBER), context)
        if kind not in _WITH_LETTERS or not any(c.isalpha() for c in joined):
            continue
        if len(joined) >= FEWEST[kind] and any(c.isdigit() for c in joined):
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


def numbers_by_form(tokens: Sequence[Token]) -> list[MaskedTokens]:
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
            if kind is not None and not is_covered(mark, marks):
                marks.append(mark)
    return marks


def _is_iban(joined: str) -> bool:
    if not _IBAN.fullmatch(joined):
        return False
    turned = joined[4:] + joined[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1
