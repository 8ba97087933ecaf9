"""A recorded call as it is played: the sound of every channel in step, chunk by chunk."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np

from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.errors import InputError
from coach.events import Channel
from coach.events.lengths import lasting

from .contents import Contents
from .feed import ChannelFeed, Feed
from .findings import about_alone
from .leak import BLOCK, Taps, without
from .moments import cut, exchanged, padded
from .sides import Sides


class TrackPart(msgspec.Struct, frozen=True, kw_only=True):
    """One track of one file and the rows taken from it."""

    contents: Contents
    track: int
    rows: tuple[ChannelFeed, ...]


class Recording:
    """One recorded call; see ``audio.recordings.opening.open_recording``."""

    def __init__(
        self,
        parts: Sequence[TrackPart],
        notices: Sequence[str],
        sides: Sides,
        ways: tuple[Taps | None, Taps | None] | None = None,
        swap_at: Sequence[float] = (),
    ) -> None:
        """``ways``: how each side leaks into the other, to be taken out; None where not.

        ``swap_at``: seconds from which each has the other's name, by turns.
        """
        self._ways = ways
        self._swaps = tuple(round(at * SAMPLE_RATE) for at in swap_at)
        self._parts = tuple(parts)
        self._notices = list(dict.fromkeys(notices))
        self.sides = sides
        """What was found out about them before they are played."""
        found = dict.fromkeys(row.channel for part in parts for row in part.rows)
        self.channels: tuple[Channel, ...] = tuple(
            sorted(found, key=lambda channel: channel is Channel.CUSTOMER)
        )
        """Whose voices it carries, in the order in which chunks of one moment come."""

    @property
    def duration(self) -> float:
        """Seconds from the beginning to the end of the longest part, as far as files say."""
        return max(part.contents.duration for part in self._parts)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a listener should know about the recording, in plain sentences.

        Damage shows only while a file is read, so this may grow until ``chunks`` has ended.
        """
        return tuple(self._notices)

    @property
    def leaks(self) -> bool:
        """Whether one side is heard on the other."""
        return self._ways is not None

    @property
    def alone_until(self) -> Mapping[Channel, float]:
        """Seconds until which a side was recorded alone that carries the other one's voice.

        Until then nothing can be taken out of it: whose voice is heard on it is not known.
        """
        if self._ways is None:
            return {}
        delays = {row.channel: row.delay for part in self._parts for row in part.rows}
        return {
            channel: delays[channel.other]
            for channel, way in zip(self.channels, self._ways, strict=True)
            if way is not None and delays[channel.other] > delays[channel]
        }

    def with_ways(
        self, ways: tuple[Taps | None, Taps | None], told: Mapping[str, str]
    ) -> Recording:
        """The same recording without what each side carries of the other, as far as it can be.

        ``told``: notices that stand in the place of others.
        """
        notices = [told.get(notice, notice) for notice in self._notices]
        found = Recording(self._parts, notices, self.sides, ways)
        found._notices += [about_alone(*one) for one in found.alone_until.items()]
        return found

    def telling(self, notice: str, *, instead: str) -> Recording:
        """The same recording with one notice in the place of another."""
        told = [notice, *(one for one in self._notices if one not in (notice, instead))]
        return Recording(self._parts, told, self.sides, self._ways)

    def swapped(self, swap_at: Sequence[float]) -> Recording:
        """The same recording with its sides exchanged at these seconds, which is said.

        Raises InputError where there are no two sides.
        """
        if not swap_at:
            return self
        if len(self.channels) < 2:
            raise InputError(
                "Sides can be exchanged where there are two, and here is one track.",
                "Leave out --swap-at.",
            )
        times = ", ".join(f"{at:g} s" if at < 60.0 else lasting(at) for at in swap_at)
        told = f"The two sides are exchanged at {times}, as --swap-at says."
        return Recording(self._parts, [*self._notices, told], self.sides, self._ways, swap_at)

    def chunks(self, seconds: float = 0.02, *, so_far: bool = False) -> Iterator[Chunk]:
        """The whole call in order of time, ``seconds`` of each channel in turn.

        Every call starts at the beginning. A shorter part is followed by silence, so that all
        channels end together; the last chunk of each may be shorter than ``seconds``. With
        ``so_far`` nothing is waited for where the recording is still being written.
        """
        size = max(1, round(seconds * SAMPLE_RATE))
        if self._ways is None:
            moments = self._moments(size, so_far)
        else:
            pairs = ((first, second) for first, second in self._moments(BLOCK, so_far))
            moments = cut(without(pairs, self._ways), size)
        position = 0
        for voices in moments:
            start = position / SAMPLE_RATE
            named = exchanged(voices, position, self._swaps)
            for channel, samples in zip(self.channels, named, strict=True):
                yield Chunk(channel, start, samples)
            position += len(voices[0])

    def read_through(self) -> Iterator[float]:
        """Read all of it without playing it, which costs little, for ``notices`` to be whole.

        Gives the seconds that were read, again and again; of several files the least.
        """
        feeds = self._feeds()
        for done in itertools.zip_longest(*(feed.read_through() for feed in feeds)):
            yield min(seconds for seconds in done if seconds is not None)
        self._complain(feeds)

    def _moments(self, size: int, so_far: bool) -> Iterator[Sequence[Samples]]:
        """Every channel's sound, ``size`` samples at a time, fewer at the end."""
        feeds = self._feeds(so_far=so_far)
        while True:
            taken = [feed.take(size) for feed in feeds]
            length = max(len(samples) for rows in taken for samples in rows)
            if length == 0:
                break
            yield [self._voice(channel, taken, length) for channel in self.channels]
        if not so_far:  # what is wrong with a growing recording shows only at its end
            self._complain(feeds)

    def _feeds(self, *, so_far: bool = False) -> list[Feed]:
        return [Feed(part.contents, part.track, part.rows, so_far=so_far) for part in self._parts]

    def _complain(self, feeds: Sequence[Feed]) -> None:
        """Take down what was wrong with files that were read to their ends."""
        for feed in feeds:
            for notice in feed.complaints(feeds):
                if notice not in self._notices:
                    self._notices.append(notice)

    def _voice(self, channel: Channel, taken: list[list[Samples]], length: int) -> Samples:
        """A channel's sound: the mean of the rows that carry it."""
        rows = [
            padded(samples, length)
            for part, pieces in zip(self._parts, taken, strict=True)
            for row, samples in zip(part.rows, pieces, strict=True)
            if row.channel is channel
        ]
        return rows[0] if len(rows) == 1 else np.mean(rows, axis=0, dtype=np.float32)
