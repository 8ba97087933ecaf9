"""Calls to choose from, with the search that finds them."""

from __future__ import annotations

import re
from typing import ClassVar, cast

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Input, Static
from textual.widgets.data_table import RowKey

from coach.notes.review.review_requests import CallRow, CallsToChoose
from tui.messages import AgreementAsked, CallAsked, SearchAsked
from tui.screens.styled_once import StyledOnce
from tui.widgets.keys import HELP, KeyLine
from tui.widgets.typed_line import TypedLine

EXAMPLE = "manager --by customer --during last-week"
COLUMNS = ("when", "length", "level", "cards", "marks", "score", "who", "call")
_FOUND = re.compile("«([^»]*)»")
KEYS = (
    ("Enter", "open"),
    ("/", "search"),
    ("↑↓", "choose"),
    ("a", "agreement"),
    ("q", "quit"),
    HELP,
)


class ChooseCallScreen(StyledOnce, Screen[None]):
    """A table of calls under the line in which one searches."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search"),
        Binding("a", "calibrate", "How far reviewers agree"),
        Binding("escape", "table", "Back to the calls"),
        Binding("question_mark", "help", "Help"),
        Binding("q", "app.quit", "Quit"),
    ]

    def __init__(self, search: str) -> None:
        super().__init__()
        self.search = search
        self._choice: CallsToChoose | None = None
        self._is_cut = False
        """The table is wider than the screen."""

    def compose(self) -> ComposeResult:
        """The heading, the search, the calls, what they came to, the keys."""
        yield Static(Content.assemble(("Review", "bold"), "  choose a call"), id="review-head")
        yield TypedLine(
            self.search, placeholder=f"/ searches, such as  {EXAMPLE}", id="search", compact=True
        )
        yield DataTable(id="calls", cursor_type="row")
        yield Static("Looking for calls …", id="told")
        yield KeyLine(KEYS)

    def on_mount(self) -> None:
        """Columns first; the calls come as soon as they are found."""
        table = self._table()
        for name in COLUMNS:
            table.add_column(name, key=name)
        table.focus()

    def show_choice(self, choice: CallsToChoose) -> None:
        """Show what was found, with the moments that were asked for under each call."""
        self._choice = choice
        table = self._table()
        before = self._pointed()
        table.clear()
        self._fit()
        for row in choice.rows:
            table.add_row(*_cells(row), key=f"{row.call} ")
            for number, (at, _) in enumerate(row.hits):
                cells: list[str | Text] = ["", "", "", "", "", "", _hit(row, number), ""]
                table.add_row(*cells, key=f"{row.call} {at} {number}")
        self.tell(self._told())
        if before in table.rows:
            table.move_cursor(row=table.get_row_index(before))
        table.focus()

    def on_resize(self) -> None:
        """Another width, other cuts."""
        if self._choice is not None:
            self.show_choice(self._choice)

    def _fit(self) -> None:
        """Give every column its width before its cells are drawn.

        A width that the table finds by itself comes when it is idle, and cells that were drawn
        before stay as narrow as they were. Who was on a call is cut where one sees that it is cut,
        not at the edge of the screen; the words of a moment, in the same column, are not.
        """
        table, rows = self._table(), self._rows()
        columns = table.ordered_columns
        cells = zip(*map(_cells, rows), strict=True) if rows else [()] * len(columns)
        for column, of_column in zip(columns, cells, strict=True):
            column.auto_width = False
            column.width = max(_width(cell) for cell in (column.label, *of_column))
        *others, who, _call = columns
        room = self.size.width - sum(one.get_render_width(table) for one in others)
        room -= 2 * table.cell_padding + table.styles.scrollbar_size_vertical
        hits = [_width(_hit(row, n)) for row in rows for n in range(len(row.hits))]
        if hits:
            who.width = max(who.width, *hits)
        elif who.width > room:
            who.width = max(room, len("who"))
        # The table knows it too, but only once it has been idle, and may be asked before that.
        wide = sum(column.get_render_width(table) for column in columns)
        self._is_cut = wide > self.size.width - table.styles.scrollbar_size_vertical

    def _pointed(self) -> RowKey:
        """The row at the cursor: a reviewer who comes back goes on from there."""
        table = self._table()
        at = table.cursor_coordinate
        return table.coordinate_to_cell_key(at)[0] if table.is_valid_coordinate(at) else RowKey()

    def _told(self) -> str:
        """How many calls there are, and what to do where there is none."""
        if self._choice is None:
            return ""
        hint = "  Nothing here. / searches; --kind all lists every kind."
        return f"{self._choice.told}{'' if self._choice.rows else hint}"

    def tell(self, words: str) -> None:
        """Say something in one line."""
        self.query_one("#told", Static).update(Content(words))

    def on_data_table_row_selected(self, selected: DataTable.RowSelected) -> None:
        """Open the call; at the moment that was chosen under it."""
        call, _, rest = str(selected.row_key.value).partition(" ")
        at = float(rest.split()[0]) if rest else None
        hits = [hit for row in self._rows() if row.call == call for hit in row.hits]
        words = hits[int(rest.split()[1]) if rest else 0][1] if hits else ""
        self.post_message(CallAsked(call, at, _searched(words)))

    def on_data_table_row_highlighted(self, pointed: DataTable.RowHighlighted) -> None:
        """Show in full what the table may have to cut: the words of a moment, names."""
        if self._choice is None:
            return
        call, _, rest = str(pointed.row_key.value).partition(" ")
        row = next((row for row in self._rows() if row.call == call), None)
        if row is not None and rest:
            self.tell(row.hits[int(rest.split()[1])][1])
        elif row is not None and self._is_cut:
            self.tell(f"{self._told()}  {row.call}  {row.who}")
        else:
            self.tell(self._told())

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Search."""
        self.search = submitted.value
        self.tell("Looking for calls …")
        self.post_message(SearchAsked(submitted.value))

    def action_search(self) -> None:
        """Into the search line."""
        self.query_one("#search", Input).focus()

    def action_table(self) -> None:
        """Out of it."""
        self._table().focus()

    def action_calibrate(self) -> None:
        """Blind scorecards, compared."""
        self.post_message(AgreementAsked())

    def action_help(self) -> None:
        """Every key."""
        from .review_help import ReviewHelpScreen  # noqa: PLC0415 - keeps the first frame fast

        self.app.push_screen(ReviewHelpScreen())

    def _rows(self) -> tuple[CallRow, ...]:
        return () if self._choice is None else self._choice.rows

    def _table(self) -> DataTable[str | Text]:
        return cast("DataTable[str | Text]", self.query_one("#calls", DataTable))


def _searched(hit: str) -> str:
    """The words that stand out in a hit, each once."""
    return " ".join(dict.fromkeys(_FOUND.findall(hit)))


def _hit(row: CallRow, number: int) -> Text:
    """The words of a moment under its call."""
    last = row.more_hits and number == len(row.hits) - 1
    more = f"  (and {row.more_hits} more)" if last else ""
    return Text(f"  {row.hits[number][1]}{more}", style="italic")


def _width(cell: str | Text) -> int:
    """Columns of the screen that a cell takes."""
    return cell.cell_len if isinstance(cell, Text) else cell_len(cell)


def _cells(row: CallRow) -> list[str | Text]:
    marks = str(row.marks) if row.marks else ""
    level = Text(row.level, style="bold" if row.level in ("angry", "critical") else "")
    who = Text(row.who, no_wrap=True, overflow="ellipsis")
    return [row.when, row.length, level, str(row.cards), marks, row.score, who, row.call]
