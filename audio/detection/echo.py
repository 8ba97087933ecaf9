"""Hears the far end in the agent's microphone.

An agent on loudspeakers sends the customer's voice back through the microphone, and every
customer line would appear twice, the second time as the agent's. Comparing texts afterwards
would also delete what the agent really said at the same moment, so the evidence is acoustic.

Theory of operation. Echo is the far end's sound again, later by a steady delay and changed by
a steady filter (loudspeaker, room, microphone). Two steps follow from that:

1. *Delay.* Twice a second the whitened cross-correlation of the last second is added to a
   running mean over all delays a loudspeaker path can have. Two people talking leave a mean
   without a peak, whatever they say; echo leaves a peak at one delay, and that delay stays.
2. *Share.* With the delay known, a filter from far end to microphone is fitted, frequency by
   frequency, over the last seconds, each frame weighted by how quiet the microphone was, so
   that the agent's own voice does not pull at it. What the filtered far end leaves of a frame
   of microphone sound is the agent's; what it takes away is echo. When echo is first found,
   the sound still held is gone through again, so that the first line is judged as well.

Everything runs on a grid of call time: results do not depend on how the sound was cut up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from audio.samples.tape import Tape
from coach.events import AudioWarning, Channel
from coach.parameters import dbfs, quantity, seconds, share

KIND = "echo"
"""``AudioWarning.kind`` of the warnings given here."""

_Spectra = npt.NDArray[np.complex64]


class EchoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of the detector. Times in seconds."""

    shortest: Annotated[float, seconds(0, 1)] = 0.005
    """Least delay searched. A louder, simultaneous copy is a fault of the recording, and the
    agent's own voice coming back from the far end is earlier than here, not later."""
    longest: Annotated[float, seconds(0.01, 2)] = 0.4
    """A slow Bluetooth loudspeaker and a slow microphone together."""
    step: Annotated[float, seconds(0.1, 10)] = 0.5
    """Between two looks at the delay."""
    window: Annotated[float, seconds(0.1, 10)] = 1.0
    """Of sound compared at each look."""
    memory: Annotated[float, share(0, 0.999)] = 0.9
    """Share of the running mean that survives a look: about five seconds."""
    found: Annotated[float, quantity(1, 1000, "standard deviations")] = 8.0
    """Height of the peak, in standard deviations of the rest, from which it is echo when it
    has stood at the same delay for three looks."""
    plain: Annotated[float, quantity(1, 1000, "standard deviations")] = 16.0
    """Height from which two looks are enough: a short first answer is judged in time."""
    steady: Annotated[float, seconds(0, 0.1)] = 0.001
    """By how much a delay may move and be the same."""
    gone: Annotated[float, quantity(0, 1000, "standard deviations")] = 5.0
    """Height below which echo is no longer there..."""
    patience: Annotated[float, seconds(0, 600)] = 15.0
    """...when the far end has spoken so long without it."""
    heard_dbfs: Annotated[float, dbfs()] = -50.0
    """Level from which the far end counts as speaking."""
    loudest_db: Annotated[float, quantity(-60, 60, "dB")] = 6.0
    """A louder "echo" than this, against the far end, is something else..."""
    faintest_db: Annotated[float, quantity(-120, 0, "dB")] = -50.0
    """...and a fainter one is the chance likeness of two line noises."""
    matters_db: Annotated[float, quantity(-120, 0, "dB")] = -40.0
    """A fainter one is known and told apart, but it is no reason to ask for a headset: nobody
    hears it, and what is left of a leak that was taken out of a recording is as faint."""
    replaced: Annotated[float, seconds(0, 120)] = 4.0
    """Before a new delay stands out so much sound has already come by it."""
    keep: Annotated[float, seconds(1, 600)] = 40.0
    """Sound held, and the time that ``explained`` can look back."""


LEAKED = 0.8
"""Share of a word's energy on the microphone that the far end explains, for it to be his word..."""

