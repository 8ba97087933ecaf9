"""What the recordings of every kind are made with, from the sample call."""

from __future__ import annotations

import struct
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from soundfiles import extensible, pcm, wav, write
from work_marks import made_once

from audio.recordings.opening import Recording, RecordingOptions, open_recording
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import Channel
from coach.sample import CALL

RATE = 8000
FROM, LONG = 12.5, 7.0
"""The part of the sample call that the recordings hold, in seconds: both speak in it."""

KNOWN = RecordingOptions(delay=0.0)
"""Its two sides lie as they should: that is not measured for every process of the tests."""
LONG_ENOUGH, LONGEST = 36.0, 96.0
"""Seconds of the sample call that those hold in which echoes and clocks are measured."""


class Made(NamedTuple):
    """What a maker leaves: one file, or the agent's and the customer's."""

    path: Path
    other: Path | None = None


class Kind(NamedTuple):
    """One kind of recording and what is to happen to it."""

    name: str
    make: Callable[[Path], Made | Path]
    heard: str = "ac"
    """``ac``: the two people on two sides; ``m``: both on one; ``?``: some sound; ``""``: refused,
    with ``says`` in the line."""
    says: tuple[str, ...] = ()
    """Parts of the notices that must come; no others may where there are none."""
    never: tuple[str, ...] = ()
    """Parts of which none may come."""
    seconds: float = LONG
    faithful: float = 0.98
    asked: RecordingOptions = RecordingOptions()
    mono: bool = False
    agent: str = "left"
    """Where the command line says that the agent is."""
    whole: bool = False
    """It holds the sample call from its beginning."""


@made_once
def _call() -> tuple[Samples, Samples]:
    """Both sides of the sample call at 8 kHz, from its beginning."""
    sides: dict[Channel, list[Samples]] = {Channel.AGENT: [], Channel.CUSTOMER: []}
    for chunk in open_recording(CALL, asked=KNOWN).chunks(1.0):
        if chunk.start >= LONGEST:
            break
        sides[chunk.channel].append(chunk.samples)
    agent, customer = (np.concatenate(pieces)[::2] for pieces in sides.values())
    return agent * 2, customer * 2


def call(seconds: float = LONG_ENOUGH) -> tuple[Samples, Samples]:
    """So much of both sides of the sample call at 8 kHz, from its beginning."""
    agent, customer = _call()
    return agent[: round(seconds * RATE)], customer[: round(seconds * RATE)]


def sample() -> tuple[Samples, Samples]:
    """The short part of both sides at 8 kHz."""
    part = slice(round(FROM * RATE), round((FROM + LONG) * RATE))
    agent, customer = _call()
    return agent[part], customer[part]


@made_once
def at(rate: int) -> tuple[Samples, Samples]:
    """The same at another rate, for files only: by straight lines."""
    times = np.arange(round(LONG * rate)) / rate
    here = np.arange(round(LONG * RATE)) / RATE
    first, second = (np.interp(times, here, side).astype(np.float32) for side in sample())
    return first, second


def mixed() -> Samples:
    agent, customer = sample()
    return (agent + customer) / 2


def late(samples: Samples, seconds: float) -> Samples:
    return np.concatenate([np.zeros(round(seconds * RATE), np.float32), samples])[: len(samples)]


def late_in(samples: Samples, seconds: float) -> Samples:
    """What a recorder has that began later."""
    return samples[round(seconds * RATE) :]


def faded(samples: Samples) -> Samples:
    """A line that falls by 40 dB in the middle, with its noise."""
    hiss = np.random.default_rng(2).normal(0, 1e-4, len(samples))
    falls = np.where(np.arange(len(samples)) < len(samples) // 2, 1.0, db(-40.0))
    return np.asarray((samples + hiss) * falls, np.float32)


def faster(samples: Samples, share: float) -> Samples:
    """What a recorder has whose clock ran faster by such a share."""
    at = np.arange(round(len(samples) * (1 + share))) / (1 + share)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)


def changed(how: str) -> Sequence[Samples]:
    """One track on two channels, of which the second was changed on its way."""
    agent, customer = call()
    one = mixed() if how.endswith("late") else (agent + customer) / 2
    if how.endswith("late"):
        return [one, late(one, 0.09)]
    if how.startswith("with noise"):
        noise = np.random.default_rng(3).normal(0, 0.003, (2, len(one))).astype(np.float32)
        return [one + noise[0], one + noise[1]]
    if how.startswith("muffled"):
        return [one, np.convolve(one, np.full(4, 0.25), "same").astype(np.float32)]
    if how.startswith("of another clock"):
        return [one, faster(one, 0.0005)[: len(one)]]
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.amr", [one], RATE, "libopencore_amrnb")
        rows = [chunk.samples[::2] for chunk in open_recording(path, asked=KNOWN).chunks(1.0)]
    return [one, np.concatenate(rows)[: len(one)]]


def db(level: float) -> np.float32:
    return np.float32(10 ** (level / 20))


