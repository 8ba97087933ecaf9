"""A recording of one mixed track, taken apart into the two people on it.

The track is gone through once before it is played, to learn the two voices and who speaks when;
then its sound comes on the channel of whoever speaks, and silence on the others. So all that works
on two sides works here. A stretch that may be either's comes as MIXED: whose it is stays open.

Only one of two who talk at once is heard where they do, so talk-over is counted too little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from audio.chunks import SAMPLE_RATE, Chunk, Samples
from audio.recording import MIXED_NOTICE, Recording
from audio.vad import WINDOW_SECONDS, SpeechDetector, Vad
from coach.events import Channel

from .fingerprint import HOP, SEEN, STEP, Vectors, VoiceEncoder, shared_encoder, spectra_of
from .fingerprint import WINDOW_SECONDS as SEEN_SECONDS
from .turns import CELL, Turn, cells_of, confidence_within, turns_of
from .two_voices import Floats, Voices, likeness, tell_apart

SPEECH = 0.4
"""Probability from which a window of the detector counts as speech."""

FAINT_DBFS = -55.0
"""Quieter is a voice in the background."""

TOUCHED = 0.3
"""Share of speech from which a window says something of who speaks..."""

CLEAR = 0.6
"""...and from which the voices are learnt from it."""

LEAST_SPEECH = 4.0
"""Seconds; in less nobody can tell two people apart."""

PIECE = 10.0
"""Seconds looked at in one go."""

Tell = Callable[[float], None]
"""Takes the share that is done, 0 to 1."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What a mixed track was found to hold."""

    voices: Voices | None
    """None where there is too little speech."""
    turns: tuple[Turn, ...]
    speech: tuple[tuple[float, float], ...] = ()
    """Beginning and end of every stretch that the detector took for speech, in cells."""

    @property
    def divided(self) -> bool:
        """Whether there are two people to tell apart."""
        return self.voices is not None and not self.voices.one_person

    @property
    def unsure(self) -> float:
        """Share of the speech whose speaker is not certain enough to be named."""
        speech = sum(turn.speech for turn in self.turns)
        return sum(t.speech for t in self.turns if not t.sure) / speech if speech else 0.0


class SplitRecording:
    """The recording with two sides; as ``audio.recording.Recording`` for who plays it."""

    def __init__(self, recording: Recording, heard: Heard, *, agent_speaks_first: bool) -> None:
        self._recording = recording
        self.heard = heard
        first, second = Channel.AGENT, Channel.CUSTOMER
        self._whose = (first, second) if agent_speaks_first else (second, first)
        unsure = any(not turn.sure for turn in heard.turns)
        self.channels: tuple[Channel, ...] = (
            (Channel.AGENT, Channel.CUSTOMER, Channel.MIXED)
            if unsure
            else (Channel.AGENT, Channel.CUSTOMER)
        )
        """MIXED only where there is something whose speaker is not certain."""

    @property
    def duration(self) -> float:
        """As the recording's."""
        return self._recording.duration

    @property
    def notices(self) -> tuple[str, ...]:
        """As the recording's, with what the split means."""
        others = [notice for notice in self._recording.notices if notice != MIXED_NOTICE]
        return (*others, split_notice(self.heard))

    def confidence(self, start: float, end: float) -> float:
        """How certain it is who speaks between two times, 0.5 to 1."""
        return confidence_within(self.heard.turns, start, end)

    def chunks(self, seconds: float = 0.02) -> Iterator[Chunk]:
        """The sound of each channel in turn; silence while another one speaks."""
        plan = [(round(t.end * SAMPLE_RATE), self._channel(t)) for t in self.heard.turns]
        position = at = 0
        for chunk in self._recording.chunks(seconds):
            voices = {channel: np.zeros_like(chunk.samples) for channel in self.channels}
            done, size = 0, len(chunk.samples)
            while done < size:
                while at < len(plan) - 1 and plan[at][0] <= position + done:
                    at += 1
                last = at == len(plan) - 1
                until = size if last else min(plan[at][0] - position, size)
                voices[plan[at][1]][done:until] = chunk.samples[done:until]
                done = until
            position += len(chunk.samples)
            for channel in self.channels:
                yield Chunk(channel, chunk.start, voices[channel])

    def _channel(self, turn: Turn) -> Channel:
        return self._whose[turn.speaker] if turn.sure else Channel.MIXED


def split(
    recording: Recording, *, agent_speaks_first: bool = True, tell: Tell | None = None
) -> SplitRecording | None:
    """Take a mixed recording apart; None where no two people can be told apart.

    ``agent_speaks_first``: whose the first voice is taken to be.
    """
    heard = listen(recording, tell=tell)
    if not heard.divided or not heard.turns:
        return None
    return SplitRecording(recording, heard, agent_speaks_first=agent_speaks_first)


