"""Who calls: a reference that the agent types, such as a customer number."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.widgets.typed_line import TypedLine

LONGEST = 80
"""Characters of a reference."""


class CallerScreen(ModalScreen[str | None]):
    """Enter takes what stands there, empty takes a reference back; Escape leaves it as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave it")]

    def __init__(self, caller: str) -> None:
        super().__init__()
        self._caller = caller

    def compose(self) -> ComposeResult:
        """The question, the field and the two keys."""
        with Vertical(classes="sheet"):
            yield Static(Content.assemble(("Who calls?", "bold"), " A reference, never a guess."))
            yield TypedLine(self._caller, placeholder="customer number", max_length=LONGEST)
            yield Static(
                Content.assemble(("Enter", "bold"), " take it    ", ("Esc", "bold"), " leave it")
            )

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Close with the reference."""
        self.dismiss(submitted.value.strip())

    def action_leave(self) -> None:
        """Close without one."""
        self.dismiss(None)
