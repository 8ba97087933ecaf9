"""The one place on the screen, and what waits for it.

A request goes down the list of ``_refusal`` and is refused with a reason that is kept
(CardSuppressed), or it gets the place, or it waits for it. A card is left on the screen until it
can have been read; then it gives way to a more important one, and one without words to say to any
that waits. Only a danger to life or a threat may interrupt. What proves graver while its card is on
the screen changes that card: it is not asked about anew, and a card that becomes one about a danger
stays from there on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec

from coach.engine.advice.card_patience import CardPatience, Done
from coach.engine.advice.card_policy import (
    NODDED,
    WAITS,
    CardSettings,
    Policy,
    Request,
    suppressed,
)
from coach.engine.advice.giving_way import foremost, gives_way_to, to_come_back
from coach.engine.advice.shown_card import ShownCard
from coach.events import (
    CardCleared,
    Clearing,
    Evidence,
    Nodded,
    Result,
    Suppression,
)
from coach.snapshot import Card, PastCard
from rules.definition.rule import Kind

_ANSWERS = frozenset({Clearing.USED, Clearing.DISMISSED, Clearing.ACKNOWLEDGED})
"""What clears a card that the agent has answered."""


class CardPlace:
    """The card that is shown, the requests that wait, and how one follows the other."""

    def __init__(self, settings: CardSettings, done: Done) -> None:
        self.policy = Policy(settings)
        self._settings = settings
        self._done = done
        self._patience = CardPatience(settings, done)
        self._card: ShownCard | None = None
        self._waiting: list[Request] = []
        self._speaking = False
        """Whether the agent is in the midst of a turn in which they said something of note."""
        self._raised: dict[str, str] = {}
        """The rule of every card shown so far, by the card's identifier."""
        self._nods: dict[str, float] = {}
        self._nod: tuple[str, float] | None = None
        self.history: deque[PastCard] = deque(maxlen=50)

    # --- asking -----------------------------------------------------------------------------

    def ask(self, requests: Sequence[Request], at: float) -> list[Result]:
        """Decide about the requests of one moment, the most important first."""
        results: list[Result] = []
        for request in sorted(requests, key=lambda r: -r.priority):
            results += self._strengthen(request, at) or self._ask(request, at)
        return results

    def _ask(self, request: Request, at: float) -> list[Result]:
        refusal = self._refusal(request, at)
        if refusal is not None:
            self._came_back_to(request)
            return [suppressed(request, at, refusal)]
        done = None if request.danger else self._just_done(request, at)
        if done is not None:
            return done
        if request.spec.kind is Kind.NOD:
            return self._nod_for(request, at)
        if self._card is None:
            return [self._raise(request, at)]
        if request.danger and request.priority > self._card.request.priority:
            return self._interrupt(request, at)
        return self._wait(request, at)

    def _refusal(self, request: Request, at: float) -> Suppression | None:
        """Why the request is refused; None where it is not. The order is the order of reasons."""
        rule = request.rule
        shown = [self._card.request] if self._card else []
        if any(other.rule.id == rule.id for other in (*shown, *self._waiting)):
            return Suppression.DUPLICATE
        return None if request.danger else self.policy.refusal(request, at)

    def _strengthen(self, request: Request, at: float) -> list[Result]:
        """Where the rule's card is on the screen about something less grave, change that card.

        A weaker request that waits gives up its turn; nothing else comes of that.
        """
        card = self._card
        self._waiting = [r for r in self._waiting if not _graver(request, r)]
        if card is None or not _graver(request, card.request):
            return []
        self.policy.strengthened(card.request, request)
        card.strengthen(request)
        return [card.was_strengthened(at)]

    def _just_done(self, request: Request, at: float) -> list[Result] | None:
        done = self._done(request.spec.done_when, at - self._settings.already_done_s)
        if done is None:
            return None
        rule, title, evidence = done
        refusal = suppressed(request, at, Suppression.ALREADY_DONE, evidence)
        return [refusal, *self._nodding(rule, title, (evidence,), at)]

    def _nod_for(self, request: Request, at: float) -> list[Result]:
        """Nod in the place of a card; where that was done a moment ago, nothing is given."""
        nods = self._nodding(request.rule.id, request.spec.do, request.because, at)
        if not nods:
            note = Evidence(value=self._settings.nod_cooldown_s, note=NODDED)
            return [suppressed(request, at, Suppression.COOLDOWN, note)]
        self.policy.spend(request, at)
        return nods

    def _nodding(
        self, rule: str, text: str, because: tuple[Evidence, ...], at: float
    ) -> list[Result]:
        last = self._nods.get(rule)
        if last is not None and at - last < self._settings.nod_cooldown_s:
            return []
        self._nods[rule] = at
        text = text[:1].upper() + text[1:]
        self._nod = (text, at + self._settings.nod_s)
        return [Nodded(at=at, rule=rule, text=text, because=because)]

    # --- the place on the screen ------------------------------------------------------------

    def _raise(self, request: Request, at: float) -> Result:
        late = self._patience.late(request, at)
        if late:
            before = self.history[-1].rule if self.history else None
            request = self._patience.came_late(request, at, before)
        self.policy.spend(request, at)
        count = self.policy.count(request.rule.id)
        shown = ShownCard(f"P{len(self._raised) + 1}", request, at, count.wording, late=late)
        self._raised[shown.id] = request.rule.id
        count.wording += 1
        self._card = shown
        return shown.was_raised(self.policy.mode)

    def _interrupt(self, request: Request, at: float) -> list[Result]:
        card = self._card
        results = self._clear(Clearing.REPLACED, at, request.because[:1])
        if card is not None and card.request.danger:
            self._waiting.append(card.waits_as)
        return [*results, self._raise(request, at)]

    def _wait(self, request: Request, at: float) -> list[Result]:
        """Queue the request: what is serious waits, of each other kind the most important one."""
        if self._patience.serious(request):
            self._waiting.append(request)
            return []
        rivals = (r for r in self._waiting if self._patience.are_rivals(r, request))
        rival = next(rivals, None)
        if rival is None:
            self._waiting.append(request)
            return []
        newer = self._patience.gives_up_for(rival, request)
        loser, winner = (rival, request) if newer else (request, rival)
        if winner is request:
            self._waiting[self._waiting.index(rival)] = request
        note = Evidence(rule=winner.rule.id, note=WAITS)
        return [suppressed(loser, at, Suppression.LOWER_PRIORITY, note)]

    def _outdone_by(self, shown: Request, at: float) -> list[Result]:
        """Tell what waits no longer since the card ``shown``, which waited beside it, has come."""
        outdone = [r for r in self._waiting if self._patience.is_outdone(r, shown)]
        self._waiting = [r for r in self._waiting if r not in outdone]
        note = Evidence(rule=shown.rule.id, note=WAITS)
        return [suppressed(r, at, Suppression.LOWER_PRIORITY, note) for r in outdone]

    def _came_back_to(self, request: Request) -> None:
        """The customer said again what a card is about: it is news anew."""
        if self._card is not None and self._card.request.rule.id == request.rule.id:
            self._card.said_again(request.at)
        for number, known in enumerate(self._waiting):
            if known.rule.id == request.rule.id and request.answered_by is not None:
                again = msgspec.structs.replace(known, again_at=request.at, passed=0)
                self._waiting[number] = again

    def _clear(
        self, reason: Clearing, at: float, because: tuple[Evidence, ...] = ()
    ) -> list[Result]:
        card = self._card
        if card is None:
            return []
        self._card = None
        rule = card.request.rule
        if reason in _ANSWERS:
            self.policy.keep(card.request)
        self.history.append(card.past(at, reason))
        return [CardCleared(at=at, card=card.id, rule=rule.id, reason=reason, because=because)]

    def _next(self, at: float, first: Request | None = None) -> list[Result]:
        """Give the free place to the most important request that waits, or to the ``first``.

        What has been shown before comes back once the agent has finished what they are saying.
        """
        results: list[Result] = []
        while self._card is None and self._waiting:
            request = first if first in self._waiting and first else foremost(self._waiting)
            if request.gave_way_at is not None and self._speaking:
                break
            self._waiting.remove(request)
            late = self._patience.late(request, at)
            refused = self._patience.ended(request, at, ()) if late else None
            results += self._ask(request, at) if refused is None else [refused]
            shown = self.shown
            results += self._outdone_by(shown, at) if shown is not None else []
        return results

    # --- time -------------------------------------------------------------------------------

    def tick(self, at: float, ended: Sequence[str]) -> list[Result]:
        """Let time pass: cards expire, reasons end, those who wait may give up."""
        card = self._card
        if card is None and not self._waiting:
            return []
        results: list[Result] = []
        taking: Request | None = None
        if card is not None:
            if ended and not card.request.danger and card.request.rule.id in ended:
                card.leave_at = max(at, card.raised + self._settings.min_show_s)
            results += self._leave(card, at)
            if not results:
                taking = gives_way_to(card, self._waiting, self._settings, self.policy.mode, at)
            results += self._replace(card, at) if taking is not None else []
        if not self._waiting:
            return results
        self._waiting, waited = [], self._waiting
        for request in waited:
            refused = self._patience.ended(request, at, ended)
            if refused is None:
                self._waiting.append(request)
            else:
                results.append(refused)
        return results + self._next(at, taking)

    def _leave(self, card: ShownCard, at: float) -> list[Result]:
        """Take the card from the screen where its time has come."""
        answered = self._patience.answered_late(card, at)
        if answered:
            return self._clear(Clearing.USED, at, answered)
        if card.leave_at is not None and at >= card.leave_at:
            return self._clear(Clearing.RESOLVED, at)
        if card.until is not None and at >= card.until:
            return self._clear(Clearing.EXPIRED, at)
        return []

    def _replace(self, card: ShownCard, at: float) -> list[Result]:
        """Let the card give way; it may wait to come back."""
        back = to_come_back(card, self._settings, at)
        self._waiting += [back] if back is not None else []
        return self._clear(Clearing.REPLACED, at)

    # --- for the screen ---------------------------------------------------------------------

    def rule_of(self, named: str | None) -> str | None:
        """The rule of a card, also of one that has left; None is the card on the screen."""
        if named is not None:
            return self._raised.get(named)
        return self._card.request.rule.id if self._card else None

    @property
    def idle(self) -> bool:
        """Whether nothing is shown and nothing waits: time and ends of reasons bring nothing."""
        return self._card is None and not self._waiting

    @property
    def shown(self) -> Request | None:
        """The request whose card is on the screen."""
        return self._card.request if self._card else None

    def card(self) -> Card | None:
        """The card as the screen shows it."""
        return self._card.view(self.policy.mode) if self._card else None

    def nod(self, at: float) -> str:
        """The nod to show at ``at``, or nothing."""
        return self._nod[0] if self._nod is not None and at < self._nod[1] else ""


def _graver(request: Request, known: Request) -> bool:
    """Whether a request is the same rule's as another one, with more weight."""
    return request.rule.id == known.rule.id and request.severity > known.severity
