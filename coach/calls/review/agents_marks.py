"""What the agent marked during a call, read from its journal."""

from __future__ import annotations

from coach.calls.journal import Journal
from coach.calls.journal_gathering import JournalGathering
from coach.calls.marks import Mark
from coach.events import CallStarted


def agents_marks(journal: Journal) -> tuple[Mark, ...]:
    """The agent's own marks, oldest first."""
    gathering = JournalGathering(
        CallStarted(at=0.0, call=journal.header.call, started="", source="")
    )
    for event in journal.events:
        gathering.take(event)
    return tuple(gathering.marks)
