"""From samples to what the decoder attends to: encoded speech with remembered silence behind it.

Theory of operation. Whisper was trained on windows of exactly 30 s, so every clip is usually
padded with silence to that length, and the encoder spends nearly all its time on the padding.
The network accepts a shorter window, but its decoder has learnt that silence follows speech: with
little of it behind a clip it repeats its sentence without end. Now silence looks nearly the same
to the encoder whatever was said before it (cosine similarity of two clips' silences 0.97 to
0.99, a few seconds behind the speech), so it need not be encoded again and again: one window is
encoded when the model is loaded, and of its silence some positions, evenly spread from where the
clip ends to the end of 30 s, are put behind every encoded clip. The decoder then finds what it
expects, and the encoder's work is that of a short window.

A voice-like buzz stands in front of the silence that is remembered: that of a window of nothing but
silence serves less well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from audio.samples.chunks import SAMPLE_RATE, Samples

if TYPE_CHECKING:
    import ctranslate2
    from faster_whisper import WhisperModel

WINDOW_SECONDS = 30.0
"""The window that Whisper was trained on."""

FRAMES_PER_SECOND = 100
"""Mel frames."""

_HOP = SAMPLE_RATE // FRAMES_PER_SECOND

POSITIONS_PER_SECOND = 50
"""Encoder positions, two mel frames each."""

STEP = 0.5
"""Windows are whole steps (seconds): the library keeps memory for every length it has met."""

LATEST = 4
"""Encoded windows that are kept: of two decodes at a time, the last two of each."""

_POSITIONS = round(WINDOW_SECONDS * POSITIONS_PER_SECOND)
_BUZZ_SECONDS = 2.0
_BUZZ_DBFS = -26.0  # where telephone speech lies


class Encoded(NamedTuple):
    """Clips, encoded."""

    memory: ctranslate2.StorageView
    """What the decoder attends to, shape (clips, positions, width)."""
    frames: tuple[int, ...]
    """Mel frames that hold each clip itself."""


class SpeechEncoder:
    """The encoder of a loaded model, with its remembered silence."""

    def __init__(self, model: WhisperModel, remembered: int) -> None:
        """``remembered``: positions of silence put behind a clip; 0 for none."""
        self._model = model
        self._remembered = remembered
        self._silence = np.zeros((1, 0, 0), np.float32)
        self._latest: tuple[tuple[Samples, Any], ...] = ()
        """The latest windows and what they were encoded to: sound that is looked at again, as for
        its language, is not encoded again. Threads replace it whole."""
        if remembered:
            (encoded,) = self._run([_buzz()], [WINDOW_SECONDS])
            self._silence = np.array(encoded, np.float32)

    def encode(self, samples: Samples, padding: float) -> Encoded:
        """Encode a clip with ``padding`` seconds of silence, then what is remembered of more."""
        return self.encode_all([samples], padding)

    def encode_all(
        self, clips: Sequence[Samples], padding: float, remembered: int | None = None
    ) -> Encoded:
        """Encode clips, each with ``padding`` seconds of silence, as they are encoded alone.

        ``remembered``: positions of silence behind the longest, if fewer than for other clips.
        Behind the shorter ones more silence is remembered, so that all have one length.
        """
        if remembered is None:
            remembered = self._remembered
        lengths = [len(clip) / SAMPLE_RATE for clip in clips]
        windows = [
            min(math.ceil((seconds + padding) / STEP) * STEP, WINDOW_SECONDS) for seconds in lengths
        ]
        firsts = [round(window * POSITIONS_PER_SECOND) for window in windows]
        longest = max(_with_silence(first, remembered) for first in firsts)
        memory = self._joined(self._run(clips, windows), firsts, longest)
        frames = (
            min(first * 2, int(seconds * FRAMES_PER_SECOND) // 2 * 2)
            for first, seconds in zip(firsts, lengths, strict=True)
        )
        return Encoded(memory, tuple(frames))

    def _joined(
        self, encoded: Sequence[Any], firsts: Sequence[int], longest: int
    ) -> ctranslate2.StorageView:
        if len(encoded) == 1 and firsts[0] == longest:
            return encoded[0]
        from ctranslate2 import StorageView  # noqa: PLC0415 - long loaded, by the model

        rows = []
        for one, first in zip(encoded, firsts, strict=True):
            places = np.linspace(first, _POSITIONS - 1, longest - first).round().astype(np.intp)
            rows.append(np.concatenate([np.asarray(one), self._silence[:, places]], axis=1))
        return StorageView.from_array(np.concatenate(rows))

    def _run(self, clips: Sequence[Samples], windows: Sequence[float]) -> list[Any]:
        """The network's output for each clip in a window of so many seconds."""
        found = []
        for samples, seconds in zip(clips, windows, strict=True):
            window = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
            window[: len(samples)] = samples[: len(window)]
            found.append(self._encoded(window))
        return found

    def _encoded(self, window: Samples) -> Any:
        for known, encoded in self._latest:
            if np.array_equal(known, window):
                return encoded
        mel = self._model.feature_extractor(window)[:, : len(window) // _HOP]
        encoded = self._model.encode(np.ascontiguousarray(mel))
        self._latest = (*self._latest, (window, encoded))[-LATEST:]
        return encoded


def _with_silence(first: int, remembered: int) -> int:
    """Positions of a clip with what is remembered behind it."""
    whole = first + remembered
    return whole if whole < _POSITIONS else first


def _buzz() -> Samples:
    """Two seconds of a buzz at a voice's pitch, swelling as often as syllables do."""
    times = np.arange(round(_BUZZ_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 120.0 * (1.0 + 0.1 * np.sin(2.0 * np.pi * 1.1 * times))
    phase = 2.0 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    swell = 0.5 - 0.5 * np.cos(2.0 * np.pi * 4.0 * times)
    wave: npt.NDArray[np.float64] = swell * sum(np.cos(k * phase) / k for k in range(1, 30))
    level = 10.0 ** (_BUZZ_DBFS / 20.0) / float(np.sqrt(np.mean(wave**2)))
    buzz: Samples = (level * wave).astype(np.float32)
    return buzz
