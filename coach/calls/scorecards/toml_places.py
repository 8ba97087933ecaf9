"""Where in a TOML file its tables and keys stand, so that a mistake can name its line.

A scan of lines rather than a second parser: a line inside a text of several lines may be taken for
a key, which costs a wrong line number in a message and nothing else.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
"""Keys of tables and positions in lists, from 0."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\s*=")


class TomlLines:
    """The lines of one file."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 0}
        last: dict[Path, int] = {}
        table: Path = ()
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                table = _opened(header[2], last, is_list=header[1] == "[[")
                self._lines.setdefault(table, number)
            elif key := _KEY.match(line):
                self._lines.setdefault((*table, *_parts(key[1])), number)

    def line_of(self, path: Path) -> int:
        """The line of a key, or of the nearest table around it; 0 where nothing is near."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]


def _parts(name: str) -> list[str]:
    return [part.strip() for part in name.split(".")]


def _opened(name: str, last: dict[Path, int], *, is_list: bool) -> Path:
    """The table that a header opens; ``last`` is the newest member of each list of tables."""
    path: Path = ()
    *outer, own = _parts(name)
    for part in outer:
        path = (*path, part)
        if path in last:
            path = (*path, last[path])
    path = (*path, own)
    if is_list:
        last[path] = last.get(path, -1) + 1
        path = (*path, last[path])
    return path
