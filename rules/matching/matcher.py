"""Find which lexical conditions of a rule book hold in one utterance.

``Matcher(book).find(channel, text)`` reads the words once and answers for every Phrase, Near,
Regex and Silence announcement of the book. How:

1. ``rules.phrases.normalise`` makes the words comparable; ``rules.matching.pattern_index`` writes
   them as one line in which every word is followed by a space and soft words carry a tilde.
2. A word index (``rules.matching.pattern_index``) names the few patterns whose key words are
   present; only those are tried, each as one RE2 search, so no text and no pattern can take more
   than linear time.
3. Long phrases (four words or more) are tried once more on a line in which words unknown to
   the book are replaced by a book word one or two letters away: recognition slips.
4. Each match is looked at in context (``rules.matching.guards``): "I'm not saying you're lying" is
   *negated*, "he said you're useless" is *quoted*. Such a hit counts one severity less.

The phrase language is described in ``rules.phrases.patterns``.
"""

from __future__ import annotations

import bisect
import functools
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from collections.abc import Sequence as Series
from typing import NamedTuple

import msgspec
import re2

from coach.events import Channel, Clause, Guard
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
    patterns_of,
)
from rules.definition.rule import RuleBook
from rules.definition.speaker_channels import heard_on
from rules.phrases.normalise import NormalWord, words_of
from rules.phrases.patterns import compile_pattern

from .guards import LINKS, told_by_another, told_on
from .hits import Barring, Found, Hit, LeftWords, Numbers, SearchedAgain, touches
from .nearest_clauses import (
    WEAK,
    NearestClause,
    innermost,
    meant,
    near_clauses,
    nearest_clauses,
    surest,
)
from .occurrences import (
    WholeText,
    best_within,
    every_span,
    hit_between,
    hit_of,
    search,
    spans,
    unguarded,
)
from .pattern_index import (
    IndexedPattern,
    MatchedLine,
    PatternIndex,
    PatternIndices,
    compile_regex,
    line_of,
    without,
)
from .slips import Slips

Understand = Callable[[Channel, str], Series[Clause]]
"""What the clauses of a text mean to the rules of a book; ``coach.meaning`` makes it."""


def understand_nothing(_channel: Channel, _text: str) -> Series[Clause]:
    """For who has no model at hand: no meaning ever holds."""
    return ()


MOST_WORDS = 400
"""Words of one utterance that are looked at; a longer one is read in overlapping stretches."""
_OVERLAP = 40
_LONG = 4
"""Fewest words of a phrase in which a slip of the recogniser is forgiven."""


class _Said(NamedTuple):
    """What a matcher was asked for."""

    channel: Channel
    text: str
    final: bool
    clauses: Series[Clause]


