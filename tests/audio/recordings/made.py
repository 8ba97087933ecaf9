"""Recordings as telephone systems leave them: one of each kind, made from the sample call.

``python tests/audio/recordings/made.py`` prints the table of what happens to each.
"""

from __future__ import annotations

import functools
import gzip
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from soundfiles import alaw, amr, extensible, mulaw, pcm, vox, wav, write

from audio.chunks import SAMPLE_RATE, Samples
from audio.recording import Asked, Recording, open_recording
from audio.recordings.pieces import Reading
from coach.errors import InputError
from coach.events import Channel
from coach.sample import CALL

RATE = 8000
FROM, LONG = 8.0, 12.0
"""The part of the sample call that the recordings hold, in seconds: both speak in it."""


class Made(NamedTuple):
    """What a maker leaves: one file, or the agent's and the customer's."""

    path: Path
    other: Path | None = None
    expected: Samples | None = None
    """The agent's side where it is not the usual one."""


class Kind(NamedTuple):
    """One kind of recording and what is to happen to it."""

    name: str
    make: Callable[[Path], Made | Path]
    heard: str = "ac"
    """``ac``: the two people on two sides; ``m``: both on one; ``?``: some sound; ``""``: refused,
    with ``says`` in the line."""
    says: tuple[str, ...] = ()
    """Parts of the notices that must come; no others may where there are none."""
    seconds: float = LONG
    faithful: float = 0.98
    asked: Asked = Asked()
    mono: bool = False


@functools.cache
def sample() -> tuple[Samples, Samples]:
    """Twelve seconds of both sides of the sample call at 8 kHz."""
    sides: dict[Channel, list[Samples]] = {Channel.AGENT: [], Channel.CUSTOMER: []}
    for chunk in open_recording(CALL).chunks(1.0):
        if FROM <= chunk.start < FROM + LONG:
            sides[chunk.channel].append(chunk.samples)
    agent, customer = (np.concatenate(pieces)[::2] for pieces in sides.values())
    return agent * 2, customer * 2


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


def db(level: float) -> np.float32:
    return np.float32(10 ** (level / 20))


def hum(level: float, hertz: float = 50.0) -> Samples:
    times = np.arange(round(LONG * RATE)) / RATE
    tones = [np.sin(2 * np.pi * hertz * k * times) / k for k in (1, 2, 3, 5)]
    return np.asarray(level * sum(tones), np.float32)


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


def twice(make: Callable[[Path], Path], *, cut: slice = slice(None)) -> Callable[[Path], Path]:
    def join(folder: Path) -> Path:
        path = make(folder)
        whole = path.read_bytes()
        path.write_bytes(whole + whole[cut])
        return path

    return join


def shortened(make: Callable[[Path], Path], share: float) -> Callable[[Path], Path]:
    def cut(folder: Path) -> Path:
        path = make(folder)
        whole = path.read_bytes()
        path.write_bytes(whole[: round(len(whole) * share)])
        return path

    return cut


def stream(length: int) -> Callable[[Path], Path]:
    return saved("streamed.wav", lambda: wav(pcm(sample()), channels=2, length=length))


def _tracks(name: str, codec: str, *, silent: bool = False, starts: tuple[float, float] = (0, 0)
) -> Callable[[Path], Path]:  # fmt: skip
    def make(folder: Path) -> Path:
        agent, customer = at(RATE)
        rows = [agent * 0, customer] if silent else [agent, customer[round(starts[1] * RATE) :]]
        return write(folder / name, rows, RATE, codec, starts=starts)

    return make


def _two_files(folder: Path, agent: Samples, customer: Samples) -> Made:
    first, second = folder / "agent.wav", folder / "customer.wav"
    first.write_bytes(wav(pcm([agent])))
    second.write_bytes(wav(pcm([customer])))
    return Made(first, second)


