"""How the screen says things: call time, levels, sides, reasons.

Pure functions from values to short plain words, so that every widget says the same thing the
same way. Nothing here depends on colour.
"""

from __future__ import annotations

from collections.abc import Mapping

from coach.events import Channel, Evidence, Level, Track
from coach.events.lengths import clock
from coach.notes.wording import LEVEL, STAGES, figures, limit, measured, nearness, waiting
from coach.snapshot import Card, LadderView, Line, PastCard, Snapshot

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

REVIEWED_SIDES: dict[Channel, str] = {
    Channel.CUSTOMER: "customer",
    Channel.AGENT: "agent",
    Channel.MIXED: "someone",
}
"""Who speaks, from the chair of somebody who looks at the call afterwards."""

CARD_HEADINGS: dict[Track, str] = {
    Track.SAFETY: "!! SAFETY",
    Track.THREAT: "!! THREAT",
    Track.CONDUCT: "BOUNDARY",
    Track.ESCALATION: "DO THIS",
    Track.COACHING: "DO THIS",
}
"""What kind of card it is; what stands below it is what to do."""

BOOKMARK = "▸"
MARK_SIGNS = {"right": "✓", "wrong": "✗", "too late": "…", "missed here": "!"}
"""By the word with which a reviewer's mark begins."""

UNMARKED: frozenset[str] = frozenset({"say", "checklist", "note", "ladder"})
"""Families of rules whose matches are not marked in the transcript."""


CLEARED: dict[str, str] = {
    "used": "done",
    "expired": "its time was over",
    "replaced": "another came",
    "resolved": "settled",
}
"""What became of a card; other reasons are shown as they are named."""


def warnings_given(ladder: LadderView) -> str:
    """How many warnings were given of those that must come before a call may be ended."""
    if not ladder.warnings:
        return "no warning given yet"
    return f"{ladder.warnings} of {ladder.needed} warnings given"


def begins(snapshot: Snapshot) -> str:
    """How the next live call begins."""
    if snapshot.begins_on_sound:
        return "begins when the customer speaks, or with b"
    return "begins when you press b"


def rule_words(rule: str) -> str:
    """A rule's identifier as words: ``esc.repeat_contact`` is ``repeat contact``."""
    return rule.rpartition(".")[2].replace("_", " ")


def shown_cues(line: Line) -> tuple[str, ...]:
    """The cues worth marking in a line of the transcript, each once and in words.

    Rules that only tick the checklist, keep the record or notice a good phrase are left out:
    they match in most lines, and a mark on every line marks nothing. So is what the agent has
    not said yet, which the engine dates to the customer's words.
    """
    unmarked = UNMARKED if line.channel is not Channel.CUSTOMER else UNMARKED | {"agent"}
    marked = (rule for rule in line.cues if rule.partition(".")[0] not in unmarked)
    return tuple(dict.fromkeys(rule_words(rule) for rule in marked))


def became(past: PastCard) -> str:
    """What became of a card that has left."""
    return CLEARED.get(past.reason, past.reason.replace("_", " "))


def past_words(past: PastCard) -> str:
    """A card that has left, in one line."""
    return f"{clock(past.raised):>5} {past.title} · {became(past)}"


def stage_words(stage: str) -> str:
    """A ladder stage as words."""
    return STAGES.get(stage, stage.replace("_", " "))


def stays(card: Card) -> bool:
    """True for a card that never leaves by itself and is answered with `a`."""
    return card.stays


def quote(text: str) -> str:
    """Somebody's own words in quotation marks."""
    return f"“{text.strip()}”"


def figure(evidence: Evidence) -> str:
    """The measured figure with its bound, or an empty string."""
    if evidence.value is None or evidence.note == LEVEL:
        return ""
    return f"{figures(evidence)[0]} {limit(evidence)}".strip()


def reason(
    evidence: Evidence, *, at_length: bool = False, sides: Mapping[Channel, str] = SIDES
) -> str:
    """One reason: when, who, and their own words or the plain clause.

    ``at_length`` adds how near the words come to what the rule listens for; ``sides`` says who is
    meant.
    """
    note = waiting(evidence)
    if note and evidence.threshold is not None:
        note = measured(evidence)
    parts = []
    if evidence.start is not None:
        parts.append(clock(evidence.start))
    if evidence.channel is not None:
        parts.append(sides[evidence.channel])
    if evidence.text:
        parts.append(quote(evidence.text))
    if evidence.meaning:
        parts.append(
            f"({nearness(evidence)})" if at_length else f"(means {quote(evidence.meaning)})"
        )
    if note:
        parts.append(f"({note})" if evidence.text else note)
    if not evidence.text and not note:
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


def mark_sign(words: str) -> str:
    """The sign of a reviewer's mark, from the words that tell of it."""
    return MARK_SIGNS.get(words.partition("  ")[0], BOOKMARK)
