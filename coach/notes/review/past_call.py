"""A past call as it is reviewed: one time line with everything that happened on it.

Made once from a journal (``coach.calls.review``) and only read afterwards. All times are seconds of
call time. What a reviewer says (marks, corrections) is laid over it and changes none of it.
"""

from __future__ import annotations

import enum

import msgspec

from coach.events import Channel, Evidence, Level
from coach.snapshot import MoodPoint


class MomentKind(enum.StrEnum):
    """What a moment is; the value is its name on the screen."""

    CARD = "card"
    KEPT_BACK = "kept back"
    """A rule asked for a card, and it was not shown."""
    CUE = "cue"
    SILENCE = "silence"
    HOLD = "hold"
    """A silence that the agent had announced."""
    TALK_OVER = "talk-over"
    """``side`` began to speak while the other side spoke."""
    OFF_RECORD = "unwritten"
    """Off the record: what was said is not kept."""
    LEVEL = "level"
    OTHERWISE = "otherwise"
    """A card that only one of two sets of rules shows."""
    SIDES = "sides"
    """From here on the two sides seem to carry each other's names, or do so no more."""
    VOICES = "voices"
    """A third voice is heard, from here on or up to here."""
    MARK = "mark"


class Moment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something at a place of the call that one may want to go to."""

    kind: MomentKind
    at: float
    """Where it is on the time line; of words, where they begin."""
    end: float
    title: str
    key: str = ""
    """Of a card its identifier, of a mark its own; empty where there is none."""
    rule: str = ""
    side: Channel | None = None
    fate: str = ""
    """What became of a card, or why it was kept back, in a few words."""
    say: str = ""
    """The words that a card offered."""
    because: tuple[Evidence, ...] = ()
    needed: tuple[str, ...] = ()
    """What it took, and what more it would have taken, a sentence each."""
    limits: tuple[str, ...] = ()
    """The thresholds of its rule, one a line."""


class Speech(msgspec.Struct, frozen=True):
    """A stretch of one side's speech."""

    channel: Channel
    start: float
    end: float


class PastLevel(msgspec.Struct, frozen=True):
    """From here on the call stood at this level."""

    at: float
    level: Level


class SaidLine(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said, as it was heard."""

    utterance: str
    channel: Channel
    start: float
    end: float
    text: str
    doubtful: bool = False
    announcement: str = ""
    """What a recorded voice is for; empty where a person speaks."""
    cues: tuple[str, ...] = ()
    """Rules that noticed something in it."""


class PastCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call."""

    call: str
    """Its identifier, which is the stem of its journal's name."""
    place: str
    """How `coach review` finds it again: the identifier, or the journal's path."""
    started: str
    """Wall-clock time, ISO 8601 with offset."""
    seconds: float
    about: str
    """Kind, agent, queue and caller, on one line."""
    lines: tuple[SaidLine, ...]
    """By start."""
    speech: tuple[Speech, ...]
    levels: tuple[PastLevel, ...]
    """By time; the first is at 0."""
    moods: dict[Channel, tuple[MoodPoint, ...]]
    moments: tuple[Moment, ...]
    """By time; the reviewers' marks are not among them."""
    rules: tuple[tuple[str, str], ...] = ()
    """Rules that can show a card: identifier and title."""
    notices: tuple[str, ...] = ()
    """What one should know of how it was made, a sentence each."""


def level_at(call: PastCall, at: float) -> Level:
    """The level at a time."""
    level = Level.CALM
    for step in call.levels:
        if step.at > at:
            break
        level = step.level
    return level


def mood_at(points: tuple[MoodPoint, ...], at: float) -> MoodPoint | None:
    """The mood after the last turn before a time; None while too little was said."""
    found = None
    for point in points:
        if point.at > at:
            break
        found = point
    return found
