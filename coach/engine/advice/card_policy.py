"""Why a card is held back: what the call, the agent and the budgets allow.

Dangers to life and threats are never asked about here: they ignore cooldowns, budgets, snooze,
calm mode and mute.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import msgspec

from coach.events import CardSuppressed, Evidence, Suppression, Track
from coach.parameters import number, quantity, seconds
from rules.definition.roles import Role
from rules.definition.rule import CardSpec, Kind, Rule

DANGERS = {Kind.SAFETY: 200, Kind.THREAT: 100}
"""The kinds about dangers, and what they add to a card's own priority (0 to 100): they come first,
in this order."""

_DANGER_FROM = 3
"""Severity from which a safety or threat card is a danger."""
_DEMAND_FROM = 2
"""Severity from which a card of the track ``escalation`` is about a demand."""


WAITS = "waits for the place before it"
"""A note on a refusal, of the rule that it names; so are the next ones on their own."""
REASON_GONE = "its reason had gone before the place was free"
WAITED = "waited too long for the place"
"""With the seconds for which it may wait."""
GOODBYE_CAME = "the goodbye came before the place was free"
CALL_OVER = "the call ended before the place was free"
SETTLED = "the customer had settled before the place was free"
WAITED_FOR = "waited for another card to end, and nobody had answered the customer"
"""On a card that came all the same, with the seconds, and the rule of that other card."""
STILL_UNDONE = "waited for another card to end, and it was still not done"
"""The same of what the agent has not done."""
CAME_BACK = "had given way to another card, and came back"
"""On a card that is shown again, with the seconds it was away."""
_LATE = frozenset({WAITED_FOR, STILL_UNDONE, CAME_BACK})
IN_ITS_PLACE = "the boundary ladder's card in its place"
LADDER_HELD = "the boundary ladder stands still: help comes first"
NODDED = "seconds between two nods at the same thing"
"""With how many there are at least."""


class CardSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often and how long cards are shown."""

    tone_budget: Annotated[int, number(0, 100, "cards")] = 3
    """Cards about the agent's tone in one call; more is felt as surveillance."""
    max_per_call: Annotated[int, number(0, 1000, "cards")] = 30
    """Cards in one call, dangers and boundary cards not counted."""
    wait_s: Annotated[float, seconds(0, 600)] = 12.0
    """Seconds a card waits for the place on the screen; its reason is fresh for so long."""
    serious_from: Annotated[int, number(0, 5, "severity")] = 3
    """Severity from which a card does not lose its turn to another one that waits: who names a
    lawyer and the ombudsman in one breath needs both answers."""
    serious_wait_s: Annotated[float, seconds(0, 600)] = 45.0
    """Seconds such a card waits: about two cards long."""
    unanswered_wait_s: Annotated[float, seconds(0, 600)] = 25.0
    """Seconds a card about what the customer said waits while nobody answers it: as long as another
    one stands, and a little more. No longer than ``wait_s`` where it is less."""
    tone_wait_s: Annotated[float, seconds(0, 600)] = 8.0
    """The same for a card about tone."""
    give_way_s: Annotated[float, seconds(0, 600)] = 6.0
    """A card that has been shown so long gives way to a more important one: time to read it
    once (30 words at 300 a minute). Words said twenty seconds late help nobody."""
    give_way_by: Annotated[int, number(0, 300, "points of priority")] = 4
    """... by so much more important (on the cards' scale of 0 to 100): cards of like weight
    do not chase each other from the screen."""
    before_turn_s: Annotated[float, seconds(0, 600)] = 20.0
    """A reminder of what the agent has not done takes no other card's place before this time as
    long as the agent has had no turn since that one came: neither could have been done."""
    passed_over_by: Annotated[int, number(0, 300, "points of priority")] = 10
    """Each turn of the agent's that goes past a card takes so many points from it, against cards
    about what the customer said or what is left undone."""
    comes_back_s: Annotated[float, seconds(0, 600)] = 30.0
    """Seconds for which a card that gave way undone waits to come back, once. None does where it
    is nothing."""
    owed_wait_s: Annotated[float, seconds(0, 600)] = 120.0
    """Seconds for which a card waits about a step that the agent owes: who is calling is to be
    checked however long other things took. No longer than the others where it is less."""
    glance_s: Annotated[float, seconds(0, 60)] = 2.0
    """A card gives way to a boundary card after so long: who is being abused needs the words
    now. Boundary cards wait for each other like all the rest."""
    min_show_s: Annotated[float, seconds(0, 60)] = 4.0
    """A card stays so long even when its reason has gone; a glance takes half a second, but
    the agent must find the time for it."""
    already_done_s: Annotated[float, seconds(0, 600)] = 8.0
    """The agent has "just" done what was said within so many seconds."""
    snooze_s: Annotated[float, seconds(1, 7200)] = 120.0
    """Length of a snooze."""
    nod_s: Annotated[float, seconds(0, 60)] = 6.0
    """Seconds a nod is shown."""
    nod_cooldown_s: Annotated[float, seconds(0, 3600)] = 45.0
    """Seconds before the same thing is nodded at again."""
    dismiss_factor: Annotated[float, quantity(1, 100, "times")] = 2.0
    """Each dismissal multiplies the rule's cooldown by this ..."""
    dismiss_most: Annotated[float, quantity(1, 1000, "times")] = 8.0
    """... up to this many times."""
    after_danger_s: Annotated[float, seconds(0, 7200)] = 60.0
    """Seconds after the agent has acknowledged a danger to life before other cards come again."""
    next_wording_s: Annotated[float, seconds(0, 600)] = 10.0
    """A card stays at least so long after the agent asked for another wording."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A rule asks for a card."""

    rule: Rule
    spec: CardSpec
    match: str
    cause: str
    """The rule that matched; the card may be another rule's."""
    severity: int
    at: float
    because: tuple[Evidence, ...]
    answered_by: tuple[str, ...] | None = None
    """Rules that hear the agent answer what the customer said, beside those that the card names;
    None where the card is about something else than the customer's words."""
    again_at: float | None = None
    """When the customer last came back to it while the card waited."""
    passed: int = 0
    """Turns of the agent's that have gone past it since it was said."""
    gave_way_at: float | None = None
    """When its card gave way to another one; None where it has not been shown."""

    @property
    def danger(self) -> bool:
        """Whether it may interrupt and is never held back.

        A mere doubt about the customer's safety (severity 2) interrupts nothing; of the keys
        only the one that hides its own rule holds it back.
        """
        return self.spec.kind in DANGERS and self.severity >= _DANGER_FROM

    @property
    def undone(self) -> bool:
        """Whether it reminds the agent of something not done."""
        return is_undone(self.rule, self.because)

    @property
    def awaited(self) -> bool:
        """Whether the customer waits for it: they asked, or it is undone, however it was said."""
        missed = self.undone and Role.WORDING_FAULT not in self.rule.roles
        return missed or self.answered_by is not None

    @property
    def owed(self) -> bool:
        """Whether it is a step to be taken that is not."""
        return self.undone and self.awaited and self.spec.kind is Kind.PROCESS

    @property
    def stays(self) -> bool:
        """Whether its card stays until the agent answers it."""
        return self.danger or self.spec.hold is None

    @property
    def said_at(self) -> float:
        """When what it is about was said, the last time."""
        return self.at if self.again_at is None else self.again_at

    @property
    def demand(self) -> bool:
        """Whether it is about what the customer asks for or complains of."""
        return self.rule.track is Track.ESCALATION and self.severity >= _DEMAND_FROM

    @property
    def priority(self) -> int:
        """Higher wins the one place on the screen."""
        return self.spec.priority + (DANGERS[self.spec.kind] if self.danger else 0)


