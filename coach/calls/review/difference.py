"""Where a call comes out otherwise with other rules: cards more, cards fewer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from coach.calls.review.making import Made
from coach.notes.review.past_call import Moment, MomentKind, PastLevel

SAME_S = 2.0
"""Seconds within which a card of the same rule is the same card: it may wait for the place."""


def differences(was: Sequence[Moment], other: Sequence[Moment]) -> tuple[Moment, ...]:
    """The cards of one way of coaching that the other has not, by time."""
    return tuple(
        sorted(
            [
                *_only(was, other, "not with the other rules"),
                *_only(other, was, "only with the other rules"),
            ],
            key=lambda moment: moment.at,
        )
    )


def _only(here: Iterable[Moment], there: Iterable[Moment], fate: str) -> Iterator[Moment]:
    left = [moment for moment in there if moment.kind is MomentKind.CARD]
    for moment in here:
        if moment.kind is not MomentKind.CARD:
            continue
        same = next(
            (m for m in left if m.rule == moment.rule and abs(m.at - moment.at) <= SAME_S), None
        )
        if same is not None:
            left.remove(same)
            continue
        yield msgspec.structs.replace(
            moment, kind=MomentKind.OTHERWISE, key="", fate=fate, end=moment.at
        )


def compared(was: Made, other: Made, rules: str) -> str:
    """Both ways in one sentence. ``rules`` says which the other ones are."""
    before, after = _worst(was.levels), _worst(other.levels)
    worst = f"{after} in both" if after == before else f"{after} instead of {before}"
    return (
        f"other rules: {_cards(other.moments)} cards instead of {_cards(was.moments)}, worst level "
        f"{worst}; d goes to the differences ({rules})"
    )


def _cards(moments: Iterable[Moment]) -> int:
    return sum(moment.kind is MomentKind.CARD for moment in moments)


def _worst(levels: Iterable[PastLevel]) -> str:
    return max(step.level for step in levels).name.lower()
