"""Is somebody speaking? One probability and one level for every 32 ms of a channel.

The network is Silero's, the ONNX file that comes inside faster-whisper. It is recurrent, so a
stream keeps its state and the tail of the previous window between calls; sound may be pushed
in pieces of any length and the answers are the same.

What the network has heard so far weighs on what it hears now: after one voice it can miss whole
sentences of another, loud as they may be, most of all where both share a channel. So two more
runs of it listen along that begin anew every few seconds, by turns, and the largest of the three
probabilities counts: one with all of the past, and one at least with a second of it or more.
Without a past the network takes some music for speech; so those two count only where the sound
stands clear of the floor that speech comes down to between words, and is not taken for speech
already: elsewhere they are not run at all.

The level stands beside the probability because the network listens for the shape of speech,
not its strength: line noise and somebody else's far-off voice can look like speech at a level
no caller would use.
"""

from __future__ import annotations

import functools
import importlib.util
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt

from audio.samples.chunks import SAMPLE_RATE, Samples

WINDOW = 512
"""Samples per window: the length the network was trained on at 16 kHz (32 ms)."""

WINDOW_SECONDS = WINDOW / SAMPLE_RATE

_CONTEXT = 64
"""Samples of the previous window that the network sees in front of each one."""

_STATE = 128
"""Width of the recurrent state."""

FLOOR_DBFS = -100.0

AFRESH = 62
"""Windows (2 s) after which a run without a past begins anew."""

NOISE_DBFS = -57.0
"""Level of the hiss that is mixed into what the network hears (never into what is decoded).
The network was trained on sound from rooms and lines; after digital silence, which codecs with
voice-activity detection send between words, it misses the beginning of speech."""


@functools.cache
def _hiss() -> Samples:
    """One second of white noise; the same for everybody, so that verdicts repeat."""
    noise = np.random.default_rng(20).standard_normal(SAMPLE_RATE)
    hiss: Samples = (noise * 10.0 ** (NOISE_DBFS / 20.0)).astype(np.float32)
    return hiss


def _hiss_from(place: int, count: int) -> Samples:
    """So many samples of it, which goes round, from a place on."""
    noise = _hiss()
    first = place % len(noise)
    if first + count <= len(noise):
        return noise[first : first + count]
    return np.resize(noise, first + count)[first:]


CLEAR_DB = 8.0
"""How far above the floor a window is that the runs without a past are asked about."""

CERTAIN = 0.6
"""Probability, by the run with all of the past, from which the others are not asked: speech is
believed from less everywhere."""

REST = 31
"""Quiet windows (1 s) behind which a run that rests hears no more of them..."""

LEAD = 16
"""...but for the last of them, once sound comes."""

_LOWEST = -70.0
"""Floors below this are as good as silence, dBFS."""

_RISE = 6.0 * WINDOW_SECONDS
"""By how much the floor rises with every louder window, dB: in ongoing sound, such as music, it is
close below the sound in some seconds, while speech comes down to it between words."""


class NoiseFloor:
    """The level of a channel's sound between words."""

    def __init__(self) -> None:
        self._dbfs = 0.0

    def follow(self, dbfs: float) -> float:
        """The floor, dBFS, once a window of this level has been heard."""
        self._dbfs = max(min(dbfs, self._dbfs + _RISE), _LOWEST)
        return self._dbfs


class Window(NamedTuple):
    """The verdict on one window."""

    probability: float
    """That it holds speech, 0 to 1."""
    dbfs: float
    """Its level; -100 is digital silence."""
    whole: float = 1.0
    """The probability given by the run of the network that knows all of the past."""


class VadModel:
    """The network, loaded once and shared by all channels; it keeps no state itself."""

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415 - slow, and needed only where sound is heard

        options = onnxruntime.SessionOptions()
        # A window costs about 0.1 ms; a thread pool would cost more than it saves.
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(
            str(_network_path()), providers=["CPUExecutionProvider"], sess_options=options
        )

    def run(self, windows: Samples, h: Samples, c: Samples) -> tuple[Samples, Samples, Samples]:
        """Probabilities of consecutive windows, shape (n,), and the state after them.

        ``windows`` has shape (n, 64 + 512); the state arrays have shape (1, 1, 128).
        """
        outputs = self._session.run(None, {"input": windows, "h": h, "c": c})
        probabilities, h, c = (cast("Samples", np.asarray(one)) for one in outputs)
        return probabilities.reshape(-1), h, c


class SpeechDetector(Protocol):
    """What judges a channel's windows."""

    def push(self, samples: Samples) -> list[Window]:
        """Verdicts on every window completed by ``samples``."""
        ...


@functools.cache
def shared_model() -> VadModel:
    """The network, loaded at first use; it keeps no state, so all channels share it."""
    return VadModel()


class _NetworkRun:
    """One run of the network along a stream, with all of the past."""

    def __init__(self, model: VadModel) -> None:
        self._model = model
        self._begin()

    def _begin(self) -> None:
        self._h: Samples = np.zeros((1, 1, _STATE), np.float32)
        self._c: Samples = np.zeros((1, 1, _STATE), np.float32)

    def heard(self, windows: Samples) -> Samples:
        """Probabilities of speech in consecutive windows, shape (n,)."""
        probabilities, self._h, self._c = self._model.run(windows, self._h, self._c)
        return probabilities