LEAKED_BESIDE = 0.7
"""...and where a word beside it is his: nobody says one word in the midst of another's sentence."""


GREW = 0.5
"""Share of the last seconds' energy that a faint echo explains once it has become a loud one."""


def leaks(shares: Sequence[float]) -> list[bool]:
    """Which words of a decode are the far end's, by the share of each that it explains."""
    sure = [False, *(share >= LEAKED for share in shares), False]
    return [
        share >= (LEAKED_BESIDE if before or after else LEAKED)
        for share, before, after in zip(shares, sure, sure[2:], strict=False)
    ]


class EchoDetector:
    """Both sides of a call in, warnings out; ``explained`` answers for any recent span."""

    def __init__(self, settings: EchoSettings | None = None) -> None:
        self._settings = settings or EchoSettings()
        keep = self._settings.keep
        self._tapes = {Channel.AGENT: Tape(keep), Channel.CUSTOMER: Tape(keep)}
        self._step = 1
        self._search = _DelaySearch(self._settings)
        self._path: _Path | None = None
        self._matters = False
        """Whether the echo was loud enough to be warned of when it was last measured."""
        self._told = False
        """Whether it has been."""
        self._refused = (0, 0)  # a delay that nothing came of, and until which step it rests

    @property
    def delay(self) -> float | None:
        """Seconds from far end to microphone; None while there is no echo."""
        return None if self._path is None else self._path.delay / SAMPLE_RATE

    def push(self, chunk: Chunk) -> list[AudioWarning]:
        """Take in sound of either side; chunks of a side come in order."""
        if chunk.channel not in self._tapes:
            return []  # an undivided recording has no far end to compare with
        self._tapes[chunk.channel].write(round(chunk.start * SAMPLE_RATE), chunk.samples)
        step = round(self._settings.step * SAMPLE_RATE)
        warnings: list[AudioWarning] = []
        while min(tape.end for tape in self._tapes.values()) >= self._step * step:
            warnings += self._look(self._step * step)
            self._step += 1
        return warnings

    def explained(self, start: float, end: float) -> float:
        """Share of the microphone's energy from ``start`` to ``end`` that is echo, 0 to 1.

        0 while no echo has been found; what is later than the sound pushed so far, or longer
        ago than ``keep``, is left out.
        """
        if self._path is None:
            return 0.0
        return self._path.explained(round(start * SAMPLE_RATE), round(end * SAMPLE_RATE))

    def _look(self, now: int) -> list[AudioWarning]:
        mic, far = self._tapes[Channel.AGENT], self._tapes[Channel.CUSTOMER]
        verdict = self._search.look(mic, far, now)
        if self._path is not None:
            self._path.advance(mic, far, now)
        warnings = []
        if self._path is not None and verdict.gone:
            self._path, self._matters = None, False
            if self._told:
                self._told = False
                text = _LIVE[2]
                warnings.append(self._warning(now, text, active=False))
        if verdict.delay is not None:
            self._follow(verdict.delay, mic, far, now)
        if self._matters and not self._told and self._path is not None:
            self._told = True
            warnings.append(self._warning(now, _advice(self._path), active=True))
        return warnings

    def _follow(self, delay: int, mic: Tape, far: Tape, now: int) -> None:
        """Take the path at a delay where correlation stands out, if it explains anything."""
        settings = self._settings
        slack = round(2 * settings.steady * SAMPLE_RATE)
        same = self._path is not None and abs(self._path.delay - delay) <= slack
        if same and self._told:
            return
        refused, until = self._refused
        if abs(refused - delay) <= slack and self._step < until:
            return
        path = _Path(delay, settings.keep)
        if self._path is not None:
            path.take_over(self._path, now - round(settings.replaced * SAMPLE_RATE))
        path.advance(mic, far, now)
        # The fit clings to the quiet past: of a faint echo the last seconds tell that it grew.
        since = now - round(settings.replaced * SAMPLE_RATE)
        if same and (path.gain_db < settings.matters_db or path.explained(since, now) < GREW):
            return
        if settings.faintest_db <= path.gain_db <= settings.loudest_db:
            self._path = path
            self._matters = path.gain_db >= settings.matters_db
        else:
            self._refused = (delay, self._step + round(5.0 / settings.step))

    def _warning(self, now: int, detail: str, *, active: bool) -> AudioWarning:
        return AudioWarning(at=now / SAMPLE_RATE, kind=KIND, detail=detail, active=active)


