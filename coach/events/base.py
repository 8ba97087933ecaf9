"""What every event has: when the engine learned it and, for most, a place in the sound."""

from __future__ import annotations

import msgspec

from coach.events.terms import Channel


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="type"):
    """Base of all events."""

    at: float
    """When the engine learned it: seconds since the call started."""


class Located(Event, frozen=True, kw_only=True):
    """An event with a place in one channel's audio."""

    channel: Channel
    start: float
    """Seconds of call time."""
    end: float
    """Seconds of call time."""