class _RestingRun(_NetworkRun):
    """One that does not hear what lies inside long quiet.

    It goes on with what it knew when it stopped, and what leads up to the next sound.
    """

    def __init__(self, model: VadModel) -> None:
        super().__init__(model)
        self._still = 0
        """Quiet windows since the last that was not."""
        self._lead: deque[Samples] = deque(maxlen=LEAD)
        """The last windows that were not heard."""

    def but_for(self, windows: Samples, quiet: npt.NDArray[np.bool_]) -> Samples:
        """Probabilities of the windows; 0 for those inside long quiet, which are not heard."""
        rows: list[Samples] = []
        places: list[int] = []
        leads: list[int] = []
        for place, still in enumerate(quiet):
            self._still = self._still + 1 if still else 0
            if self._still > REST:
                self._lead.append(windows[place])
                continue
            rows += self._lead
            self._lead.clear()
            places.append(place)
            leads.append(len(rows))
            rows.append(windows[place])
        found = np.zeros(len(windows), np.float32)
        if rows:
            found[places] = self.heard(np.stack(rows))[leads]
        return found


class _FreshRun(_NetworkRun):
    """One that begins anew now and then, and hears what it is asked about and what leads there.

    Most windows are not asked about: those before the last beginning are never heard.
    """

    def __init__(self, model: VadModel, *, every: int, until: int) -> None:
        """``every``: windows between two beginnings; ``until``: to the next."""
        super().__init__(model)
        self._every = every
        self._until = until
        self._waiting: list[Samples] = []
        """Windows since the last beginning that were not heard yet."""

    def asked(self, windows: Samples, asked: npt.NDArray[np.bool_]) -> Samples:
        """Probabilities of the windows that are asked about; nothing is said of the others."""
        found = np.zeros(len(windows), np.float32)
        wanted = asked.tolist()
        first = 0
        while first < len(windows):
            if not self._until:
                self._begin()
                self._until, self._waiting = self._every, []
            last = min(first + self._until, len(windows))
            self._until -= last - first
            here = max((one + 1 for one in range(first, last) if wanted[one]), default=first)
            if here > first:
                heard = self.heard(np.concatenate([*self._waiting, windows[first:here]]))
                found[first:here] = heard[first - here :]
                self._waiting = []
            self._waiting.append(windows[here:last])
            first = last
        return found


class Vad:
    """The verdicts on one channel's stream."""

    def __init__(self, model: VadModel | None = None, *, rests_below: float | None = None) -> None:
        """``rests_below``: level, in dBFS, below which nothing is taken for speech anyway.

        What lies inside long quiet below it is not heard and has the probability 0.
        """
        network = model or shared_model()
        self._whole = _RestingRun(network)
        self._rests_below = rests_below
        self._fresh = (
            _FreshRun(network, every=AFRESH, until=AFRESH),
            _FreshRun(network, every=AFRESH, until=AFRESH // 2),
        )
        self._floor = NoiseFloor()
        self._before: Samples = np.zeros(_CONTEXT, np.float32)
        self._rest: Samples = np.zeros(0, np.float32)
        self._heard = 0
        """Samples judged so far; the hiss runs on with them."""

    def push(self, samples: Samples) -> list[Window]:
        """Verdicts on every window completed by ``samples``; what is left over is kept."""
        pending = np.concatenate([self._rest, samples]).astype(np.float32, copy=False)
        count = len(pending) // WINDOW
        self._rest = pending[count * WINDOW :]
        if not count:
            return []
        body = pending[: count * WINDOW]
        noisy = body + _hiss_from(self._heard, len(body))
        self._heard += len(body)
        padded = np.concatenate([self._before, noisy])
        self._before = noisy[-_CONTEXT:]
        windows = _windows(padded, count)
        power = np.mean(np.square(body.reshape(count, WINDOW), dtype=np.float64), axis=1)
        levels = 10.0 * np.log10(np.maximum(power, 10.0 ** (FLOOR_DBFS / 10.0)))
        clear = np.array([level >= self._floor.follow(level) + CLEAR_DB for level in levels])
        if self._rests_below is None:
            whole = self._whole.heard(windows)
        else:
            quiet = levels < self._rests_below
            whole = self._whole.but_for(windows, quiet)
            clear &= ~quiet
        doubted = clear & (whole < CERTAIN)
        fresh = [run.asked(windows, doubted) for run in self._fresh]
        probabilities = whole
        if doubted.any():
            probabilities = np.where(doubted, np.maximum(whole, np.max(fresh, axis=0)), whole)
        return [Window(*map(float, row)) for row in zip(probabilities, levels, whole, strict=True)]


def _windows(padded: Samples, count: int) -> Samples:
    """So many windows, each with the end of the one before in front."""
    if count == 1:  # as in a call; to look for more takes as long as a third of the network
        return padded[np.newaxis]
    view: Any = np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT + WINDOW)
    return np.ascontiguousarray(view[::WINDOW])


def _network_path() -> Path:
    """Where faster-whisper keeps the network; its name carries a version that may change."""
    package = importlib.util.find_spec("faster_whisper")  # found, not imported: that is slow
    if package is None or package.origin is None:
        raise ModuleNotFoundError("faster-whisper is not installed", name="faster_whisper")
    folder = Path(package.origin).parent / "assets"
    return max(folder.glob("silero_vad*.onnx"))
