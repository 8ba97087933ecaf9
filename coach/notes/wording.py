"""Figures in words, as several notes and commands say them."""

from __future__ import annotations

import textwrap

from coach.events import Evidence

KEPT_BACK: dict[str, str] = {
    "lower_priority": "another card was more important",
    "cooldown": "it had been shown a moment before",
    "max_per_call": "it had been shown as often as a call may have it",
    "tone_budget": "the call had had enough cards about tone",
    "snoozed": "the agent had asked for quiet",
    "calm_mode": "calm mode was on",
    "muted": "the agent had muted the rule",
    "already_done": "the agent had said it already",
    "safety_open": "a danger came first",
    "doubtful": "the words were not certain",
    "duplicate": "it was on the screen already",
    "rule_gone": "its rule was taken out of force",
    "not_sure": "the words came near, and not near enough",
    "routine": "a calm customer asked for it as for anything",
}
"""Why a card was kept back, by the name of the reason."""
FATES: dict[str, str] = {
    "shown": "still on the screen where the journal ends",
    "used": "used",
    "dismissed": "dismissed",
    "acknowledged": "acknowledged",
    "expired": "left by itself, unanswered",
    "replaced": "gave way to a more important card",
    "resolved": "no longer needed: the agent had said it",
    "retracted": "taken back: the final text did not say it",
    "call_ended": "stood until the call ended",
}
"""What became of a card, by the name of what cleared it."""
STAGES: dict[str, str] = {
    "none": "not needed",
    "acknowledge": "acknowledge",
    "warn": "a warning is due",
    "warn_1": "ask for respect",
    "warn_2": "name the limit",
    "end": "may be ended",
    "over": "ended for cause",
}
"""Stages of the boundary ladder in plain words; an unknown stage is shown as it is named."""
WAITED = "waited too long for the place"
"""A reason's note whose figure is the seconds for which a card may wait."""
WAITS = "waits for the place before it"
"""A reason's note that says this of the rule that it names."""
NARROWEST = 40
"""Columns below which lines are left as they are: a hanging indent would leave no room."""
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
    if evidence.note == WAITED:
        return f"{evidence.note}, more than {shown} s"
    if evidence.note.startswith(UNITS):
        return f"{shown} {evidence.note}"
    by = evidence.note.removesuffix(" dB")
    unit = evidence.note[len(by) :]
    return f"{by} {shown}{unit}".strip()


def waiting(evidence: Evidence) -> str:
    """The note of a reason, with the rule whose card it speaks of where that is another one."""
    if evidence.note == WAITS and evidence.rule:
        return f"{evidence.rule} {WAITS}"
    return evidence.note


def wrapped(line: str, width: int, indent: int) -> str:
    """Break a line between its words where it is longer than ``width`` columns.

    What follows the first row begins ``indent`` columns further in. A word that is longer than a
    row stays whole, so that the name of a file can be copied.
    """
    if width < NARROWEST or len(line) <= width:
        return line
    rows = textwrap.wrap(
        line,
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(rows)


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
