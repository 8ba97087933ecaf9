from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from every_row import every_row

from coach.calls.periods import age, period
from coach.errors import InputError

NOW = datetime.fromisoformat("2026-03-04T09:30:00")
"""A Wednesday."""


@every_row(
    [
        ("today", "2026-03-04", "2026-03-05"),
        ("yesterday", "2026-03-03", "2026-03-04"),
        ("this-week", "2026-03-02", "2026-03-09"),
        ("last week", "2026-02-23", "2026-03-02"),
        ("Last-Month", "2026-02-01", "2026-03-01"),
        ("this_month", "2026-03-01", "2026-04-01"),
        ("last-year", "2025-01-01", "2026-01-01"),
        ("this-year", "2026-01-01", "2027-01-01"),
        ("7d", "2026-02-25T09:30", "2026-03-04T09:30"),
        ("12h", "2026-03-03T21:30", "2026-03-04T09:30"),
        ("2w", "2026-02-18T09:30", "2026-03-04T09:30"),
        ("2026-01", "2026-01-01", "2026-02-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2026-W48", "2026-11-23", "2026-11-30"),
        ("2026-w01", "2025-12-29", "2026-01-05"),
        ("2026-03-01", "2026-03-01", "2026-03-02"),
        ("2026-03-01T14:30", "2026-03-01T14:30", "2026-03-01T14:31"),
    ]
)
def test_days_and_periods(text: str, begin: str, end: str) -> None:
    assert period(text, NOW) == (datetime.fromisoformat(begin), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13", "2026-W54", "2026-02-30", "-3d", "9999999d", "9999-12"]
)
def test_what_is_no_day_is_told(text: str) -> None:
    with pytest.raises(InputError, match="no day or period"):
        period(text, NOW)


def test_an_age() -> None:
    assert age("30d") == timedelta(days=30)
    with pytest.raises(InputError, match="is no age"):
        age("30")
