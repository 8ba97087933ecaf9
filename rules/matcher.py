"""Find which lexical conditions of a rule book hold in one utterance.

``Matcher(book).find(channel, text)`` reads the words once and answers for every Phrase, Near,
Regex and Silence announcement of the book. How:

1. ``rules.normalise`` makes the words comparable; ``line_of`` writes them as one line in which
   every word is followed by a space and soft words carry a tilde.
2. A word index (``rules.pattern_index``) names the few patterns whose key words are present; only
   those are tried, each as one RE2 search, so no text and no pattern can take more than linear
   time.
3. Long phrases (four words or more) are tried once more on a line in which words unknown to
   the book are replaced by a book word one or two letters away: recognition slips.
4. Each match is looked at in context (``rules.guards``): "I'm not saying you're lying" is
   *negated*, "he said you're useless" is *quoted*. Such a hit counts one severity less.

The phrase language is described in ``rules.patterns``.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Sequence as Series
from typing import NamedTuple

import msgspec
import re2

from coach.events import Channel, Clause

from .guards import LINKS, guard_of
from .hits import Found, Hit, Numbers
from .model import (
    EVERY_WORDING,
    AnyCondition,
    Lexical,
    Meaning,
    Near,
    Phrase,
    Regex,
    RuleBook,
    Silence,
    Speaker,
    Wording,
    walk,
)
from .near_meanings import WEAK, is_supported, meant, nearest_rates
from .normalise import NormalWord, words_of
from .pattern_index import (
    IndexedPattern,
    MatchedLine,
    PatternIndex,
    PatternIndices,
    compile_regex,
    line_of,
)
from .patterns import compile_pattern
from .slips import Slips
from .speaker_channels import heard_on

Understand = Callable[[Channel, str], Series[Clause]]
"""What the clauses of a text mean to the rules of a book; ``coach.meaning`` makes it."""


def understand_nothing(_channel: Channel, _text: str) -> Series[Clause]:
    """For who has no model at hand: no meaning ever holds."""
    return ()


MOST_WORDS = 400
"""Words of one utterance that are looked at; a longer one is read in overlapping stretches."""
_OVERLAP = 40
_MOST_OCCURRENCES = 8
"""Occurrences of one pattern tried before the first, guarded one is taken."""
_LONG = 4
"""Fewest words of a phrase in which a slip of the recogniser is forgiven."""


class _Drafted(NamedTuple):
    """A draft, and what was found in it."""

    text: str
    words: Series[NormalWord]
    hits: dict[IndexedPattern, Hit]

    def goes_on(self, text: str, words: Series[NormalWord]) -> bool:
        """Whether a text is this one with further words behind it."""
        return text.startswith(f"{self.text} ") and words[: len(self.words)] == self.words


class Matcher:
    """All lexical conditions of one book, ready for use."""

    def __init__(self, book: RuleBook) -> None:
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
        self._farthest = WEAK
        """The highest rate that any of them, or any wording, takes."""
        self._supports: dict[int, tuple[str, Meaning]] = {}
        """The meaning that a wording needs, with its key, by the wording's number."""
        for rule in book.active():
            for condition in (rule.when, *rule.unless):
                self._add(condition, rule.speaker)
        self._drafted: dict[Channel, _Drafted] = {}
        """The last draft on each channel, remembered to spare work alone."""
        patterns = list(self._patterns.values())
        self._indices = PatternIndices(patterns)
        self._slips = Slips(Counter(w for p in patterns for w in p.compiled.words))

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
                    if leaf.meaning.support < EVERY_WORDING:
                        self._farthest = max(self._farthest, leaf.meaning.support)
                for source in leaf.any:
                    self._add_pattern(source, number, leaf.speaker or speaker)
            else:
                self._add_other(leaf, number, leaf.speaker or speaker)

    def _add_other(self, leaf: Near | Meaning | Regex, number: int, speaker: Speaker) -> None:
        if isinstance(leaf, Meaning):
            self._farthest = max(self._farthest, leaf.sensitivity)
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
        self, channel: Channel, text: str, final: bool = True, clauses: Series[Clause] = ()
    ) -> Found:
        """Every condition that holds in ``text``, spoken on ``channel``.

        In a draft (``final`` is False) nobody knows yet where the utterance ends, so phrases
        that ask for its end (``$``) are not tried.

        ``clauses``: what its clauses were found to mean; without them no meaning holds.

        On MIXED, where nobody knows who spoke, rules about the customer match and rules
        about the agent do not.
        """
        words = words_of(text)
        hits: defaultdict[int, list[Hit]] = defaultdict(list)
        tokens = text.split()
        index = self._indices[channel, final]
        for stretch in _stretches(words):
            self._find_in(line_of(stretch), index, text, hits)
        weak: dict[int, Hit] = {}
        nearest = nearest_rates(clauses, self._farthest) if clauses else {}
        for owner, key, meaning in self._near_meanings(channel, nearest):
            near = meant(key, meaning, clauses, tokens)
            if near.rate is not None and near.rate <= meaning.sensitivity:
                hits[owner].append(near)
            else:
                weak[owner] = near
        settled = {
            owner: several[0] if len(several) == 1 else _resolved(several)
            for owner, several in hits.items()
            if not clauses
            or owner not in self._supports
            or is_supported(*self._supports[owner], nearest)
        }
        return Found(_with_guards(settled), self.numbers, weak)

    def _near_meanings(
        self, channel: Channel, nearest: dict[str, float]
    ) -> list[tuple[int, str, Meaning]]:
        """The meanings listened for that some clause comes near, by their numbers, with their keys.

        ``nearest``: the best rate by key.
        """
        if not nearest:
            return []
        meanings = self._meanings[channel]
        found = [
            (number, key, meaning)
            for key, rate in nearest.items()
            for number, meaning in meanings.get(key, ())
            if rate <= WEAK or rate <= meaning.sensitivity
        ]
        return sorted(found, key=_number) if len(found) > 1 else found

    def _find_in(
        self,
        line: MatchedLine,
        index: PatternIndex,
        text: str,
        hits: defaultdict[int, list[Hit]],
    ) -> None:
        tokens = text.split()
        for pattern, hit in self._pattern_hits(line, index, text, tokens).items():
            for owner in index.owners[pattern]:
                hits[owner].append(hit)
        corrected, changed = self._slips.corrected(line.words)
        if changed:
            self._find_slips(line_of(corrected), changed, index, tokens, hits)
        near = self._near[index.channel]
        texts = [w.text for w in line.words] if near else []
        for owner, groups, width in near:
            if span := _near_span(texts, groups, width):
                hits[owner].append(_hit(line, span[0], span[1], tokens))
        for owner, expression in self._regex[index.channel]:
            if found := _search(expression, line, tokens):
                hits[owner].append(found)

    def _pattern_hits(
        self, line: MatchedLine, index: PatternIndex, text: str, tokens: list[str]
    ) -> dict[IndexedPattern, Hit]:
        """What the patterns find; of a draft that goes on from the last one only what is new.

        A pattern that no further word can end finds what it found before.
        """
        known = None if index.final else self._drafted.get(index.channel)
        hits: dict[IndexedPattern, Hit] = {}
        if known is not None and known.goes_on(text, line.words):
            hits.update(known.hits)
            patterns = index.candidates(line, behind=len(known.words))
        else:
            patterns = index.candidates(line)
        for pattern in patterns:
            if hit := _search(pattern.expression, line, tokens):
                hits[pattern] = hit
            else:
                hits.pop(pattern, None)
        if not index.final:
            self._drafted[index.channel] = _Drafted(text, line.words, hits)
        return hits

    def _find_slips(
        self,
        line: MatchedLine,
        changed: frozenset[int],
        index: PatternIndex,
        tokens: list[str],
        hits: defaultdict[int, list[Hit]],
    ) -> None:
        """Long phrases on the corrected line, where the correction is part of the match."""
        fresh = {line.words[i].text for i in changed}
        for pattern in index.candidates(line):
            compiled = pattern.compiled
            if compiled.shortest < _LONG or not fresh & compiled.words:
                continue
            owners = [o for o in index.owners[pattern] if o not in hits]
            if not owners:
                continue
            span = next(_spans(pattern.expression, line), None)
            if span and any(span[0] <= i <= span[1] for i in changed):
                for owner in owners:
                    hits[owner].append(_hit(line, span[0], span[1], tokens))


