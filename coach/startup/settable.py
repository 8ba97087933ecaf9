"""Every value that a person may set: of rules in an overlay, of the engine in the settings."""

from __future__ import annotations

import enum
import textwrap
from collections.abc import Iterable
from typing import Any

from coach.startup.config import Settings
from coach.startup.parameters import Parameter, meanings_of, settable_with
from coach.startup.rules_in_force import unknown_rule
from rules.changes.settable import PLAIN, ValuePlace, of_any_rule, of_rule
from rules.reading.entries import Entry
from rules.reading.ranges import bare, meta_of, unit_of

WIDTH = 100
ENGINE = "engine"
"""What begins the paths of the engine's settings."""
_KINDS: dict[Any, str] = {float: "number", int: "whole number", str: "text", bool: "yes or no"}
_SEVERITY = (0, 4)


def of_rules() -> tuple[Parameter, ...]:
    """What some rule may have, each kind of condition once."""
    return tuple(_parameter(place) for place in of_any_rule())


def of_one(rule: str, entries: Iterable[Entry]) -> tuple[Parameter, ...]:
    """What one rule has or may have, with its value; InputError where there is no such rule."""
    by_name = {entry.name: entry for entry in entries}
    if rule not in by_name:
        raise unknown_rule(rule, by_name)
    return tuple(_parameter(place) for place in of_rule(by_name[rule].values))


def of_engine(settings: Settings, prefix: str = ENGINE) -> tuple[Parameter, ...]:
    """The settings of the engine whose paths begin so: usual values, and those that are set.

    InputError where the settings have mistakes.
    """
    from coach.startup.setup import engine_settings  # noqa: PLC0415 - slow: it knows the model

    present = settable_with(engine_settings(settings))
    return tuple(p for p in present if f"{p.path}.".startswith(f"{prefix}."))


def engine_changes(settings: Settings) -> tuple[str, ...]:
    """What the settings make of the engine, one line each: ``engine.cards.wait_s: 12 -> 5``."""
    if not settings.engine:
        return ()
    changed = (p for p in of_engine(settings) if p.now is not None)
    return tuple(f"{p.path}: {_shown(p.default)} -> {_shown(p.now)}" for p in changed)


def lines_of(parameter: Parameter, word: str = "usually") -> list[str]:
    """A value in two lines: what may be written, and what it means.

    ``word`` says what its value is: the usual one, or the present one.
    """
    beside = f" (beside {parameter.beside})" if parameter.beside else ""
    allowed = parameter.bounds or parameter.kind
    if parameter.bounds and parameter.kind == "whole number":
        allowed = f"whole number, {allowed}"
    usual = "" if parameter.default in (None, "", ()) else f"   {word} {_shown(parameter.default)}"
    if parameter.now is not None:
        usual += f"{',' if usual else '  '} now {_shown(parameter.now)}"
    meaning = textwrap.fill(
        _for_files(parameter.meaning), WIDTH, initial_indent="    ", subsequent_indent="    "
    )
    return [f"{parameter.path}{beside}: {allowed}{usual}", *([meaning] if meaning else [])]


def _shown(value: object) -> str:
    """A value as it is written in a file; of a list of texts, how many it has."""
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return f"{len(value)} texts" if len(value) != 1 else repr(value[0])
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, enum.IntEnum):
        return str(value.value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _parameter(place: ValuePlace) -> Parameter:
    """What is said of a place."""
    value = place.value if place.value is not None else place.usual
    if place.owner is None:
        kind, meaning = PLAIN[place.path]
        least, most = _SEVERITY if place.path == "severity" else (None, None)
        return Parameter(
            path=place.path, meaning=meaning, kind=kind, least=least, most=most, default=value
        )
    meta = meta_of(place.hint)
    if place.path in PLAIN:
        meaning = PLAIN[place.path][1]
    else:
        meaning = meanings_of(place.owner).get(place.field, "")
    return Parameter(
        path=place.path,
        beside=place.beside,
        meaning=meaning.replace("``", "`"),
        kind=_kind(bare(place.hint)),
        unit=unit_of(meta),
        least=meta.ge if meta else None,
        most=meta.le if meta else None,
        optional=place.usual is None,
        default=value,
    )


def _for_files(meaning: str) -> str:
    """A field's meaning as somebody who writes a file needs it: None is written by leaving out."""
    words = meaning.replace("``", "`").replace("; None means", "; left out,")
    words = words.replace("; None:", "; left out:")
    return words.replace("None means", "Left out,").replace("None:", "Left out:")


def _kind(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, enum.IntEnum):
        return "one of " + ", ".join(member.name.lower() for member in hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "one of " + ", ".join(str(member.value) for member in hint)
    if str(hint).startswith("tuple[tuple"):
        return "lists of texts"
    return _KINDS.get(hint, "list of texts")
