"""What is inside a recording, as one JSON object: what `coach inspect --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from audio.recordings.contents import Contents
from audio.recordings.inspection import Inspection
from audio.recordings.opening import Recording
from audio.recordings.relation import Relation
from audio.recordings.survey import ChannelLevel
from coach.events import Channel
from coach.replay.first_to_speak import first_to_speak


class TrackDescription(msgspec.Struct, frozen=True, kw_only=True):
    """One sound track of a file."""

    track: int
    """From 1."""
    title: str
    codec: str
    rate: int
    """Samples a second, Hz."""
    channels: int
    start: float
    """Seconds into the file at which it begins."""


class FileDescription(msgspec.Struct, frozen=True, kw_only=True):
    """One file."""

    name: str
    container: str
    duration: float
    """Seconds."""
    joined: int
    """Recordings that were joined to it; 1 for a plain file."""
    tracks: tuple[TrackDescription, ...]


class ChannelDescription(msgspec.Struct, frozen=True, kw_only=True):
    """One channel and what it carries."""

    channel: int
    """From 1, over all files and tracks."""
    file: str
    track: int
    """From 1; so is the next."""
    of_track: int
    silent: bool
    level: ChannelLevel


class ComparisonDescription(msgspec.Struct, frozen=True, kw_only=True):
    """What two channels have in common."""

    first: int
    """Number of a channel, from 1; so is the next."""
    second: int
    relation: Relation


class FirstToSpeak(msgspec.Struct, frozen=True, kw_only=True):
    """Who of two speaks first: without words, all that tells of who answers the call."""

    speaker: Channel
    at: float
    """Seconds into the recording."""


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a recording without transcribing it."""

    files: tuple[FileDescription, ...]
    seconds_compared: float
    """How much of the beginning was listened to for levels and comparisons."""
    channels: tuple[ChannelDescription, ...]
    comparisons: tuple[ComparisonDescription, ...]
    replayed_as: tuple[Channel, ...]
    agent_told: str
    """How a person said where the agent is; empty where nobody did."""
    first_to_speak: FirstToSpeak | None
    """None where that cannot be said; ``replayed_as`` names the sides."""
    notes: tuple[str, ...]


def described(
    contents: Sequence[Contents],
    inspection: Inspection,
    recording: Recording,
    agent_told: str | None = None,
    voices_told: Sequence[str] = (),
) -> Description:
    """Put together what was found; the recording must have been read to its end.

    ``voices_told``: what there is to tell of more voices than there should be.
    """
    first = first_to_speak(recording) if len(recording.channels) > 1 else None
    return Description(
        files=tuple(_file(one) for one in contents),
        seconds_compared=round(inspection.seconds, 3),
        channels=tuple(
            ChannelDescription(
                channel=number,
                file=Path(heard.take.contents.name).name,
                track=heard.take.track + 1,
                of_track=heard.take.channel + 1,
                silent=heard.level.silent,
                level=heard.level,
            )
            for number, heard in enumerate(inspection.channels, 1)
        ),
        comparisons=tuple(
            ComparisonDescription(
                first=common.first + 1, second=common.second + 1, relation=common.relation
            )
            for common in inspection.common
        ),
        replayed_as=recording.channels,
        agent_told=agent_told or "",
        first_to_speak=None if first is None else FirstToSpeak(speaker=first[0], at=first[1]),
        notes=(*recording.notices, *voices_told),
    )


def _file(contents: Contents) -> FileDescription:
    return FileDescription(
        name=contents.name,
        container=contents.shapes[0].container,
        duration=round(contents.duration, 3),
        joined=len(contents.pieces),
        tracks=tuple(
            TrackDescription(
                track=number,
                title=track.title,
                codec=track.described,
                rate=track.rate,
                channels=track.channels,
                start=round(track.start, 3),
            )
            for number, track in enumerate(contents.tracks, 1)
        ),
    )


def encoded(description: Description) -> str:
    """The object as JSON, two spaces a level."""
    return msgspec.json.format(msgspec.json.encode(description), indent=2).decode()