def leaves(condition: AnyCondition) -> Iterator[Lexical | Silence]:
    """The leaves of a condition that listen to words."""
    return (one for one in walk(condition) if isinstance(one, Lexical | Silence))


def _resolved(hits: list[Hit]) -> Hit:
    """One hit for a condition: plain before guarded, then the earliest, then the longest.

    A plain hit inside or behind a guarded one that it overlaps is guarded, too: "not going to
    take legal action" negates the shorter phrase "legal action" as well.
    """
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


def _search(expression: re2._Regexp, line: MatchedLine, tokens: list[str]) -> Hit | None:
    """The first occurrence that stands unguarded, or the first one."""
    found = expression.search(line.text)
    if found is None:
        return None
    span = _span(found.span(), line)
    if span is not None:
        hit = _hit(line, span[0], span[1], tokens)
        if not hit.guard:
            return hit
    best: Hit | None = None
    for first, last in itertools.islice(_spans(expression, line), _MOST_OCCURRENCES):
        hit = _hit(line, first, last, tokens)
        if not hit.guard:
            return hit
        best = best or hit
    return best


def _spans(expression: re2._Regexp, line: MatchedLine) -> Iterator[tuple[int, int]]:
    """First and last word of each occurrence, soft words at its edges left out."""
    for match in expression.finditer(line.text):
        if span := _span(match.span(), line):
            yield span


