"""What a voice is like, as 256 figures for every 0.2 s of sound.

The network is Resemblyzer's speaker encoder (``voice.md``): it was trained so that sound of one
person gives vectors that point the same way, whatever is said. It sees 0.8 s at a time, half of
what it was trained on: turns on the telephone are short, and windows that hold two people tell
nothing. The level of each window is evened out, since a spectrogram of plain power is what it sees.
"""

from __future__ import annotations

import functools
from importlib import resources

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from audio.samples.chunks import SAMPLE_RATE, Samples

Vectors = npt.NDArray[np.float32]

HOP = SAMPLE_RATE // 100
"""Samples from one spectrum to the next."""

FRAME = 400
"""Samples that a spectrum is made of."""

BANDS = 40

SEEN = 80
"""Spectra in a window: 0.8 s."""

STEP = 20
"""Spectra from one window to the next: 0.2 s."""

STEP_SECONDS = STEP * HOP / SAMPLE_RATE
WINDOW_SECONDS = SEEN * HOP / SAMPLE_RATE

_LEVEL = 10.0 ** (-30.0 / 20.0)
"""The network was trained on sound of -30 dB below full scale."""

_AT_ONCE = 64


class VoiceEncoder:
    """The network, loaded once; keeps nothing between calls."""

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415 - slow, and needed only where voices are told apart

        # The arrays here are small: more threads only wait for each other, which is work too.
        threadpool_limits(1, user_api="blas")
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        network = resources.files("audio.voices").joinpath("voice.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(
            network, providers=["CPUExecutionProvider"], sess_options=options
        )

    def embed(self, spectra: Vectors, starts: npt.NDArray[np.int64]) -> Vectors:
        """One vector of length 1 for each window of ``SEEN`` spectra, by its first one."""
        found = [np.zeros((0, 256), np.float32)]
        for first in range(0, len(starts), _AT_ONCE):
            rows = [spectra[s : s + SEEN] for s in starts[first : first + _AT_ONCE]]
            (vectors,) = self._session.run(None, {"mel": np.stack([_evened(row) for row in rows])})
            found.append(np.asarray(vectors, np.float32))
        return np.concatenate(found)


@functools.cache
def shared_encoder() -> VoiceEncoder:
    """The network, loaded at first use."""
    return VoiceEncoder()


def spectra_of(samples: Samples) -> Vectors:
    """Power in ``BANDS`` bands, one row every 10 ms; ``FRAME - HOP`` samples less than given."""
    count = max(0, 1 + (len(samples) - FRAME) // HOP)
    if not count:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP][:count]
    shape = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)
    power = np.abs(np.fft.rfft(frames * shape, axis=1)) ** 2
    return (power @ _bands()).astype(np.float32)


def _evened(window: Vectors) -> Vectors:
    """The window at the level that the network knows.

    The sum over the bands follows the power of the sound closely enough.
    """
    power = float(np.mean(np.sum(window, axis=1)))
    return window * np.float32(_LEVEL**2 * _SUM_AT_FULL / max(power, 1e-12))


_SUM_AT_FULL = 390.0
"""Sum of the bands of telephone speech whose mean power is 1."""


@functools.cache
def _bands() -> Vectors:
    """Slaney's mel bands (linear to 1 kHz, logarithmic above), each of the same area."""
    break_hz, per_mel, step = 1000.0, 200.0 / 3.0, np.log(6.4) / 27.0
    top = break_hz / per_mel + np.log(SAMPLE_RATE / 2 / break_hz) / step
    mels = np.linspace(0.0, top, BANDS + 2)
    over = mels - break_hz / per_mel
    edges = np.where(over >= 0, break_hz * np.exp(step * over), mels * per_mel)
    bins = np.linspace(0.0, SAMPLE_RATE / 2, FRAME // 2 + 1)
    rising = (bins[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins[None]) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.maximum(0.0, np.minimum(rising, falling))
    even: Vectors = (weights * (2.0 / (edges[2:] - edges[:-2]))[:, None]).T.astype(np.float32)
    return even
