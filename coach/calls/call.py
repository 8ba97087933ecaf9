"""One call: the engine, and the journal that keeps what it met and made.

Live and replay differ only in who calls ``feed``. Not safe for several threads: whoever owns
the call owns its engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import msgspec

from coach.calls.about import About, masked_about
from coach.calls.engine_digest import engine_digest
from coach.calls.journal import Hearing, JournalHeader, JournalWriter
from coach.calls.kept_rules import folder_of, keep
from coach.calls.redaction.redactor import RedactionSettings, Redactor
from coach.calls.redaction.typed_words import masked_text
from coach.engine.engine import Engine, EngineSettings
from coach.errors import StorageError
from coach.events import (
    Action,
    AgentAction,
    CallEnded,
    CallStarted,
    Degraded,
    Event,
    Fact,
    Loudness,
    Recovered,
    Result,
    RulesChanged,
)
from coach.meaning.listening import MeaningListener
from coach.notes.timeline_text import rules_changed
from coach.snapshot import Snapshot
from rules.books.loader import differing
from rules.books.sets import RuleSets, matcher_of
from rules.definition.rule import RuleBook
from rules.matching.matcher import Matcher

TOLD_S = 30.0
"""Seconds for which the screen says that the rules were changed."""


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a call is coached with."""

    book: RuleBook
    rules: str = ""
    """Which rules these are, on one line for people."""
    settings: EngineSettings
    meaning: MeaningListener | None = None
    """What gives utterances their meaning; None where the facts have it, or no rule asks."""
    matcher: Matcher | None = None
    """Made for this very book, where somebody has made one: it is made ready as words come."""
    others: tuple[RuleBook, ...] = ()
    """Sets that RulesChanged may name, besides those that are put in force."""
    model: str = ""
    """Name of the speech model, for the journal's header."""
    hearing: Hearing = ""
    """How the words are heard, for the journal's header."""
    encoder: str = ""
    """Name of the encoder that makes or made the vectors, for the journal's header."""
    notices: tuple[str, ...] = ()
    about: About = About()
    """What is known about the call, for the journal's header."""
    redaction: RedactionSettings | None = RedactionSettings()
    """How personal data is masked before anything sees it; None keeps it."""
    redacted: bool = False
    """Whether the facts come masked already, from a journal."""
    earlier: Callable[[str, str], tuple[str, ...]] = lambda _caller, _call: ()
    """What to say of earlier calls with a caller reference, at the call of this identifier. It
    quotes other calls, which may have to be forgotten one day, so it is shown and kept nowhere."""


