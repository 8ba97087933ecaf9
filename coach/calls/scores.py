"""What a scorecard came to, as far as the library needs it to list and find calls.

The lines of ``CALL.scores.ndjson`` belong to the scorecards and hold more; what is not named here
is passed over.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from coach.calls.lines_beside import read_lines


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """One filled-in scorecard."""

    form: str
    reviewer: str
    made: str
    """Wall-clock time, ISO 8601 with offset."""
    percent: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    """Of the points that could be had; None where nothing applied, or it is not finished."""


def read_scores(path: Path) -> tuple[ScoreLine, ...]:
    """All lines, oldest first. Raises InputError."""
    return read_lines(path, ScoreLine)


def standing_score(lines: tuple[ScoreLine, ...]) -> float | None:
    """The percentage that stands: of the newest line that has one."""
    return next((line.percent for line in reversed(lines) if line.percent is not None), None)
