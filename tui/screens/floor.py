"""The floor: who needs a look first, and what is the matter there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from coach.notes.floor.messages import Alarm, Cue
from coach.notes.floor.supervising_desk import Picture, SupervisingDesk
from coach.notes.floor.table import AgentRow
from coach.notes.wording import count_of
from tui.screens.breakpoints import fit_to_size
from tui.screens.styled_once import StyledOnce
from tui.widgets.floor_rows import FloorRows, age, level_word, local_time, state_word
from tui.widgets.keys import HELP, KeyLine
from tui.widgets.whisper import Whisper

LOOK_S = 0.25
"""Seconds between two looks at the floor."""
UNREAD_S = 0.3
"""Within so many seconds nobody has read what is new, so no key is meant for it."""
KEYS = (
    ("↑↓", "choose"),
    ("a", "acknowledge"),
    ("t", "top"),
    ("q", "quit"),
    HELP,
)


class FloorScreen(StyledOnce, Screen[None]):
    """A table of agents over the chosen one's alarms."""

    AUTO_FOCUS = None
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it for instances
        (0, "-low"),
        (30, "-middle"),
        (44, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "The agent above"),
        Binding("down", "move(1)", "The agent below"),
        Binding("pageup", "page(-1)", "A page up"),
        Binding("pagedown", "page(1)", "A page down"),
        Binding("home,t", "top", "The most urgent"),
        Binding("a", "acknowledge", "Acknowledge the first alarm"),
        Binding("question_mark", "help", "Help"),
        Binding("q", "app.quit", "Quit"),
    ]

    def __init__(self, desk: SupervisingDesk, clock: Callable[[], float]) -> None:
        super().__init__()
        self._desk = desk
        self._clock = clock
        self._picture: Picture | None = None
        self._first: tuple[str, str] | None = None
        """The agent and the alarm that `a` would acknowledge ..."""
        self._first_since = 0.0
        """... and since when it stands there."""

    def compose(self) -> ComposeResult:
        """The heading, trouble, the agents, the chosen one's alarms, the keys."""
        fit_to_size(self)
        yield Static(id="floor-head")
        yield Static(id="floor-trouble", classes="-empty")
        yield Static(id="floor-columns")
        yield FloorRows()
        yield Static(id="floor-agent")
        yield Whisper()
        yield KeyLine(KEYS)

    def on_mount(self) -> None:
        """Look now, and again and again."""
        self.call_after_refresh(self.look)
        self.set_interval(LOOK_S, self.look)

    def look(self) -> None:
        """Draw the floor as it stands."""
        picture = self._picture = self._desk.look()
        rows = self.query_one(FloorRows)
        rows.show(picture)
        self.query_one("#floor-head", Static).update(_head(picture, rows.window))
        self.query_one("#floor-columns", Static).update(rows.heading)
        lines = list(_trouble(picture))
        trouble = self.query_one("#floor-trouble", Static)
        trouble.set_class(not lines, "-empty")
        trouble.update(Content("\n").join(lines))
        self._draw_agent()

    def _draw_agent(self) -> None:
        row = self._row()
        pane = self.query_one("#floor-agent", Static)
        first = (row.agent, row.open[0].alarm) if row is not None and row.open else None
        if first != self._first:
            self._first, self._first_since = first, self._clock()
        if row is None or self._picture is None:
            pane.border_title = ""
            pane.update("")
            return
        pane.border_title = f"{row.agent}, {state_word(row)}"
        lines = list(_agent_lines(row, self._picture.at))
        room = max(1, pane.size.height)
        if len(lines) > room:
            more = count_of(len(lines) - room + 1, "more line")
            lines = [*lines[: room - 1], Content.styled(f"  and {more}", "$quiet")]
        pane.update(Content("\n").join(lines))

    def _row(self) -> AgentRow | None:
        return self._picture.row(self.query_one(FloorRows).chosen) if self._picture else None

    # --- keys -----------------------------------------------------------------------------------

    def action_move(self, steps: int) -> None:
        """Choose another agent."""
        self.query_one(FloorRows).move(steps)
        self._draw_agent()

    def action_page(self, pages: int) -> None:
        """Choose an agent a page away."""
        self.action_move(pages * self.query_one(FloorRows).page)

    def action_top(self) -> None:
        """Choose the most urgent one."""
        self.action_move(-len(self._picture.rows) if self._picture else 0)

    def action_acknowledge(self) -> None:
        """Acknowledge the chosen agent's first alarm: the one that was read."""
        whisper, row = self.query_one(Whisper), self._row()
        if row is None or self._first is None or not row.open:
            whisper.say(self._none_open(row))
            return
        if self._clock() - self._first_since < UNREAD_S:
            whisper.say("That alarm has only just come to this place; press again.")
            return
        agent, alarm = self._first
        title = row.open[0].cue.title
        if self._desk.acknowledge(agent, alarm):
            whisper.say(f"Acknowledged: {title} ({agent}).")
        else:
            whisper.say("Too much waits for the broker; the alarm stays open.")
        self.look()

    def _none_open(self, row: AgentRow | None) -> str:
        """That there is nothing to acknowledge in the chosen row, and where there is."""
        if self._picture is not None and any(one.open for one in self._picture.rows):
            whose = "of nobody" if row is None else f"of {row.agent}"
            return f"No alarm {whose} is open; t goes to the gravest that is."
        return "No alarm is open."

    def action_help(self) -> None:
        """Every key."""
        from .floor_help import FloorHelpScreen  # noqa: PLC0415 - keeps the first frame fast

        self.app.push_screen(FloorHelpScreen())


