"""Committed words that a later decode says nothing in place of.

A decoder that hears more of the sound at once sometimes begins, or goes on, a sentence too late:
its words are right, but those before them are gone. That is another thing than reading them
differently, where it has words of its own in their place. The two are told apart by aligning the
words by what they say and by when: a word can stand for another only where both were said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from coach.events import Word

RUN = 2
"""Words in a row that two decodes must share, or one be sure of or pass over, before it counts:
one may be chance ("the", "you")."""

NEAR = 0.6
"""Seconds by which two decodes place the same word differently at most."""

LONGEST_WORD = 0.7
"""Seconds that hardly any word is longer than; one that is was drawn out into a gap."""

_TRIM = ".,;:!?\"'()[]{}-"
_STOPS = ".?!"


class PassedOver(NamedTuple):
    """Committed words that a decode passes over."""

    start: int
    end: int
    place: int
    """Where they belong among the decode's words."""


def texts_of(words: Sequence[Word]) -> list[str]:
    """The words as they are compared: case and outer punctuation do not count."""
    return [word.text.strip(_TRIM).casefold() for word in words]


def with_passed_over(words: Sequence[Word], committed: Sequence[Word]) -> tuple[Word, ...]:
    """A decode's words with the committed ones that it passes over, in their places."""
    kept: list[Word] = []
    reached = 0
    for run in runs_passed_over(committed, words):
        lost = committed[run.start : run.end]
        kept += words[reached : run.place]
        kept[-1:] = [_within(word, -math.inf, lost[0].start) for word in kept[-1:]]
        kept += lost
        after = words[run.place : run.place + 1]
        kept += [_within(word, lost[-1].end, math.inf) for word in after]
        reached = run.place + len(after)
    return (*kept, *words[reached:])


def withdrawn(stated: Sequence[Word], words: Sequence[Word]) -> str:
    """What stood committed and is said no longer: whole sentences, not words put right."""
    same = sum(one.same for one in _aligned(stated, words))
    if len(stated) - same >= RUN and 2 * same < len(stated):
        return " ".join(word.text for word in stated)
    runs = runs_passed_over(stated, words)
    return " ".join(word.text for run in runs for word in stated[run.start : run.end])


def runs_passed_over(committed: Sequence[Word], words: Sequence[Word]) -> list[PassedOver]:
    """Runs of `RUN` committed words or more in whose place the decode has none."""
    steps = _aligned(committed, words)
    found: list[PassedOver] = []
    at = 0
    while at < len(steps):
        end = at
        while end < len(steps) and steps[end].lost:
            end += 1
        beside = (*steps[max(at - 1, 0) : at], *steps[end : end + 1])
        if end - at >= RUN and not any(step.changed for step in beside):
            found += _run(committed, words, steps, slice(at, end))
        at = max(end, at + 1)
    return found


class _Step(NamedTuple):
    """One step of an alignment: a committed word, a word of the decode, or both."""

    committed: int | None
    word: int | None
    same: bool

    @property
    def lost(self) -> bool:
        return self.word is None

    @property
    def changed(self) -> bool:
        return self.word is not None and self.committed is not None and not self.same


def _run(
    committed: Sequence[Word], words: Sequence[Word], steps: Sequence[_Step], span: slice
) -> list[PassedOver]:
    """The run at these steps, unless the decode has words where it was said."""
    indices = [step.committed for step in steps[span] if step.committed is not None]
    place = sum(step.word is not None for step in steps[: span.start])
    start, end = indices[0], indices[-1] + 1
    slide = _slide(committed, start, end, place)
    run = PassedOver(start - slide, end - slide, place - slide)
    lost = committed[run.start : run.end]
    first, last = lost[0].start + NEAR / 3, lost[-1].end - NEAR / 3
    over = any(
        first < _middle(word) < last and word.end - word.start <= LONGEST_WORD for word in words
    )
    return [] if over else [run]


def _slide(committed: Sequence[Word], start: int, end: int, place: int) -> int:
    """By how many words a run may lie earlier, to begin with a sentence; 0 if it cannot.

    "I am old. I cannot." and "I cannot." agree in either "I".
    """
    texts = texts_of(committed)
    for slide in range(min(start, place) + 1):
        if slide and texts[start - slide] != texts[end - slide]:
            return 0
        if slide == start or committed[start - slide - 1].text[-1:] in _STOPS:
            return slide
    return 0


def _aligned(committed: Sequence[Word], words: Sequence[Word]) -> list[_Step]:
    """The cheapest alignment; a word stands for another only where both were said."""
    ours, theirs = texts_of(committed), texts_of(words)
    rows, columns = len(ours) + 1, len(theirs) + 1
    costs = [[float(i + j) for j in range(columns)] for i in range(rows)]
    moves = [[(1, 0) if i else (0, 1) for _ in range(columns)] for i in range(rows)]
    moves[0] = [(0, 1)] * columns
    for i in range(1, rows):
        for j in range(1, columns):
            one, other = committed[i - 1], words[j - 1]
            both = _cost(one, other, same=ours[i - 1] == theirs[j - 1])
            earlier = _middle(one) < _middle(other)
            choices = [
                (costs[i - 1][j - 1] + both, 0, (1, 1)),
                (costs[i - 1][j] + 1.0, 2 if earlier else 1, (1, 0)),
                (costs[i][j - 1] + 1.0, 1 if earlier else 2, (0, 1)),
            ]
            costs[i][j], _, moves[i][j] = min(choices)
    steps: list[_Step] = []
    i, j = len(ours), len(theirs)
    while i or j:
        down, right = moves[i][j]
        i, j = i - down, j - right
        same = bool(down and right) and ours[i] == theirs[j]
        steps.append(_Step(i if down else None, j if right else None, same))
    return steps[::-1]


def _cost(one: Word, other: Word, *, same: bool) -> float:
    """Of taking two words for each other; leaving out both costs 2."""
    if _together(one, other):
        return 0.0 if same else 1.9
    return 1.0 if same else math.inf


def _together(one: Word, other: Word) -> bool:
    """Whether two words were said at the same time."""
    drawn = other.end - other.start > LONGEST_WORD
    return abs(_middle(one) - _middle(other)) <= NEAR or (
        drawn and other.start <= _middle(one) <= other.end
    )


def _within(word: Word, start: float, end: float) -> Word:
    """The word, drawn in so that it begins and ends between the two as far as it can."""
    begin = min(max(word.start, start), word.end)
    return msgspec.structs.replace(word, start=begin, end=max(begin, min(word.end, end)))


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2