class Matcher:
    """All lexical conditions of one book, ready for use."""

    def __init__(self, book: RuleBook, vocabulary: Counter[str] | None = None) -> None:
        """``vocabulary``: words that slips are mended to, where the book is a part of another."""
        self.book = book
        self.numbers = Numbers()
        self._patterns: dict[str, IndexedPattern] = {}
        self._near: dict[Channel, list[tuple[int, tuple[frozenset[str], ...], int]]]
        self._near = {c: [] for c in Channel}
        """Those that listen to a side: number, groups of words, width."""
        self._regex: dict[Channel, list[tuple[int, re2._Regexp]]] = {c: [] for c in Channel}
        self._meanings: dict[Channel, dict[str, list[tuple[int, Meaning]]]]
        self._meanings = {c: {} for c in Channel}
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
        self._indices = PatternIndices(patterns)
        own = Counter(w for p in patterns for w in p.compiled.words)
        self._slips = Slips(own if vocabulary is None else vocabulary)

    # --- building -------------------------------------------------------------------------

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
                self._meanings[channel].setdefault(leaf.key, []).append((number, leaf))
        elif isinstance(leaf, Near):
            groups = tuple(frozenset(_near_words(group)) for group in leaf.groups)
            for channel in heard_on(speaker):
                self._near[channel].append((number, groups, leaf.words))
        else:
            expression = compile_regex(leaf.pattern)
            for channel in heard_on(speaker):
                self._regex[channel].append((number, expression))

    def _add_pattern(self, source: str, owner: int, speaker: Speaker) -> None:
        pattern = self._patterns.get(source)
        if pattern is None:
            pattern = self._patterns[source] = IndexedPattern(compile_pattern(source))
        pattern.owners.append((owner, speaker))

    # --- finding --------------------------------------------------------------------------

    def find(
        self,
        channel: Channel,
        text: str,
        final: bool = True,
        clauses: Series[Clause] = (),
        whole: WholeText | None = None,
    ) -> Found:
        """Every condition that holds in ``text``, spoken on ``channel``.

        In a draft (``final`` is False) nobody knows yet where the utterance ends, so phrases
        that ask for its end (``$``) are not tried.

        ``clauses``: what its clauses were found to mean; without them no meaning holds.

        ``whole``: where more of the utterance is known already, for what does not occur in it. It
        changes nothing in what is found.

        On MIXED, where nobody knows who spoke, rules about the customer match and rules
        about the agent do not.
        """
        hits: defaultdict[int, list[Hit]] = defaultdict(list)
        tokens = text.split()
        beginning = None if whole is None else whole.beginning(text, len(tokens))
        words = words_of(text) if beginning is None else beginning
        index = self._indices[channel, final]
        if whole is not None and whole.begins_with(channel, words):
            self._find_known(whole, words, index, tokens, hits)
        else:
            for stretch in _stretches(words):
                self._find_in(line_of(stretch), index, tokens, hits)
                self._find_mended(stretch, index, tokens, hits)
        weak: dict[int, Hit] = {}
        nearest = nearest_clauses(clauses)
        meanings = self._meanings[channel]
        listening = [
            (owner, meaning, near)
            for key, near in nearest.items()
            for owner, meaning in meanings.get(key, ())
            if near.rate <= WEAK or near.rate <= meaning.sensitivity
        ]
        if len(listening) > 1:
            listening.sort(key=operator.itemgetter(0))
        for owner, meaning, near in listening:
            hit = _told(meant(meaning, near, tokens), words)
            if near.rate <= meaning.sensitivity:
                hits[owner].append(hit)
            else:
                weak[owner] = hit
        settled = {
            owner: _resolved(counting)
            for owner, several in hits.items()
            if (counting := self._supported(owner, several, clauses))
        }
        left = functools.partial(self._left, _Said(channel, text, final, clauses))
        return Found(self._with_guards(settled), self.numbers, weak, SearchedAgain(left))

    def _left(self, said: _Said, barring: Barring) -> LeftWords:
        """What barred conditions hold in where no exception covers the words.

        It is asked for only where an exception holds that covers its own words, which is rare, so
        the words are searched once more in place of keeping every occurrence of every pattern.
        """
        channel, text, final, clauses = said
        exceptions, wanted, covered, others = barring
        words, tokens = words_of(text), text.split()
        index = self._indices[channel, final]
        held: defaultdict[int, list[Hit]] = defaultdict(list)
        for owner, hit in self._everywhere(words, index, tokens, exceptions, frozenset()):
            held[owner].append(hit)
        for owner, meaning, near in self._near_enough(channel, clauses, exceptions):
            held[owner] += (meant(meaning, one, tokens) for one in innermost(near))
        spans_held = [
            (hit.first, hit.last)
            for owner, several in held.items()
            for hit in self._supported(owner, several, clauses)
        ]
        covered |= {word for first, last in spans_held for word in range(first, last + 1)}
        hits: defaultdict[int, list[Hit]] = defaultdict(list)
        for owner, hit in self._everywhere(words, index, tokens, wanted, covered):
            hits[owner].append(hit)
        bare = [c for c in clauses if not touches(c.first, c.last, covered)]
        for owner, meaning, near in self._near_enough(channel, bare, wanted):
            hits[owner].append(_told(meant(meaning, surest(near), tokens), words))
        settled = {
            owner: _resolved(counting)
            for owner, several in hits.items()
            if (counting := self._supported(owner, several, clauses))
        }
        guarded = self._with_guards({**others, **settled})
        return LeftWords({owner: guarded[owner] for owner in settled}, covered)

    def _near_enough(
        self, channel: Channel, clauses: Series[Clause], among: Container[int]
    ) -> Iterator[tuple[int, Meaning, list[NearestClause]]]:
        """Of some conditions the clauses that mean what they say."""
        by_key = near_clauses(clauses)
        for key, listening in self._meanings[channel].items():
            for owner, meaning in listening:
                if owner not in among:
                    continue
                near = [one for one in by_key.get(key, ()) if one.rate <= meaning.sensitivity]
                if near:
                    yield owner, meaning, near

    def _everywhere(
        self,
        words: list[NormalWord],
        index: PatternIndex,
        tokens: list[str],
        among: Series[int],
        covered: frozenset[int],
    ) -> Iterator[tuple[int, Hit]]:
        """Every place where some conditions hold by the letter in words that are not covered."""
        for stretch in _stretches(words):
            line = without(line_of(stretch), covered)
            for owner, first, last in self._places(line, index, among):
                if not touches(line.words[first].token, line.words[last].token, covered):
                    yield owner, hit_between(line, first, last, tokens)
            corrected, changed = self._slips.corrected(stretch)
            if not changed:
                continue
            line = without(line_of(corrected), covered)
            for pattern, owners in _owned(index, line, among):
                if pattern.compiled.shortest < _LONG:
                    continue
                for first, last in every_span(pattern.expression, line):
                    if any(first <= i <= last for i in changed):
                        hit = hit_between(line, first, last, tokens)
                        yield from ((owner, hit) for owner in owners)

    def _places(
        self, line: MatchedLine, index: PatternIndex, among: Series[int]
    ) -> Iterator[tuple[int, int, int]]:
        """Every place in a line where some conditions hold by the letter: first and last word."""
        for pattern, owners in _owned(index, line, among):
            for first, last in every_span(pattern.expression, line):
                yield from ((owner, first, last) for owner in owners)
        texts = [word.text for word in line.words]
        for owner, groups, width in self._near[index.channel]:
            if owner in among:
                yield from ((owner, *span) for span in _near_spans(texts, groups, width))
        for owner, expression in self._regex[index.channel]:
            if owner in among:
                yield from ((owner, *span) for span in every_span(expression, line))

    def _supported(self, owner: int, hits: list[Hit], clauses: Series[Clause]) -> list[Hit]:
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

    def _with_guards(self, hits: dict[int, Hit]) -> dict[int, Hit]:
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

    def whole(self, channel: Channel, text: str) -> WholeText | None:
        """What occurs in an utterance, for searching its beginnings; None where it is too long."""
        words = words_of(text)
        if len(words) > MOST_WORDS:
            return None
        whole = WholeText(channel, text, words)
        for pattern in self._indices[channel, True].candidates(whole.line):
            if found := unguarded(pattern.expression, whole.line):
                whole.occurrences[pattern] = found
        _, changed = self._slips.corrected(words)
        whole.mended = min(changed, default=len(words))
        return whole

    def _find_known(
        self,
        whole: WholeText,
        words: list[NormalWord],
        index: PatternIndex,
        tokens: list[str],
        hits: defaultdict[int, list[Hit]],
    ) -> None:
        """In the beginning of an utterance that was looked through already."""
        reach = whole.reach(len(words))
        beyond: list[IndexedPattern] = []
        """What begins in these words and ends behind them: it may occur in them otherwise."""
        for pattern, occurrences in whole.occurrences.items():
            owners = index.owners.get(pattern)
            if owners is None:
                continue
            best = best_within(occurrences, reach)
            if best is None:
                continue
            if best.end > reach:
                beyond.append(pattern)
                continue
            hit = hit_of(best, words, tokens)
            for owner in owners:
                hits[owner].append(hit)
        line = whole.line if len(words) == len(whole.words) else None
        if beyond or self._near[index.channel] or self._regex[index.channel]:
            line = line or line_of(words)
            self._find_in(line, index, tokens, hits, beyond)
        if whole.mended < len(words):
            self._find_mended(words, index, tokens, hits)

    def _find_in(
        self,
        line: MatchedLine,
        index: PatternIndex,
        tokens: list[str],
        hits: defaultdict[int, list[Hit]],
        among: Iterable[IndexedPattern] | None = None,
    ) -> None:
        """``among``: the patterns that may occur; None where that is not known."""
        for pattern in index.candidates(line) if among is None else among:
            if hit := search(pattern.expression, line, tokens):
                for owner in index.owners[pattern]:
                    hits[owner].append(hit)
        near, regex = self._near[index.channel], self._regex[index.channel]
        texts = [w.text for w in line.words] if near else []
        for owner, groups, width in near:
            if span := _near_span(texts, groups, width):
                hits[owner].append(hit_between(line, span[0], span[1], tokens))
        for owner, expression in regex:
            if hit := search(expression, line, tokens):
                hits[owner].append(hit)

    def _find_mended(
        self,
        words: list[NormalWord],
        index: PatternIndex,
        tokens: list[str],
        hits: defaultdict[int, list[Hit]],
    ) -> None:
        """Long phrases on the corrected line, where the correction is part of the match."""
        corrected, changed = self._slips.corrected(words)
        if not changed:
            return
        line = line_of(corrected)
        fresh = {line.words[i].text for i in changed}
        for pattern in index.candidates(line):
            compiled = pattern.compiled
            if compiled.shortest < _LONG or not fresh & compiled.words:
                continue
            owners = [o for o in index.owners[pattern] if o not in hits]
            if not owners:
                continue
            span = next(spans(pattern.expression, line), None)
            if span is None:
                continue
            _, _, first, last = span
            if any(first <= i <= last for i in changed):
                for owner in owners:
                    hits[owner].append(hit_between(line, first, last, tokens))


