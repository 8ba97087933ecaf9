"""The first line: live or replay, call time, what is being coached, and any special mode."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from coach.events.lengths import clock
from coach.snapshot import Snapshot


class StatusLine(Widget):
    """One line across the top."""

    DEFAULT_CSS = "StatusLine { height: 1; }"

    def __init__(self, *, live: bool, title: str) -> None:
        super().__init__(id="status")
        self._live = live
        self._title = title
        self._snapshot: Snapshot | None = None
        self._stopped = False

    def show(self, snapshot: Snapshot) -> None:
        """Draw the line for this moment."""
        self._snapshot = snapshot
        self.refresh()

    def show_stopped(self) -> None:
        """Coach has stopped."""
        self._stopped = True
        self.refresh()

    def render(self) -> Content:
        """The line, its title shortened to what fits."""
        modes = self._modes()
        right = Content.assemble(*((f" {word} ", style) for word, style in modes))
        kind = self._kind()
        at = clock(self._snapshot.at) if self._snapshot else "0:00"
        left = Content.assemble((kind, "bold"), f" {at}  ")
        room = max(0, self.size.width - left.cell_length - right.cell_length - 1)
        name = self._called()
        title = Content.styled(name, "$quiet").truncate(room, ellipsis=True)
        gap = " " * max(1, self.size.width - left.cell_length - title.cell_length - len(right))
        return Content.assemble(left, title, gap, right)

    def _kind(self) -> str:
        if self._snapshot and self._snapshot.ended:
            return "■ ENDED"
        if self._stopped:
            return "■ STOPPED"
        if not self._live:
            return "▶ REPLAY"
        started = self._snapshot is not None and self._snapshot.started
        return "● LIVE" if started else "○ READY"

    def _called(self) -> str:
        caller = self._snapshot.caller if self._snapshot else ""
        return f"{self._title} · {caller}" if caller else self._title

    def _modes(self) -> list[tuple[str, str]]:
        snapshot = self._snapshot
        if snapshot is None:
            return []
        loud = "bold $on-bright on $notice"
        modes = []
        if snapshot.floor is not None:
            modes.append(("FLOOR (f)", "$quiet" if snapshot.floor.connected else "$faint"))
        if snapshot.looking_back:
            modes.append(("LOOKING BACK", loud))
        if snapshot.ended:
            return modes
        if snapshot.paused:
            modes.append(("PAUSED", loud))
        if snapshot.calm_mode:
            modes.append(("CALM MODE", loud))
        if snapshot.snoozed_until is not None and snapshot.snoozed_until > snapshot.at:
            modes.append((f"SNOOZED TO {clock(snapshot.snoozed_until)}", loud))
        return modes
