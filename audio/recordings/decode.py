"""Reads a recording's sound block by block through FFmpeg's decoders, and says what is wrong.

Only here is PyAV touched. A block is float32 of shape (channels, n) at the rate of its frame;
nothing longer than a block is ever held. What cannot be read at all is an InputError; damage
in the middle and a missing end are counted, for the reader to report.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import av
import av.error
import msgspec
import numpy as np
import numpy.typing as npt

from .heads import MP4_ATOMS
from .pieces import RecordingPiece
from .source import FASTEST, SLOWEST, Source, View, unreadable

Block = npt.NDArray[np.float32]
"""Decoded sound, shape (channels, n), full scale is -1 to 1."""

LOST_END = 0.15
"""Seconds missing against the length a file states before that is worth a word: a few frames
of a codec stay below it."""

JUMP = 0.02
"""Seconds by which a frame's timestamp may run ahead of the sound before it before sound is
missing between them: far above the rounding of timestamps, below any codec's frame."""

MOST_CHANNELS = 64
"""Channels of one track; a damaged header states more."""

LOUDEST = 1e15
"""Far above what a recorder writes that takes full scale for 2**31, and low enough for sums of
squares."""

_OFFSETS = {"u8": 128.0}
_SCALES = {"u8": 2.0**7, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}

