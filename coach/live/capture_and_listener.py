"""What a live call hears with: what gives it sound, and what makes facts of the sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from audio.listening.inline_driver import Hears
from audio.listening.listener import Listener
from audio.samples.chunks import Chunk
from coach.calls.side_watch import Taken
from coach.events import Fact


class Capture(Protocol):
    """What gives a session its sound; ``audio.hardware.capture.LiveCapture`` in practice."""

    def start(self) -> None:
        """Open the devices."""
        ...

    def read(self, timeout: float) -> Sequence[Chunk | Fact]:
        """Wait for sound, at most ``timeout`` seconds; times are the session's."""
        ...

    def stop(self) -> None:
        """Close the devices."""
        ...


NewListener = Callable[[], Hears]


class OneMicrophone(NamedTuple):
    """What hears both people through one device."""

    watcher: Callable[[], Listener]
    """Makes what listens to it between calls."""
    taken: Taken
    """What the two voices are called, and whether somebody said whose they are."""