class Call:
    """An engine with its journal.

    A journal that cannot be written does not stop the call: the engine is told by a Degraded
    fact, and by Recovered once everything pending is in the file.
    """

    def __init__(
        self,
        setup: Setup,
        first: CallStarted,
        journal: Path | None,
        *,
        kept_rules: Path | None = None,
    ) -> None:
        """``kept_rules``: where its sets of rules are kept; beside the journal unless given."""
        self.setup = setup
        self.sets = RuleSets(setup.matcher or setup.book, setup.others)
        self.engine = Engine(setup.book, setup.settings, sets=self.sets)
        self._latest = setup
        """With the rules that were put in force last."""
        self._understands = {setup.book.fingerprint: setup.meaning}
        """What gives words their meaning, by set."""
        self._called = {setup.book.fingerprint: setup.rules}
        """Which rules a set is, for people."""
        self._changed: RulesChanged | None = None
        self.at = 0.0
        self.ended = False
        self._name = first.call
        self.earlier: tuple[str, ...] = ()
        """What earlier calls with the caller of now came to."""
        self._trouble = ""
        self._redactor: Redactor | None = None
        if setup.redaction is not None and not setup.redacted:
            self._redactor = Redactor(setup.redaction)
        self._writer: JournalWriter | None = None
        self._kept_rules = kept_rules
        if journal is not None:
            self._writer = JournalWriter(journal, self._header(first))
        self.feed(first)
        self._keep(setup.book)

    def _header(self, first: CallStarted) -> JournalHeader:
        kept = self._redactor is None and not self.setup.redacted
        return JournalHeader(
            version=metadata.version("callcoach"),
            call=first.call,
            rules=self.setup.book.fingerprint,
            settings=msgspec.to_builtins(self.setup.settings),
            model=self.setup.model,
            hearing=self.setup.hearing,
            encoder=self.setup.encoder,
            engine=engine_digest(),
            notices=self.setup.notices if kept else tuple(map(masked_text, self.setup.notices)),
            about=self.setup.about if kept else masked_about(self.setup.about),
            redaction="kept" if kept else "masked",
        )

    @property
    def journal(self) -> Path | None:
        """The journal's file, or None where none is kept."""
        return self._writer.path if self._writer else None

    def timed(self, fact: Fact) -> Fact:
        """The fact as it can be fed now.

        One whose ``at`` lies before what the engine has seen is moved up to it: threads may hand
        over late, but the engine's time never runs backwards.
        """
        return msgspec.structs.replace(fact, at=self.at) if fact.at < self.at else fact

    def feed(self, fact: Fact) -> list[Result]:
        """Give the call one fact as it was heard; returns what came of it."""
        return [event for event in self.take(fact) if isinstance(event, Result)]

    def take(self, fact: Fact) -> list[Event]:
        """Give the call one fact as it was heard.

        Returns the facts that the engine was given for it (in order of time and masked), each
        followed by what came of it.
        """
        if self.ended:
            return []
        events: list[Event] = []
        heard = self.timed(fact)
        for one in [heard] if self._redactor is None else self._redactor.push(heard):
            meaning = self._understands.get(self.engine.matcher.book.fingerprint)
            known = one if meaning is None else meaning.given(one)
            if meaning is not None and isinstance(one, Loudness):
                meaning.make_ready()  # it comes all the time, and nobody waits for it
            events += self.tick(known.at)  # what time alone brought comes before it
            events += [known, *self._receive(known)]
        return events

    def _receive(self, fact: Fact) -> list[Result]:
        results = self.tick(fact.at)
        if isinstance(fact, RulesChanged):
            self._changed = fact
            self._called[fact.rules] = fact.source
        elif isinstance(fact, CallStarted):
            self.earlier = self.setup.earlier(fact.caller, self._name)
        elif isinstance(fact, AgentAction) and fact.action is Action.CALLER:
            self.earlier = self.setup.earlier(fact.note, self._name)
        outcome = self.engine.receive(fact)
        self.ended = isinstance(fact, CallEnded)
        self._write([fact, *outcome])
        return [*results, *outcome]

    def change_rules(self, setup: Setup) -> list[Result]:
        """Put the rules of another setup in force; the engine takes them at its next grid point.

        The set is kept before the journal names it. The engine's settings stay as they are.
        """
        before, book = self._latest.book, setup.book
        if self.ended or book.fingerprint == before.fingerprint:
            return []
        self._latest = setup
        self.sets.add(setup.matcher or matcher_of(book))
        self._understands[book.fingerprint] = setup.meaning
        results = self._keep(book)
        change = RulesChanged(
            at=self.at,
            rules=book.fingerprint,
            before=before.fingerprint,
            changed=differing(before, book),
            source=setup.rules,
        )
        return [*results, *self.feed(change)]

    def tick(self, now: float) -> list[Result]:
        """Let call time pass up to ``now``; returns what came of it."""
        if self.ended or now < self.at:
            return []
        self.at = now
        results = self.engine.advance(now)
        self._write(results)
        return results

    def snapshot(self) -> Snapshot:
        """Give the call as it stands."""
        snapshot = self.engine.snapshot()
        return msgspec.structs.replace(
            snapshot,
            notices=(*self.setup.notices, *self.earlier, *snapshot.notices, *self._news()),
            rules=self._called.get(self.engine.matcher.book.fingerprint, ""),
            journalled=self._writer is not None,
        )

    def _news(self) -> tuple[str, ...]:
        """That the rules were changed a moment ago."""
        change = self._changed
        if change is None or self.at - change.at > TOLD_S:
            return ()
        return (f"Rules changed: {rules_changed(change)}.",)

    def close(self) -> str:
        """Close the journal; returns what could not be written, empty when all is well."""
        if self._writer is None:
            return ""
        trouble = self._writer.close()
        if not trouble:
            return ""
        return f"{self._writer.pending} events are not in {self._writer.path}: {trouble}."

    def _keep(self, book: RuleBook) -> list[Result]:
        """Keep a set of rules beside the journal; where that fails, the screen says so."""
        if self._writer is None:
            return []
        try:
            keep(book, self._kept_rules or folder_of(self._writer.path))
        except StorageError as error:
            return self.feed(Degraded(at=self.at, component="kept rules", detail=str(error)))
        return []

    def _write(self, events: Sequence[Event]) -> None:
        if self._writer is None or not events:
            return
        trouble = self._writer.write(events)
        if trouble == self._trouble:
            return
        self._trouble = trouble
        fact: Fact = (
            Degraded(at=self.at, component="journal", detail=f"not written: {trouble}")
            if trouble
            else Recovered(at=self.at, component="journal")
        )
        self._write([fact, *self.engine.receive(fact)])
