"""Reads a sound file block by block through FFmpeg's decoders, and says what is wrong with it.

Only here is PyAV touched. A block is float32 of shape (channels, n) at the file's own rate;
nothing longer than a block is ever held. What cannot be read at all is an InputError; damage
in the middle and a missing end are counted, for the reader to report.
"""

from __future__ import annotations

import itertools
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
import msgspec
import numpy as np
import numpy.typing as npt

from coach.errors import InputError

Block = npt.NDArray[np.float32]
"""Decoded sound, shape (channels, n), full scale is -1 to 1."""

FORMATS = "WAV, FLAC, MP3, OGG and M4A"

SLOWEST, FASTEST = 1_000, 768_000
"""Hz. No recorder writes outside of this; a damaged header does."""

LOST_END = 0.15
"""Seconds missing against the length a file states before that is worth a word: a few frames
of a codec stay below it."""

JUMP = 0.02
"""Seconds by which a frame's timestamp may run ahead of the sound before it before sound is
missing between them: far above the rounding of timestamps, below any codec's frame."""

MOST_CHANNELS = 2
"""A recording with more is refused before anything of it is decoded."""

_OFFSETS = {"u8": 128.0}
_SCALES = {"u8": 2.0**7, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of itself."""

    rate: int
    channels: int
    duration: float | None
    """Seconds that can be expected to be there; None where the file does not say."""
    missing: float = 0.0
    """Seconds that the file's header promises and its size cannot hold."""


class Damage:
    """What went wrong while a file was read; filled in by ``read_blocks``."""

    def __init__(self) -> None:
        self.packets = 0
        """Packets that could not be decoded."""
        self.seconds = 0.0
        """Seconds that were decoded, the silence in place of lost sound included."""
        self.lost = 0.0
        """Seconds of silence put in place of sound that is missing in the middle."""
        self.finished = False
        """True once the end of the file was reached."""


def read_facts(path: Path) -> Facts:
    """Open the file far enough to know its shape; raises InputError with the remedy."""
    with _open(path) as container:
        stream = _sound(container, path)
        rate, channels = int(stream.rate or 0), int(stream.channels or 0)
        if rate <= 0 or channels <= 0:
            raise _unreadable(path, "it does not state a sample rate")
        if not SLOWEST <= rate <= FASTEST:
            raise _unreadable(path, f"its sample rate of {rate} Hz is none of sound")
        duration = _stated(container, stream)
    promised, held = _wav_lengths(path)
    missing = promised - held if promised - held > LOST_END else 0.0
    if missing:
        duration = held
    return Facts(rate=rate, channels=channels, duration=duration, missing=missing)


def read_blocks(path: Path, damage: Damage) -> Iterator[Block]:
    """Decode from the beginning; raises InputError only where the file cannot be opened.

    Silence stands where the timestamps show that frames are missing, so that what follows
    keeps its time and stays beside the other person's sound.
    """
    with _open(path) as container:
        stream = _sound(container, path)
        rate = int(stream.rate)
        length = _stated(container, stream) or 0.0
        beginning: float | None = None
        for frame in _frames(container, stream, damage):
            missing = 0.0
            if frame.pts is not None and frame.sample_rate == rate:
                ahead = float(frame.pts * frame.time_base) - damage.seconds
                beginning = ahead if beginning is None else beginning
                # A timestamp beyond the file's own end is itself the damage.
                if JUMP < ahead - beginning <= length - damage.seconds:
                    missing = ahead - beginning
            block = _to_float(frame)
            damage.lost += missing
            silence = _silence(len(block), round(missing * rate), rate)
            for piece in itertools.chain(silence, [block]):
                damage.seconds += piece.shape[1] / rate
                yield piece
    damage.finished = True


def _silence(channels: int, length: int, most: int) -> Iterator[Block]:
    """``length`` samples of silence in blocks of at most ``most``."""
    for start in range(0, length, most):
        yield np.zeros((channels, min(most, length - start)), np.float32)


def _stated(container: Any, stream: Any) -> float | None:
    """Seconds that a file says it lasts; None where it does not say."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else float(container.duration / av.time_base)


def _frames(container: Any, stream: Any, damage: Damage) -> Iterator[Any]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.error.FFmpegError, OSError):
            damage.packets += 1
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            damage.packets += 1
            continue
        for frame in frames:
            # Damage may give a frame dozens of channels for which it holds no sound; reading
            # them reads memory that is not the frame's, and the process dies of it.
            if frame.layout.nb_channels <= MOST_CHANNELS:
                yield frame
            else:
                damage.packets += 1


def _to_float(frame: Any) -> Block:
    """Any of FFmpeg's sample formats as float32, (channels, n)."""
    raw = frame.to_ndarray()
    kind = frame.format.name
    if not frame.format.is_planar:
        raw = raw.reshape(-1, frame.layout.nb_channels).T
    kind = kind.removesuffix("p")
    if kind in _SCALES:
        raw = (raw - _OFFSETS.get(kind, 0.0)) / _SCALES[kind]
    block = np.ascontiguousarray(raw, np.float32)
    # Damaged float files hold values that no sound has; they would poison every later figure.
    return np.nan_to_num(block, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)


def _wav_lengths(path: Path) -> tuple[float, float]:
    """Seconds that a WAV file's header promises, and that the file holds.

    FFmpeg goes by the size of the file and says nothing. Both are 0 for any other kind of
    file, and where the header promises nothing because the sound was streamed to disk.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        opening = file.read(12)
        if opening[:4] != b"RIFF" or opening[8:] != b"WAVE":
            return 0.0, 0.0
        width = 0
        while len(header := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", header)
            if name == b"fmt ":
                width = struct.unpack("<I", file.read(12)[8:])[0]  # bytes a second
                length -= 12
            elif name == b"data":
                if not width or length in (0, 0xFFFF_FFFF):
                    return 0.0, 0.0
                return length / width, min(length, size - file.tell()) / width
            file.seek(length + length % 2, os.SEEK_CUR)
    return 0.0, 0.0


def _open(path: Path) -> Any:
    if not path.exists():
        raise InputError(f"{path}: there is no such file.", "Check the name.")
    if path.is_dir():
        raise InputError(f"{path} is a folder.", f"Name one recording: {FORMATS} are read.")
    if not path.is_file():
        raise InputError(
            f"{path} is no file but a pipe or device.",
            "Save the sound to a file first: a recording is read more than once.",
        )
    try:
        if path.stat().st_size == 0:
            raise InputError(f"{path} is empty.", "Export the recording again.")
        return av.open(str(path), metadata_errors="ignore")
    except PermissionError as error:
        raise InputError(f"{path} may not be read.", "Change its permissions.") from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise _unreadable(path, "its contents are not sound, or its end is missing") from error


def _sound(container: Any, path: Path) -> Any:
    if not container.streams.audio:
        raise _unreadable(path, "there is no sound in it")
    stream = container.streams.audio[0]
    if getattr(stream, "codec_context", None) is None:
        raise _unreadable(path, "the kind of sound in it is unknown, or its header is damaged")
    return stream


def _unreadable(path: Path, why: str) -> InputError:
    return InputError(
        f"{path} cannot be read as a recording: {why}.",
        f"{FORMATS} are read; export the recording again in one of them.",
    )
