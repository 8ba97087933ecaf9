"""How far reviewers agree who scored the same calls blind: question by question, call by call."""

from __future__ import annotations

from typing import ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from coach.errors import CoachError
from coach.notes.review.calibration import (
    CalibratedCall,
    CalibratedQuestion,
    Calibration,
    CalibrationDesk,
)
from tui.messages import CallAsked, LeaveAsked
from tui.screens.breakpoints import fit_to_size
from tui.screens.styled_once import StyledOnce
from tui.widgets.keys import KeyLine

BAR = 10
"""Cells of full agreement."""
KEYS = (
    ("↑↓", "choose"), ("Tab", "questions, calls"), ("Enter", "open the call"),
    ("x", "expert"), ("Esc", "calls"), ("q", "quit"),
)  # fmt: skip
Table = DataTable[str | Text]


class CalibrationScreen(StyledOnce, Screen[None]):
    """Questions above with their agreement; below, who answered what about which call."""

    VERTICAL_BREAKPOINTS = [(0, "-flat"), (18, "-high")]  # noqa: RUF012 - Textual's own
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "expert", "Compare with the next reviewer as the expert"),
        Binding("escape", "leave", "Back to the calls"),
        Binding("q", "app.quit", "Quit"),
    ]

    def __init__(self, desk: CalibrationDesk, found: Calibration) -> None:
        super().__init__()
        self._desk = desk
        self._found = found
        self._told = Content()

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        fit_to_size(self)
        yield Static(id="calibration-head")
        yield Table(id="questions", cursor_type="row")
        yield Static(id="calibration-question")
        yield Table(id="answers", cursor_type="row")
        yield Static(id="told")
        yield KeyLine(KEYS)

    def on_mount(self) -> None:
        """Show what was found."""
        self._table("questions").focus()
        self._draw()

    @property
    def question(self) -> CalibratedQuestion:
        """The one at the cursor."""
        return self._found.questions[self._table("questions").cursor_row]

    # --- drawing ----------------------------------------------------------------------------

    def _draw(self) -> None:
        found, table = self._found, self._table("questions")
        self.query_one("#calibration-head", Static).update(
            Content.assemble(
                ("Calibration  ", "bold"),
                (f"{found.title}, version {found.version}", "bold"),
                f"  {found.scorecards} blind scorecards by {len(found.reviewers)} reviewers",
            )
        )
        row = table.cursor_row
        table.clear(columns=True)
        for name in ("alpha", "", "apart", "question"):
            table.add_column(name)
        for one in found.questions:
            apart = sum(call.apart for call in one.calls)
            several = f"{apart} of {len(one.calls)}" if one.calls else ""
            table.add_row(_alpha(one), _bar(one), several, one.ask)
        table.move_cursor(row=row)
        hidden = found.hidden
        told = [*found.notices]
        if hidden:
            calls = "call is" if hidden == 1 else "calls are"
            told.append(f"Answers about {hidden} {calls} hidden until you have scored them blind.")
        self._told = Content("\n".join(told))
        self._draw_question()

    def _draw_question(self) -> None:
        one, found = self.question, self._found
        against = f"Beside {found.expert}  {'; '.join(one.against)}" if one.against else ""
        self.query_one("#calibration-question", Static).update(
            Content("\n").join(
                [
                    Content.assemble((one.ask, "bold"), (f"  {one.verdict}", "$notice bold")),
                    Content.styled(f"alpha {one.words}", "$quiet"),
                    *([Content(against)] if against else []),
                ]
            )
        )
        self._tell(self._told)
        table = self._table("answers")
        table.clear(columns=True)
        for name in ("", "call", *map(self._named, found.reviewers)):
            table.add_column(name)
        for call in one.calls:
            table.add_row("≠" if call.apart else "", call.call, *_given(call), key=call.call)

    def _tell(self, words: Content) -> None:
        self.query_one("#told", Static).update(words)

    def _named(self, reviewer: str) -> str:
        return f"{reviewer} (expert)" if reviewer == self._found.expert else reviewer

    def _table(self, name: str) -> Table:
        return cast("Table", self.query_one(f"#{name}", DataTable))

    # --- keys -------------------------------------------------------------------------------

    def on_data_table_row_highlighted(self, pointed: DataTable.RowHighlighted) -> None:
        """Show the answers to the question at the cursor; of a call, what reviewers noted."""
        if pointed.data_table.id == "questions":
            self._draw_question()
        else:
            self._show_notes()

    def on_descendant_focus(self) -> None:
        """Say what reviewers noted about the call at the cursor while one goes among calls."""
        self._show_notes()

    def _show_notes(self) -> None:
        table = self._table("answers")
        noted = ""
        if table.has_focus and table.row_count:
            given = zip(
                self._found.reviewers, self.question.calls[table.cursor_row].given, strict=True
            )
            noted = "  ".join(f"{who}: “{one.note}”" for who, one in given if one and one.note)
        self._tell(Content(noted) if noted else self._told)

    def on_data_table_row_selected(self, chosen: DataTable.RowSelected) -> None:
        """From a question to its calls; from a call into it."""
        if chosen.data_table.id == "questions":
            self._table("answers").focus()
        else:
            self.post_message(CallAsked(str(chosen.row_key.value)))

    def action_expert(self) -> None:
        """Hold the others against the next reviewer, and behind the last against nobody."""
        order = ("", *self._found.reviewers)
        following = order[(order.index(self._found.expert) + 1) % len(order)]
        try:
            self._found = self._desk.compare(self._found.form, following)
        except CoachError as error:
            self._tell(Content(str(error)))
            return
        self._draw()

    def action_leave(self) -> None:
        """Back to the calls."""
        self.post_message(LeaveAsked())


def _alpha(one: CalibratedQuestion) -> str:
    return "" if one.alpha is None else f"{one.alpha:6.3f}"


def _bar(one: CalibratedQuestion) -> Text:
    full = 0 if one.alpha is None else max(0, min(BAR, round(one.alpha * BAR)))
    return Text(f"{'█' * full}{'·' * (BAR - full)} {one.verdict}")


def _given(call: CalibratedCall) -> list[str | Text]:
    """The answers; a sign where there is a note."""
    return [
        "" if one is None else f"{one.answer} ✎" if one.note else one.answer for one in call.given
    ]
