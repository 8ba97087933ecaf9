"""A driver whose call is a script: the test makes the snapshots, the screen shows them."""

from __future__ import annotations

from collections.abc import Callable

from coach.driver import FrontEnd, Position, Progress
from coach.events import Action
from coach.snapshot import Snapshot


class HandClock:
    """A clock in the test's hand, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class ScriptedDriver:
    """Feeds what it is told to and remembers what it was asked."""

    def __init__(
        self,
        *,
        live: bool = True,
        title: str = "headset / far end",
        on_start: Callable[[FrontEnd], None] | None = None,
        fails: Exception | None = None,
    ) -> None:
        self._live = live
        self._title = title
        self._on_start = on_start
        self.fails = fails
        """Raised by every request while set."""
        self.front_end: FrontEnd | None = None
        self.asked: list[tuple[object, ...]] = []
        self.stopped = 0

    @property
    def live(self) -> bool:
        return self._live

    @property
    def title(self) -> str:
        return self._title

    def start(self, front_end: FrontEnd) -> None:
        if self.fails is not None:
            raise self.fails
        self.front_end = front_end
        if self._on_start is not None:
            self._on_start(front_end)

    def begin(self) -> None:
        self._ask("begin")

    def act(self, action: Action, *, card: str | None = None, note: str = "") -> None:
        self._ask("act", action, card, note)

    def set_speed(self, speed: float | None) -> None:
        self._ask("speed", speed)

    def set_playing(self, playing: bool) -> None:
        self._ask("playing", playing)

    def seek(self, at: float) -> None:
        self._ask("seek", at)

    def stop(self) -> None:
        self.stopped += 1

    def _ask(self, *asked: object) -> None:
        if self.fails is not None:
            raise self.fails
        self.asked.append(asked)

    # --- what a test feeds ---------------------------------------------------------------

    def snapshot(self, snapshot: Snapshot) -> None:
        self._listeners().snapshot(snapshot)

    def progress(self, label: str, done: float | None) -> None:
        self._listeners().progress(Progress(label=label, done=done))

    def position(self, at: float, duration: float, *, speed: float | None, playing: bool) -> None:
        self._listeners().position(Position(at=at, duration=duration, speed=speed, playing=playing))

    def finish(self, error: Exception | None = None) -> None:
        self._listeners().finished(error)

    def _listeners(self) -> FrontEnd:
        if self.front_end is None:
            raise AssertionError("the screen has not started the driver yet")
        return self.front_end
