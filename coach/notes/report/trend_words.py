"""Figures over calls in words: the value, where the true one lies, and what it rests on."""

from __future__ import annotations

from coach.notes.report.agent_report import CoachingPoint
from coach.notes.report.intervals import Estimate

PURPOSE = (
    "This is to learn from and not to rank. It describes calls, not a person: calls differ in what "
    "customers bring, and nobody chooses their calls. Listen to the moments before you conclude."
)
HOW = (
    "In brackets stands where the true figure lies in 95 of 100 such samples, then the calls it "
    "rests on. Where the brackets of two weeks overlap, these calls show no difference. Of many "
    "figures looked at together, one in twenty stands out by chance alone."
)
ALIKE = "the same in all of them"
NO_INTERVAL = "one call tells nothing of others"


def figure(one: Estimate, unit: str) -> str:
    """A figure with its interval and its count, on one line."""
    if one.value is None:
        return "no calls"
    span = ""
    if one.low is not None and one.high is not None:
        span = f" ({_value(one.low, unit)} to {_value(one.high, unit)})"
    else:
        span = f" ({NO_INTERVAL if one.calls < 2 else ALIKE})"
    counted = "" if unit == "share" else f" {unit}"
    return f"{_value(one.value, unit)}{counted}{span}; {rests_on(one)}"


def _value(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value:.0%}"
    return f"{value:.1f}"


def rests_on(one: Estimate) -> str:
    """What a figure rests on: ``7 of 20``, with the calls where those are others."""
    calls = f"{one.calls} call{'s' if one.calls != 1 else ''}"
    if one.mean:
        return calls
    if one.of == one.calls:
        return f"{one.count:g} of {calls}"
    return f"{one.count:g} of {one.of} in {calls}"


def changed(point: CoachingPoint) -> str:
    """Whether something came up less or more often afterwards, as far as these calls tell."""
    change = point.change
    if change.value is None or change.low is None or change.high is None:
        return "One part has no calls, so nothing can be compared."
    before, after = figure(point.before, "share"), figure(point.after, "share")
    points = f"{change.low:+.0%} to {change.high:+.0%}"
    if change.high < 0:
        verdict = f"It came up less often afterwards (difference {points})."
    elif change.low > 0:
        verdict = f"It came up more often afterwards (difference {points})."
    else:
        verdict = f"These calls do not tell whether it changed (difference {points})."
    return f"Before: {before}. After: {after}. {verdict}"
