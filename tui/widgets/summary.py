"""Mood, boundary, checklist and promises in a few lines, for a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

from coach.notes.written.form import written_text
from coach.snapshot import Snapshot

from .mood import sparkline, trend_words
from .panels import ladder_words

SPARK = 16
"""Points of the small mood picture."""


class Summary(Static):
    """One line for each thing worth knowing; those without news take no room."""

    def __init__(self) -> None:
        super().__init__(id="summary", classes="-empty")
        self._part: object = None

    def show(self, snapshot: Snapshot) -> None:
        """Draw the lines if something in them has changed."""
        part = (
            snapshot.mood,
            snapshot.mood_trend,
            snapshot.ladder,
            snapshot.checklist,
            snapshot.record.commitments,
        )
        if part == self._part:
            return
        self._part = part
        lines = list(_lines(snapshot))
        self.set_class(not lines, "-empty")
        self.update(Content("\n").join(lines))


def _lines(snapshot: Snapshot) -> Iterator[Content]:
    ladder = ladder_words(snapshot.ladder)
    if ladder:
        yield Content.assemble(("boundary   ", "$quiet"), ladder)
    trend = trend_words(snapshot.mood_trend)
    if trend:
        yield Content.assemble(
            ("mood       ", "$quiet"), sparkline(snapshot.mood, SPARK), f" {trend}"
        )
    if snapshot.checklist:
        done = sum(item.done is not None for item in snapshot.checklist)
        following = next((item.title for item in snapshot.checklist if item.done is None), "")
        yield Content.assemble(
            ("checklist  ", "$quiet"),
            f"{done} of {len(snapshot.checklist)}",
            (f" · open: {following}" if following else " · all said", "$quiet"),
        )
    if snapshot.record.commitments:
        last = snapshot.record.commitments[-1]
        due = f" (by {last.due})" if last.due else ""
        yield Content.assemble(
            ("promise    ", "$quiet"), f"{written_text(last.text, snapshot.language)}{due}"
        )
