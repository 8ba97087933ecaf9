"""The shipped packs are read by people: how they look, and that nothing stands in two places."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from every_row import every_row

from rules.books.loader import builtin_files

LONGEST_LINE = 120
FILES = builtin_files("en")
CATALOGUE = FILES[0].parents[1] / "catalogue.toml"
DOCUMENTS = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in FILES}
LISTS: dict[str, list[str]] = {
    name: patterns
    for document in DOCUMENTS.values()
    for name, patterns in document.get("lists", {}).items()
}
RULES: list[dict[str, Any]] = [rule for d in DOCUMENTS.values() for rule in d.get("rule", [])]
ORDER = (
    "id", "title", "role", "track", "severity", "status", "speaker", "when", "sensitivity",
    "support", "unless", "timing", "false_positives", "match", "no_match", "todo_match",
    "todo_no_match", "card", "timeline",
)  # fmt: skip
WHEN_ORDER = ("meaning", "trained", "support", "wording", "phrase")
MANY_LETTERS, MANY_ALTERNATIVES = 60, 5


@every_row([*FILES, CATALOGUE])
def test_no_line_is_too_long_to_read(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [n for n, line in enumerate(lines, 1) if len(line) > LONGEST_LINE] == []


@every_row(RULES)
def test_a_rule_says_what_it_is_for_then_its_sentences_then_phrases(rule: dict[str, Any]) -> None:
    assert list(rule) == sorted(rule, key=ORDER.index)
    for leaf in _tables(rule["when"]):
        if "meaning" in leaf:
            known = [key for key in leaf if key in WHEN_ORDER]
            assert known == sorted(known, key=WHEN_ORDER.index)


def test_what_is_long_or_has_many_alternatives_stands_in_one_place() -> None:
    places: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for place, pattern in _patterns():
        for alternatives in [_parted(pattern), *_groups(pattern)]:
            long = len("|".join(alternatives)) >= MANY_LETTERS
            if long or len(alternatives) >= MANY_ALTERNATIVES:
                places[frozenset(alternatives)].append(place)
    assert {" | ".join(sorted(a)): where for a, where in places.items() if len(where) > 1} == {}


def test_every_list_is_used() -> None:
    used = {name for _, pattern in _patterns() for name in re.findall(r"\{(\w+)\}", pattern)}
    assert used == LISTS.keys()


def _tables(condition: object) -> Iterator[dict[str, Any]]:
    if isinstance(condition, dict):
        yield condition
        for part in condition.values():
            yield from _tables(part)
    elif isinstance(condition, list):
        for part in condition:
            yield from _tables(part)


def _patterns() -> Iterator[tuple[str, str]]:
    """Every phrase pattern and where it stands, each on one line."""
    for name, patterns in LISTS.items():
        yield from ((f"list {name}", _unfolded(pattern)) for pattern in patterns)
    for rule in RULES:
        for table in (t for key in ("when", "unless") for t in _tables(rule.get(key))):
            for key in ("phrase", "wording", "unless_said"):
                yield from ((rule["id"], _unfolded(pattern)) for pattern in table.get(key, ()))


def _unfolded(pattern: str) -> str:
    return re.sub(r" ?\| ?", "|", " ".join(pattern.split()))


def _groups(pattern: str) -> Iterator[tuple[str, ...]]:
    """The alternatives of every bracket of a pattern."""
    opened: list[int] = []
    for place, letter in enumerate(pattern):
        if letter in "([":
            opened.append(place)
        elif letter in ")]":
            yield _parted(pattern[opened.pop() + 1 : place])


def _parted(pattern: str) -> tuple[str, ...]:
    """The alternatives of one level."""
    parts, depth = [""], 0
    for letter in pattern:
        depth += (letter in "([") - (letter in ")]")
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return tuple(parts)