class Mode(msgspec.Struct, frozen=True, kw_only=True):
    """What the slot must know of the call."""

    safety_open: bool = False
    """A danger to life is unanswered, or was answered only just now."""
    issue: str = ""
    """The customer's matter in a few words; empty while unknown."""
    agent: str = ""
    """The agent's first name; empty where none is set."""


class GivenCard(NamedTuple):
    """A card, or a nod, that was given."""

    at: float
    kind: Kind
    wording: int
    """The number of the wording that was next until then."""


class RuleCount:
    """What the slot remembers of one rule."""

    __slots__ = ("dismissals", "given", "muted", "wording")

    def __init__(self) -> None:
        self.given: list[GivenCard] = []
        """Its cards and nods so far, but for those that were shown in error."""
        self.dismissals = 0
        self.muted = False
        self.wording = 0

    @property
    def last_shown(self) -> float | None:
        """When the latest of them was given."""
        return self.given[-1].at if self.given else None


class Policy:
    """What has been shown so far, and what the agent has asked for."""

    def __init__(self, settings: CardSettings) -> None:
        self.settings = settings
        self.mode = Mode()
        self.calm_mode = False
        self.snoozed_until: float | None = None
        self.tone = 0
        """Cards about tone shown so far."""
        self.counted = 0
        """Cards shown so far, dangers and boundary cards left out."""
        self._rules: dict[str, RuleCount] = {}
        self._returnable: dict[str, list[tuple[str, GivenCard]]] = {}
        """What is given back where the match is withdrawn that asked for it: by match, with the
        rule. Not what is about a danger, nor what the agent has answered."""

    def count(self, rule: str) -> RuleCount:
        """What is remembered of one rule."""
        return self._rules.setdefault(rule, RuleCount())

    def snoozed_at(self, at: float) -> float | None:
        """Until when cards are snoozed, or None at ``at`` when they are not."""
        until = self.snoozed_until
        return until if until is not None and at < until else None

    def refusal(self, request: Request, at: float) -> Suppression | None:
        """Why the request is refused; None where it is not. The order is the order of reasons."""
        if self.count(request.rule.id).muted:
            return Suppression.MUTED
        quiet_check = request.spec.kind in DANGERS
        held = None if quiet_check else self.held_back(request, at)
        if held is not None:
            return held
        if request.gave_way_at is None:
            return self.had_its_share(request, at) or self.used_up(request)
        return self.used_up(request)

    def held_back(self, request: Request, at: float) -> Suppression | None:
        """Whether the call or the agent wants no such card at present."""
        kind = request.spec.kind
        if self.mode.safety_open:
            return Suppression.SAFETY_OPEN
        if self.snoozed_until is not None and at < self.snoozed_until:
            return Suppression.SNOOZED
        if self.calm_mode and kind not in (Kind.BOUNDARY, Kind.NOD):
            return Suppression.CALM_MODE
        return None

    def had_its_share(self, request: Request, at: float) -> Suppression | None:
        """Whether the rule has had its share; a card that only comes back asks for none."""
        count, timing = self.count(request.rule.id), request.rule.timing
        factor = min(self.settings.dismiss_factor**count.dismissals, self.settings.dismiss_most)
        if count.last_shown is not None and at - count.last_shown < timing.cooldown * factor:
            return Suppression.COOLDOWN
        if len(count.given) >= timing.max_per_call:
            return Suppression.MAX_PER_CALL
        return None

    def used_up(self, request: Request) -> Suppression | None:
        """Whether the call has had its share."""
        kind = request.spec.kind
        if kind is Kind.TONE and self.tone >= self.settings.tone_budget:
            return Suppression.TONE_BUDGET
        if kind in (Kind.TONE, Kind.PROCESS) and self.counted >= self.settings.max_per_call:
            return Suppression.MAX_PER_CALL
        return None

    def spend(self, request: Request, at: float) -> None:
        """A card, or a nod, is given."""
        count, kind = self.count(request.rule.id), request.spec.kind
        given = GivenCard(at, kind, count.wording)
        count.given.append(given)
        self._add(kind, 1)
        if not request.danger:
            self._returnable.setdefault(request.match, []).append((request.rule.id, given))

    def keep(self, request: Request) -> None:
        """The agent has answered the card, which counts whatever becomes of its match."""
        self._take_out(request)

    def strengthened(self, known: Request, request: Request) -> None:
        """The rule's card on the screen goes by another match from here on."""
        given = self._take_out(known)
        if given and not request.danger:
            self._returnable.setdefault(request.match, []).append((request.rule.id, given))

    def _take_out(self, request: Request) -> GivenCard | None:
        """The latest card of the request's rule, which its match can take back no longer."""
        known = self._returnable.get(request.match, [])
        for place in reversed(range(len(known))):
            if known[place][0] == request.rule.id:
                return known.pop(place)[1]
        return None

    def give_back(self, match: str) -> None:
        """A match was withdrawn: what it was shown for in error is as if it had not been."""
        for rule, given in reversed(self._returnable.pop(match, [])):
            count = self.count(rule)
            if count.given[-1] is given:
                count.wording = given.wording
            count.given = [one for one in count.given if one is not given]
            self._add(given.kind, -1)

    def _add(self, kind: Kind, number: int) -> None:
        if kind is Kind.TONE:
            self.tone += number
        if kind in (Kind.TONE, Kind.PROCESS):
            self.counted += number


def is_undone(rule: Rule | None, because: tuple[Evidence, ...]) -> bool:
    """Whether a card reminds of something not done since words that called for it.

    A silence calls for nothing once somebody speaks.
    """
    if rule is None or rule.card is None or Role.OMISSION not in rule.roles:
        return False
    return bool(rule.card.done_when) and any(words.utterance is not None for words in because)


def as_asked(because: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The reasons of a card as they were when it was asked for, before it waited."""
    return tuple(one for one in because if one.note not in _LATE)


def suppressed(request: Request, at: float, reason: Suppression, *more: Evidence) -> CardSuppressed:
    """Say why a request got no card."""
    because = (*request.because, *more)
    return CardSuppressed(at=at, rule=request.rule.id, reason=reason, because=because)
