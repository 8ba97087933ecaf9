"""Python parsed, without looking for cycles among the thousands of parts, which have none."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator


def parts_of(text: str) -> Iterator[ast.AST]:
    """Every part of a module."""
    gc.disable()
    try:
        yield from ast.walk(ast.parse(text))
    finally:
        gc.enable()


def statements_of(text: str) -> Iterator[ast.AST]:
    """Every statement of a module, wherever in it, without a look at the expressions in it."""
    gc.disable()
    try:
        found: list[ast.AST] = [ast.parse(text)]
        for part in found:
            yield part
            for name in ("body", "handlers", "cases", "orelse", "finalbody"):
                found += getattr(part, name, ())
    finally:
        gc.enable()
