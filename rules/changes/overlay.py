"""Changes to the packs, in files of their own: a team's overlay, an agent's preferences.

Packs are never edited: the next version of the product brings better ones. An overlay says
what is different here, who decided it and why::

    by = "floor lead"                   # for every entry that names nobody else

    [[change]]
    rule = "esc.churn"
    reason = "retention has its own desk"
    set.severity = 1                    # one value, and nothing beside it
    set.when.within = 90                # at any depth (``rules.changes.value_paths``)
    append.when.phrase = ["i am going back to my old provider"]
    remove.when.phrase = ["cancel everything"]
    remove.card.steps = true            # the whole of it
    replace.unless = { phrase = ["not now"] }      # all that stood there
    match = ["i am going back to them"] # examples and timelines of the change

    [[disable]]
    rule = "conduct.mocking"            # or a family: "say.*"
    reason = "too many jokes on this line"

    [[rule]]                            # as in a pack, plus reason and by
    id = "esc.local"
    ...

Files are laid over one another in order, an agent's preferences last; these may only touch what
concerns the agent alone (``PREFERABLE``). ``Rule.changes`` keeps what each change made of what.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from rules.definition.roles import Family
from rules.definition.rule import Status, WrittenAt
from rules.reading.entries import Entry, ListEntry, lists_of, tables_of
from rules.reading.problems import Problems, closest

from .actions import ACTIONS, WHOLE, difference, made
from .settable import PARTS, declared, hidden, of_rule
from .value_paths import NoPlaceError, located, value_at, written

_TABLES = ("by", "reason", "rule", "lists", "change", "disable")
_OWN = ("match", "no_match", "todo_match", "todo_no_match", "timeline")
"""What a change may bring to show that it is right."""
PREFERABLE = (
    "card.say", "card.steps", "card.hold", "timing.cooldown", "timing.max_per_call",
    "sensitivity", "when.sensitivity", "status", *_OWN,
)  # fmt: skip
"""What an agent's preferences may change."""
RESERVED = ("safety", "threat", "ladder")
"""Families that they may not."""
_AGENT = {"by": "the agent", "reason": "own preference"}


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One file of changes."""

    name: str
    text: str
    preferences: bool = False
    """It is an agent's own."""


def apply_overlay(
    layer: Layer, rules: Sequence[Entry], lists: list[ListEntry], problems: Problems
) -> list[Entry]:
    """The entries with the layer's changes made; its lists are added to ``lists``."""
    try:
        document = tomllib.loads(layer.text)
    except tomllib.TOMLDecodeError as error:
        problems.add(layer.name, message=f"not TOML: {error}")
        return list(rules)
    for key in document:
        if key not in _TABLES:
            problems.add(
                layer.name,
                key=key,
                message=f"unknown key; expected one of {', '.join(_TABLES)}"
                + closest(key, _TABLES),
            )
    if layer.preferences:
        document = {**_AGENT, **document}
        for key in ("rule", "lists"):
            if key in document:
                message = "an agent's preferences add no rules or lists"
                problems.add(layer.name, key=key, message=message)
    changed = _Overlay(layer, document, problems).over(rules)
    lists += lists_of(layer.name, document.get("lists", {}), problems)
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


