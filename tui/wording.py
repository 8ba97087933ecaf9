"""How the screen says things: call time, levels, sides, reasons.

Pure functions from values to short plain words, so that every widget says the same thing the
same way. Nothing here depends on colour.
"""

from __future__ import annotations

from coach.events import Channel, Evidence, Level, Track
from coach.snapshot import Card

LEVEL_WORDS: dict[Level, str] = {
    Level.CALM: "calm",
    Level.UNEASY: "uneasy",
    Level.UPSET: "upset",
    Level.ANGRY: "angry",
    Level.CRITICAL: "critical",
}
"""The five steps of the level, in words."""

SIDES: dict[Channel, str] = {
    Channel.CUSTOMER: "customer",
    Channel.AGENT: "you",
    Channel.MIXED: "someone",
}
"""Who speaks, from the agent's chair."""

CARD_HEADINGS: dict[Track, str] = {
    Track.SAFETY: "!! SAFETY",
    Track.THREAT: "!! THREAT",
    Track.CONDUCT: "BOUNDARY",
    Track.ESCALATION: "FOR THE CUSTOMER",
    Track.COACHING: "FOR YOU",
}
"""What kind of card it is."""

PRESSING: frozenset[Track] = frozenset({Track.SAFETY, Track.THREAT})
"""Tracks whose cards stay until the agent acknowledges them."""

STAGES: dict[str, str] = {
    "none": "not needed",
    "acknowledge": "acknowledge",
    "warn": "a warning is due",
    "end": "may be ended",
    "over": "ended for cause",
}
"""Stages of the boundary ladder in plain words; an unknown stage is shown as it is named."""


def clock(seconds: float) -> str:
    """Call time as ``m:ss``, or ``h:mm:ss`` from an hour on."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}"


def rule_words(rule: str) -> str:
    """A rule's identifier as words: ``esc.repeat_contact`` is ``repeat contact``."""
    return rule.rpartition(".")[2].replace("_", " ")


def stage_words(stage: str) -> str:
    """A ladder stage as words."""
    return STAGES.get(stage, stage.replace("_", " "))


def needs_acknowledging(card: Card) -> bool:
    """True for a card that never leaves by itself and is answered with `a`."""
    return card.track in PRESSING


def quote(text: str) -> str:
    """Somebody's own words in quotation marks."""
    return f"“{text.strip()}”"


def figure(evidence: Evidence) -> str:
    """The measured figure with its bound, or an empty string."""
    if evidence.value is None:
        return ""
    shown = f"{evidence.value:.3g}"
    return f"{shown} (bound {evidence.threshold:.3g})" if evidence.threshold is not None else shown


def reason(evidence: Evidence) -> str:
    """One reason: when, who, and their own words or the plain clause."""
    parts = []
    if evidence.start is not None:
        parts.append(clock(evidence.start))
    if evidence.channel is not None:
        parts.append(SIDES[evidence.channel])
    if evidence.text:
        parts.append(quote(evidence.text))
    if evidence.note:
        parts.append(f"({evidence.note})" if evidence.text else evidence.note)
    if not evidence.text and not evidence.note:
        parts.append(figure(evidence) or (rule_words(evidence.rule) if evidence.rule else ""))
    return " ".join(part for part in parts if part)


def best_reasons(because: tuple[Evidence, ...], most: int) -> tuple[str, ...]:
    """At most ``most`` reasons, those with somebody's own words first."""
    ordered = sorted(because, key=lambda evidence: not evidence.text)
    seen: dict[str, None] = {}
    for evidence in ordered:
        text = reason(evidence)
        if text:
            seen.setdefault(text)
    return tuple(seen)[:most]
