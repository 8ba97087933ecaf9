"""A supervisor's changes to the packs, in a file of their own.

Packs are never edited: the next version of the product brings better ones. An overlay says
what is different here, who decided it and why::

    by = "floor lead"                   # for every entry that names nobody else

    [[change]]
    rule = "esc.churn"
    reason = "retention has its own desk"
    set.severity = 1
    set.card.do = "Offer the retention desk"
    append.when.phrase = ["i am going back to my old provider"]
    remove.when.phrase = ["cancel everything"]

    [[disable]]
    rule = "conduct.mocking"            # or a family: "say.*"
    reason = "too many jokes on this line"

    [[rule]]                            # as in a pack, plus reason and by
    id = "esc.local"
    ...

``Rule.origin(key)`` tells for every value whether the pack or this file wrote it.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Sequence
from typing import Any

import msgspec

from .entries import Entry, ListEntry, lists_of, tables_of
from .model import Status, WrittenAt
from .problems import Problems, closest

_TABLES = ("by", "reason", "rule", "lists", "change", "disable")


def apply_overlay(
    name: str, text: str, rules: Sequence[Entry], lists: list[ListEntry], problems: Problems
) -> list[Entry]:
    """The entries with the overlay's changes made; its lists are added to ``lists``."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.add(name, message=f"not TOML: {error}")
        return list(rules)
    for key in document:
        if key not in _TABLES:
            problems.add(
                name,
                key=key,
                message=f"unknown key; expected one of {', '.join(_TABLES)}"
                + closest(key, _TABLES),
            )
    changed = {e.name: e for e in rules}
    for entry in tables_of(name, text, document, "rule", problems):
        added = _signed(entry, document, problems)
        if entry.name in changed:
            problems.at(entry, "id", "that rule exists; change it with [[change]]")
        else:
            changed[entry.name] = added
    for entry in tables_of(name, text, document, "change", problems):
        _change(_signed(entry, document, problems), changed, problems)
    for entry in tables_of(name, text, document, "disable", problems):
        _disable(_signed(entry, document, problems), changed, problems)
    lists += lists_of(name, document.get("lists", {}), problems)
    return [*changed.values(), *_repeated(rules)]


def _repeated(rules: Sequence[Entry]) -> list[Entry]:
    """Entries with an id seen before: kept, so that the loader reports them."""
    seen: set[str] = set()
    again: list[Entry] = []
    for entry in rules:
        if entry.name in seen:
            again.append(entry)
        seen.add(entry.name)
    return again


def _signed(entry: Entry, document: dict[str, Any], problems: Problems) -> Entry:
    """The entry with ``by`` and ``reason`` taken out of its values."""
    values = dict(entry.values)
    signed: dict[str, str] = {}
    for key in ("by", "reason"):
        given = values.pop(key, document.get(key, ""))
        if not isinstance(given, str) or not given.strip():
            problems.at(entry, key, f"missing; every entry of an overlay says {_ASKS[key]}")
            given = ""
        signed[key] = given
    return msgspec.structs.replace(entry, values=values, by=signed["by"], reason=signed["reason"])


_ASKS = {"by": "who decided it", "reason": "why"}


def _change(change: Entry, rules: dict[str, Entry], problems: Problems) -> None:
    known = ("rule", "set", "append", "remove")
    for key in change.values:
        if key not in known:
            problems.at(
                change,
                key,
                "unknown key" + (closest(key, known) or f"; expected one of {', '.join(known)}"),
            )
    target = _target(change, rules, problems)
    if target is None:
        return
    if not any(k in change.values for k in known[1:]):
        problems.at(change, "set", "changes nothing; expected set, append or remove")
    values = copy.deepcopy(target.values)
    touched: list[str] = []
    for action in known[1:]:
        given = change.values.get(action, {})
        if not isinstance(given, dict):
            problems.at(change, action, "expected a table")
            continue
        for key, value in _flat(given):
            if key == "id":
                problems.at(change, action, "an id cannot be changed; add a rule instead")
                continue
            if message := _apply(action, values, key.split("."), value):
                problems.at(change, f"{action}.{key}", message)
            else:
                touched.append(key)
    sources = tuple(
        WrittenAt(file=change.file, key=key, by=change.by, reason=change.reason) for key in touched
    )
    rules[target.name] = msgspec.structs.replace(
        target, values=values, changes=target.changes + sources
    )


def _apply(action: str, values: dict[str, Any], path: list[str], value: object) -> str:
    """Make one change; what is wrong with it, or the empty string."""
    table = values
    for part in path[:-1]:
        inner = table.setdefault(part, {}) if action == "set" else table.get(part)
        if not isinstance(inner, dict):
            return f"the rule has no table {part!r} there"
        table = inner
    last = path[-1]
    if action == "set":
        table[last] = value
        return ""
    present = table.get(last, [] if action == "append" else None)
    if not isinstance(present, list) or not isinstance(value, list):
        return "expected a list where the rule has a list"
    if action == "append":
        table[last] = present + value
        return ""
    lacking = [v for v in value if v not in present]
    if lacking:
        return f"the rule has no {lacking[0]!r} there" + closest(
            str(lacking[0]), [p for p in present if isinstance(p, str)]
        )
    table[last] = [p for p in present if p not in value]
    return ""


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    """Leaves of nested tables with dotted keys; a whole condition or step list is one leaf."""
    leaves: list[tuple[str, object]] = []
    for key, value in table.items():
        dotted = f"{prefix}{key}"
        if isinstance(value, dict) and value and dotted in {"card", "timing", "when"}:
            leaves += (
                _flat(value, dotted + ".")
                if dotted != "when"
                or set(value)
                <= {
                    "phrase",
                    "words",
                }
                else [(dotted, value)]
            )
        else:
            leaves.append((dotted, value))
    return leaves


def _disable(entry: Entry, rules: dict[str, Entry], problems: Problems) -> None:
    for key in entry.values:
        if key != "rule":
            problems.at(entry, key, "unknown key; expected rule, by and reason")
    named = entry.values.get("rule", "")
    if isinstance(named, str) and named.endswith(".*"):
        targets = [e for n, e in rules.items() if n.startswith(named[:-1])]
        if not targets:
            problems.at(entry, "rule", f"no rule matches {named!r}")
    else:
        target = _target(entry, rules, problems)
        targets = [target] if target else []
    source = WrittenAt(file=entry.file, key="status", by=entry.by, reason=entry.reason)
    for target in targets:
        rules[target.name] = msgspec.structs.replace(
            target,
            values={**target.values, "status": Status.DISABLED.value},
            changes=(*target.changes, source),
        )


def _target(entry: Entry, rules: dict[str, Entry], problems: Problems) -> Entry | None:
    named = entry.values.get("rule", "")
    if not isinstance(named, str) or not named:
        problems.at(entry, "rule", "missing; expected the id of a rule")
        return None
    if named not in rules:
        problems.at(entry, "rule", f"no rule is called {named!r}" + closest(named, rules))
        return None
    return rules[named]
