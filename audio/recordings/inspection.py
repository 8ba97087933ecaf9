"""What is inside a recording, for somebody who wants to know before it is played."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec

from .contents import Contents, Take, survey_of
from .relation import Relation
from .sides import LOOKED_AT, compared
from .survey import ChannelLevel


class InspectedChannel(msgspec.Struct, frozen=True, kw_only=True):
    """One channel and what it carries."""

    take: Take
    level: ChannelLevel


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """What two channels have in common; numbers count the channels from 0."""

    first: int
    second: int
    relation: Relation


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """All channels of one recording or two, and how they compare."""

    channels: tuple[InspectedChannel, ...]
    common: tuple[Common, ...]
    seconds: float
    """How much was listened to."""


def inspect_contents(contents: Sequence[Contents]) -> Inspection:
    """Listen to the beginning of every channel of every track."""
    there = [
        Take(contents=one, track=track, channel=channel)
        for one in contents
        for track, described in enumerate(one.tracks)
        for channel in range(described.channels)
    ]
    takes = [there[n] for n in compared(there)]
    survey, seconds = survey_of(takes, LOOKED_AT)
    pairs = itertools.combinations(range(len(takes)), 2)
    return Inspection(
        channels=tuple(
            InspectedChannel(take=t, level=survey.level(n)) for n, t in enumerate(takes)
        ),
        common=tuple(Common(first=a, second=b, relation=survey.relation(a, b)) for a, b in pairs),
        seconds=seconds,
    )
