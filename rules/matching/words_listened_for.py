"""What the conditions of a rule book listen for, ready to be searched for in words.

Both searches of the words of an utterance share it: the first (``rules.matching.matcher``) and the
one for what exceptions leave (``rules.matching.search_again``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence as Series

import msgspec
import re2

from coach.events import Channel, Clause
from rules.definition.conditions import (
    EVERY_WORDING,
    AnyCondition,
    Meaning,
    Near,
    Phrase,
    Regex,
    Silence,
    Speaker,
    Wording,
    leaves,
)
from rules.definition.rule import RuleBook
from rules.definition.speaker_channels import heard_on
from rules.phrases.patterns import compile_pattern

from .hits import Hit, Numbers
from .near_groups import near_words
from .pattern_index import IndexedPattern, PatternIndices, compile_regex
from .slips import Slips

LONG = 4
"""Fewest words of a phrase in which a slip of the recogniser is forgiven."""


class WordsListenedFor:
    """The patterns, groups of words, expressions and meanings of one book, and whose they are."""

    def __init__(self, book: RuleBook, vocabulary: Counter[str] | None = None) -> None:
        """``vocabulary``: words that slips are mended to, where the book is a part of another."""
        self.book = book
        self.numbers = Numbers()
        self._patterns: dict[str, IndexedPattern] = {}
        self.near: dict[Channel, list[tuple[int, tuple[frozenset[str], ...], int]]]
        self.near = {c: [] for c in Channel}
        """Those that listen to a side: number, groups of words, width."""
        self.regex: dict[Channel, list[tuple[int, re2._Regexp]]] = {c: [] for c in Channel}
        self.meanings: dict[Channel, dict[str, list[tuple[int, Meaning]]]]
        self.meanings = {c: {} for c in Channel}
        """Those that listen to a side, by key, with their numbers."""
        self._supports: dict[int, tuple[str, Meaning]] = {}
        """The meaning that a wording needs, with its key, by the wording's number."""
        self._listened_for: set[int] = set()
        """Numbers of the conditions of rules themselves, those of their exceptions left out."""
        for rule in book.active():
            self._add(rule.when, rule.speaker)
            self._listened_for |= {
                self.numbers.of(leaf, rule.speaker) for leaf in leaves(rule.when)
            }
            for condition in rule.unless:
                self._add(condition, rule.speaker)
        patterns = list(self._patterns.values())
        self.indices = PatternIndices(patterns)
        own = Counter(w for p in patterns for w in p.compiled.words)
        self.slips = Slips(own if vocabulary is None else vocabulary)

    def _add(self, condition: AnyCondition, speaker: Speaker) -> None:
        for leaf in leaves(condition):
            known = len(self.numbers)
            number = self.numbers.add(leaf, speaker)
            if number < known:
                continue
            if isinstance(leaf, Silence):
                for source in leaf.unless_said:
                    self._add_pattern(source, number, Speaker.AGENT)
            elif isinstance(leaf, Phrase):
                if isinstance(leaf, Wording) and leaf.meaning is not None:
                    self._supports[number] = leaf.meaning.key, leaf.meaning
                for source in leaf.any:
                    self._add_pattern(source, number, leaf.speaker or speaker)
            else:
                self._add_other(leaf, number, leaf.speaker or speaker)

    def _add_other(self, leaf: Near | Meaning | Regex, number: int, speaker: Speaker) -> None:
        if isinstance(leaf, Meaning):
            for channel in heard_on(speaker):
                self.meanings[channel].setdefault(leaf.key, []).append((number, leaf))
        elif isinstance(leaf, Near):
            groups = tuple(frozenset(near_words(group)) for group in leaf.groups)
            for channel in heard_on(speaker):
                self.near[channel].append((number, groups, leaf.words))
        else:
            expression = compile_regex(leaf.pattern)
            for channel in heard_on(speaker):
                self.regex[channel].append((number, expression))

    def _add_pattern(self, source: str, owner: int, speaker: Speaker) -> None:
        pattern = self._patterns.get(source)
        if pattern is None:
            pattern = self._patterns[source] = IndexedPattern(compile_pattern(source))
        pattern.owners.append((owner, speaker))

    def supported(self, owner: int, hits: list[Hit], clauses: Series[Clause]) -> list[Hit]:
        """Those of a condition's hits for which the meaning of their own clauses speaks.

        What is said elsewhere in a long turn says nothing about these words. An utterance that was
        never judged counts as it is; so do words behind its last clause, where any of them does.
        """
        if not clauses or owner not in self._supports:
            return hits
        key, meaning = self._supports[owner]
        if meaning.support >= EVERY_WORDING:
            return hits
        near = [
            clause
            for clause in clauses
            if any(score.key == key and score.rate <= meaning.support for score in clause.scores)
        ]
        if not near:
            return []
        judged = max(clause.last for clause in clauses)
        return [
            hit
            for hit in hits
            if hit.first > judged
            or any(one.first <= hit.last and hit.first <= one.last for one in near)
        ]

    def settled(self, hits: Mapping[int, list[Hit]], clauses: Series[Clause]) -> dict[int, Hit]:
        """One hit for each condition that any of its hits counts for."""
        return {
            owner: _resolved(counting)
            for owner, several in hits.items()
            if (counting := self.supported(owner, several, clauses))
        }

    def with_guards(self, hits: dict[int, Hit]) -> dict[int, Hit]:
        """A hit by meaning is guarded where words inside it were found negated or quoted.

        Words of exceptions do not count: "again" behind "goes" says nothing of what was meant.
        """
        guarded = [
            hit
            for number, hit in hits.items()
            if hit.guard is not None and number in self._listened_for
        ]
        if not guarded:
            return hits
        settled: dict[int, Hit] = {}
        for owner, hit in hits.items():
            inside = [
                g for g in guarded if hit.rate is not None and hit.first <= g.first <= hit.last
            ]
            guard = inside[0].guard if inside else hit.guard
            settled[owner] = msgspec.structs.replace(hit, guard=guard)
        return settled


def _resolved(hits: list[Hit]) -> Hit:
    """One hit for a condition: plain before guarded, then the earliest, then the longest.

    A plain hit inside or behind a guarded one that it overlaps is guarded, too: "not going to
    take legal action" negates the shorter phrase "legal action" as well.
    """
    if len(hits) == 1:
        return hits[0]
    guarded = [h for h in hits if h.guard]
    settled = [
        next((g for g in guarded if g.first <= h.first <= g.last), h) if not h.guard else h
        for h in hits
    ]
    return min(settled, key=lambda h: (bool(h.guard), h.first, -h.last))
