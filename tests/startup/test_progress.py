"""How fast work goes on is told from what was done, and not of the first items."""

from __future__ import annotations

import pytest

from coach.startup.progress import WorkPace


@pytest.mark.parametrize(
    ("seconds", "done", "told"),
    [
        (10.0, 41, ": 41 of 200 calls, 4 a second, 40 s left"),
        (10.0, 3, ": 3 of 200 calls, 12 a minute, 16 min left"),
        (3600.0, 3, ": 3 of 200 calls, 2 an hour, 98.5 h left"),
        (0.0, 3, ": 3 of 200 calls"),
        (10.0, 1, ": 1 of 200 calls"),
        (10.0, 200, ": 200 of 200 calls"),
    ],
)
def test_rate_and_time_left(seconds: float, done: int, told: str) -> None:
    now = [100.0]
    pace = WorkPace(lambda: now[0])
    assert pace.told(1, 200, "calls") == ": 1 of 200 calls"
    now[0] += seconds
    assert pace.told(done, 200, "calls") == told
