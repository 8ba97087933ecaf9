"""One track's sound at 16 kHz, treated, taken in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from audio.samples.chunks import SAMPLE_RATE, Samples
from audio.samples.resample import Resampler
from coach.events import Channel
from coach.events.lengths import lasting

from .condition import Conditioner, Treatment
from .contents import Contents, pieces_so_far
from .decode import LOST_END, Damage, read_blocks
from .findings import about_end, counted, cut_short
from .stretch import Stretch
from .wav import is_wav, read_wav


class ChannelFeed(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of a track and what becomes of it."""

    channel: Channel
    index: int
    """Of the track's channels, from 0."""
    treatment: Treatment = Treatment()
    delay: float = 0.0
    """Seconds of silence put before it."""
    speed: float = 1.0
    """How much faster than the other side its clock ran."""


class Feed:
    """Reads one track once, from its beginning."""

    def __init__(
        self,
        contents: Contents,
        track: int,
        rows: tuple[ChannelFeed, ...],
        *,
        so_far: bool = False,
    ) -> None:
        """``so_far``: take what is there of a growing recording, and do not wait for more."""
        self._contents = contents
        self._damage = Damage()
        self._mixed = any(row.channel is Channel.MIXED for row in rows)
        self._blocks = read_blocks(
            contents.source,
            pieces_so_far(contents) if so_far else contents.pieces,
            track,
            self._damage,
            wait=None if so_far else contents.source.more,
        )
        self._streams = [_Stream(row, contents.tracks[track].channels) for row in rows]

    def take(self, size: int) -> list[Samples]:
        """The next ``size`` samples of every row, fewer at the end."""
        while not self._damage.finished and min(s.length for s in self._streams) < size:
            timed = next(self._blocks, None)
            for stream in self._streams:
                if timed is None:
                    stream.finish()
                else:
                    stream.push(timed.rate, timed.block)
        return [stream.take(size) for stream in self._streams]

    def read_through(self) -> Iterator[float]:
        """Read what is left only to see what is wrong with it; gives the seconds that were read."""
        for _ in self._blocks:
            yield self._damage.seconds

    @property
    def missing(self) -> float:
        """Seconds that the file states and that this track of it did not give."""
        return self._damage.missing

    def of_one_file(self, other: Feed) -> bool:
        """Whether the other one's track lies in the same file."""
        return self._contents is other._contents

    def complaints(self, beside: Sequence[Feed] = ()) -> list[str]:
        """What was wrong with the file, once all of it was read.

        ``beside``: all tracks that were read. A container states the end of its longest track, so
        it is cut short only where each of its tracks ends too early.
        """
        contents, damage = self._contents, self._damage
        told = []
        if contents.source.ended:
            told.append(about_end(contents.name, contents.source.ended, damage.seconds))
        elif (lacking := _lacking(contents) * damage.seconds) > LOST_END:
            told.append(cut_short(contents.name, damage.seconds, lacking))
        missing = min(
            (feed.missing for feed in beside if feed.of_one_file(self)), default=damage.missing
        )
        if missing > LOST_END and contents.missing == 0:
            told.append(cut_short(contents.name, damage.seconds, missing))
        elif damage.lost:
            told.append(
                f"{contents.name} is damaged: {lasting(damage.lost, 'seconds')} in its middle "
                "could not be read and are played as silence."
            )
        elif damage.packets:
            told.append(
                f"{contents.name} is damaged: {counted(damage.packets, 'piece')} could not be "
                "decoded."
            )
        if damage.numberless:
            told.append(
                f"{contents.name} is damaged: {counted(damage.numberless, 'sample')} of it "
                f"{'is no number' if damage.numberless == 1 else 'are no numbers'}, and nothing "
                "is heard there."
            )
        if len(damage.rates) > 1:
            changes = ", ".join(f"{rate} Hz at {lasting(at)}" for at, rate in damage.rates[1:6])
            told.append(
                f"{contents.name} changes its sample rate on the way ({damage.rates[0][1]} Hz "
                f"first, then {changes}); every part is played at its own."
            )
        if len(damage.layouts) > 1:
            changes = ", ".join(f"{count} at {lasting(at)}" for at, count in damage.layouts[1:6])
            means = (
                "all of them are heard as one track"
                if self._mixed
                else "what is on one channel only counts for whoever was on it before, and silence "
                "stands for a missing one"
            )
            told.append(
                f"{contents.name} changes its number of channels on the way "
                f"({damage.layouts[0][1]} first, then {changes}): {means}."
            )
        if damage.lacking:
            changes = ", ".join(lasting(at) for at in damage.lacking[:6])
            told.append(
                f"{contents.name} has fewer sound tracks in a part that was joined to it (at "
                f"{changes}): silence stands for a missing one."
            )
        return told


def _lacking(contents: Contents) -> float:
    """What a followed stream of WAV promised and its end did not bring, as a share of what came."""
    if not contents.source.follow or not is_wav(contents.source.read(0, 16)):
        return 0.0
    wav = read_wav(contents.source, 0) if len(contents.pieces) == 1 else None
    return 0.0 if wav is None else wav.missing


class _Stream:
    """One row on its way from blocks at any rate to treated sound at 16 kHz."""

    def __init__(self, row: ChannelFeed, stated: int) -> None:
        """``stated``: channels that the track has at its beginning."""
        self._row = row
        self._stated = stated
        self._rate = 0
        self._resampler: Resampler | None = None
        self._stretch = Stretch(row.speed)
        self._conditioner = Conditioner(row.treatment)
        self._held: list[Samples] = []
        self.length = 0
        """Samples that can be taken."""
        self._hold(np.zeros(round(row.delay * SAMPLE_RATE), np.float32))

    def push(self, rate: int, block: Samples) -> None:
        """Take in a block, shape (channels, n), of ``rate`` Hz."""
        # A file may change its layout on the way. What a lost channel held is on none of the
        # others, or everything would be heard twice.
        if self._row.channel is Channel.MIXED and len(block) != self._stated:
            samples = block.mean(axis=0)
        elif self._row.index < len(block):
            samples = block[self._row.index]
        else:
            samples = np.zeros(block.shape[1], np.float32)
        if self._resampler is None or rate != self._rate:
            self._end_rate()
            self._resampler, self._rate = Resampler(rate), rate
        self._treat(self._resampler.push(samples))

    def finish(self) -> None:
        """The track is at its end."""
        self._end_rate()
        self._hold(self._conditioner.push(self._stretch.finish()))
        self._hold(self._conditioner.finish())

    def take(self, size: int) -> Samples:
        """The next ``size`` samples, fewer at the end."""
        whole = np.concatenate(self._held) if self._held else np.zeros(0, np.float32)
        taken, rest = whole[:size], whole[size:]
        self._held = [rest] if len(rest) else []
        self.length = len(rest)
        return taken

    def _end_rate(self) -> None:
        if self._resampler is not None:
            self._treat(self._resampler.finish())

    def _treat(self, samples: Samples) -> None:
        self._hold(self._conditioner.push(self._stretch.push(samples)))

    def _hold(self, samples: Samples) -> None:
        if len(samples):
            self._held.append(samples)
            self.length += len(samples)
