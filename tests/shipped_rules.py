"""The rules that come with the product and their matcher, made once in each process of the tests.

They are frozen: no test can change them for another.
"""

from __future__ import annotations

import functools

from remembered_finds import RememberingMatcher

from rules.books.loader import load_book
from rules.definition.rule import RuleBook
from rules.matching.matcher import Matcher


@functools.cache
def book() -> RuleBook:
    return load_book()


@functools.cache
def matcher() -> Matcher:
    """For tests of what is done with what it finds."""
    return RememberingMatcher(book())


@functools.cache
def searching_matcher() -> Matcher:
    """For tests of the finding itself."""
    return Matcher(book())
