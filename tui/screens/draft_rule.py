"""A rule from a line of a past call: a short form, then what came of drafting and trying it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from coach.errors import CoachError
from coach.notes.review.review_requests import ReviewingDesk, RuleAsked
from tui.widgets.typed_line import TypedLine

from .sheet import Sheet

LONGEST_DO, LONGEST_SAY, LONGEST = 60, 200, 400
"""Characters; the first two are those of a card."""
FIELDS = (
    ("words", "What was said; keep the words that tell", "", LONGEST),
    ("also", "The same in other words, with ; between", "may stay empty", LONGEST),
    ("card", "What the agent should do", "empty: the rule only notices", LONGEST_DO),
    ("say", "Words to say", "may stay empty", LONGEST_SAY),
)


class DraftRuleScreen(ModalScreen[RuleAsked | None]):
    """Enter drafts, Escape leaves everything as it was, the arrow keys go from line to line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("down", "app.focus_next", "Next line", priority=True),
        Binding("up", "app.focus_previous", "Line before", priority=True),
    ]

    def __init__(self, at: float, words: str) -> None:
        """``words``: the line that was said at ``at`` seconds."""
        super().__init__()
        self._at = at
        self._words = words

    def compose(self) -> ComposeResult:
        """Four lines with what they are for, and the keys."""
        with Vertical(classes="sheet", id="draft"):
            yield Static(Content.styled("A rule from this line", "bold"))
            for name, question, hint, longest in FIELDS:
                yield Static(Content.styled(question, "$quiet"))
                value = self._words[:longest] if name == "words" else ""
                yield TypedLine(
                    value,
                    placeholder=hint,
                    max_length=longest,
                    select_on_focus=False,
                    id=f"draft-{name}",
                )
            keys = Content.assemble(
                ("Enter", "bold"), " draft and try it    ", ("↑↓", "bold"), " lines    ",
                ("Esc", "bold"), " leave it",
            )  # fmt: skip
            yield Static(keys)

    def on_mount(self) -> None:
        """A cursor that stands still draws no eye."""
        for line in self.query(Input):
            line.cursor_blink = False
        self.query_one("#draft-words", Input).focus()

    def on_input_submitted(self) -> None:
        """Close with what is asked; without words there is nothing to draft."""
        told = {name: self.query_one(f"#draft-{name}", Input).value.strip() for name, *_ in FIELDS}
        if not told["words"]:
            self.query_one("#draft-words", Input).focus()
            return
        also = tuple(part.strip() for part in told["also"].split(";") if part.strip())
        self.dismiss(
            RuleAsked(
                at=self._at, words=told["words"], also=also, card=told["card"],
                say=told["say"] if told["card"] else "",
            )
        )  # fmt: skip

    def action_leave(self) -> None:
        """Close without one."""
        self.dismiss(None)


class DraftedScreen(Sheet):
    """What came of it, line by line as it is known."""

    heading = "A rule from a moment"
    keys = "drafting ...  Esc stops"
    names_card = False

    def __init__(self, desk: ReviewingDesk, asked: RuleAsked) -> None:
        super().__init__()
        self._desk = desk
        self._asked = asked
        self._lines: list[str] = []
        self._left = False
        self.done = False
        """Whether all of it is known."""

    def paragraphs(self) -> Iterable[Content]:
        """A line each."""
        return [Content(line) for line in self._lines] or [Content("drafting ...")]

    def on_mount(self) -> None:
        """Begin beside the loop: kept calls are gone through."""
        super().on_mount()
        self.run_worker(self._draft, thread=True, group="draft")

    def _draft(self) -> None:
        try:
            self._desk.draft(self._asked, self._tell, self._go_on)
            end = "Esc closes"
        except CoachError as error:
            self._tell(str(error))
            end = "nothing was kept  Esc closes"
        if not self._left:
            self.app.call_from_thread(self._ended, end)

    def _go_on(self, done: int, of: int) -> bool:
        if of and not self._left:
            self.app.call_from_thread(self._show_progress, f"tried on {done} of {of} calls")
        return not self._left

    def _show_progress(self, words: str) -> None:
        if self.is_mounted and not self.done:
            self.query_one(".sheet").border_subtitle = f"{words}  Esc stops"

    def _tell(self, line: str) -> None:
        if not self._left:  # of a screen that is gone nobody hears, and the app may be, too
            self.app.call_from_thread(self._add, line)

    def _add(self, line: str) -> None:
        self._lines.append(line)
        if self.is_mounted:
            self.redraw()

    def _ended(self, words: str) -> None:
        self.done = True
        if self.is_mounted:
            self.query_one(".sheet").border_subtitle = words

    def on_unmount(self) -> None:
        """Whoever quits stops it too."""
        self._left = True

    def action_dismiss_sheet(self) -> None:
        """Back to the call; what is not done yet stops, and nothing is kept."""
        self._left = True
        self.dismiss()
