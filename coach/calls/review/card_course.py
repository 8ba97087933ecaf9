"""How the cards of a call stand at a moment, reckoned from the events before it.

Counts, budgets and keys are followed as the engine follows them: a card that was taken back never
was, and a danger is open from its cue until it is withdrawn or the agent says that there is none.
"""

from __future__ import annotations

from typing import NamedTuple

from coach.engine.advice.card_policy import DANGERS, CardSettings, as_asked
from coach.engine.advice.dangers import Dangers
from coach.events import (
    Action,
    AgentAction,
    CardCleared,
    CardRaised,
    CardStrengthened,
    Clearing,
    CueMatched,
    CueRetracted,
    Event,
    Evidence,
    Nodded,
    Track,
)
from rules.definition.rule import Kind, Rule

_ANSWERS = frozenset({Clearing.USED, Clearing.DISMISSED, Clearing.ACKNOWLEDGED})
"""What clears a card that the agent has seen: it counts even where its cue is withdrawn."""
_GRAVE_FROM = 3
"""Severity from which a cue about safety is a danger to life."""


class _Given:
    """A card, or a nod, that was given."""

    def __init__(self, at: float, match: str, *, tone: bool) -> None:
        self.at = at
        self.match = match
        """The cue with which it is taken back; empty where it is not, whatever becomes of that."""
        self.tone = tone


class RuleCourse:
    """What is known of one rule's cards so far."""

    def __init__(self) -> None:
        self.given: list[_Given] = []
        """Its cards, and its nods where it gives those in the place of cards."""
        self.dismissals = 0
        self.muted: float | None = None
        self.nodded: float | None = None
        """When there was a nod for it, whatever asked for that."""
        self.used_up = 0
        """How often it was refused because it had come often enough."""


class StandingDanger(NamedTuple):
    """A danger to life that keeps everything else away."""

    since: float
    answered: float | None
    """None while the agent has not answered it."""
    until: float | None
    """When other cards come again; None while that is open."""


