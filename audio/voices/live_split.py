"""One microphone that hears both people, divided into their sides while the call goes on.

The sound comes ``delay`` later, on the channel of whoever speaks by then, with silence on the
others: AGENT, CUSTOMER, and MIXED where nobody can say whose it is. It is gone through in blocks
of fixed length, so that the same sound gives the same sides however it is cut. Which channel a
stretch comes on changes with the speaker, and in pauses where it has become certain or doubtful.
"""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np

from audio.detection.vad import SpeechDetector, Vad
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.events import Channel

from .both_talk import Stretches
from .fingerprint import VoiceEncoder, shared_encoder
from .live_turns import Decision, LiveSplitSettings, LiveTurns, Rejudged
from .split import VoicesHeard
from .third_voice import Third
from .trace import VoiceTrace
from .turns import CELL, VoiceTurn

SIDES = (Channel.AGENT, Channel.CUSTOMER, Channel.MIXED)

_CELL = round(CELL * SAMPLE_RATE)
_BLOCK = 2 * _CELL
"""Samples gone through at a time: as far as one window lies from the next."""


class LiveSplit:
    """Divides one microphone's sound; times are seconds from its beginning."""

    def __init__(
        self,
        settings: LiveSplitSettings | None = None,
        *,
        agent_speaks_first: bool = True,
        encoder: VoiceEncoder | None = None,
        detector: SpeechDetector | None = None,
    ) -> None:
        self._trace = VoiceTrace(encoder or shared_encoder(), detector or Vad(), pitched=True)
        self._turns = LiveTurns(settings or LiveSplitSettings())
        first, second = Channel.AGENT, Channel.CUSTOMER
        self._whose = (first, second) if agent_speaks_first else (second, first)
        self._pending: Samples = np.zeros(0, np.float32)
        """Sound that does not fill a block yet."""
        self._kept: Samples = np.zeros(0, np.float32)
        """Sound whose speaker is not decided yet."""
        self._given = 0
        """Samples given out."""
        self._judged = 0
        """Cells handed to the turns."""
        self._speaker = 0
        self._sure = True

    @property
    def two_voices(self) -> bool:
        """Whether a second voice has been told from the first."""
        return self._turns.voices is not None

    @property
    def spoken_seconds(self) -> float:
        """Seconds of speech so far."""
        return self._trace.spoken_seconds

    def push(self, samples: Samples) -> list[Chunk]:
        """Take in sound; returns what has been decided, each piece once for every side."""
        self._pending = np.concatenate([self._pending, samples])
        chunks: list[Chunk] = []
        while len(self._pending) >= _BLOCK:
            block, self._pending = self._pending[:_BLOCK], self._pending[_BLOCK:]
            self._kept = np.concatenate([self._kept, block])
            seen = self._trace.push(block)
            judged = self._trace.judged
            spoken = self._trace.spoken(self._judged, judged)
            self._judged = judged
            chunks += self._divided(self._turns.push(seen, spoken))
        return chunks

    def finish(self) -> list[Chunk]:
        """The sound is over: everything that is left."""
        self._kept = np.concatenate([self._kept, self._pending])
        self._pending = self._pending[:0]
        chunks = self._divided(self._turns.finish())
        if len(self._kept):
            chunks += self._given_out(self._kept, self._channel)
            self._kept = self._kept[:0]
        return chunks

    def rejudged(self) -> list[Rejudged]:
        """As ``LiveTurns.rejudged``."""
        return self._turns.rejudged()

    def third(self) -> Third | None:
        """As ``LiveTurns.third``."""
        return self._turns.third()

    def confidence(self, start: float, end: float) -> float:
        """How certain it is who speaks between two times, 0.5 to 1."""
        first, last = math.floor(start / CELL), max(math.ceil(end / CELL), 1)
        cells = self._turns.decided[max(first, 0) : last]
        spoken = [one.confidence for one in cells if one.spoken]
        chosen = spoken or [one.confidence for one in cells]
        return sum(chosen) / len(chosen) if chosen else 0.5

    def both_talk(self) -> Stretches:
        """As ``LiveTurns.both_talk``."""
        return self._turns.both_talk()

    def heard(self) -> VoicesHeard:
        """What was decided until now, as of a recording that was gone through."""
        turns: list[VoiceTurn] = []
        speech: list[tuple[float, float]] = []
        number = 0
        for (speaker, _), cells in groupby(self._turns.decided, lambda d: (d.speaker, d.sure)):
            several = list(cells)
            start, end = number * CELL, (number + len(several)) * CELL
            spoken = [at for at, one in enumerate(several, number) if one.spoken]
            speech += [(at * CELL, (at + 1) * CELL) for at in spoken]
            turns.append(
                VoiceTurn(
                    start=start,
                    end=end,
                    speaker=speaker,
                    confidence=self.confidence(start, end),
                    speech=len(spoken) * CELL,
                )
            )
            number += len(several)
        return VoicesHeard(voices=self._turns.voices, turns=tuple(turns), speech=tuple(speech))

    @property
    def _channel(self) -> Channel:
        return self._whose[self._speaker] if self._sure else Channel.MIXED

    def _divided(self, decisions: list[Decision]) -> list[Chunk]:
        chunks: list[Chunk] = []
        for decision in decisions:
            changed = decision.speaker != self._speaker
            if changed or not decision.spoken:
                self._speaker, self._sure = decision.speaker, decision.sure
            cell, self._kept = self._kept[:_CELL], self._kept[_CELL:]
            chunks += self._given_out(cell, self._channel)
        return chunks

    def _given_out(self, samples: Samples, channel: Channel) -> list[Chunk]:
        start = self._given / SAMPLE_RATE
        self._given += len(samples)
        silence = np.zeros_like(samples)
        return [Chunk(side, start, samples if side is channel else silence) for side in SIDES]
