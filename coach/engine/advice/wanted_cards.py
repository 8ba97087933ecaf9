"""Which card a match asks for: its own, or the boundary ladder's in its place."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from coach.engine.advice.bad_news import BETTER, SOOTHING
from coach.engine.advice.boundary import Ladder, Offer
from coach.engine.advice.card_policy import IN_ITS_PLACE, LADDER_HELD, Request, suppressed
from coach.engine.advice.checklist import is_item
from coach.engine.advice.ladder_moves import Rung
from coach.events import (
    CardSuppressed,
    Channel,
    CueMatched,
    Evidence,
    Result,
    Suppression,
    Track,
)
from rules.definition.roles import Family, Role
from rules.definition.rule import Kind, Rule

ANSWERS = (BETTER | SOOTHING) - {Role.STEP}
"""Roles of what answers a customer, whatever the card's own rules are. A step is none: "I'm opening
your account" is said before anything is put right."""


class CardAsking:
    """Asks once for a match's own card, and again where the match has become more severe."""

    def __init__(self, rules: Mapping[str, Rule], ladder: Ladder) -> None:
        """``rules``: those in force by id, whatever is put in force later."""
        self._rules = rules
        self._ladder = ladder
        self._asked: dict[str, int] = {}
        """Matches whose own card was asked for, and the severity they had then."""

    def forget(self, match: str) -> None:
        """A match was withdrawn."""
        self._asked.pop(match, None)

    def ask(
        self, match: CueMatched, rule: Rule, offer: Offer | None, asked: list[Request]
    ) -> list[Result]:
        """Ask for the match's own card, or the ladder's in its place."""
        ladder = self._rules.get(offer.card) if offer is not None else None
        own = rule if rule.card is not None and not is_item(rule) else None
        boundary = own is not None and own.card is not None and own.card.kind is Kind.BOUNDARY
        if offer is not None and offer.held:
            held = (ladder, own if boundary else None)
            return [_held(r, match) for r in held if r is not None and r.card is not None]
        results: list[Result] = []
        specific = offer is not None and self._specific(match)
        if ladder is not None and ladder.card is not None and not (boundary and specific):
            asked.append(request(ladder, match))
            if boundary and own is not None:
                note = Evidence(rule=ladder.id, note=IN_ITS_PLACE)
                given_up = request(own, match)
                results.append(suppressed(given_up, match.at, Suppression.DUPLICATE, note))
                own = None
        if own is None or match.severity <= self._asked.get(match.match, -1):
            return results
        if match.guarded and rule.track is not Track.SAFETY:
            return [*results, suppressed(request(own, match), match.at, Suppression.DOUBTFUL)]
        self._asked[match.match] = match.severity
        wanted = request(own, match)
        if match.channel is Channel.CUSTOMER and wanted.spec.kind is Kind.PROCESS:
            wanted = msgspec.structs.replace(wanted, answered_by=self._answers())
        asked.append(wanted)
        return results

    def _answers(self) -> tuple[str, ...]:
        """The rules in force that hear the agent answer somebody."""
        return tuple(
            rule.id
            for rule in self._rules.values()
            if rule.family is Family.SAY and not ANSWERS.isdisjoint(rule.roles)
        )

    def _specific(self, match: CueMatched) -> bool:
        """Whether the rule's own boundary card says more than the ladder's at this rung.

        It does for the first offence, and for what the floor does not tolerate at all.
        """
        first = self._ladder.rung is Rung.ACKNOWLEDGE
        return first or self._ladder.zero(match) or self._ladder.rung is Rung.OVER


def request(rule: Rule, match: CueMatched) -> Request:
    """Ask for the card of ``rule`` because of a match, which may be another rule's."""
    assert rule.card is not None  # noqa: S101 - the callers have looked
    return Request(
        rule=rule,
        spec=rule.card,
        match=match.match,
        cause=match.rule,
        severity=match.severity,
        at=match.at,
        because=match.because,
    )


def _held(rule: Rule, match: CueMatched) -> CardSuppressed:
    note = Evidence(note=LADDER_HELD)
    return suppressed(request(rule, match), match.at, Suppression.SAFETY_OPEN, note)
