"""Everything of a rule that a change may set: where it stands, its type, range and usual value.

All of it is read from the structs of ``rules.definition.conditions`` and ``rules.definition.rule``,
so that nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_type_hints

import msgspec

from rules.definition.conditions import Count, Meaning, NotFollowed
from rules.definition.rule import CardSpec, Timing
from rules.reading.condition_tables import LEAVES, TREES

from .value_paths import Steps, value_at, written

TABLES: Mapping[str, Any] = {"timing": Timing, "card": CardSpec}
CONDITIONS = ("when", "unless")
OF_TREES: Mapping[str, Any] = {"count": Count, "after": NotFollowed}
"""The struct that declares the options of a combination."""
PLAIN: Mapping[str, tuple[str, str]] = {
    "title": ("text", "What the rule notices, in a few words."),
    "severity": ("whole number", "0 (good news) to 4 (life and safety)."),
    "status": ("text", "stable or test run; experimental and disabled do not."),
    "speaker": ("text", "Whose words it listens to: customer, agent or any."),
    "track": ("text", "safety, threat, conduct, escalation or coaching."),
    "role": ("list of texts", "What the program uses the rule for; see rules/README.md."),
    "sensitivity": (
        "number",
        "The same as ``sensitivity`` of the rule's meanings, for all of them.",
    ),
    "support": ("number", "The same as ``support`` of the rule's meanings, for all of them."),
    "false_positives": ("list of texts", "Known benign matches, in words."),
    "match": ("list of texts", "Sentences that must match."),
    "no_match": ("list of texts", "Sentences that must not match."),
    "todo_match": ("list of texts", "Sentences that should match and do not yet."),
    "todo_no_match": ("list of texts", "Sentences that should not match and still do."),
}
"""Values of a rule that stand in no table: their kind, and what they mean."""
PARTS = (*PLAIN, *TABLES, *CONDITIONS)
"""What a rule may have at its top, its id and timelines apart."""
REACH = "reach"
"""Of an exception that listens to words."""
RATES = ("sensitivity", "support")
"""Those that a rule may say for all its meanings: one that it says hides those of the meanings."""


class ValuePlace(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a rule."""

    path: str
    """As a change writes it after ``set.``."""
    owner: Any = None
    """The struct that declares it; None for those of ``PLAIN``."""
    field: str = ""
    hint: Any = None
    """Its declared type, with range and unit."""
    usual: Any = None
    """Its value where nothing is written."""
    value: Any = None
    """What is written; None where nothing is."""
    beside: str = ""
    """In the list for any rule, the head beside which it stands."""


def declared(values: Mapping[str, Any], steps: Steps) -> ValuePlace | None:
    """What declares the value at some steps of a rule; None where nothing does."""
    path, value = written(steps), value_at(values, steps)
    if len(steps) == 2 and steps[0] in TABLES:
        return _field(TABLES[str(steps[0])], str(steps[1]), path, value)
    if len(steps) >= 2 and steps[0] in CONDITIONS and isinstance(steps[-1], str):
        around = value_at(values, steps[:-1])
        if isinstance(around, dict):
            return _of_condition(around, steps[-1], path, value)
    if len(steps) == 1 and steps[0] in PLAIN:
        if steps[0] in RATES:
            return _field(Meaning, str(steps[0]), path, value)
        return ValuePlace(path=path, value=value)
    return None


def of_rule(values: Mapping[str, Any]) -> Iterator[ValuePlace]:
    """Every value that a change may set in a rule, present or not; each that would count."""
    for key in PLAIN:
        if key not in RATES or _mean(values.get("when")):
            yield from _some(declared(values, (key,)))
    for key, kind in TABLES.items():
        if key in values or key == "timing":
            for field in msgspec.structs.fields(kind):
                yield from _some(declared(values, (key, field.encode_name)))
    for key in CONDITIONS:
        if key in values:
            yield from (
                place
                for place in _inside(values, (key,))
                if not hidden(values, place.path) and _counts(place)
            )


