"""Recordings that do not end where they say, hold more than one, or are none."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
from makers import (
    FRAGMENTS,
    LONG,
    ONE,
    RAW,
    Kind,
    alone,
    at,
    coded,
    headerless,
    mixed,
    one_and_other,
    sample,
    saved,
    separate_tracks,
    shortened,
    stereo,
    stream,
    twice,
)
from soundfiles import extensible, mulaw, pcm, wav

AMR = "libopencore_amrnb"
SOUNDS = (RAW, "which is what sounds", "it would be noise", ONE)
JOINED = ("2 recordings joined",)


def joined(name: str, codec: str, rate: int = 8000, *, told: bool = True, **more: object) -> Kind:
    """Two of a kind in one file."""
    one = bool(more.get("one"))
    return Kind(
        f"joined {name.removeprefix('a.').upper()}",
        twice(coded(name, codec, rate, **more)),
        "m" if one else "ac",
        ((*JOINED, ONE) if one else JOINED) if told else (),
        seconds=2 * LONG,
        faithful=0.7,
    )


def before_wav(name: str, codec: str, rate: int = 8000, **more: object) -> Kind:
    """A file with a WAV file behind it."""
    changes = () if rate == 8000 else ("changes its sample rate on the way",)
    return Kind(
        f"{name.removeprefix('a.').upper()} ({codec}) with a WAV behind it",
        one_and_other(coded(name, codec, rate, **more), stereo("b.wav", sample), name),
        says=(*JOINED, *changes),
        seconds=2 * LONG + (0.1 if rate != 8000 else 0.0),
        faithful=0.7,
    )


def behind_wav(codec: str, container: str, rate: int) -> Kind:
    """A WAV file with another one behind it, which no header begins or one like a chunk's."""
    return Kind(
        f"WAV with {container.upper()} ({codec}) behind it",
        saved("a.wav", lambda: whole() + alone(at(rate), rate, codec, container)),
        says=(*JOINED, *(() if rate == 8000 else ("changes its sample rate on the way",))),
        seconds=2 * LONG + (0.1 if rate != 8000 else 0.0),
        faithful=0.7,
    )


def cut(name: str, codec: str, rate: int = 8000, **more: object) -> Kind:
    """A file of which the end is missing."""
    return Kind(
        f"{name.removeprefix('a.').upper()} ({codec}) cut short",
        shortened(coded(name, codec, rate, **more), 0.7),
        says=("cut short",),
        seconds=0.7 * LONG,
        faithful=0.7,
    )


def refused(name: str, contents: bytes, *says: str) -> Kind:
    return Kind(name, saved("a.wav", lambda: contents.ljust(600, b"\0")), "", says)


def whole() -> bytes:
    return wav(pcm(sample()), channels=2)


def in_two_chunks() -> bytes:
    """A WAV file with its sound in two data chunks."""
    data = pcm(sample())
    half = len(data) // 8 * 4
    return wav(data[:half], channels=2) + struct.pack("<4sI", b"data", half) + data[half:]


def high_first() -> bytes:
    """A WAV file of a machine that writes high bytes first."""
    data = np.frombuffer(pcm(sample()), "<i2").astype(">i2").tobytes()
    form = struct.pack(">HHIIHH", 1, 2, 8000, 32000, 4, 16)
    body = b"WAVEfmt " + struct.pack(">I", 16) + form + b"data" + struct.pack(">I", len(data))
    return b"RIFX" + struct.pack(">I", len(body) + len(data)) + body + data


