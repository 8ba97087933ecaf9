"""Two made-up people on one microphone, and stand-ins for the networks that would tell them apart.

A voice is a tone of its own pitch; who hears it takes loud for speech and the pitch for the person.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from audio.detection.vad import WINDOW, Window
from audio.recognition.decoding import DecodeRequest, DecodeResult
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import Word

FIRST, SECOND, NOBODY = 300.0, 2000.0, 0.0
"""Hz."""


def spoken(*parts: tuple[float, float]) -> Samples:
    """Voices one after the other: pitch and seconds of each."""
    pieces = []
    for pitch, seconds in parts:
        times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        pieces.append((0.2 * np.sin(2 * np.pi * pitch * times)).astype(np.float32))
    return np.concatenate(pieces)


class PitchTells:
    """In the place of ``VoiceEncoder``: a direction for low sound and one for high."""

    def embed(self, spectra: np.ndarray, starts: Iterable[int]) -> np.ndarray:
        vectors = np.zeros((len(list(starts)), 256), np.float32)
        for row, start in enumerate(starts):
            bands = spectra[start : start + 80].mean(axis=0)
            vectors[row, :2] = bands[:16].sum(), bands[16:].sum()
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class LoudIsSpeech:
    """In the place of ``Vad``: whatever is loud is speech."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)

    def push(self, samples: Samples) -> list[Window]:
        pending = np.concatenate([self._rest, samples])
        count = len(pending) // WINDOW
        self._rest = pending[count * WINDOW :]
        loud = np.abs(pending[: count * WINDOW].reshape(count, WINDOW)).max(axis=1) > 0.01
        return [Window(float(one), -17.0 if one else -100.0) for one in loud]


class SaysWhen:
    """In the place of the recogniser: a word for every half second, named after its time."""

    def decode(self, request: DecodeRequest) -> DecodeResult:
        times = np.arange(request.start, request.end - 0.25, 0.5)
        words = tuple(
            Word(text=f"w{t:.1f}", start=float(t), end=float(t) + 0.4, confidence=0.95)
            for t in times
        )
        return DecodeResult(request, words)
