"""One channel on its way from sound to utterances: buffer, endpoints, open utterance, level.

A track is fed one window at a time and keeps no clock but its sample count, so the size of the
pieces in which sound arrives makes no difference. It says what it would like decoded; when
that happens is the scheduler's business (``audio.listening.listener``).

An *utterance* is what becomes one line of the transcript: one or more stretches of speech with
short silences between them. It closes when the silence has lasted, or at the next pause when
it has become long, or, in speech without any pause, between two committed words.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Annotated

import msgspec
import numpy as np

from audio.detection.endpointer import (
    Boundary,
    Endpointer,
    EndpointerSettings,
    EndpointerState,
    Turning,
)
from audio.detection.features import measure
from audio.detection.vad import WINDOW, Window
from audio.recognition.decoding import DecodeResult, Earlier
from audio.samples.chunks import SAMPLE_RATE, Samples
from audio.words.hypothesis import OpenWords, SureSettings
from coach.events import Channel, Loudness, SpeechEnded, SpeechStarted, Word
from coach.parameters import seconds

_LOUDNESS_SAMPLES = SAMPLE_RATE // 2
_VOICED = (EndpointerState.STARTING, EndpointerState.SPEAKING)


class SpeechSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How stretches of speech become utterances."""

    endpointer: EndpointerSettings = EndpointerSettings()
    sure: SureSettings = SureSettings()
    """When one draft is enough to commit a word."""
    lead: Annotated[float, seconds(0, 2)] = 0.4
    """Seconds kept before the detected start: soft first words lie there."""
    margin: Annotated[float, seconds(0, 2)] = 0.25
    """Seconds before the detected start at which an utterance is said to begin."""
    trail: Annotated[float, seconds(0, 2)] = 0.2
    """Seconds kept after the detected end."""
    merge: Annotated[float, seconds(0, 10)] = 1.0
    """Seconds of silence inside an utterance; longer silence closes it."""
    long: Annotated[float, seconds(0.5, 30)] = 7.0
    """Seconds after which an utterance closes at the next pause."""
    longest: Annotated[float, seconds(1, 29)] = 20.0
    """Seconds after which an utterance without a pause is cut between two committed words."""
    memory: Annotated[float, seconds(0, 600)] = 25.0
    """Seconds of earlier speech kept as context for finals."""


class OpenUtterance:
    """An utterance in the making, and until its final has come."""

    def __init__(self, name: str, start: int, onset: int, sure: SureSettings) -> None:
        self.name = name
        self.start = start
        """First sample."""
        self.onset = onset
        """First sample of speech."""
        self.speech_end = start
        """Sample after the last speech heard so far."""
        self.end = start
        """Sample after the last one, once closed."""
        self.samples: Samples = np.zeros(0, np.float32)
        """Its sound, once closed."""
        self.hypothesis = OpenWords(sure)
        self.drafted = -1
        """Sample up to which a draft has been asked for."""
        self.anchor = start
        """First sample that drafts see, and how many committed words lie before it."""
        self.skipped = 0
        self.settled = -1
        """End of the speech that a decode in a pause has been asked for."""
        self.settled_at = -1
        """Sample up to which that decode has heard."""
        self.looked = -1
        """Likewise ``settled``, for a second look."""
        self.answer: DecodeResult | None = None
        """What came of that decode, while nothing was said since."""
        self.shown = False
        """Whether anything of it has been stated."""
        self.stated: tuple[Word, ...] = ()
        """The most words that were stated as committed."""
        self.answering: bool | None = None
        """Whether it answers another side, as it was judged when it closed."""
        self.done = False
        """True once its final has been stated."""
        self.speech_windows = 0
        self.clear_windows = 0
        """Windows that would have begun speech by all of the past and in whatever sound."""
        self.speech_power = 0.0

    @property
    def speech_seconds(self) -> float:
        """How much of it was speech."""
        return self.speech_windows * WINDOW / SAMPLE_RATE

    @property
    def speech_dbfs(self) -> float:
        """Level of the part that was speech."""
        if not self.speech_windows:
            return -100.0
        return 10.0 * math.log10(max(self.speech_power / self.speech_windows, 1e-10))


