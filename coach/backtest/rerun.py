"""Runs a kept call again with a set of rules, without hearing or encoding anything.

A journal keeps each clause's vector and how near it came to what its own rules listened for. Where
another set listens for nothing else (a threshold, a timing, a wording was changed), these figures
are the ones that it would be given, so they are taken as they stand; otherwise the vectors are
scored anew. Both give the same results.
Where a call had these very rules, and this engine coached it, what is recorded is what a run would
give, and the run is spared.

The agent's keys were pressed for the cards that were seen. In a run with other rules a key counts
only while a card of the same rule is on the screen; a key for a card that is not there is one that
would not have been pressed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from coach.backtest.foresight import Foresight, finals_of
from coach.calls.engine_digest import engine_digest
from coach.calls.facts_again import recorded_settings, whole_facts
from coach.calls.journal import Journal
from coach.calls.kept_rules import folder_of, kept
from coach.engine.advice.cards import CardSlot, MakeSlot
from coach.engine.engine import Engine
from coach.errors import InputError
from coach.events import (
    Action,
    AgentAction,
    AnyEvent,
    CallEnded,
    CallStarted,
    CardCleared,
    CardRaised,
    Channel,
    Clearing,
    Fact,
    Loudness,
    RulesChanged,
)
from coach.meaning.encoder import facts as model_facts
from coach.meaning.listening import MeaningListener
from coach.snapshot import Card, PastCard
from rules.definition.conditions import Meaning, leaves
from rules.definition.rule import RuleBook
from rules.definition.speaker_channels import hears
from rules.matching.matcher import Matcher

_BY_KEY = frozenset({Clearing.USED, Clearing.DISMISSED, Clearing.ACKNOWLEDGED})
_OF_ONE_CARD = frozenset(
    {Action.ACKNOWLEDGE, Action.USED, Action.DISMISS, Action.MARK_WRONG, Action.NEXT_WORDING}
)  # fmt: skip
"""Keys that do nothing once their card has gone."""
MOST_AFTER_END = 5
"""Results that the end of a call may bring."""
Listened = frozenset[tuple[str, Channel]]
"""What a set of rules listens for by its meaning, and on which side."""


class ReadyRules:
    """A set of rules made ready once, to run any number of calls with."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._matcher = Matcher(book)
        self._listens = listens_for(book)

    @functools.cached_property
    def _listener(self) -> MeaningListener:
        return MeaningListener(self.book)

    def run(self, journal: Journal) -> list[AnyEvent]:
        """Every fact of the call, each followed by what comes of it under these rules.

        As recorded where the very same would come of it. InputError where the call's settings
        cannot be used.
        """
        return list(journal.events) if self.is_as_recorded(journal) else self.run_anew(journal)

    def engine(self, journal: Journal, slot: MakeSlot = CardSlot) -> Engine:
        """An engine for a call, with the settings that it was coached with."""
        finals = finals_of(journal.events)  # an engine outlives its run, and the journal must not
        return Engine(
            self.book,
            recorded_settings(journal),
            matcher=self._matcher,
            slot=slot,
            finding=lambda matcher: Foresight(matcher, finals).find,
            foreseen=lambda channel, draft: finals.get((channel, draft)),
        )

    def run_anew(self, journal: Journal) -> list[AnyEvent]:
        """The same, by a run of the engine in any case."""
        engine = self.engine(journal)
        events: list[AnyEvent] = []
        seen: CardsSeen | None = None
        for fact in self.facts(journal):
            if engine.due <= fact.at:
                events += engine.advance(fact.at)
            one: Fact | None = fact
            if isinstance(fact, Loudness):
                if not fact.speech:
                    events.append(fact)  # the screen's meter alone shows it
                    continue
            elif isinstance(fact, AgentAction) and fact.card is not None:
                if seen is None:
                    seen = CardsSeen(journal)
                one = as_pressed(fact, seen, engine.snapshot)
            if one is not None:
                events.append(one)
                events += engine.receive(one)
        return events

    def is_as_recorded(self, journal: Journal) -> bool:
        """Whether a run would give what is recorded.

        It would of a whole call with these rules all through, this engine and this encoder.
        """
        header, events = journal.header, journal.events
        return (
            header.rules == self.book.fingerprint
            and header.engine == engine_digest()
            and bool(events)
            and isinstance(events[0], CallStarted)
            and any(isinstance(event, CallEnded) for event in events[-MOST_AFTER_END:])
            and RulesChanged not in set(map(type, events))
            and (not self._listens or header.encoder == model_facts().judge)
        )

    def facts(self, journal: Journal) -> tuple[Fact, ...]:
        """What the engine is given, judged for these rules."""
        if not self._judged_alike(journal):
            return whole_facts(journal, self._listener)
        return tuple([f for f in whole_facts(journal) if type(f) is not RulesChanged])

    def _judged_alike(self, journal: Journal) -> bool:
        """Whether the journal's figures are those that these rules would be given."""
        if not self._listens:
            return True
        header = journal.header
        if header.encoder != model_facts().judge:
            return False
        if RulesChanged in set(map(type, journal.events)):
            return False
        if header.rules == self.book.fingerprint:
            return True
        return self._listens <= _listened_by(header.rules, folder_of(journal.path))


