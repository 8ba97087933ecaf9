"""Writes small sound files of every kind for tests, with what the program itself brings."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from audio.samples.chunks import Samples

INDEX = (-1, -1, -1, -1, 2, 4, 6, 8)  # of IMA's and Dialogic's step tables, by three bits
LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 6: "5.1"}


def write(
    path: Path,
    rows: Sequence[Samples],
    rate: int,
    codec: str = "pcm_s16le",
    *,
    container: str | None = None,
    starts: Sequence[float] = (0.0,),
    options: dict[str, str] | None = None,
    picture: bool = False,
    container_options: dict[str, str] | None = None,
) -> Path:
    """A sound file with one row a channel, in the container that the name asks for.

    With several ``starts`` every row is a track of its own that begins at that second.
    """
    tracks = [[row] for row in rows] if len(starts) > 1 else [list(rows)]
    with av.open(str(path), "w", format=container, options=container_options or {}) as file:
        film = _picture_stream(file) if picture else None
        streams = []
        for track in tracks:
            layout = LAYOUTS.get(len(track), f"{len(track)} channels")
            stream = file.add_stream(codec, rate=rate, layout=layout, options=options or {})
            streams.append((stream, track, layout))
        if film is not None:
            _add_pictures(file, film)
        for (stream, track, layout), start in zip(streams, starts, strict=True):
            _encode(file, stream, track, rate, layout, start)
    return path


def _encode(file, stream, track, rate, layout, start) -> None:  # noqa: ANN001
    frame = av.AudioFrame.from_ndarray(
        np.stack(track, axis=1).astype(np.float32).reshape(1, -1), format="flt", layout=layout
    )
    frame.sample_rate = rate
    frame.pts = 0
    convert = av.AudioResampler(
        format=stream.codec_context.format.name,
        layout=layout,
        rate=rate,
        frame_size=stream.codec_context.frame_size or rate // 50,
    )
    for ready in [*convert.resample(frame), *convert.resample(None), None]:
        if ready is not None and start:
            ready.pts = (ready.pts or 0) + round(start * rate)
        for packet in stream.encode(ready):
            file.mux(packet)


def _picture_stream(file):  # noqa: ANN001, ANN202
    stream = file.add_stream("mpeg4", rate=5)
    stream.width = stream.height = 32
    stream.pix_fmt = "yuv420p"
    return stream


def _add_pictures(file, stream) -> None:  # noqa: ANN001
    for moment in range(5):
        picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        picture.pts, picture.time_base = moment, Fraction(1, 5)
        file.mux(stream.encode(picture))
    file.mux(stream.encode(None))


def wav(
    data: bytes,
    *,
    tag: int = 1,
    channels: int = 1,
    rate: int = 8000,
    bits: int = 16,
    align: int | None = None,
    width: int | None = None,
    extra: bytes = b"",
    length: int | None = None,
    chunks: bytes = b"",
    head: bytes = b"RIFF",
) -> bytes:
    """A WAV file around ``data``; ``length`` is what the header says of it."""
    block = align if align is not None else channels * bits // 8
    if width is None:
        width = rate * block if align is None else rate * channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, width, block, bits) + extra
    stated = len(data) if length is None else length
    body = b"WAVE" + chunks + b"fmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", stated % 2**32)
    return head + struct.pack("<I", (len(body) + stated) % 2**32) + body + data


def extensible(valid: int, subtype: int = 1) -> bytes:
    """What an extensible format adds to the fmt chunk: valid bits and the true tag."""
    guid = struct.pack("<H", subtype) + bytes.fromhex("000000001000800000aa00389b71")
    return struct.pack("<HHI", 22, valid, 0) + guid


def pcm(rows: Sequence[Samples], bits: int = 16) -> bytes:
    """Interleaved little-endian samples of 16 or 32 bits."""
    kind = {16: "<i2", 32: "<i4"}[bits]
    top = 2.0 ** (bits - 1)
    scaled = np.clip(np.stack(rows, axis=1).astype(float) * top, -top, top - 1)
    return scaled.astype(kind).tobytes()


def bytes_of(rows: Sequence[Samples], *, signed: bool) -> bytes:
    """Interleaved samples of 8 bits."""
    scaled = np.clip(np.round(np.stack(rows, axis=1).astype(float) * 127), -128, 127)
    return (scaled.astype(np.int8) if signed else (scaled + 128).astype(np.uint8)).tobytes()


def mulaw(samples: Samples) -> bytes:
    """G.711 mu-law."""
    value = np.clip(np.abs(samples.astype(float)) * 32768, 0, 32635).astype(int) + 132
    segment = np.floor(np.log2(value)).astype(int) - 7
    mantissa = (value >> (segment + 3)) & 15
    sign = np.where(samples < 0, 0x80, 0)
    return (~(sign | (segment << 4) | mantissa) & 255).astype(np.uint8).tobytes()


def alaw(samples: Samples) -> bytes:
    """G.711 A-law."""
    value = np.clip(np.abs(samples.astype(float)) * 4096, 0, 4095).astype(int)
    segment = np.where(value < 32, 0, np.floor(np.log2(np.maximum(value, 1))).astype(int) - 4)
    mantissa = np.where(segment < 1, value >> 1, value >> np.maximum(segment, 1)) & 15
    sign = np.where(samples >= 0, 0x80, 0)
    return ((sign | (segment << 4) | mantissa) ^ 0x55).astype(np.uint8).tobytes()


def vox(samples: Samples) -> bytes:
    """Dialogic's four-bit samples."""
    steps = [int(16 * 1.1**n) for n in range(49)]
    steps[:] = [16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
        118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598,
        658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552]  # fmt: skip
    last = index = 0
    nibbles = []
    for wanted in (samples * 2048).astype(int).tolist():
        step, off = steps[index], wanted - last
        code = min(7, int(4 * abs(off) / step))
        moved = step * (2 * code + 1) >> 3
        last = max(-2048, min(2047, last + (moved if off >= 0 else -moved)))
        nibbles.append(code if off >= 0 else code | 8)
        index = max(0, min(48, index + INDEX[code]))
    pairs = np.array(nibbles[: len(nibbles) // 2 * 2], np.uint8).reshape(-1, 2)
    return (pairs[:, 0] << 4 | pairs[:, 1]).astype(np.uint8).tobytes()


def amr(seconds: Sequence[tuple[float, bool]], seed: int = 1) -> bytes:
    """An AMR file of stretches with sound (of any kind) and pauses, in which nothing is sent."""
    chance = np.random.default_rng(seed)
    frames = [b"#!AMR\n"]
    for length, spoken in seconds:
        count = range(round(length * 50))
        frames += [b"\x3c" + chance.bytes(31) if spoken else b"\x7c" for _ in count]
    return b"".join(frames)