def _odd_chunk(pad: bytes) -> bytes:
    return wav(pcm(sample()), channels=2, chunks=b"LIST\x05\0\0\0abcde" + pad)


def _quiet_low_bits() -> bytes:
    """24-bit samples in the low bits of 32: 48 dB too quiet by the letter."""
    rows = [side / np.float32(256) for side in sample()]
    data = pcm(rows, 32)
    return wav(data, tag=0xFFFE, channels=2, bits=32, extra=extensible(24))


def _zip(folder: Path) -> Path:
    path = folder / "call.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("call.wav", wav(pcm([mixed()])))
    return path


def _floats(factor: float) -> Callable[[], bytes]:
    def contents() -> bytes:
        data = (np.stack(sample(), axis=1) * factor).astype("<f4").tobytes()
        return wav(data, tag=3, channels=2, bits=32)

    return contents


def _headerless(name: str, codec: str, container: str, rate: int = RATE) -> Callable[[Path], Path]:
    return coded(name, codec, rate, one=True, container=container)


def _leaking() -> list[Samples]:
    agent, customer = sample()
    return [agent + db(-20) * customer, customer + db(-20) * agent]


def _clipped() -> list[Samples]:
    return [np.clip(side * db(40), -1, 1) for side in sample()]


ONE = "Both speakers are on one track"
RAW = "has no header"
UNHURT: tuple[str, ...] = ()

