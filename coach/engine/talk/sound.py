"""How the sound is doing, as the screen shows it: per side, and what is out of order."""

from __future__ import annotations

from collections import deque

import msgspec

from coach.events import AudioGap, AudioWarning, Channel, Degraded, Loudness, Recovered
from coach.snapshot import ChannelHealth, Gap, Trouble

NOISE_FLOOR_DBFS = -60.0
"""Below this a side counts as silent; telephone noise stays under it."""
CLIPPED = 0.01
"""Share of samples at full scale, over ``CLIPPING_S``, that is called clipping."""
CLIPPING_S = 5.0
JOIN_S = 0.5
"""Gaps of one side with one cause that are no further apart are one outage."""
GONE = frozenset({"microphone", "far_end"})
"""Components without which a side is deaf, so that silence means nothing."""


HOLDS = frozenset({"hold_music", "ringing"})
"""Kinds of ``AudioWarning`` while which nobody is expected to speak: silence means nothing."""

NOTED = frozenset({"one_voice"})
"""Kinds of ``AudioWarning`` about which nothing is wrong while they last: a note, no trouble."""

SIDED = frozenset({"silent_agent", "silent_customer"})
"""Kinds of ``AudioWarning`` that are about one side."""


class _SoundSide:
    def __init__(self, at: float) -> None:
        self.dbfs: float | None = None
        self.heard = at
        self.clipped: deque[tuple[float, float, float]] = deque()
        self.lost = 0.0


class Soundcheck:
    """Follows levels, losses and troubles of one call."""

    def __init__(self) -> None:
        self._sides: dict[Channel, _SoundSide] = {}
        self._troubles: dict[str, Trouble] = {}
        self._notes: dict[str, str] = {}
        self._gaps: list[Gap] = []

    def begin(self, channels: tuple[Channel, ...], at: float) -> None:
        """Set out with the call's channels."""
        self._sides = {channel: _SoundSide(at) for channel in channels}

    def _side(self, channel: Channel, at: float) -> _SoundSide:
        return self._sides.setdefault(channel, _SoundSide(at))

    def loudness(self, fact: Loudness) -> None:
        """Take in one measurement."""
        side = self._sides.get(fact.channel) or self._side(fact.channel, fact.start)
        side.dbfs = fact.dbfs
        if fact.dbfs > NOISE_FLOOR_DBFS:
            side.heard = fact.end
        side.clipped.append((fact.end, fact.end - fact.start, fact.clipped))
        while side.clipped[0][0] <= fact.end - CLIPPING_S:
            side.clipped.popleft()

    def gap(self, fact: AudioGap) -> None:
        """Sound was lost."""
        self._side(fact.channel, fact.start).lost += fact.end - fact.start
        for number in range(len(self._gaps) - 1, -1, -1):
            before = self._gaps[number]
            if before.channel is not fact.channel:
                continue
            if before.cause == fact.cause and fact.start - before.end <= JOIN_S:
                self._gaps[number] = msgspec.structs.replace(before, end=fact.end)
                return
            break
        self._gaps.append(
            Gap(channel=fact.channel, start=fact.start, end=fact.end, cause=fact.cause)
        )

    def gaps(self) -> tuple[Gap, ...]:
        """What was lost so far, oldest first; one outage told in parts is one gap."""
        return tuple(self._gaps)

    def degraded(self, fact: Degraded) -> None:
        """A component is out of order."""
        known = self._troubles.get(fact.component)
        since = known.since if known else fact.at
        self._troubles[fact.component] = Trouble(
            component=fact.component, detail=fact.detail, since=since
        )

    def recovered(self, fact: Recovered) -> None:
        """A component works again."""
        self._troubles.pop(fact.component, None)

    def warning(self, fact: AudioWarning) -> None:
        """Something about the sound should be known, or is over."""
        if fact.kind in NOTED:
            self._notes.pop(fact.kind, None)
            if fact.active:
                self._notes[fact.kind] = fact.detail
        elif fact.active:
            known = self._troubles.get(fact.kind)
            since = known.since if known else fact.at
            self._troubles[fact.kind] = Trouble(
                component=fact.kind, detail=fact.detail, since=since
            )
        else:
            self._troubles.pop(fact.kind, None)

    def notes(self) -> tuple[str, ...]:
        """What holds of the sound at present and is no trouble."""
        return tuple(self._notes.values())

    @property
    def troubled(self) -> bool:
        """Whether anything is out of order, or was said of the sound."""
        return bool(self._troubles)

    @property
    def deaf(self) -> bool:
        """True while a side's device is out of order."""
        return not GONE.isdisjoint(self._troubles)

    @property
    def on_hold(self) -> bool:
        """True while the line carries music or rings."""
        return not HOLDS.isdisjoint(self._troubles)

    def swap(self) -> None:
        """The two channels were taken for each other.

        What was said to be wrong with one side is dropped: whoever watches the sound says it anew
        under the right name.
        """
        for kind in SIDED:
            self._troubles.pop(kind, None)
        self._sides = {channel.other: side for channel, side in self._sides.items()}
        self._gaps = [msgspec.structs.replace(g, channel=g.channel.other) for g in self._gaps]

    def health(self, now: float, speaking: frozenset[Channel]) -> tuple[ChannelHealth, ...]:
        """Each side's state, in the order of the channels' names."""
        return tuple(
            ChannelHealth(
                channel=channel,
                dbfs=side.dbfs,
                speaking=channel in speaking,
                silent_for=round(max(0.0, now - side.heard), 1),
                clipping=_clipping(side),
                lost=round(side.lost, 2),
            )
            for channel, side in sorted(self._sides.items())
        )

    def troubles(self) -> tuple[Trouble, ...]:
        """What is out of order, oldest first."""
        return tuple(self._troubles.values())


def _clipping(side: _SoundSide) -> bool:
    seconds = sum(length for _, length, _ in side.clipped)
    return seconds > 0 and sum(n * share for _, n, share in side.clipped) / seconds > CLIPPED
