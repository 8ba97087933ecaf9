"""A past call with what reviewers said of it laid over: marks as moments, corrections as lines."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coach.events import Channel
from coach.notes.review.past_call import Moment, MomentKind, SaidLine
from coach.notes.review.review_requests import Corrected, Exchanged, OpenCall, Remark
from coach.notes.review.verdict import Verdict

WORDS: dict[Verdict, str] = {
    Verdict.RIGHT: "right",
    Verdict.WRONG: "wrong",
    Verdict.LATE: "too late",
    Verdict.MISSED: "missed here",
    Verdict.NOTE: "bookmark",
}


EXCHANGED = "exchanged"
"""``Moment.key`` of an exchange of the sides that a reviewer confirmed."""


class ShownLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the transcript as it is read now."""

    heard: SaidLine
    """As the journal has it."""
    channel: Channel
    text: str
    corrected: Corrected | None = None

    @property
    def start(self) -> float:
        """Where it begins."""
        return self.heard.start


SAME_CARD = 10.0
"""Seconds by which a card may come otherwise when a call is coached anew and be the same card."""


def lines_of(call: OpenCall) -> tuple[ShownLine, ...]:
    """The lines, put right where a reviewer did."""
    lines = []
    for line in call.past.lines:
        put_right = call.corrected.get(line.utterance)
        text, channel = line.text, line.channel
        if put_right is not None:
            text = line.text if put_right.text is None else put_right.text
            channel = channel.other if put_right.other_side else channel
        lines.append(ShownLine(heard=line, channel=channel, text=text, corrected=put_right))
    return tuple(lines)


def moments_of(call: OpenCall) -> tuple[Moment, ...]:
    """Everything one may go to, by time, marks among it."""
    laid = [_moment(remark) for remark in call.remarks]
    laid += [_exchange(at, call.exchanged) for at in call.exchanged.times]
    return tuple(sorted([*call.past.moments, *laid], key=lambda m: (m.at, m.kind)))


def _exchange(at: float, exchanged: Exchanged) -> Moment:
    return Moment(
        kind=MomentKind.SIDES,
        at=at,
        end=at,
        key=EXCHANGED,
        title=f"from here on the sides are exchanged  ({exchanged.who}, {exchanged.when})",
    )


def _moment(remark: Remark) -> Moment:
    return Moment(
        kind=MomentKind.MARK,
        at=remark.at,
        end=remark.at,
        key=remark.mark,
        rule=remark.rule,
        title=mark_words(remark),
    )


def mark_words(remark: Remark) -> str:
    """A mark on one line: what, of which rule, the note, by whom and when."""
    note = f"“{remark.note}”" if remark.note else ""
    when = f", {remark.when}" if remark.when else ""
    parts = [WORDS[remark.verdict], remark.rule, note, f"({remark.who}{when})"]
    return "  ".join(part for part in parts if part)


def remarks_on(call: OpenCall, moment: Moment | None) -> tuple[Remark, ...]:
    """What was said of a moment: of a card by its identifier, of anything else by its place."""
    if moment is None:
        return ()
    if moment.kind is MomentKind.MARK:
        return tuple(r for r in call.remarks if r.mark == moment.key)
    if moment.kind is MomentKind.CARD:
        cards = [m for m in call.past.moments if m.kind is MomentKind.CARD]
        return tuple(r for r in call.remarks if r.card and _card_meant(r, cards) == moment)
    return tuple(
        r for r in call.remarks if not r.card and r.rule == moment.rule and r.at == moment.at
    )


def _card_meant(remark: Remark, cards: Sequence[Moment]) -> Moment | None:
    """The card that a remark was made on; None where it is not shown any more.

    Coached anew, as with its sides exchanged, a call shows other cards, and the names go by their
    number: the card is that of the rule, about the time.
    """

    def apart(card: Moment) -> float:
        return max(card.at - remark.at, remark.at - card.end, 0.0)

    of_rule = [c for c in cards if c.rule == remark.rule and apart(c) <= SAME_CARD]
    return min(of_rule, key=lambda card: (card.key != remark.card, apart(card)), default=None)


def meant_by(moments: tuple[Moment, ...], at: float) -> float:
    """The time that a written one means: lists and links leave out fractions of a second.

    It is that of the card, else of whatever else, that came within the second; else as written.
    """
    if at != int(at):
        return at
    within = [moment for moment in moments if at <= moment.at < at + 1.0]
    cards = [moment.at for moment in within if moment.kind is MomentKind.CARD]
    return next(iter([*cards, *(moment.at for moment in within)]), at)


def card_at(moments: tuple[Moment, ...], at: float) -> Moment | None:
    """The card that stood on the screen at a time."""
    return next(
        (m for m in reversed(moments) if m.kind is MomentKind.CARD and m.at <= at <= m.end), None
    )
