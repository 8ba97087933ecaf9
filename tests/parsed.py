"""Python parsed, without looking for cycles among the thousands of parts, which have none."""

from __future__ import annotations

import ast
import gc
import re
from collections.abc import Iterator


def parts_of(text: str) -> Iterator[ast.AST]:
    """Every part of a module."""
    gc.disable()
    try:
        yield from ast.walk(ast.parse(text))
    finally:
        gc.enable()


_IMPORT = re.compile(r"^[ \t]*((?:from|import)\b[^\n(]*(?:\([^)]*\))?)", re.MULTILINE)
"""One statement a line, as the formatter has it. A line of a text may look like one..."""


def imports_of(text: str) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import of a module, wherever in it; nothing else is parsed, which takes a tenth."""
    for found in _IMPORT.findall(text):
        try:
            (statement,) = ast.parse(found).body
        except SyntaxError:
            continue  # ...and hardly ever is one
        assert isinstance(statement, ast.Import | ast.ImportFrom)
        yield statement
