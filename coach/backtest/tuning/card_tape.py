"""All that the place of the card is asked in one run, kept to be asked again for each value.

One run of the engine has a rule for every value of a dial (``Turned.book_of_all``), and a slot that
shows nothing and writes down what it is asked. For one value the questions of the others are left
out and a real slot is asked the rest: the cards, their cooldowns and who had to wait come out as in
a run of the whole engine. That takes a tenth of a millisecond where a run takes a tenth of a second.

What the agent did about a card may reach further than the cards: a danger that was answered, a match
that was marked wrong. Where that would be, ``NotOnTapeError`` says so, and the call is run whole.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from coach.backtest.outcome import SAYS_NOTHING
from coach.backtest.rerun import ReadyRules, as_pressed, rules_of_cards
from coach.backtest.tuning.turned import Turned, index_of
from coach.calls.facts_again import recorded_settings
from coach.calls.journal import Journal
from coach.engine.advice.card_policy import CardSettings, Mode, Request
from coach.engine.advice.cards import CardSlot, Done, latest_done
from coach.engine.cues.moment import MatchLog, seen_of
from coach.engine.engine import GRID_S
from coach.events import (
    Action,
    AgentAction,
    AnyEvent,
    CardSuppressed,
    Clearing,
    CueMatched,
    CueRetracted,
    Evidence,
    Fact,
    Result,
    Track,
)
from rules.model import Rule


class NotOnTapeError(Exception):
    """What the agent did about a card would change more than cards."""


Ask = Callable[[CardSlot], list[Result]]
"""One question, ready to be asked."""
ANSWERS = {
    Action.ACKNOWLEDGE: Clearing.ACKNOWLEDGED,
    Action.USED: Clearing.USED,
    Action.DISMISS: Clearing.DISMISSED,
}
OF_CARDS = frozenset(
    {*ANSWERS, Action.MARK_WRONG, Action.NEXT_WORDING, Action.SNOOZE, Action.CALM_MODE,
     Action.MUTE_RULE}
)  # fmt: skip
"""Keys that are about cards."""


class Asked(msgspec.Struct, frozen=True):
    """A question, and whose it is."""

    of: int | None
    """Index of the value; None where it is asked whatever the value is."""
    ask: Ask
    idle: bool = False
    """Whether a slot with nothing shown and nothing waiting would do nothing."""


class Requests(msgspec.Struct, frozen=True):
    """Several rules ask for the place at once."""

    requests: tuple[tuple[int | None, Request], ...]
    at: float


class Ends(msgspec.Struct, frozen=True):
    """Time passes, and the reasons of some rules are over."""

    at: float
    ended: tuple[tuple[int | None, str], ...]


Step = Asked | Requests | Ends | Mode | AgentAction | AnyEvent


class _Writing(CardSlot):
    """Shows nothing and writes down what it is asked."""

    def __init__(self, settings: CardSettings, done: Done, tape: CardTape) -> None:
        super().__init__(settings, done)
        self._tape = tape
        self._mode = self.policy.mode

    def _write(self, step: Step) -> list[Result]:
        if self.policy.mode is not self._mode:
            self._mode = self.policy.mode
            self._tape.write(self._mode)
        self._tape.write(step)
        return []

    def ask(self, requests: Sequence[Request], at: float) -> list[Result]:
        if not requests:
            return []
        return self._write(Requests(tuple(map(self._tape.own, requests)), at))

    def tick(self, at: float, ended: Sequence[str]) -> list[Result]:
        return self._write(Ends(at, tuple(map(self._tape.named, ended))))

    def said(self, rule: str, title: str, evidence: Evidence, at: float) -> list[Result]:
        of, name = self._tape.named(rule)
        return self._write(Asked(of, lambda slot: slot.said(name, title, evidence, at)))

    def retract(self, match: str, because: tuple[Evidence, ...], at: float) -> list[Result]:
        of, name = self._tape.named_match(match)
        return self._write(Asked(of, lambda slot: slot.retract(name, because, at)))

    def safety_opened(self, at: float) -> list[Result]:
        return self._write(Asked(None, lambda slot: slot.safety_opened(at)))

    def end(self, at: float) -> list[Result]:
        return self._write(Asked(None, lambda slot: slot.end(at)))


class CardTape:
    """What one call asks of the place of the card, for every value of a dial."""

    def __init__(self, journal: Journal, turned: Turned, ready: ReadyRules) -> None:
        """``ready``: those of ``turned.book_of_all``. NotOnTapeError where a key is the trouble."""
        self._turned = turned
        self._settings = recorded_settings(journal).cards
        self._rules: Mapping[str, Rule] = {rule.id: rule for rule in turned.book.active()}
        self._rule_of = rules_of_cards(journal)
        self._steps: list[Step] = []
        self.seconds = 0.0
        """Length of the call."""
        self._record(journal, ready)

    # --- writing ----------------------------------------------------------------------------

    def _record(self, journal: Journal, ready: ReadyRules) -> None:
        engine = ready.engine(journal, lambda settings, done: _Writing(settings, done, self))
        grid = 0
        for fact in ready.facts(journal):
            while grid * GRID_S <= fact.at:
                self._pass(lambda now=grid * GRID_S: engine.advance(now))  # type: ignore[misc]
                grid += 1
            engine.advance(fact.at)
            self.seconds = max(self.seconds, fact.at)
            if self._is_of_cards(fact):
                self.write(fact)
                continue
            if type(fact) not in SAYS_NOTHING:
                self.write(fact)
            self._pass(functools.partial(engine.receive, fact))

    def _is_of_cards(self, fact: Fact) -> bool:
        if not isinstance(fact, AgentAction):
            return False
        if fact.action not in OF_CARDS and fact.card is not None:
            raise NotOnTapeError
        return fact.action in OF_CARDS

    def _pass(self, let: Callable[[], list[Result]]) -> None:
        """One pass of the engine: what it finds is known before the slot is asked anything."""
        before = len(self._steps)
        results = let()
        found = [event for event in results if type(event) not in SAYS_NOTHING]
        if found:
            self._steps[before:before] = found
            self.seconds = max(self.seconds, *(event.at for event in results))

    def write(self, step: Step) -> None:
        """One thing more."""
        self._steps.append(step)

    @staticmethod
    def named(rule: str) -> tuple[int | None, str]:
        """Whose a rule is, and its name without that."""
        index = index_of(rule)
        return (None, rule) if index is None else (index, rule.rpartition("~")[0])

    named_match = named

    def own(self, request: Request) -> tuple[int | None, Request]:
        """Whose a request is, and the request as the rule itself would make it."""
        index = index_of(request.cause)
        if index is None:
            return None, request
        rule = self._turned.rules[index]
        assert rule.card is not None  # noqa: S101 - it asks for its card
        return index, msgspec.structs.replace(
            request,
            rule=rule,
            spec=rule.card,
            cause=rule.id,
            match=self.named(request.match)[1],
        )

    # --- reading ----------------------------------------------------------------------------

    def read(self, index: int) -> list[AnyEvent]:
        """All that a run with that value has to say, but for what ``SAYS_NOTHING``."""
        return _Reading(self, index).events()

    def signature(self, index: int) -> tuple[object, ...]:
        """Two values with the same one, and the same rule but for figures, do the same."""
        found: list[object] = []
        for number, step in enumerate(self._steps):
            found += [(number, one) for one in _of_value(step, index)]
        return tuple(found)

    @property
    def steps(self) -> Sequence[Step]:
        """In order."""
        return self._steps

    @property
    def settings(self) -> CardSettings:
        """Of the call."""
        return self._settings

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Those in force, by id."""
        return self._rules

    def rule_of(self, card: str | None) -> str | None:
        """The rule of a card that the agent saw."""
        return self._rule_of.get(card or "")


