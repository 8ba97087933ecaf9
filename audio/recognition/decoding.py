"""What the listener asks of the recogniser, and what it gets back.

The listener decides *what* to decode and *when* (``audio.listening.listener``, pure); the
transcriber knows *how* (``audio.recognition.transcriber``, blocking). These are the letters they
exchange, so that one driver may run the transcriber inline, another in threads and a third on a
virtual clock.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import Channel, Word

UNKNOWN = "und"
"""Code of a language that could not be told."""

TELLING = 2.0
"""Seconds of sound from which a language can be told; shorter English goes for Thai or Chinese."""


class Purpose(enum.Enum):
    """Why a piece of sound is decoded."""

    DRAFT = enum.auto()
    """Somebody is speaking: show what they have said so far."""
    PAUSE = enum.auto()
    """They paused: commit what they said. It becomes the final if they say no more."""
    FINAL = enum.auto()
    """The utterance is closed, and no decode made in a pause covers it."""


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
    skipped: int = 0
    """Committed words of the utterance that were spoken before ``samples``."""
    earlier: tuple[Earlier, ...] = ()
    """Sound joined in front, oldest first; its text is forced, so it brings no words."""
    spoken_until: float = math.inf
    """Call time at which the speech in ``samples`` ends, as far as it is known."""
    prompt: str = ""
    """What was said before, as text: costs next to nothing and sets names and topic."""
    beam: int = 1
    language: str | None = "en"
    """None asks the transcriber to detect it."""
    unsure: bool = False
    """Whether the side speaks that language is not known: look into it, likely words or not."""

    @property
    def end(self) -> float:
        """Call time just after the last sample, seconds."""
        return self.start + len(self.samples) / SAMPLE_RATE

    @property
    def seconds(self) -> float:
        """Length of ``samples``."""
        return len(self.samples) / SAMPLE_RATE


def text_of(words: Sequence[Word]) -> str:
    """The words as one line."""
    return " ".join(word.text for word in words)


def confidence_of(words: Sequence[Word]) -> float:
    """Mean probability of the words, 0 to 1; 0 for no words."""
    return sum(word.confidence for word in words) / max(len(words), 1)


class ForeignPart(NamedTuple):
    """Speech in another language before the first or behind the last word that was understood."""

    start: float
    """Call time, seconds."""
    end: float
    language: str
    """The likeliest language's code."""


class DecodeResult(NamedTuple):
    """What was understood."""

    request: DecodeRequest
    words: tuple[Word, ...]
    """The words of ``request.samples``, in call time."""
    no_speech: float = 0.0
    """Probability the model gives to there being no speech at all."""
    avg_logprob: float = 0.0
    """Mean log probability of the tokens; below -1 it was guessing."""
    looped: bool = False
    """The decoder repeated itself and the repetition was cut off."""
    language: str = "en"
    """What was spoken: where a language was asked for and the sound is not of it, another one,
    or `UNKNOWN`."""
    language_probability: float = 1.0
    in_context: bool = False
    """It was decoded with the speech around it as well: another look would tell no more."""
    foreign_front: ForeignPart | None = None
    """What was said in another language before the first word, and is not transcribed."""
    foreign_rest: ForeignPart | None = None
    """Likewise behind the last word."""

    @property
    def foreign(self) -> bool:
        """Whether something else was spoken than the language asked for."""
        return self.request.language not in (None, self.language)

    @property
    def text(self) -> str:
        """The words as one line."""
        return text_of(self.words)

    @property
    def confidence(self) -> float:
        """Mean probability of the words, 0 to 1; 0 for no words."""
        return confidence_of(self.words)


def likelier(one: DecodeResult | None, other: DecodeResult) -> DecodeResult:
    """The result whose words the recogniser finds likelier, a whole one before a looped one.

    One that finds the speech foreign goes before one that does not: it was looked into.
    """
    if one is not None and one.foreign != other.foreign:
        return one if one.foreign else other
    if one is None or one.looped or not one.words:
        return other
    keeps = other.looped or not other.words or one.avg_logprob > other.avg_logprob
    chosen = one if keeps else other
    front = one.foreign_front or other.foreign_front
    rest = one.foreign_rest or other.foreign_rest
    if rest is not None:
        chosen = chosen._replace(words=before(chosen.words, rest.start))
    return chosen._replace(foreign_front=front, foreign_rest=rest)


def before(words: Sequence[Word], time: float) -> tuple[Word, ...]:
    """The words that lie before a call time, by their middles."""
    return tuple(word for word in words if (word.start + word.end) / 2 < time)


class Decoder(Protocol):
    """What answers requests: ``audio.recognition.transcriber.Transcriber``, or a stand-in."""

    def decode(self, request: DecodeRequest) -> DecodeResult:
        """Answer one request; may block."""
        ...


class BatchDecoder(Protocol):
    """What answers many requests at once: ``Transcriber``, or a stand-in."""

    def decode_all(self, requests: Sequence[DecodeRequest]) -> list[DecodeResult]:
        """Answer pauses and finals in their order; blocks."""
        ...


def in_call_time(word: Word, shift: float, request: DecodeRequest) -> Word:
    """The word in call time, inside the sound that was asked for."""
    start = min(max(word.start + shift, request.start), request.end)
    end = min(max(word.end + shift, start), request.end)
    return msgspec.structs.replace(word, start=start, end=end)
