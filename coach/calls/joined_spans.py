"""Stretches of time, or of a text, put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Place = TypeVar("Place", int, float)


def joined(spans: Iterable[tuple[Place, Place]]) -> list[tuple[Place, Place]]:
    """The spans in order of their starts, those that overlap or touch made one."""
    whole: list[tuple[Place, Place]] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return whole
