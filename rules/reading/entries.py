"""Rules as they stand in a file: plain values that know their file and line.

Overlays change entries; ``rules.reading.build`` turns them into Rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from rules.definition.rule import WrittenAt

from .problems import Problems

_HEADER = re.compile(r"\s*\[\[\s*(\w+)\s*\]\]\s*(?:#.*)?$")
_SUBTABLE = re.compile(r"\s*\[\[?\s*\w+\.([\w.]+)\s*\]\]?\s*(?:#.*)?$")
_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEY = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_FOLD = re.compile(r"\s*\n\s*")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One ``[[rule]]`` (or overlay table) of a file."""

    file: str
    line: int
    name: str
    """Its id, or ``number 3`` where it has none."""
    values: dict[str, Any]
    lines: dict[str, int]
    """Line of each key seen, dotted."""
    changes: tuple[WrittenAt, ...] = ()
    by: str = ""
    reason: str = ""

    def line_of(self, key: str) -> int:
        """Line of the key, of the nearest table around it, or of the header."""
        parts = key.split(" ", maxsplit=1)[0].split(".")
        while parts:
            if line := self.lines.get(".".join(parts)):
                return line
            parts.pop()
        return self.line


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One named list."""

    file: str
    name: str
    words: tuple[str, ...]


def entries_of(
    file: str, text: str, document: Mapping[str, Any], problems: Problems
) -> tuple[list[Entry], list[ListEntry]]:
    """The rules and lists of one parsed file."""
    return (
        tables_of(file, text, document, "rule", problems),
        lists_of(file, document.get("lists", {}), problems),
    )


def tables_of(
    file: str, text: str, document: Mapping[str, Any], name: str, problems: Problems
) -> list[Entry]:
    """All ``[[name]]`` tables, with their lines."""
    tables = document.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        problems.add(file, key=name, message=f"expected tables headed [[{name}]]")
        return []
    places = _places(text, name)
    entries: list[Entry] = []
    for number, table in enumerate(tables, 1):
        values = _unfolded(table)
        line, lines = places[number - 1] if number <= len(places) else (0, {})
        label = values.get("id", values.get("rule", ""))
        shown = label if isinstance(label, str) and label else f"number {number}"
        entries.append(Entry(file=file, line=line, name=shown, values=values, lines=lines))
    return entries


def lists_of(file: str, table: object, problems: Problems) -> list[ListEntry]:
    """The named lists of one ``[lists]`` table."""
    if not isinstance(table, dict):
        problems.add(file, key="lists", message="expected a table of named lists")
        return []
    found: list[ListEntry] = []
    for name, words in table.items():
        if not re.fullmatch("[a-z][a-z_0-9]*", name):
            problems.add(file, key=f"lists.{name}", message="a name is lower-case letters and _")
        if not (isinstance(words, list) and words and all(isinstance(w, str) for w in words)):
            problems.add(file, key=f"lists.{name}", message="expected a list of patterns")
            continue
        found.append(ListEntry(file=file, name=name, words=tuple(_unfolded(words))))
    return found


def _unfolded(value: Any) -> Any:
    """The value with every text on one line.

    A line break and the spaces around it count as one space, and beside ``|`` as nothing: a
    pattern that runs over several lines is the same pattern.
    """
    if isinstance(value, str):
        if "\n" not in value:
            return value
        return re.sub(r" ?\| ?", "|", _FOLD.sub(" ", value.strip()))
    if isinstance(value, list):
        return [_unfolded(one) for one in value]
    if isinstance(value, dict):
        return {key: _unfolded(one) for key, one in value.items()}
    return value


def _places(text: str, name: str) -> list[tuple[int, dict[str, int]]]:
    """Line of each ``[[name]]`` header and of the keys below it.

    A scan of lines rather than a second parser: a line inside a multi-line string may be taken
    for a key, which costs a wrong line number in a message and nothing else.
    """
    places: list[tuple[int, dict[str, int]]] = []
    prefix = ""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            inside = header[1] == name
            prefix = ""
            if inside:
                places.append((number, {}))
        elif sub := _SUBTABLE.match(line):
            prefix = sub[1] + "."
            if inside and places:
                places[-1][1].setdefault(sub[1], number)
        elif line.lstrip().startswith("["):
            inside = inside and line[:1].isspace()
        elif inside and (key := _KEY.match(line)):
            places[-1][1].setdefault(prefix + re.sub("[\\s\"']", "", key[1]), number)
    return places
