"""Reads a recording's sound block by block through FFmpeg's decoders, and says what is wrong.

A block is float32 of shape (channels, n) at the rate of its frame; nothing longer than a block is
ever held. What cannot be read at all is an InputError; damage in the middle and a missing end are
counted, for the reader to report. PyAV is touched here, in ``container`` and in ``shape``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import av
import av.error
import numpy as np
import numpy.typing as npt

from .container import OpenedContainer
from .pieces import RecordingPiece
from .shape import end_of, is_counted, sound_of, start_of
from .source import FASTEST, SLOWEST, Source

Block = npt.NDArray[np.float32]
"""Decoded sound, shape (channels, n), full scale is -1 to 1."""

LOST_END = 0.15
"""Seconds missing against the length a file states before that is worth a word: a few frames
of a codec stay below it."""

JUMP = 0.02
"""Seconds by which a frame's timestamp may run ahead of the sound before it before sound is
missing between them: far above the rounding of timestamps, below any codec's frame."""

LOUDEST = 1e15
"""Far above what a recorder writes that takes full scale for 2**31, and low enough for sums of
squares."""

_OFFSETS = {"u8": 128.0}

_SCALES = {"u8": 2.0**7, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}

_QUIET_FRAMES = {"amrnb": range(8, 16), "amrwb": range(9, 16)}
"""AMR's frame types in pauses: the recorder sent no sound, and FFmpeg's decoder refuses some."""


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
        with OpenedContainer(source, piece, wait) as container:
            streams = sound_of(container, piece)
            if not streams:
                damage.packets += 1
                continue
            first = min(start_of(stream) for stream in streams)
            if track < len(streams):
                stream = streams[track]
                before = damage.seconds
                yield from _piece_blocks(container, stream, first, damage)
                if is_counted(container.format.name, source, piece):
                    damage.missing += _short(container, stream, first, damage.seconds - before)
                continue
            damage.lacking.append(damage.seconds)
            for timed in _piece_blocks(container, streams[-1], first, damage):
                yield Timed(timed.rate, np.zeros_like(timed.block))
    damage.finished = True


def _piece_blocks(container: Any, stream: Any, first: float, damage: Damage) -> Iterator[Timed]:
    began = damage.seconds
    delay = start_of(stream) - first
    end = end_of(container, stream, delay)
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


def _short(container: Any, stream: Any, first: float, held: float) -> float:
    """Seconds that a track states beyond those that it held; 0 where it is a frame or two."""
    short = end_of(container, stream, start_of(stream) - first) - held
    frame = int(stream.codec_context.frame_size or 0) / max(1, stream.rate)
    return short if short > LOST_END + 3 * frame else 0.0


def _note_change(changes: list[tuple[float, int]], at: float, value: int) -> None:
    if not changes or changes[-1][1] != value:
        changes.append((at, value))


def _silence(channels: int, length: int, most: int) -> Iterator[Block]:
    """``length`` samples of silence in blocks of at most ``most``."""
    for start in range(0, length, most):
        yield np.zeros((channels, min(most, length - start)), np.float32)


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