def long_lengths() -> bytes:
    """A WAV file that states its length in 64 bits."""
    data = pcm(sample())
    ds64 = struct.pack("<4sIQQQI", b"ds64", 28, len(data) + 72, len(data), len(data) // 4, 0)
    return wav(data, channels=2, length=0xFFFF_FFFF, chunks=ds64, head=b"RF64")


def of_20_bits() -> bytes:
    data = np.frombuffer(pcm(sample(), 32), np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    return wav(data, tag=0xFFFE, channels=2, bits=24, extra=extensible(20))


def at_two_rates(codec: str, container: str) -> Callable[[], bytes]:
    def contents() -> bytes:
        return b"".join(alone(at(rate), rate, codec, container) for rate in (16000, 8000))

    return contents


CHANGES = ("changes its sample rate on the way (16000 Hz first, then 8000 Hz",)

ENDS = [
    # --- more behind the end than is said
    joined("a.aiff", "pcm_s16be"),
    joined("a.caf", "pcm_s16le"),
    joined("a.w64", "pcm_s16le"),
    joined("a.wv", "wavpack"),
    joined("a.tta", "tta"),
    joined("a.voc", "pcm_s16le"),
    joined("a.flv", "libmp3lame", 44100),
    joined("a.amr", AMR, one=True),
    joined("a.3gp", AMR, one=True),
    joined("a.aac", "aac", 16000, told=False)._replace(seconds=2 * LONG + 0.15),
    joined("a.ts", "mp2", 16000, told=False),
    joined("a.avi", "pcm_s16le", told=False),
    Kind(
        "joined WAV and MP3",
        saved("a.wav", lambda: whole() + alone(at(16000), 16000, "libmp3lame", "mp3")),
        says=(*JOINED, "changes its sample rate"),
        seconds=2 * LONG,
        faithful=0.9,
    ),
    before_wav("a.flac", "flac"),
    before_wav("a.mka", "flac"),
    before_wav("a.caf", "pcm_s16le"),
    before_wav("a.au", "pcm_mulaw"),
    before_wav("a.m4a", "aac", 16000),
    before_wav("a.aac", "aac", 16000),
    before_wav("a.mp3", "libmp3lame", 16000),
    before_wav("a.wma", "wmav2", 16000, options={"b": "48000"}),
    before_wav("a.opus", "libopus", 16000),
    behind_wav("pcm_s16le", "caf", 8000),
    behind_wav("libopus", "ogg", 16000),
    behind_wav("mp2", "mp2", 16000),
    behind_wav("aac", "adts", 16000),
    behind_wav("ac3", "ac3", 48000),
    Kind(
        "MP3 that changes its rate",
        saved("a.mp3", at_two_rates("libmp3lame", "mp3")),
        says=(*JOINED, *CHANGES),
        seconds=2 * LONG,
        faithful=0.9,
    ),
    Kind(
        "AAC that changes its rate",
        saved("a.aac", at_two_rates("aac", "adts")),
        says=CHANGES,
        seconds=2 * LONG + 0.25,
        faithful=0.9,
    ),
    *(
        Kind(name, stream(length), says=("behind the end that its header states",))
        for name, length in (("an old length", 16_000), ("a length of nearly nothing", 32))
    ),
    Kind("sound in two chunks", saved("a.wav", in_two_chunks), says=JOINED),
    Kind(
        "remarks behind the sound",
        saved("a.wav", lambda: whole() + b"LIST\x0a\0\0\0INFOIART\0\0"),
    ),
    Kind(
        "bytes of another kind behind the sound",
        saved("a.wav", lambda: whole() + np.random.default_rng(1).bytes(40_000)),
        says=("40000 bytes that are no sound of its kind",),
    ),
    *(
        Kind(
            f"{name} in front",
            saved("a.wav", lambda first=first: first + whole()),
            says=(f"begins with {len(first)} bytes that are no sound",),
        )
        for name, first in (
            ("a mark of text", b"\xef\xbb\xbf"),
            ("what a server said", b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n\r\n"),
            ("an MP3's tag", b"ID3\3\0\0\0\0\0\x0aTIT2" + bytes(6)),
        )
    ),
    Kind(
        "two channels, then one",
        saved("a.wav", lambda: whole() + wav(pcm([mixed() * 0]))),
        says=(*JOINED, "changes its number of channels", "silence stands for a missing one"),
        seconds=2 * LONG,
    ),
    Kind(
        "two tracks, then one",
        one_and_other(separate_tracks("a.mkv", "flac"), coded("b.mkv", "flac", one=True), "a.mkv"),
        "c",
        ("2 sound tracks", *JOINED, "fewer sound tracks", "silence stands for a missing one"),
        seconds=2 * LONG,
    ),
    # --- less than is said
    cut("a.wav", "adpcm_ms"),
    cut("a.wav", "libmp3lame", 16000),
    cut("a.caf", "pcm_s16le"),
    cut("a.w64", "pcm_s16le"),
    cut("a.avi", "pcm_s16le"),
    cut("a.mkv", "pcm_s16le"),
    cut("a.aiff", "pcm_s16be"),
    cut("a.mp3", "libmp3lame", 16000),
    cut("a.mp4", "aac", 16000, container_options=FRAGMENTS)._replace(
        name="fragmented MP4 cut short"
    ),
    cut("a.ogg", "libopus", 16000)._replace(
        says=("cut short after 4.0 s", "cannot be told"), seconds=3.99
    ),
    Kind(
        "AMR cut short",
        shortened(coded("a.amr", AMR, one=True), 0.7),
        "m",
        ("1 piece could not be decoded", ONE),
        seconds=0.7 * LONG,
        faithful=0.6,
    ),
    Kind(
        "an AIFF that was never finished",
        saved("a.aiff", lambda: b"FORM\0\0\0\0AIFFCOMM" + bytes(200)),
        "",
        ("never finished",),
    ),
    # --- more codecs and containers
    Kind("AMR", coded("a.amr", AMR, one=True), "m", (ONE,), faithful=0.75),
    Kind("3GP", coded("a.3gp", AMR, one=True), "m", (ONE,), faithful=0.75),
    Kind("G.722 in WAV", coded("a.wav", "g722", 16000, one=True), "m", (ONE,)),
    Kind("G.726 in WAV", coded("a.wav", "g726", one=True), "m", (ONE,)),
    Kind("MP3 in WAV", coded("a.wav", "libmp3lame", 16000), faithful=0.9),
    Kind("Apple Lossless", coded("a.m4a", "alac", 16000)),
    Kind("TTA", coded("a.tta", "tta", 16000)),
    Kind("AVI", coded("a.avi", "pcm_s16le")),
    Kind("MPEG transport", coded("a.ts", "mp2", 16000), faithful=0.9),
    Kind("VOC", coded("a.voc", "pcm_s16le")),
    Kind("WAV of double floats", coded("a.wav", "pcm_f64le")),
    Kind("WAV of 20 bits in 24", saved("a.wav", of_20_bits)),
    Kind("WAV, high byte first", saved("a.wav", high_first)),
    Kind("WAV that states its length in 64 bits", saved("a.wav", long_lengths)),
    *(
        Kind(
            f"two tracks, {name.upper()}",
            separate_tracks(f"a.{name}", codec),
            says=("2 sound tracks", "--tracks"),
        )
        for name, codec in (("ogg", "flac"), ("avi", "pcm_s16le"))
    ),
    Kind(
        "two tracks, the second later, MOV",
        separate_tracks("a.mov", "pcm_s16le", starts=(0.0, 0.4)),
        says=("2 sound tracks",),
        faithful=0.6,
    ),
    Kind("fragmented MP4", coded("a.mp4", "aac", 16000, container_options=FRAGMENTS), faithful=0.9),
    # --- without a header
    Kind(
        "headerless .raw, two channels",
        saved("a.raw", lambda: pcm(sample())),
        says=(RAW, "as s16", "holds two channels", "--raw s16:1"),
    ),
    Kind(
        "headerless .ulaw, two channels",
        saved("a.ulaw", lambda: mulaw(np.stack(sample(), axis=1).ravel())),
        says=(RAW, "as mulaw", "holds two channels"),
    ),
    Kind(
        "headerless .pcm, high byte first",
        saved("a.pcm", lambda: np.frombuffer(pcm([mixed()]), "<i2").astype(">i2").tobytes()),
        "m",
        ("as s16be", ONE),
    ),
    Kind(
        "headerless .gsm without a voice",
        saved("a.gsm", lambda: (b"\xd0" + bytes(32)) * round(LONG * 50)),
        "?",
        (RAW, "as gsm", ONE, "?"),
        never=("clipped",),
    ),
    Kind(
        "headerless .gsm that is none",
        saved("a.gsm", lambda: np.random.default_rng(1).bytes(round(LONG * 1650))),
        "?",
        (RAW, "as gsm", "steady noise", ONE),
        never=("clipped", "too loud"),
    ),
    Kind("headerless .gsm of 16 bits", saved("a.gsm", lambda: pcm([mixed()])), "m", SOUNDS),
    Kind("headerless .ulaw of 16 bits", saved("a.ulaw", lambda: pcm([mixed()])), "m", SOUNDS),
    Kind("headerless .vox of mu-law", saved("a.vox", lambda: mulaw(mixed())), "m", SOUNDS),
    Kind(
        "headerless .g729",
        saved("a.g729", lambda: np.random.default_rng(1).bytes(round(LONG * 1000))),
        "?",
        (RAW, "as g729", "random noise", ONE),
    ),
    Kind("headerless, no ending", saved("call", lambda: mulaw(mixed())), "", ("cannot be read",)),
    # --- names, and what is no recording
    Kind("a name with a dash in front", stereo("-call.wav", sample)),
    Kind("an ending in capitals", headerless("a.G722", "g722", "g722", 16000), "m", (RAW, ONE)),
    refused("a tar archive", b"call.wav".ljust(257, b"\0") + b"ustar", "a tar archive", "Unpack"),
    refused("a web page", b"\n<!DOCTYPE html>", "is a web page"),
    refused("a network capture", b"\xd4\xc3\xb2\xa1", "a network capture"),
    refused("an e-mail", b"Received: from a", "is an e-mail"),
    refused("an Outlook message", b"\xd0\xcf\x11\xe0", "an Outlook message"),
    refused("something encrypted", b"-----BEGIN PGP MESSAGE-----", "is encrypted"),
    refused("SILK", b"#!SILK_V3", "SILK sound, for which there is no decoder"),
    refused("a PDF", b"%PDF-1.7", "a PDF document"),
]
