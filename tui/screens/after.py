"""After the call: what went well, one thing to try, a break after a hard one, the record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from coach.events.lengths import clock
from coach.notes.handoff import written_record
from coach.snapshot import Snapshot
from tui.widgets.panels import record_lines

from .sheet import Sheet


class AfterScreen(Sheet):
    """A kind look back; private to the agent."""

    heading = "After the call"
    keys = "Esc back to the call   q quit"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", "Quit")]

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def paragraphs(self) -> Iterable[Content]:
        """The look back, then the record."""
        review = self._snapshot.after_call
        if review is not None and review.well:
            yield Content.styled("What went well", "bold $good")
            for line in review.well:
                yield Content.assemble(("✓ ", "bold $good"), line)
            yield Content("")
        if review is not None and review.try_next:
            yield Content.styled("One thing to try", "bold $agent")
            yield Content.assemble(("→ ", "bold $agent"), review.try_next)
            yield Content("")
        if review is not None and review.rest:
            yield Content.styled(review.rest, "bold $notice")
            yield Content("")
        yield Content.styled(f"The call, {clock(self._snapshot.at)}", "bold")
        lines = list(record_lines(written_record(self._snapshot)))
        yield from lines or [Content.styled("Nothing was noted for the record.", "$quiet")]
