"""The customer's mood over the call: words and a small picture, once there is a trend to tell."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from coach.snapshot import MoodPoint, Snapshot

BLOCKS = "▁▂▃▄▅▆▇█"
REACH = 5.0
"""The scale runs from -5 to +5."""
WIDEST = 4
"""Columns one turn may take."""
UNSURE = 2.0
"""Half-width of the interval from which a score is called unsure: it spans two fifths of the
scale and cannot tell bad from fair."""


def trend_words(trend: str) -> str:
    """The trend in words for a person; empty while too little was said."""
    return {"rising": "getting better", "falling": "getting worse", "steady": "no change"}.get(
        trend, ""
    )


def score_words(point: MoodPoint) -> str:
    """A score with its uncertainty, e.g. ``-2.4 ± 1.1``."""
    sign = "-" if point.score < 0 else "+"
    return f"{sign}{abs(point.score):.1f} ± {point.uncertainty:.1f}"


def sparkline(points: tuple[MoodPoint, ...], width: int) -> Content:
    """The last points as blocks; an unsure one is a dot."""
    parts = []
    for point in points[-width:]:
        if point.uncertainty >= UNSURE:
            parts.append(Content.styled("·", "$quiet"))
        else:
            share = (point.score + REACH) / (2 * REACH)
            index = min(len(BLOCKS) - 1, max(0, int(share * len(BLOCKS))))
            parts.append(Content.styled(BLOCKS[index], "$customer"))
    return Content("").join(parts)


class MoodPanel(Widget):
    """The trend in words over five rows of picture, or beside a line of blocks where rows are few.

    ``░`` is the range that the mood may be in.
    """

    ROWS = 5

    def __init__(self) -> None:
        super().__init__(id="mood", classes="panel -empty")
        self.border_title = "Customer's mood"
        self._points: tuple[MoodPoint, ...] = ()
        self._trend = ""

    def show(self, snapshot: Snapshot) -> None:
        """Draw the mood up to this moment."""
        if (snapshot.mood, snapshot.mood_trend) != (self._points, self._trend):
            self._points, self._trend = snapshot.mood, snapshot.mood_trend
            self.set_class(not trend_words(self._trend), "-empty")
            self.refresh()

    def render(self) -> Content:
        """Words, then the picture from good (top) to bad."""
        words = Content.styled(trend_words(self._trend), "bold")
        if self.size.height <= self.ROWS:
            room = max(0, self.size.width - words.cell_length - 2)
            return Content.assemble(words, "  ", sparkline(self._points, room))
        lines = [words]
        room = max(4, self.size.width - 6)
        shown = self._points[-room:]
        step = max(1, min(WIDEST, room // len(shown))) if shown else 1
        for row in range(self.ROWS):
            label = {0: "good", self.ROWS // 2: "even", self.ROWS - 1: "bad"}.get(row, "")
            cells = [_cell(point, row, self.ROWS, step) for point in shown]
            blank = "┄" if row == self.ROWS // 2 else " "
            rest = Content.styled(blank * (room - step * len(cells)), "$faint")
            head = Content.styled(f"{label:>4} ", "$quiet")
            lines.append(Content("").join([head, *cells, rest]))
        return Content("\n").join(lines)


def _row_of(score: float, rows: int) -> int:
    clipped = max(-REACH, min(REACH, score))
    return round((REACH - clipped) / (2 * REACH) * (rows - 1))


def _cell(point: MoodPoint, row: int, rows: int, step: int) -> Content:
    top = _row_of(point.score + point.uncertainty, rows)
    bottom = _row_of(point.score - point.uncertainty, rows)
    if row == _row_of(point.score, rows):
        return Content.styled("●" + "─" * (step - 1), "$customer")
    if top <= row <= bottom:
        return Content.styled("░" * step, "$faint")
    return Content.styled(("┄" if row == rows // 2 else " ") * step, "$faint")
