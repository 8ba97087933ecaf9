"""Which patterns of a rule book may be in a line of words: an index by their key words.

Most patterns have nothing to do with what was said. Only those whose key words are all there are
given out to be searched for.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from collections.abc import Sequence as Series

import msgspec
import re2

from coach.events import Channel
from rules.definition.conditions import Speaker
from rules.definition.speaker_channels import hears
from rules.phrases.normalise import NormalWord
from rules.phrases.patterns import Compiled

MOST_WORDS = 400
"""Words of one utterance that are looked at; a longer one is read in overlapping stretches."""
_OVERLAP = 40

_REMEMBERED = 20_000
"""Words whose keys are remembered; speech repeats itself."""

_SURE_TO_FIT = 5000
"""Characters of an expression that RE2 has room for, whatever gaps are in it; one that is longer
is compiled at once, so that it is refused before a call and not in one."""

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.never_capture = True
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
"""Lines are plain ASCII: bytes spare RE2 the decoding."""


class MatchedLine(msgspec.Struct, frozen=True):
    """Normalised words as one line for the expressions."""

    text: bytes
    words: tuple[NormalWord, ...]
    starts: tuple[int, ...]
    """Where each word begins in ``text``."""


def line_of(words: Iterable[NormalWord]) -> MatchedLine:
    """`` i want ~just a refund ``: a space before the first and after every word."""
    kept = tuple(words)
    parts = [("~" + w.text if w.soft else w.text) + " " for w in kept]
    starts = tuple(itertools.accumulate((len(p) for p in parts), initial=1))[: len(parts)]
    return MatchedLine((" " + "".join(parts)).encode("ascii"), kept, starts)


def stretches(words: list[NormalWord]) -> Iterator[list[NormalWord]]:
    """The words of an utterance, in overlapping parts where they are too many for one line."""
    if not words:
        return
    step = MOST_WORDS - _OVERLAP
    for start in range(0, max(1, len(words) - _OVERLAP), step):
        yield words[start : start + MOST_WORDS]


def without(line: MatchedLine, covered: Container[int]) -> MatchedLine:
    """The line with some tokens' words blank, which no pattern matches and no gap steps over."""
    if not covered:
        return line
    text, ends = bytearray(line.text), (*line.starts[1:], len(line.text))
    for word, start, end in zip(line.words, line.starts, ends, strict=True):
        if word.token in covered:
            text[start:end] = b" " * (end - start)
    return msgspec.structs.replace(line, text=bytes(text))


@functools.lru_cache(maxsize=8192)
def compile_regex(pattern: str) -> re2._Regexp:
    """An RE2 expression over bytes; re2.error if it is not one."""
    return re2.compile(pattern.encode("utf-8"), options=_OPTIONS)


class IndexedPattern:
    """One phrase pattern of one or more conditions."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.owners: list[tuple[int, Speaker]] = []
        if len(compiled.regex) > _SURE_TO_FIT:
            _ = self.expression

    @functools.cached_property
    def expression(self) -> re2._Regexp:
        """Compiled when a line first has its key words: most patterns never meet any."""
        return compile_regex(self.compiled.regex)

    def heard(self, channel: Channel) -> bool:
        """Whether any condition listens to that channel."""
        return any(hears(s, channel) for _, s in self.owners)


class PatternIndex:
    """Names the few patterns that a line can match at all, by their key words."""

    def __init__(self, patterns: Iterable[IndexedPattern], channel: Channel) -> None:
        self.channel = channel
        self.owners: dict[IndexedPattern, list[int]] = {}
        """Conditions that listen to the channel, by their patterns."""
        self._always: list[IndexedPattern] = []
        self._by_key: defaultdict[str, list[tuple[IndexedPattern, Series[Iterable[str]]]]]
        self._by_key = defaultdict(list)
        """Patterns by each of their first keys, with those that must be there besides."""
        self._stems: set[str] = set()
        self._known: dict[str, tuple[str, ...]] = {}
        for pattern in patterns:
            self.owners[pattern] = [o for o, s in pattern.owners if hears(s, channel)]
            keys = pattern.compiled.keys
            if not keys:
                self._always.append(pattern)
                continue
            for key in keys[0]:
                self._by_key[key].append((pattern, keys[1:]))
            self._stems.update(pattern.compiled.stems)
        self._stem_lengths = sorted({len(s) - 1 for s in self._stems})

    def _keys_of(self, word: str) -> tuple[str, ...]:
        """The word and the stems it begins with."""
        keys = self._known.get(word)
        if keys is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            stems = (word[:n] + "*" for n in self._stem_lengths if n <= len(word))
            keys = self._known[word] = (word, *(s for s in stems if s in self._stems))
        return keys

    def candidates(self, line: MatchedLine) -> list[IndexedPattern]:
        """Patterns all of whose keys are in the line."""
        present: set[str] = set()
        for word in line.words:
            present.update(self._keys_of(word.text))
        found = dict.fromkeys(self._always)
        by_key = self._by_key
        for key in present:
            for pattern, further in by_key.get(key, ()):
                for some in further:
                    if present.isdisjoint(some):
                        break
                else:
                    found[pattern] = None
        return list(found)


class PatternIndices(dict[tuple[Channel, bool], PatternIndex]):
    """By channel, and whether the text is final; each is made when a line first needs it."""

    def __init__(self, patterns: Series[IndexedPattern]) -> None:
        super().__init__()
        self._patterns = patterns

    def __missing__(self, key: tuple[Channel, bool]) -> PatternIndex:
        channel, final = key
        heard = [p for p in self._patterns if p.heard(channel)]
        index = PatternIndex([p for p in heard if final or not p.compiled.at_end], channel)
        return self.setdefault(key, index)
