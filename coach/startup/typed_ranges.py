"""Ranges and lengths as a person types them: ``60..80``, ``90s..10m``."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

from coach.calls.search_query import SearchBounds


class TypedRange:
    """Reads ``60..80``, ``60..`` or ``..80``, of numbers from ``least`` to ``most``."""

    def __init__(
        self, read: Callable[[str], float], least: float, most: float | None = None
    ) -> None:
        self.least = least
        self.most = most
        self._read = read

    def __call__(self, text: str) -> SearchBounds:
        """Raise ArgumentTypeError for what is no range, runs backwards or lies outside."""
        span = self._bounds(text)
        bounds = [bound for bound in (span.least, span.most) if bound is not None]
        if len(bounds) == 2 and bounds[0] > bounds[1]:
            raise argparse.ArgumentTypeError(f"{text!r} begins above its end, so nothing is in it")
        if min(bounds) < self.least:
            raise argparse.ArgumentTypeError(f"{text!r} goes below {self.least:g}")
        if self.most is not None and max(bounds) > self.most:
            raise argparse.ArgumentTypeError(f"{text!r} goes above {self.most:g}")
        return span

    def _bounds(self, text: str) -> SearchBounds:
        least, dots, most = text.partition("..")
        bounds: list[float | None] = []
        for bound in (least, most):
            try:
                bounds.append(_finite(self._read(bound)) if bound else None)
            except ValueError:
                dots = ""
        if not dots or not (least or most):
            raise argparse.ArgumentTypeError(f"{text!r} is no range such as 60..80, 60.. or ..80")
        return SearchBounds(*bounds)


def seconds_typed(text: str) -> float:
    """A length such as ``90s`` or ``3m``, in seconds; raises ValueError."""
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    unit = units.get(text[-1:])
    return _finite(float(text) if unit is None else float(text[:-1]) * unit)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("not a figure")
    return value
