"""The phrase language: how a rule writes down what people say.

A pattern is words separated by spaces. It is matched word by word on normalised text
(``rules.phrases.normalise``), so case, punctuation, contractions, fillers, British or American
spelling and digits need no variants of their own.

==================  ==========================================================================
``manager``         that word
``cancel*``         any word that begins so (at least three letters before the star)
``(a|b c)``         one of the alternatives
``[a]`` ``[a|b]``   likewise, or nothing
``<3>``             up to three words of any kind
``_``               exactly one word of any kind
``#``               one word that is a number ("3", "three", "couple")
``^`` and ``$``     the beginning and the end of the utterance
``{name}``          the named list from a ``[lists]`` table; expanded when the pack is loaded
==================  ==========================================================================

Parts nest. Between any two words soft words ("like", "just", "you know", "bloody") are
stepped over. Compilation gives one RE2 expression, so matching is linear in the text, and a
set of words of which at least one must be present, so most patterns are never tried at all.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

import msgspec

from .normalise import words_of
from .spelling import NUMBER_WORDS, SOFT, word_set

MOST_GAP = 12
"""Longest gap a pattern may ask for; anything wider is two cues, not one."""
_BETWEEN = "(?:~[^ ]+ )*"
_ANY_WORD = "[^ ]+ "
_NUMBER = rf"(?:{'|'.join(NUMBER_WORDS)}|\d[^ ]*) "
_ONE_WORD = {"#": _NUMBER, "_": _ANY_WORD}
_TOKENS = re.compile(r"\s*([()\[\]|^$#_]|<\d+>|[^\s()\[\]|<>{}^$#]+|.)")
_MOST_KEYS = 4
"""Sets of key words kept for a pattern; more cost time and sift out nothing."""
_PLAIN = re.compile(r"[^\W_][\w'\u2019.,%&/-]*")
_LIST = re.compile(r"\{([a-z_0-9]+)\}")
_COMMON = word_set("""
    a about all am an and any are as at be been but by can could did do does for from get go
    going got had has have he her him his how i if in is it me my no not now of off on one or
    our out she should so some than that the their them then there these they this to too up us
    was we were what when where which who why will with would you your
    """)


class PatternError(ValueError):
    """A pattern that cannot be read; the message says what was expected."""


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern ready for use."""

    source: str
    regex: str
    """RE2 syntax, for text in the form of ``rules.matching.pattern_index.line_of``."""
    keys: tuple[frozenset[str], ...]
    """Of each of these sets at least one word (or, with a final ``*``, beginning of a word) is in
    any text that matches; rarest first, empty if nothing can be said."""
    stems: frozenset[str]
    """Those of the keys that are beginnings of words."""
    words: frozenset[str]
    """Every whole word that occurs in the pattern."""
    shortest: int
    """Fewest words a match can have."""
    at_end: bool
    """True where some way to match needs the end of the utterance."""


class _PatternPart(msgspec.Struct, frozen=True):
    regex: str
    keys: tuple[frozenset[str], ...] = ()
    """As in Compiled."""
    words: frozenset[str] = frozenset()
    shortest: int = 0
    optional: bool = False


def expand(pattern: str, lists: Mapping[str, Sequence[str]], depth: int = 0) -> str:
    """Replace every ``{name}`` by the alternatives of that list."""
    if depth > 5:
        raise PatternError("lists refer to each other in a circle")

    def alternatives(match: re.Match[str]) -> str:
        name = match[1]
        if name not in lists:
            raise PatternError(f"no list is called {name!r}")
        return "(" + "|".join(expand(one, lists, depth + 1) for one in lists[name]) + ")"

    return _LIST.sub(alternatives, pattern)


@functools.lru_cache(maxsize=8192)
def compile_pattern(source: str) -> Compiled:
    """Compile one expanded pattern; PatternError if it cannot be read."""
    tokens = [t for t in _TOKENS.findall(source) if t.strip()]
    parser = _Parser(tokens)
    part = parser.sequence(closing="")
    if not part.words and not part.keys:
        raise PatternError("it has no word in it")
    if part.shortest == 0:
        raise PatternError("every part of it may be absent, so it would match anything")
    return Compiled(
        source=source,
        regex=_starting(part.regex),
        keys=part.keys,
        stems=frozenset(key for some in part.keys for key in some if key.endswith("*")),
        words=part.words,
        shortest=part.shortest,
        at_end="$" in part.regex,
    )


def _starting(regex: str) -> str:
    return regex if regex.startswith("^") else " " + regex


