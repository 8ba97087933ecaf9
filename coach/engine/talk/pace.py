"""How fast one side speaks, over the whole call and lately."""

from __future__ import annotations

import math
from collections import deque

from coach.engine.talk.talk_over import KEEP_S

_OWN_PAUSE_S = 2.5
"""Silence up to this between two utterances of one side is a pause of its own; longer, and the
speaker is busy with something else."""


class PaceMeter:
    """Two rates of one side, in words a minute.

    The *articulation rate* is words over the time they take; pauses do not count. The *speaking
    rate* is what a listener has to follow: the speaker's own short pauses count as time, and
    numbers count neither as words nor as time, since who reads out a number slowly in bursts
    articulates short words fast. (The terms are those of phonetics: Laver, Principles of
    Phonetics, 1994.)
    """

    def __init__(self) -> None:
        self.recent: deque[tuple[float, int, float]] = deque()
        """(end of utterance, words but numbers, their seconds with the pause before them)."""
        self.words = 0
        self.seconds = 0.0
        self.draft: tuple[float, int, float] | None = None
        """The same of the utterance that is still open."""
        self._all_words = 0
        self._all_seconds = 0.0
        self._end: float | None = None

    def add(self, start: float, end: float, words: int, numbers: int = 0) -> None:
        """Take in one final utterance of ``words`` words, ``numbers`` of them numbers."""
        self.draft = None
        if words == 0 or end <= start:
            return
        self._all_words += words
        self._all_seconds += end - start
        seconds = self._with_pause(start, end, (words - numbers) / words)
        self._end = end
        words -= numbers
        if words:
            self.recent.append((end, words, seconds))
            self.words += words
            self.seconds += seconds
        while self.recent and self.recent[0][0] < end - KEEP_S:
            self.recent.popleft()

    def drafted(self, start: float, end: float, words: int, numbers: int) -> None:
        """Take in how much of an open utterance was said so far; the next one replaces it."""
        self.draft = None
        if words > numbers and end > start:
            seconds = self._with_pause(start, end, (words - numbers) / words)
            self.draft = (end, words - numbers, seconds)

    def _with_pause(self, start: float, end: float, share: float) -> float:
        """Seconds of words from ``start`` to ``end``, with the own short pause before them."""
        pause = start - self._end if self._end is not None else 0.0
        return (end - start) * share + (pause if 0.0 < pause <= _OWN_PAUSE_S else 0.0)

    def other_spoke(self) -> None:
        """The other side had the floor: what was silence until now was no pause."""
        self._end = None

    def overall(self) -> float | None:
        """Articulation rate over the whole call."""
        return self._all_words * 60.0 / self._all_seconds if self._all_seconds >= 1.0 else None

    def window(self, now: float, past: float) -> tuple[int, float]:
        """Words and seconds of the utterances that ended in the last ``past`` seconds."""
        words, seconds = 0, 0.0
        for end, count, length in reversed(self.recent):
            if end < now - past:
                break
            words += count
            seconds += length
        return words, seconds

    def first_end(self, now: float, past: float) -> float:
        """Where the first of these ended, drafts counted; infinity where there are none."""
        ends = [end for end, _, _ in self.recent if end >= now - past]
        if self.draft is not None and self.draft[0] >= now - past:
            ends.append(self.draft[0])
        return min(ends, default=math.inf)