def _counts(place: ValuePlace) -> bool:
    """Whether it says anything where it stands: a reach does of exceptions alone."""
    path = place.path.split(".")
    return place.field != REACH or path[0] == "unless" or "not" in path


def hidden(values: Mapping[str, Any], path: str) -> bool:
    """Whether the rule's own value counts in the place of the one of a single meaning."""
    name = path.rpartition(".")[2]
    return name != path and name in RATES and name in values


def of_any_rule() -> Iterator[ValuePlace]:
    """Every value that some rule may have, each kind of condition under ``when``."""
    for key in PLAIN:
        yield from _some(declared({}, (key,)))
    for key, kind in TABLES.items():
        for field in msgspec.structs.fields(kind):
            yield from _some(declared({}, (key, field.encode_name)))
    for head, (kind, first) in LEAVES.items():
        yield from _some(_of_condition({head: None}, head, f"when.{head}", None))
        for name in _options(kind, first):
            key = "unless" if name == REACH else "when"
            yield from _beside(head, _of_condition({head: None}, name, f"{key}.{name}", None))
    for head, kind in OF_TREES.items():
        for name in TREES[head]:
            if name in kind.__struct_fields__:
                yield from _beside(head, _of_condition({head: {}}, name, f"when.{name}", None))


def _inside(values: Mapping[str, Any], steps: Steps) -> Iterator[ValuePlace]:
    here = value_at(values, steps)
    if isinstance(here, list):
        for index in range(len(here)):
            yield from _inside(values, (*steps, index))
        return
    if not isinstance(here, dict):
        return
    names = dict.fromkeys(here)
    for head in here:
        if head in LEAVES:
            kind, first = LEAVES[head]
            names.update(dict.fromkeys(_options(kind, first)))
        elif head in OF_TREES and not (head == "count" and not isinstance(here[head], dict)):
            names.update(
                dict.fromkeys(n for n in TREES[head] if n in OF_TREES[head].__struct_fields__)
            )
    for name in names:
        if isinstance(here.get(name), dict) or _tables(here.get(name)):
            yield from _inside(values, (*steps, name))
        else:
            yield from _some(declared(values, (*steps, name)))


def _of_condition(around: Mapping[str, Any], name: str, path: str, value: Any) -> ValuePlace | None:
    """The field that a key of a condition's table fills."""
    if name in LEAVES and name in around and not isinstance(around[name], dict):
        heads = [h for h in around if h in LEAVES and h != "count"]
        if name in heads:
            kind, first = LEAVES[name]
            return _field(kind, first, path, value)
    for head in around:
        if head in LEAVES:
            kind, first = LEAVES[head]
            if name in _options(kind, first):
                return _field(kind, name, path, value)
    for head, kind in OF_TREES.items():
        if head in around and name in TREES[head] and name in kind.__struct_fields__:
            return _field(kind, name, path, value)
    return None


def _options(kind: Any, first: str) -> tuple[str, ...]:
    return tuple(n for n in kind.__struct_fields__ if n not in (first, "meaning"))


def _field(kind: Any, name: str, path: str, value: Any) -> ValuePlace | None:
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        if field.encode_name == name:
            usual = None if field.required else field.default
            return ValuePlace(
                path=path, owner=kind, field=field.name, hint=hints[field.name],
                usual=None if usual is msgspec.NODEFAULT else usual, value=value,
            )  # fmt: skip
    return None


def _some(place: ValuePlace | None) -> Iterator[ValuePlace]:
    if place is not None:
        yield place


def _beside(head: str, place: ValuePlace | None) -> Iterator[ValuePlace]:
    if place is not None:
        yield msgspec.structs.replace(place, beside=head)


def _tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _mean(condition: object) -> bool:
    if isinstance(condition, dict):
        return "meaning" in condition or any(map(_mean, condition.values()))
    return isinstance(condition, list) and any(map(_mean, condition))
