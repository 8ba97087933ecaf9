"""The words of a call that a rule is drafted from."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coach.backtest.drafting.alike import plain_words
from coach.calls.journal import Journal
from coach.calls.redaction.kinds import holds_mask
from coach.calls.redaction.typed_words import masked_text
from coach.errors import InputError
from coach.events import Channel, Utterance
from coach.events.lengths import clock

AROUND_S = 15.0
"""Seconds around the named time in which words are looked for."""
LONGEST = 40
"""Words of what a rule is drafted from."""


class Picked(msgspec.Struct, frozen=True, kw_only=True):
    """Words that somebody said."""

    call: str
    at: float
    """Call time at which the line began, in seconds."""
    channel: Channel
    utterance: str
    words: str


def picked(journal: Journal, at: float, words: str = "") -> Picked:
    """The line at a time, or the words of a line near it. Raises InputError.

    Personal data is no part of a rule: words that hold some are refused.
    """
    lines = [e for e in journal.events if isinstance(e, Utterance) and e.text.strip()]
    if not lines:
        raise InputError(f"{journal.path} holds nothing that is said.", "Name another call.")
    end = max(line.end for line in lines)
    if at > end + 1.0 and not words.strip():  # a clock shows whole seconds
        raise InputError(
            f"Nothing is said at {clock(at)}: the last words of {journal.path.stem} end at "
            f"{clock(end)}.",
            "Give a time within the call.",
        )
    line = _with_words(lines, at, words) if words.strip() else _at(lines, at)
    chosen = " ".join((words if words.strip() else line.text).split()).strip(" .,;:?!-")
    if holds_mask(masked := masked_text(chosen)):
        raise InputError(
            f"{masked!r} holds personal data, which no rule may.", "Choose fewer words: --words."
        )
    if len(chosen.split()) > LONGEST:
        raise InputError(
            f"The line at {clock(line.start)} has {len(chosen.split())} words; a rule is drafted "
            f"from {LONGEST} at most.",
            "Choose the words that tell: --words.",
        )
    if not plain_words(chosen):
        raise InputError(f"{chosen!r} holds no word.", "Choose others with --words.")
    return Picked(
        call=journal.path.stem,
        at=line.start,
        channel=line.channel,
        utterance=line.utterance,
        words=chosen,
    )


def _at(lines: Sequence[Utterance], at: float) -> Utterance:
    """The line that is spoken then, or the last one before it."""
    speaking = [line for line in lines if line.start <= at <= line.end]
    before = [line for line in lines if line.start <= at + 1.0]  # a clock shows whole seconds
    return speaking[-1] if speaking else (before[-1] if before else lines[0])


def _with_words(lines: Sequence[Utterance], at: float, words: str) -> Utterance:
    wanted = plain_words(words)
    near = [line for line in lines if line.start - AROUND_S <= at <= line.end + AROUND_S]
    for line in sorted(near, key=lambda line: abs(line.start - at)):
        said = plain_words(line.text)
        if any(said[i : i + len(wanted)] == wanted for i in range(len(said))):
            return line
    raise InputError(
        f"Nobody says {words!r} within {AROUND_S:g} s of {clock(at)}.",
        "Write the words as the transcript has them, or another time.",
    )
