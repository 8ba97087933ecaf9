"""A driver that is made behind the screen's first frame.

Loading the engine, the array library and the recogniser takes longer than a screen may stay
dark. This driver stands in until the real one is there, on a thread of its own, and hands on
what was asked meanwhile in order.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from coach.driver import MOST_KEYS, Driver, FrontEnd
from coach.events import Action

Make = Callable[[], Driver]
"""Imports what is slow and makes the real driver; what it raises ends the call."""


class DeferredDriver:
    """A ``coach.driver.Driver`` that becomes the one that ``make`` makes."""

    def __init__(self, title: str, *, live: bool, make: Make) -> None:
        self.title = title
        self.live = live
        self._make = make
        self._lock = threading.Lock()
        self._real: Driver | None = None
        self._asked: list[Callable[[Driver], None]] = []
        self._stopped = False
        self._thread: threading.Thread | None = None

    def start(self, front_end: FrontEnd) -> None:
        """Begin to make the real driver; it is started as soon as it is there."""
        self._thread = threading.Thread(
            target=self._become, args=(front_end,), name="starting", daemon=True
        )
        self._thread.start()

    def _become(self, front_end: FrontEnd) -> None:
        try:
            real = self._make()
        except Exception as error:  # noqa: BLE001 - the thread's edge: the front end must be told
            front_end.finished(error)
            return
        with self._lock:
            if self._stopped:
                front_end.finished(None)
                return
            real.start(front_end)
            for ask in self._asked:
                ask(real)
            self._real = real

    def _pass_on(self, ask: Callable[[Driver], None]) -> None:
        with self._lock:
            if self._real is None:
                if len(self._asked) <= MOST_KEYS:  # one more: the real driver tells of it
                    self._asked.append(ask)
                return
            real = self._real
        ask(real)

    def begin(self) -> None:
        """Live only: begin a call now."""
        self._pass_on(lambda real: real.begin())

    def act(self, action: Action, *, card: str | None = None, note: str = "") -> None:
        """Pass on a key of the agent's."""
        self._pass_on(lambda real: real.act(action, card=card, note=note))

    def set_speed(self, speed: float | None) -> None:
        """Replay only: set the speed."""
        self._pass_on(lambda real: real.set_speed(speed))

    def set_playing(self, playing: bool) -> None:
        """Replay only: stop or go on."""
        self._pass_on(lambda real: real.set_playing(playing))

    def seek(self, at: float) -> None:
        """Replay only: show the call as it stood at ``at``."""
        self._pass_on(lambda real: real.seek(at))

    def stop(self) -> None:
        """Stop the real driver, or keep it from starting; safe to call twice."""
        with self._lock:
            self._stopped = True
            real = self._real
        if real is not None:
            real.stop()