KINDS = [
    # --- codecs and containers, told by their content
    Kind("WAV, 8 bits", coded("a.wav", "pcm_u8"), faithful=0.9),
    Kind("WAV, 16 bits", coded("a.wav", "pcm_s16le")),
    Kind("WAV, 24 bits", coded("a.wav", "pcm_s24le")),
    Kind("WAV, 32 bits", coded("a.wav", "pcm_s32le")),
    Kind("WAV, float", coded("a.wav", "pcm_f32le")),
    Kind("WAV, mu-law", coded("a.wav", "pcm_mulaw")),
    Kind("WAV, A-law", coded("a.wav", "pcm_alaw")),
    Kind("WAV, MS ADPCM", coded("a.wav", "adpcm_ms"), faithful=0.9),
    Kind("WAV, IMA ADPCM", coded("a.wav", "adpcm_ima_wav"), faithful=0.9),
    Kind("WAV of 64 bits of length", coded("a.w64", "pcm_s16le")),
    Kind("AIFF", coded("a.aiff", "pcm_s16be")),
    Kind("AU", coded("a.au", "pcm_mulaw")),
    Kind("CAF", coded("a.caf", "pcm_s16le")),
    Kind("FLAC at 44.1 kHz", coded("a.flac", "flac", 44100)),
    Kind("WavPack", coded("a.wv", "wavpack")),
    Kind("MP3", coded("a.mp3", "libmp3lame", 16000), faithful=0.9),
    Kind("MP2", coded("a.mp2", "mp2", 16000), faithful=0.9),
    Kind("Ogg, called OGA", coded("a.oga", "libopus", 16000), faithful=0.8),
    Kind("Ogg Opus", coded("a.opus", "libopus", 16000), faithful=0.8),
    Kind("M4A", coded("a.m4a", "aac", 16000), faithful=0.9),
    Kind("AAC, bare", coded("a.aac", "aac", 16000), faithful=0.9, seconds=LONG + 0.1),
    Kind("WMA", coded("a.wma", "wmav2", 16000, options={"b": "48000"}), faithful=0.8),
    Kind("WebM", coded("a.webm", "libopus", 16000), faithful=0.8),
    Kind("AC-3", coded("a.ac3", "ac3", 48000), faithful=0.8),
    Kind("a film", coded("a.mp4", "aac", 16000, picture=True), faithful=0.9),
    Kind("an FLAC called WAV", coded("a.wav", "flac", container="flac")),
    Kind("a WAV called ulaw", coded("a.ulaw", "pcm_s16le", container="wav")),
    # --- two sound tracks
    Kind("two tracks, MKV", _tracks("a.mkv", "pcm_s16le"), says=("2 sound tracks", "--tracks")),
    Kind("two tracks, MKA", _tracks("a.mka", "flac"), says=("2 sound tracks",)),
    Kind("two tracks, MP4", _tracks("a.mp4", "aac"), says=("2 sound tracks",), faithful=0.8),
    Kind("two tracks, MOV", _tracks("a.mov", "pcm_s16le"), says=("2 sound tracks",)),
    Kind(
        "two tracks, the first silent",
        _tracks("a.mkv", "pcm_s16le", silent=True),
        heard="c",
        says=("2 sound tracks", "The agent's side is silent"),
    ),
    Kind(
        "two tracks, the second later",
        _tracks("a.mkv", "pcm_s16le", starts=(0.0, 2.0)),
        says=("2 sound tracks",),
        faithful=0.8,
    ),
    # --- joined files
    Kind(
        "joined WAV",
        twice(stereo("a.wav", sample)),
        says=("2 recordings joined",),
        seconds=2 * LONG,
    ),
    Kind(
        "joined WAV, streamed",
        twice(stream(0x7FFF_FFFF)),
        says=("2 recordings joined",),
        seconds=2 * LONG,
    ),
    Kind(
        "joined FLAC",
        twice(coded("a.flac", "flac")),
        says=("2 recordings joined",),
        seconds=2 * LONG,
    ),
    Kind(
        "joined Ogg",
        twice(coded("a.ogg", "libopus", 16000)),
        says=("2 recordings joined",),
        seconds=2 * LONG,
        faithful=0.8,
    ),
    Kind(
        "joined M4A",
        twice(coded("a.m4a", "aac", 16000)),
        says=("2 recordings joined",),
        seconds=2 * LONG,
        faithful=0.9,
    ),
    Kind(
        "joined MP3",
        twice(coded("a.mp3", "libmp3lame", 16000)),
        says=("2 recordings joined",),
        seconds=2 * LONG,
        faithful=0.9,
    ),
    Kind(
        "joined MKV",
        twice(coded("a.mkv", "flac")),
        says=("2 recordings joined",),
        seconds=2 * LONG,
    ),
    Kind(
        "joined, 8 kHz and 16 kHz",
        saved(
            "a.wav",
            lambda: wav(pcm(sample()), channels=2) + wav(pcm(at(16000)), channels=2, rate=16000),
        ),
        says=("2 recordings joined", "changes its sample rate"),
        seconds=2 * LONG,
    ),
    # --- lengths that are not true
    *(
        Kind(f"WAV, length {length:#x}", stream(length))
        for length in (0, 0x7FFF_FFFF, 0x7FFF_F000, 0xFFFF_FFFF)
    ),
    Kind(
        "WAV cut short",
        shortened(stereo("a.wav", sample), 0.75),
        says=("cut short",),
        seconds=0.75 * LONG,
    ),
    Kind(
        "FLAC cut short",
        shortened(coded("a.flac", "flac"), 0.75),
        says=("cut short",),
        seconds=8.64,
    ),
    Kind(
        "AAC without an end",
        shortened(coded("a.aac", "aac", 16000), 0.75),
        seconds=8.96,
        faithful=0.9,
        says=("?",),
    ),
    Kind(
        "M4A without its end",
        shortened(coded("a.m4a", "aac", 16000), 0.75),
        heard="",
        says=("its end is missing",),
    ),
    Kind("an odd chunk with its pad byte", saved("a.wav", lambda: _odd_chunk(b"\0"))),
    Kind("an odd chunk without it", saved("a.wav", lambda: _odd_chunk(b""))),
    Kind(
        "AMR with pauses",
        saved("a.amr", lambda: amr([(1.0, True), (2.0, False), (1.0, True)])),
        heard="?",
        seconds=4.0,
        says=(ONE,),
    ),
    # --- samples that are not what they seem
    Kind(
        "24 bits in 32",
        saved(
            "a.wav",
            lambda: wav(pcm(sample(), 32), tag=0xFFFE, channels=2, bits=32, extra=extensible(24)),
        ),
    ),
    Kind(
        "24 bits in the low end of 32",
        saved("a.wav", _quiet_low_bits),
        says=("The agent's side is very quiet", "The customer's side is very quiet"),
    ),
    Kind(
        "floats in steps of 16 bits",
        saved("a.wav", _floats(32768.0)),
        says=("The agent's side is too loud", "The customer's side is too loud"),
    ),
    Kind(
        "floats of a million million",
        saved("a.wav", _floats(1e12)),
        says=("The agent's side is too loud", "The customer's side is too loud"),
    ),
    # --- the same sound on both channels
    Kind(
        "a copy",
        stereo("a.wav", lambda: [mixed(), mixed()]),
        heard="m",
        says=("same sound on both channels", ONE),
    ),
    Kind(
        "a copy, upside down",
        stereo("a.wav", lambda: [mixed(), -mixed()]),
        heard="m",
        says=("same sound on both channels (upside down)", ONE),
    ),
    Kind(
        "a copy, upside down, taken as mono",
        stereo("a.wav", lambda: [mixed(), -mixed()]),
        heard="m",
        says=("upside down", ONE),
        mono=True,
    ),
    Kind(
        "a copy, 10 ms late",
        stereo("a.wav", lambda: [mixed(), late(mixed(), 0.010)]),
        heard="m",
        says=("10 ms late", ONE),
    ),
    Kind(
        "a copy, 10 dB louder",
        stereo("a.wav", lambda: [mixed() * db(-10), mixed()]),
        heard="m",
        says=("10 dB apart", ONE),
    ),
    Kind(
        "real sides as mono",
        stereo("a.wav", sample),
        heard="m",
        says=(ONE,),
        mono=True,
    ),
    # --- levels
    Kind(
        "an offset on both sides",
        stereo("a.wav", lambda: [side + np.float32(12000 / 32768) for side in sample()]),
        says=("The agent's side has a constant offset", "The customer's side has"),
    ),
    Kind(
        "hum on both sides",
        stereo("a.wav", lambda: [side + hum(0.2) for side in sample()]),
        says=("The agent's side carries mains hum of 50 Hz", "The customer's side carries"),
        faithful=0.9,
    ),
    Kind(
        "hum of 60 Hz on one side",
        stereo("a.wav", lambda: [sample()[0] + hum(0.2, 60.0), sample()[1]]),
        says=("The agent's side carries mains hum of 60 Hz",),
        faithful=0.9,
    ),
    Kind(
        "a side 40 dB lower",
        stereo("a.wav", lambda: [sample()[0], sample()[1] * db(-40)]),
        says=("The customer's side is very quiet",),
        faithful=0.9,
    ),
    Kind(
        "a side 30 dB lower",
        stereo("a.wav", lambda: [sample()[0] * db(-30), sample()[1]]),
        says=("The agent's side is very quiet",),
    ),
    Kind(
        "both sides 45 dB lower",
        stereo("a.wav", lambda: [side * db(-45) for side in sample()]),
        says=("The agent's side is very quiet", "The customer's side is very quiet"),
        faithful=0.9,
    ),
    Kind(
        "cut hard at full scale",
        stereo("a.wav", _clipped),
        says=("The agent's side is clipped", "The customer's side is clipped"),
        faithful=0.4,
    ),
    Kind(
        "a leak of 20 dB less",
        stereo("a.wav", _leaking),
        says=("also carries the customer's voice", "also carries the agent's voice"),
        faithful=0.9,
    ),
    Kind(
        "a side that is silent",
        stereo("a.wav", lambda: [sample()[0], sample()[1] * 0]),
        heard="a",
        says=("The customer's side is silent",),
    ),
    # --- without a header
    Kind("headerless .ulaw", saved("a.ulaw", lambda: mulaw(mixed())), "m", (RAW, "mulaw", ONE)),
    Kind("headerless .ul", saved("a.ul", lambda: mulaw(mixed())), "m", (RAW, "mulaw", ONE)),
    Kind("headerless .alaw", saved("a.alaw", lambda: alaw(mixed())), "m", (RAW, "alaw", ONE)),
    Kind("headerless .sln", saved("a.sln", lambda: pcm([mixed()])), "m", (RAW, "s16", ONE)),
    Kind(
        "headerless .sln16",
        saved("a.sln16", lambda: pcm([sum(at(16000)) / 2])),
        "m",
        (RAW, "s16 at 16000", ONE),
    ),
    Kind("headerless .raw, 16 bits", saved("a.raw", lambda: pcm([mixed()])), "m", ("as s16", ONE)),
    Kind("headerless .raw, mu-law", saved("a.raw", lambda: mulaw(mixed())), "m", ("mulaw", ONE)),
    Kind("headerless .pcm, A-law", saved("a.pcm", lambda: alaw(mixed())), "m", ("alaw", ONE)),
    Kind("headerless .vox", saved("a.vox", lambda: vox(mixed())), "m", ("vox", ONE), faithful=0.9),
    Kind(
        "headerless .g722",
        _headerless("a.g722", "g722", "g722", 16000),
        "m",
        ("g722", ONE),
        faithful=0.9,
    ),
    Kind(
        "headerless .g726, as in RTP",
        _headerless("a.g726", "g726le", "g726le"),
        "m",
        ("as g726 at", ONE),
        faithful=0.9,
    ),
    Kind(
        "headerless .g726, as in AAL2",
        _headerless("a.g726", "g726", "g726"),
        "m",
        ("as g726-aal2 at", ONE),
        faithful=0.9,
    ),
    Kind(
        "headerless, the kind said",
        saved("a.dat", lambda: mulaw(mixed())),
        "m",
        (ONE,),
        asked=Asked(reading=Reading(raw="mulaw", rate=8000)),
    ),
    Kind(
        "G.729 in WAV",
        saved(
            "a.wav", lambda: wav(np.random.default_rng(1).bytes(4000), tag=0x83, bits=0, align=10)
        ),
        "?",
        ("?",),
        seconds=4.0,
    ),
    Kind(
        "a header that says GSM over 16 bits",
        saved(
            "a.wav", lambda: wav(pcm([mixed()]), tag=0x31, bits=0, align=65, extra=b"\2\0\x40\1")
        ),
        "m",
        ("header says GSM", ONE),
    ),
    Kind(
        "a header that says IMA ADPCM over 16 bits",
        saved(
            "a.wav", lambda: wav(pcm([mixed()]), tag=0x11, bits=4, align=256, extra=b"\2\0\xf9\1")
        ),
        "m",
        ("header says ADPCM IMA", ONE),
    ),
    Kind(
        "a header that says 16 bits over A-law",
        saved("a.wav", lambda: wav(alaw(mixed()))),
        "m",
        ("read as alaw", ONE),
    ),
    Kind(
        "a header that says mu-law over 16 bits",
        saved("a.wav", lambda: wav(pcm([mixed()]), tag=7, bits=8)),
        "m",
        ("header says PCM mu-law", ONE),
    ),
    # --- more channels than two
    Kind(
        "three channels, one a mix",
        stereo("a.wav", lambda: [mixed(), *sample()]),
        says=("3 channels", "channel 2 and channel 3", "--channels"),
    ),
    Kind(
        "three channels, chosen",
        stereo("a.wav", lambda: [sample()[1], mixed() * 0, sample()[0]]),
        asked=Asked(channels=(3, 1)),
    ),
    Kind(
        "four channels, two silent",
        stereo("a.wav", lambda: [mixed() * 0, sample()[0], mixed() * 0, sample()[1]]),
        says=("4 channels", "channel 2 and channel 4"),
    ),
    Kind(
        "six channels",
        coded("a.wav", "pcm_s16le"),
        asked=Asked(channels=(1, 2)),
    ),
    # --- names
    Kind("a name with a time", stereo("2026-11-26T10:15:30.wav", sample)),
    Kind("a name like an address", stereo("sip:a@b.wav", sample)),
    Kind("a zip", _zip, "", ("is a zip archive", "Unpack")),
    Kind("gzip", saved("a.wav.gz", lambda: gzip.compress(b"RIFF")), "", ("gzip",)),
    Kind("an address", lambda _: Path("https://host/call.wav"), "", ("is an address",)),
    Kind("text", saved("a.wav", lambda: b"hello\n" * 500), "", ("cannot be read",)),
    Kind("nothing", saved("a.wav", lambda: b""), "", ("is empty",)),
    # --- two files
    Kind("two files", lambda folder: _two_files(folder, *sample())),
    Kind(
        "two files of unequal length",
        lambda folder: _two_files(folder, sample()[0], sample()[1][: 6 * RATE]),
        says=("6.0 s shorter", "--delay"),
        faithful=0.5,
    ),
]
"""Every kind."""


