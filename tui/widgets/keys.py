"""The last line: the keys that always work, as many as fit, `? help` always among them."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from coach.snapshot import Snapshot

HELP = ("?", "help")


class KeyLine(Widget):
    """Keys in order of need; the least needed go first when it is narrow."""

    def __init__(self, *, live: bool) -> None:
        super().__init__(id="keys")
        self._live = live
        self._paused = False
        self._calm = False
        self._started = False
        self._over = False

    def show(self, snapshot: Snapshot) -> None:
        """Name the keys by what they would do at this moment."""
        state = (snapshot.paused, snapshot.calm_mode, snapshot.started, snapshot.ended)
        if state != (self._paused, self._calm, self._started, self._over):
            self._paused, self._calm, self._started, self._over = state
            self.refresh()

    def show_stopped(self) -> None:
        """Only reading remains, and no other call can begin."""
        self._over = True
        self._live = False
        self.refresh()

    def render(self) -> Content:
        """The keys that fit."""
        room = self.size.width - _width(HELP)
        fitting = []
        for key in self._keys():
            room -= _width(key) + 2
            if room < 0:
                break
            fitting.append(key)
        parts = [Content.assemble((key, "bold"), (f" {word}", "$quiet")) for key, word in fitting]
        parts.append(Content.assemble((HELP[0], "bold"), (f" {HELP[1]}", "$quiet")))
        return Content("  ").join(parts)

    def _keys(self) -> list[tuple[str, str]]:
        if self._over:
            again = [("b", "begin a call")] if self._live else []
            return [("r", "review"), ("h", "handoff note"), *again, ("q", "quit")]
        if self._live and not self._started:
            return [("b", "begin the call"), ("x", "swap sides"), ("q", "quit")]
        return [
            ("s", "snooze"),
            ("p", "go on" if self._paused else "pause"),
            ("h", "handoff note"),
            ("e", "end"),
            ("o", "overview"),
            ("c", "all cards" if self._calm else "calm mode"),
            ("x", "swap sides"),
            ("q", "quit"),
        ]


def _width(key: tuple[str, str]) -> int:
    return len(key[0]) + 1 + len(key[1])
