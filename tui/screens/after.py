"""After the call: what went well, one thing to try, and what was promised."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from coach.snapshot import Snapshot
from tui.notes import after_text
from tui.widgets.panels import record_lines

from .sheet import Sheet


class AfterScreen(Sheet):
    """A kind look back; private to the agent."""

    heading = "After the call"
    keys = "Esc back to the call   q quit"

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def paragraphs(self) -> Iterable[Content]:
        """The review, then the record."""
        yield Content(after_text(self._snapshot))
        lines = list(record_lines(self._snapshot.record))
        if lines:
            yield Content("")
            yield Content.styled("Record", "bold")
            yield from lines
