"""A matcher that does not search words again which it has searched in this process.

What a matcher finds hangs on nothing but its book and what it is asked: tests/rules proves that
with the matcher itself. The tests of the engine let the same calls happen over and over, and most
of what they compute is the search of the same words.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from coach.events import Channel, Clause
from rules.definition.rule import RuleBook
from rules.matching.hits import Found
from rules.matching.matcher import Matcher, WholeText

ANEW = 8
"""One in so many is searched again nevertheless: it must find the same."""


class RememberingMatcher(Matcher):
    """A matcher whose findings are shared: nobody can change one."""

    def __init__(self, book: RuleBook) -> None:
        super().__init__(book)
        self._found: dict[tuple[Channel, str, bool], Found] = {}
        self._asked = itertools.count(1)

    def find(
        self,
        channel: Channel,
        text: str,
        final: bool = True,
        clauses: Sequence[Clause] = (),
        whole: WholeText | None = None,
    ) -> Found:
        """As the matcher does; what was judged or looked through before is searched anew."""
        if clauses or whole is not None:
            return super().find(channel, text, final, clauses, whole)
        key = channel, text, final
        known = self._found.get(key)
        if known is not None and next(self._asked) % ANEW:
            return known
        found = super().find(channel, text, final)
        assert known is None or (known._hits, known._weak) == (found._hits, found._weak)
        self._found[key] = found
        return found
