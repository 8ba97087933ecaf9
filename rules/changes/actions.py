"""What a change does to a value: set, replace, append, remove; and what it made of it, in words."""

from __future__ import annotations

import json
from typing import Any

from rules.reading.problems import closest

from .value_paths import NoPlaceError, Steps, put, take, value_at, written

ACTIONS = ("replace", "set", "append", "remove")
"""In the order in which a change does them."""
WHOLE = "replace"
"""The action whose value is taken as a whole: its paths are not read out of nested tables."""


def made(action: str, values: dict[str, Any], steps: Steps, value: Any) -> None:
    """Make one change, in place. NoPlaceError says what is wrong with it."""
    present = value_at(values, steps)
    if action == "set":
        if isinstance(present, dict) or (_tables(present) and not isinstance(value, list)):
            raise NoPlaceError(_whole(steps, present))
        if isinstance(value, dict):
            raise NoPlaceError("an empty table sets nothing")
        put(values, steps, value)
    elif action == "replace":
        put(values, steps, value)
    elif action == "append":
        put(values, steps, _appended(present, value, one_or_more=steps == ("role",)))
    else:
        _removed(values, steps, present, value)


def difference(before: Any, after: Any, usual: Any = None) -> tuple[str, str]:
    """Before and after, in words; of a list what went and what came.

    ``usual`` stands for a value that is not written.
    """
    if isinstance(before, list) or isinstance(after, list):
        old, new = _listed(before), _listed(after)
        gone, come = [v for v in old if v not in new], [v for v in new if v not in old]
        return _words(gone) if gone else "", _words(come) if come else ""
    old_words = _words(usual) if before is None else _words(before)
    return old_words, _words(usual) if after is None else _words(after)


def _appended(present: Any, value: Any, *, one_or_more: bool) -> list[Any]:
    """The list with more at its end; what has a name takes the place of its namesake.

    A single condition becomes a list of conditions; so does a single text where
    ``one_or_more`` may stand.
    """
    if present in (None, {}):
        present = []
    if isinstance(present, dict) or (one_or_more and isinstance(present, str)):
        present = [present]
    if not isinstance(present, list) or not isinstance(value, list):
        raise NoPlaceError("expected a list where the rule has a list")
    named = {_name(v) for v in value if isinstance(v, dict) and _name(v)}
    kept = [p for p in present if not (isinstance(p, dict) and _name(p) in named)]
    return [*kept, *(v for v in value if v not in kept)]


def _removed(values: dict[str, Any], steps: Steps, present: Any, value: Any) -> None:
    if value is True:
        if present is None:
            raise NoPlaceError(f"the rule has no {written(steps)}")
        take(values, steps)
        return
    if not isinstance(present, list) or not isinstance(value, list):
        raise NoPlaceError(
            "expected a list where the rule has a list, or `true` to take the whole of it away"
        )
    lacking = [v for v in value if not any(_is(p, v) for p in present)]
    if lacking:
        near = closest(str(lacking[0]), [n for p in present if (n := _name(p))])
        raise NoPlaceError(f"the rule has no {lacking[0]!r} there{near}")
    put(values, steps, [p for p in present if not any(_is(p, v) for v in value)])


def _whole(steps: Steps, present: Any) -> str:
    inside = ", ".join(present) if isinstance(present, dict) else f"{len(present)} parts"
    place = written(steps)
    path = f'"{place}"' if "." in place else place
    return f"the rule has {inside} there; set one of its values, or all of it with replace.{path}"


def _is(part: Any, wanted: Any) -> bool:
    """Whether a part of a list is meant: by its value, or a timeline by its name."""
    return bool(part == wanted) or (isinstance(wanted, str) and _name(part) == wanted)


def _name(part: Any) -> str:
    name = part.get("name", "") if isinstance(part, dict) else part
    return name if isinstance(name, str) else ""


def _tables(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(v, dict) for v in value)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


BETWEEN = " | "
"""Between the parts of a list: sentences have commas and semicolons of their own."""


def _words(value: Any) -> str:
    """A value on one line, nearly as it is written."""
    if value is None:
        return "not set"
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return BETWEEN.join(_words(v) for v in value)
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value, ensure_ascii=False, default=str)
