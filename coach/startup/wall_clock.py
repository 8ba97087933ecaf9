"""The time on this machine's wall, as it is written down."""

from __future__ import annotations

from datetime import datetime


def wall_clock() -> str:
    """Now, ISO 8601 with offset, in whole seconds."""
    return datetime.now().astimezone().isoformat(timespec="seconds")