class _Overlay:
    """One file over the rules below it."""

    def __init__(self, layer: Layer, document: dict[str, Any], problems: Problems) -> None:
        self._layer = layer
        self._document = document
        self._problems = problems
        self._rules: dict[str, Entry] = {}

    def over(self, rules: Sequence[Entry]) -> dict[str, Entry]:
        """The rules by id, with everything done that the file says."""
        self._rules = {e.name: e for e in rules}
        for entry in self._entries("rule"):
            of_change = [key for key in entry.values if key in ("rule", *ACTIONS)]
            if of_change:
                message = "belongs to [[change]], whose rule = names what it changes; this is new"
                place, _ = _leaves({of_change[0]: entry.values[of_change[0]]})[0]
                self._problems.at(entry, place, message)
            elif entry.name in self._rules:
                self._problems.at(entry, "id", "that rule exists; change it with [[change]]")
            else:
                self._rules[entry.name] = entry
        for entry in self._entries("change"):
            self._change(entry)
        for entry in self._entries("disable"):
            self._disable(entry)
        return self._rules

    def _entries(self, kind: str) -> list[Entry]:
        found = tables_of(self._layer.name, self._layer.text, self._document, kind, self._problems)
        return [self._signed(entry) for entry in found]

    def _signed(self, entry: Entry) -> Entry:
        """The entry with ``by`` and ``reason`` taken out of its values."""
        values = dict(entry.values)
        signed: dict[str, str] = {}
        for key in ("by", "reason"):
            given = values.pop(key, self._document.get(key, ""))
            if not isinstance(given, str) or not given.strip():
                message = f"missing; every entry of an overlay says {_ASKS[key]}"
                self._problems.at(entry, key, message)
                given = ""
            signed[key] = given
        return msgspec.structs.replace(entry, values=values, **signed)

    # --- changes --------------------------------------------------------------------------

    def _change(self, change: Entry) -> None:
        known = ("rule", *ACTIONS, *_OWN)
        bare = [key for key in change.values if key in PARTS and key not in known]
        for key in change.values:
            if key in bare:
                self._without_action(change, key)
            elif key not in known:
                expected = closest(key, known) or f"; expected one of {', '.join(known)}"
                self._problems.at(change, key, "unknown key" + expected)
        target = self._target(change)
        if target is None:
            return
        if not any(k in change.values for k in (*known[1:], *bare)):
            message = f"changes nothing; expected {', '.join(ACTIONS)}, examples or timelines"
            self._problems.at(change, "set", message)
        values = copy.deepcopy(target.values)
        changes: list[WrittenAt] = []
        for action, path, value in self._asked(change):
            changes += self._one(change, (action, path), values, value)
        for one in changes:
            if hidden(values, one.key) and one.action != "remove":
                rate = one.key.rpartition(".")[2]
                message = f"the rule's own {rate} counts in its place; change that: set.{rate}"
                self._problems.at(change, f"{one.action}.{one.key}", message)
        self._rules[target.name] = msgspec.structs.replace(
            target, values=values, changes=(*target.changes, *changes)
        )

    def _without_action(self, change: Entry, key: str) -> None:
        """A value of the rule that stands in the change as it would in the rule."""
        path, _ = _leaves({key: change.values[key]})[0]
        ways = ", ".join(f"{action}.{path}" for action in ACTIONS if action != "set")
        self._problems.at(change, path, f"write set.{path}, or what else is meant of {ways}")

    def _asked(self, change: Entry) -> Iterator[tuple[str, str, Any]]:
        """What is to be done, where, and with which value."""
        for action in ACTIONS:
            given = change.values.get(action, {})
            if not isinstance(given, dict):
                self._problems.at(change, action, "expected a table")
                continue
            leaves = list(given.items()) if action == WHOLE else _leaves(given)
            if action == "remove":  # from the back, so that parts keep their numbers
                leaves.sort(key=lambda leaf: _ranks(leaf[0]), reverse=True)
            yield from ((action, path, value) for path, value in leaves)
        yield from (("", key, change.values[key]) for key in _OWN if key in change.values)

    def _one(
        self, change: Entry, what: tuple[str, str], values: dict[str, Any], value: Any
    ) -> list[WrittenAt]:
        """Make one change of ``values``; what became of what, or nothing where it is wrong."""
        action, path = what
        place = f"{action}.{path}" if action else path
        try:
            steps = located(values, path)
            self._allowed(change, written(steps))
            _known(values, written(steps))
            before = copy.deepcopy(value_at(values, steps))
            made(action or "append", values, steps, value)
        except NoPlaceError as error:
            self._problems.at(change, place, str(error))
            return []
        known = declared(values, steps)
        usual = known.usual if known is not None else None
        was, now = difference(before, value_at(values, steps), usual)
        return [
            WrittenAt(
                file=change.file,
                key=written(steps),
                line=change.line_of(place),
                by=change.by,
                reason=change.reason,
                action=action or "append",
                was=was,
                now=now,
            )
        ]

    def _allowed(self, change: Entry, path: str) -> None:
        if path == "id":
            raise NoPlaceError("an id cannot be changed; add a rule instead")
        if not self._layer.preferences:
            return
        if path not in PREFERABLE:
            allowed = ", ".join(PREFERABLE)
            raise NoPlaceError(f"an agent's preferences may not change it; they may {allowed}")
        self._reserved(str(change.values.get("rule", "")))

    def _reserved(self, rule: str) -> None:
        family = rule.partition(".")[0]
        if self._layer.preferences and family in RESERVED:
            raise NoPlaceError(f"an agent's preferences may not change the family {Family(family)}")

    def _disable(self, entry: Entry) -> None:
        for key in entry.values:
            if key != "rule":
                self._problems.at(entry, key, "unknown key; expected rule, by and reason")
        named = entry.values.get("rule", "")
        if isinstance(named, str) and named.endswith(".*"):
            targets = [e for n, e in self._rules.items() if n.startswith(named[:-1])]
            if not targets:
                self._problems.at(entry, "rule", f"no rule matches {named!r}")
        else:
            target = self._target(entry)
            targets = [target] if target else []
        for target in targets:
            try:
                self._reserved(target.name)
            except NoPlaceError as error:
                self._problems.at(entry, "rule", str(error))
                return
            self._rules[target.name] = _disabled(target, entry)

    def _target(self, entry: Entry) -> Entry | None:
        named = entry.values.get("rule", "")
        if not isinstance(named, str) or not named:
            self._problems.at(entry, "rule", "missing; expected the id of a rule")
            return None
        if named not in self._rules:
            near = closest(named, self._rules)
            self._problems.at(entry, "rule", f"no rule is called {named!r}" + near)
            return None
        return self._rules[named]


def _known(values: dict[str, Any], path: str) -> None:
    """NoPlaceError where a path has the name alone of a value that stands deeper in the rule."""
    if path.partition(".")[0] in (*PARTS, *_OWN):
        return
    places = [p.path for p in of_rule(values) if p.path.rpartition(".")[2] == path]
    if places:
        raise NoPlaceError(f"unknown key; did you mean {' or '.join(places)}?")


_ASKS = {"by": "who decided it", "reason": "why"}


def _leaves(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """The values of nested tables with dotted paths; a list is one value."""
    leaves: list[tuple[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict) and value:
            leaves += _leaves(value, f"{prefix}{key}.")
        else:
            leaves.append((f"{prefix}{key}", value))
    return leaves


def _ranks(path: str) -> list[tuple[int, str]]:
    return [(int(name), "") if name.isdigit() else (0, name) for name in path.split(".")]


def _disabled(target: Entry, entry: Entry) -> Entry:
    was = str(target.values.get("status", Status.STABLE.value))
    source = WrittenAt(
        file=entry.file,
        key="status",
        line=entry.line_of("rule"),
        by=entry.by,
        reason=entry.reason,
        action="disable",
        was=was,
        now=Status.DISABLED.value,
    )
    values = {**target.values, "status": Status.DISABLED.value}
    return msgspec.structs.replace(target, values=values, changes=(*target.changes, source))
