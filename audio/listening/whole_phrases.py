"""Hearing what is over already: finals only, the phrases of both sides decoded together.

A recording needs no drafts. ``BatchHearing`` drives the same ``Listener`` as a live call does,
with the same ends of phrases and the same rules for their words; its scheduler asks for nothing
until a phrase has closed. What is asked for waits until there is enough of it to be decoded
together, and the facts wait with it; each then comes at the call time at which its phrase closed.

The speech detector hears seconds at a time, which changes none of its verdicts, and rests where a
side is quiet for long: two people mostly talk by turns.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from audio.detection.echo import EchoSettings
from audio.detection.vad import WINDOW, SpeechDetector, Vad, Window
from audio.recognition.decoding import BatchDecoder, DecodeRequest
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from audio.voices.side_voices import SideVoices
from coach.events import Channel, Utterance

from .effort import EffortSettings
from .listener import Item, Listener, ListenerSettings, SoundFact
from .scheduler import DecodingSettings

PHRASES = 32
"""Phrases that are decoded together."""
BEAM = 3
"""Width of the search: where phrases are joined, 3 and 5 leave as many words wrong."""
LONGEST = 60.0
"""Seconds from the beginning of a phrase after which it waits no longer; the echo of so much
call is remembered (``_KEPT``), with the longest phrase on top."""
_KEPT = 100.0
STILL_DB = 5.0
"""How far below the level of the quietest speech the speech detector rests."""
_NEVER = 60.0
"""Seconds by which nothing here comes late: no effort is to be given up."""


class _Ahead:
    """A speech detector that has heard ahead."""

    def __init__(self, detector: SpeechDetector) -> None:
        self._detector = detector
        self._known: deque[Window] = deque()

    def hear(self, samples: Samples) -> None:
        """Judge sound before it is asked for."""
        self._known += self._detector.push(samples)

    def push(self, samples: Samples) -> list[Window]:
        """As SpeechDetector has it."""
        return [self._known.popleft() for _ in range(len(samples) // WINDOW)]


class BatchHearing:
    """Hears the channels of one call that is over.

    ``push`` it chunks of equal length, each channel's in turn, and take the facts as they are
    known, in order of ``at``. The same chunks give the same facts.
    """

    chunk = 2.0
    """Seconds of sound to push at a time."""

    def __init__(
        self,
        channels: Sequence[Channel],
        decoder: BatchDecoder,
        settings: ListenerSettings | None = None,
        *,
        detector: Callable[[], SpeechDetector] | None = None,
        voices: SideVoices | None = None,
    ) -> None:
        """``detector`` makes each channel's speech detector; ``voices`` as Listener has it."""
        settings = settings or ListenerSettings()
        if detector is None:
            quiet = settings.track.endpointer.min_dbfs - STILL_DB
            detector = functools.partial(Vad, rests_below=quiet)
        self._ahead = {channel: _Ahead(detector()) for channel in channels}
        settings = msgspec.structs.replace(
            settings,
            finals_only=True,
            echo=EchoSettings(keep=_KEPT),
            decoding=DecodingSettings(beam=BEAM, effort=EffortSettings(late=_NEVER)),
        )
        detectors = iter(self._ahead.values())
        self._listener = Listener(
            channels, settings, detector=lambda: next(detectors), voices=voices
        )
        self._decoder = decoder
        self._sound: dict[Channel, Samples] = dict.fromkeys(channels, np.zeros(0, np.float32))
        self._listened = 0
        """Samples that have been listened to."""
        self._waiting: list[DecodeRequest] = []
        self._closed: dict[str, float] = {}
        """When each phrase closed that waits."""
        self._held: list[SoundFact] = []

    def push(self, chunk: Chunk) -> list[SoundFact]:
        """Hear a chunk; gives what has become known meanwhile."""
        before = self._sound[chunk.channel]
        self._sound[chunk.channel] = np.concatenate([before, chunk.samples])
        count = min(len(sound) for sound in self._sound.values()) // WINDOW
        if not count:
            return []
        heard = {channel: sound[: count * WINDOW] for channel, sound in self._sound.items()}
        for channel, sound in heard.items():
            self._ahead[channel].hear(sound)
            self._sound[channel] = self._sound[channel][count * WINDOW :]
        for first in range(0, count * WINDOW, WINDOW):
            at = (self._listened + first) / SAMPLE_RATE
            for channel, sound in heard.items():
                self._take(self._listener.push(Chunk(channel, at, sound[first : first + WINDOW])))
        self._listened += count * WINDOW
        return self._known() if self._due() else []

    def finish(self, at: float) -> list[SoundFact]:
        """The sound is over: everything that is still due."""
        self._take(self._listener.finish(at))
        return self._known()

    def _due(self) -> bool:
        """Whether what waits is to be decoded now; with nothing waiting, facts may go on."""
        if not self._waiting or self._listener.language is None:
            return True
        oldest = min(request.start for request in self._waiting)
        return len(self._waiting) >= PHRASES or self._listened / SAMPLE_RATE - oldest > LONGEST

    def _known(self) -> list[SoundFact]:
        """Decode what waits; gives every fact that was held, in order of ``at``."""
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            for result in self._decoder.decode_all(waiting):
                at = self._closed[result.request.utterance]
                self._take(self._listener.deliver(result, at))
        self._closed.clear()
        facts, self._held = self._held, []
        return sorted(facts, key=lambda fact: fact.at)

    def _take(self, items: Sequence[Item]) -> None:
        for item in items:
            if isinstance(item, DecodeRequest):
                self._closed.setdefault(item.utterance, self._listener.now)
                self._waiting.append(item)
            elif isinstance(item, Utterance):
                self._held.append(msgspec.structs.replace(item, at=self._closed[item.utterance]))
            else:
                self._held.append(item)