def _of_value(step: Step, index: int) -> list[object]:
    """What of a step is that value's own."""
    if isinstance(step, Requests):
        return [(r.match, r.severity, _bare(r.because)) for of, r in step.requests if of == index]
    if isinstance(step, Ends):
        return [name for of, name in step.ended if of == index]
    if isinstance(step, Asked):
        return ["asked"] if step.of == index else []
    if isinstance(step, CueMatched | CueRetracted | CardSuppressed):
        if index_of(step.rule) == index:
            return [(type(step).__name__, step.at, _bare(step.because))]
    return []


def _bare(because: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Reasons without the value and the rule's name: they are not shown."""
    return tuple(msgspec.structs.replace(e, rule=None, threshold=None) for e in because)


class _Reading:
    """One value's run of a tape."""

    def __init__(self, tape: CardTape, index: int) -> None:
        self._tape = tape
        self._index = index
        self._matches = MatchLog()
        known = tape.rules
        self._slot = CardSlot(
            tape.settings, lambda rules, since: latest_done(known, self._matches, rules, since)
        )
        self._events: list[AnyEvent] = []

    def events(self) -> list[AnyEvent]:
        takes: Mapping[type, Callable[[Any], None]] = {
            Requests: self._requests,
            Ends: self._ends,
            Asked: self._asked,
            Mode: self._mode,
            AgentAction: self._key,
            CueMatched: self._matched,
            CueRetracted: self._retracted,
            CardSuppressed: self._said_of_rule,
        }
        slot, events = self._slot, self._events
        for step in self._tape.steps:
            if type(step) is Ends and slot.idle:
                continue
            take = takes.get(type(step))
            if take is None:
                events.append(step)  # type: ignore[arg-type]
            else:
                take(step)
        return events

    def _is_meant(self, of: int | None) -> bool:
        return of is None or of == self._index

    def _requests(self, step: Requests) -> None:
        asked = [request for of, request in step.requests if self._is_meant(of)]
        self._events += self._slot.ask(asked, step.at)

    def _ends(self, step: Ends) -> None:
        ended = tuple(name for of, name in step.ended if self._is_meant(of))
        self._events += self._slot.tick(step.at, ended)

    def _asked(self, step: Asked) -> None:
        if self._is_meant(step.of):
            self._events += step.ask(self._slot)

    def _mode(self, mode: Mode) -> None:
        self._slot.policy.mode = mode

    def _matched(self, match: CueMatched) -> None:
        own = self._said_of_rule(match)
        if own is not None:
            self._matches.add(own.rule, seen_of(own))

    def _retracted(self, gone: CueRetracted) -> None:
        own = self._said_of_rule(gone)
        if own is not None:
            self._matches.remove(own.rule, own.match)

    def _said_of_rule(self, event: Any) -> Any:
        """Take what is said of a rule, unless it is another value's."""
        of, rule = CardTape.named(event.rule)
        if not self._is_meant(of):
            return None
        if of is not None:
            event = msgspec.structs.replace(event, rule=rule)
            if not isinstance(event, CardSuppressed):
                event = msgspec.structs.replace(event, match=CardTape.named_match(event.match)[1])
        self._events.append(event)
        return event

    # --- keys -------------------------------------------------------------------------------

    def _key(self, fact: AgentAction) -> None:
        if fact.action not in OF_CARDS:
            self._events.append(fact)
            return
        slot = self._slot
        pressed: AgentAction | None = fact
        if fact.card is not None:
            pressed = as_pressed(fact, self._tape.rule_of(fact.card), slot.card)
        if pressed is None:
            return
        self._events.append(pressed)
        self._events += self._pressed(pressed)

    def _pressed(self, fact: AgentAction) -> list[Result]:
        """As ``coach.engine.engine`` takes it."""
        slot, at = self._slot, fact.at
        if fact.action is Action.SNOOZE:
            return slot.snooze(at)
        if fact.action is Action.CALM_MODE:
            return slot.calm(at)
        if fact.action is Action.NEXT_WORDING:
            slot.next_wording(fact.card, at)
            return []
        if fact.action is Action.MUTE_RULE:
            rule = fact.rule or slot.rule_of(fact.card)
            return slot.mute(rule, at) if rule else []
        shown = slot.shown
        results = slot.answer(ANSWERS.get(fact.action, Clearing.DISMISSED), fact.card, at)
        if results and shown is not None:
            wrong = fact.action is Action.MARK_WRONG
            if wrong or shown.rule.track is Track.SAFETY:
                raise NotOnTapeError
        return results
