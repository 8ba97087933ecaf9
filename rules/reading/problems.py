"""Mistakes in rule files, collected rather than raised, so that one run shows them all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Protocol

import msgspec

KINDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table",
}
"""Types of values, for people."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake and its place."""

    file: str
    line: int = 0
    """1-based; 0 where it concerns the whole file."""
    rule: str = ""
    key: str = ""
    message: str
    """What is wrong and what was expected."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = [place, self.rule and f"rule {self.rule}", self.key, self.message]
        return ": ".join(p for p in parts if p)


class Placed(Protocol):
    """Something read from a rule file that knows where it stood."""

    @property
    def file(self) -> str:
        """Name of the file."""
        ...

    @property
    def name(self) -> str:
        """Id of the rule, or what stands in for it."""
        ...

    def line_of(self, key: str) -> int:
        """Line of a key within it."""
        ...


class Problems:
    """The mistakes found so far."""

    def __init__(self) -> None:
        self._all: list[Problem] = []

    def add(self, file: str, *, message: str, line: int = 0, rule: str = "", key: str = "") -> None:
        """Note one mistake."""
        self.take([Problem(file=file, line=line, rule=rule, key=key, message=message)])

    def take(self, found: Iterable[Problem]) -> None:
        """Note mistakes that were found elsewhere, each once."""
        self._all += [one for one in found if one not in self._all]

    def at(self, entry: Placed, key: str, message: str) -> None:
        """Note a mistake in ``key`` of something that knows its place.

        Where a change wrote the value, it is the change that has to be mended: its file and line
        are named.
        """
        place = key.split(" ", maxsplit=1)[0]
        file, line = entry.file, entry.line_of(key)
        for change in getattr(entry, "changes", ()):
            if _touches(change.key, place):
                file, line = change.file, change.line
        self.add(file, message=message, line=line, rule=entry.name, key=key)

    def all(self) -> tuple[Problem, ...]:
        """In the order in which they were found."""
        return tuple(self._all)

    def sorted(self) -> list[Problem]:
        """By file and line."""
        return sorted(self._all, key=lambda p: (p.file, p.line, p.rule, p.key))

    def __len__(self) -> int:
        return len(self._all)


def _touches(one: str, other: str) -> bool:
    """Whether two dotted keys are the same, or one lies within the other."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def closest(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def kinds_in_words(error: str) -> str:
    """``Expected `str | null`, got `int``` -> ``expected text in quotes, got a whole number``."""

    def named(found: re.Match[str]) -> str:
        kinds = [kind for kind in found[1].split(" | ") if kind != "null"]
        return " or ".join(KINDS.get(kind, kind) for kind in kinds)

    return re.sub("`([^`]*)`", named, f"{error[:1].lower()}{error[1:]}")
