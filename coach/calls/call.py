"""One call: the engine, and the journal that keeps what it met and made.

Live and replay differ only in who calls ``feed``. Not safe for several threads: whoever owns
the call owns its engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import msgspec

from coach.calls.about import About
from coach.calls.journal import JournalHeader, JournalWriter
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
    about: About = About()
    """What is known about the call, for the journal's header."""


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
        self.earlier: tuple[str, ...] = ()
        """What earlier calls with this caller came to. It quotes other calls, which may have to be
        forgotten one day, so it is shown and not kept in this one's journal."""
        self._trouble = ""
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
            about=self.setup.about,
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
        """Give the engine one fact, as ``timed`` has it; returns what came of it."""
        if self.ended:
            return []
        fact = self.timed(fact)
        results = self.tick(fact.at)
        if self.setup.meaning is not None:
            fact = self.setup.meaning.given(fact)
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
            notices=(*self.setup.notices, *self.earlier, *snapshot.notices),
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
