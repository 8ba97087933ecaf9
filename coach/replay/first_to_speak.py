"""What the sound of a recording alone tells of who is the agent, without its words.

That is little: an agent who answers a call mostly speaks first. The words of the opening tell
more (``coach.calls.likely_agent``), but nothing is transcribed here.
"""

from __future__ import annotations

from audio.detection.endpointer import Endpointer, Turning
from audio.detection.vad import Vad
from audio.recordings.opening import Recording
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import Channel

OPENING = 60.0
"""Seconds listened to."""

AT_ONCE = 1.0
"""Seconds; of two who begin closer to each other nobody was first."""

LONGEST_CLICK = 0.4
"""Seconds; what is shorter is a breath, a click or a lone "hello?"."""


def first_to_speak(recording: Recording) -> tuple[Channel, float] | None:
    """Who of two speaks first, and at which second; None where that cannot be said."""
    voices = {channel: _Voice() for channel in recording.channels}
    for chunk in recording.chunks(0.256):
        if chunk.start > OPENING or all(v.began is not None for v in voices.values()):
            break
        voices[chunk.channel].push(chunk.samples)
    began = {c: at for c, voice in voices.items() if (at := voice.began_by_now) is not None}
    if not began:
        return None
    first = min(began, key=lambda channel: began[channel])
    others = [at for channel, at in began.items() if channel is not first]
    if others and min(others) - began[first] < AT_ONCE:
        return None
    return first, began[first]


class _Voice:
    """When one side began to speak."""

    def __init__(self) -> None:
        self.began: float | None = None
        """Seconds; of the first speech that is over and was no click."""
        self._since: float | None = None
        self._vad = Vad()
        self._endpointer = Endpointer()

    @property
    def began_by_now(self) -> float | None:
        """As ``began``, or of speech that goes on."""
        return self._since if self.began is None else self.began

    def push(self, samples: Samples) -> None:
        for window in self._vad.push(samples):
            for boundary in self._endpointer.push(window):
                at = boundary.sample / SAMPLE_RATE
                if boundary.turning is Turning.STARTED:
                    self._since = at
                elif boundary.turning is Turning.ENDED:
                    since, self._since = self._since, None
                    if self.began is None and since is not None and at - since >= LONGEST_CLICK:
                        self.began = since
