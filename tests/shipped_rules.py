"""The rules that come with the product and their matcher, made once in each process of the tests.

Both are frozen: no test can change them for another.
"""

from __future__ import annotations

import functools

from rules.loader import load_book
from rules.matcher import Matcher
from rules.model import RuleBook


@functools.cache
def book() -> RuleBook:
    return load_book()


@functools.cache
def matcher() -> Matcher:
    return Matcher(book())
