"""How lengths of time are written for a person."""

from __future__ import annotations


def lasting(seconds: float, unit: str = "s") -> str:
    """A length: ``7.0 s`` (with this unit) below a minute, then ``4:10``, ``12:01:43``."""
    if seconds < 60.0:
        return f"{max(0.0, seconds):.1f} {unit}"
    return clock(seconds)


def clock(seconds: float) -> str:
    """A time or length in whole seconds: ``4:10``, and from an hour on ``12:01:43``."""
    minutes, rest = divmod(int(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
