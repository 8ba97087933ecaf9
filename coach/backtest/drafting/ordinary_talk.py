"""Ordinary talk that ships with the program: on it no rule of anger or danger fires."""

from __future__ import annotations

import functools
import importlib.resources

from coach.events import Channel

_FILES = {
    Channel.CUSTOMER: ("service_customer", "near_cues", "private_talk"),
    Channel.AGENT: ("service_agent", "helpful_agent"),
}


@functools.cache
def ordinary_lines(channel: Channel) -> tuple[str, ...]:
    """Lines that this side says on an ordinary day; of both sides where it is not told apart."""
    names = _FILES.get(channel) or tuple(name for names in _FILES.values() for name in names)
    folder = importlib.resources.files("coach").joinpath("training", "meaning", "ordinary")
    texts = (folder.joinpath(f"{name}.txt").read_text("utf-8") for name in names)
    return tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())