def vocabulary_of(book: RuleBook) -> Counter[str]:
    """The words of a book's patterns, and in how many patterns each stands."""
    patterns = {
        source: None
        for rule in book.active()
        for condition in (rule.when, *rule.unless)
        for leaf in leaves(condition)
        for source in patterns_of(leaf)
    }
    return Counter(word for source in patterns for word in compile_pattern(source).words)


def _told(hit: Hit, words: Series[NormalWord]) -> Hit:
    """A hit by meaning, guarded where its clause is what somebody else is reported to have said."""
    first = bisect.bisect_left(words, hit.first, key=lambda word: word.token)
    if first in (0, len(words)):
        return hit
    before = [word.text for word in words[:first] if not word.soft or word.text in LINKS]
    quoted = told_by_another(before, words[first].text) or told_on(before, words[first].text)
    return msgspec.structs.replace(hit, guard=Guard.QUOTED) if quoted else hit


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


def _stretches(words: list[NormalWord]) -> Iterator[list[NormalWord]]:
    if not words:
        return
    step = MOST_WORDS - _OVERLAP
    for start in range(0, max(1, len(words) - _OVERLAP), step):
        yield words[start : start + MOST_WORDS]


def _near_words(group: Iterable[str]) -> Iterator[str]:
    for word in group:
        if re.fullmatch(r"[a-zA-Z]{3,}\*", word):
            yield word.lower()
        else:
            yield from (w.text for w in words_of(word))


def _owned(
    index: PatternIndex, line: MatchedLine, among: Container[int]
) -> Iterator[tuple[IndexedPattern, list[int]]]:
    """The patterns of some conditions that the line can match at all, and whose they are."""
    for pattern in index.candidates(line):
        owners = [owner for owner in index.owners[pattern] if owner in among]
        if owners:
            yield pattern, owners


def _near_span(
    texts: list[str], groups: tuple[frozenset[str], ...], width: int
) -> tuple[int, int] | None:
    """The first stretch of ``width`` words that holds a word of every group."""
    return next(_near_spans(texts, groups, width), None)


def _near_spans(
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