def _span(found: tuple[int, int], line: MatchedLine) -> tuple[int, int] | None:
    """The words of an occurrence, soft words at its beginning left out; None where it has none."""
    start, end = found
    first = max(0, bisect.bisect_right(line.starts, start + 1) - 1)
    last = bisect.bisect_left(line.starts, end - 1) - 1 if end else -1
    if last < first:
        return None
    while first < last and line.words[first].soft:
        first += 1
    return first, last


def _hit(line: MatchedLine, first: int, last: int, tokens: list[str]) -> Hit:
    begin, end = line.words[first].token, line.words[last].token
    before = [w.text for w in line.words[:first] if not w.soft or w.text in LINKS]
    guard = guard_of(before, line.words[first].text)
    return Hit(begin, end, " ".join(tokens[begin : end + 1]), guard)


def _with_guards(hits: dict[int, Hit]) -> dict[int, Hit]:
    """A hit by meaning is guarded where words inside it were found negated or quoted."""
    guarded = [hit for hit in hits.values() if hit.guard is not None]
    if not guarded:
        return hits
    settled: dict[int, Hit] = {}
    for owner, hit in hits.items():
        inside = [g for g in guarded if hit.rate is not None and hit.first <= g.first <= hit.last]
        guard = inside[0].guard if inside else hit.guard
        settled[owner] = msgspec.structs.replace(hit, guard=guard)
    return settled


def _number(near: tuple[int, str, Meaning]) -> int:
    return near[0]


def _near_words(group: Iterable[str]) -> Iterator[str]:
    for word in group:
        if re.fullmatch(r"[a-zA-Z]{3,}\*", word):
            yield word.lower()
        else:
            yield from (w.text for w in words_of(word))


def _near_span(
    texts: list[str], groups: tuple[frozenset[str], ...], width: int
) -> tuple[int, int] | None:
    """The first stretch of ``width`` words that holds a word of every group."""
    marked: list[tuple[int, int]] = []
    for i, text in enumerate(texts):
        for g, group in enumerate(groups):
            if text in group or any(k[-1] == "*" and text.startswith(k[:-1]) for k in group):
                marked.append((i, g))
    latest: dict[int, int] = {}
    for i, g in marked:
        latest[g] = i
        if len(latest) == len(groups) and i - min(latest.values()) < width:
            return min(latest.values()), i
    return None
