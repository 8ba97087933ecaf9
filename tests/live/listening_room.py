"""Two people, a session clock and a model whose answers a test may hold back."""

from __future__ import annotations

import csv

import numpy as np
from oracle import LevelMeter
from work_marks import made_once

from audio.listening.listener import Listener
from audio.recognition.decoding import DecodeResult
from audio.recordings.opening import RecordingOptions, open_recording
from audio.samples.chunks import SAMPLE_RATE, Chunk
from coach import sample
from coach.events import (
    Action,
    CallStarted,
    Channel,
    Word,
)
from coach.live.call_hearing import CallBounds, CallHearing, CallOpened, Outcome
from coach.live.late_decodes import Ask, CallDecoded

BLOCK = 0.1
BOTH = (Channel.AGENT, Channel.CUSTOMER)


@made_once
def sample_call() -> dict[Channel, np.ndarray]:
    """The sample call's two sides."""
    sides: dict[Channel, list[np.ndarray]] = {c: [] for c in BOTH}
    known = RecordingOptions(delay=0.0)  # its two sides lie as they should
    for chunk in open_recording(sample.CALL, asked=known).chunks(1.0):
        sides[chunk.channel].append(chunk.samples)
    return {channel: np.concatenate(parts) for channel, parts in sides.items()}


@made_once
def spoken(channel: Channel) -> np.ndarray:
    """The side's longest line in the sample call, without the silence around it."""
    with sample.REFERENCE.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    role = "agent" if channel is Channel.AGENT else "customer"
    lines = [(float(r["start_s"]), float(r["end_s"])) for r in rows if r["role"] == role]
    start, end = max(lines, key=lambda line: line[1] - line[0])
    return sample_call()[channel][round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]


def voice(channel: Channel, seconds: float) -> np.ndarray:
    """So much of that line."""
    return spoken(channel)[: round(seconds * SAMPLE_RATE)]


def new_listener() -> Listener:
    """It takes what is loud for speech: when calls begin and end hangs on nothing finer."""
    return Listener(BOTH, detector=LevelMeter)


class Room:
    """Two people and a session clock."""

    def __init__(self, bounds: CallBounds | None = None) -> None:
        self.now = 0.0
        self.outcomes: list[Outcome] = []
        self.answering = True
        """Whether the model answers at once; else its requests gather in ``held``."""
        self.held: list[Ask] = []
        self._calls = 0
        self.ears = CallHearing(new_listener, bounds or CallBounds(), self._new_call)

    def _new_call(self) -> CallStarted:
        self._calls += 1
        return CallStarted(at=0.0, call=f"call-{self._calls}", started="", source="live")

    @property
    def origins(self) -> list[float]:
        return [o.at for o in self.outcomes if isinstance(o, CallOpened)]

    def press(self, action: Action) -> None:
        self.answer(self.ears.press(action, self.now))

    def hear(
        self, seconds: float, *speaking: Channel, skip: frozenset[Channel] = frozenset()
    ) -> None:
        quiet = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
        sounds = dict.fromkeys(BOTH, quiet) | {c: voice(c, seconds) for c in speaking}
        for block in range(round(seconds / BLOCK)):
            chunks = []
            for channel in BOTH:
                if channel in skip:
                    continue
                sound = sounds[channel]
                first = round(block * BLOCK * SAMPLE_RATE)
                samples = sound[first : first + round(BLOCK * SAMPLE_RATE)]
                chunks.append(Chunk(channel, self.now, samples))
            self.now += BLOCK
            self.answer(self.ears.hear(chunks, self.now))

    def answer(self, outcomes: list[Outcome]) -> None:
        """Answer every request with one word, as a model without delay would."""
        self.outcomes += outcomes
        for outcome in outcomes:
            if isinstance(outcome, Ask) and self.answering:
                self.release(outcome)
            elif isinstance(outcome, Ask):
                self.held.append(outcome)

    def release(self, ask: Ask, text: str = "word") -> None:
        """The model answers one request."""
        word = Word(text=text, start=ask.request.start, end=ask.request.end, confidence=0.9)
        result = DecodeResult(ask.request, (word,))
        self.answer(self.ears.deliver(CallDecoded(ask.call, result), self.now))

    def of(self, kind: type) -> list:
        return [o for o in self.outcomes if isinstance(o, kind)]


def in_a_call(bounds: CallBounds | None = None) -> Room:
    room = Room(bounds)
    room.hear(1.0)
    room.hear(2.0, Channel.CUSTOMER)
    room.hear(1.5)
    return room
