"""Where a replay stands: position, speed, playing or stopped, and the keys that move it."""

from __future__ import annotations

import msgspec
from textual.content import Content
from textual.widget import Widget

from coach.driver import Position
from coach.events.lengths import clock

SPEEDS: tuple[float | None, ...] = (1.0, 2.0, 4.0, 8.0, None)
"""Speeds that + and - step through; None is as fast as it goes."""


def speed_words(speed: float | None) -> str:
    """A speed as ``2x`` or ``max``."""
    return "max" if speed is None else f"{speed:g}x"


def next_speed(speed: float | None, step: int) -> float | None:
    """The speed one step up or down from the nearest known one."""
    if speed is None:
        index = len(SPEEDS) - 1
    else:
        known = [s for s in SPEEDS if s is not None]
        index = min(range(len(known)), key=lambda i: abs(known[i] - speed))
    return SPEEDS[min(len(SPEEDS) - 1, max(0, index + step))]


class ReplayBar(Widget):
    """One line under the transcript."""

    def __init__(self) -> None:
        super().__init__(id="replay")
        self._position: Position | None = None

    @property
    def position(self) -> Position | None:
        """The position last shown."""
        return self._position

    def expect(self, **changed: float | bool | None) -> None:
        """Show at once what was just asked for, so that a second key counts from there."""
        if self._position is not None:
            self.show_position(msgspec.structs.replace(self._position, **changed))

    def show_position(self, position: Position) -> None:
        """Draw where the replay stands."""
        self._position = position
        self.refresh()

    def render(self) -> Content:
        """The bar, with the keys where there is room."""
        position = self._position
        if position is None:
            return Content.styled("replay is being prepared …", "$quiet")
        state = "▶ playing" if position.playing else "■ stopped"
        left = f"{state} {speed_words(position.speed)}  {clock(position.at)} "
        right = f" {clock(position.duration)}"
        keys = "  space ←→ +-" if self.size.width >= 70 else ""
        room = max(4, self.size.width - len(left) - len(right) - len(keys))
        share = min(1.0, position.at / position.duration) if position.duration > 0 else 0.0
        done = min(room - 1, int(share * room))
        return Content.assemble(
            (left, "bold"),
            ("━" * done, "$agent"),
            ("●", "bold $agent"),
            ("─" * (room - done - 1), "$faint"),
            right,
            (keys, "$quiet"),
        )
