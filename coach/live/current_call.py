"""The deciding half of a live call: the call at hand, or the quiet between two calls.

Owned by the session thread. Without a call it keeps levels and trouble for the screen, so the
agent sees that both sides are heard before anybody speaks; after a call the screen keeps what
came of it, under the levels and the trouble of the present.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from audio.listening.unheard import HeardTally
from coach.calls.call import TOLD_S, Call, Setup
from coach.calls.language_watch import LanguageWatch
from coach.errors import CoachError, StorageError
from coach.events import (
    AudioWarning,
    CallEnded,
    CallStarted,
    Channel,
    Degraded,
    Event,
    Fact,
    Loudness,
    Recovered,
    Result,
)
from coach.snapshot import ChannelHealth, FloorView, Snapshot, Trouble
from rules.definition.rule import RuleBook

Report = Callable[[Degraded | Recovered], object]
"""Takes trouble and its end, from any thread."""


class Floor(Protocol):
    """Whoever is told of the calls; ``coach.live.floor.line.FloorLine`` in practice."""

    def take_rules(self, book: RuleBook) -> None:
        """Other rules are in force."""
        ...

    def tell(self, events: Sequence[Event]) -> None:
        """Take what a call has brought, facts and results; never waits."""
        ...

    def view(self) -> FloorView:
        """What the agent may see of what was told."""
        ...

    def news(self) -> tuple[str, ...]:
        """What the floor has said a moment ago."""
        ...

    def start(self, report: Report) -> None:
        """Begin to connect."""
        ...

    def stop(self) -> None:
        """Send what waits, and take leave."""
        ...


@contextlib.contextmanager
def telling(floor: Floor | None, report: Report) -> Iterator[None]:
    """While somebody is told of the calls."""
    if floor is not None:
        floor.start(report)
    try:
        yield
    finally:
        if floor is not None:
            floor.stop()


SILENT_DBFS = -60.0
"""A side below this is shown as silent."""
_ORDER = (Channel.AGENT, Channel.CUSTOMER, Channel.MIXED)
"""In which the sides stand on the screen, whichever was heard first."""
OF_ONE_CALL = ("transcription", "keys", "session")
"""Trouble with what one call asked for: it ends with that call, since nothing between two calls
would show it to be over. A device, a thread, the floor or a file of rules tells of that itself."""


class CurrentCall:
    """Feeds the call at hand; session time comes in as ``now``."""

    def __init__(
        self,
        setup: Setup,
        journal: Callable[[str], Path | None],
        earlier: Callable[[str, str], tuple[str, ...]] = lambda _caller, _call: (),
        *,
        begins_on_sound: bool = True,
        floor: Floor | None = None,
    ) -> None:
        """``earlier`` says, of a caller reference and a call, what other calls came to.

        ``begins_on_sound`` is what the screen says of how the next call begins. ``floor``: told
        of the calls; None where nobody is.
        """
        self._floor = floor
        if floor is not None:
            floor.take_rules(setup.book)
        self._setup = msgspec.structs.replace(setup, earlier=earlier)
        self._begins_on_sound = begins_on_sound
        self.behind = 0.0
        """Seconds by which sound becomes known later than it is heard: silence is judged so much
        later."""
        self._journal = journal
        self._call: Call | None = None
        self._origin = 0.0
        self._changed: float | None = None
        """Session time at which rules were put in force last."""
        self._tally = HeardTally(())
        self._language = LanguageWatch(setup.book.language, told="")
        self._trouble: dict[str, Trouble] = {}
        self._levels: dict[Channel, ChannelHealth] = {}
        self.failure: CoachError | None = None
        """What kept a journal from being written, if anything did."""

    @property
    def in_call(self) -> bool:
        """True from a call's first to its last event."""
        return self._call is not None and not self._call.ended

    def time(self, now: float) -> float:
        """Call time at session time ``now``."""
        return max(0.0, now - self._origin)

    def begin(self, origin: float, first: CallStarted) -> Sequence[Result]:
        """Open a call whose clock stands at 0 at session time ``origin``."""
        self._close_journal()
        self._origin = origin
        self._trouble.pop("journal", None)  # the last call's
        self._levels.clear()
        self._tally = HeardTally(first.channels)
        self._language = LanguageWatch(self._setup.book.language, told=first.language)
        trouble: list[Fact] = [
            Degraded(at=0.0, component=t.component, detail=t.detail) for t in self._trouble.values()
        ]
        try:
            self._call = Call(self._setup, first, self._journal(first.call))
        except CoachError as error:
            self.failure = error
            trouble.append(Degraded(at=0.0, component="journal", detail=str(error)))
            self._call = Call(self._setup, first, None)
        return self._told(first, [r for fact in trouble for r in self._call.feed(fact)])

    def change_rules(self, setup: Setup, now: float) -> Sequence[Result]:
        """Put the rules of another setup in force, for the call at hand and those after it."""
        self._setup = msgspec.structs.replace(setup, earlier=self._setup.earlier)
        self._changed = now
        if self._floor is not None:
            self._floor.take_rules(setup.book)
        if self._call is None or self._call.ended:
            return []
        results = [*self._call.tick(now - self._origin), *self._call.change_rules(setup)]
        return self._told(None, results)

    def take(self, fact: Fact, now: float) -> Sequence[Result]:
        """Take a fact of the listener's, or of a thread in trouble."""
        if isinstance(fact, Degraded):
            self._trouble[fact.component] = Trouble(
                component=fact.component, detail=fact.detail, since=now
            )
        elif isinstance(fact, Recovered):
            self._trouble.pop(fact.component, None)
        elif isinstance(fact, Loudness) and not self.in_call:
            self._note_level(fact)
        if self._call is None or self._call.ended:
            return []
        results: list[Result] = []
        if isinstance(fact, CallEnded):
            results += self._tell_what_was_not_heard(fact.at)
        self._tally.take([fact])
        results += self._call.feed(fact)
        for warning in self._language.push([fact]):
            results += self._call.feed(warning)
        if isinstance(fact, CallEnded):
            self._close_journal()
            for component in OF_ONE_CALL:
                self._trouble.pop(component, None)
        return self._told(fact, results)

    def tick(self, now: float) -> Sequence[Result]:
        """Let time pass."""
        if self._call is None or self._call.ended:
            return []
        return self._told(None, self._call.tick(now - self._origin - self.behind))

    def _told(self, fact: Fact | None, results: Sequence[Result]) -> Sequence[Result]:
        """Tell the floor what a fact has brought, the end of a call last; gives the results."""
        if self._floor is not None and (fact is not None or results):
            facts = [] if fact is None else [fact]
            ended = isinstance(fact, CallEnded)
            self._floor.tell([*results, *facts] if ended else [*facts, *results])
        return results

    def snapshot(self, now: float) -> Snapshot:
        """Give the call as it stands, or the quiet before or after one."""
        health = tuple(self._levels[side] for side in _ORDER if side in self._levels)
        trouble = tuple(self._trouble.values())
        if self._call is None:
            snapshot = Snapshot(at=now, notices=self._setup.notices)
        elif not self._call.ended:
            return self._with_floor(self._call.snapshot())
        else:
            snapshot = self._call.snapshot()
        return self._with_floor(
            msgspec.structs.replace(
                snapshot,
                notices=(*snapshot.notices, *self._news(now)),
                rules=self._setup.rules,
                health=health,
                trouble=trouble,
                begins_on_sound=self._begins_on_sound,
            )
        )

    def _with_floor(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with what the floor sees, and what it said a moment ago."""
        if self._floor is None:
            return snapshot
        notices = (*snapshot.notices, *self._floor.news())
        return msgspec.structs.replace(snapshot, floor=self._floor.view(), notices=notices)

    def _news(self, now: float) -> tuple[str, ...]:
        """Between calls: that other rules wait for the next one, as was learned a moment ago."""
        if self._changed is None or now - self._changed > TOLD_S:
            return ()
        return (f"Rules for the next call: {self._setup.rules}.",)

    def close(self, now: float) -> None:
        """End the call at hand, if any, and close its journal."""
        if self._call is not None and not self._call.ended:
            self._tell_what_was_not_heard(self.time(now))
            ended = CallEnded(at=self.time(now), reason="the session was closed")
            self._told(ended, self._call.feed(ended))
        self._close_journal()

    def _tell_what_was_not_heard(self, at: float) -> list[Result]:
        if self._call is None:
            return []
        warnings = [
            AudioWarning(at=at, kind="unheard", detail=found) for found in self._tally.findings()
        ]
        return [result for warning in warnings for result in self._call.feed(warning)]

    def _close_journal(self) -> None:
        if self._call is None:
            return
        trouble = self._call.close()
        if trouble:
            self.failure = StorageError(trouble, "Free some space before the next call.")
            self._trouble["journal"] = Trouble(
                component="journal", detail=str(self.failure), since=self._call.at
            )

    def _note_level(self, fact: Loudness) -> None:
        before = self._levels.get(fact.channel)
        silent = 0.0
        if fact.dbfs <= SILENT_DBFS:
            silent = (before.silent_for if before else 0.0) + fact.end - fact.start
        self._levels[fact.channel] = ChannelHealth(
            channel=fact.channel,
            dbfs=fact.dbfs,
            speaking=fact.speech,
            silent_for=silent,
            clipping=fact.clipped > 0.01,
        )
