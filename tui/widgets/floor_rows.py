"""The agents of a floor, one a line; the chosen one stays chosen when the order changes."""

from __future__ import annotations

import time

from textual.content import Content
from textual.widget import Widget

from coach.events import Level
from coach.notes.floor.supervising_desk import Picture
from coach.notes.floor.table import AgentRow
from tui.wording import LEVEL_WORDS

AGENT, STATE, LEVEL, AGE, ALARMS = 18, 8, 9, 7, 7
"""Widths of the columns; the last cue takes what is left."""
WIDE_FROM = 110
"""Columns from which names have more room."""


def age(seconds: float) -> str:
    """How long ago: ``5 s``, ``12 min``, ``3 h``; clocks that differ a little give 0 s."""
    seconds = max(0.0, seconds)
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


def local_time(at: float) -> str:
    """A moment on this machine's clock."""
    return time.strftime("%H:%M:%S", time.localtime(at))


def level_word(row: AgentRow) -> Content:
    """The level of a call; nothing where none is on."""
    status = row.status
    if status is None or not row.in_call:
        return Content("")
    word = LEVEL_WORDS[status.level]
    colour = f"$level-{status.level.name.lower()}"
    if status.level >= Level.ANGRY:
        return Content.styled(word.upper(), f"bold {colour}")
    return Content.styled(word, colour)


def state_word(row: AgentRow) -> str:
    """What an agent is doing, in one word."""
    if not row.online or row.status is None:
        return "gone"
    if not row.status.in_call:
        return "free"
    return "paused" if row.status.paused else "in call"


class FloorRows(Widget):
    """The table's lines. ``chosen`` is the agent whose alarms are shown below."""

    def __init__(self) -> None:
        super().__init__(id="floor-rows")
        self._picture: Picture | None = None
        self.chosen = ""
        self._top = 0

    def show(self, picture: Picture) -> None:
        """Draw this moment."""
        self._picture = picture
        if picture.row(self.chosen) is None:
            self.chosen = picture.rows[0].agent if picture.rows else ""
        self.refresh()

    def move(self, steps: int) -> None:
        """Choose another agent, so many lines down."""
        names = [row.agent for row in self._picture.rows] if self._picture else []
        if names:
            place = names.index(self.chosen) if self.chosen in names else 0
            self.chosen = names[min(len(names) - 1, max(0, place + steps))]
            self.refresh()

    @property
    def page(self) -> int:
        """Lines that can be seen at once."""
        return max(1, self.size.height)

    @property
    def window(self) -> range:
        """The lines that fit, the chosen one among them."""
        rows = self._picture.rows if self._picture is not None else ()
        place = next((n for n, row in enumerate(rows) if row.agent == self.chosen), 0)
        top = min(max(self._top, place - self.page + 1), place)
        self._top = max(0, min(top, len(rows) - self.page))
        return range(self._top, min(len(rows), self._top + self.page))

    @property
    def heading(self) -> Content:
        """The names of the columns."""
        cells = self._cells("agent", "call", "level", "since", "alarms", "last cue")
        return Content("").join(cells)

    def render(self) -> Content:
        """The lines that fit, the chosen one among them."""
        picture = self._picture
        if picture is None or not picture.rows:
            return Content.styled("Nobody publishes here yet (coach live --publish).", "$quiet")
        shown = [picture.rows[n] for n in self.window]
        return Content("\n").join([self._line(row, picture.at) for row in shown])

    def _line(self, row: AgentRow, now: float) -> Content:
        status, cue = row.status, ""
        if status is not None and status.cue is not None:
            cue = f"{age(now - status.cue.at):<7}{status.cue.title}"
        since = age(now - status.since) if status is not None and row.in_call else ""
        if row.open:
            alarms = Content.styled(f" !! {len(row.open)} ", "bold $on-bright on $trouble")
        else:
            alarms = Content("")
        mark = "▸ " if row.agent == self.chosen else "  "
        cells = self._cells(
            f"{mark}{row.agent}", state_word(row), level_word(row), since, alarms, cue
        )
        line = Content("").join(cells)
        line = line.truncate(max(1, self.size.width), ellipsis=True)
        if row.agent == self.chosen:
            return line.stylize("bold" if self.app.no_color else "on $card")
        return line if row.online or row.open else line.stylize("$faint")

    def _cells(self, *cells: str | Content) -> list[Content]:
        agent = AGENT + (10 if self.size.width >= WIDE_FROM else 0)
        widths = (agent, STATE, LEVEL, AGE, ALARMS)
        return [
            *(_padded(cell, width) for cell, width in zip(cells, widths, strict=False)),
            Content(cells[-1]) if isinstance(cells[-1], str) else cells[-1],
        ]


def _padded(cell: str | Content, width: int) -> Content:
    """A cell of a column, with a blank behind it."""
    content = Content(cell) if isinstance(cell, str) else cell
    content = content.truncate(width - 1, ellipsis=True)
    return content + " " * (width - content.cell_length)
