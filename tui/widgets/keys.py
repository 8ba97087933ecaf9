"""The last line of a screen: the keys that work on it, as many as fit."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from coach.snapshot import Snapshot

HELP = ("?", "help")


Key = tuple[str, str]
"""What to press, and what it does in a word or two."""


class KeyLine(Widget):
    """Keys in order of need, each whole: the least needed go first when it is narrow.

    Where `? help` is among them, it always stands, at the end.
    """

    def __init__(self, keys: Sequence[Key] = ()) -> None:
        super().__init__(id="keys")
        self._keys = tuple(keys)

    def keys(self) -> Sequence[Key]:
        """The keys of this moment."""
        return self._keys

    def render(self) -> Content:
        """The keys that fit."""
        return Content("  ").join(
            Content.assemble((key, "bold"), (f" {word}", "$quiet"))
            for key, word in fitting(self.keys(), self.size.width)
        )


def fitting(keys: Sequence[Key], room: int) -> list[Key]:
    """The first of ``keys`` that fit whole into ``room`` cells, two cells apart."""
    last = [HELP] if HELP in keys else []
    room -= sum(_width(key) + 2 for key in last)
    shown = []
    for key in keys:
        room -= 0 if key == HELP else _width(key) + 2
        if room < -2:
            break
        shown += [] if key == HELP else [key]
    return shown + last


class LiveKeyLine(KeyLine):
    """The keys of a call that runs, by what they would do at this moment."""

    def __init__(self, *, live: bool) -> None:
        super().__init__()
        self._live = live
        self._paused = False
        self._calm = False
        self._snoozed = False
        self._started = False
        self._over = False

    def show(self, snapshot: Snapshot) -> None:
        """Name the keys by what they would do at this moment."""
        until = snapshot.snoozed_until
        modes = (snapshot.paused, snapshot.calm_mode, until is not None and until > snapshot.at)
        state = (*modes, snapshot.started, snapshot.ended)
        if state != (self._paused, self._calm, self._snoozed, self._started, self._over):
            self._paused, self._calm, self._snoozed, self._started, self._over = state
            self.refresh()

    def show_stopped(self) -> None:
        """Only reading remains, and no other call can begin."""
        self._over = True
        self._live = False
        self.refresh()

    def keys(self) -> Sequence[Key]:
        """By the state of the call; `? help` is always among them."""
        return [*self._of_the_call(), HELP]

    def _of_the_call(self) -> list[Key]:
        if self._over:
            again = [("b", "begin a call")] if self._live else []
            return [("r", "review"), ("h", "handoff note"), *again, ("q", "quit")]
        if self._live and not self._started:
            return [("b", "begin the call"), ("x", "swap sides"), ("q", "quit")]
        return [
            ("s", "end snooze" if self._snoozed else "snooze"),
            ("p", "go on" if self._paused else "pause"),
            ("h", "handoff note"),
            ("e", "end"),
            ("o", "overview"),
            ("c", "all cards" if self._calm else "calm mode"),
            ("x", "swap sides"),
            ("q", "quit"),
        ]


def _width(key: Key) -> int:
    return len(key[0]) + 1 + len(key[1])
