"""Notices a side that is silent while the other speaks.

The microphone is muted or the wrong one, or the softphone plays to another output.
Levels, clipping and lost seconds are shown by the engine from the same facts; this adds the
warning that needs both sides at once. Fed with every ``Loudness``, and with what is known of words:
nobody answers a recorded voice, so what it says does not count as speech. Pure.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Annotated

import msgspec

from audio.voices.side_company import KIND as THIRD_VOICE
from coach.events import AudioWarning, Channel, Loudness
from coach.parameters import dbfs, seconds

KINDS = {Channel.AGENT: "silent_agent", Channel.CUSTOMER: "silent_customer"}
"""``AudioWarning.kind`` for each side."""

_ADVICE = {
    Channel.AGENT: "nothing comes from the agent's side while the customer speaks: is the "
    "microphone muted, or the wrong one chosen?",
    Channel.CUSTOMER: "nothing comes from the customer's side while the agent speaks: is the "
    "softphone playing to another output?",
}


_RECORDED = {
    Channel.AGENT: "the agent's side of the recording is silent from {start} on, while the "
    "customer speaks: whatever the agent said there is not in it",
    Channel.CUSTOMER: "the customer's side of the recording is silent from {start} on, while the "
    "agent speaks: whatever the customer said there is not in it",
}


_OTHERS = {"agent": "customer", "customer": "agent"}
_SIDE = re.compile(r"\b(?:agent|customer)\b")
_WHOSE_SIDE = re.compile(r"\b(agent|customer)'s side\b")


class SilenceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When silence is a fault. In seconds."""

    silent_dbfs: Annotated[float, dbfs()] = -60.0
    """Below this a side carries nothing; line noise and open microphones stay above."""
    never_heard: Annotated[float, seconds(1, 3600)] = 20.0
    """A side that has not been heard at all must be silent for so long..."""
    never_spoken: Annotated[float, seconds(0, 3600)] = 8.0
    """...while the other spoke for so long."""
    fallen_silent: Annotated[float, seconds(1, 3600)] = 60.0
    """A side that was heard before: it may simply be listening, and many a line sends nothing
    at all in pauses."""
    fallen_spoken: Annotated[float, seconds(0, 3600)] = 30.0
    told_within: Annotated[float, seconds(0, 60)] = 12.0
    """Speech counts once its words are known, and after so long without them."""


class SilenceWatch:
    """Follows both sides' levels and warns once for each silence."""

    def __init__(self, settings: SilenceSettings | None = None, *, recorded: bool = False) -> None:
        """``recorded``: nobody can mend it any more; the words say what is missing."""
        self._recorded = recorded
        self._settings = settings or SilenceSettings()
        self._sides = {channel: _HealthSide() for channel in KINDS}

    def push(self, fact: Loudness) -> list[AudioWarning]:
        """Take in one measurement; the warnings carry its ``at``."""
        if fact.channel not in self._sides:
            return []
        if fact.speech:
            self._sides[fact.channel.other].untold.append((fact.start, fact.end))
        side = self._sides[fact.channel]
        side.count(until=fact.end - self._settings.told_within)
        if fact.dbfs > self._settings.silent_dbfs:
            return self._heard(side, fact)
        side.silent += fact.end - fact.start
        if side.warned or not self._too_long(side):
            return []
        side.warned = True
        return [self._warning(fact, side, active=True)]

    def said(self, channel: Channel, end: float, *, recorded_voice: bool) -> None:
        """What a side has said until ``end`` is known: a person's words, or a recording's."""
        if channel in self._sides:
            self._sides[channel.other].count(until=end, as_speech=not recorded_voice)

    def swap(self) -> None:
        """The two sides have been exchanged; a silence that lasts is told of under its new name."""
        agent, customer = self._sides[Channel.AGENT], self._sides[Channel.CUSTOMER]
        self._sides = {Channel.AGENT: customer, Channel.CUSTOMER: agent}
        agent.warned = customer.warned = False

    def _heard(self, side: _HealthSide, fact: Loudness) -> list[AudioWarning]:
        over = side.warned
        self._sides[fact.channel] = _HealthSide(ever_heard=True)
        return [self._warning(fact, side, active=False)] if over else []

    def _warning(self, fact: Loudness, side: _HealthSide, *, active: bool) -> AudioWarning:
        if self._recorded:
            started = fact.end - side.silent if active else fact.start - side.silent
            detail = _RECORDED[fact.channel].format(start=_clock(started))
            again = f"it is heard again after {side.silent:.0f} s of silence"
        else:
            detail, again = _ADVICE[fact.channel], "it is heard again"
        kind, words = KINDS[fact.channel], detail if active else again
        return AudioWarning(at=fact.at, kind=kind, detail=words, active=active)

    def _too_long(self, side: _HealthSide) -> bool:
        settings = self._settings
        if side.ever_heard:
            silent, spoken = settings.fallen_silent, settings.fallen_spoken
        else:
            silent, spoken = settings.never_heard, settings.never_spoken
        return side.silent >= silent and side.other_spoke >= spoken


class _HealthSide:
    """One side since it was last heard."""

    def __init__(self, *, ever_heard: bool = False) -> None:
        self.ever_heard = ever_heard
        self.silent = 0.0
        self.other_spoke = 0.0
        self.untold: deque[tuple[float, float]] = deque()
        """Call times of the other side's speech of which no words are known yet."""
        self.warned = False

    def count(self, *, until: float, as_speech: bool = True) -> None:
        """Settle what the other side said before a call time."""
        while self.untold and self.untold[0][0] < until:
            start, end = self.untold.popleft()
            self.other_spoke += end - start if as_speech else 0.0


def of_other_side(warning: AudioWarning) -> AudioWarning:
    """The same warning about the other side; one about neither side is left as it is."""
    if warning.kind == THIRD_VOICE:
        detail = _WHOSE_SIDE.sub(lambda name: f"{_OTHERS[name[1]]}'s side", warning.detail)
        return msgspec.structs.replace(warning, detail=detail)
    sides = {kind: channel for channel, kind in KINDS.items()}
    side = sides.get(warning.kind)
    if side is None:
        return warning
    if warning.detail == _ADVICE[side]:
        detail = _ADVICE[side.other]
    else:  # what is said of a recording reads alike for both sides
        detail = _SIDE.sub(lambda name: _OTHERS[name[0]], warning.detail)
    return msgspec.structs.replace(warning, kind=KINDS[side.other], detail=detail)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    return f"{minutes:02}:{rest:02}"
