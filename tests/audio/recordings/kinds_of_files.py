"""Recordings by what their bytes are: containers, codecs, joined and broken files, names."""

from __future__ import annotations

import functools
import gzip
from pathlib import Path

import numpy as np
from makers import (
    LONG,
    ONE,
    RAW,
    Kind,
    at,
    coded,
    headerless,
    mixed,
    odd_chunk,
    of_chance,
    sample,
    saved,
    separate_tracks,
    shortened,
    stereo,
    stream,
    twice,
    uncounted,
    zipped,
)
from soundfiles import alaw, amr, mulaw, pcm, vox, wav

from audio.recordings.opening import RecordingOptions
from audio.recordings.pieces import Reading


def swapped(data: bytes) -> bytes:
    """16-bit samples with their bytes the other way round."""
    return np.frombuffer(data, "<i2").astype(">i2").tobytes()


def no_mp3() -> bytes:
    """16 bits behind a header of MP3."""
    extra = b"\x0c\0" + bytes(12)
    return wav(pcm([mixed()]), tag=0x55, bits=0, align=1, width=1000, extra=extra)


def framed(align: int) -> bytes:
    """16 bits of two channels behind a header that states so many bytes a frame, not 4."""
    return wav(pcm(sample()), channels=2, align=align)


FILES = [
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
    Kind("MP3 of changing bit rate, its frames not counted", uncounted, faithful=0.8),
    Kind("MP2", coded("a.mp2", "mp2", 16000), faithful=0.9),
    Kind("Ogg, called OGA", coded("a.oga", "libopus", 16000), faithful=0.8),
    Kind("Ogg Opus", coded("a.opus", "libopus", 16000), faithful=0.8),
    Kind("M4A", coded("a.m4a", "aac", 16000), faithful=0.9),
    Kind("AAC, bare", coded("a.aac", "aac", 16000), faithful=0.9, seconds=LONG + 0.1),
    Kind("WMA", coded("a.wma", "wmav2", 16000, options={"b": "48000"}), faithful=0.8),
    Kind("WebM", coded("a.webm", "libopus", 16000), faithful=0.8),
    Kind("AC-3", coded("a.ac3", "ac3", 48000), faithful=0.8),
    Kind("a film", coded("a.mp4", "aac", 16000, picture=True), faithful=0.9),
    Kind("a FLAC called WAV", coded("a.wav", "flac", container="flac")),
    Kind("a WAV called ulaw", coded("a.ulaw", "pcm_s16le", container="wav")),
    # --- two sound tracks
    Kind(
        "two tracks, MKV",
        separate_tracks("a.mkv", "pcm_s16le"),
        says=("2 sound tracks", "--tracks"),
    ),
    Kind("two tracks, MKA", separate_tracks("a.mka", "flac"), says=("2 sound tracks",)),
    Kind(
        "two tracks, MP4", separate_tracks("a.mp4", "aac"), says=("2 sound tracks",), faithful=0.8
    ),
    Kind("two tracks, MOV", separate_tracks("a.mov", "pcm_s16le"), says=("2 sound tracks",)),
    Kind(
        "two tracks, the first silent",
        separate_tracks("a.mkv", "pcm_s16le", silent=True),
        heard="c",
        says=("2 sound tracks", "The agent's side is silent"),
    ),
    Kind(
        "two tracks, the second later",
        separate_tracks("a.mkv", "pcm_s16le", starts=(0.0, 0.4)),
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
        seconds=4.97,
    ),
    Kind(
        "AAC without an end",
        shortened(coded("a.aac", "aac", 16000), 0.75),
        seconds=0.75 * LONG,
        faithful=0.9,
        says=("?",),
    ),
    Kind(
        "M4A without its end",
        shortened(coded("a.m4a", "aac", 16000), 0.75),
        heard="",
        says=("its index is missing", "never finished"),
    ),
    Kind("an odd chunk with its pad byte", saved("a.wav", lambda: odd_chunk(b"\0"))),
    Kind("an odd chunk without it", saved("a.wav", lambda: odd_chunk(b""))),
    Kind(
        "AMR with pauses",
        saved("a.amr", lambda: amr([(1.0, True), (2.0, False), (1.0, True)])),
        heard="?",
        seconds=4.0,
        says=(ONE,),
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
        headerless("a.g722", "g722", "g722", 16000),
        "m",
        ("g722", ONE),
        faithful=0.9,
    ),
    Kind(
        "headerless .g726, as in RTP",
        headerless("a.g726", "g726le", "g726le"),
        "m",
        ("as g726 at", ONE),
        faithful=0.9,
    ),
    Kind(
        "headerless .g726, as in AAL2",
        headerless("a.g726", "g726", "g726"),
        "m",
        ("as g726-aal2 at", ONE),
        faithful=0.9,
    ),
    Kind(
        "headerless, the kind said",
        saved("a.dat", lambda: mulaw(mixed())),
        "m",
        (ONE,),
        asked=RecordingOptions(reading=Reading(raw="mulaw", rate=8000)),
    ),
    Kind(
        "G.729 in WAV",
        saved(
            "a.wav", lambda: wav(np.random.default_rng(1).bytes(4000), tag=0x83, bits=0, align=10)
        ),
        "?",
        ("random noise and nothing like speech", "G.729", ONE),
        seconds=4.0,
    ),
    *(
        Kind(
            f"a header that says {name}, and no sound behind it",
            saved("a.wav", functools.partial(of_chance, form)),
            "?",
            ("noise and nothing like speech", name, ONE, "?"),
            never=("clipped", "too loud"),
            seconds=seconds,
        )
        for name, form, seconds in (
            ("GSM Microsoft variant", (0x31, 0, 65, b"\2\0\x40\1"), 14.76),
            ("G.723.1", (0x42, 0, 24, b""), 59.46),
            ("ADPCM IMA WAV", (0x11, 4, 256, b"\2\0\xf9\1"), 5.74),
            ("DSP Group TrueSpeech", (0x22, 1, 32, b"\x20\0" + bytes(32)), 22.5),
        )
    ),
    Kind(
        "AMR of chance",
        saved("a.amr", lambda: amr([(7.0, True)])),
        "?",
        ("random noise and nothing like speech", ONE),
    ),
    *(
        Kind(
            f"a header that says {name}, of which nothing can be decoded",
            saved("a.wav", functools.partial(of_chance, form)),
            "",
            ("can be decoded as", name),
        )
        for name, form in (("AAC", (0xFF, 16, 1, b"\2\0\x15\x88")),)
    ),
    Kind(
        "a header that says G.726 of no bits",
        saved("a.wav", lambda: wav(pcm([mixed()]), tag=0x45, bits=4, width=0)),
        "",
        ("its G.726 ADPCM (WAV format 0x0045) cannot be decoded",),
    ),
    Kind(
        "a header that says G.726 over 16 bits",
        saved("a.wav", lambda: wav(pcm([mixed()]), tag=0x45, bits=4, align=1)),
        "m",
        ("header says G.726", "read as s16", ONE),
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
        "a header that says G.729 over 16 bits",
        saved("a.wav", lambda: wav(pcm([mixed()]), tag=0x83, bits=0, align=10)),
        "m",
        ("header says G.729", "read as s16", ONE),
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
    # --- names
    Kind(
        "two channels behind a header of one",
        saved("a.wav", lambda: wav(pcm(sample()), channels=1)),
        says=("header says one channel, but its samples are those of two", "--raw s16:1"),
    ),
    Kind(
        "one channel behind a header of two",
        saved("a.wav", lambda: wav(pcm([mixed()]), channels=2)),
        "m",
        ("header says two channels, but its samples are those of one", "--raw s16:2", ONE),
    ),
    Kind(
        "high bytes first behind a header of low ones",
        saved("a.wav", lambda: wav(swapped(pcm(sample())), channels=2)),
        says=("read as s16be", "two channels, whose samples take turns"),
    ),
    Kind(
        "16 bits behind a header of MP3",
        saved("a.wav", no_mp3),
        "m",
        ("header says MP3", "read as s16, which sounds", ONE),
    ),
    *(
        Kind(f"a frame of {align} bytes stated", saved("a.wav", functools.partial(framed, align)))
        for align in (0, 2)
    ),
    Kind("a name with a time", stereo("2026-11-26T10:15:30.wav", sample)),
    Kind("a name like an address", stereo("sip:a@b.wav", sample)),
    Kind("a zip", zipped, "", ("is a zip archive", "Unpack")),
    Kind("gzip", saved("a.wav.gz", lambda: gzip.compress(b"RIFF")), "", ("gzip",)),
    Kind("an address", lambda _: Path("https://host/call.wav"), "", ("is an address",)),
    Kind("text", saved("a.wav", lambda: b"hello\n" * 500), "", ("cannot be read",)),
    Kind("nothing", saved("a.wav", lambda: b""), "", ("is empty",)),
    # --- what changes on the way
    Kind(
        "headerless, two channels",
        saved(
            "a.dat",
            lambda: b"".join(
                bytes(pair) for pair in zip(*(mulaw(side) for side in sample()), strict=True)
            ),
        ),
        asked=RecordingOptions(reading=Reading(raw="mulaw:2")),
    ),
    Kind(
        "one channel, then two",
        saved("a.wav", lambda: wav(pcm([mixed()])) + wav(pcm(sample()), channels=2)),
        "m",
        ("2 recordings joined", "changes its number of channels", ONE),
        seconds=2 * LONG,
    ),
    Kind(
        "a format that nobody knows",
        saved("a.wav", lambda: wav(pcm([mixed()]), tag=0x1234)),
        "",
        ("WAV format 0x1234",),
    ),
]
