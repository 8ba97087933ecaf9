"""What a front end may ask of a running call, whether live or replayed.

A driver owns the threads; a front end hands it callbacks and sends it the agent's keys. The
callbacks come from the driver's threads, so a front end must pass them on to its own loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from coach.events import Action
from coach.snapshot import Snapshot

MOST_KEYS = 64
"""Keys that wait for a driver that is busy; of more the newest is refused."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a piece of long work (assembling a model, loading it) has come."""

    label: str
    done: float | None
    """0 to 1, or None while unknown; 1 when the work is over."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where a replay stands."""

    at: float
    duration: float
    speed: float | None
    """None is as fast as it goes."""
    playing: bool


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a text went, as far as that is known for certain."""

    file: str = ""
    """The file that holds it; empty where none was written."""
    trouble: str = ""
    """Why it could not be saved; empty where nothing failed."""


class HandOver(Protocol):
    """Gives a text out of the program."""

    def copy(self, text: str) -> bool:
        """Put it on this machine's clipboard; whether that is known to have worked."""
        ...

    def save(self, text: str, call: str) -> Handed:
        """Write it to a file of the call's."""
        ...


class FrontEnd(msgspec.Struct, frozen=True, kw_only=True):
    """The callbacks of a front end; each may be called from any thread."""

    snapshot: Callable[[Snapshot], None]
    progress: Callable[[Progress], None]
    position: Callable[[Position], None]
    finished: Callable[[Exception | None], None]
    """The call is over; the exception, if any, is what ended it."""


class Driver(Protocol):
    """A call in progress."""

    @property
    def live(self) -> bool:
        """True for a live call, False where speed and seek work."""
        ...

    @property
    def title(self) -> str:
        """Name of the recording, or of the devices."""
        ...

    def start(self, front_end: FrontEnd) -> None:
        """Begin; returns at once. Called at most once."""
        ...

    def begin(self) -> None:
        """Live only: begin a call now, if none is on."""
        ...

    def act(self, action: Action, *, card: str | None = None, note: str = "") -> None:
        """Pass on a key of the agent's."""
        ...

    def set_speed(self, speed: float | None) -> None:
        """Replay only: 1 is real time, None as fast as it goes."""
        ...

    def set_playing(self, playing: bool) -> None:
        """Replay only: stop or go on."""
        ...

    def seek(self, at: float) -> None:
        """Replay only: show the call as it stood at ``at`` seconds."""
        ...

    def stop(self) -> None:
        """End the call, write what is to be written, join the threads; safe to call twice."""
        ...
