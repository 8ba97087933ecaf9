"""What a piece of a recording says of itself: its tracks, their lengths, and what is no sound."""

from __future__ import annotations

import contextlib
from typing import Any

import av
import av.error
import msgspec

from .container import OpenedContainer
from .pieces import RecordingPiece
from .source import FASTEST, SLOWEST, Source, unreadable

MOST_CHANNELS = 64
"""Channels of one track; a damaged header states more."""

_EXACT = {"matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "flac", "aiff", "caf", "au", "wv", "tta"}
"""Readers whose stated length is counted, not reckoned from a bit rate."""

_COUNTED = {"wav", "w64", "ogg"}
"""Readers whose stated length is what the bytes there hold. All others go by a bit rate, which is
wrong where it varies or where pauses are left out: there the packets are counted."""


class SoundTrack(msgspec.Struct, frozen=True, kw_only=True):
    """One sound track of a file."""

    codec: str
    """FFmpeg's short name."""
    described: str
    """The codec in words."""
    rate: int
    """Hz."""
    channels: int
    start: float = 0.0
    """Seconds after the first of all tracks."""
    title: str = ""
    """What the file calls it."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What one piece says of itself."""

    container: str
    """FFmpeg's name of the reader."""
    tracks: tuple[SoundTrack, ...]
    duration: float | None
    """Seconds that can be expected to be there; None where the file does not say."""
    exact: bool
    """The length was counted, so that less of it is a loss."""
    left_out: tuple[str, ...] = ()
    """Which sound tracks cannot be decoded, and why; they count as if they were not there."""


def read_shape(source: Source, piece: RecordingPiece) -> Shape:
    """Open a piece far enough to know its shape; raises InputError with the remedy."""
    with OpenedContainer(source, piece) as container:
        faults = [_fault(stream, piece) for stream in container.streams.audio]
        if not faults:
            raise unreadable(source.path, "there is no sound in it")
        streams = sound_of(container, piece)
        if not streams:
            raise unreadable(source.path, faults[0])
        starts = [start_of(stream) for stream in streams]
        tracks = [
            _track(stream, start - min(starts))
            for stream, start in zip(streams, starts, strict=True)
        ]
        left_out = tuple(
            f"sound track {number} of {len(faults)} is left out, and not counted: {fault}"
            for number, fault in enumerate(faults, 1)
            if fault
        )
        name = container.format.name
        exact = is_counted(name, source, piece)
        ends = [
            end_of(container, stream, start - min(starts))
            for stream, start in zip(streams, starts, strict=True)
        ]
        longest = max(ends) or None
        if piece.end is not None and not exact and name not in _COUNTED:
            longest = _counted(container, streams[0]) or longest
        return Shape(
            container=name,
            tracks=tuple(tracks),
            duration=longest,
            exact=exact,
            left_out=left_out,
        )


def start_of(stream: Any) -> float:
    """Second at which a track begins; 0 where it does not say."""
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    return float(stream.start_time * stream.time_base)


def end_of(container: Any, stream: Any, delay: float) -> float:
    """Second at which a track ends that begins ``delay`` seconds after the first, as it states.

    What only the container states is the end of all tracks, not the length of this one.
    """
    return (_stated(container, stream) or 0.0) + (delay if stream.duration is not None else 0.0)


def _stated(container: Any, stream: Any) -> float | None:
    """Seconds that a file says it lasts; None where it does not say."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else float(container.duration / av.time_base)


def _counted(container: Any, stream: Any) -> float:
    """Seconds that the packets of a file hold; they are not decoded for it."""
    total = 0
    with contextlib.suppress(av.error.FFmpegError, OSError):
        for packet in container.demux(stream):
            total += packet.duration or 0
    return float(total * stream.time_base) if stream.time_base is not None else 0.0


def _track(stream: Any, start: float) -> SoundTrack:
    codec = stream.codec_context.codec
    return SoundTrack(
        codec=codec.name,
        described=codec.long_name,
        rate=int(stream.rate),
        channels=int(stream.channels),
        start=start,
        title=str(stream.metadata.get("title", "")),
    )


def sound_of(container: Any, piece: RecordingPiece) -> list[Any]:
    """The sound tracks of a piece that can be decoded, in its order."""
    return [stream for stream in container.streams.audio if not _fault(stream, piece)]


def _fault(stream: Any, piece: RecordingPiece) -> str:
    """Why a track cannot be decoded; empty if it can."""
    if getattr(stream, "codec_context", None) is None:
        return f"the kind of sound in it{_numbered(piece)} is unknown, or its header is damaged"
    rate, channels = int(stream.rate or 0), int(stream.channels or 0)
    if rate <= 0 or channels <= 0:
        named = stream.codec_context.codec.long_name
        return f"its {named}{_numbered(piece)} cannot be decoded, or its header is damaged"
    if not SLOWEST <= rate <= FASTEST:
        return f"its sample rate of {rate} Hz is none of sound"
    if channels > MOST_CHANNELS:
        return f"it states {channels} channels"
    return ""


def _numbered(piece: RecordingPiece) -> str:
    """The number that a WAV file gives its kind of sound."""
    return f" (WAV format {piece.tag:#06x})" if piece.tag else ""


def is_counted(name: str, source: Source, piece: RecordingPiece) -> bool:
    """Whether the length that a file states was counted, so that less of it is a loss.

    Of an MP3 without its number of frames it is reckoned from the first frame's bit rate.
    """
    if name != "mp3":
        return name in _EXACT
    opening = source.read(piece.start, 1 << 16)
    return any(tag in opening for tag in (b"Xing", b"Info", b"VBRI"))
