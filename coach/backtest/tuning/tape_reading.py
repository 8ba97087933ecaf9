"""One value's run of a tape: a real slot is asked what concerns that value.

What the agent did about a card may reach further than the cards: a danger that was answered, a
match that was marked wrong. Where that would be, ``NotOnTapeError`` says so, and the call is run
whole.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from coach.backtest.rerun import as_pressed
from coach.backtest.tuning.card_tape import (
    OF_CARDS,
    CardTape,
    Ends,
    NotOnTapeError,
    Quiet,
    Requests,
    TapeQuestion,
    named,
)
from coach.calls.masked_journal import covered
from coach.engine.advice.card_policy import Mode
from coach.engine.advice.cards import CardSlot
from coach.engine.advice.latest_done import latest_done
from coach.engine.cues.occasion import MatchLog, seen_of
from coach.engine.engine import GRID_S
from coach.events import (
    Action,
    AgentAction,
    AnyEvent,
    CardSuppressed,
    Clearing,
    CueMatched,
    CueRetracted,
    Result,
    Track,
    Utterance,
)

ANSWERS = {
    Action.ACKNOWLEDGE: Clearing.ACKNOWLEDGED,
    Action.USED: Clearing.USED,
    Action.DISMISS: Clearing.DISMISSED,
    Action.MARK_WRONG: Clearing.DISMISSED,
}


class _CardsOfSlot:
    """What a slot shows and has shown."""

    def __init__(self, slot: CardSlot) -> None:
        self.card = slot.card()
        self.history = slot.history


class TapeReading:
    """Runs a tape for the value with an index."""

    def __init__(self, tape: CardTape, index: int) -> None:
        self._tape = tape
        self._index = index
        self._matches = MatchLog()
        self._utterance_ends: dict[str, float] = {}
        done = functools.partial(latest_done, tape.rules, self._matches, self._utterance_ends)
        self._slot = CardSlot(tape.settings, done)
        self._events: list[AnyEvent] = []

    def events(self) -> list[AnyEvent]:
        """All that the run has to say, but for the many facts that say nothing."""
        takes: Mapping[type, Callable[[Any], None]] = {
            Quiet: self._quiet,
            Requests: self._requests,
            Ends: self._ends,
            TapeQuestion: self._asked,
            Mode: self._mode,
            AgentAction: self._key,
            Utterance: self._said,
            CueMatched: self._matched,
            CueRetracted: self._retracted,
            CardSuppressed: self._of_rule,
        }
        for step in self._tape.steps:
            take = takes.get(type(step), self._events.append)
            take(step)
        return self._events if self._tape.masked is None else list(self._covered(self._tape.masked))

    def _covered(self, lines: Mapping[str, Utterance]) -> Iterator[AnyEvent]:
        """The events with nothing in them but what the masked lines say."""
        results = covered(lines.values(), [e for e in self._events if isinstance(e, Result)])
        for event in self._events:
            if isinstance(event, Result):
                yield next(results)
            elif isinstance(event, Utterance):
                yield lines.get(event.utterance, event)
            else:
                yield event

    def _said(self, fact: Utterance) -> None:
        self._utterance_ends[fact.utterance] = fact.end
        self._events.append(fact)

    def _is_meant(self, of: int | None) -> bool:
        return of is None or of == self._index

    def _quiet(self, step: Quiet) -> None:
        slot = self._slot
        for number in range(step.first, step.last + 1):
            if slot.idle:
                return
            self._events += slot.tick(number * GRID_S, ())

    def _ends(self, step: Ends) -> None:
        if not self._slot.idle:
            ended = tuple(name for of, name in step.ended if self._is_meant(of))
            self._events += self._slot.tick(step.at, ended)

    def _requests(self, step: Requests) -> None:
        asked = [request for of, request in step.requests if self._is_meant(of)]
        self._events += self._slot.ask(asked, step.at)

    def _asked(self, step: TapeQuestion) -> None:
        if self._is_meant(step.of):
            self._events += step.ask(self._slot) or ()

    def _mode(self, mode: Mode) -> None:
        self._slot.policy.mode = mode

    # --- what is said of rules --------------------------------------------------------------

    def _matched(self, match: CueMatched) -> None:
        own = self._of_rule(match)
        if own is not None:
            self._matches.add(own.rule, seen_of(own))

    def _retracted(self, gone: CueRetracted) -> None:
        own = self._of_rule(gone)
        if own is not None:
            self._matches.remove(own.rule, own.match)

    def _of_rule(self, event: Any) -> Any:
        """Take what is said of a rule, unless it is another value's."""
        of, rule = named(event.rule)
        if not self._is_meant(of):
            return None
        if of is not None:
            more = {} if isinstance(event, CardSuppressed) else {"match": named(event.match)[1]}
            event = msgspec.structs.replace(event, rule=rule, **more)
        self._events.append(event)
        return event

    # --- keys -------------------------------------------------------------------------------

    def _key(self, fact: AgentAction) -> None:
        pressed: AgentAction | None = fact
        if fact.action in OF_CARDS and fact.card is not None:
            pressed = as_pressed(fact, self._tape.seen, lambda: _CardsOfSlot(self._slot))
        if pressed is not None:
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
        elif fact.action is Action.MUTE_RULE:
            rule = fact.rule or slot.rule_of(fact.card)
            return slot.mute(rule, at) if rule else []
        elif fact.action in ANSWERS:
            return self._answered(fact)
        return []

    def _answered(self, fact: AgentAction) -> list[Result]:
        shown = self._slot.shown
        results = self._slot.answer(ANSWERS[fact.action], fact.card, fact.at)
        reaches = shown is not None and shown.rule.track is Track.SAFETY
        if results and (reaches or fact.action is Action.MARK_WRONG):
            raise NotOnTapeError
        return results
