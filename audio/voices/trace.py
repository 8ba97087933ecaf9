"""What a mixed track's voices are like as it goes by: vectors of windows, and where speech is.

Fed with sound in pieces; gives the same figures however it is cut, but for the last bits of the
network's answers, which depend on how many windows are asked about at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from audio.detection.features import measure
from audio.detection.vad import WINDOW_SECONDS, SpeechDetector
from audio.samples.chunks import SAMPLE_RATE, Samples

from .fingerprint import HOP, SEEN, STEP, Vectors, VoiceEncoder, spectra_of
from .fingerprint import WINDOW_SECONDS as SEEN_SECONDS
from .turns import CELL, Mask
from .two_voices import Floats

SPEECH = 0.4
"""Probability from which a window of the detector counts as speech."""

FAINT_DBFS = -55.0
"""Quieter is a voice in the background."""

TOUCHED = 0.3
"""Share of speech from which a window says something of who speaks..."""

CLEAR = 0.6
"""...and from which the voices are learnt from it."""


SOUND = 9
"""Figures of how a window's sound arrives."""

_TELEPHONE = 32
"""Bands up to 4 kHz, where the telephone ends."""

_FAINTEST = 1e-6
"""Power of a band that is silence."""

_FALL = 3
"""Spectra over which a fall is measured..."""

PITCHED = 2
"""Of the windows one in so many has its pitch measured: half of each is in the next one too."""

_STEEPEST = 3
"""...of which so many of a window may be steeper than the one that counts."""


class SeenWindows(NamedTuple):
    """Windows that hold speech, in order of time."""

    vectors: Vectors
    """Shape (n, 256)."""
    middles: Floats
    """Seconds from the beginning of the sound."""
    shares: Floats
    """Of speech in each."""
    sounds: Floats
    """Shape (n, ``SOUND``): how the sound arrives, by the level of its louder half in decibels and
    by how much each of eight bands up to 4 kHz is above their mean."""
    falls: Floats
    """Decibels in 10 ms by which the sound falls where it falls steeply, mean of those bands: below
    -3 where somebody speaks into a telephone, about -2.5 and above in a room that reverberates."""
    pitches: Floats
    """Octaves above 1 Hz of the voice's pitch; NaN where it was not measured, or nothing voiced."""

    def join(self, later: SeenWindows) -> SeenWindows:
        """These, followed by later ones."""
        return joined([self, later])

    def where(self, chosen: Mask | slice) -> SeenWindows:
        """Some of them."""
        return SeenWindows(
            self.vectors[chosen],
            self.middles[chosen],
            self.shares[chosen],
            self.sounds[chosen],
            self.falls[chosen],
            self.pitches[chosen],
        )


def joined(several: Sequence[SeenWindows]) -> SeenWindows:
    """All of them, one after the other."""
    return SeenWindows(
        np.concatenate([one.vectors for one in several]),
        np.concatenate([one.middles for one in several]),
        np.concatenate([one.shares for one in several]),
        np.concatenate([one.sounds for one in several]),
        np.concatenate([one.falls for one in several]),
        np.concatenate([one.pitches for one in several]),
    )


NO_WINDOWS = SeenWindows(
    np.zeros((0, 256), np.float32),
    np.zeros(0),
    np.zeros(0),
    np.zeros((0, SOUND)),
    np.zeros(0),
    np.zeros(0),
)


