"""Music and tones on the line: sound that is nobody's, and no silence either.

Looked at 0.1 s at a time. *Music* is sound that goes on for seconds without a pause, changes, has
clear pitches and is hardly ever taken for speech; *ringing* is tones of one or two pitches that
come again and again (ringback, engaged; the tones of keys are shorter). Noise has no pitches and a
hum does not change. Pure arithmetic on samples, which come in windows however they were cut.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import AudioWarning, Channel

from .vad import WINDOW, Window


class LineSound(enum.StrEnum):
    """What the line carries besides people."""

    NOTHING = "nothing"
    MUSIC = "music"
    RINGING = "ringing"


Floats = npt.NDArray[np.float64]

FRAME = 3 * WINDOW
"""Samples looked at in one go."""

_SECONDS = FRAME / SAMPLE_RATE

LOUD_DBFS = -50.0
"""Quieter frames are a pause."""

SPEECH = 0.5
"""Probability from which a window counts as speech."""

_BAND = (200.0, 3600.0)
"""Hz; what every telephone line carries."""

PURE = 0.9
"""Share of a frame's power in its two strongest pitches from which it is a tone."""

PITCHED = 0.1
"""Flatness (geometric by arithmetic mean of the power, 0 to 1) below which a frame has pitches."""

STEADY = 0.97
"""Likeness of the spectrum to that of 1 s before from which nothing has changed."""

MUSIC_S = 8.0
"""Seconds in which sound shows to be music."""

SOUNDS, SPOKEN, PURE_MOST, PITCHED_LEAST, STEADY_MOST = 0.9, 0.15, 0.7, 0.7, 0.8
"""Shares of its frames: that sound at least; that are speech, pure tones at most; that have pitches
at least; that have not changed at most."""

OVER_S = 3.0
"""Seconds within which music is seen to be over: it is quiet, or somebody speaks."""

BURST_S = 0.29
"""Seconds of an unbroken tone from which it is no key's."""

RING_S = 6.5
"""Seconds within which ringing comes again: the longest pause of any country is 5 s."""

KINDS = {LineSound.MUSIC: "hold_music", LineSound.RINGING: "ringing"}
"""``AudioWarning.kind`` of each."""

_BEGINS = {
    LineSound.MUSIC: "music on the line: taken for a hold, whose silence is nobody's",
    LineSound.RINGING: "the line is ringing or engaged: nobody is expected to speak",
}
_ENDS = {
    LineSound.MUSIC: "the music is over, after {seconds:.0f} s: back from hold",
    LineSound.RINGING: "the ringing is over, after {seconds:.0f} s",
}


class _Frame(NamedTuple):
    loud: bool
    spoken: bool
    pure: bool
    pitched: bool
    steady: bool


_PAUSE = _Frame(loud=False, spoken=False, pure=False, pitched=False, steady=False)


