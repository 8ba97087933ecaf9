"""On which channels the words of a speaker are listened for."""

from __future__ import annotations

from coach.events import Channel

from .conditions import Speaker


def hears(speaker: Speaker, channel: Channel) -> bool:
    """Whether a condition on the words of ``speaker`` listens to ``channel``."""
    if channel is Channel.AGENT:
        return speaker is not Speaker.CUSTOMER
    return speaker is not Speaker.AGENT


def heard_on(speaker: Speaker) -> tuple[Channel, ...]:
    """The channels that a condition on the words of ``speaker`` listens to."""
    return tuple(channel for channel in Channel if hears(speaker, channel))
