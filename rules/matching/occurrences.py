"""Where patterns occur in a line of words, and why an occurrence may not be meant."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Sequence

import msgspec
import re2

from coach.events import Channel, Guard
from rules.phrases.normalise import NormalWord, reads_plainly

from .guards import LINKS, guard_of
from .hits import Hit
from .pattern_index import IndexedPattern, MatchedLine, line_of

_MOST_OCCURRENCES = 8
"""Occurrences of one pattern tried before the first, guarded one is taken."""


class Occurrence(msgspec.Struct, frozen=True, gc=False):
    """Where a pattern occurs in a line."""

    start: int
    """Place in the line of its first character."""
    end: int
    """Place behind its last one."""
    first: int
    """Its first word, soft ones at its edges left out."""
    last: int
    guard: Guard | None


class WholeText:
    """An utterance with what occurs in it: in its beginnings occurs nothing else.

    An expression finds the same in a beginning as in the whole, as long as what it finds there lies
    in the beginning: whatever may be found in the beginning may be found in the whole as well, and
    of several the same one is preferred. Patterns that ask for the end of the utterance are none
    of a beginning's.
    """

    __slots__ = ("_channel", "_plain", "_tokens", "line", "mended", "occurrences", "text", "words")

    def __init__(self, channel: Channel, text: str, words: list[NormalWord]) -> None:
        self._channel = channel
        self.text = text
        self.words = words
        self._plain = reads_plainly(text, words)
        self._tokens = [word.token for word in words]
        self.line = line_of(words)
        self.occurrences: dict[IndexedPattern, list[Occurrence]] = {}
        """Of each pattern, up to the first one that stands unguarded."""
        self.mended = len(words)
        """The first word that is taken for a slip."""

    def beginning(self, text: str, tokens: int) -> list[NormalWord] | None:
        """The words of a text of so many tokens where that is plainly this one's beginning.

        None where it is not, or where its words may be read otherwise without the rest.
        """
        if text == self.text:
            return self.words
        if not self._plain or not self.text.startswith(text) or self.text[len(text)] != " ":
            return None
        words = self.words[: bisect.bisect_left(self._tokens, tokens)]
        ends = [word.text for word in words[-2:]]
        return None if ends == ["you", "know"] else words

    def begins_with(self, channel: Channel, words: list[NormalWord]) -> bool:
        """Whether these words, spoken on that channel, are its first ones."""
        return channel is self._channel and self.words[: len(words)] == words

    def reach(self, words: int) -> int:
        """Where so many words end in the line."""
        return self.line.starts[words] if words < len(self.words) else len(self.line.text)


def search(expression: re2._Regexp, line: MatchedLine, tokens: list[str]) -> Hit | None:
    """The first occurrence that stands unguarded, or the first one."""
    found = unguarded(expression, line)
    if not found:
        return None
    best = found[-1] if found[-1].guard is None else found[0]
    return hit_of(best, line.words, tokens)


def best_within(occurrences: list[Occurrence], reach: int) -> Occurrence | None:
    """The first one before a place in the line that stands unguarded, or the first one.

    One that goes on behind that place is given as soon as it is met: what occurs before it is then
    not known.
    """
    best: Occurrence | None = None
    for one in occurrences:
        if one.start >= reach:
            break
        if one.end > reach or one.guard is None:
            return one
        best = best or one
    return best


def unguarded(expression: re2._Regexp, line: MatchedLine) -> list[Occurrence]:
    """The occurrences up to the first one that stands unguarded."""
    found: list[Occurrence] = []
    for start, end, first, last in itertools.islice(spans(expression, line), _MOST_OCCURRENCES):
        found.append(Occurrence(start, end, first, last, _guard(line, first)))
        if found[-1].guard is None:
            break
    return found


def spans(expression: re2._Regexp, line: MatchedLine) -> Iterator[tuple[int, int, int, int]]:
    """Where each occurrence lies in the line, and its first and last word.

    Soft words at its edges are left out.
    """
    for match in expression.finditer(line.text):
        start, end = match.span()
        if (words := _words_at(start, end, line)) is not None:
            yield start, end, *words


def every_span(expression: re2._Regexp, line: MatchedLine) -> Iterator[tuple[int, int]]:
    """The first and last word of each occurrence, also of one that begins where another ends.

    Both have the space between them, so ``spans`` passes over every second one of such.
    """
    at = 0
    while (match := expression.search(line.text, at)) is not None:
        start, end = match.span()
        if (words := _words_at(start, end, line)) is not None:
            yield words
        at = max(end - 1, start + 1)


def _words_at(start: int, end: int, line: MatchedLine) -> tuple[int, int] | None:
    """The first and last word from one place in the line to another; None where there is none."""
    first = max(0, bisect.bisect_right(line.starts, start + 1) - 1)
    last = bisect.bisect_left(line.starts, end - 1) - 1 if end else -1
    if last < first:
        return None
    while first < last and line.words[first].soft:
        first += 1
    return first, last


def hit_between(line: MatchedLine, first: int, last: int, tokens: list[str]) -> Hit:
    """What is found from one word of a line to another."""
    return hit_of(Occurrence(0, 0, first, last, _guard(line, first)), line.words, tokens)


def hit_of(one: Occurrence, words: Sequence[NormalWord], tokens: list[str]) -> Hit:
    """What an occurrence comes to: the words as they were said, ``tokens`` being all of them."""
    begin, end = words[one.first].token, words[one.last].token
    return Hit(begin, end, " ".join(tokens[begin : end + 1]), one.guard)


def _guard(line: MatchedLine, first: int) -> Guard | None:
    """Why an occurrence that begins with that word is not meant; None where it is."""
    before = [w.text for w in line.words[:first] if not w.soft or w.text in LINKS]
    return guard_of(before, line.words[first].text)