def listens_for(book: RuleBook) -> Listened:
    """What the rules of a set listen for by its meaning."""
    return frozenset(
        (leaf.key, channel)
        for rule in book.active()
        for condition in (rule.when, *rule.unless)
        for leaf in leaves(condition)
        if isinstance(leaf, Meaning)
        for channel in Channel
        if hears(leaf.speaker or rule.speaker, channel)
    )


@functools.lru_cache(maxsize=32)
def _listened_by(fingerprint: str, folder: Path) -> Listened:
    """The same of a set that is kept beside a journal; nothing where it is not."""
    try:
        book = kept(fingerprint, folder)
    except InputError:  # the vectors are scored anew then
        book = None
    return frozenset() if book is None else listens_for(book)


class CardsSeen:
    """The cards that the agent saw, and until when."""

    def __init__(self, journal: Journal) -> None:
        self._rules: dict[str, str] = {}
        self._raised: dict[str, float] = {}
        self._gone: dict[str, float] = {}
        """From when on a card was on the screen no more: right after the key that answered it."""
        for event in journal.events:
            if isinstance(event, CardRaised):
                self._rules[event.card] = event.rule
                self._raised[event.card] = event.at
            elif isinstance(event, CardCleared):
                by_key = event.reason in _BY_KEY
                self._gone[event.card] = math.nextafter(event.at, math.inf) if by_key else event.at

    def rule_of(self, card: str | None) -> str | None:
        """The rule of a card by its identifier; None where there was no such card."""
        return self._rules.get(card or "")

    def too_late(self, fact: AgentAction) -> bool:
        """Whether a key came when the card that it names had left the screen."""
        return fact.at >= self._gone.get(fact.card or "", math.inf)

    def same_as(self, card: str, others: Iterable[PastCard]) -> str | None:
        """Which of other cards, of another run, a card is: of its rule the nearest in time."""
        raised = self._raised[card]
        alike = [one for one in others if one.rule == self._rules[card]]
        return min(alike, key=lambda one: abs(one.raised - raised)).card if alike else None


class CardsNow(Protocol):
    """The cards of a run as they stand."""

    @property
    def card(self) -> Card | None:
        """The one on the screen."""

    @property
    def history(self) -> Iterable[PastCard]:
        """Those that have left it."""


def as_pressed(
    fact: AgentAction, seen: CardsSeen, now: Callable[[], CardsNow]
) -> AgentAction | None:
    """The key as it counts in this run; None where the card it was for is not on the screen.

    What came too late for its card in the call itself comes too late here: it does then what it
    does without a card. A card may be marked wrong all the same: the one of its rule that has gone.
    """
    rule = seen.rule_of(fact.card)
    if fact.action is Action.MUTE_RULE and (fact.rule or rule):
        return msgspec.structs.replace(fact, rule=fact.rule or rule)
    if rule is None or fact.card is None:
        return fact
    if seen.too_late(fact):
        if fact.action is Action.MARK_WRONG:
            gone = seen.same_as(fact.card, now().history)
            return None if gone is None else msgspec.structs.replace(fact, card=gone)
        return None if fact.action in _OF_ONE_CARD else msgspec.structs.replace(fact, card=None)
    shown = now().card
    if shown is None or shown.rule != rule:
        return None
    return msgspec.structs.replace(fact, card=shown.card)
