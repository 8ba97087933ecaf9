"""A journal's events as they stood once everything was known.

Two keys change what is true of what came before: a swap gives everything until then the other
side's name, and what was said during a pause leaves no trace.
"""

from __future__ import annotations

import msgspec

from coach.calls.journal import Journal
from coach.calls.swaps import with_final_sides
from coach.events import (
    AgentAction,
    AnyEvent,
    Event,
    Located,
)
from coach.events.pauses import Pauses
from coach.notes.report.call_report import Span


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
    pauses = Pauses()
    for event in journal.events:
        if isinstance(event, AgentAction):
            pauses.take(event)
    return Settled(
        events=tuple(
            event
            for event in with_final_sides(journal.events)
            if isinstance(event, AnyEvent)
            and not (isinstance(event, Located) and pauses.touch(event.start, event.end))
        ),
        pauses=tuple(Span(*pause) for pause in pauses.spans(until=end)),
        end=end,
    )