def listen(
    recording: Recording,
    *,
    tell: Tell | None = None,
    encoder: VoiceEncoder | None = None,
    detector: SpeechDetector | None = None,
) -> Heard:
    """Go through a mixed recording once and find who speaks when."""
    trace = _Trace(encoder or shared_encoder(), detector or Vad())
    for chunk in recording.chunks(PIECE):
        trace.push(chunk.samples)
        if tell is not None and recording.duration:
            tell(min(1.0, chunk.end / recording.duration))
    return trace.heard()


def split_notice(heard: Heard) -> str:
    """What a listener should know of a split track, in plain words."""
    unsure = f", {heard.unsure:.0%} of the speech left open" if heard.unsure >= 0.005 else ""
    return (
        f"Both speakers are on one track, which was split by their voices: {len(heard.turns)} "
        f"turns{unsure}. Who said what is judged, not known, and where both talk at once only one "
        "is heard. --agent-voice first or second says who the agent is, --no-split leaves it whole."
    )


class _Trace:
    """The vectors of a track as it goes by, and where there is speech."""

    def __init__(self, encoder: VoiceEncoder, detector: SpeechDetector) -> None:
        self._encoder = encoder
        self._detector = detector
        self._rest: Samples = np.zeros(0, np.float32)
        """Sound of spectra that are not complete."""
        self._spectra: Vectors = np.zeros((0, 40), np.float32)
        """Those of windows that are not complete."""
        self._first = 0
        """Number of the first spectrum kept."""
        self._speech: list[bool] = []
        """For each window of the detector."""
        self._samples = 0
        self._vectors: list[Vectors] = []
        self._starts: list[npt.NDArray[np.int64]] = []
        self._shares: list[Floats] = []

    def push(self, samples: Samples) -> None:
        """Take in the next sound."""
        self._samples += len(samples)
        for window in self._detector.push(samples):
            self._speech.append(window.probability >= SPEECH and window.dbfs > FAINT_DBFS)
        pending = np.concatenate([self._rest, samples])
        fresh = spectra_of(pending)
        self._rest = pending[len(fresh) * HOP :]
        self._spectra = np.concatenate([self._spectra, fresh])
        self._embed()

    def _embed(self) -> None:
        # The detector may be a window behind: what it has not judged is left for later.
        judged = int(len(self._speech) * WINDOW_SECONDS * SAMPLE_RATE / HOP) - self._first
        count = min(len(self._spectra), judged)
        starts = np.arange(0, count - SEEN + 1, STEP, dtype=np.int64)
        if not len(starts):
            return
        shares = self._shares_of(starts + self._first)
        used = shares >= TOUCHED
        self._vectors.append(self._encoder.embed(self._spectra, starts[used]))
        self._starts.append(starts[used] + self._first)
        self._shares.append(shares[used])
        done = int(starts[-1]) + STEP
        self._spectra = self._spectra[done:]
        self._first += done

    def _shares_of(self, starts: npt.NDArray[np.int64]) -> Floats:
        speech = np.concatenate([[0.0], np.cumsum(self._speech)])
        low = (starts * HOP / SAMPLE_RATE / WINDOW_SECONDS).astype(np.int64)
        size = round(SEEN_SECONDS / WINDOW_SECONDS)
        high = np.minimum(low + size, len(speech) - 1)
        shares: Floats = (speech[high] - speech[low]) / size
        return shares

    def heard(self) -> Heard:
        """Who speaks when, of all that was pushed."""
        if sum(self._speech) * WINDOW_SECONDS < LEAST_SPEECH or not self._vectors:
            return Heard(voices=None, turns=())
        vectors, shares = np.concatenate(self._vectors), np.concatenate(self._shares)
        clear = shares >= CLEAR
        voices = tell_apart(vectors[clear], shares[clear])
        if voices is None:
            return Heard(voices=None, turns=())
        middles = np.concatenate(self._starts) * HOP / SAMPLE_RATE + SEEN_SECONDS / 2
        count = -(-self._samples // round(CELL * SAMPLE_RATE))
        cells = cells_of(likeness(vectors, voices), middles, shares, count)
        spoken = self._spoken(count)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], spoken, [False]]))) * CELL
        return Heard(
            voices=voices,
            turns=tuple(turns_of(cells, spoken)),
            speech=tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)),
        )

    def _spoken(self, count: int) -> npt.NDArray[np.bool_]:
        spoken = np.zeros(count, np.bool_)
        at = np.flatnonzero(np.array(self._speech, np.bool_))
        for edge in (at * WINDOW_SECONDS, (at + 1) * WINDOW_SECONDS - 1e-9):
            spoken[np.minimum((edge / CELL).astype(np.int64), count - 1)] = True
        return spoken
