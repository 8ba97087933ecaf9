"""All that the place of the card is asked in one run, kept to be asked again for each value.

One run of the engine has a rule for every value of a dial (``Turned.book_of_all``), and a slot
that shows nothing and writes down what it is asked. ``tape_reading`` then asks a real slot what
concerns one value: the cards, their cooldowns and who had to wait come out as in a run of the
whole engine, in a thousandth of its time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import msgspec

from coach.backtest.compare import masked_lines
from coach.backtest.outcome import SAYS_NOTHING
from coach.backtest.rerun import CardsSeen, ReadyRules
from coach.backtest.tuning.turned import Turned, index_of
from coach.calls.facts_again import recorded_settings
from coach.calls.journal import Journal
from coach.calls.masked_journal import MASKED
from coach.engine.advice.card_patience import Done
from coach.engine.advice.card_policy import CardSettings, Mode, Request
from coach.engine.advice.cards import CardSlot
from coach.engine.engine import GRID_S
from coach.events import (
    Action,
    AgentAction,
    AnyEvent,
    CardSuppressed,
    CueMatched,
    CueRetracted,
    Evidence,
    Fact,
    Result,
    Utterance,
)


class NotOnTapeError(Exception):
    """What the agent did about a card would change more than cards."""


Ask = Callable[[CardSlot], list[Result] | None]
"""One question, ready to be asked."""
OF_CARDS = frozenset(
    {Action.ACKNOWLEDGE, Action.USED, Action.DISMISS, Action.MARK_WRONG, Action.NEXT_WORDING,
     Action.SNOOZE, Action.CALM_MODE, Action.MUTE_RULE}
)  # fmt: skip
"""Keys that are about cards."""
Named = tuple[int | None, str]
"""Index of the value whose it is, None where it is nobody's, and the name without that."""


class TapeQuestion(msgspec.Struct, frozen=True):
    """A question; ``of`` is the value whose it is, None where it is asked whatever the value."""

    of: int | None
    ask: Ask


class Requests(msgspec.Struct, frozen=True):
    """Several rules ask for the place at once."""

    requests: tuple[tuple[int | None, Request], ...]
    at: float


class Ends(msgspec.Struct, frozen=True):
    """A point of the grid, or a match, at which the reasons of some rules are over."""

    at: float
    ended: tuple[Named, ...]


class Quiet(msgspec.Struct):
    """Points of the grid, one after the other, at which nothing is over."""

    first: int
    last: int

    def goes_on(self, step: object) -> bool:
        """Whether another one comes right after it."""
        return isinstance(step, Quiet) and step.first == self.last + 1


Step = TapeQuestion | Requests | Ends | Quiet | Mode | AnyEvent


