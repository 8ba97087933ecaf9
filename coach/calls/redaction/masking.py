"""Puts masks in the place of words, in texts, timed words and clauses alike."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.number_context import MaskedTokens
from coach.events import Clause, Word


def masked(tokens: Sequence[str], marks: Sequence[MaskedTokens]) -> tuple[list[str], list[int]]:
    """The tokens with one mask for each mark, and where each old token stands among them."""
    starts = {mark.first: mark for mark in marks}
    out: list[str] = []
    places: list[int] = []
    until = -1
    for place, token in enumerate(tokens):
        if place in starts:
            mark = starts[place]
            until = mark.last
            ending = tokens[until][-1:]
            out.append(mark.kind.mask + (ending if ending in ".,?!" else ""))
        elif place > until:
            out.append(token)
        places.append(len(out) - 1)
    return out, places


def masked_words(words: Sequence[Word], marks: Sequence[MaskedTokens]) -> tuple[Word, ...]:
    """Timed words, one to a token, with a mask that lasts as long as what it masks."""
    texts, places = masked([word.text for word in words], marks)
    out: list[Word] = []
    for number, text in enumerate(texts):
        own = [word for word, place in zip(words, places, strict=True) if place == number]
        if len(own) == 1 and own[0].text == text:
            out.append(own[0])
            continue
        out.append(
            Word(
                text=text,
                start=own[0].start,
                end=own[-1].end,
                confidence=min(word.confidence for word in own),
            )
        )
    return tuple(out)


def clauses_left(
    clauses: Sequence[Clause], marks: Sequence[MaskedTokens], places: Sequence[int]
) -> tuple[Clause, ...]:
    """The clauses without masked words: the vector of another one would tell of them."""
    return tuple(
        msgspec.structs.replace(clause, first=places[clause.first], last=places[clause.last])
        for clause in clauses
        if clause.last < len(places)
        and not any(m.first <= clause.last and clause.first <= m.last for m in marks)
    )


def split_marks(
    marks: Sequence[MaskedTokens], size: int
) -> tuple[list[MaskedTokens], list[MaskedTokens]]:
    """The marks of the first ``size`` tokens, and those of the rest counted from there."""
    head = [m._replace(last=min(m.last, size - 1)) for m in marks if m.first < size]
    tail = [
        m._replace(first=max(m.first - size, 0), last=m.last - size)
        for m in marks
        if m.last >= size
    ]
    return head, tail


def whole(count: int, kind: MaskedKind) -> list[MaskedTokens]:
    """One mark over everything."""
    return [MaskedTokens(0, count - 1, kind)] if count else []
