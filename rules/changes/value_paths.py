"""Where a value stands in a rule: dotted paths into the tables and lists of a rule file.

``card.do`` goes through tables. A part of a list is named by its number, from 1, or by the head
of the condition that stands there where only one has it: of

    when.all = [{ silence = 12 }, { level = "upset" }]

the seconds are ``when.all.1.silence`` and ``when.all.silence``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rules.reading.condition_tables import TREES
from rules.reading.problems import closest

Steps = tuple[str | int, ...]
"""Keys of tables and positions in lists, from 0."""


class NoPlaceError(Exception):
    """A path leads nowhere; the text says why and what there is."""


def located(values: dict[str, Any], path: str) -> Steps:
    """The steps of a dotted path; tables that are not there yet are taken for empty ones.

    NoPlaceError where it leads through a value that has no parts, or through a part of a list
    that is not there.
    """
    names = path.split(".")
    steps: list[str | int] = []
    here: Any = values
    while names:
        name = names.pop(0)
        if isinstance(here, list):
            index = _part(here, name, written(tuple(steps)))
            steps.append(index)
            here = here[index]
            if not name.isdigit() and not (names and _beside(here, name, names[0])):
                names.insert(0, name)
        elif isinstance(here, dict):
            steps.append(name)
            here = here.get(name, {})
        else:
            raise NoPlaceError(f"{written(tuple(steps))} is {here!r} and has no {name!r}")
    return tuple(steps)


def written(steps: Steps) -> str:
    """The dotted path of some steps, by number in lists."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in steps)


def value_at(values: Any, steps: Steps, absent: Any = None) -> Any:
    """The value there, or ``absent``."""
    here = values
    for step in steps:
        if isinstance(step, int):
            inside = isinstance(here, list) and step < len(here)
        else:
            inside = isinstance(here, dict) and step in here
        if not inside:
            return absent
        here = here[step]
    return here


def put(values: dict[str, Any], steps: Steps, value: Any) -> None:
    """Write a value, in place; tables on the way are made."""
    here: Any = values
    for step in steps[:-1]:
        here = here[step] if isinstance(step, int) else here.setdefault(step, {})
    here[steps[-1]] = value


def take(values: dict[str, Any], steps: Steps) -> None:
    """Take a value away, in place; it must be there."""
    del value_at(values, steps[:-1])[steps[-1]]


def _part(parts: Sequence[Any], name: str, place: str) -> int:
    if name.isdigit():
        if 1 <= int(name) <= len(parts):
            return int(name) - 1
        raise NoPlaceError(f"{place} has the parts 1 to {len(parts)}, and no {name}")
    found = [i for i, part in enumerate(parts) if isinstance(part, dict) and name in part]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(str(i + 1) for i in found)
        raise NoPlaceError(f"{place} has several parts with {name!r}; name one of {numbers}")
    heads = [key for part in parts if isinstance(part, dict) for key in part]
    raise NoPlaceError(f"{place} has no part with {name!r}" + closest(name, heads))


def _beside(part: dict[str, Any], head: str, name: str) -> bool:
    """Whether ``name`` is an option beside the head of a part, not something inside it."""
    inner = part[head]
    holds = isinstance(inner, dict) or (isinstance(inner, list) and any(map(_is_table, inner)))
    return not holds or name in TREES.get(head, ())


def _is_table(value: object) -> bool:
    return isinstance(value, dict)
