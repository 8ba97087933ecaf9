"""A journal's events as they stood once everything was known.

Two keys change what is true of what came before: a swap gives everything until then the other
side's name, and what was said during a pause leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from coach.calls.export.final_sides import with_final_sides
from coach.calls.journal import Journal
from coach.events import (
    Action,
    AgentAction,
    AnyEvent,
    Event,
    Located,
)
from coach.notes.report.call_report import Span

FOREVER = float("inf")
"""End of a pause that is not over."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """The events of a call under the names that its sides have in the end."""

    events: tuple[AnyEvent, ...]
    """Without what was said off the record."""
    pauses: tuple[Span, ...]
    """The last one reaches to ``end`` where it was not over."""
    end: float
    """Call time of the last event."""

    def of(self, *kinds: type[Event]) -> tuple[AnyEvent, ...]:
        """The events of some kinds, in order."""
        return tuple(event for event in self.events if isinstance(event, kinds))


def settled(journal: Journal) -> Settled:
    """Settle the events of a journal."""
    end = max((event.at for event in journal.events), default=0.0)
    pauses = tuple(_pauses(journal.events))
    return Settled(
        events=tuple(
            event
            for event in with_final_sides(journal.events)
            if isinstance(event, AnyEvent)
            and not (isinstance(event, Located) and _within(event, pauses))
        ),
        pauses=tuple(Span(pause.start, min(pause.end, end)) for pause in pauses),
        end=end,
    )


def _pauses(events: Iterable[Event]) -> list[Span]:
    pauses: list[Span] = []
    for event in events:
        if not isinstance(event, AgentAction):
            continue
        paused = bool(pauses) and pauses[-1].end == FOREVER
        if event.action is Action.PAUSE and not paused:
            pauses.append(Span(event.at, FOREVER))
        elif event.action is Action.RESUME and paused:
            pauses[-1] = Span(pauses[-1].start, event.at)
    return pauses


def _within(event: Located, pauses: Sequence[Span]) -> bool:
    return any(event.start < pause.end and event.end > pause.start for pause in pauses)
