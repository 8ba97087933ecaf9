"""How long a card may wait for the place on the screen, and what ends the waiting.

A reason is fresh for some seconds only; what is serious keeps for longer. So does what the customer
said, as long as it is worth an answer: the agent has said nothing that answers it, and the customer
has neither settled nor said goodbye. A card that came so late says what it waited for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from coach.engine.advice.card_policy import (
    CAME_BACK,
    GOODBYE_CAME,
    REASON_GONE,
    SETTLED,
    STILL_UNDONE,
    WAITED,
    WAITED_FOR,
    CardSettings,
    Request,
    suppressed,
)
from coach.engine.advice.shown_card import ShownCard
from coach.events import CardSuppressed, Evidence, Suppression
from rules.definition.conditions import CueSeen, NotFollowed, walk
from rules.definition.rule import Kind, Rule

Done = Callable[[Sequence[str], float], tuple[str, str, Evidence] | None]
"""Given rule ids and a call time: which of them the agent has done since (id, title, words)."""


class CardPatience:
    """Says of requests that wait whether they may go on waiting."""

    def __init__(self, settings: CardSettings, done: Done) -> None:
        self._settings = settings
        self._done = done
        self._moved_on = (-math.inf, "")
        """When the customer last left behind what they had said before, and the note of it."""

    def serious(self, request: Request) -> bool:
        """Whether it does not lose its turn to another one that waits."""
        return request.danger or request.severity >= self._settings.serious_from

    def are_rivals(self, request: Request, other: Request) -> bool:
        """Whether only the more important one of two waits.

        What the customer said and what the agent does are two kinds: a reminder of the agent's own
        tone, which is soon past, does not cost the customer their answer. What has been shown
        already stands in nobody's way.
        """
        if self.serious(request) or self.serious(other):
            return False
        if request.gave_way_at is not None or other.gave_way_at is not None:
            return False
        return self._of_customer(request) is self._of_customer(other)

    def gives_up_for(self, waiting: Request, request: Request) -> bool:
        """Whether of two rivals the one that comes now is to wait, and not the one that does.

        Of what the customer said with like weight that is what they said last.
        """
        like = self._settings.give_way_by if self._of_customer(request) else 0
        return request.priority + like > waiting.priority

    def is_outdone(self, waiting: Request, shown: Request) -> bool:
        """Whether what waits is over, since a card has come that is newer and more important."""
        if self.serious(waiting) or self.serious(shown) or not self._of_customer(waiting):
            return False
        if waiting.gave_way_at is not None:
            return False
        return waiting.at <= shown.at and waiting.priority < shown.priority

    def settled(self, at: float) -> None:
        """The customer has settled."""
        self._moved_on = (at, SETTLED)

    def goodbye(self, at: float) -> None:
        """They say goodbye."""
        self._moved_on = (at, GOODBYE_CAME)

    def ended(self, request: Request, at: float, gone: Sequence[str]) -> CardSuppressed | None:
        """Why it waits no longer; None where it does. ``gone``: rules whose reason has ended."""
        if request.danger:
            return None
        if request.rule.id in gone:
            note = Evidence(note=REASON_GONE)
            return suppressed(request, at, Suppression.LOWER_PRIORITY, note)
        return self._answered(request, at) if self.late(request, at) else self._old(request, at)

    def late(self, request: Request, at: float) -> bool:
        """Whether it waits only because it is still to be done, or has been shown before."""
        if request.gave_way_at is not None:
            return True
        asks = (self._of_customer(request) or self._undone(request)) and not self.serious(request)
        return asks and at - request.at > self._shortly(request)

    def came_late(self, request: Request, at: float, before: str | None) -> Request:
        """A request that is shown late, with what it waited for: the card of rule ``before``."""
        why, since = WAITED_FOR, request.at
        if request.gave_way_at is not None:
            why, since = CAME_BACK, request.gave_way_at
        elif self._undone(request):
            why = STILL_UNDONE
        note = Evidence(rule=before, value=round(at - since, 1), note=why)
        return msgspec.structs.replace(request, because=(*request.because, note))

    def _shortly(self, request: Request) -> float:
        """Seconds for which its reason is fresh."""
        tone = request.spec.kind is Kind.TONE
        return self._settings.tone_wait_s if tone else self._settings.wait_s

    def _undone(self, request: Request) -> bool:
        """Whether it may wait for as long as the agent has not done what it reminds of."""
        return bool(self._settings.comes_back_s) and request.undone

    def _of_customer(self, request: Request) -> bool:
        """Whether it may wait for as long as nobody answers the customer."""
        longer = self._settings.unanswered_wait_s > self._settings.wait_s
        return longer and request.answered_by is not None and not self._undone(request)

    def _answers(self, request: Request) -> tuple[str, ...]:
        """Rules that hear the agent do what the request is about; of what is undone only that."""
        undone = self._undone(request)
        answers = missed(request.rule) if undone else request.answered_by or ()
        return (*request.spec.done_when, *answers)

    def answered_late(self, card: ShownCard, at: float) -> tuple[Evidence, ...]:
        """The words with which the agent has answered a card that came late; empty where not.

        It came since the customer had no answer, so any answer is one. It has been seen by then.
        """
        seen = at >= card.raised + self._settings.min_show_s
        if not card.late or card.request.stays or not seen or not self._settings.comes_back_s:
            return ()
        done = self._done(self._answers(card.request), card.raised)
        return () if done is None else done[2:]

    def _old(self, request: Request, at: float) -> CardSuppressed | None:
        serious = self.serious(request)
        most = self._settings.serious_wait_s if serious else self._shortly(request)
        return _waited(request, at, most) if at - request.at > most else None

    def _answered(self, request: Request, at: float) -> CardSuppressed | None:
        since, most = request.said_at, self._settings.unanswered_wait_s
        done = self._done(self._answers(request), since)
        if done is not None:
            return suppressed(request, at, Suppression.ALREADY_DONE, done[2])
        moved_on, note = self._moved_on
        owed = self._undone(request) and request.owed
        if moved_on >= since and not (owed and note == SETTLED):
            return suppressed(request, at, Suppression.LOWER_PRIORITY, Evidence(note=note))
        if request.gave_way_at is not None:
            since, most = request.gave_way_at, self._settings.comes_back_s
        if owed:
            most = max(most, self._settings.owed_wait_s)
        return _waited(request, at, most) if at - since > most else None


def missed(rule: Rule) -> tuple[str, ...]:
    """Rules any of which would have been enough where ``rule`` tells of something not done."""
    then = [part.then for part in walk(rule.when) if isinstance(part, NotFollowed)]
    seen = [part for one in then for part in walk(one) if isinstance(part, CueSeen)]
    return tuple(dict.fromkeys(name for part in seen for name in part.rules))


def _waited(request: Request, at: float, most: float) -> CardSuppressed:
    note = Evidence(value=most, note=WAITED)
    return suppressed(request, at, Suppression.LOWER_PRIORITY, note)
