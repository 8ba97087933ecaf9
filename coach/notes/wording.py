"""Figures in words, as several notes and commands say them."""

from __future__ import annotations

from coach.events import Evidence


def nearness(evidence: Evidence) -> str:
    """How near words come to what a rule listens for, and how near they must come."""
    said = f"means “{evidence.meaning}”"
    if evidence.value is None or evidence.threshold is None:
        return said
    came, taken = often(evidence.value), often(evidence.threshold)
    return f"{said}; ordinary talk comes as near {came}, the rule takes {taken}"


def count_of(count: int, noun: str) -> str:
    """A figure with its noun: ``1 call``, ``2 calls``, ``1,200 calls``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


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
