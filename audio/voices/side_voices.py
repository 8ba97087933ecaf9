"""Follows the voices on tracks of one person each: whether somebody joins, or two change places.

Fed with the windows of each channel and the speech detector's verdicts on them. What it finds it
tells once for each time it happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from msgspec import UnsetType

from audio.detection.vad import Window
from audio.samples.chunks import Samples
from coach.events import AudioWarning, Channel, Utterance

from .fingerprint import VoiceEncoder
from .handed_over import ElseFrom
from .side_company import SideCompany, clock
from .side_exchange import exchanged_at
from .trace import CLEAR, NO_WINDOWS, SeenWindows, VoiceTrace

EXCHANGED = "voices_exchanged"
"""``AudioWarning.kind`` where the voices of two sides have changed places; ``since`` says when."""

LOOK = 4
"""Clear windows (0.8 s of speech) between two looks."""

MOST = 400
"""Clear windows of each side that are looked back on."""


TOGETHER = 64
"""Windows of the speech detector (2 s) whose sound is looked at in one go, which takes half."""


class SideVoices:
    """Follows the customer's side, or both, for company, and both for an exchange."""

    def __init__(
        self,
        channels: Sequence[Channel],
        encoder: VoiceEncoder,
        *,
        recorded: bool = False,
        else_from: ElseFrom | None = None,
        alone_until: Mapping[Channel, float] = MappingProxyType({}),
    ) -> None:
        """Both sides are watched of what was ``recorded``: a transfer may have put others there.

        ``else_from``: what words tell of others; None where nothing. ``alone_until``: seconds of
        call time until which a side was recorded alone, so that what it carries of the other one
        could not be taken out of it: no voice there is known to be its own.
        """
        self._alone_until = alone_until
        both = [Channel.AGENT, Channel.CUSTOMER]
        watched = both if recorded and set(both) <= set(channels) else [Channel.CUSTOMER]
        self._traces = {c: _TrackTrace(encoder) for c in watched if c in channels}
        self._company = {channel: SideCompany(channel) for channel in self._traces}
        self._else_from = else_from
        self._exchange = ExchangeWatch() if len(self._traces) == len(both) else None

    def push(
        self, channel: Channel, block: Samples, window: Window, at: float
    ) -> list[AudioWarning]:
        """Take in one window, heard until call time ``at``, and the verdict on it."""
        trace = self._traces.get(channel)
        if trace is None:
            return []
        return self._look(channel, trace.push(block, window), at)

    def finish(self, at: float) -> list[AudioWarning]:
        """The sound is over at call time ``at``: look at what was not looked at yet."""
        told = [
            one
            for channel, trace in self._traces.items()
            for one in self._look(channel, trace.finish(), at)
        ]
        for channel, company in self._company.items():
            told += company.finish(at, self._beside(channel))
        return told

    def said(self, utterance: Utterance, at: float) -> list[AudioWarning]:
        """Take in what somebody said, heard until call time ``at``."""
        within = None if self._else_from is None else self._else_from(utterance)
        if within is None:
            return []
        return [
            told
            for channel, company in self._company.items()
            for told in company.expect(within, at, self._beside(channel))
        ]

    def _beside(self, channel: Channel) -> SeenWindows:
        """The other side's clear windows, where they are known."""
        return NO_WINDOWS if self._exchange is None else self._exchange.clear[channel.other]

    def _look(self, channel: Channel, clear: SeenWindows, at: float) -> list[AudioWarning]:
        clear = clear.where(clear.middles >= self._alone_until.get(channel, 0.0))
        if not len(clear.shares):
            return []
        told: list[AudioWarning] = []
        if self._exchange is not None:
            told = self._exchange.push(channel, clear, at)
        for one in told:
            for company in self._company.values():
                company.forget(one.at if isinstance(one.since, UnsetType) else one.since)
        return told + self._company[channel].push(clear, at, self._beside(channel))


class ExchangeWatch:
    """Looks, with every few seconds of speech, whether two sides have changed places."""

    def __init__(self) -> None:
        self.clear = dict.fromkeys((Channel.AGENT, Channel.CUSTOMER), NO_WINDOWS)
        """The clear windows of each side that are looked back on."""
        self._unseen = 0

    def push(self, channel: Channel, clear: SeenWindows, at: float) -> list[AudioWarning]:
        """Take in clear windows of a side."""
        self.clear[channel] = self.clear[channel].join(clear).where(slice(-MOST, None))
        self._unseen += len(clear.shares)
        if self._unseen < LOOK:
            return []
        self._unseen = 0
        since = exchanged_at(*self.clear.values())
        if since is None:
            return []
        # What lies before it would be taken for a second exchange.
        self.clear = {c: s.where(s.middles > since) for c, s in self.clear.items()}
        detail = f"from {clock(since)} on each side carries the voice that was on the other one"
        return [AudioWarning(at=at, kind=EXCHANGED, detail=detail, since=since)]


class _TrackTrace:
    """The clear windows of one track."""

    def __init__(self, encoder: VoiceEncoder) -> None:
        self._verdict = _ToldDetector()
        self._trace = VoiceTrace(encoder, self._verdict, least=CLEAR)
        self._held: list[Samples] = []

    def push(self, block: Samples, window: Window) -> SeenWindows:
        self._verdict.given.append(window)
        self._held.append(block)
        return self._looked_at() if len(self._held) >= TOGETHER else NO_WINDOWS

    def finish(self) -> SeenWindows:
        """Those of the sound that is left."""
        return self._looked_at() if self._held else NO_WINDOWS

    def _looked_at(self) -> SeenWindows:
        sound = np.concatenate(self._held)
        self._held.clear()
        return self._trace.push(sound)


class _ToldDetector:
    """A speech detector that has been told its verdicts."""

    def __init__(self) -> None:
        self.given: list[Window] = []

    def push(self, _samples: Samples) -> list[Window]:
        """The verdict on the window that was pushed."""
        given, self.given = self.given, []
        return given