_EXACT = {"matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "flac", "aiff", "caf", "au", "wv", "tta"}
"""Readers whose stated length is counted, not reckoned from a bit rate."""

_COUNTED = {"wav", "w64", "ogg"}
"""Readers whose stated length is what the bytes there hold. All others go by a bit rate, which is
wrong where it varies or where pauses are left out: there the packets are counted."""

_BUFFER = 1 << 16  # bytes FFmpeg asks for at a time

_QUIET_FRAMES = {"amrnb": range(8, 16), "amrwb": range(9, 16)}
"""AMR's frame types in pauses: the recorder sent no sound, and FFmpeg's decoder refuses some."""


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


class Damage:
    """What went wrong while a recording was read; filled in by ``read_blocks``."""

    def __init__(self) -> None:
        self.packets = 0
        """Packets that could not be decoded."""
        self.numberless = 0
        """Samples that are no numbers; silence or full scale stands for them."""
        self.seconds = 0.0
        """Seconds that were decoded, the silence in place of lost sound included."""
        self.lost = 0.0
        """Seconds of silence put in place of sound that is missing in the middle."""
        self.missing = 0.0
        """Seconds that pieces state and did not give."""
        self.rates: list[tuple[float, int]] = []
        """Second and Hz of every change of the rate, the first rate included."""
        self.layouts: list[tuple[float, int]] = []
        """Second and number of every change of the channels, the first number included."""
        self.lacking: list[float] = []
        """Seconds at which a part begins that has not the track."""
        self.finished = False
        """True once the end of the recording was reached."""


class Timed(NamedTuple):
    """A block and its rate in Hz."""

    rate: int
    block: Block


def read_shape(source: Source, piece: RecordingPiece) -> Shape:
    """Open a piece far enough to know its shape; raises InputError with the remedy."""
    with _Opened(source, piece) as container:
        faults = [_fault(stream, piece) for stream in container.streams.audio]
        if not faults:
            raise unreadable(source.path, "there is no sound in it")
        streams = _sound(container, piece)
        if not streams:
            raise unreadable(source.path, faults[0])
        starts = [_start(stream) for stream in streams]
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
        exact = _is_counted(name, source, piece)
        ends = [
            _end(container, stream, start - min(starts))
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


def read_blocks(
    source: Source,
    pieces: tuple[RecordingPiece, ...],
    track: int,
    damage: Damage,
    *,
    wait: Callable[[], bool] | None = None,
) -> Iterator[Timed]:
    """Decode one track of all pieces; raises InputError only where one cannot be opened.

    Silence stands where the timestamps show that frames are missing, so that what follows
    keeps its time and stays beside the other person's sound. ``wait`` is asked for more at
    the end of a growing recording.
    """
    for piece in pieces:
        with _Opened(source, piece, wait) as container:
            streams = _sound(container, piece)
            if not streams:
                damage.packets += 1
                continue
            first = min(_start(stream) for stream in streams)
            if track < len(streams):
                stream = streams[track]
                before = damage.seconds
                yield from _piece_blocks(container, stream, first, damage)
                if _is_counted(container.format.name, source, piece):
                    damage.missing += _short(container, stream, first, damage.seconds - before)
                continue
            damage.lacking.append(damage.seconds)
            for timed in _piece_blocks(container, streams[-1], first, damage):
                yield Timed(timed.rate, np.zeros_like(timed.block))
    damage.finished = True


def _piece_blocks(container: Any, stream: Any, first: float, damage: Damage) -> Iterator[Timed]:
    began = damage.seconds
    delay = _start(stream) - first
    end = _end(container, stream, delay)
    beginning: float | None = None
    channels = int(stream.channels or 1)
    for frame in _frames(container, stream, damage):
        rate = int(frame.sample_rate)
        done = damage.seconds - began
        _note_change(damage.rates, damage.seconds, rate)
        _note_change(damage.layouts, damage.seconds, int(frame.layout.nb_channels))
        missing = delay if beginning is None and JUMP < delay < end else 0.0
        if frame.pts is not None and frame.time_base is not None:
            base = frame.time_base
            ahead = frame.pts * base.numerator / base.denominator - done - missing
            beginning = ahead if beginning is None else beginning
            # A timestamp beyond the file's own end is itself the damage.
            if JUMP < ahead - beginning <= end - done:
                missing = ahead - beginning
                damage.lost += missing
        beginning = 0.0 if beginning is None else beginning
        block = _to_float(frame, damage)
        for piece in itertools.chain(_silence(channels, round(missing * rate), rate), [block]):
            damage.seconds += piece.shape[1] / rate
            yield Timed(rate, piece)


def _end(container: Any, stream: Any, delay: float) -> float:
    """Second at which a track ends that begins ``delay`` seconds after the first, as it states.

    What only the container states is the end of all tracks, not the length of this one.
    """
    return (_stated(container, stream) or 0.0) + (delay if stream.duration is not None else 0.0)


def _short(container: Any, stream: Any, first: float, held: float) -> float:
    """Seconds that a track states beyond those that it held; 0 where it is a frame or two."""
    short = _end(container, stream, _start(stream) - first) - held
    frame = int(stream.codec_context.frame_size or 0) / max(1, stream.rate)
    return short if short > LOST_END + 3 * frame else 0.0


def _note_change(changes: list[tuple[float, int]], at: float, value: int) -> None:
    if not changes or changes[-1][1] != value:
        changes.append((at, value))


def _silence(channels: int, length: int, most: int) -> Iterator[Block]:
    """``length`` samples of silence in blocks of at most ``most``."""
    for start in range(0, length, most):
        yield np.zeros((channels, min(most, length - start)), np.float32)


def _counted(container: Any, stream: Any) -> float:
    """Seconds that the packets of a file hold; they are not decoded for it."""
    total = 0
    with contextlib.suppress(av.error.FFmpegError, OSError):
        for packet in container.demux(stream):
            total += packet.duration or 0
    return float(total * stream.time_base) if stream.time_base is not None else 0.0


def _stated(container: Any, stream: Any) -> float | None:
    """Seconds that a file says it lasts; None where it does not say."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else float(container.duration / av.time_base)


def _start(stream: Any) -> float:
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    return float(stream.start_time * stream.time_base)


def _frames(container: Any, stream: Any, damage: Damage) -> Iterator[Any]:
    packets = container.demux(stream)
    # Damage may give a frame dozens of channels for which it holds no sound; reading them
    # reads memory that is not the frame's, and the process dies of it.
    most = max(2, int(stream.channels or 1))
    quiet = _QUIET_FRAMES.get(stream.codec_context.name, range(0))
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.error.FFmpegError, OSError):
            damage.packets += 1
            return
        if quiet and packet.size and (bytes(packet)[0] >> 3) & 15 in quiet:
            yield _pause(stream)
            continue
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            damage.packets += 1
            continue
        for frame in frames:
            if frame.layout.nb_channels <= most and SLOWEST <= frame.sample_rate <= FASTEST:
                yield frame
            else:
                damage.packets += 1


def _pause(stream: Any) -> Any:
    """A frame of silence, 20 ms long."""
    rate = int(stream.rate)
    silence = np.zeros((1, rate // 50), np.float32)
    frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
    frame.sample_rate = rate
    return frame


def _to_float(frame: Any, damage: Damage) -> Block:
    """Any of FFmpeg's sample formats as float32, (channels, n)."""
    raw = frame.to_ndarray()
    kind = frame.format.name
    if not frame.format.is_planar:
        raw = raw.reshape(-1, frame.layout.nb_channels).T
    kind = kind.removesuffix("p")
    if kind in _SCALES:
        block = np.array(raw, np.float32, order="C")
        block -= np.float32(_OFFSETS.get(kind, 0.0))
        block /= np.float32(_SCALES[kind])  # a power of two: exact
        return block
    # Damaged float files hold values that no sound has; they would poison every later figure.
    damage.numberless += raw.size - int(np.count_nonzero(np.isfinite(raw)))
    raw = np.nan_to_num(raw, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.ascontiguousarray(np.clip(raw, -LOUDEST, LOUDEST), np.float32)


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


def _sound(container: Any, piece: RecordingPiece) -> list[Any]:
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


def _is_counted(name: str, source: Source, piece: RecordingPiece) -> bool:
    """Whether the length that a file states was counted, so that less of it is a loss.

    Of an MP3 without its number of frames it is reckoned from the first frame's bit rate.
    """
    if name != "mp3":
        return name in _EXACT
    opening = source.read(piece.start, 1 << 16)
    return any(tag in opening for tag in (b"Xing", b"Info", b"VBRI"))


class _Opened:
    """A container and the view it reads, closed together."""

    def __init__(
        self, source: Source, piece: RecordingPiece, wait: Callable[[], bool] | None = None
    ) -> None:
        self._view = source.view(piece.start, piece.end, before=piece.before, wait=wait)
        self._view.in_order = piece.in_order
        try:
            self._container = _container(source, piece, self._view)
        except BaseException:
            self._view.close()
            raise

    def __enter__(self) -> Any:
        return self._container

    def __exit__(self, *_: object) -> None:
        self._container.close()
        self._view.close()


def _container(source: Source, piece: RecordingPiece, view: View) -> Any:
    try:
        return av.open(
            view,
            format=piece.demuxer or None,
            options=dict(piece.options),
            buffer_size=_BUFFER,
            metadata_errors="ignore",
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise unreadable(source.path, _why_not(source.read(piece.start, 8))) from error


def _why_not(opening: bytes) -> str:
    if opening[4:8] in MP4_ATOMS:
        return "its index is missing, which such a file has at its end: it was never finished"
    if opening.startswith((b"FORM", b"riff")):
        return "its header is damaged, or was never finished"
    return "its contents are not sound, or its end is missing"
