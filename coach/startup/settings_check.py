"""What is wrong with settings, all of it at once, each mistake with its key.

Only imported once something is wrong, or behind the screen's first frame: it knows the engine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin

import msgspec

from coach.engine.engine import EngineSettings
from coach.errors import InputError
from rules.problems import closest

Hook = Callable[[type, object], object]
"""Makes what msgspec does not know, such as a path."""
KINDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table",
}
"""Types of values, for people."""
REMEDY = "The README lists every setting."


def complain(where: str, mistakes: list[str]) -> InputError:
    """One error for all mistakes found in ``where``."""
    if len(mistakes) == 1:
        return InputError(f"{where}: {mistakes[0]}.", REMEDY)
    lines = "\n".join(f"  {mistake}" for mistake in mistakes)
    return InputError(f"{where}: {len(mistakes)} mistakes.\n{lines}", f"\n{REMEDY}")


def struct_mistakes(
    values: object, kind: type[msgspec.Struct], place: str = "", hook: Hook | None = None
) -> Iterator[str]:
    """Unknown keys and wrong types in ``values``, as ``kind`` has them; ``place`` is their key."""
    if not isinstance(values, dict):
        yield f"{place}: expected a table"
        return
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in values.items():
        inner = f"{place}.{key}" if place else key
        if key not in fields:
            yield f"{inner}: unknown key{closest(key, fields)}"
        elif isinstance(fields[key], type) and issubclass(fields[key], msgspec.Struct):
            yield from struct_mistakes(value, fields[key], inner, hook)
        elif get_origin(fields[key]) is Literal:
            choices = get_args(fields[key])
            if value not in choices:
                yield f"{inner}: expected {' or '.join(map(repr, choices))}, got {value!r}"
        else:
            try:
                msgspec.convert(value, fields[key], dec_hook=hook)
            except msgspec.ValidationError as error:
                what, _, where = str(error).partition(" - at ")
                yield f"{inner}{where.strip('`$')}: {_in_words(what)}"


def _in_words(what: str) -> str:
    """``Expected `str | null`, got `int``` -> ``expected text in quotes, got a whole number``."""

    def named(found: re.Match[str]) -> str:
        kinds = [kind for kind in found[1].split(" | ") if kind != "null"]
        return " or ".join(KINDS.get(kind, kind) for kind in kinds)

    return re.sub("`([^`]*)`", named, f"{what[:1].lower()}{what[1:]}")


def engine_mistakes(values: dict[str, Any]) -> list[str]:
    """Everything wrong with the table ``[engine]``: keys and types, then ranges."""
    mistakes = list(struct_mistakes(values, EngineSettings, "engine"))
    if mistakes:
        return mistakes
    return list(_out_of_range("engine", msgspec.convert(values, EngineSettings), EngineSettings()))


def _out_of_range(key: str, value: object, usual: object) -> Iterator[str]:
    """The figures that no tracker can work with.

    A table by severity or level must keep its length, a span or weight is not negative where
    the usual one is not, and nothing halves in no time.
    """
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _out_of_range(f"{key}.{name}", getattr(value, name), getattr(usual, name))
    elif isinstance(value, tuple) and isinstance(usual, tuple):
        if len(value) != len(usual):
            yield f"{key}: {len(value)} values, expected {len(usual)}"
            return
        for index, one in enumerate(value):
            yield from _out_of_range(f"{key}[{index}]", one, usual[index])
    elif isinstance(value, float | int) and isinstance(usual, float | int):
        yield from _bad_figure(key, value, usual)


def _bad_figure(key: str, value: float, usual: float) -> Iterator[str]:
    if not math.isfinite(value):
        yield f"{key}: {value} is not a finite number"
    elif value < 0 <= usual:
        yield f"{key}: {value:g} may not be negative"
    elif value == 0 and ("half_life" in key or "full_" in key):
        yield f"{key}: must be above 0"
