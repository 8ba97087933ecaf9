"""Figures in words that several notes share."""

from __future__ import annotations


def often(rate: float) -> str:
    """A rate per hour in words: ``once in 50 hours``, ``3 times an hour``."""
    if rate <= 0.0:
        return "never"
    if rate >= 1.5:
        return f"{rate:.0f} times an hour"
    if rate > 0.67:
        return "once an hour"
    hours = 1.0 / rate
    return f"once in {hours:,.0f} hours" if hours < 2000 else "less than once in 2,000 hours"
