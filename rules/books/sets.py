"""Sets of rules that a call may be coached with, each with its matcher."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from rules.definition.rule import RuleBook
from rules.matching.matcher import Matcher

_REMEMBERED = 4
"""Sets of rules whose matchers are kept: calls that are replayed one after the other mostly had
the same, read anew for each."""


@functools.lru_cache(maxsize=_REMEMBERED)
def matcher_of(book: RuleBook) -> Matcher:
    """The matcher of a set; the one made before where an equal set was asked for lately."""
    return Matcher(book)


class RuleSets:
    """The set that a call begins with, and those that may be put in force while it runs."""

    def __init__(self, first: RuleBook | Matcher, others: Iterable[RuleBook] = ()) -> None:
        self._matchers: dict[str, Matcher] = {}
        self._books: dict[str, RuleBook] = {book.fingerprint: book for book in others}
        self.first = self.add(first if isinstance(first, Matcher) else matcher_of(first))
        """The matcher of the set that the call begins with."""

    def add(self, matcher: Matcher) -> Matcher:
        """One more set; gives its matcher, which is the known one where the set is known."""
        return self._matchers.setdefault(matcher.book.fingerprint, matcher)

    def matcher(self, fingerprint: str) -> Matcher | None:
        """The matcher of a set; None where the set is not known."""
        if fingerprint not in self._matchers and fingerprint in self._books:
            self.add(matcher_of(self._books[fingerprint]))
        return self._matchers.get(fingerprint)