_LIVE = (
    "the microphone hears the far end",
    "use a headset, or turn the loudspeaker down",
    "the microphone no longer hears the far end",
)
_RECORDED = (
    "one side also carries the other's voice",
    "the same words may appear on both sides",
    "neither side carries the other's voice any more",
)
"""What is heard, what follows, and its end; in a recording nothing can be done about it."""


def _advice(path: _Path) -> str:
    heard, remedy, _ = _LIVE
    return (
        f"{heard}, {path.delay / SAMPLE_RATE * 1000:.0f} ms late and {-path.gain_db:.0f} dB "
        f"fainter: {remedy}"
    )


def of_recording(warning: AudioWarning) -> AudioWarning:
    """The same warning as it is told of a recording; one of another kind is left as it is."""
    if warning.kind != KIND:
        return warning
    detail = warning.detail
    for live, recorded in zip(_LIVE, _RECORDED, strict=True):
        detail = detail.replace(live, recorded)
    return msgspec.structs.replace(warning, detail=detail)


class _EchoVerdict(NamedTuple):
    """What one look at the delay says."""

    delay: int | None
    """Samples of delay where echo stands out; None where it does not."""
    gone: bool
    """True when the far end has spoken for long without any."""


class _Peak(NamedTuple):
    """The highest point of the mean correlation at one look."""

    delay: int
    height: float