class LineSoundDetector:
    """Follows one channel."""

    def __init__(self) -> None:
        self.now = LineSound.NOTHING
        self._blocks: list[Samples] = []
        self._spoken = 0
        """Windows of the frame in the making that are speech."""
        self._frames: deque[_Frame] = deque(maxlen=round(MUSIC_S / _SECONDS))
        self._spectra: deque[Samples] = deque(maxlen=round(1.0 / _SECONDS))
        self._tone = 0.0
        """Seconds of the tone going on."""
        self._cut = False
        """The tone has given way to other sound, for one frame."""
        self._bursts = 0
        self._since_burst = 0.0

    def push(self, block: Samples, window: Window) -> bool:
        """Take in one window of sound and the verdict on it; True where ``now`` has changed."""
        self._blocks.append(block)
        self._spoken += window.probability >= SPEECH and window.dbfs > LOUD_DBFS
        if len(self._blocks) < FRAME // WINDOW:
            return False
        self._look(np.concatenate(self._blocks), spoken=self._spoken > 1)
        self._blocks, self._spoken = [], 0
        before, self.now = self.now, self._judged()
        return self.now is not before

    def _look(self, samples: Samples, *, spoken: bool) -> None:
        power = float(np.dot(samples, samples)) / len(samples)
        loud = power > 10.0 ** (LOUD_DBFS / 10.0)
        if not loud:
            self._frames.append(_PAUSE)
            self._spectra.append(np.zeros(_BINS.stop - _BINS.start, np.float32))
            self._count_tone(pure=False, loud=False)
            return
        spectrum = np.abs(np.fft.rfft(samples * _SHAPE))[_BINS] ** 2 + 1e-12
        shape = np.sqrt(spectrum / spectrum.sum())
        old = self._spectra[0] if len(self._spectra) == self._spectra.maxlen else 0 * shape
        pure = _strongest(spectrum) >= PURE
        flatness = float(np.exp(np.mean(np.log(spectrum))) / np.mean(spectrum))
        self._frames.append(
            _Frame(
                loud=True,
                spoken=spoken,
                pure=pure,
                pitched=flatness <= PITCHED,
                steady=float(shape @ old) >= STEADY,
            )
        )
        self._spectra.append(shape.astype(np.float32))
        self._count_tone(pure=pure and not spoken, loud=True)

    def _count_tone(self, *, pure: bool, loud: bool) -> None:
        self._since_burst += _SECONDS
        if pure:
            self._tone = _SECONDS if self._cut else self._tone + _SECONDS
            self._cut = False
            return
        if loud and not self._cut:
            self._cut = True  # the frame in which a tone ends is no tone
            return
        if self._tone >= BURST_S and not loud:  # music has pure notes too, and no silence between
            self._bursts += 1
            self._since_burst = 0.0
        elif self._since_burst > RING_S:
            self._bursts = 0
        self._tone, self._cut = 0.0, loud

    def _judged(self) -> LineSound:
        recent = list(self._frames)[-round(OVER_S / _SECONDS) :]
        if self.now is LineSound.MUSIC:
            over = _share(recent, "spoken") > 0.5 or _share(recent, "loud") < 0.1
            return LineSound.NOTHING if over else self.now
        if len(self._frames) == self._frames.maxlen and self._is_music():
            return LineSound.MUSIC
        rings = self._bursts >= 2 and _share(recent, "spoken") < 0.2
        return LineSound.RINGING if rings else LineSound.NOTHING

    def _is_music(self) -> bool:
        frames = list(self._frames)
        return (
            _share(frames, "loud") >= SOUNDS
            and _share(frames, "spoken") <= SPOKEN
            and _share(frames, "pure") <= PURE_MOST
            and _share(frames, "pitched") >= PITCHED_LEAST
            and _share(frames, "steady") <= STEADY_MOST
        )


_SHAPE = np.hanning(FRAME).astype(np.float32)
_BINS = slice(round(_BAND[0] * FRAME / SAMPLE_RATE), round(_BAND[1] * FRAME / SAMPLE_RATE))


def _strongest(spectrum: Floats) -> float:
    """Share of the power that the two strongest pitches have."""
    rest, found = spectrum.copy(), 0.0
    for _ in range(2):
        peak = int(np.argmax(rest))
        near = slice(max(0, peak - 2), peak + 3)
        found += float(rest[near].sum())
        rest[near] = 0.0
    return found / float(spectrum.sum())


def _share(frames: list[_Frame], what: str) -> float:
    held: int = sum(map(attrgetter(what), frames))
    return held / max(1, len(frames))


class LineSoundWatch:
    """Follows all channels of a call, and tells when the line carries music or rings."""

    def __init__(self, channels: Iterable[Channel]) -> None:
        self._detectors = {channel: LineSoundDetector() for channel in channels}
        self._since: dict[LineSound, float] = {}
        """Call time at which each was seen that lasts."""

    def push(
        self, channel: Channel, block: Samples, window: Window, at: float
    ) -> list[AudioWarning]:
        """Take in one window of a channel, heard until call time ``at``."""
        if not self._detectors[channel].push(block, window):
            return []
        here = {detector.now for detector in self._detectors.values()}
        told: list[AudioWarning] = []
        for kind, name in KINDS.items():
            if (kind in here) is (kind in self._since):
                continue
            if kind in here:
                self._since[kind] = at
                told.append(AudioWarning(at=at, kind=name, detail=_BEGINS[kind]))
            else:
                detail = _ENDS[kind].format(seconds=at - self._since.pop(kind) + _SEEN[kind])
                told.append(AudioWarning(at=at, kind=name, detail=detail, active=False))
        return told


_SEEN = {LineSound.MUSIC: MUSIC_S - OVER_S, LineSound.RINGING: 0.0}
"""Seconds by which a thing lasts longer than from when it is seen to when it is seen to be over."""
