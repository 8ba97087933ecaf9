"""How a call felt, in the labels and scores of Contact Lens.

A turn's points (-5 to +5) are those by which a call's mood moves (``coach.engine.talk.mood``), and
its label follows from them. A turn of very few words is neutral, and one with a grave cue is never
pleasant.

A period's score comes from how often each label stands in it and from streaks: each turn counts
+1, 0 or -1, of the same label in a row the second twice and all further ones three times (neutral
ones always once), and the mean is drawn out to -5 to +5. A side's periods are the quarters of the
time from the start of the call to the end of its own last turn; a turn belongs to the quarter in
which it begins, and a quarter without turns scores 0. The overall score is the mean of the four.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from coach.calls.export.heard_call import HeardCall, MillisecondSpan, TurnHeard
from coach.engine.talk.feeling import is_scored, score_text
from coach.engine.talk.mood import MoodSettings, turn_score
from coach.events import Channel, CueMatched

QUARTERS = 4
MOST_WEIGHT = 3
"""Of a turn in a streak; a longer streak says no more."""
GRAVE = 2
"""Severity of a cue from which on a turn is never pleasant."""


class Label(enum.StrEnum):
    """What a turn is said to be."""

    POSITIVE = "POSITIVE"
    NEUTRAL = "NEUTRAL"
    NEGATIVE = "NEGATIVE"


_SIGN = {Label.POSITIVE: 1, Label.NEUTRAL: 0, Label.NEGATIVE: -1}


class Feeling(msgspec.Struct, frozen=True):
    """How a turn feels."""

    label: Label
    points: float | None
    """-5 to +5; None where it has too few words to be scored."""


class Period(msgspec.Struct, frozen=True):
    """A part of a side's time in the call."""

    span: MillisecondSpan
    score: float
    """-5 to +5, to one decimal."""


def feelings(
    call: HeardCall, cues: Iterable[CueMatched], settings: MoodSettings
) -> dict[str, Feeling]:
    """The feeling of every turn in a language that is scored, by the turn's identifier."""
    grave = {
        (cue.utterance, cue.channel)
        for cue in cues
        if cue.severity >= GRAVE and cue.utterance is not None
    }
    return {
        turn.turn: _feeling(turn, settings, grave=(turn.turn, turn.side) in grave)
        for turn in call.turns
        if is_scored(turn.language)
    }


def _feeling(turn: TurnHeard, settings: MoodSettings, *, grave: bool) -> Feeling:
    points = turn_score(score_text(turn.text, turn.clauses), settings)
    if points is None:
        return Feeling(Label.NEUTRAL, None)
    points = round(min(points, 0.0) if grave else points, 2)
    if points <= settings.negative:
        return Feeling(Label.NEGATIVE, points)
    return Feeling(Label.POSITIVE if points >= -settings.negative else Label.NEUTRAL, points)


def period_score(labels: Sequence[Label]) -> float:
    """The score of the turns of one period, in their order."""
    total = weights = streak = 0
    before: Label | None = None
    for label in labels:
        streak = streak + 1 if label is before else 1
        before = label
        weight = 1 if label is Label.NEUTRAL else min(streak, MOST_WEIGHT)
        total += weight * _SIGN[label]
        weights += weight
    return round(5.0 * total / weights, 1) if weights else 0.0


def quarters(
    call: HeardCall, side: Channel, feelings_of: Mapping[str, Feeling]
) -> tuple[Period, ...]:
    """A side's four quarters; empty where none of its turns is scored."""
    turns = [turn for turn in call.turns_of(side) if turn.turn in feelings_of]
    if not turns:
        return ()
    end = max(turn.span.end for turn in call.turns_of(side))
    bounds = [number * end // QUARTERS for number in range(QUARTERS + 1)]
    found = []
    for number, (start, stop) in enumerate(itertools.pairwise(bounds), 1):
        labels = [
            feelings_of[turn.turn].label
            for turn in turns
            if start <= turn.span.start and (turn.span.start < stop or number == QUARTERS)
        ]
        found.append(Period(MillisecondSpan(start, stop), period_score(labels)))
    return tuple(found)


def overall(periods: Sequence[Period]) -> float:
    """The score of a side over the whole call."""
    return round(sum(period.score for period in periods) / len(periods), 1)