def hum(level: float, hertz: float = 50.0) -> Samples:
    times = np.arange(round(LONG * RATE)) / RATE
    tones = [np.sin(2 * np.pi * hertz * k * times) / k for k in (1, 2, 3, 5)]
    return np.asarray(level * sum(tones), np.float32)


def railway(level: float) -> Samples:
    """A hum of 16.7 Hz and nothing else."""
    times = np.arange(round(LONG * RATE)) / RATE
    return np.asarray(level * np.sin(2 * np.pi * 50 / 3 * times), np.float32)


def beep() -> Samples:
    """A second of 1000 Hz in the midst of nothing."""
    samples = np.zeros(round(LONG * RATE), np.float32)
    samples[RATE : 2 * RATE] = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    return samples


def saved(name: str, contents: Callable[[], bytes]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(contents())
        return path

    return make


def stereo(name: str, rows: Callable[[], Sequence[Samples]]) -> Callable[[Path], Path]:
    return saved(name, lambda: wav(pcm(rows()), channels=len(rows())))


def coded(
    name: str, codec: str, rate: int = RATE, *, one: bool = False, **more: object
) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        rows = [sum(at(rate)) / 2] if one else at(rate)
        return write(folder / name, rows, rate, codec, **more)

    return make


def uncounted(folder: Path) -> Path:
    """An MP3 whose first frames, of silence, have a low bit rate, and that states no length."""
    rows = [np.where(np.arange(len(row)) < 8000, np.float32(0), row) for row in at(16000)]
    varying = {"flags": "+qscale", "global_quality": "600"}
    uncounted = {"write_xing": "0"}
    return write(
        folder / "a.mp3", rows, 16000, "libmp3lame", options=varying, container_options=uncounted
    )


def twice(make: Callable[[Path], Path], *, cut: slice = slice(None)) -> Callable[[Path], Path]:
    def join(folder: Path) -> Path:
        path = make(folder)
        whole = path.read_bytes()
        path.write_bytes(whole + whole[cut])
        return path

    return join


def one_and_other(
    first: Callable[[Path], Path], second: Callable[[Path], Path], name: str
) -> Callable[[Path], Path]:
    def join(folder: Path) -> Path:
        whole = first(folder).read_bytes() + second(folder).read_bytes()
        path = folder / name
        path.write_bytes(whole)
        return path

    return join


def alone(rows: Sequence[Samples], rate: int, codec: str, container: str) -> bytes:
    """The bytes of a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a", rows, rate, codec, container=container)
        return path.read_bytes()


def shortened(make: Callable[[Path], Path], share: float) -> Callable[[Path], Path]:
    def cut(folder: Path) -> Path:
        path = make(folder)
        whole = path.read_bytes()
        path.write_bytes(whole[: round(len(whole) * share)])
        return path

    return cut


def stream(length: int) -> Callable[[Path], Path]:
    return saved("streamed.wav", lambda: wav(pcm(sample()), channels=2, length=length))


def separate_tracks(
    name: str, codec: str, *, silent: bool = False, starts: tuple[float, float] = (0, 0)
) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        agent, customer = at(RATE)
        rows = [agent * 0, customer] if silent else [agent, customer[round(starts[1] * RATE) :]]
        return write(folder / name, rows, RATE, codec, starts=starts)

    return make


def two_files(folder: Path, agent: Samples, customer: Samples) -> Made:
    first, second = folder / "agent.wav", folder / "customer.wav"
    first.write_bytes(wav(pcm([agent])))
    second.write_bytes(wav(pcm([customer])))
    return Made(first, second)


def odd_chunk(pad: bytes) -> bytes:
    return wav(pcm(sample()), channels=2, chunks=b"LIST\x05\0\0\0abcde" + pad)


def quiet_low_bits() -> bytes:
    """24-bit samples in the low bits of 32: 48 dB too quiet by the letter."""
    rows = [side / np.float32(256) for side in sample()]
    data = pcm(rows, 32)
    return wav(data, tag=0xFFFE, channels=2, bits=32, extra=extensible(24))


def zipped(folder: Path) -> Path:
    path = folder / "call.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("call.wav", wav(pcm([mixed()])))
    return path


def floats(factor: float) -> Callable[[], bytes]:
    def contents() -> bytes:
        data = (np.stack(sample(), axis=1) * factor).astype("<f4").tobytes()
        return wav(data, tag=3, channels=2, bits=32)

    return contents


def with_no_numbers() -> bytes:
    """Floats among which some are no numbers."""
    frames = np.stack(sample(), axis=1).astype("<f4")
    frames[RATE : RATE + 50, 0] = np.nan
    frames[2 * RATE, 1] = np.inf
    return wav(frames.tobytes(), tag=3, channels=2, bits=32)


def of_chance(form: tuple[int, int, int, bytes]) -> bytes:
    """A WAV file whose header names a codec by tag, bits, bytes a block and what more it needs."""
    tag, bits, align, extra = form
    data = np.random.default_rng(1).bytes(24_000)
    return wav(data, tag=tag, bits=bits, align=align, extra=extra)


MS_ADPCM = struct.pack(
    "<HHH14h", 32, 500, 7, 256, 0, 512, -256, 0, 0, 192, 64, 240, 0, 460, -208, 392, -232
)


def fading() -> Sequence[Samples]:
    """One track on two channels, of which the second gets 20 dB fainter by and by."""
    one = sum(call()) / 2
    return [one, (one * 10 ** np.linspace(0.0, -1.0, len(one))).astype(np.float32)]


def cut_off(on: int) -> Sequence[Samples]:
    """One track on two channels, of which one is 30 dB louder and clipped."""
    one = sum(call()) / 2
    cut = np.clip(one * db(30), -1, 1)
    return [cut, one] if on == 0 else [one, cut]


def leaking_and_clipped() -> list[Samples]:
    """Each side with the other one in it at -5 dB, and one of them cut off hard."""
    agent, customer = call()
    leak = db(-5)
    return [agent + leak * customer, np.clip((customer + leak * agent) * db(30), -1, 1)]


def carried(level: float, *, on: int = 0) -> list[Samples]:
    """Both sides, one of them with the other one in it, so loud against its origin."""
    rows = list(call())
    rows[on] = rows[on] + db(level) * rows[1 - on]
    return rows


def headerless(name: str, codec: str, container: str, rate: int = RATE) -> Callable[[Path], Path]:
    return coded(name, codec, rate, one=True, container=container)


def leaking(level: float = -20, *, seconds: float = 0.0, whole: bool = False) -> list[Samples]:
    """Each side with the other one in it, so many dB fainter and so much later."""
    agent, customer = call(LONGEST) if whole else sample()
    leak = db(level)
    return [agent + leak * late(customer, seconds), customer + leak * late(agent, seconds)]


def beginning_late(seconds: float) -> list[Samples]:
    """Each side with the other one in it, the customer's without its beginning."""
    agent, customer = leaking(-20, whole=True)
    return [agent, np.pad(late_in(customer, seconds), (0, round(seconds * RATE)))]


def both_echoing(seconds: float) -> list[Samples]:
    """Each heard on the other's side."""
    agent, customer = call()
    return [agent + db(-20) * late(customer, seconds), echoing(seconds)[1]]


def echoing(seconds: float, level: float = -20, noise: float = -100) -> list[Samples]:
    """The agent heard on the customer's side, so many dB fainter, in noise of so many dBFS."""
    agent, customer = call()
    hiss = db(noise) * np.random.default_rng(1).standard_normal(len(customer)).astype(np.float32)
    return [agent, customer + db(level) * late(agent, seconds) + hiss]


def exchanged(rows: tuple[Samples, Samples], at: int) -> list[Samples]:
    """Two sides that are each other's from a sample on."""
    one, two = rows
    return [np.concatenate([one[:at], two[at:]]), np.concatenate([two[:at], one[at:]])]


def clipped() -> list[Samples]:
    return [np.clip(side * db(40), -1, 1) for side in sample()]


FRAGMENTS = {"movflags": "frag_keyframe+empty_moov"}
ONE = "Both speakers are on one track"
RAW = "has no header"


def opened(kind: Kind, made: Made | Path) -> Recording:
    """What its maker left, opened as the command line would."""
    path, other = (made.path, made.other) if isinstance(made, Made) else (made, None)
    return open_recording(
        path, other=other, mono=kind.mono, asked=kind.asked, agent_channel=kind.agent
    )


def played(recording: Recording) -> dict[Channel, Samples]:
    taken: dict[Channel, list[Samples]] = {channel: [] for channel in recording.channels}
    for chunk in recording.chunks(1.0):
        taken[chunk.channel].append(chunk.samples)
    return {channel: np.concatenate(pieces) for channel, pieces in taken.items()}


def likeness(got: Samples, wanted: Samples) -> float:
    """Correlation at the best shift of up to 0.15 s; codecs delay."""
    wanted = wanted[: len(got)]
    # What wraps around lies beyond the shifts that are looked at.
    got = got[: len(wanted) + round(0.15 * SAMPLE_RATE)]
    size = 1 << (len(got) + round(0.15 * SAMPLE_RATE)).bit_length()
    spectra = np.fft.rfft(got, size), np.fft.rfft(wanted, size)
    cross = np.fft.irfft(spectra[0] * spectra[1].conj(), size)
    reach = round(0.15 * SAMPLE_RATE)
    best = float(np.abs(np.concatenate([cross[:reach], cross[-reach:]])).max())
    length = len(wanted)
    energy = float(np.sqrt(np.dot(got[:length], got[:length]) * np.dot(wanted, wanted)))
    return best / energy if energy else 0.0


@made_once
def wanted(channel: Channel, *, whole: bool = False) -> Samples:
    """A side of the sample at 16 kHz, as the program brings it there."""
    from audio.samples.resample import Resampler  # noqa: PLC0415 - of the tests' own needs

    agent, customer = call(LONGEST) if whole else sample()
    side = {Channel.AGENT: agent, Channel.CUSTOMER: customer}.get(channel, (agent + customer) / 2)
    resampler = Resampler(RATE)
    return np.concatenate([resampler.push(side), resampler.finish()])