def sounds_of(spectra: Vectors, starts: npt.NDArray[np.int64]) -> Floats:
    """``SeenWindows.sounds`` of the windows of ``SEEN`` spectra that begin at ``starts``."""
    found = np.zeros((len(starts), SOUND))
    for row, start in enumerate(starts):
        window = spectra[start : start + SEEN]
        louder = np.argpartition(window.sum(axis=1), SEEN // 2)[SEEN // 2 :]
        power = window[louder].mean(axis=0)
        bands = 10.0 * np.log10(power[:_TELEPHONE].reshape(SOUND - 1, -1).sum(axis=1) + _FAINTEST)
        found[row, 0] = 10.0 * np.log10(power.sum() + _FAINTEST)
        found[row, 1:] = bands - bands.mean()
    return found


def falls_of(spectra: Vectors, starts: npt.NDArray[np.int64]) -> Floats:
    """``SeenWindows.falls`` of the windows of ``SEEN`` spectra that begin at ``starts``."""
    if not len(starts):
        return np.zeros(0)
    power = spectra[:, :_TELEPHONE].reshape(len(spectra), SOUND - 1, -1).sum(axis=2)
    bands = (10.0 * np.log10(power + _FAINTEST))[starts[:, None] + np.arange(SEEN)]
    change = bands[:, _FALL:] - bands[:, :-_FALL]
    before = bands[:, :-_FALL]
    loud = before >= np.median(before, axis=1, keepdims=True)
    steep = np.partition(np.where(loud, change, np.inf), _STEEPEST, axis=1)[:, _STEEPEST]
    falls: Floats = steep.mean(axis=1) / _FALL
    return falls


class VoiceTrace:
    """The vectors of a track as it goes by, and where there is speech."""

    def __init__(
        self,
        encoder: VoiceEncoder,
        detector: SpeechDetector,
        *,
        least: float = TOUCHED,
        pitched: bool = False,
    ) -> None:
        """``least``: share of speech from which a window is looked at.

        ``pitched``: whether pitches are measured.
        """
        self._least = least
        self._pitched = pitched
        self._sound: Samples = np.zeros(0, np.float32)
        """That of the windows that are not complete, where pitches are measured."""
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
        self._spoken = 0
        """Windows with speech so far."""
        self.samples = 0
        """Samples taken in so far."""

    @property
    def spoken_seconds(self) -> float:
        """Seconds of speech so far."""
        return self._spoken * WINDOW_SECONDS

    @property
    def judged(self) -> int:
        """Cells about which the detector has said everything."""
        return int(len(self._speech) * WINDOW_SECONDS / CELL + 1e-9)

    def push(self, samples: Samples) -> SeenWindows:
        """Take in the next sound; returns the windows with speech that it completed."""
        self.samples += len(samples)
        for window in self._detector.push(samples):
            spoken = window.probability >= SPEECH and window.dbfs > FAINT_DBFS
            self._speech.append(spoken)
            self._spoken += spoken
        if self._pitched:
            self._sound = np.concatenate([self._sound, samples])
        pending = np.concatenate([self._rest, samples])
        fresh = spectra_of(pending)
        self._rest = pending[len(fresh) * HOP :]
        self._spectra = np.concatenate([self._spectra, fresh])
        return self._embed()

    def spoken(self, first: int, count: int) -> Mask:
        """Where somebody speaks, cell by cell, from cell ``first`` to before cell ``count``."""
        spoken = np.zeros(max(count - first, 0), np.bool_)
        low = max(0, int(first * CELL / WINDOW_SECONDS) - 1)
        at = np.flatnonzero(np.array(self._speech[low:], np.bool_)) + low
        for edge in (at * WINDOW_SECONDS, (at + 1) * WINDOW_SECONDS - 1e-9):
            cells = np.minimum((edge / CELL).astype(np.int64), self._last) - first
            spoken[cells[(cells >= 0) & (cells < len(spoken))]] = True
        return spoken

    @property
    def _last(self) -> int:
        """Number of the last cell that the sound reaches into."""
        return max(0, -(-self.samples // round(CELL * SAMPLE_RATE)) - 1)

    def _embed(self) -> SeenWindows:
        # The detector may be a window behind: what it has not judged is left for later.
        judged = int(len(self._speech) * WINDOW_SECONDS * SAMPLE_RATE / HOP) - self._first
        count = min(len(self._spectra), judged)
        starts = np.arange(0, count - SEEN + 1, STEP, dtype=np.int64)
        if not len(starts):
            return NO_WINDOWS
        shares = self._shares_of(starts + self._first)
        used = shares >= self._least
        vectors = self._encoder.embed(self._spectra, starts[used])
        middles = (starts[used] + self._first) * HOP / SAMPLE_RATE + SEEN_SECONDS / 2
        sounds = sounds_of(self._spectra, starts[used])
        falls = falls_of(self._spectra, starts[used])
        pitches = self._pitches_of(starts[used])
        done = int(starts[-1]) + STEP
        self._spectra = self._spectra[done:]
        self._sound = self._sound[done * HOP :]
        self._first += done
        return SeenWindows(vectors, middles, shares[used], sounds, falls, pitches)

    def _pitches_of(self, starts: npt.NDArray[np.int64]) -> Floats:
        pitches = np.full(len(starts), np.nan)
        if not self._pitched:
            return pitches
        for row, start in enumerate(starts.tolist()):
            if (start + self._first) // STEP % PITCHED == 0:
                sound = self._sound[start * HOP : (start + SEEN) * HOP]
                hz = measure(sound, SAMPLE_RATE).pitch_hz
                if hz is not None:
                    pitches[row] = np.log2(hz)
        return pitches

    def _shares_of(self, starts: npt.NDArray[np.int64]) -> Floats:
        low = (starts * HOP / SAMPLE_RATE / WINDOW_SECONDS).astype(np.int64)
        base, size = int(low[0]), round(SEEN_SECONDS / WINDOW_SECONDS)
        speech = np.concatenate([[0.0], np.cumsum(self._speech[base:])])
        high = np.minimum(low - base + size, len(speech) - 1)
        shares: Floats = (speech[high] - speech[low - base]) / size
        return shares
