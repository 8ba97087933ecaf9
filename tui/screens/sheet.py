"""A sheet that opens over the live screen and closes with Escape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class Sheet(ModalScreen[None]):
    """Scrollable text under a title; subclasses give the paragraphs."""

    heading = ""
    keys = "Esc closes"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss_sheet", "Close")]

    def paragraphs(self) -> Iterable[Content]:
        """The text, a paragraph each."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The title, the text, and how to leave."""
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = self.heading
            sheet.border_subtitle = self.keys
            yield Static(Content("\n").join(list(self.paragraphs())))

    def action_dismiss_sheet(self) -> None:
        """Back to the call."""
        self.dismiss()
