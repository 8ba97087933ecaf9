"""Sound that tests of hearing share: made-up voices, and synthesised ones."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE, Samples


def babble(seed: int, seconds: float, rate: int = SAMPLE_RATE, level: float = 0.3) -> Samples:
    """A buzz with a voice's pitch, vibrato, slope and syllables, different for every seed."""
    return _babble(seed, seconds, rate, level).copy()


@functools.lru_cache(maxsize=64)
def _babble(seed: int, seconds: float, rate: int, level: float) -> Samples:
    rng = np.random.default_rng(seed)
    times = np.arange(round(seconds * rate)) / rate
    pitch = 90 + 23 * (seed % 6) + 6 * np.sin(2 * np.pi * (3 + seed / 7) * times)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    voice = sum(np.sin(k * phase + rng.uniform(0, 6)) / k for k in range(1, 12))
    syllable = rate // 5
    loudness = np.repeat(rng.uniform(0, 1, len(times) // syllable + 1), syllable)[: len(times)]
    return np.asarray(level * loudness * voice / 3, np.float32)


def talk(seed: int, seconds: float, level: float = 0.1) -> Samples:
    """Noise through moving resonances, in syllables and pauses: rich as speech, with a beat of
    its own for every seed. Full second-long pauses come now and then."""
    return np.asarray(level * 3 * _talk(seed, seconds), np.float32)


@functools.lru_cache(maxsize=32)
def _talk(seed: int, seconds: float) -> npt.NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    length = round(seconds * SAMPLE_RATE)
    out = np.zeros(length + SAMPLE_RATE)
    at = 0
    while at < length:
        size = int(rng.integers(1500, 5000))
        times = np.arange(size) / SAMPLE_RATE
        pitch = rng.uniform(90, 220) * (1 + 0.05 * np.sin(2 * np.pi * 4 * times))
        source = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE)) + rng.normal(
            scale=0.5, size=size
        )
        spectrum = np.fft.rfft(source)
        freqs = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
        shape = sum(
            np.exp(-(((freqs - centre) / 150) ** 2))
            for centre in rng.uniform([300, 900, 2000], [800, 1800, 3300])
        )
        piece = np.fft.irfft(spectrum * (shape + 0.02), size) * np.hanning(size)
        piece *= rng.uniform(0.3, 1) / (np.abs(piece).max() + 1e-9)
        out[at : at + size] += piece
        at += int(size * 0.8) + (SAMPLE_RATE if rng.uniform() < 0.08 else 0)
    return out[:length]


def speak(
    path: Path, text: str, *, voice: str = "en-gb", speed: int = 160, pitch: int = 50
) -> Path:
    """Synthesise speech into a WAV file. ``speed`` in words a minute, ``pitch`` 0 to 99."""
    subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-w", str(path), text],
        check=True,
        capture_output=True,
    )
    return path


def reshape(path: Path, *effects: str) -> Path:
    """Pass a file through sox: ``reshape(path, "tempo", "1.2", "pitch", "-200", "gain", "-6")``."""
    out = path.with_name(f"{path.stem}-{'-'.join(effects)}.wav")
    subprocess.run(["sox", str(path), str(out), *effects], check=True, capture_output=True)
    return out


def samples_of(path: Path) -> Samples:
    """A mono file at 16 kHz."""
    return np.concatenate([chunk.samples for chunk in open_recording(path).chunks(1.0)])
