"""What stands inside an event: a word, what a clause means, a reason for a result."""

from __future__ import annotations

import msgspec

from coach.events.terms import Channel, Guard


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One recognised word."""

    text: str
    start: float
    """Seconds of call time."""
    end: float
    """Seconds of call time."""
    confidence: float
    """Probability given by the recogniser, 0 to 1."""


class ClauseScore(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How close a clause comes to what a rule listens for."""

    key: str
    """Of the Meaning condition (``rules.definition.conditions.Meaning.key``)."""
    rate: float
    """False alarms per hour of ordinary talk that comes as close; less is surer."""
    nearest: int = -1
    """Which of the condition's sentences it comes closest to, from 0."""


class Clause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A clause of an utterance, and what it was found to mean."""

    first: int
    """Index into ``text.split()`` of the first word."""
    last: int
    """Index of the last word, inclusive."""
    vector: str = ""
    """The clause as the encoder sees it, in base 85: other rules are tried on it later."""
    scores: tuple[ClauseScore, ...] = ()
    frustration: float = 0.0
    """How distressed the clause is by what it means, 0 to 1; ordinary talk stays near 0."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reason for a result: which rule, whose words, where, and which figure."""

    rule: str | None = None
    utterance: str | None = None
    channel: Channel | None = None
    start: float | None = None
    end: float | None = None
    text: str = ""
    """The words that matched, as they were recognised."""
    value: float | None = None
    """The measured figure, in the unit of the signal."""
    threshold: float | None = None
    """The bound that ``value`` crossed."""
    meaning: str = ""
    """The sentence of the rule that the words come closest to; ``value`` and ``threshold`` are
    false alarms per hour of ordinary talk then."""
    note: str = ""
    """One plain clause for a person, e.g. ``customer louder than usual``; decides nothing."""
    guard: Guard | None = None
    """Set where the words were said but not meant."""