class ChannelSpeech:
    """One channel's state; ``push`` it a window, read ``turn``, take ``closed``."""

    def __init__(self, channel: Channel, settings: SpeechSettings, origin: float = 0.0) -> None:
        self.channel = channel
        self.settings = settings
        self.turn: OpenUtterance | None = None
        """The open utterance."""
        self.closed: deque[OpenUtterance] = deque()
        """Closed utterances whose final is still to be asked for; the listener takes them."""
        self.spoke_until = -math.inf
        """Call time up to which this side has spoken."""
        self.understood = False
        """Whether this side was last heard to speak the call's language."""
        self._origin = origin
        self._endpointer = Endpointer(settings.endpointer)
        self._blocks: deque[Samples] = deque()
        onset = round(settings.endpointer.onset * SAMPLE_RATE / WINDOW)
        self._clear: deque[bool] = deque(maxlen=max(onset, 1))
        """Which of the windows that begin a stretch of speech are clear."""
        self._first = 0
        """Index of the first window kept."""
        self._count = 0
        """Utterances opened."""
        self._stretch = 0
        """First sample of the stretch of speech going on."""
        self._floor = 0
        """Sample before which everything belongs to a closed utterance."""
        self._meter: list[Samples] = []
        self._in_meter = 0
        """Samples in it."""
        self._metered = 0
        self._speech_in_meter = 0
        self._earlier: deque[Earlier] = deque()

    # --- time ------------------------------------------------------------------------------

    @property
    def sample(self) -> int:
        """Samples heard so far."""
        return self._endpointer.sample

    def time(self, sample: int) -> float:
        """Call time of a sample."""
        return self._origin + sample / SAMPLE_RATE

    def at(self, time: float) -> int:
        """Sample at a call time."""
        return round((time - self._origin) * SAMPLE_RATE)

    def began(self, turn: OpenUtterance) -> float:
        """Call time at which an utterance is said to begin."""
        return self.time(max(turn.start, turn.onset - int(self.settings.margin * SAMPLE_RATE)))

    @property
    def now(self) -> float:
        """Call time of the newest sample."""
        return self.time(self.sample)

    @property
    def paused(self) -> bool:
        """True while an utterance is open and nobody is speaking."""
        boundary = self._endpointer
        return self.turn is not None and (
            boundary.state in (EndpointerState.SILENT, EndpointerState.STARTING)
            or boundary.silence >= self.settings.endpointer.pause
        )

    @property
    def silent(self) -> bool:
        """True while no stretch of speech is going on."""
        return self._endpointer.state is EndpointerState.SILENT

    # --- sound in --------------------------------------------------------------------------

    def push(self, block: Samples, window: Window) -> list[SpeechStarted | SpeechEnded | Loudness]:
        """Take in one window of sound and the verdict on it."""
        self._blocks.append(block)
        self._clear.append(self._is_clear(window))
        before = self._endpointer.state
        boundaries = self._endpointer.push(window)
        facts: list[SpeechStarted | SpeechEnded | Loudness] = []
        for boundary in boundaries:
            facts += self._turned(boundary)
        speaking = self._endpointer.state is EndpointerState.SPEAKING
        turn = self.turn
        if turn is not None and speaking:
            turn.speech_end = self.sample
            self.spoke_until = self.now
            if before is EndpointerState.SPEAKING or not boundaries:
                self._count_speech(turn, window)
        self._close_if_due()
        self._forget()
        facts += self._measure(block, speaking=self._endpointer.state in _VOICED)
        return facts

    def finish(self) -> list[SpeechStarted | SpeechEnded | Loudness]:
        """The channel's sound is over: close what is open."""
        facts: list[SpeechStarted | SpeechEnded | Loudness] = []
        for boundary in self._endpointer.finish():
            facts += self._turned(boundary)
        if self.turn is not None:
            self._close(self.turn)
        return facts

    def _turned(self, boundary: Boundary) -> list[SpeechStarted | SpeechEnded | Loudness]:
        at = self.now
        place = self.time(boundary.sample)
        if self.turn is None and boundary.turning in (Turning.STARTED, Turning.RESUMED):
            # A long utterance closes in a pause after which the same stretch may go on.
            lead = int(self.settings.lead * SAMPLE_RATE)
            start = max(boundary.sample - lead, self._floor, self._first * WINDOW)
            self._open(start, onset=boundary.sample).clear_windows = sum(self._clear)
        if boundary.turning is Turning.STARTED:
            self._stretch = boundary.sample
            return [SpeechStarted(at=at, channel=self.channel, start=place, end=place)]
        if boundary.turning is Turning.ENDED:
            began = self.time(self._stretch)
            return [SpeechEnded(at=at, channel=self.channel, start=began, end=place)]
        return []

    def _is_clear(self, window: Window) -> bool:
        bounds = self.settings.endpointer
        return window.whole >= bounds.enter and window.dbfs >= bounds.min_dbfs

    def _count_speech(self, turn: OpenUtterance, window: Window) -> None:
        turn.speech_windows += 1
        turn.clear_windows += self._is_clear(window)
        turn.speech_power += 10.0 ** (window.dbfs / 10.0)

    # --- utterances ------------------------------------------------------------------------

    def _open(self, start: int, *, onset: int) -> OpenUtterance:
        self._count += 1
        name = f"{self.channel.value[0]}{self._count}"
        self.turn = OpenUtterance(name, start, onset, self.settings.sure)
        return self.turn

    def _close_if_due(self) -> None:
        turn = self.turn
        if turn is None:
            return
        silence = (self.sample - turn.speech_end) / SAMPLE_RATE
        length = (self.sample - turn.start) / SAMPLE_RATE
        pause = self.settings.endpointer.pause
        if silence >= self.settings.merge or (length >= self.settings.long and silence >= pause):
            if self._endpointer.state is not EndpointerState.STARTING:
                self._close(turn)
        elif length >= self.settings.longest:
            self._cut(turn)

    def _close(self, turn: OpenUtterance) -> None:
        trail = int(self.settings.trail * SAMPLE_RATE)
        self._seal(turn, min(turn.speech_end + trail, self.sample))
        self.turn = None

    def _seal(self, turn: OpenUtterance, end: int) -> None:
        turn.end = end
        turn.samples = self.sound(turn.start, end)
        self._floor = end
        self.closed.append(turn)

    def _cut(self, turn: OpenUtterance) -> None:
        """Close an utterance in the midst of speech, between two committed words."""
        committed = turn.hypothesis.committed
        later = self.sample - 2 * SAMPLE_RATE
        ends = [int((w.end - self._origin) * SAMPLE_RATE) for w in committed]
        usable = [i for i, end in enumerate(ends) if turn.start < end <= later]
        if usable:
            near, kept = ends[usable[-1]], usable[-1] + 1
        elif (self.sample - turn.start) / SAMPLE_RATE >= self.settings.longest + 5.0:
            near, kept = later, len(committed)
        else:
            return
        rest = turn.hypothesis.split(kept)
        turn.settled = -1
        self._seal(turn, self._quietest(near, turn))
        fresh = self._open(turn.end, onset=turn.end)
        fresh.speech_end = turn.speech_end
        fresh.hypothesis = rest

    def _quietest(self, near: int, turn: OpenUtterance) -> int:
        """The quietest 20 ms within 0.15 s of ``near``: most likely between two words."""
        reach, step = int(0.15 * SAMPLE_RATE), SAMPLE_RATE // 50
        low, high = max(near - reach, turn.start + step), min(near + reach, self.sample - step)
        if high <= low:
            return near
        sound = self.sound(low, high)
        rows = sound[: len(sound) // step * step].reshape(-1, step)
        if not len(rows):
            return near
        power = np.mean(np.square(rows), axis=1)
        middles = low + np.arange(len(rows)) * step + step // 2
        # Of places about as quiet, the one nearest to where the recogniser puts the gap.
        cost = (power / (power.mean() + 1e-12)) + np.abs(middles - near) / reach
        return int(middles[int(np.argmin(cost))])

    # --- sound out -------------------------------------------------------------------------

    def sound(self, start: int, end: int) -> Samples:
        """Samples ``start`` to ``end``, as far as they are still kept."""
        first = max(start // WINDOW - self._first, 0)
        last = max(-(-end // WINDOW) - self._first, 0)
        blocks = [self._blocks[i] for i in range(first, min(last, len(self._blocks)))]
        if not blocks:
            return np.zeros(0, np.float32)
        joined = np.concatenate(blocks)
        base = (first + self._first) * WINDOW
        return joined[max(start - base, 0) : max(end - base, 0)]

    def remember(self, samples: Samples, text: str) -> None:
        """Keep a final's sound and text as context for later ones."""
        self._earlier.append(Earlier(samples, text))
        total = sum(len(one.samples) for one in self._earlier)
        while self._earlier and total > self.settings.memory * SAMPLE_RATE:
            total -= len(self._earlier.popleft().samples)

    def context(self, seconds: float) -> tuple[Earlier, ...]:
        """Earlier speech that fits in ``seconds``, oldest first."""
        room = int(seconds * SAMPLE_RATE)
        chosen: list[Earlier] = []
        for one in reversed(self._earlier):
            room -= len(one.samples)
            if room < 0:
                break
            chosen.insert(0, one)
        return tuple(chosen)

    def _forget(self) -> None:
        """Drop sound that nothing can ask for any more."""
        needed = self.sample - SAMPLE_RATE
        if self.turn is not None:
            needed = min(needed, self.turn.start)
        while self._blocks and (self._first + 1) * WINDOW <= needed:
            self._blocks.popleft()
            self._first += 1

    # --- level -----------------------------------------------------------------------------

    def _measure(self, block: Samples, *, speaking: bool) -> list[Loudness]:
        self._meter.append(block)
        self._in_meter += len(block)
        self._speech_in_meter += len(block) if speaking else 0
        if self._in_meter < _LOUDNESS_SAMPLES:
            return []
        joined = np.concatenate(self._meter)
        span, rest = joined[:_LOUDNESS_SAMPLES], joined[_LOUDNESS_SAMPLES:]
        speech = self._speech_in_meter > _LOUDNESS_SAMPLES // 2
        self._meter, self._in_meter = [rest], len(rest)
        self._speech_in_meter = len(rest) if speaking else 0
        start = self.time(self._metered)
        self._metered += _LOUDNESS_SAMPLES
        features = measure(span, SAMPLE_RATE)
        return [
            Loudness(
                at=self.now,
                channel=self.channel,
                start=start,
                end=self.time(self._metered),
                dbfs=features.dbfs,
                peak_dbfs=features.peak_dbfs,
                clipped=features.clipped,
                pitch_hz=features.pitch_hz,
                tilt_db=features.tilt_db,
                speech=speech,
            )
        ]
