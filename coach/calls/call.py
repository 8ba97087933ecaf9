"""One call: the engine, and the journal that keeps what it met and made.

Live and replay differ only in who calls ``feed``. Not safe for several threads: whoever owns
the call owns its engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import msgspec

from coach.calls.journal import JournalHeader, JournalWriter
from coach.calls.redaction.redactor import RedactionSettings, Redactor
from coach.engine.engine import Engine, EngineSettings
from coach.events import CallEnded, CallStarted, Degraded, Event, Fact, Recovered, Result
from coach.meaning.listening import MeaningListener
from coach.snapshot import Snapshot
from rules.model import RuleBook


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a call is coached with."""

    book: RuleBook
    settings: EngineSettings
    meaning: MeaningListener | None = None
    """What gives utterances their meaning; None where the facts have it, or no rule asks."""
    model: str = ""
    """Name of the speech model, for the journal's header."""
    notices: tuple[str, ...] = ()
    redaction: RedactionSettings | None = RedactionSettings()
    """How personal data is masked before anything sees it; None keeps it."""
    redacted: bool = False
    """Whether the facts come masked already, from a journal."""


class Call:
    """An engine with its journal.

    A journal that cannot be written does not stop the call: the engine is told by a Degraded
    fact, and by Recovered once everything pending is in the file.
    """

    def __init__(self, setup: Setup, first: CallStarted, journal: Path | None) -> None:
        self.setup = setup
        self.engine = Engine(setup.book, setup.settings)
        self.at = 0.0
        self.ended = False
        self._trouble = ""
        self._redactor: Redactor | None = None
        if setup.redaction is not None and not setup.redacted:
            self._redactor = Redactor(setup.redaction)
        self._writer: JournalWriter | None = None
        if journal is not None:
            self._writer = JournalWriter(journal, self._header(first))
        self.feed(first)

    def _header(self, first: CallStarted) -> JournalHeader:
        return JournalHeader(
            version=metadata.version("callcoach"),
            call=first.call,
            rules=self.setup.book.fingerprint,
            settings=msgspec.to_builtins(self.setup.settings),
            model=self.setup.model,
            notices=self.setup.notices,
            redaction="kept" if self._redactor is None and not self.setup.redacted else "masked",
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
            if self.setup.meaning is not None:
                one = self.setup.meaning.given(one)  # noqa: PLW2901 - the same fact, told more of
            events += [one, *self._receive(one)]
        return events

    def _receive(self, fact: Fact) -> list[Result]:
        results = self.tick(fact.at)
        outcome = self.engine.receive(fact)
        self.ended = isinstance(fact, CallEnded)
        self._write([fact, *outcome])
        return [*results, *outcome]

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
            notices=(*self.setup.notices, *snapshot.notices),
            journalled=self._writer is not None,
        )

    def close(self) -> str:
        """Close the journal; returns what could not be written, empty when all is well."""
        if self._writer is None:
            return ""
        trouble = self._writer.close()
        if not trouble:
            return ""
        return f"{self._writer.pending} events are not in {self._writer.path}: {trouble}."

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
