"""How the customer's mood moves: -5 (very negative) to +5 (very positive).

Each final turn is scored from its words (``coach.engine.talk.feeling``); the mood is the mean
of the turns, later and longer ones weighing more, drawn towards neutral at first. Few words carry
little: a turn of one or two words has no score at all, and the mood is given with a half-width
that says how far it can be trusted. A mood describes the conversation; it is never a verdict
on the agent.

Turns belong to the moment they ended in the audio, so the delay of transcription does not
shift a window.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Annotated

import msgspec

from coach.engine.talk.feeling import TextScore
from coach.parameters import number, quantity, share
from coach.snapshot import MoodPoint

_KEEP_TURNS = 400
"""Turns kept for windows and for the curve on the screen; an hour of talk has fewer."""


class MoodSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How turns become a mood."""

    min_turn_words: Annotated[int, number(1, 50, "words")] = 3
    """A turn with fewer words is not scored: "no" and "okay then" say nothing about mood."""
    min_words: Annotated[int, number(1, 200, "words")] = 8
    """Words scored so far before a mood is given."""
    half_life_turns: Annotated[float, quantity(0.1, 100, "turns")] = 3.0
    """After this many turns a turn weighs half; domain practice asks for windows of at least
    three customer turns because single turns are scored poorly."""
    full_words: Annotated[int, number(1, 200, "words")] = 20
    """A turn of this many words or more has full weight."""
    calm_start: Annotated[float, quantity(0, 20, "turns")] = 0.7
    """Weight of the neutral mood with which every call begins; it fades like a turn. One bitter
    turn is a complaint, a second and a third make a mood."""
    turn_spread: Annotated[float, quantity(0, 10, "points")] = 2.5
    """Half-width in points of one full-weight turn's score (about 80 %)."""
    negative: Annotated[float, quantity(-5, 5, "points")] = -0.25
    """A turn at or below this is negative; 5 times VADER's own cut-off of 0.05."""
    distress_floor: Annotated[float, share(0, 0.99)] = 0.5
    """Distress up to this counts as none; ordinary requests score below it."""
    distress_points: Annotated[float, quantity(0, 10, "points")] = 4.0
    """Points taken off at full distress."""
    doubt_below: Annotated[float, share(0, 0.99)] = 0.2
    """Unpleasant words count nothing while the whole turn is no more distressed than this ..."""
    sure_from: Annotated[float, share(0.01)] = 0.7
    """... and fully from here on: "wrong door" and "lost my card" are facts, not feelings."""
    steady: Annotated[float, quantity(0, 10, "points")] = 0.8
    """A move of the mood within this many points is called steady."""
    trend_turns: Annotated[int, number(1, 100, "turns")] = 4
    """The trend compares the mood with what it was this many turns ago."""


class MoodTurn(msgspec.Struct, frozen=True, kw_only=True):
    """One scored turn."""

    end: float
    score: float
    weight: float
    utterance: str
    text: str


def turn_score(text: TextScore, settings: MoodSettings) -> float | None:
    """Points of one turn, -5 to +5; None where it has too few words."""
    if text.words < settings.min_turn_words:
        return None
    over = max(0.0, text.distress - settings.distress_floor) / (1.0 - settings.distress_floor)
    pleasant = max(0.0, text.compound) * (1.0 - over)
    width = settings.sure_from - settings.doubt_below
    sure = max(0.0, min(1.0, (text.distress - settings.doubt_below) / width))
    unpleasant = min(0.0, text.compound) * sure
    points = 5.0 * (pleasant + unpleasant) - settings.distress_points * over
    return max(-5.0, min(5.0, points))


class MoodTracker:
    """The mood of one channel."""

    def __init__(self, settings: MoodSettings) -> None:
        self._settings = settings
        self._turns: deque[MoodTurn] = deque(maxlen=_KEEP_TURNS)
        self._points: deque[MoodPoint] = deque(maxlen=_KEEP_TURNS)
        self._words = 0
        self._sum = 0.0
        self._weight = 0.0
        self._start = settings.calm_start

    def receive(
        self, end: float, text: TextScore, *, utterance: str, said: str, grave: bool = False
    ) -> bool:
        """Take in one final turn; returns whether the mood has a new point.

        ``grave`` says that a serious cue was found in it. Such a turn is never pleasant: a
        lexicon hears praise in "better off without me" and in "I have been extremely patient".
        """
        settings = self._settings
        score = turn_score(text, settings)
        if score is None:
            return False
        score = min(score, 0.0) if grave else score
        weight = min(1.0, text.words / settings.full_words)
        fade = 0.5 ** (1.0 / settings.half_life_turns)
        self._sum = self._sum * fade + weight * score
        self._weight = self._weight * fade + weight
        self._start *= fade
        self._words += text.words
        self._turns.append(
            MoodTurn(end=end, score=score, weight=weight, utterance=utterance, text=said)
        )
        if self._words < settings.min_words:
            return False
        self._points.append(
            MoodPoint(
                at=end,
                score=round(self._sum / (self._weight + self._start), 2),
                uncertainty=round(min(5.0, settings.turn_spread / self._weight**0.5), 2),
            )
        )
        return True

    @property
    def point(self) -> MoodPoint | None:
        """The mood after the latest turn; None while too little was said."""
        return self._points[-1] if self._points else None

    def points(self) -> tuple[MoodPoint, ...]:
        """The mood after every turn, oldest first."""
        return tuple(self._points)

    def last_turn(self) -> MoodTurn | None:
        """The latest scored turn."""
        return self._turns[-1] if self._turns else None

    def negative_share(self, now: float, past: float) -> tuple[int, int]:
        """How many of the turns of the past ``past`` seconds are negative, and of how many."""
        negative = turns = 0
        for turn in reversed(self._turns):
            if turn.end < now - past:
                break
            turns += 1
            negative += turn.score <= self._settings.negative
        return negative, turns

    def same_until(self, now: float, past: float) -> float:
        """Until when no window of ``past`` seconds loses a turn, unless one comes."""
        first = math.inf
        for turn in reversed(self._turns):
            if turn.end < now - past:
                break
            first = min(first, turn.end)
        return first + past

    def change(self, now: float, past: float) -> float | None:
        """How far the mood moved over the past ``past`` seconds.

        Compared with the last point before that time, or with the first point of all when
        the call is younger; None before there are two points, or when the latest is older
        than ``past``.
        """
        if len(self._points) < 2 or self._points[-1].at < now - past:
            return None
        before = self._points[0]
        for point in reversed(self._points):
            before = point
            if point.at <= now - past:
                break
        return self._points[-1].score - before.score

    def trend(self) -> str:
        """``rising``, ``falling``, ``steady``, or empty while too little was said."""
        turns = self._settings.trend_turns
        if len(self._points) < 3:
            return ""
        before = self._points[max(0, len(self._points) - 1 - turns)]
        moved = self._points[-1].score - before.score
        if abs(moved) < self._settings.steady:
            return "steady"
        return "rising" if moved > 0 else "falling"
