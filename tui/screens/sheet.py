"""A sheet that opens over the live screen and closes with Escape.

What it covers is not lost: trouble and a card that comes meanwhile are named above it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from coach.snapshot import Snapshot
from tui.widgets.banner import trouble_line
from tui.widgets.hanging import HangingText

from .shows_call import ShowsCall
from .styled_once import StyledOnce


class Sheet(StyledOnce, ModalScreen[None]):
    """Scrollable text under a title; subclasses give the paragraphs."""

    heading = ""
    keys = "Esc closes"
    names_card = True
    """Whether a card that stands under the sheet is named above it."""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss_sheet", "Close")]

    def paragraphs(self) -> Iterable[Content]:
        """The text, a paragraph each."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """What is covered, then the title, the text, and how to leave."""
        yield Static(id="sheet-alert", classes="-empty")
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = self.heading
            sheet.border_subtitle = self.keys
            yield HangingText(self._joined())

    def on_mount(self) -> None:
        """Begin with what the sheet covers."""
        lowest = self.app.screen_stack[0]
        if isinstance(lowest, ShowsCall) and lowest.snapshot is not None:
            self._name_covered(lowest.snapshot)

    def follow(self, snapshot: Snapshot) -> None:
        """Go with the call: name what the sheet covers."""
        if self.is_mounted:
            self._name_covered(snapshot)

    def _name_covered(self, snapshot: Snapshot) -> None:
        lines = [trouble_line(trouble) for trouble in snapshot.trouble[:1]]
        if self.names_card and snapshot.card is not None:
            lines.append(Content.assemble(("card  ", "bold"), snapshot.card.do, "  (Esc)"))
        alert = self.query_one("#sheet-alert", Static)
        alert.set_class(not lines, "-empty")
        alert.set_class(bool(snapshot.trouble), "-trouble")
        alert.update(Content("\n").join(lines))

    def redraw(self, *, from_top: bool = False) -> None:
        """Show the paragraphs as they are now."""
        self.query_one(HangingText).show_lines(self._joined())
        if from_top:
            self.query_one(".sheet", VerticalScroll).scroll_home(animate=False)

    def _joined(self) -> Content:
        return Content("\n").join(list(self.paragraphs()))

    def action_dismiss_sheet(self) -> None:
        """Back to the call."""
        self.dismiss()