class CardCourse:
    """Follows the events of one call."""

    def __init__(self, settings: CardSettings) -> None:
        self._settings = settings
        self._rules: dict[str, RuleCourse] = {}
        self._causes: dict[tuple[Evidence, ...], list[tuple[str, str]]] = {}
        """By their evidence, the rules that matched and their matches."""
        self._raised: dict[str, str] = {}
        """The rule of every card so far."""
        self.card: CardRaised | None = None
        """The one on the screen."""
        self.gone: CardRaised | None = None
        """The one before it..."""
        self.gone_at = 0.0
        """...and when that had left."""
        self.tone_refused = 0
        """Cards that were refused because there had been enough about tone."""
        self._keys: list[AgentAction] = []
        """Pressed, and nothing yet that came of it: a line that follows may be of before."""
        self._key: AgentAction | None = None
        """The latest of those that have worked."""
        self.snoozed: float | None = None
        """Since when; None while cards are not snoozed."""
        self.calm: float | None = None
        """Since when there has been calm mode; None while there is none."""
        self._dangers = Dangers(settings.after_danger_s)
        self._opened: dict[str, float] = {}
        """When the dangers that are open came up, by their cues."""
        self._quiet_from = 0.0
        """When the latest quiet began: with an answer, or with a danger without a card."""
        self._seen_to = False
        """Whether that was an answer."""

    def of(self, rule: str) -> RuleCourse:
        """What is known of one rule's cards."""
        return self._rules.setdefault(rule, RuleCourse())

    @property
    def tone(self) -> int:
        """Cards about the agent's tone so far."""
        return sum(one.tone for rule in self._rules.values() for one in rule.given)

    # --- what goes by -----------------------------------------------------------------------

    def take(self, event: Event, rule: Rule | None) -> None:
        """Let an event go by; ``rule`` is the one it names."""
        if isinstance(event, AgentAction):
            self._keys.append(event)
            return
        self.reach(event.at)
        if isinstance(event, CueMatched):
            self._matched(event, rule)
        elif isinstance(event, CueRetracted):
            self._retracted(event)
        elif isinstance(event, CardRaised):
            self._shown(event, rule)
        elif isinstance(event, CardStrengthened):
            self._strengthened(event)
        elif isinstance(event, Nodded):
            self._nodded(event, rule)
        elif isinstance(event, CardCleared):
            self._cleared(event)

    def reach(self, at: float) -> None:
        """Let the keys work that had been pressed by then."""
        while self._keys and self._keys[0].at <= at:
            self._pressed(self._keys.pop(0))

    def _pressed(self, key: AgentAction) -> None:
        self._key, at = key, key.at
        if key.action is Action.SNOOZE:
            over = self.snoozed is None or at >= self.snoozed + self._settings.snooze_s
            self.snoozed = at if over else None
        elif key.action is Action.CALM_MODE:
            self.calm = at if self.calm is None else None
        elif key.action is Action.MUTE_RULE:
            on_screen = self.card.rule if self.card is not None else None
            named = on_screen if key.card is None else self._raised.get(key.card)
            muted = key.rule or named
            if muted is not None and self.of(muted).muted is None:
                self.of(muted).muted = at

    # --- cues -------------------------------------------------------------------------------

    def _matched(self, event: CueMatched, rule: Rule | None) -> None:
        self._causes.setdefault(event.because, []).append((event.rule, event.match))
        if event.track is not Track.SAFETY or event.severity < _GRAVE_FROM:
            return
        asks = rule is not None and rule.card is not None and rule.card.kind in DANGERS
        self._dangers.opened(event.match, event.rule, asks=asks, at=event.at)
        self._opened.setdefault(event.match, event.at)
        if not asks:
            self._quiet_from, self._seen_to = event.at, False

    def _retracted(self, event: CueRetracted) -> None:
        self._dangers.forget(event.match)
        on_screen = self.card.rule if self.card is not None else None
        for name, known in self._rules.items():
            known.given = [
                one
                for number, one in enumerate(known.given, 1)
                if one.match != event.match or (name == on_screen and number == len(known.given))
            ]

    def _cause(self, because: tuple[Evidence, ...], rule: str) -> str:
        """The match that a card goes by; empty where none is known."""
        found = self._causes.get(as_asked(because), [])
        own = [match for name, match in found if name == rule]
        return (own or [match for _, match in found] or [""])[-1]

    # --- cards ------------------------------------------------------------------------------

    def _shown(self, event: CardRaised, rule: Rule | None) -> None:
        self.card = event
        self._raised[event.card] = event.rule
        match = "" if event.danger else self._cause(event.because, event.rule)
        tone = kind_of(rule) is Kind.TONE
        self.of(event.rule).given.append(_Given(event.at, match, tone=tone))

    def _strengthened(self, event: CardStrengthened) -> None:
        given = self.of(event.rule).given
        if given:
            given[-1].match = "" if event.danger else self._cause(event.because, event.rule)

    def _nodded(self, event: Nodded, rule: Rule | None) -> None:
        known = self.of(event.rule)
        known.nodded = event.at
        if kind_of(rule) is Kind.NOD:
            match = self._cause(event.because, event.rule)
            known.given.append(_Given(event.at, match, tone=False))

    def _cleared(self, event: CardCleared) -> None:
        known = self.of(event.rule)
        self.gone, self.card, self.gone_at = self.card, None, event.at
        if event.reason is Clearing.RETRACTED:
            known.given = known.given[:-1]
        elif event.reason in _ANSWERS and known.given:
            known.given[-1].match = ""
        key = self._key if self._key is not None and self._key.at == event.at else None
        if event.reason is Clearing.DISMISSED:
            if key is not None and key.action in (Action.DISMISS, Action.MARK_WRONG):
                known.dismissals += 1
                self._dangers.over(event.rule)
        elif event.reason is Clearing.ACKNOWLEDGED or (
            event.reason is Clearing.USED and key is not None and key.action is Action.USED
        ):
            if event.reason is Clearing.USED:
                known.dismissals = 0
            if event.rule in self._dangers.unanswered:
                self._dangers.answered(event.rule, event.at)
                self._quiet_from, self._seen_to = event.at, True

    # --- dangers ----------------------------------------------------------------------------

    def danger(self, at: float) -> StandingDanger | None:
        """What keeps everything else away at ``at``; None where nothing is known to."""
        if not self._dangers.quiet(at):
            return None
        opened = self._open()
        unanswered = [since for rule, since in opened if rule in self._dangers.unanswered]
        if self._dangers.unanswered:
            return StandingDanger(min(unanswered, default=at), None, None)
        return StandingDanger(
            max((since for _, since in opened), default=self._quiet_from),
            self._quiet_from if self._seen_to else None,
            self._quiet_from + self._settings.after_danger_s,
        )

    def open_since(self) -> float | None:
        """Since when there has been a danger, answered or not; None where there is none."""
        return min((since for _, since in self._open()), default=None)

    def _open(self) -> list[tuple[str, float]]:
        """The rules of the dangers that are open, and when these came up."""
        return [(rule, self._opened[match]) for match, rule in self._dangers.cues.items()]


def kind_of(rule: Rule | None) -> Kind | None:
    """What kind of card a rule has."""
    return rule.card.kind if rule is not None and rule.card is not None else None
