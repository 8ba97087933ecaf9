"""The tests that a rule brings along: sentences, and scripted calls.

``rules.checking.testing`` makes facts of the calls, and holds what came of both against what they
expect.
"""

from __future__ import annotations

import msgspec

from coach.events import Level


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence and whether the rule must match it."""

    text: str
    expect: bool
    todo: bool = False
    """Known to fail today: reported, but not an error until it passes."""


class ScriptedMoment(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of a timeline: what happens, and what must or must not come of it."""

    at: float
    customer: str = ""
    agent: str = ""
    speak: float | None = None
    """Seconds the words take; None reckons 2.5 words a second."""
    loud: float = 0.0
    """dB above the speaker's usual level."""
    cards: tuple[str, ...] | None = None
    """Rule ids whose cards are on screen at ``at``; an empty tuple means no card."""
    level: Level | None = None


class ScriptedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A scripted call that starts at 0, in the manner of a Prometheus rule test."""

    name: str
    steps: tuple[ScriptedMoment, ...]