def opened(kind: Kind, folder: Path) -> Recording:
    made = kind.make(folder)
    path, other = (made.path, made.other) if isinstance(made, Made) else (made, None)
    return open_recording(path, other=other, mono=kind.mono, asked=kind.asked)


def played(recording: Recording) -> dict[Channel, Samples]:
    taken: dict[Channel, list[Samples]] = {channel: [] for channel in recording.channels}
    for chunk in recording.chunks(1.0):
        taken[chunk.channel].append(chunk.samples)
    return {channel: np.concatenate(pieces) for channel, pieces in taken.items()}


def likeness(got: Samples, wanted: Samples) -> float:
    """Correlation at the best shift of up to 0.15 s; codecs delay."""
    wanted = wanted[: len(got)]
    size = 1 << (2 * max(len(got), len(wanted))).bit_length()
    spectra = np.fft.rfft(got, size), np.fft.rfft(wanted, size)
    cross = np.fft.irfft(spectra[0] * spectra[1].conj(), size)
    reach = round(0.15 * SAMPLE_RATE)
    best = float(np.abs(np.concatenate([cross[:reach], cross[-reach:]])).max())
    length = len(wanted)
    energy = float(np.sqrt(np.dot(got[:length], got[:length]) * np.dot(wanted, wanted)))
    return best / energy if energy else 0.0


def wanted(channel: Channel) -> Samples:
    """A side of the sample at 16 kHz, as the program brings it there."""
    from audio.resample import Resampler  # noqa: PLC0415 - of the tests' own needs

    agent, customer = sample()
    side = {Channel.AGENT: agent, Channel.CUSTOMER: customer}.get(channel, mixed())
    resampler = Resampler(RATE)
    return np.concatenate([resampler.push(side), resampler.finish()])


def main() -> None:
    """Print the table."""
    import tempfile  # noqa: PLC0415 - of the script's own

    for number, kind in enumerate(KINDS, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                recording = opened(kind, Path(folder))
                sound = played(recording)
            except InputError as error:
                print(f"{number:3} {kind.name:40} refused: {str(error).replace(folder, '')}")
                continue
            sides = ", ".join(
                f"{channel.lower()} {len(samples) / SAMPLE_RATE:.2f} s"
                f" ({likeness(samples, wanted(channel)):.3f})"
                for channel, samples in sound.items()
            )
            print(f"{number:3} {kind.name:40} {sides}")
            for notice in recording.notices:
                print(f"{'':44} - {notice.replace(folder, '')}")


if __name__ == "__main__":
    main()
