"""What is wrong with settings, all of it at once, each mistake with its key.

Only imported once something is wrong, or behind the screen's first frame: it knows the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin

import msgspec

from coach.engine.engine import EngineSettings
from coach.errors import InputError
from coach.startup.parameters import settable
from rules.reading.problems import closest, kinds_in_words

Hook = Callable[[type, object], object]
"""Makes what msgspec does not know, such as a path."""
Explain = Callable[[str, object, str], str]
"""Given a key, its value and what msgspec says of it: what a person should read."""
REMEDY = "The README lists every setting."


def complain(where: str, mistakes: list[str]) -> InputError:
    """One error for all mistakes found in ``where``."""
    if len(mistakes) == 1:
        return InputError(f"{where}: {mistakes[0]}.", REMEDY)
    lines = "\n".join(f"  {mistake}" for mistake in mistakes)
    return InputError(f"{where}: {len(mistakes)} mistakes.\n{lines}", f"\n{REMEDY}")


def struct_mistakes(
    values: object,
    kind: type[msgspec.Struct],
    place: str = "",
    hook: Hook | None = None,
    explain: Explain = lambda _place, _value, error: kinds_in_words(error),
) -> Iterator[str]:
    """Unknown keys and wrong values in ``values``, as ``kind`` has them; ``place`` is their key."""
    if not isinstance(values, dict):
        yield f"{place}: expected a table"
        return
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in values.items():
        inner = f"{place}.{key}" if place else key
        if key not in fields:
            yield f"{inner}: unknown key{closest(key, fields)}"
        elif isinstance(fields[key], type) and issubclass(fields[key], msgspec.Struct):
            yield from struct_mistakes(value, fields[key], inner, hook, explain)
        elif choices := _choices(fields[key]):
            if value not in choices:
                yield f"{inner}: expected {' or '.join(map(repr, choices))}, got {value!r}"
        else:
            try:
                msgspec.convert(value, fields[key], dec_hook=hook)
            except msgspec.ValidationError as error:
                what, _, where = str(error).partition(" - at ")
                steps = where.strip("`$")
                yield f"{inner}{steps}: {explain(inner + steps, _at(value, steps), what)}"


def _choices(kind: Any) -> tuple[Any, ...]:
    """The words that may be said, where only some may; one that may be left out has the same."""
    for one in (kind, *get_args(kind)):
        if get_origin(one) is Literal:
            return get_args(one)
    return ()


def _at(value: Any, steps: str) -> Any:
    """The part of a value that ``[2].level`` leads to."""
    for name, row in re.findall(r"\.(\w+)|\[(\d+)\]", steps):
        value = value[name] if name else value[int(row)]
    return value


def engine_mistakes(values: dict[str, Any]) -> list[str]:
    """Everything wrong with the table ``[engine]``: keys and types, then figures, then pairs."""

    def explained(place: str, value: object, error: str) -> str:
        found = {parameter.path: parameter for parameter in settable()}
        parameter = found.get(re.sub(r"\[\d+\]", "", place)) or found.get(
            re.sub(r"\[\d+\]", "[]", place)
        )
        figure = isinstance(value, float | int) and not isinstance(value, bool)
        if parameter is not None and parameter.bounds and figure and "got" not in error:
            return f"expected {parameter.bounds}, not {value:g}"
        if parameter is not None and parameter.size and isinstance(value, list):
            return f"{len(value)} values, expected {parameter.size}"
        return kinds_in_words(error)

    mistakes = list(struct_mistakes(values, EngineSettings, "engine", explain=explained))
    return mistakes or list(_contradictions(msgspec.convert(values, EngineSettings)))


def _contradictions(chosen: EngineSettings) -> Iterator[str]:
    """Figures that cannot both be."""
    if chosen.mood.doubt_below >= chosen.mood.sure_from:
        yield "engine.mood: doubt_below must be below sure_from"
    for number, step in enumerate(chosen.escalation.steps):
        if step.level != number + 1:
            yield f"engine.escalation.steps[{number}].level: the levels go from 1 to 4 in order"
        if step.leave > step.enter:
            yield f"engine.escalation.steps[{number}]: leave must not be above enter"