class _Parser:
    """Recursive descent over the tokens of one pattern."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def sequence(self, closing: str) -> _PatternPart:
        """Parts up to ``closing`` (or a ``|`` inside a group), which is left unread."""
        parts: list[_PatternPart] = []
        while self._at < len(self._tokens):
            symbol = self._tokens[self._at]
            if closing and symbol in {closing, "|"}:
                break
            parts.append(self._part(symbol, first=not parts, closing=closing))
        return _joined(parts)

    def _part(self, symbol: str, *, first: bool, closing: str) -> _PatternPart:
        self._at += 1
        if symbol in "([":
            return self._group(")" if symbol == "(" else "]")
        if symbol in "^$":
            return self._anchor(symbol, inside=bool(closing), first=first)
        if symbol in _ONE_WORD:
            return _PatternPart(_ONE_WORD[symbol], shortest=1)
        if symbol in ")]|{}":
            raise PatternError(f"{symbol!r} stands where a word was expected")
        if symbol.startswith("<"):
            return self._gap(symbol)
        return _stem(symbol) if _is_stem(symbol) else self._run(symbol)

    def _anchor(self, symbol: str, *, inside: bool, first: bool) -> _PatternPart:
        if symbol == "^":
            if not first or inside:
                raise PatternError("'^' belongs at the beginning of the pattern")
            return _PatternPart("^ ")
        if self._at < len(self._tokens) and self._tokens[self._at] not in "|)]":
            raise PatternError("'$' belongs at the end of the pattern or of an alternative")
        return _PatternPart("$")

    def _run(self, word: str) -> _PatternPart:
        run = [word]
        while self._at < len(self._tokens) and _is_plain(self._tokens[self._at]):
            run.append(self._tokens[self._at])
            self._at += 1
        return _words(" ".join(run))

    def _gap(self, token: str) -> _PatternPart:
        if not re.fullmatch(r"<\d+>", token):
            raise PatternError("'<' opens a gap, for example '<3>'")
        width = int(token[1:-1])
        if not 1 <= width <= MOST_GAP:
            raise PatternError(f"a gap has 1 to {MOST_GAP} words, not {width}")
        return _PatternPart(rf"(?:{_ANY_WORD}{_BETWEEN}){{0,{width}}}", optional=True)

    def _group(self, closing: str) -> _PatternPart:
        alternatives: list[_PatternPart] = []
        while True:
            alternatives.append(self.sequence(closing))
            if self._at >= len(self._tokens):
                raise PatternError(f"{closing!r} is missing")
            symbol = self._tokens[self._at]
            self._at += 1
            if symbol == closing:
                break
        if any(not a.regex for a in alternatives):
            raise PatternError("an alternative is empty; write '[...]' for what may be absent")
        optional = closing == "]"
        return _PatternPart(
            regex=f"(?:{'|'.join(a.regex for a in alternatives)})" + ("?" if optional else ""),
            keys=() if optional else _either(alternatives),
            words=frozenset().union(*(a.words for a in alternatives)),
            shortest=0 if optional else min(a.shortest for a in alternatives),
            optional=optional,
        )


def _is_plain(token: str) -> bool:
    return token[0] not in "()[]|^$<{}" and token not in _ONE_WORD and not _is_stem(token)


def _is_stem(token: str) -> bool:
    return token.endswith("*") and token[:-1].isalpha()


def _stem(token: str) -> _PatternPart:
    stem = token[:-1].lower()
    if len(stem) < 3:
        raise PatternError(f"{token!r}: at least three letters before the star")
    return _PatternPart(rf"{stem}[^ ]* ", keys=(frozenset({f"{stem}*"}),), shortest=1)


@functools.lru_cache(maxsize=8192)
def _words(run: str) -> _PatternPart:
    """Plain words, normalised together as their neighbours may decide how they are read."""
    strange = next((t for t in run.split() if not _PLAIN.fullmatch(t)), None)
    if strange is not None:
        raise PatternError(f"{strange!r} is no word")
    plain = [w.text for w in words_of(run)]
    if not plain:
        raise PatternError(f"{run!r} is no word")
    return _joined(
        [
            _PatternPart(
                ("~?" if w in SOFT else "") + f"{w} ",
                keys=(frozenset({w}),),
                words=frozenset({w}),
                shortest=1,
            )
            for w in plain
        ]
    )


def _joined(parts: list[_PatternPart]) -> _PatternPart:
    if not parts:
        return _PatternPart("")
    if len(parts) == 1 and not parts[0].optional:
        return parts[0]
    regex = ""
    for part in parts:
        glue = "" if not regex or part.regex == "^ " else _BETWEEN
        regex += glue + part.regex
    keys = {k for p in parts if not p.optional for k in p.keys}
    return _PatternPart(
        regex=regex,
        keys=tuple(sorted(keys, key=lambda k: (_cost(k), sorted(k)))[:_MOST_KEYS]),
        words=frozenset().union(*(p.words for p in parts)),
        shortest=sum(p.shortest for p in parts),
    )


def _either(alternatives: list[_PatternPart]) -> tuple[frozenset[str], ...]:
    """What can be said of one or another: the rarest keys of each, together."""
    if not all(a.keys for a in alternatives):
        return ()
    return (frozenset().union(*(a.keys[0] for a in alternatives)),)


def _cost(keys: frozenset[str]) -> int:
    """How often one of these words is likely to turn up: the fewer, the better the key."""
    return sum(40 if k in _COMMON or k in SOFT else 1 for k in keys)
