"""Whether the agent says a card's own words: then its advice was followed, whatever it is about."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence

from rules.phrases.normalise import words_of

LEAST_WORDS = 5
"""Shorter sentences ("Of course.") are said for many reasons."""
SAID_SHARE = 0.8
"""Share of a sentence's words that must be said, in their order."""
MORE_WORDS = 2
"""Words that may stand between them."""
_SENTENCE_END = re.compile(r"[.?!:;]\s+|[.?!:;]$")


def says_one_of(text: str, wordings: Sequence[str]) -> bool:
    """Whether a text holds a sentence of one of the wordings, nearly as it is written."""
    said = _words(text)
    sentences = (sentence for wording in wordings for sentence in _sentences(wording))
    return any(_holds(said, sentence) for sentence in sentences)


@functools.lru_cache(maxsize=512)
def _sentences(wording: str) -> tuple[tuple[str, ...], ...]:
    """The words of each sentence that is long enough to be known by them."""
    parts = (_words(part) for part in _SENTENCE_END.split(wording))
    return tuple(part for part in parts if len(part) >= LEAST_WORDS)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.text for word in words_of(text) if not word.soft)


def _holds(said: tuple[str, ...], sentence: tuple[str, ...]) -> bool:
    """Whether enough of the sentence's words stand close together in what was said."""
    enough = math.ceil(SAID_SHARE * len(sentence))
    if len(set(sentence).intersection(said)) < SAID_SHARE * len(set(sentence)):
        return False
    window = len(sentence) + MORE_WORDS
    return any(
        _in_order(said[first : first + window], sentence) >= enough
        for first in range(len(said))
        if said[first] in sentence
    )


def _in_order(said: tuple[str, ...], sentence: tuple[str, ...]) -> int:
    """How many words of the sentence were said in its order: the longest common subsequence."""
    row = [0] * (len(sentence) + 1)
    for word in said:
        before = 0
        for number, wanted in enumerate(sentence, 1):
            known = row[number]
            row[number] = before + 1 if word == wanted else max(known, row[number - 1])
            before = known
    return row[-1]
