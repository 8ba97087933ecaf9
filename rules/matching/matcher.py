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

5. Where exceptions cover some of the words, ``rules.matching.search_again`` finds what they leave.

The phrase language is described in ``rules.phrases.patterns``.
"""

from __future__ import annotations

import functools
import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from collections.abc import Sequence as Series

from coach.events import Channel, Clause
from rules.definition.conditions import leaves, patterns_of
from rules.definition.rule import RuleBook
from rules.phrases.normalise import NormalWord, words_of
from rules.phrases.patterns import compile_pattern

from .hits import Found, Hit, SearchedAgain
from .near_groups import near_span
from .nearest_clauses import WEAK, meant, nearest_clauses, told
from .occurrences import WholeText, best_within, hit_between, hit_of, search, spans, unguarded
from .pattern_index import (
    MOST_WORDS,
    IndexedPattern,
    MatchedLine,
    PatternIndex,
    line_of,
    stretches,
)
from .search_again import SearchedText, search_again
from .words_listened_for import LONG, WordsListenedFor

Understand = Callable[[Channel, str], Series[Clause]]
"""What the clauses of a text mean to the rules of a book; ``coach.meaning`` makes it."""


def understand_nothing(_channel: Channel, _text: str) -> Series[Clause]:
    """For who has no model at hand: no meaning ever holds."""
    return ()


class Matcher:
    """All lexical conditions of one book, ready for use."""

    def __init__(self, book: RuleBook, vocabulary: Counter[str] | None = None) -> None:
        """``vocabulary``: words that slips are mended to, where the book is a part of another."""
        self.book = book
        self._listened_for = WordsListenedFor(book, vocabulary)
        self.numbers = self._listened_for.numbers
        """Those of the conditions."""

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
        index = self._listened_for.indices[channel, final]
        if whole is not None and whole.begins_with(channel, words):
            self._find_known(whole, words, index, tokens, hits)
        else:
            for stretch in stretches(words):
                self._find_in(line_of(stretch), index, tokens, hits)
                self._find_mended(stretch, index, tokens, hits)
        weak: dict[int, Hit] = {}
        nearest = nearest_clauses(clauses)
        meanings = self._listened_for.meanings[channel]
        listening = [
            (owner, meaning, near)
            for key, near in nearest.items()
            for owner, meaning in meanings.get(key, ())
            if near.rate <= WEAK or near.rate <= meaning.sensitivity
        ]
        if len(listening) > 1:
            listening.sort(key=operator.itemgetter(0))
        for owner, meaning, near in listening:
            hit = told(meant(meaning, near, tokens), words)
            if near.rate <= meaning.sensitivity:
                hits[owner].append(hit)
            else:
                weak[owner] = hit
        listened_for = self._listened_for
        held = listened_for.with_guards(listened_for.settled(hits, clauses))
        searched = SearchedText(channel, text, final, clauses)
        left = functools.partial(search_again, listened_for, searched)
        return Found(held, self.numbers, weak, SearchedAgain(left))

    def whole(self, channel: Channel, text: str) -> WholeText | None:
        """What occurs in an utterance, for searching its beginnings; None where it is too long."""
        words = words_of(text)
        if len(words) > MOST_WORDS:
            return None
        whole = WholeText(channel, text, words)
        for pattern in self._listened_for.indices[channel, True].candidates(whole.line):
            if found := unguarded(pattern.expression, whole.line):
                whole.occurrences[pattern] = found
        _, changed = self._listened_for.slips.corrected(words)
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
        listened_for, channel = self._listened_for, index.channel
        if beyond or listened_for.near[channel] or listened_for.regex[channel]:
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
        near = self._listened_for.near[index.channel]
        regex = self._listened_for.regex[index.channel]
        texts = [w.text for w in line.words] if near else []
        for owner, groups, width in near:
            if span := near_span(texts, groups, width):
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
        corrected, changed = self._listened_for.slips.corrected(words)
        if not changed:
            return
        line = line_of(corrected)
        fresh = {line.words[i].text for i in changed}
        for pattern in index.candidates(line):
            compiled = pattern.compiled
            if compiled.shortest < LONG or not fresh & compiled.words:
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
