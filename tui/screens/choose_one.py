"""Which one is meant: a rule that can show a card, or a form; narrowed by what is typed."""

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

from .breakpoints import SHEET_HEIGHTS, SHORT

MOST = 10
"""Rules shown at once."""


class ChooseOneScreen(ModalScreen[str | None]):
    """Enter takes the rule that is pointed at, Escape none."""

    VERTICAL_BREAKPOINTS = SHEET_HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("down", "point(1)", "Next rule", priority=True),
        Binding("up", "point(-1)", "Previous rule", priority=True),
    ]

    def __init__(
        self,
        rules: Sequence[tuple[str, str]],
        question: str = "Which card should have come here?",
        hint: str = "part of its name, such as supervisor",
    ) -> None:
        super().__init__()
        self._question = question
        self._hint = hint
        self._rules = tuple(rules)
        self._pointed = 0

    def compose(self) -> ComposeResult:
        """The question, the line, the rules, the keys."""
        with Vertical(classes="sheet"):
            yield Static(Content.styled(self._question, "bold"))
            yield TypedLine(placeholder=self._hint)
            yield Static(self._list(), id="rules")
            keys = Content.assemble(
                ("↑↓", "bold"), " choose    ", ("Enter", "bold"), " take it    ",
                ("Esc", "bold"), " leave it",
            )  # fmt: skip
            yield Static(keys)

    def _fitting(self) -> list[tuple[str, str]]:
        typed = self.query_one(Input).value.casefold().split() if self.is_mounted else []
        return [
            (rule, title)
            for rule, title in self._rules
            if all(word in f"{rule} {title}".casefold() for word in typed)
        ]

    def _room(self) -> int:
        """Rows for the list, beside frame, question, line and keys."""
        height = self.app.size.height
        return max(2, min(MOST, height - 7 if height < SHORT else height * 9 // 10 - 11))

    def _list(self) -> Content:
        fitting = self._fitting()
        room = self._room()
        first = max(0, min(self._pointed - room // 2, len(fitting) - room))
        rows = [
            Content.assemble(
                (f" {'▶' if number == self._pointed else ' '} {title}", "bold"),
                (f"  {rule}", "$quiet"),
            )
            for number, (rule, title) in enumerate(fitting[first : first + room], first)
        ]
        return Content("\n").join(rows or [Content(" none is called so")])

    def on_input_changed(self) -> None:
        """Narrow the list."""
        self._pointed = 0
        self.query_one("#rules", Static).update(self._list())

    def on_mount(self) -> None:
        """A cursor that stands still draws no eye."""
        self.query_one(Input).cursor_blink = False

    def on_input_submitted(self) -> None:
        """Close with the rule that is pointed at."""
        fitting = self._fitting()
        if fitting:
            self.dismiss(fitting[self._pointed][0])

    def action_point(self, step: int) -> None:
        """Point at another one."""
        count = len(self._fitting())
        if count:
            self._pointed = (self._pointed + step) % count
            self.query_one("#rules", Static).update(self._list())

    def action_leave(self) -> None:
        """Close without one."""
        self.dismiss(None)