class CardTape:
    """What one call asks of the place of the card, for every value of a dial."""

    def __init__(self, journal: Journal, turned: Turned, ready: ReadyRules) -> None:
        """``ready``: those of ``turned.book_of_all``. NotOnTapeError where a key is the trouble."""
        self._turned = turned
        self.settings: CardSettings = recorded_settings(journal).cards
        self.rules = {rule.id: rule for rule in turned.book.active()}
        """Those in force, by id."""
        self.steps: list[Step] = []
        """In order."""
        self.seconds = 0.0
        """Length of the call."""
        self.masked: dict[str, Utterance] | None = None
        """The lines as they may be quoted; None where the journal has them so."""
        self.seen = CardsSeen(journal)
        """The cards that the agent saw."""
        self._own: list[list[object]] = [[] for _ in turned.rules]
        self._pass_steps: list[Step] = []
        self._record(journal, ready)

    def signature(self, index: int) -> Sequence[object]:
        """What the rule does with that value, and when: two values with the same do the same."""
        return self._own[index]

    def _record(self, journal: Journal, ready: ReadyRules) -> None:
        engine = ready.engine(journal, lambda settings, done: _Writing(settings, done, self))
        grid = 0
        facts = ready.facts(journal)
        if journal.header.redaction != MASKED:
            self.masked = masked_lines(journal)
        for fact in facts:
            while grid * GRID_S <= fact.at:
                self._pass(functools.partial(engine.advance, grid * GRID_S))
                grid += 1
            self.seconds = max(self.seconds, fact.at)
            if _is_of_cards(fact):
                self.steps.append(fact)
                continue
            if type(fact) not in SAYS_NOTHING:
                self.steps.append(fact)
            self._pass(functools.partial(engine.receive, fact))

    def _pass(self, let: Callable[[], list[Result]]) -> None:
        """One pass of the engine: what it finds is known before the slot is asked anything."""
        self._pass_steps = []
        results = let()
        found = [event for event in results if type(event) not in SAYS_NOTHING]
        for event in found:
            self.seconds = max(self.seconds, event.at)
            if isinstance(event, CueMatched | CueRetracted | CardSuppressed):
                index, rule = named(event.rule)
                self._owns(index, (type(event), rule), event.at, event.because)
        steps, last = self._pass_steps, self.steps[-1] if self.steps else None
        if not found and len(steps) == 1 and isinstance(last, Quiet) and last.goes_on(steps[0]):
            last.last += 1
        else:
            self.steps += [*found, *steps]

    # --- for the slot that writes -----------------------------------------------------------

    def write(self, step: Step) -> None:
        """One thing more of this pass."""
        self._pass_steps.append(step)

    def ended(self, at: float, ended: Sequence[str]) -> None:
        """Time passes."""
        if not ended and at % GRID_S == 0.0:
            number = int(at / GRID_S)
            self.write(Quiet(number, number))
            return
        names = tuple(map(named, ended))
        for index, name in names:
            self._owns(index, name, at, ())
        self.write(Ends(at, names))

    def own(self, request: Request) -> tuple[int | None, Request]:
        """Whose a request is, and the request as the rule itself would make it."""
        index, cause = named(request.cause)
        if index is None:
            return None, request
        turned = self._turned
        rule = turned.rules[index] if cause == turned.dial.rule else self.rules[cause]
        assert rule.card is not None  # noqa: S101 - it asks for its card
        self._owns(index, (cause, request.severity), request.at, request.because)
        return index, msgspec.structs.replace(
            request, rule=rule, spec=rule.card, cause=rule.id, match=named(request.match)[1]
        )

    def _owns(self, index: int | None, what: object, at: float, why: Sequence[Evidence]) -> None:
        """Note what one value does, without the value itself, which is not shown."""
        if index is not None:
            bare = [msgspec.structs.replace(e, rule=None, threshold=None) for e in why]
            self._own[index].append((what, at, bare))


class _Writing(CardSlot):
    """Shows nothing and writes down what it is asked."""

    def __init__(self, settings: CardSettings, done: Done, tape: CardTape) -> None:
        super().__init__(settings, done)
        self._tape = tape
        self._mode: Mode | None = None

    def _look(self) -> CardTape:
        if self.policy.mode is not self._mode:
            self._mode = self.policy.mode
            self._tape.write(self._mode)
        return self._tape

    def ask(self, requests: Sequence[Request], at: float) -> list[Result]:
        if requests:
            tape = self._look()
            tape.write(Requests(tuple(map(tape.own, requests)), at))
        return []

    def tick(self, at: float, ended: Sequence[str]) -> list[Result]:
        self._look().ended(at, ended)
        return []

    def said(self, rule: str, title: str, evidence: Evidence, at: float) -> list[Result]:
        of, name = named(rule)
        self._look().write(TapeQuestion(of, lambda slot: slot.said(name, title, evidence, at)))
        return []

    def spoke(self, words: Evidence, at: float) -> list[Result]:
        self._look().write(TapeQuestion(None, lambda slot: slot.spoke(words, at)))
        return []

    def turn_over(self, since: float) -> None:
        self._look().write(TapeQuestion(None, lambda slot: slot.turn_over(since)))

    def goodbye(self, at: float) -> list[Result]:
        self._look().write(TapeQuestion(None, lambda slot: slot.goodbye(at)))
        return []

    def retract(self, match: str, because: tuple[Evidence, ...], at: float) -> list[Result]:
        of, name = named(match)
        self._look().write(TapeQuestion(of, lambda slot: slot.retract(name, because, at)))
        return []

    def settled(self, at: float) -> list[Result]:
        self._look().write(TapeQuestion(None, lambda slot: slot.settled(at)))
        return []

    def safety_opened(self, at: float) -> list[Result]:
        self._look().write(TapeQuestion(None, lambda slot: slot.safety_opened(at)))
        return []

    def end(self, at: float) -> list[Result]:
        self._look().write(TapeQuestion(None, lambda slot: slot.end(at)))
        return []


def named(rule: str) -> Named:
    """Whose a rule, or a match of it, is, and its name without that."""
    index = index_of(rule)
    return (None, rule) if index is None else (index, rule.rpartition("~")[0])


def _is_of_cards(fact: Fact) -> bool:
    if not isinstance(fact, AgentAction):
        return False
    if fact.action not in OF_CARDS and fact.card is not None:
        raise NotOnTapeError
    return fact.action in OF_CARDS
