"""Which card is on the screen: one at most, and rarely.

Rules ask; the slot decides. A question goes down the list of ``_refusal`` and is refused with
a reason that is kept (CardSuppressed), or it gets the one place on the screen, or it waits
for the place. A card is left on the screen until it can have been read; then it gives way to
a more important one, and one without words to say to any that waits. Only a danger to life or a
threat may interrupt. Dangers ignore cooldowns, budgets, snooze, calm mode and mute, and stay until
the agent answers them. What proves graver while its card is on the screen changes that card: it is
not asked about anew, and a card that becomes one about a danger stays from there on.

What the agent has just done right needs no card: a nod is given instead. A card whose advice
the agent follows while it is shown goes away with a nod as well: on words that its ``done_when``
listens for at once, on the card's own words when the agent has finished saying them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence

import msgspec

from coach.engine.advice.card_patience import CardPatience, Done
from coach.engine.advice.card_policy import (
    CALL_OVER,
    GOODBYE_CAME,
    NODDED,
    WAITS,
    CardSettings,
    Policy,
    Request,
    suppressed,
)
from coach.engine.advice.checklist import is_item
from coach.engine.advice.giving_way import foremost, gives_way_to, passed_over, to_come_back
from coach.engine.advice.own_words import says_one_of
from coach.engine.advice.shown_card import ShownCard, filled_all
from coach.engine.cues.occasion import MatchLog
from coach.events import (
    CardCleared,
    Clearing,
    Evidence,
    Nodded,
    Result,
    Suppression,
)
from coach.snapshot import Card, PastCard
from rules.definition.roles import Role
from rules.definition.rule import Kind, Rule

_ANSWERS = frozenset({Clearing.USED, Clearing.DISMISSED, Clearing.ACKNOWLEDGED})
"""What clears a card that the agent has answered."""
IN_ITS_WORDS = "Said in the card's words"
"""The nod to an agent who says what the card gives."""
MakeSlot = Callable[[CardSettings, Done], "CardSlot"]


def latest_done(
    known: Mapping[str, Rule],
    matches: MatchLog,
    ends: Mapping[str, float],
    rules: Sequence[str],
    since: float,
) -> tuple[str, str, Evidence] | None:
    """The first of some rules that matched since a time, what it is called, and its words.

    ``ends``: when utterances ended. What the customer takes away is told at length: who begins
    with "let me run through that" has done it when the turn is over.
    """
    for rule in (one for one in rules if one in known):
        at_length = ends if Role.TAKEAWAY in known[rule].roles else {}
        for seen in reversed(matches.of(rule)):
            if max(seen.end, at_length.get(seen.utterance or "", seen.end)) < since:
                break
            if not seen.guarded:
                evidence = seen.because[0] if seen.because else Evidence(rule=rule)
                return rule, known[rule].title, evidence
    return None


class CardSlot:
    """Decides about cards for one call."""

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

    def take_rules(self, rules: Mapping[str, Rule], at: float) -> list[Result]:
        """Go by other rules: what waits is asked for as they have it.

        The card on the screen stays as it is read; so does what is about a danger.
        """
        results: list[Result] = []
        if self._card is not None:
            shown = self._card
            shown.waits_as = _under(rules, shown.waits_as) or shown.waits_as
        for number, request in reversed(list(enumerate(self._waiting))):
            again = _under(rules, request)
            if again is not None:
                self._waiting[number] = again
            elif not request.danger:
                del self._waiting[number]
                results.insert(0, suppressed(request, at, Suppression.RULE_GONE))
        return results

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

    # --- what happens meanwhile -------------------------------------------------------------

    def said(self, rule: str, title: str, evidence: Evidence, at: float) -> list[Result]:
        """The agent said what rule ``rule`` listens for: the card may be done with."""
        results: list[Result] = []
        for request in [r for r in self._waiting if rule in r.spec.done_when and not r.danger]:
            self._waiting.remove(request)
            results.append(suppressed(request, at, Suppression.ALREADY_DONE, evidence))
        card = self._card
        followed = card is not None and rule in card.request.spec.done_when
        if followed and card is not None and not card.request.danger:
            self._speaking = True
            results += self._clear(Clearing.USED, at, (evidence,))
            results += self._nodding(rule, title, (evidence,), at)
        return results + self._next(at)

    def turn_over(self, since: float) -> None:
        """The agent had a turn, whose last words began at ``since``: it has gone past the card."""
        self._speaking = False
        if self._card is not None and since >= self._card.news_at:
            self._card.passed += 1
        self._waiting = [passed_over(request, since) for request in self._waiting]

    def spoke(self, words: Evidence, at: float) -> list[Result]:
        """The agent has finished saying ``words``: a card whose own words they are was followed.

        One that stays until it is answered says what is to be done besides.
        """
        self._speaking = True
        card = self._card
        if card is None or card.request.stays or (words.end or at) < card.raised:
            return []
        if not says_one_of(words.text, filled_all(card.request.spec, self.policy.mode)):
            return []
        rule = card.request.rule
        results = self._clear(Clearing.USED, at, (words,))
        results += self._nodding(rule.id, IN_ITS_WORDS, (words,), at)
        return results + self._next(at)

    def retract(self, match: str, because: tuple[Evidence, ...], at: float) -> list[Result]:
        """A match was withdrawn. A danger on the screen stays: the agent decides."""
        results: list[Result] = []
        for request in [r for r in self._waiting if r.match == match and not r.danger]:
            self._waiting.remove(request)
            results.append(suppressed(request, at, Suppression.DOUBTFUL, *because))
        card = self._card
        self.policy.give_back(match)
        if card is not None and card.request.match == match and not card.request.danger:
            results += self._clear(Clearing.RETRACTED, at, because)
        return results + self._next(at)

    def safety_opened(self, at: float) -> list[Result]:
        """A danger to life came up: whatever else is shown or waits has no place."""
        results: list[Result] = [
            suppressed(request, at, Suppression.SAFETY_OPEN)
            for request in self._waiting
            if not request.danger
        ]
        self._waiting = [request for request in self._waiting if request.danger]
        return results

    def goodbye(self, at: float) -> list[Result]:
        """They say goodbye: a reminder that still waits for the place comes too late."""
        self._patience.goodbye(at)
        late = [request for request in self._waiting if is_item(request.rule)]
        note = Evidence(note=GOODBYE_CAME)
        self._waiting = [request for request in self._waiting if request not in late]
        return [suppressed(one, at, Suppression.LOWER_PRIORITY, note) for one in late]

    def settled(self, at: float) -> list[Result]:
        """The customer has settled: what they said before needs no late answer."""
        self._patience.settled(at)
        return []

    def end(self, at: float) -> list[Result]:
        """The call is over."""
        note = Evidence(note=CALL_OVER)
        late = [suppressed(one, at, Suppression.LOWER_PRIORITY, note) for one in self._waiting]
        self._waiting.clear()
        return [*late, *self._clear(Clearing.CALL_ENDED, at)]

    # --- the agent's keys -------------------------------------------------------------------

    def answer(self, reason: Clearing, named: str | None, at: float) -> list[Result]:
        """The agent answered the card; an answer to a card already gone changes nothing."""
        card = self._card
        if card is None or named not in (None, card.id):
            return []
        count = self.policy.count(card.request.rule.id)
        if reason is Clearing.DISMISSED:
            count.dismissals += 1
        elif reason is Clearing.USED:
            count.dismissals = 0
        return [*self._clear(reason, at), *self._next(at)]

    def next_wording(self, named: str | None, at: float) -> None:
        """Show the next wording of the card."""
        card = self._card
        if card is None or named not in (None, card.id):
            return
        card.wording += 1
        self.policy.count(card.request.rule.id).wording = card.wording + 1
        if card.until is not None:
            card.until = max(card.until, at + self._settings.next_wording_s)

    def snooze(self, at: float) -> list[Result]:
        """Hold cards back for a while, or end the snooze; dangers still come."""
        policy = self.policy
        if policy.snoozed_until is not None and at < policy.snoozed_until:
            policy.snoozed_until = None
            return []
        policy.snoozed_until = at + self._settings.snooze_s
        if self._card is None or self._card.request.danger:
            return []
        return [*self._clear(Clearing.DISMISSED, at), *self._next(at)]

    def calm(self, at: float) -> list[Result]:
        """Show only safety, threats and boundaries from here on, or everything again."""
        policy, card = self.policy, self._card
        policy.calm_mode = not policy.calm_mode
        if card is None or card.request.danger or not policy.calm_mode:
            return []
        if card.request.spec.kind is Kind.BOUNDARY:
            return []
        return [*self._clear(Clearing.DISMISSED, at), *self._next(at)]

    def mute(self, rule: str, at: float) -> list[Result]:
        """No more cards of this rule in this call, unless it is about a danger."""
        self.policy.count(rule).muted = True
        card = self._card
        if card is None or card.request.danger or card.request.rule.id != rule:
            return []
        return [*self._clear(Clearing.DISMISSED, at), *self._next(at)]

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


def _under(rules: Mapping[str, Rule], request: Request) -> Request | None:
    """The request as these rules have it; None where they have no such card."""
    rule = rules.get(request.rule.id)
    if rule is None or rule.card is None:
        return None
    return msgspec.structs.replace(request, rule=rule, spec=rule.card)


def _graver(request: Request, known: Request) -> bool:
    """Whether a request is the same rule's as another one, with more weight."""
    return request.rule.id == known.rule.id and request.severity > known.severity
