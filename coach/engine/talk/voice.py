"""Whether a speaker's voice is raised, judged against that speaker's own usual voice.

A ``VoiceTracker`` follows one channel. From the first 30 seconds of the speaker's own speech
it takes the median level, pitch and spectral tilt as the baseline; afterwards the baseline
creeps after the speaker by at most half a decibel (or the like) a minute, and stands still
while the voice is raised, so that a caller who shouts for ten minutes does not become the new
normal.

Level, pitch and tilt are three looks at one thing, vocal effort, and each is first turned into
decibels of effort. What one decibel of effort does to them is taken from the literature on
speech production, not fitted to any recording:

level
    1 dB by definition; but the hand that holds the telephone and automatic gain move it too;
pitch
    0.4 to 0.5 semitones (Gramming, Sundberg and others, 1988: speaking at different loudness);
tilt
    0.5 dB: partials near 2-3 kHz grow about 1.5 dB where the whole grows 1 dB (Sundberg and
    Nordenberg, 2006: long-time average spectra at different vocal loudness).

The three estimates are averaged with weights that follow how far each strays for other
reasons (distance and gain; intonation; vowels): 0.35, 0.4, 0.25. What cannot be measured
leaves the average, and the rest is reweighted. ANSI S3.5-1997 puts "raised" speech 6 dB over
normal, "loud" 12.5 dB and "shout" 20 dB over it, which fixes the scale of ``raised``.

This is a measurement of effort, not of feeling: a bad line raises voices as well.
"""

from __future__ import annotations

import bisect
import math
from collections import deque

from coach.events import Loudness

BASELINE_SECONDS = 30.0
"""Own speech that makes the first baseline."""

FIRST_AFTER_SECONDS = 8.0
"""Own speech before anything is said about the voice at all."""

RECENT_SECONDS = 4.0
"""Own speech over which the voice is judged: a sentence, so one stressed word is no alarm."""

DRIFT_PER_MINUTE = 0.5
"""How fast the baseline follows the speaker, in decibels of effort a minute of own speech."""

SEMITONES_PER_DB = 0.45
TILT_DB_PER_DB = 0.5
WEIGHTS = (0.35, 0.4, 0.25)
"""Level, pitch, tilt; see the head of this file."""

RAISED_DB = 6.0
"""Effort over the baseline at which ``raised`` is 0.5: "raised" speech after ANSI S3.5."""

SLOPE_DB = 2.0
"""Width of the transition: 0.27 at 4 dB, 0.73 at 8 dB, 0.95 at 12 dB ("loud")."""

_STEPS = (1.0, SEMITONES_PER_DB, TILT_DB_PER_DB)


def _middle(figures: list[float]) -> float:
    """The median of figures in order."""
    size = len(figures)
    half = size >> 1
    return figures[half] if size & 1 else (figures[half - 1] + figures[half]) / 2


class _Figure:
    """One figure of a voice: what it is of late, and a slowly adapting median of it."""

    __slots__ = ("_first", "_recent", "_sorted", "median", "unit", "usual", "weight")

    def __init__(self, weight: float, unit: float) -> None:
        self.weight = weight
        self.unit = unit
        """What a decibel of effort comes to in this figure."""
        self._recent: deque[float | None] = deque()
        self._sorted: list[float] = []
        """Those of them that could be measured."""
        self.median: float | None = None
        """Of the recent ones."""
        self._first: list[float] = []
        self.usual: float | None = None

    def remember(self, figure: float | None, forgotten: int) -> None:
        """Take in the latest figure, and leave out so many of the oldest."""
        recent, ordered = self._recent, self._sorted
        recent.append(figure)
        if figure is not None:
            bisect.insort(ordered, figure)
        for _ in range(forgotten):
            oldest = recent.popleft()
            if oldest is not None:
                del ordered[bisect.bisect_left(ordered, oldest)]
        size = len(ordered)
        half = size >> 1
        if size & 1:
            self.median = ordered[half]
        else:
            self.median = (ordered[half - 1] + ordered[half]) / 2 if size else None

    def learn(self, figure: float) -> None:
        """Take one figure into the first baseline."""
        bisect.insort(self._first, figure)
        self.usual = _middle(self._first)

    def creep(self, figure: float, step: float) -> None:
        """Move at most ``step`` towards ``figure``: in the long run, towards the median."""
        usual = self.usual
        if usual is None:
            self.usual = figure
            return
        move = figure - usual
        if move > step:
            move = step
        elif move < -step:
            move = -step
        self.usual = usual + move

    @property
    def over(self) -> float | None:
        """The recent median above the usual one."""
        if self.usual is None or self.median is None:
            return None
        return self.median - self.usual


class VoiceTracker:
    """Follows the voice on one channel; feed it every Loudness of that channel in order.

    Spans without speech are ignored, so silence, hold music judged as silence and the other
    side's talk neither move the baseline nor the judgement: between two turns the figures
    stay as they were.
    """

    __slots__ = ("_figures", "_heard", "_lengths")

    def __init__(self) -> None:
        self._heard = 0.0
        self._figures = tuple(map(_Figure, WEIGHTS, _STEPS))
        """Level, pitch and tilt."""
        self._lengths: deque[float] = deque()
        """Of the spans that the recent figures were measured over, seconds."""

    def receive(self, loudness: Loudness) -> None:
        """Take one measurement."""
        seconds = loudness.end - loudness.start
        if not loudness.speech or seconds <= 0.0:
            return
        pitch = loudness.pitch_hz
        measured = (
            loudness.dbfs,
            12.0 * math.log2(pitch) if pitch else None,
            loudness.tilt_db,
        )
        forgotten = self._forgotten(seconds)
        for figure, value in zip(self._figures, measured, strict=True):
            figure.remember(value, forgotten)
        learning = self._heard < BASELINE_SECONDS
        self._heard += seconds
        effort = None if learning else self.effort_db
        if effort is not None and effort >= RAISED_DB:
            return
        step = DRIFT_PER_MINUTE * seconds / 60.0
        for figure, value in zip(self._figures, measured, strict=True):
            if value is None:
                continue
            if learning:
                figure.learn(value)
            else:
                figure.creep(value, step * figure.unit)

    def _forgotten(self, seconds: float) -> int:
        """Take in the length of a span; how many of the oldest are recent no more."""
        lengths = self._lengths
        lengths.append(seconds)
        total, forgotten = sum(lengths), 0
        while total - lengths[0] >= RECENT_SECONDS:
            total -= lengths.popleft()
            forgotten += 1
        return forgotten

    @property
    def speech_seconds(self) -> float:
        """Own speech heard so far."""
        return self._heard

    @property
    def over_baseline_db(self) -> float | None:
        """Level of the recent speech above the speaker's usual level, dB.

        None before ``FIRST_AFTER_SECONDS`` of speech.
        """
        return None if self._heard < FIRST_AFTER_SECONDS else self._figures[0].over

    @property
    def effort_db(self) -> float | None:
        """Vocal effort over the speaker's own, dB, from level, pitch and tilt together."""
        if self._heard < FIRST_AFTER_SECONDS:
            return None
        total = share = 0.0
        for figure in self._figures:
            usual, median = figure.usual, figure.median
            if usual is not None and median is not None:
                total += figure.weight * (median - usual) / figure.unit
                share += figure.weight
        return total / share if share else None

    @property
    def raised(self) -> float | None:
        """How surely the voice is raised, 0 to 1; 0.5 is ``RAISED_DB`` over the baseline."""
        effort = self.effort_db
        if effort is None:
            return None
        return 1.0 / (1.0 + math.exp((RAISED_DB - effort) / SLOPE_DB))
