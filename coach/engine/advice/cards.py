"""Which card is on the screen: one at most, and rarely.

Rules ask; the slot decides, by what is said meanwhile and by the agent's keys. Dangers ignore
cooldowns, budgets, snooze, calm mode and mute, and stay until the agent answers them.

What the agent has just done right needs no card: a nod is given instead. A card whose advice
the agent follows while it is shown goes away with a nod as well: on words that its ``done_when``
listens for at once, on the card's own words when the agent has finished saying them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from coach.engine.advice.card_patience import Done
from coach.engine.advice.card_place import CardPlace
from coach.engine.advice.card_policy import (
    CALL_OVER,
    GOODBYE_CAME,
    CardSettings,
    Request,
    suppressed,
)
from coach.engine.advice.checklist import is_item
from coach.engine.advice.giving_way import passed_over
from coach.engine.advice.own_words import says_one_of
from coach.engine.advice.shown_card import filled_all
from coach.events import (
    Clearing,
    Evidence,
    Result,
    Suppression,
)
from rules.definition.rule import Kind, Rule

IN_ITS_WORDS = "Said in the card's words"
"""The nod to an agent who says what the card gives."""
MakeSlot = Callable[[CardSettings, Done], "CardSlot"]


class CardSlot(CardPlace):
    """Decides about cards for one call."""

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


def _under(rules: Mapping[str, Rule], request: Request) -> Request | None:
    """The request as these rules have it; None where they have no such card."""
    rule = rules.get(request.rule.id)
    if rule is None or rule.card is None:
        return None
    return msgspec.structs.replace(request, rule=rule, spec=rule.card)
