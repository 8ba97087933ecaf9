"""Where stretches of speech begin, pause and end, from a verdict every 32 ms.

Four states and one transition function; the clock is the count of windows pushed. ::

             speech                 speech for `onset`
    SILENT ----------> STARTING -------------------------> SPEAKING
      ^  ^                |                                 |    ^
      |  +----------------+  no speech          no speech   |    | speech
      |                                                     v    |
      +------------------------------------------------- STOPPING
                     no speech for `end`

In STOPPING, silence that reaches `pause` is reported at once: that is the moment to commit
what was said, long before it is certain that the speaker has finished. Nothing here knows
about words, channels or the model.
"""

from __future__ import annotations

import enum
from typing import Annotated, NamedTuple

import msgspec

from coach.parameters import dbfs, quantity, seconds, share

from .vad import WINDOW, WINDOW_SECONDS, NoiseFloor, Window


class EndpointerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When sound counts as speech and silence as an end."""

    enter: Annotated[float, share()] = 0.5
    """Probability from which a window counts as speech while nobody is speaking."""
    stay: Annotated[float, share()] = 0.35
    """Probability from which a window still counts as speech while somebody is: Silero's own
    hysteresis, so that a weak syllable does not break a sentence."""
    likely: Annotated[float, share()] = 0.3
    """The same for sound that stands clearly above the floor: a short word in a silence."""
    clear: Annotated[float, quantity(0, 100, "dB")] = 25.0
    """How far that is above the floor."""
    min_dbfs: Annotated[float, dbfs()] = -55.0
    """Quieter windows are never speech. Telephone speech runs from -40 to -10 dBFS; the voices
    in the background of an office arrive below -55."""
    onset: Annotated[float, seconds(0, 2)] = 0.096
    """Seconds of speech before a start is believed: three windows; clicks are shorter."""
    pause: Annotated[float, seconds(0.03, 5)] = 0.256
    """Seconds of silence that are worth a decode: longer than the closure of a stop consonant
    (about 0.15 s), shorter than a breath."""
    end: Annotated[float, seconds(0.03, 10)] = 0.512
    """Seconds of silence that end a stretch of speech."""


class Turning(enum.Enum):
    """What happened at a boundary."""

    STARTED = enum.auto()
    PAUSED = enum.auto()
    RESUMED = enum.auto()
    ENDED = enum.auto()


class Boundary(NamedTuple):
    """A place in the stream where speech started, paused, resumed or ended."""

    turning: Turning
    sample: int
    """STARTED, RESUMED: the first sample of speech. PAUSED, ENDED: the sample after the last."""


class EndpointerState(enum.Enum):
    """What the channel is doing."""

    SILENT = enum.auto()
    STARTING = enum.auto()
    SPEAKING = enum.auto()
    STOPPING = enum.auto()


class Endpointer:
    """Turns verdicts into boundaries, one channel each."""

    def __init__(self, settings: EndpointerSettings | None = None) -> None:
        self.settings = settings or EndpointerSettings()
        self.state = EndpointerState.SILENT
        self._windows = 0
        self._since = 0
        """Window at which the present state began."""
        self._floor = NoiseFloor()

    @property
    def sample(self) -> int:
        """Samples judged so far."""
        return self._windows * WINDOW

    @property
    def silence(self) -> float:
        """Seconds of silence since speech; 0 while somebody speaks or before a start."""
        if self.state is not EndpointerState.STOPPING:
            return 0.0
        return (self._windows - self._since) * WINDOW_SECONDS

    def push(self, window: Window) -> list[Boundary]:
        """Judge one more window; at most one boundary comes of it."""
        speech = self._is_speech(window)
        here = self._windows
        self._windows += 1
        match self.state:
            case EndpointerState.SILENT if speech:
                self._enter(EndpointerState.STARTING, here)
            case EndpointerState.STARTING if not speech:
                self._enter(EndpointerState.SILENT, here)
            case EndpointerState.SPEAKING if not speech:
                self._enter(EndpointerState.STOPPING, here)
            case EndpointerState.STOPPING if speech:
                paused = self._reached(self.settings.pause, here)
                self._enter(EndpointerState.SPEAKING, here)
                return [Boundary(Turning.RESUMED, here * WINDOW)] if paused else []
            case _:
                pass
        return self._ripen()

    def finish(self) -> list[Boundary]:
        """The stream is over: end what is open."""
        open_since = self._since if self.state is EndpointerState.STOPPING else self._windows
        speaking = self.state in (EndpointerState.SPEAKING, EndpointerState.STOPPING)
        self._enter(EndpointerState.SILENT, self._windows)
        return [Boundary(Turning.ENDED, open_since * WINDOW)] if speaking else []

    def _is_speech(self, window: Window) -> bool:
        inside = self.state in (EndpointerState.SPEAKING, EndpointerState.STOPPING)
        clear = window.dbfs >= self._floor.follow(window.dbfs) + self.settings.clear
        enter = self.settings.likely if clear else self.settings.enter
        bound = self.settings.stay if inside else enter
        return window.probability >= bound and window.dbfs >= self.settings.min_dbfs

    def _ripen(self) -> list[Boundary]:
        """Boundaries that come of a state having lasted long enough."""
        since = self._since
        if self.state is EndpointerState.STARTING and self._reached(
            self.settings.onset, self._windows
        ):
            self._enter(EndpointerState.SPEAKING, since)
            return [Boundary(Turning.STARTED, since * WINDOW)]
        if self.state is EndpointerState.STOPPING:
            if self._reached(self.settings.end, self._windows):
                self._enter(EndpointerState.SILENT, self._windows)
                return [Boundary(Turning.ENDED, since * WINDOW)]
            before = self._reached(self.settings.pause, self._windows - 1)
            if self._reached(self.settings.pause, self._windows) and not before:
                return [Boundary(Turning.PAUSED, since * WINDOW)]
        return []

    def _reached(self, seconds: float, window: int) -> bool:
        return (window - self._since) * WINDOW_SECONDS >= seconds - 1e-9

    def _enter(self, state: EndpointerState, window: int) -> None:
        self.state = state
        self._since = window
