"""Where meaning is looked for: the clauses of an utterance, and clauses together with the next.

People complain in the middle of long turns, so a turn is never judged as a whole only. Spans are
counted in the words of ``text.split()``, which are the words that carry times.
"""

from __future__ import annotations

import re

FEWEST = 5
"""Words below which a clause is judged together with its neighbour only: half a sentence of
ordinary talk ("she doesn't work") sounds like anything."""
MOST = 30
"""Words of the longest span; the encoder was trained on lines of up to 45."""
WINDOW = 12
STEP = 6
"""A clause without punctuation is read in windows of so many words, so far apart."""
TOGETHER = 3
"""Neighbouring clauses that are judged together."""
MOST_SPANS = 64
"""Of one utterance; half a minute of fast speech has about fifty."""

JOINTS = frozenset({"and", "but", "because", "so", "then", "or", "though", "since", "while"})
"""Words before which speech that came without punctuation is parted."""

_END = re.compile(r"[.?!,;:…][\"')\]]*$")

Span = tuple[int, int]
"""First and last word, inclusive."""


def spans_of(text: str) -> list[Span]:
    """The spans of ``text`` whose meaning is looked at; the whole of a short text first."""
    words = text.split()
    if not words:
        return []
    spans: dict[Span, None] = {}
    if len(words) <= MOST:
        spans[0, len(words) - 1] = None
    clauses = _clauses(words)
    for start in range(len(clauses)):
        for stop in range(start, min(start + TOGETHER, len(clauses))):
            first, last = clauses[start][0], clauses[stop][1]
            if FEWEST <= last - first + 1 <= MOST:
                spans[first, last] = None
    return list(spans)[:MOST_SPANS]


def _clauses(words: list[str]) -> list[Span]:
    clauses: list[Span] = []
    first = 0
    for index, word in enumerate(words):
        joint = index + 1 < len(words) and words[index + 1].lower() in JOINTS
        parted = joint and index + 1 - first >= FEWEST and len(words) - index - 1 >= FEWEST
        if parted or _END.search(word) or index == len(words) - 1:
            clauses += _windows(first, index)
            first = index + 1
    return clauses


def _windows(first: int, last: int) -> list[Span]:
    """One clause, in windows where it is long."""
    if last - first + 1 <= WINDOW + STEP:
        return [(first, last)]
    starts = range(first, last - WINDOW + STEP + 1, STEP)
    return [(start, min(start + WINDOW - 1, last)) for start in starts]
