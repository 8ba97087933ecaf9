"""Which patterns of a rule book may be in a line of words: an index by their key words.

Most patterns have nothing to do with what was said. Only those whose key words are all there are
given out to be searched for.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence as Series

import re2

from coach.events import Channel

from .model import Speaker
from .normalise import NormalWord
from .patterns import Compiled
from .speaker_channels import hears

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


class MatchedLine:
    """Normalised words as one line for the expressions."""

    __slots__ = ("_starts", "text", "words")

    def __init__(self, text: bytes, words: Series[NormalWord]) -> None:
        self.text = text
        self.words = words
        self._starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """Where each word begins in ``text``; most lines match nothing, and nobody asks."""
        if self._starts is None:
            lengths = (len(word.text) + word.soft + 1 for word in self.words[:-1])
            self._starts = list(itertools.accumulate(lengths, initial=1)) if self.words else []
        return self._starts


def line_of(words: Series[NormalWord]) -> MatchedLine:
    """`` i want ~just a refund ``: a space before the first and after every word."""
    parts = ["~" + text if soft else text for text, _, soft in words]
    line = f" {' '.join(parts)} " if parts else " "
    return MatchedLine(line.encode("ascii"), words)


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


_Begun = tuple[IndexedPattern, frozenset[str] | None, Series[frozenset[str]]]
"""A pattern one of whose first keys is there, the words that may end it, and the keys that must be
there besides."""
_WordKeys = tuple[tuple[str, ...], tuple[str, ...], tuple[_Begun, ...]]
"""The word and the stems it begins with, those of them that are keys, and the patterns that have
one of these first."""


class PatternIndex:
    """Names the few patterns that a line can match at all, by their key words."""

    def __init__(
        self, patterns: Iterable[IndexedPattern], channel: Channel, *, final: bool
    ) -> None:
        """``final``: whether the texts are whole, so that patterns may ask for their end."""
        self.channel = channel
        self.final = final
        self.owners: dict[IndexedPattern, list[int]] = {}
        """Conditions that listen to the channel, by their patterns."""
        self._always: list[IndexedPattern] = []
        self._by_key: defaultdict[str, list[_Begun]] = defaultdict(list)
        """Patterns by each of their first keys, with those that must be there besides."""
        self._stems: set[str] = set()
        self._keys: set[str] = set()
        """Those that any pattern asks for."""
        self._known: dict[str, _WordKeys] = {}
        for pattern in patterns:
            self.owners[pattern] = [o for o, s in pattern.owners if hears(s, channel)]
            keys, lasts = pattern.compiled.keys, pattern.compiled.lasts
            if not keys:
                self._always.append(pattern)
                continue
            for key in keys[0]:
                self._by_key[key].append((pattern, lasts, keys[1:]))
            self._keys.update(*keys)
            self._stems.update(pattern.compiled.stems)
            self._stems.update(word for word in lasts or () if word.endswith("*"))
        self._stem_lengths = sorted({len(s) - 1 for s in self._stems})

    def _look_up(self, word: str) -> _WordKeys:
        """The word and the stems it begins with, where any pattern asks for them."""
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        stems = (word[:n] + "*" for n in self._stem_lengths if n <= len(word))
        every = (word, *(stem for stem in stems if stem in self._stems))
        keys = [key for key in every if key in self._keys]
        begun = [one for key in keys for one in self._by_key.get(key, ())]
        found = self._known[word] = every, tuple(keys), tuple(begun)
        return found

    def candidates(self, line: MatchedLine, behind: int = 0) -> list[IndexedPattern]:
        """Patterns all of whose keys are in the line.

        ``behind``: only those that may end behind so many of its words. All others that do not
        ask for the end of the line find in it what they find in these words alone.
        """
        known, present, new = self._known, set[str](), set[str]()
        begun: list[_Begun] = []
        for place, (text, _, _) in enumerate(line.words):
            every, keys, patterns = known.get(text) or self._look_up(text)
            present.update(keys)
            begun += patterns
            if place >= behind:
                new.update(every)
        found = dict.fromkeys(self._always)
        for pattern, lasts, further in begun:
            if behind and lasts is not None and new.isdisjoint(lasts):
                continue
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
        tried = [p for p in heard if final or not p.compiled.at_end]
        index = PatternIndex(tried, channel, final=final)
        return self.setdefault(key, index)
