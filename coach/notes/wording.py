"""Figures in words, as several notes and commands say them."""

from __future__ import annotations

from coach.events import Evidence

UNITS: tuple[str, ...] = ("seconds", "words", "dB", "talk-overs")
"""Beginnings of a reason's note that read as the unit of its figure, which then goes first."""


def nearness(evidence: Evidence) -> str:
    """How near words come to what a rule listens for, and how near they must come."""
    said = f"means “{evidence.meaning}”"
    if evidence.value is None or evidence.threshold is None:
        return said
    came, taken = often(evidence.value), often(evidence.threshold)
    return f"{said}; ordinary talk comes this near {came}, at most {taken} counts"


def plain_number(value: float) -> str:
    """A figure as short as it stays meaningful: whole from ten on."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"


def measured(evidence: Evidence) -> str:
    """The figure of a reason with what it measures: ``15 seconds of silence``, ``mood -2.4``."""
    if evidence.value is None:
        return evidence.note
    shown = plain_number(evidence.value)
    if evidence.note.startswith(UNITS):
        return f"{shown} {evidence.note}"
    by = evidence.note.removesuffix(" dB")
    unit = evidence.note[len(by) :]
    return f"{by} {shown}{unit}".strip()


def limit(evidence: Evidence) -> str:
    """From which figure on a rule takes it, in brackets; empty where there is none."""
    return "" if evidence.threshold is None else f"(from {plain_number(evidence.threshold)})"


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
