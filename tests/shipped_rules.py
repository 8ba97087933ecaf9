"""The rules that come with the product and their matcher, made once in each process of the tests.

They are frozen: no test can change them for another.
"""

from __future__ import annotations

import functools

from remembered_finds import RememberingMatcher

from rules.loader import load_book
from rules.matcher import Matcher
from rules.model import RuleBook


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
