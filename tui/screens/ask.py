"""One line that the reviewer types: a note, a time, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.widgets.typed_line import TypedLine

from .breakpoints import SHEET_HEIGHTS

LONGEST = 400
"""Characters of a line."""


class AskScreen(ModalScreen[str | None]):
    """Enter takes the line, Escape leaves everything as it was.

    The arrow keys go through usual answers, which may then be edited.
    """

    does = "keep"
    """What Enter does with the line, in a word or two."""
    VERTICAL_BREAKPOINTS = SHEET_HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("down", "usual(1)", "Next usual answer", priority=True),
        Binding("up", "usual(-1)", "Previous usual answer", priority=True),
    ]

    def __init__(
        self,
        question: str,
        *,
        value: str = "",
        hint: str = "",
        usual: Sequence[str] = (),
        changed: bool = False,
    ) -> None:
        """``changed``: words of the line are to be changed, so a first key replaces nothing."""
        super().__init__()
        self._changed = changed
        self._question = question
        self._value = value
        self._hint = hint
        self._usual = tuple(usual)
        self._chosen = -1

    def compose(self) -> ComposeResult:
        """The question, the line, usual answers, the keys."""
        with Vertical(classes="sheet"):
            yield Static(Content.styled(self._question, "bold"), id="asked")
            yield TypedLine(
                self._value,
                placeholder=self._hint,
                max_length=LONGEST,
                select_on_focus=not self._changed,
            )
            if self._usual:
                yield Static(self._answers(), id="usual")
            usual = "    ↑↓ usual answers" if self._usual else ""
            yield Static(
                Content.assemble(
                    ("Enter", "bold"), f" {self.does}    ", ("Esc", "bold"), f" leave it{usual}"
                )
            )

    def _answers(self) -> Content:
        return Content("\n").join(
            Content.styled(f" {'▶' if number == self._chosen else ' '} {words}", "$quiet")
            for number, words in enumerate(self._usual)
        )

    def action_usual(self, step: int) -> None:
        """Put the next usual answer into the line."""
        if not self._usual:
            return
        at = -1 if self._chosen < 0 < step else max(self._chosen, 0)
        self._chosen = (at + step) % len(self._usual)
        line = self.query_one(Input)
        line.value = self._usual[self._chosen]
        line.cursor_position = len(line.value)
        self.query_one("#usual", Static).update(self._answers())

    def on_mount(self) -> None:
        """A cursor that stands still draws no eye."""
        self.query_one(Input).cursor_blink = False

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Close with the line."""
        self.dismiss(submitted.value.strip())

    def action_leave(self) -> None:
        """Close without one."""
        self.dismiss(None)


class AskPlaceScreen(AskScreen):
    """A time to go to."""

    does = "go there"


class AskWordsScreen(AskScreen):
    """Words to look for."""

    does = "search"


class AskFileScreen(AskScreen):
    """A file to write."""

    does = "write it"
