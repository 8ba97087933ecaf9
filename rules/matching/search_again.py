"""The words of an utterance searched once more, for what exceptions leave of them.

It is asked for only where an exception holds that covers its own words, which is rare, so the
words are searched once more in place of keeping every occurrence of every pattern. Unlike the first
search (``rules.matching.matcher``) it finds every place where a condition holds, not the best one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from coach.events import Channel, Clause
from rules.definition.conditions import Meaning
from rules.phrases.normalise import words_of

from .hits import Barring, Hit, LeftWords, touches
from .near_groups import near_spans
from .nearest_clauses import NearestClause, innermost, meant, near_clauses, surest, told
from .occurrences import every_span, hit_between
from .pattern_index import (
    IndexedPattern,
    MatchedLine,
    PatternIndex,
    line_of,
    stretches,
    without,
)
from .words_listened_for import LONG, WordsListenedFor


class SearchedText(NamedTuple):
    """What a matcher was asked for."""

    channel: Channel
    text: str
    final: bool
    """Whether it ends the utterance; False for a draft."""
    clauses: Sequence[Clause]


def search_again(
    listened_for: WordsListenedFor, searched: SearchedText, barring: Barring
) -> LeftWords:
    """What barred conditions hold in where no exception covers the words."""
    again = _SecondSearch(listened_for, searched)
    held = again.everywhere(barring.exceptions)
    for owner, meaning, near in again.near_enough(searched.clauses, barring.exceptions):
        held[owner] += (meant(meaning, one, again.tokens) for one in innermost(near))
    covered = barring.covered | {
        word
        for owner, several in held.items()
        for hit in listened_for.supported(owner, several, searched.clauses)
        for word in range(hit.first, hit.last + 1)
    }
    hits = again.everywhere(barring.barred, covered)
    bare = [one for one in searched.clauses if not touches(one.first, one.last, covered)]
    for owner, meaning, near in again.near_enough(bare, barring.barred):
        hits[owner].append(told(meant(meaning, surest(near), again.tokens), again.words))
    settled = listened_for.settled(hits, searched.clauses)
    guarded = listened_for.with_guards({**barring.others, **settled})
    return LeftWords({owner: guarded[owner] for owner in settled}, covered)


class _SecondSearch:
    """The words of one utterance, to find every place in which some conditions hold."""

    def __init__(self, listened_for: WordsListenedFor, searched: SearchedText) -> None:
        self._listened_for = listened_for
        self._index = listened_for.indices[searched.channel, searched.final]
        self.words = words_of(searched.text)
        self.tokens = searched.text.split()

    def near_enough(
        self, clauses: Sequence[Clause], among: Container[int]
    ) -> Iterator[tuple[int, Meaning, list[NearestClause]]]:
        """Of some conditions the clauses that mean what they say."""
        by_key = near_clauses(clauses)
        for key, listening in self._listened_for.meanings[self._index.channel].items():
            for owner, meaning in listening:
                if owner not in among:
                    continue
                near = [one for one in by_key.get(key, ()) if one.rate <= meaning.sensitivity]
                if near:
                    yield owner, meaning, near

    def everywhere(
        self, among: Sequence[int], covered: frozenset[int] = frozenset()
    ) -> defaultdict[int, list[Hit]]:
        """Every place where some conditions hold by the letter in words that are not covered."""
        hits: defaultdict[int, list[Hit]] = defaultdict(list)
        for stretch in stretches(self.words):
            line = without(line_of(stretch), covered)
            for owner, first, last in self._places(line, among):
                if not touches(line.words[first].token, line.words[last].token, covered):
                    hits[owner].append(hit_between(line, first, last, self.tokens))
            corrected, changed = self._listened_for.slips.corrected(stretch)
            if not changed:
                continue
            line = without(line_of(corrected), covered)
            for pattern, owners in self._owned(line, among):
                if pattern.compiled.shortest < LONG:
                    continue
                for first, last in every_span(pattern.expression, line):
                    if any(first <= i <= last for i in changed):
                        hit = hit_between(line, first, last, self.tokens)
                        for owner in owners:
                            hits[owner].append(hit)
        return hits

    def _places(self, line: MatchedLine, among: Container[int]) -> Iterator[tuple[int, int, int]]:
        """Every place in a line where some conditions hold by the letter: first and last word."""
        listened_for, channel = self._listened_for, self._index.channel
        for pattern, owners in self._owned(line, among):
            for first, last in every_span(pattern.expression, line):
                yield from ((owner, first, last) for owner in owners)
        texts = [word.text for word in line.words]
        for owner, groups, width in listened_for.near[channel]:
            if owner in among:
                yield from ((owner, *span) for span in near_spans(texts, groups, width))
        for owner, expression in listened_for.regex[channel]:
            if owner in among:
                yield from ((owner, *span) for span in every_span(expression, line))

    def _owned(
        self, line: MatchedLine, among: Container[int]
    ) -> Iterator[tuple[IndexedPattern, list[int]]]:
        """The patterns of some conditions that the line can match at all, and whose they are."""
        index: PatternIndex = self._index
        for pattern in index.candidates(line):
            owners = [owner for owner in index.owners[pattern] if owner in among]
            if owners:
                yield pattern, owners
