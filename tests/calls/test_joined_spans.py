"""Spans put together, whatever they are counted in."""

from __future__ import annotations

from coach.calls.joined_spans import joined


def test_spans_that_touch_are_one() -> None:
    assert joined([(5, 7), (0, 2), (2, 3), (6, 6)]) == [(0, 3), (5, 7)]
    assert joined([(1.5, 2.0), (0.5, 3.0)]) == [(0.5, 3.0)]
    assert joined([]) == []
