"""The whole call on a few rows, as wide as the screen, with a cursor at the place looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from coach.events import Channel, Level
from coach.events.lengths import clock
from coach.notes.review.past_call import Moment, MomentKind, PastCall, level_at, mood_at
from coach.snapshot import MoodPoint
from tui.theme import LEVEL_COLOURS
from tui.wording import BOOKMARK, mark_sign

from .mood import BLOCKS, REACH

LABEL = 10
"""Columns of the rows' names."""
LEVEL_SIGNS = "▁▃▄▆█"
TICK = 12
"""Columns that a time on the axis needs at least."""
BETWEEN_MARKS = {MomentKind.OTHERWISE: "≠", MomentKind.SIDES: "⇄", MomentKind.VOICES: "+"}
_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)

Cell = tuple[str, str]
"""A sign and the name of its style."""


class TimeLineRows(Widget):
    """Nine rows: level, moods, speech, quiet and talk-over, cards, marks, time.

    With room for fewer, those that matter most stay.
    """

    ROWS = (
        "level", "customer", "agent", "customer", "agent", "", "cards", "marks", "time",
    )  # fmt: skip
    BY_WEIGHT = (8, 6, 0, 7, 3, 4, 5, 1, 2)
    """Which rows stay first where there is room for some of them."""
    COMPONENT_CLASSES = {  # noqa: RUF012 - Textual declares it as a plain set
        "time-line--customer",
        "time-line--agent",
        "time-line--card",
        "time-line--quiet",
        "time-line--warn",
    }

    class Pointed(Message):
        """Somebody clicked on a place."""

        def __init__(self, at: float) -> None:
            super().__init__()
            self.at = at

    def __init__(self) -> None:
        super().__init__(id="time-line")
        self._call: PastCall | None = None
        self._moments: tuple[Moment, ...] = ()
        self._at = 0.0
        self._columns: list[list[Cell]] = []
        self._width = 0

    def show_call(self, call: PastCall, moments: tuple[Moment, ...]) -> None:
        """Draw this call."""
        self._call, self._moments = call, moments
        self._width = 0
        self.refresh()

    def show_cursor(self, at: float) -> None:
        """Point at a time."""
        self._at = at
        self.refresh()

    def on_click(self, click: Click) -> None:
        """Go to the place that was clicked on."""
        if self._call is not None and click.x >= LABEL:
            room = max(1, self.size.width - LABEL)
            self.post_message(self.Pointed((click.x - LABEL) / room * self._call.seconds))

    # --- drawing ----------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One row."""
        call, width = self._call, self.size.width
        kept = sorted(self.BY_WEIGHT[: self.size.height])
        if call is None or y >= len(kept) or width <= LABEL + 4:
            return Strip.blank(width, self.rich_style)
        if self._width != width:
            self._lay_out(call, width - LABEL)
            self._width = width
        y = kept[y]
        cursor = self._column(self._at, width - LABEL)
        segments = [Segment(self._label(y).ljust(LABEL), self._styled("quiet"))]
        if y == len(self.ROWS) - 1:
            return Strip([*segments, *self._axis(width - LABEL, cursor)])
        styles: dict[str, Style] = {}
        for column, (sign, name) in enumerate(self._columns[y]):
            if name not in styles:
                styles[name] = self._styled(name)
            drawn = styles[name]
            if column == cursor:
                drawn += Style(reverse=True)
            segments.append(Segment(sign, drawn))
        return Strip(segments)

    def _label(self, y: int) -> str:
        names = {1: "mood cust", 2: "mood agt", 3: "customer", 4: "agent", 5: "quiet"}
        return names.get(y, self.ROWS[y])

    def _styled(self, name: str) -> Style:
        if not name:
            return self.rich_style
        if name.startswith("level-"):
            colour = LEVEL_COLOURS[Level[name.removeprefix("level-").upper()]]
            return self.rich_style + Style(color=colour)
        return self.get_component_rich_style(f"time-line--{name}")

    def _column(self, at: float, room: int) -> int:
        seconds = self._call.seconds if self._call is not None else 0.0
        return min(room - 1, int(at / seconds * room)) if seconds > 0 else 0

    def _lay_out(self, call: PastCall, room: int) -> None:
        step = call.seconds / room if call.seconds > 0 else 1.0
        spans = [(column * step, (column + 1) * step) for column in range(room)]
        moods = call.moods
        self._columns = [
            [_level(call, start, end) for start, end in spans],
            _each(spans, lambda end: _mood(moods.get(Channel.CUSTOMER, ()), end), "customer"),
            _each(spans, lambda end: _mood(moods.get(Channel.AGENT, ()), end), "agent"),
            self._speech(call, spans, (Channel.CUSTOMER, Channel.MIXED), "customer"),
            self._speech(call, spans, (Channel.AGENT,), "agent"),
            self._quiet(spans),
            self._cards(room),
            self._marks(room),
        ]

    def _speech(
        self,
        call: PastCall,
        spans: Sequence[tuple[float, float]],
        channels: tuple[Channel, ...],
        style: str,
    ) -> list[Cell]:
        step = spans[0][1] - spans[0][0]
        talked = [0.0] * len(spans)
        for speech in call.speech:
            if speech.channel not in channels:
                continue
            first, last = int(speech.start / step), int(speech.end / step)
            for column in range(max(0, first), min(len(spans) - 1, last) + 1):
                start, end = spans[column]
                talked[column] += max(0.0, min(end, speech.end) - max(start, speech.start))
        return [("█" if t > step / 2 else "▄" if t > step / 20 else " ", style) for t in talked]

    def _quiet(self, spans: Sequence[tuple[float, float]]) -> list[Cell]:
        cells: list[Cell] = [(" ", "")] * len(spans)
        signs = {
            MomentKind.SILENCE: ("·", "quiet"),
            MomentKind.HOLD: ("h", "quiet"),
            MomentKind.OFF_RECORD: ("░", "quiet"),
            MomentKind.TALK_OVER: ("x", "warn"),
        }
        for moment in sorted(self._moments, key=lambda m: m.kind is MomentKind.TALK_OVER):
            if moment.kind in signs:
                first = self._column(moment.at, len(spans))
                last = self._column(moment.end, len(spans))
                for column in range(first, last + 1):
                    cells[column] = signs[moment.kind]
        return cells

    def _cards(self, room: int) -> list[Cell]:
        cells: list[Cell] = [(" ", "")] * room
        signs = {
            MomentKind.CUE: ("◆", "quiet"),
            MomentKind.KEPT_BACK: ("○", "card"),
            MomentKind.CARD: ("●", "card"),
        }
        for kind, cell in signs.items():  # what matters more is drawn over what matters less
            for moment in self._moments:
                if moment.kind is kind:
                    cells[self._column(moment.at, room)] = cell
        return cells

    def _marks(self, room: int) -> list[Cell]:
        cells: list[Cell] = [(" ", "")] * room
        for moment in self._moments:
            if moment.kind in BETWEEN_MARKS:
                cells[self._column(moment.at, room)] = (BETWEEN_MARKS[moment.kind], "card")
        signs = [
            (mark_sign(moment.title), self._column(moment.at, room))
            for moment in self._moments
            if moment.kind is MomentKind.MARK
        ]
        for sign, column in sorted(signs, key=lambda one: one[0] != BOOKMARK):
            cells[column] = (sign, "warn")  # a verdict is drawn over a bookmark
        return cells

    def _axis(self, room: int, cursor: int) -> list[Segment]:
        seconds = self._call.seconds if self._call is not None else 0.0
        most = max(1, room // TICK)
        step = next((s for s in _STEPS if seconds / s <= most), _STEPS[-1])
        here = f"▲{clock(self._at)}"
        place = min(cursor, room - len(here)) if cursor + len(here) > room else cursor
        row = [" "] * room
        at = 0
        while at <= seconds:
            column, text = self._column(at, room), clock(at)
            apart = column + len(text) < place or column > place + len(here)
            if apart and column + len(text) <= room:
                row[column : column + len(text)] = list(text)
            at += step
        quiet = self._styled("quiet")
        return [
            Segment("".join(row[:place]), quiet),
            Segment(here, self.rich_style + Style(bold=True)),
            Segment("".join(row[place + len(here) :]), quiet),
        ]


def _level(call: PastCall, start: float, end: float) -> Cell:
    level = level_at(call, start)
    for step in call.levels:
        if start <= step.at < end:
            level = max(level, step.level)
    return LEVEL_SIGNS[level], f"level-{level.name.lower()}"


def _each(
    spans: Sequence[tuple[float, float]], sign: Callable[[float], str], style: str
) -> list[Cell]:
    return [(sign(end), style) for _, end in spans]


def _mood(points: tuple[MoodPoint, ...], at: float) -> str:
    point = mood_at(points, at)
    if point is None:
        return " "
    share = (max(-REACH, min(REACH, point.score)) + REACH) / (2 * REACH)
    return BLOCKS[round(share * (len(BLOCKS) - 1))]
