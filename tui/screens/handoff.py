"""The handoff note: ready text for whoever takes the call over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from coach.notes.handoff import handoff_note
from coach.snapshot import Snapshot

from .sheet import Sheet


class HandoffScreen(Sheet):
    """The note of one moment; Enter copies it."""

    heading = "Handoff note"
    keys = "Enter copies   Esc closes"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "copy", "Copy the note")]

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._text = handoff_note(snapshot)

    def paragraphs(self) -> Iterable[Content]:
        """The note as it will be copied."""
        yield Content(self._text)

    def action_copy(self) -> None:
        """Hand the note to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._text)
        self.query_one(".sheet").border_subtitle = "copied   Esc closes"