def _head(picture: Picture, window: range) -> Content:
    """How many there are, what is the matter, and which lines of how many are seen."""
    calls = sum(row.in_call for row in picture.rows)
    alarms = sum(len(row.open) for row in picture.rows)
    agents = sum(row.online for row in picture.rows)
    left = f"  {count_of(agents, 'agent')}, {count_of(calls, 'call')}, "
    line = Content.assemble(("Floor", "bold"), left)
    told = count_of(alarms, "open alarm")
    hidden = sum(len(row.open) for n, row in enumerate(picture.rows) if n not in window)
    if hidden:
        told += f", {hidden} out of sight: t"
    line += Content.styled(told, "bold $trouble" if alarms else "")
    where = f"  {picture.broker}" if picture.connected else f"  connecting to {picture.broker} …"
    waiting = f", {count_of(picture.waiting, 'message')} not sent yet" if picture.waiting else ""
    seen = ""
    if len(window) < len(picture.rows):
        seen = f"  lines {window.start + 1} to {window.stop} of {len(picture.rows)}"
    return line + Content.styled(f"{seen}{where}{waiting}", "$quiet")


def _trouble(picture: Picture) -> Iterator[Content]:
    if picture.trouble and not picture.connected:
        words = "What is shown is as it was; open alarms stay."
        yield Content(f"!! NO CONNECTION  {picture.trouble}. {words}")
    elif picture.trouble:
        yield Content(f"!! {picture.trouble}")
    if picture.not_understood:
        count = count_of(picture.not_understood, "message")
        yield Content(f"!! {count} not understood, the last {picture.why_not}")


def _agent_lines(row: AgentRow, now: float) -> Iterator[Content]:
    """Open alarms, oldest first, then how the call goes, then what was seen."""
    for number, alarm in enumerate(row.open):
        yield _alarm_line(alarm, now, key="a " if number == 0 else "  ")
        if alarm.cue.words:
            yield Content.styled(f"     “{alarm.cue.words}”", "$customer")
    status = row.status
    if status is not None and row.in_call:
        yield Content.assemble(
            "level ", level_word(row), (f" for {age(now - status.since)}", "$quiet")
        )
    if status is not None and status.cue is not None:
        yield _cue_line(status.cue, now)
    for seen in reversed(row.seen):
        if seen.seen is not None:
            when = local_time(seen.seen.at)
            words = f"✓  {seen.alarm.cue.title}, seen by {seen.seen.by} at {when}"
            yield Content.styled(words, "$quiet")


def _alarm_line(alarm: Alarm, now: float, key: str) -> Content:
    remarks = [f"{age(now - alarm.raised)} ago"]
    if alarm.count > 1:
        remarks.append(f"{alarm.count} times")
    if alarm.withdrawn:
        remarks.append("heard otherwise in the end")
    if alarm.answered:
        remarks.append("the agent has answered the card")
    return Content.assemble(
        (key, "bold"),
        (f" !! {alarm.cue.title} ", "bold $on-bright on $trouble"),
        f"  {', '.join(remarks)}",
    )


def _cue_line(cue: Cue, now: float) -> Content:
    words = f" “{cue.words}”" if cue.words else ""
    return Content.assemble(
        ("last cue ", "$quiet"), f"{cue.title}{words}", (f", {age(now - cue.at)} ago", "$quiet")
    )
