"""A live session without sound server, model and wall clock: all three are in the test's hand."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import msgspec
import numpy as np

from audio.detection.vad import WINDOW, Window
from audio.listening.channel_speech import SpeechSettings
from audio.listening.listener import Listener, ListenerSettings
from audio.recognition.decoding import DecodeRequest, DecodeResult
from audio.samples.chunks import SAMPLE_RATE, Chunk
from coach.calls.call import Setup
from coach.driver import FrontEnd, Progress
from coach.engine.engine import EngineSettings
from coach.events import CallStarted, Channel, Fact, Word
from coach.live.call_hearing import CallBounds
from coach.live.session import LiveDriver, SessionParts, Tell, Transcribe
from coach.snapshot import Snapshot
from rules.definition.rule import RuleBook

BOTH = (Channel.AGENT, Channel.CUSTOMER)
PATIENCE = 60.0
"""Seconds after which a test gives up waiting for another thread."""
BLOCK = 0.1
NO_RULES = RuleBook(rules=(), language="en", fingerprint="none")


class LoudIsSpeech:
    """A speech detector for made-up sound: whatever is loud is speech."""

    def push(self, samples: np.ndarray) -> list[Window]:
        windows = []
        for first in range(0, len(samples), WINDOW):
            loud = float(np.max(np.abs(samples[first : first + WINDOW]))) > 0.01
            windows.append(Window(float(loud), -17.0 if loud else -100.0))
        return windows


class ScriptedCapture:
    """Gives what the test has put in, and nothing while there is nothing."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self._given: deque[Sequence[Chunk | Fact] | Exception] = deque()
        self._changed = threading.Condition()
        self._taken = 0
        self.stopped = False

    def start(self) -> None:
        pass

    def stop(self) -> None:
        self.stopped = True

    def read(self, timeout: float) -> Sequence[Chunk | Fact]:
        with self._changed:
            self._taken += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._given, timeout / 10)
            if not self._given:
                return []
            given = self._given.popleft()
        if isinstance(given, Exception):
            raise given
        return given

    def give(self, items: Sequence[Chunk | Fact] | Exception) -> None:
        with self._changed:
            self._given.append(items)
            self._changed.notify_all()

    def drained(self) -> bool:
        """Wait until everything given has been heard and acted on."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._given, PATIENCE):
                return False
            # The listener asks again only once it has handed on all that it was given.
            before = self._taken
            return self._changed.wait_for(lambda: self._taken >= before + 2, PATIENCE)


class HandClock:
    """A clock that stands until the test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class ScriptedModel:
    """Answers each request with the next text; the test may hold it back or make it fail."""

    def __init__(self) -> None:
        self.texts: deque[str] = deque()
        self.asked: list[DecodeRequest] = []
        self.failing = False
        self._open = threading.Event()
        self._open.set()

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def load(self, tell: Tell) -> Transcribe:
        tell(Progress(label="loading", done=None))
        return self.decode

    def decode(self, request: DecodeRequest) -> DecodeResult:
        self.asked.append(request)
        assert self._open.wait(PATIENCE)
        if self.failing:
            raise ValueError("the model stumbles")
        text = self.texts.popleft() if self.texts else "word"
        parts = text.split()
        step = (request.end - request.start) / max(1, len(parts))
        words = tuple(
            Word(text=part, start=request.start + i * step, end=request.start + (i + 1) * step,
                 confidence=0.95)
            for i, part in enumerate(parts)
        )  # fmt: skip
        return DecodeResult(request, words)


class Session:
    """A live session whose every outside is scripted."""

    def __init__(
        self, folder: Path | None = None, bounds: CallBounds | None = None, *, lanes: int = 1
    ) -> None:
        self.clock = HandClock()
        self.capture = ScriptedCapture(self.clock)
        self.model = ScriptedModel()
        self.snapshots: list[Snapshot] = []
        self.progress: list[Progress] = []
        self.ending: list[Exception | None] = []
        self._calls = 0
        self._folder = folder
        self._at = 0.0
        self._seen = threading.Condition()
        settings = ListenerSettings(track=SpeechSettings())
        self.parts = SessionParts(
            setup=Setup(
                book=RuleBook(rules=(), language="en", fingerprint="none"),
                settings=EngineSettings(),
            ),
            new_listener=lambda: Listener(BOTH, settings, detector=LoudIsSpeech),
            open_capture=lambda _clock: self.capture,
            load_model=self.model.load,
            begin=self._begin,
            journal=self._journal,
            bounds=bounds or CallBounds(begin_on_sound=False),
            lanes=lanes,
            clock=self.clock,
        )
        self.driver = LiveDriver("scripted", lambda: self.parts)

    def _begin(self) -> CallStarted:
        self._calls += 1
        return CallStarted(at=0.0, call=f"call-{self._calls}", started="", source="live")

    def _journal(self, call: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{call}.jsonl"

    def __enter__(self) -> Self:
        self.driver.start(
            FrontEnd(
                snapshot=self._snapshot,
                progress=self.progress.append,
                position=lambda _position: None,
                finished=self._finished,
            )
        )
        return self

    def __exit__(self, *_error: object) -> None:
        self.model.release()
        self.driver.stop()

    def _snapshot(self, snapshot: Snapshot) -> None:
        with self._seen:
            self.snapshots.append(snapshot)
            self._seen.notify_all()

    def _finished(self, error: Exception | None) -> None:
        with self._seen:
            self.ending.append(error)
            self._seen.notify_all()

    def say(self, seconds: float, *speaking: Channel) -> None:
        """So much sound of both sides; the clock goes with it."""
        for _ in range(round(seconds / BLOCK)):
            count = round(BLOCK * SAMPLE_RATE)
            loud = (0.2 * np.sin(np.arange(count))).astype(np.float32)
            quiet = np.zeros(count, np.float32)
            self.clock.now += BLOCK
            self.capture.give(
                [Chunk(side, self._at, loud if side in speaking else quiet) for side in BOTH]
            )
            self._at += BLOCK
        assert self.capture.drained()

    def pass_time(self, seconds: float) -> None:
        """Time without sound."""
        self.clock.now += seconds
        self._at += seconds

    def until(self, seen: Callable[[Snapshot], bool]) -> Snapshot:
        """Wait for a snapshot, and give it; the clock is nudged so that frames are made."""
        with self._seen:
            start = len(self.snapshots)
            for _ in range(round(PATIENCE / 0.05)):
                for snapshot in self.snapshots[max(0, start - 1) :]:
                    if seen(snapshot):
                        return snapshot
                self.clock.now += 0.001
                self._seen.wait(0.05)
                self.clock.now += 0.1
                self._at += 0.101
        last = msgspec.to_builtins(self.snapshots[-1]) if self.snapshots else "nothing"
        raise AssertionError(f"not seen; last: {last}")

    def over(self) -> Exception | None:
        """Wait for the end of the session; what ended it, if anything did."""
        with self._seen:
            assert self._seen.wait_for(lambda: self.ending, PATIENCE)
        return self.ending[0]
