"""What was said, by speaker, with drafts and doubtful words visibly so.

Marks do the work that colour cannot: ``~`` before a draft, ``?`` before doubtful words, ``◆``
before a line in which a cue was heard, ``x`` where sound was lost. Whoever scrolls back stays
where he is: new lines arrive below without moving what is being read.
"""

from __future__ import annotations

import msgspec
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from coach.events import Channel
from coach.events.lengths import clock
from coach.snapshot import Gap, Line, Snapshot
from tui.wording import shown_cues

NARROW = 70
"""Columns below which the speaker is written shorter."""
NAMES_CUES = 95
"""Columns from which cues are named; below, their mark ``◆`` says that one was heard."""
NAMES = {Channel.CUSTOMER: "customer", Channel.AGENT: "you", Channel.MIXED: ""}
SHORT_NAMES = NAMES | {Channel.CUSTOMER: "cust"}


class TranscriptRow(msgspec.Struct, frozen=True):
    """One drawn row of the transcript."""

    owner: str
    """Utterance it belongs to."""
    part: int
    """Which row of that utterance."""
    strip: Strip


class TranscriptView(ScrollView):
    """Scrolling transcript that follows the talk unless the agent scrolled back."""

    can_focus = False
    COMPONENT_CLASSES = {  # noqa: RUF012 - Textual declares it as a plain set
        "transcript--customer",
        "transcript--agent",
        "transcript--time",
        "transcript--draft",
        "transcript--doubtful",
        "transcript--cue",
        "transcript--gap",
        "transcript--more",
    }

    def __init__(self) -> None:
        super().__init__(id="transcript")
        self._lines: tuple[Line, ...] = ()
        self._gaps: tuple[Gap, ...] = ()
        self._rows: list[TranscriptRow] = []
        self._drawn: dict[Line | Gap, list[Strip]] = {}
        self._drawn_width = 0
        self._following = True
        self._unread = 0

    @property
    def following(self) -> bool:
        """True while new lines scroll into view."""
        return self._following

    def show(self, snapshot: Snapshot) -> None:
        """Bring the transcript up to this moment."""
        if (snapshot.transcript, snapshot.gaps) == (self._lines, self._gaps):
            return
        known = {line.utterance for line in self._lines}
        if not self._following:
            self._unread += sum(line.utterance not in known for line in snapshot.transcript)
        self._lines, self._gaps = snapshot.transcript, snapshot.gaps
        self._lay_out()

    def on_resize(self, _event: events.Resize) -> None:
        """Wrap anew."""
        self._lay_out()

    def notify_style_update(self) -> None:
        """Draw anew in another theme."""
        super().notify_style_update()
        self._drawn.clear()
        if self.is_mounted:
            self._lay_out()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow again when the reader has come back to the end."""
        super().watch_scroll_y(old_value, new_value)
        if self.max_scroll_y > 0:
            following = new_value >= self.max_scroll_y
            if following != self._following:
                self._following = following
                self._unread = 0
                self.refresh()

    def follow(self) -> None:
        """Go back to the newest line and stay there."""
        self._following = True
        self._unread = 0
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def back(self, rows: int) -> None:
        """Scroll by rows, up for negative; leaves the end on the way up."""
        target = min(self.max_scroll_y, max(0, self.scroll_offset.y + rows))
        self._following = target >= self.max_scroll_y
        self.scroll_to(y=target, animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """One row of the view; the last one says so when newer lines are below."""
        width = self.size.width
        blank = self.rich_style
        if not self._following and y == self.size.height - 1:
            words = f"▼ {self._unread} newer below" if self._unread else "▼ newer below"
            style = self.get_component_rich_style("transcript--more")
            return Strip([Segment(f" {words} · End follows the call ".ljust(width)[:width], style)])
        above = max(0, self.size.height - len(self._rows))  # few lines stand at the foot
        index = self.scroll_offset.y + y - above
        if not 0 <= index < len(self._rows):
            return Strip.blank(width, blank)
        return self._rows[index].strip.extend_cell_length(width, blank).crop(0, width)

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        anchor = self._anchor()
        if width != self._drawn_width:
            self._drawn.clear()
            self._drawn_width = width
        rows = []
        drawn = {}
        for entry in self._entries():
            strips = self._drawn.get(entry) or self._draw(entry, width=width)
            drawn[entry] = strips
            owner = entry.utterance if isinstance(entry, Line) else f"gap {entry.start}"
            rows += [TranscriptRow(owner, part, strip) for part, strip in enumerate(strips)]
        self._drawn = drawn
        self._rows = rows
        self.virtual_size = Size(width, len(rows))
        if self._following:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
        elif anchor is not None:
            self._restore(anchor)
        self.refresh()

    def _entries(self) -> list[Line | Gap]:
        """Lines and lost stretches in the order in which they began."""
        if not self._gaps:
            return list(self._lines)
        first = self._lines[0].start if self._lines else 0.0
        gaps = [gap for gap in self._gaps if gap.end >= first]
        return sorted([*self._lines, *gaps], key=lambda entry: entry.start)

    def _anchor(self) -> TranscriptRow | None:
        """The row at the top of the view."""
        top = self.scroll_offset.y
        return self._rows[top] if top < len(self._rows) else None

    def _restore(self, anchor: TranscriptRow) -> None:
        for index, row in enumerate(self._rows):
            if row.owner == anchor.owner and row.part >= anchor.part:
                self.scroll_to(y=index, animate=False, force=True)
                return

    def _draw(self, entry: Line | Gap, *, width: int) -> list[Strip]:
        """Wrap one entry, with the time and the speaker before it."""
        narrow = width < NARROW
        name = (SHORT_NAMES if narrow else NAMES)[entry.channel]
        side = "transcript--agent" if entry.channel is Channel.AGENT else "transcript--customer"
        style = self.get_component_rich_style(side)
        label = 4 if narrow else 8
        quiet = self.get_component_rich_style("transcript--time")
        loud = self.get_component_rich_style("transcript--cue")
        gap = self.get_component_rich_style("transcript--gap")
        if isinstance(entry, Gap):
            mark, mark_style = "x", gap
            body = Text(_gap_words(entry), style=gap)
        else:
            mark, mark_style = _mark(entry), loud if shown_cues(entry) else quiet
            body = self._words(entry, style, cues=width >= NAMES_CUES)
        head = Text.assemble(
            (f"{clock(entry.start):>6} ", quiet),
            (f"{name:>{label}} ", style + Style(bold=True)),
            (f"{mark} ", mark_style),
        )
        indent = head.cell_len
        console = self.app.console
        wrapped = body.wrap(console, max(8, width - indent - 1)) or [Text("")]
        strips = []
        for number, part in enumerate(wrapped):
            lead = head if number == 0 else Text(" " * indent)
            whole = Text.assemble(lead, part, style=self.rich_style)
            strips.append(Strip(list(whole.render(console))).simplify())
        return strips

    def _words(self, line: Line, style: Style, *, cues: bool) -> Text:
        if line.doubtful:
            style = self.get_component_rich_style("transcript--doubtful")
        if line.announcement:
            style = self.get_component_rich_style("transcript--draft")
        said = f"announcement: {line.text}" if line.announcement else line.text
        body = Text(said.strip(), style=style)
        if line.tail:
            draft = self.get_component_rich_style("transcript--draft")
            body.append(" " if line.text else "")
            body.append(f"{line.tail.strip()} …", style=draft)
        elif not line.final:
            body.append(" …", style=self.get_component_rich_style("transcript--draft"))
        if line.final:
            aside = self.get_component_rich_style("transcript--doubtful")
            body.append("".join(f"  ({note})" for note in _notes(line)), style=aside)
        names = ", ".join(shown_cues(line))
        if names and cues:
            body.append(f"  [{names}]", style=self.get_component_rich_style("transcript--cue"))
        return body


def _gap_words(gap: Gap) -> str:
    cause = f" ({gap.cause})" if gap.cause else ""
    return f"{gap.end - gap.start:.1f} s of sound lost{cause}"


def _notes(line: Line) -> list[str]:
    """What a reader should know of a line's words."""
    gone = [f"withdrawn: {line.withdrawn}"] if line.withdrawn else []
    return [line.doubt, *gone] if line.doubt else gone


def _mark(line: Line) -> str:
    if line.doubtful:
        return "?"
    if shown_cues(line):
        return "◆"
    return " " if line.final else "~"
