"""Going through a call: to the next moment of a kind, and to words that are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coach.notes.review.past_call import Moment, SaidLine

SAME = 0.05
"""Seconds within which two places are the same."""


def next_moment(
    moments: Sequence[Moment], at: float, step: int, shown: Moment | None = None
) -> Moment | None:
    """The first moment behind ``at``, or with ``step`` -1 the last before it; None for none.

    ``shown`` is the one that is looked at: of several in the same place it counts from there.
    """
    ordered = list(moments)
    if shown in ordered and abs(shown.at - at) < SAME:
        place = ordered.index(shown) + step
        return ordered[place] if 0 <= place < len(ordered) else None
    if step > 0:
        return next((m for m in ordered if m.at > at + SAME), None)
    return next((m for m in reversed(ordered) if m.at < at - SAME), None)


def lines_with(lines: Iterable[SaidLine], words: str) -> tuple[SaidLine, ...]:
    """The lines that hold all of the words, or what they begin, in any case."""
    wanted = words.casefold().split()
    return tuple(
        line for line in lines if wanted and all(word in line.text.casefold() for word in wanted)
    )


def line_at(lines: Sequence[SaidLine], at: float) -> int | None:
    """The number of the line that is spoken at a time, or was last; None before the first."""
    found = None
    for number, line in enumerate(lines):
        if line.start > at + SAME:
            break
        found = number
    return found
