"""A question before something that cannot be undone."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from .breakpoints import SHEET_HEIGHTS


class ConfirmScreen(ModalScreen[bool]):
    """Enter says yes, Escape says no; no letter does, so a stray key cannot end a call."""

    VERTICAL_BREAKPOINTS = SHEET_HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer(True)", "Yes"),
        Binding("escape", "answer(False)", "No"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and its two keys."""
        with Vertical(classes="sheet"):
            yield Static(Content.styled(self._question, "bold"), id="asked")
            keys = Content.assemble(
                ("Enter", "bold"), " yes    ", ("Esc", "bold"), " no, go on"
            )  # fmt: skip
            yield Static(keys, id="asked-keys")

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)
