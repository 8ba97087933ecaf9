"""Where a decoder began to repeat itself, and where a person did.

A recogniser that has lost the sound repeats its last phrase until it is stopped. People repeat
themselves too ("no no no", "one one one", an angry sentence four times over), so two things are
asked. The same stretch must come back often enough to be unlikely in speech: three times for a
phrase, more for single tokens. And the sound must not bear it out: a person needs as long for
every round as words take, and is heard in each; the rounds of a lost decoder are crammed into
next to no time, or lie where nobody speaks.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import Word

PHRASE_ROUNDS = 3
"""Rounds of a phrase of `SHORT` tokens or more that make a loop."""

SHORT = 4
"""Phrases shorter than this may be said several times over ("bye bye bye", "one one one")."""

SHORT_ROUNDS = 6

LEAST_WORD = 0.13
"""Seconds that a word takes at least, on average over a round: hurried telephone speech has six
words a second."""

FAINT_DB = 15.0
"""A round whose sound lies so far below that of the first one is not said by the same person."""


class Repetition(NamedTuple):
    """A stretch that comes back at once, round after round."""

    start: int
    length: int
    rounds: int

    @property
    def end(self) -> int:
        """The place after the last whole round."""
        return self.start + self.length * self.rounds

    def spans(self) -> list[slice]:
        """Where each round lies."""
        firsts = range(self.start, self.end, self.length)
        return [slice(first, first + self.length) for first in firsts]


class PlacedWord(NamedTuple):
    """A word and the first of its tokens."""

    word: Word
    token: int


def find_repetition(
    tokens: Sequence[Hashable], *, rounds: int = PHRASE_ROUNDS, short_rounds: int = SHORT_ROUNDS
) -> Repetition | None:
    """The first repetition, of the shortest stretch, that has so many rounds at least."""
    for length in range(1, len(tokens) // 2 + 1):
        needed = rounds if length >= SHORT else short_rounds
        for start in range(len(tokens) - length * needed + 1):
            phrase = tokens[start : start + length]
            count = 1
            while tokens[start + count * length : start + (count + 1) * length] == phrase:
                count += 1
            if count >= needed:
                return Repetition(start, length, count)
    return None


def without_loop(tokens: list[int], words: list[PlacedWord], sound: Samples) -> list[PlacedWord]:
    """The words up to where the decoder only repeats itself; all of them where a person does."""
    found = find_repetition(tokens)
    if found is None:
        return words
    rounds = [
        [one.word for one in words if span.start <= one.token < span.stop] for span in found.spans()
    ]
    said = rounds_said(rounds, sound)
    if said == found.rounds:
        return words
    return [one for one in words if one.token < found.start + said * found.length]


def rounds_said(rounds: Sequence[Sequence[Word]], sound: Samples) -> int:
    """How many rounds, from the first on, somebody said: in natural time, and audibly.

    The words' times count from the beginning of ``sound``. The first round is always counted.
    """
    first = _level(rounds[0], sound)
    for said, words in enumerate(rounds):
        if said and not (_unhurried(words) and _level(words, sound) >= first - FAINT_DB):
            return said
    return len(rounds)


def once(words: Sequence[Word]) -> list[Word]:
    """The words with every phrase that was said again in natural time taken once."""
    kept = list(words)
    while True:
        texts = [word.text.casefold() for word in kept]
        found = find_repetition(texts, rounds=2, short_rounds=2)
        if found is None:
            return kept
        if not all(_unhurried(kept[span]) for span in found.spans()):
            return kept
        del kept[found.start + found.length : found.end]


def says_again(words: Sequence[Word], before: str) -> bool:
    """Whether a decode is a stretch of the text forced in front of it: `SHORT` words and more.

    A decoder at a loss copies it, as sure as can be; it is a loop over two decodes.
    """
    said = [word.text.strip(".,!?").casefold() for word in words]
    text = [one.strip(".,!?").casefold() for one in before.split()]
    starts = range(len(text) - len(said) + 1) if len(said) >= SHORT else ()
    return any(text[start : start + len(said)] == said for start in starts)


def _unhurried(words: Sequence[Word]) -> bool:
    """Whether the words have the time that words take."""
    return bool(words) and words[-1].end - words[0].start >= LEAST_WORD * len(words)


def _level(words: Sequence[Word], sound: Samples) -> float:
    """Level of the sound under the words, dBFS."""
    if not words:
        return -100.0
    piece = sound[int(words[0].start * SAMPLE_RATE) : int(words[-1].end * SAMPLE_RATE)]
    power = float(np.mean(np.square(piece, dtype=np.float64))) if len(piece) else 0.0
    return 10.0 * float(np.log10(max(power, 1e-10)))
