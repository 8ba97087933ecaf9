"""When the card on the screen gives way to one that waits, and whether it comes back.

A card stands until it can have been read. What it asks can be done only when the agent speaks, so
a reminder of what the agent has not done waits for the agent's turn; the customer's own words and
what is serious do not wait for that. With every turn of the agent's that goes past a card it counts
for less against what the customer waits for: who has spoken past it has seen it. A word about how
the agent speaks gains nothing by that, for the customer's own matter is still open. A card that
gives way and is still worth doing waits to come back when the place is free, behind all that has
not been shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coach.engine.advice.card_policy import CardSettings, Mode, Request
from coach.engine.advice.shown_card import ShownCard, wordings
from rules.definition.rule import Kind


def gives_way_to(
    card: ShownCard, waiting: Sequence[Request], settings: CardSettings, mode: Mode, at: float
) -> Request | None:
    """What takes the card's place, since the card has been read; None where it stands.

    What only tells what to do, without words to say, has been read at a glance and keeps no
    other card waiting; nor does a card that came late itself, once it has been read. One that
    stays until it is answered keeps no later demand of the customer waiting: who was vile and
    then asks for a supervisor is answered, too.
    """
    new = [request for request in waiting if request.gave_way_at is None]
    if card.request.danger or not new:
        return None
    at_a_glance = not card.request.stays and not wordings(card.request.spec, mode)
    if at_a_glance and at >= card.raised + settings.min_show_s:
        return foremost(new)
    in_turn = [request for request in new if not _waits(request, card, settings, at)]
    read_once = at >= card.raised + settings.give_way_s
    if read_once and in_turn and (card.late or _demanded_since(card, in_turn)):
        return foremost(in_turn)
    weightier = [request for request in in_turn if _outweighs(request, card, settings, at)]
    if weightier and not (settings.before_turn_s or settings.passed_over_by):
        return foremost(new)  # where no turn counts, who is weightier opens the place to all
    return foremost(weightier) if weightier else None


def _outweighs(request: Request, card: ShownCard, settings: CardSettings, at: float) -> bool:
    """Whether the card has been read and is so much less important."""
    bound = card.request.priority + settings.give_way_by
    if request.awaited:
        bound -= card.passed * settings.passed_over_by
    boundary = request.spec.kind is Kind.BOUNDARY is not card.request.spec.kind
    read = settings.glance_s if boundary else settings.give_way_s
    return request.priority >= bound and at >= card.raised + read


def _waits(request: Request, card: ShownCard, settings: CardSettings, at: float) -> bool:
    """Whether a reminder waits since the agent has had no turn to do what the card asks."""
    return request.undone and not card.passed and at < card.raised + settings.before_turn_s


def _demanded_since(card: ShownCard, waiting: Sequence[Request]) -> bool:
    """Whether the turn is that of a demand made since a card stands that stays."""
    turn = foremost(waiting)
    begun = [words.start for words in turn.because if words.start is not None]
    return card.request.stays and turn.demand and max(begun, default=turn.at) > card.raised


def foremost(waiting: Sequence[Request]) -> Request:
    """Of those that wait, the one whose turn it is: what was shown already comes last."""
    return max(waiting, key=lambda r: (r.gave_way_at is None, r.priority))


def to_come_back(card: ShownCard, settings: CardSettings, at: float) -> Request | None:
    """What waits to be shown again once a card has given way; None where it is not worth that.

    It is a step that the agent owes, or what the customer said where the card had less than half
    of its time: a word about how the agent speaks is soon past. A card comes back once.
    """
    request = card.waits_as
    seen = card.until is not None and card.until - at < at - card.raised
    asked = request.answered_by is not None and not seen
    worth = request.owed if request.undone else asked
    again = request.gave_way_at is not None or card.leave_at is not None
    if not worth or again or not settings.comes_back_s:
        return None
    return msgspec.structs.replace(request, gave_way_at=at, passed=card.passed)


def passed_over(request: Request, since: float) -> Request:
    """A request that waits, after a turn of the agent's whose last words began at ``since``."""
    if since < request.said_at:
        return request
    return msgspec.structs.replace(request, passed=request.passed + 1)
