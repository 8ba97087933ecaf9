"""What the listener asks of the recogniser, and what it gets back.

The listener decides *what* to decode and *when* (``audio.listener``, pure); the transcriber
knows *how* (``audio.transcriber``, blocking). These are the letters they exchange, so that one
driver may run the transcriber inline, another in threads and a third on a virtual clock.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from coach.events import Channel, Word

from .chunks import SAMPLE_RATE, Samples


class Purpose(enum.Enum):
    """Why a piece of sound is decoded."""

    DRAFT = enum.auto()
    """Somebody is speaking: show what they have said so far."""
    PAUSE = enum.auto()
    """They paused: commit what they said."""
    FINAL = enum.auto()
    """The utterance is closed: its definitive text."""


class Earlier(NamedTuple):
    """A closed utterance of the same channel, joined in front for its context."""

    samples: Samples
    text: str


class DecodeRequest(NamedTuple):
    """Decode this sound."""

    number: int
    """Counts up over the call; a result is delivered under it."""
    purpose: Purpose
    channel: Channel
    utterance: str
    start: float
    """Call time of the first sample, seconds."""
    samples: Samples
    """The sound whose words are wanted, 16 kHz."""
    prefix: tuple[Word, ...] = ()
    """Words already committed at the front of ``samples``; the decoder continues them."""
    earlier: tuple[Earlier, ...] = ()
    """Oldest first."""
    beam: int = 1
    language: str | None = "en"
    """None asks the transcriber to detect it."""

    @property
    def end(self) -> float:
        """Call time just after the last sample, seconds."""
        return self.start + len(self.samples) / SAMPLE_RATE

    @property
    def seconds(self) -> float:
        """Length of ``samples``."""
        return len(self.samples) / SAMPLE_RATE


class DecodeResult(NamedTuple):
    """What was understood."""

    request: DecodeRequest
    words: tuple[Word, ...]
    """The words after ``request.prefix``, in call time."""
    no_speech: float = 0.0
    """Probability the model gives to there being no speech at all."""
    avg_logprob: float = 0.0
    """Mean log probability of the tokens; below -1 it was guessing."""
    looped: bool = False
    """The decoder repeated itself and the repetition was cut off."""
    language: str = "en"
    language_probability: float = 1.0

    @property
    def text(self) -> str:
        """The words as one line."""
        return " ".join(word.text for word in self.words)
