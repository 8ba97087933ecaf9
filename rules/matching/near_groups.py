"""Where words of several groups stand near each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rules.phrases.normalise import words_of


def near_words(group: Iterable[str]) -> Iterator[str]:
    """The words of a group as they stand in a line; a beginning ("sue*") as it is."""
    for word in group:
        if re.fullmatch(r"[a-zA-Z]{3,}\*", word):
            yield word.lower()
        else:
            yield from (w.text for w in words_of(word))


def near_span(
    texts: list[str], groups: tuple[frozenset[str], ...], width: int
) -> tuple[int, int] | None:
    """The first stretch of ``width`` words that holds a word of every group."""
    return next(near_spans(texts, groups, width), None)


def near_spans(
    texts: list[str], groups: tuple[frozenset[str], ...], width: int
) -> Iterator[tuple[int, int]]:
    """The stretches of ``width`` words that hold a word of every group, by their last word."""
    marked: list[tuple[int, int]] = []
    for i, text in enumerate(texts):
        for g, group in enumerate(groups):
            if text in group or any(k[-1] == "*" and text.startswith(k[:-1]) for k in group):
                marked.append((i, g))
    latest: dict[int, int] = {}
    for i, g in marked:
        latest[g] = i
        if len(latest) == len(groups) and i - min(latest.values()) < width:
            yield min(latest.values()), i
