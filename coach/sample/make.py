"""Renders the sample call from its script.

Run by ``make sample``; it needs the programs ``flite`` and ``sox`` on PATH and writes
``call.flac`` (8 kHz stereo, agent left, customer right) and ``call.tsv`` (who says what when)
beside itself. The same script and the same programs give the same samples.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

RATE = 8_000
SIDES = ("agent", "customer")
LEVEL_DB = -28.0
"""Usual speech level in dBFS (root mean square), that of a telephone line."""
NOISE_DB = -78.0
"""Level of the line noise under the speech, around the smallest step of the companding."""
TAIL = 0.8
"""Seconds of line after the last word."""

Audio = npt.NDArray[np.float64]


class SampleLine(NamedTuple):
    """One spoken line, where it lies and what it sounds like."""

    speaker: str
    text: str
    start: float
    samples: Audio

    @property
    def end(self) -> float:
        """Seconds from the start of the call."""
        return self.start + len(self.samples) / RATE


def render(script: Path, folder: Path) -> tuple[Path, Path]:
    """Speak ``script``; write the call and its reference text into ``folder``."""
    with script.open("rb") as file:
        data = tomllib.load(file)
    lines: list[SampleLine] = []
    now = 0.0
    for entry in data["line"]:
        voice = data["voices"][entry["speaker"]]
        tempo = voice["tempo"] * entry.get("faster", 1.0)
        samples = speak(entry["text"], voice["flite"], tempo)
        samples *= 10 ** (entry.get("louder", 0.0) / 20)
        line = SampleLine(entry["speaker"], entry["text"], now + entry["after"], samples)
        lines.append(line)
        now = max(now, line.end)
    call, text = folder / "call.flac", folder / "call.tsv"
    write_flac(mix(lines, now + TAIL), call)
    rows = (f"{ln.start:.2f}\t{ln.end:.2f}\t{ln.speaker}\t{ln.text}\n" for ln in lines)
    text.write_text("start_s\tend_s\trole\ttext\n" + "".join(rows), encoding="utf-8")
    return call, text


def speak(text: str, voice: str, tempo: float) -> Audio:
    """The words in a voice, telephone band, at the usual level."""
    with tempfile.TemporaryDirectory() as scratch:
        wave = Path(scratch) / "line.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(wave)], check=True)
        # What silence stands at the ends is the script's to decide.
        trim = ["silence", "1", "0.02", "0.1%", "reverse"]
        # What a telephone line lets through (its pass band begins at 300 Hz, its slope at 200).
        effects = ["gain", "-6", *trim, *trim, "sinc", "200-3400", "tempo", "-s", str(tempo)]
        raw = subprocess.run(
            ["sox", str(wave), "-r", str(RATE), "-c", "1", "-t", "f32", "-", *effects],
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
    samples = np.frombuffer(raw, dtype="<f4").astype(np.float64)
    spoken = samples[np.abs(samples) > 0.1 * np.abs(samples).max()]
    usual: Audio = samples * 10 ** (LEVEL_DB / 20) / np.sqrt(np.mean(spoken**2))
    return usual


def mix(lines: list[SampleLine], seconds: float) -> npt.NDArray[np.int16]:
    """Both channels, shape (n, 2), agent first, companded as a telephone network does."""
    noise = np.random.default_rng(8_000)
    call = noise.normal(scale=10 ** (NOISE_DB / 20), size=(round(seconds * RATE), len(SIDES)))
    for line in lines:
        first = round(line.start * RATE)
        call[first : first + len(line.samples), SIDES.index(line.speaker)] += line.samples
    return np.round(mu_law(np.clip(call, -1, 1)) * 32_767).astype("<i2")


def mu_law(samples: Audio) -> Audio:
    """Through the 8 bits of G.711 and back."""
    mu = 255
    coded = np.sign(samples) * np.log1p(mu * np.abs(samples)) / np.log1p(mu)
    steps = np.round(coded * 127) / 127
    back: Audio = np.sign(steps) * np.expm1(np.abs(steps) * np.log1p(mu)) / mu
    return back


def write_flac(samples: npt.NDArray[np.int16], file: Path) -> None:
    """Lossless, so that every machine hears the same call."""
    form = ["-t", "s16", "-r", str(RATE), "-c", str(samples.shape[1])]
    subprocess.run(
        ["sox", "-D", *form, "-", "-C", "8", str(file)],
        check=True,
        input=samples.tobytes(),
    )


if __name__ == "__main__":
    here = Path(__file__).parent
    for made in render(here / "script.toml", here):
        sys.stdout.write(f"{made} ({made.stat().st_size} bytes)\n")
