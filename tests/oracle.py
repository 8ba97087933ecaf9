"""A stand-in for the recogniser that knows what is said, and sound that carries nothing else.

Speech is noise and silence is silence, so the detector can be a level meter and every word's
place is known to the sample. The oracle hears exactly the words whose middle lies inside the
sound it is given; a word that the end of the sound cuts by more than a little is garbled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from audio.detection import features
from audio.detection.echo import EchoDetector
from audio.detection.hold_music import LineSoundWatch
from audio.detection.vad import WINDOW, Window
from audio.recognition.decoding import DecodeRequest, DecodeResult
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.events import Channel, Word

WORD = 0.3
"""Seconds that every word lasts."""


_LOUD, _SILENT = Window(1.0, -20.0), Window(0.0, -100.0)
_LEAST = 1e-4 * WINDOW
"""Power of a window that is no silence."""


class LevelMeter:
    """A detector for sound that is either a tone or nothing."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)

    def push(self, samples: Samples) -> list[Window]:
        pending = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        count = len(pending) // WINDOW
        self._rest = pending[count * WINDOW :]
        blocks = pending[: count * WINDOW].reshape(count, WINDOW)
        return [_LOUD if np.dot(one, one) > _LEAST else _SILENT for one in blocks]


def for_words_alone(patch: pytest.MonkeyPatch) -> None:
    """Listeners look for no pitch, echo or music, which is most of what they compute on noise that
    has none of them.
    """
    patch.setattr(features, "_voice", lambda *_: (None, None))
    patch.setattr(EchoDetector, "push", lambda *_: [])
    patch.setattr(LineSoundWatch, "push", lambda *_: [])


def say(text: str, start: float) -> list[Word]:
    """Words of ``text`` without a pause between them."""
    return [
        Word(text=word, start=start + i * WORD, end=start + (i + 1) * WORD, confidence=0.99)
        for i, word in enumerate(text.split())
    ]


def sound(words: Sequence[Word], seconds: float, channel: Channel = Channel.CUSTOMER) -> Samples:
    """Noise while words are spoken, another noise for each channel, at -17 dBFS."""
    samples = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    voice = _noise(len(channel), len(samples))
    for word in words:
        first, last = round(word.start * SAMPLE_RATE), round(word.end * SAMPLE_RATE)
        samples[first:last] = voice[first:last]
    return samples


def _noise(seed: int, count: int) -> Samples:
    """The beginning of the longest that was asked for, which begins as every shorter one does."""
    if len(_noises.get(seed, ())) < count:
        drawn = np.random.default_rng(seed).normal(0.0, 0.1413, count)
        _noises[seed] = drawn.astype(np.float32)
    return _noises[seed][:count]


_noises: dict[int, Samples] = {}


def chunks(channels: dict[Channel, Samples], size: int) -> Iterator[Chunk]:
    """Channels interleaved in pieces of ``size`` samples."""
    length = max(len(one) for one in channels.values())
    for first in range(0, length, size):
        for channel, samples in channels.items():
            yield Chunk(channel, first / SAMPLE_RATE, samples[first : first + size])


class Oracle:
    """Answers every request with what was said in its sound."""

    def __init__(self, said: dict[Channel, list[Word]], *, confidence: float = 0.99) -> None:
        self.said = said
        self.confidence = confidence
        self.asked: list[DecodeRequest] = []

    def decode(self, request: DecodeRequest) -> DecodeResult:
        self.asked.append(request)
        heard = []
        for word in self.said[request.channel]:
            if request.start <= (word.start + word.end) / 2 < request.end:
                text = word.text if word.end <= request.end + 0.06 else "~"
                heard.append(
                    Word(
                        text=text,
                        start=max(word.start, request.start),
                        end=min(word.end, request.end),
                        confidence=self.confidence,
                    )
                )
        return DecodeResult(request=request, words=tuple(heard), avg_logprob=-0.1)