class _DelaySearch:
    """The running mean of the whitened cross-correlation, and its peak."""

    def __init__(self, settings: EchoSettings) -> None:
        self._settings = settings
        self._window = round(settings.window * SAMPLE_RATE)
        self._longest = round(settings.longest * SAMPLE_RATE)
        size = 1 << (self._window + self._longest - 1).bit_length()
        self._size = size
        # Half the rate is enough for a telephone's band, and half the work.
        self._band = slice(round(300 * size / SAMPLE_RATE), round(3600 * size / SAMPLE_RATE))
        self._lags = np.arange(
            round(settings.shortest * SAMPLE_RATE) // 2, self._longest // 2, dtype=np.intp
        )
        self._mean = np.zeros(len(self._lags))
        self._peaks: deque[_Peak] = deque(maxlen=3)
        self._without = 0.0
        self.height = 0.0
        """Height of the peak at the last look, in standard deviations of the rest."""

    def look(self, mic: Tape, far: Tape, now: int) -> _EchoVerdict:
        """Compare the last window of both sides."""
        settings = self._settings
        sent = far.read(now - self._window - self._longest, now)
        if _dbfs(sent[-self._window :]) < settings.heard_dbfs:
            return _EchoVerdict(None, gone=False)
        heard = mic.read(now - self._window, now)
        self._mean *= settings.memory
        if heard.any():
            self._mean += self._correlation(heard, sent)
        peak = int(np.argmax(self._mean))
        spread = float(np.std(self._mean)) or 1.0
        self.height = float(self._mean[peak] - np.mean(self._mean)) / spread
        self._peaks.append(_Peak(int(self._lags[peak]) * 2, self.height))
        self._without = 0.0 if self.height >= settings.gone else self._without + settings.step
        found = self._stands(settings.found, 3) or self._stands(settings.plain, 2)
        gone = self._without >= settings.patience
        return _EchoVerdict(self._peaks[-1].delay if found else None, gone=gone)

    def _stands(self, height: float, looks: int) -> bool:
        """Whether the peak has had at least that height at one delay for so many looks."""
        last = list(self._peaks)[-looks:]
        delays = [peak.delay for peak in last]
        steady = max(delays) - min(delays) <= self._settings.steady * SAMPLE_RATE
        return len(last) == looks and steady and all(peak.height >= height for peak in last)

    def _correlation(self, heard: Samples, sent: Samples) -> npt.NDArray[np.float64]:
        """Whitened correlation at every delay searched, in steps of two samples."""
        shaped = heard * np.hanning(len(heard)).astype(np.float32)
        cross = np.fft.rfft(shaped, self._size)[self._band]
        cross = cross * np.fft.rfft(sent, self._size)[self._band].conj()
        half = np.zeros(self._size // 4 + 1, complex)
        half[self._band] = cross / (np.abs(cross) + 1e-12)
        found = np.fft.irfft(half, self._size // 2)
        # ``sent`` begins ``longest`` earlier than ``heard``: delay d stands at longest - d.
        return np.asarray(found[self._lags - self._longest // 2], float)


_FRAME = 2048  # samples: 128 ms, against which one reflection is short
_HOP = 512
_TAPS = 5  # frames of the far end that one frame of echo may come from: 250 ms of room
_LEAD = 16  # samples by which the filter may begin before the delay found
_LOW, _HIGH = 200, 3800  # hertz: where speech and a telephone's band lie
_FORGET = 0.995  # a frame: six seconds
_NOISE_SHARE = 0.1  # of the frames; that many are pauses in any conversation
_BINS = slice(_LOW * _FRAME // SAMPLE_RATE, _HIGH * _FRAME // SAMPLE_RATE)
_SHAPE = np.hanning(_FRAME).astype(np.float32)
_PAUSE = float(10 ** (-50 / 10) * np.sum(_SHAPE**2) * _FRAME / 2)  # in-band energy at -50 dBFS
_FAINT = _PAUSE * 10 ** (-20 / 10)  # below -70 dBFS quieter is not better evidence
_MUTED = _PAUSE * 10 ** (-40 / 10)  # at -90 dBFS no microphone is open


class _Judged(NamedTuple):
    """One frame of microphone sound: its middle, its energy, and what echo leaves of that."""

    middle: int
    total: float
    rest: float


class _Path:
    """The way from loudspeaker to microphone at one delay, and what it explains by frame.

    In each band of frequencies a frame of echo is a weighted sum of the last ``_TAPS`` frames
    of the far end, which follows a room's reflections. The weights are the least-squares fit
    to all frames so far, older ones counting less.
    """

    def __init__(self, delay: int, keep: float) -> None:
        self.delay = delay
        bins = _BINS.stop - _BINS.start
        self._within = np.zeros((bins, _TAPS, _TAPS), complex)
        self._across = np.zeros((bins, _TAPS), complex)
        self._heard = np.zeros(bins)
        self._count = 0.0
        self._next: int | None = None
        self._frames: deque[_Judged] = deque(maxlen=round(keep * SAMPLE_RATE / _HOP))
        self._returned = 0.0
        self._sent = 0.0
        """Energy of the echo and of the far end, older frames counting less."""

    @property
    def gain_db(self) -> float:
        """Level of the echo against the far end."""
        return _db(self._returned) - _db(self._sent)

    def advance(self, mic: Tape, far: Tape, now: int) -> None:
        """Fit, then judge, the frames that are complete at ``now``: at first all that is held."""
        shift = self.delay - _LEAD
        if self._next is None:
            self._next = -(-max(mic.start, far.start + shift, 0) // _HOP) * _HOP
        starts = range(self._next, now - _FRAME + 1, _HOP)
        if not starts:
            return
        self._next = starts[-1] + _HOP
        end = starts[-1] + _FRAME
        heard = _spectra(mic.read(starts[0], end))
        before = (_TAPS - 1) * _HOP
        sent = _spectra(far.read(starts[0] - shift - before, end - shift))
        taps = np.lib.stride_tricks.sliding_window_view(sent, _TAPS, axis=0)  # newest last
        self._fit(heard, taps)
        echo = np.einsum("tbk,bk->tb", taps, self._weights())
        stays = _FORGET ** len(starts)
        self._returned = stays * self._returned + float(_energy(echo).sum())
        self._sent = stays * self._sent + float(_energy(sent[_TAPS - 1 :]).sum())
        totals, rests = _energy(heard), _energy(heard - echo)
        for start, total, rest in zip(starts, totals, rests, strict=True):
            self._frames.append(_Judged(start + _FRAME // 2, float(total), float(min(rest, total))))

    def take_over(self, other: _Path, since: int) -> None:
        """Begin at sample ``since`` and keep what another path has said of the time before."""
        self._next = -(-since // _HOP) * _HOP
        self._frames.extend(frame for frame in other._frames if frame.middle < since)

    def explained(self, start: int, end: int) -> float:
        """Share of the microphone's energy between two samples that is echo.

        The microphone's own noise is nobody's and counts on neither side.
        """
        inside = [frame for frame in self._frames if start <= frame.middle < end]
        if not inside:
            return 0.0
        noise = float(np.quantile([frame.total for frame in self._frames], _NOISE_SHARE))
        whole = sum(max(0.0, frame.total - noise) for frame in inside)
        rest = sum(max(0.0, frame.rest - noise) for frame in inside)
        return max(0.0, 1.0 - rest / whole) if whole > 0 else 0.0

    def _fit(self, heard: _Spectra, taps: _Spectra) -> None:
        """Add frames to the sums that the fit is made of."""
        # A pause of the far end says nothing about the path; a loud agent says little.
        loudness = _energy(heard)
        useful = (_energy(taps[:, :, -1]) > _PAUSE) & (loudness > _MUTED)
        ages: npt.NDArray[np.intp] = np.cumsum(useful[::-1])[::-1] - useful
        recency = np.where(useful, _FORGET**ages, 0.0)
        weights = recency / np.maximum(loudness, _FAINT)
        decay = _FORGET ** int(useful.sum())
        weighted = taps.conj() * weights[:, None, None]
        self._within = decay * self._within + np.einsum("tbi,tbj->bij", weighted, taps)
        self._across = decay * self._across + np.einsum("tbi,tb->bi", weighted, heard)
        self._heard = decay * self._heard + weights @ (np.abs(heard) ** 2)
        self._count = decay * self._count + float(recency.sum())

    def _weights(self) -> npt.NDArray[np.complex128]:
        """The fit, (bins, taps), held back where little agreement stands behind it."""
        trace = np.einsum("bii->b", self._within).real / _TAPS
        ridge = (1e-3 * trace + 1e-20)[:, None, None] * np.eye(_TAPS)
        solved = np.linalg.solve(self._within + ridge, self._across[:, :, None])[:, :, 0]
        agreement = np.einsum("bi,bi->b", solved, self._across.conj()).real / (self._heard + 1e-30)
        # Of overlapping frames a quarter is new; so much agreement any two sounds would show.
        chance = min(0.9, _FRAME / _HOP * _TAPS / max(1.0, self._count))
        trust = np.clip((agreement - chance) / (1 - chance), 0.0, 1.0)
        return np.asarray(trust[:, None] * solved)


def _spectra(samples: Samples) -> _Spectra:
    """Band of interest of every frame, shape (frames, bins)."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
    return np.asarray(np.fft.rfft(frames * _SHAPE, axis=1)[:, _BINS], np.complex64)


def _energy(spectra: npt.NDArray[np.complexfloating]) -> npt.NDArray[np.float64]:
    """Energy of every frame, shape (frames,)."""
    return np.asarray(np.sum(np.abs(spectra) ** 2, axis=1), float)


def _db(power: float) -> float:
    return 10 * float(np.log10(power + 1e-20))


def _dbfs(samples: Samples) -> float:
    return max(-100.0, _db(float(np.dot(samples, samples)) / max(1, len(samples))))
