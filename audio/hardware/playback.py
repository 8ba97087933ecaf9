"""Hearing a recording again: from any place, faster without a change of pitch.

The recording is decoded once, beside the playing, into a file without a name that is gone with the
program. What must not be heard is silenced before it gets there. A sound device is opened only
while something is played.
"""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np

from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from audio.samples.tempo import Tempo

from .portaudio import Output

FULL = 32767.0
"""Of a sample in the file."""


class PlayedTrack:
    """The sound of a recording as one track that can be read from any place."""

    def __init__(self, chunks: Iterable[Chunk], silent: Sequence[tuple[float, float]] = ()) -> None:
        """``chunks`` of all channels in order of time; ``silent``: stretches not to be heard."""
        self._chunks = chunks
        self._silent = [(round(a * SAMPLE_RATE), b * SAMPLE_RATE) for a, b in silent]
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the track
        weakref.finalize(self, self._file.close)
        self._lock = threading.Lock()
        self._size = 0
        """Samples of which every channel is there."""
        self._whole = False
        self._closed = False
        self.failure: Exception | None = None
        """What ended the decoding early."""

    def fill(self) -> None:
        """Decode to the end; may be run beside the playing."""
        ends: dict[str, int] = {}
        try:
            for chunk in self._chunks:
                first = round(chunk.start * SAMPLE_RATE)
                self._mix(first, chunk.samples)
                ends[chunk.channel] = first + len(chunk.samples)
                self._size = min(ends.values())
                if self._closed:
                    return
        except Exception as error:  # noqa: BLE001 - the thread's edge: the player is told
            self.failure = error
        self._size = max(ends.values(), default=0)
        self._whole = True

    def _mix(self, first: int, samples: Samples) -> None:
        """Add one channel's sound to what is there."""
        with self._lock:
            if self._closed:
                return
            known = self._stored(first, len(samples))
            mixed = np.clip(known + samples * self._audible(first, len(samples)), -1.0, 1.0)
            self._file.seek(2 * first)
            self._file.write((mixed * FULL).astype("<i2").tobytes())

    def _audible(self, first: int, count: int) -> Samples:
        audible = np.ones(count, np.float32)
        for start, end in self._silent:
            if end > first and start < first + count:
                audible[max(0, start - first) : int(min(count, max(0.0, end - first)))] = 0.0
        return audible

    def _stored(self, first: int, count: int) -> Samples:
        self._file.seek(2 * first)
        data = np.frombuffer(self._file.read(2 * count), "<i2").astype(np.float32) / FULL
        return np.pad(data, (0, count - len(data)))

    def read(self, first: int, count: int) -> Samples:
        """So many samples from a place on, zeros outside of the sound."""
        skipped = min(count, max(0, -first))
        with self._lock:
            if self._closed:
                return np.zeros(count, np.float32)
            return np.pad(self._stored(first + skipped, count - skipped), (skipped, 0))

    def has(self, place: int) -> bool:
        """Whether the sound is known up to a sample, so that it can be played."""
        return self._whole or place < self._size

    def ended(self, place: int) -> bool:
        """Whether a sample lies behind the end."""
        return self._whole and place >= self._size

    def close(self) -> None:
        """Forget the sound; safe to call twice."""
        with self._lock:
            self._closed = True
            self._file.close()


class OutputStream(Protocol):
    """An open output."""

    def close(self) -> None:
        """Stop it."""
        ...


Open = Callable[[Callable[[int], Samples]], OutputStream]
"""Opens an output that asks for samples, so many at a time."""


class Playback:
    """Plays one track; not more than one place at a time."""

    def __init__(self, track: PlayedTrack, open_output: Open = Output) -> None:
        self._track = track
        self._open = open_output
        self._stream: Any = None
        self._tempo: Tempo | None = None
        self._lock = threading.Lock()

    def play(self, at: float, speed: float) -> None:
        """Play from ``at`` seconds on. Raises DeviceError where nothing can be played on."""
        with self._lock:
            self._tempo = Tempo(self._track.read, round(at * SAMPLE_RATE), speed)
        if self._stream is None:
            try:
                self._stream = self._open(self._wanted)
            except BaseException:
                self._tempo = None
                raise

    def position(self) -> float | None:
        """The second that is heard; None while nothing is played."""
        with self._lock:
            tempo = self._tempo
            if tempo is None:
                return None
            if not self._track.ended(tempo.place):
                return tempo.place / SAMPLE_RATE
        self.stop()
        return None

    def stop(self) -> None:
        """Stop; safe to call twice."""
        with self._lock:
            self._tempo = None
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _wanted(self, count: int) -> Samples:
        """What the device asks for; silence while it is not decoded yet. On the device's thread."""
        with self._lock:
            tempo = self._tempo
            if tempo is None or not self._track.has(tempo.place + 4 * count):
                return np.zeros(count, np.float32)
            return tempo.take(count)
