"""Everything that Coach has gathered about the call, for a moment with time to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.content import Content

from coach.notes.handoff import written_record
from coach.snapshot import Snapshot
from tui.widgets.mood import score_words, trend_words
from tui.widgets.panels import all_figures, checklist_lines, ladder_words, record_lines
from tui.wording import past_words

from .sheet import Sheet


class OverviewScreen(Sheet):
    """Mood, boundary, checklist, figures, record, earlier cards and rules; it follows the call."""

    heading = "Overview"

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def follow(self, snapshot: Snapshot) -> None:
        """Show this moment."""
        super().follow(snapshot)
        self._snapshot = snapshot
        if self.is_mounted:
            self.redraw()

    def paragraphs(self) -> Iterable[Content]:
        """A heading and its lines; sections without news are left out."""
        first = True
        for heading, lines in self._sections():
            if lines:
                if not first:
                    yield Content("")
                first = False
                yield Content.styled(heading, "bold $agent")
                yield from lines
        if first:
            yield Content("Nothing has been gathered yet.")

    def _sections(self) -> Iterator[tuple[str, list[Content]]]:
        snapshot = self._snapshot
        yield "Customer's mood", list(_mood(snapshot))
        ladder = ladder_words(snapshot.ladder)
        yield "Boundary", [Content(ladder)] if ladder else []
        yield "Checklist", list(checklist_lines(snapshot.checklist))
        figures = all_figures(snapshot.measurements, snapshot.lag)
        yield (
            "Conversation",
            [Content.assemble((f"{label:<16}", "$quiet"), value) for label, value in figures],
        )
        yield "Record", list(record_lines(written_record(snapshot)))
        yield "Earlier cards", [Content(past_words(p)) for p in reversed(snapshot.history)]
        yield "Rules in force", [Content(snapshot.rules)] if snapshot.rules else []


def _mood(snapshot: Snapshot) -> Iterator[Content]:
    if snapshot.mood:
        trend = trend_words(snapshot.mood_trend) or "no trend yet"
        score = score_words(snapshot.mood[-1])
        yield Content.assemble(trend, (f"  last {score} on a scale from -5 to +5", "$quiet"))
