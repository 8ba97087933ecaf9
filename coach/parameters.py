"""How a setting declares what it may be: range and unit as data, beside its type.

``Annotated[float, seconds(0, 600)]`` says it all: reading a settings file refuses what lies
outside, and a screen or a table can list it. What a setting means stands in the docstring below it.
"""

from __future__ import annotations

import msgspec


def quantity(least: float, most: float, unit: str) -> msgspec.Meta:
    """A figure between two bounds, both allowed, in a unit."""
    return msgspec.Meta(ge=least, le=most, extra_json_schema={"unit": unit})


def seconds(least: float, most: float) -> msgspec.Meta:
    """A span of time."""
    return quantity(least, most, "s")


def share(least: float = 0.0, most: float = 1.0) -> msgspec.Meta:
    """A share, a probability or a certainty, 0 to 1."""
    return quantity(least, most, "of 1")


def number(least: int, most: int, of: str = "") -> msgspec.Meta:
    """A whole number, of something where it is not plain of what."""
    return quantity(least, most, of)


def dbfs(least: float = -100.0, most: float = 0.0) -> msgspec.Meta:
    """A level, in dB relative to full scale."""
    return quantity(least, most, "dBFS")


def length(exactly: int) -> msgspec.Meta:
    """A table that keeps its length."""
    return msgspec.Meta(min_length=exactly, max_length=exactly)
