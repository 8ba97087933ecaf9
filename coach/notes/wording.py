"""Figures in words, as several notes and commands say them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable

from coach.events import CardSuppressed, Evidence, Guard, Level, Suppression

KEPT_BACK: dict[str, str] = {
    "lower_priority": "another card had the place",
    "cooldown": "it had been shown not long before",
    "max_per_call": "it, or cards in all, had been shown as often as a call may have them",
    "tone_budget": "the call had had enough cards about tone",
    "snoozed": "the agent had asked for quiet",
    "calm_mode": "calm mode was on",
    "muted": "the agent had muted the rule",
    "already_done": "it had been said already",
    "safety_open": "a danger came first",
    "doubtful": "the words were not certain",
    "duplicate": "it was on the screen, waited already, or another card said the same",
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
    "replaced": "gave way to another card",
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
WAITED_FOR = "waited for another card to end, and nobody had answered the customer"
"""A reason's note whose figure is the seconds; its rule is the other card's."""
STILL_UNDONE = "waited for another card to end, and it was still not done"
"""Likewise."""
CAME_BACK = "had given way to another card, and came back"
"""A reason's note whose figure is the seconds that lie between."""
LEVEL = "escalation level"
"""A reason's note whose figure is the call's level, which people know by its name."""
LATE = frozenset({WAITED_FOR, STILL_UNDONE, CAME_BACK})
"""Notes of a card that did not come at once."""
_WITHDRAWN = frozenset({"a draft only", "rested on a draft only"})
"""Notes of what a final text withdrew."""
_WHOLE_FROM = 10
_MORE_DIGITS = 4
NARROWEST = 40
"""Columns below which lines are left as they are: a hanging indent would leave no room."""
UNITS: tuple[str, ...] = ("seconds", "words", "dB", "talk-overs")
"""Beginnings of a reason's note that read as the unit of its figure, which then goes first."""


def nearness(evidence: Evidence) -> str:
    """How near words come to what a rule listens for, and how near they must come."""
    said = f"means “{evidence.meaning}”" if evidence.meaning else ""
    if evidence.value is None or evidence.threshold is None:
        return said
    came, taken = told_apart(evidence.value, evidence.threshold, often)
    near = f"ordinary talk comes this near {came}, at most {taken} counts"
    return f"{said}; {near}" if said else near


def plain_number(value: float, digits: int = 0) -> str:
    """A figure as short as it stays meaningful: whole from ten on, or with so many digits more."""
    return f"{value:.{digits}f}" if abs(value) >= _WHOLE_FROM else f"{value:.{2 + digits}g}"


def told_apart(value: float, bound: float, told: Callable[[float, int], str]) -> tuple[str, str]:
    """Two figures in words, with as many digits more as it takes to tell which is greater."""
    one = other = ""
    for digits in range(_MORE_DIGITS + 1 if value != bound else 1):
        one, other = told(value, digits), told(bound, digits)
        if one != other:
            break
    return one, other


def figures(evidence: Evidence) -> tuple[str, str]:
    """The figure of a reason and the bound it is held against; empty where there is none.

    What falls short does not read as if it were enough.
    """
    value, bound = evidence.value, evidence.threshold
    if value is not None and bound is not None and value < bound:
        return told_apart(value, bound, plain_number)
    shown = ["" if one is None else plain_number(one) for one in (value, bound)]
    return shown[0], shown[1]


def measured(evidence: Evidence) -> str:
    """The figure of a reason with what it measures: ``15 seconds of silence``, ``mood -2.4``."""
    if evidence.value is None:
        return evidence.note
    shown, _ = figures(evidence)
    if evidence.note == LEVEL:
        return f"the call is {Level(int(evidence.value)).name.lower()}"
    if evidence.note.startswith(UNITS):
        return f"{shown} {evidence.note}"
    by = evidence.note.removesuffix(" dB")
    unit = evidence.note[len(by) :]
    return _how_late(evidence, shown) or f"{by} {shown}{unit}".strip()


def _how_late(evidence: Evidence, shown: str) -> str:
    """A note about a card that waited or came back, with its seconds; of others nothing."""
    if evidence.note == WAITED:
        return f"{evidence.note}, more than {shown} s"
    if evidence.note == CAME_BACK:
        return evidence.note.replace("another card", f"another card {shown} s before", 1)
    if evidence.note in LATE and evidence.rule:
        return evidence.note.replace("waited", f"waited {shown} s", 1).replace(
            "another card", f"the card of {evidence.rule}"
        )
    return ""


def waiting(evidence: Evidence) -> str:
    """The note of a reason, with the rule whose card it speaks of where that is another one."""
    if evidence.note == WAITS and evidence.rule:
        return f"{evidence.rule} {WAITS}"
    if evidence.note in LATE:
        return measured(evidence)
    return evidence.note


def wrapped(line: str, width: int, indent: int) -> str:
    """Break a line between its words where it is longer than ``width`` columns.

    What follows the first row begins ``indent`` columns further in. A word that is longer than a
    row stays whole, so that the name of a file can be copied. A space of any kind parts words.
    """
    if width < NARROWEST or len(line) <= width:
        return line
    rows = textwrap.wrap(
        re.sub(r"\s", " ", line),
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(rows)


def limit(evidence: Evidence) -> str:
    """From which figure on a rule takes it, in brackets; empty where there is none."""
    _, bound = figures(evidence)
    return f"(from {bound})" if bound else ""


def count_of(count: int, noun: str) -> str:
    """A figure with its noun: ``1 call``, ``2 calls``, ``1,200 calls``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def often(rate: float, digits: int = 0) -> str:
    """A rate per hour in words: ``once in 50 hours``, ``3 times an hour``.

    ``digits``: so many more than it takes to give an idea.
    """
    if rate <= 0.0:
        return "never"
    if rate >= 1.5:
        return f"{rate:.{digits}f} times an hour"
    if rate > 0.67 and not digits:
        return "once an hour"
    hours = 1.0 / rate
    often_enough = digits > 0 or hours < 2000
    return f"once in {hours:,.{digits}f} hours" if often_enough else "less than once in 2,000 hours"


def guard_of(event: CardSuppressed) -> Guard | None:
    """Why the words of a card that was kept back were not meant; None where that was no reason."""
    if event.reason is not Suppression.DOUBTFUL or (
        event.because and event.because[-1].note in _WITHDRAWN
    ):
        return None
    return next((one.guard for one in event.because if one.guard is not None), None)


def kept_back(event: CardSuppressed) -> str:
    """Why a card was kept back, in a few words."""
    guard = guard_of(event)
    return KEPT_BACK[event.reason.value] if guard is None else f"the words were {guard}"
