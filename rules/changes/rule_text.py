"""A rule in plain lines, and what changes made of it: before, after, by whom and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from rules.definition.conditions import Phrase, leaves
from rules.definition.rule import Kind, Rule, RuleBook, Status, WrittenAt
from rules.reading.entries import Entry

from .actions import BETWEEN
from .overlay_text import entry_text

WIDTH = 100


def explained(rule: Rule, entry: Entry | None = None) -> Iterator[str]:
    """All about one rule; with its entry, conditions as a change would write them."""
    yield f"{rule.id}: {rule.title}"
    yield f"  {rule.track}, severity {rule.severity}, {rule.status}, listens to {rule.speaker}"
    yield f"  from {_place(rule.source)}"
    yield from changes_of(rule)
    timing = rule.timing
    yield (
        f"  holds for {timing.for_:g} s, kept {timing.keep_for:g} s, "
        f"cooldown {timing.cooldown:g} s, at most {timing.max_per_call} a call"
    )
    yield from _condition(rule) if entry is None else _as_written(rule, entry)
    yield from _card(rule)
    yield from _list("Known false positives", rule.false_positives)
    yield from _list("Matches", [e.text for e in rule.examples if e.expect])
    yield from _list("Stays quiet on", [e.text for e in rule.examples if not e.expect])
    yield from _list("Timelines", [t.name for t in rule.timelines])


def changes_of(rule: Rule) -> Iterator[str]:
    """What changes made of the rule, one after the other."""
    if not rule.changes and (rule.source.by or rule.source.reason):
        yield f"  added by {rule.source.by}: {rule.source.reason}"
    yield from _changes(rule)


def _changes(rule: Rule) -> Iterator[str]:
    for change in rule.changes:
        yield from _told(change)
        yield f"      {_place(change)}, by {change.by}: {change.reason}"


def differences(book: RuleBook) -> Iterator[str]:
    """Everything in which a book differs from its packs, and what becomes of it in force."""
    for rule in book.rules:
        if rule.source.by or rule.source.reason:
            yield f"{rule.id}: a rule of its own: {rule.title}"
            yield f"      {_place(rule.source)}, by {rule.source.by}: {rule.source.reason}"
            yield from _changes(rule)
        elif rule.changes:
            yield f"{rule.id}: {rule.title}"
            yield from changes_of(rule)
            if rule.status not in (Status.STABLE, Status.TEST):
                yield "  => does not run"


def _told(change: WrittenAt) -> Iterator[str]:
    """What became of a value, on one line; where it is too long, before and after apart."""
    line = f"  {change.key}: {_became(change)}"
    if len(line) <= WIDTH or not change.was or not change.now:
        yield line
        return
    yield f"  {change.key}:"
    for sign, value in (("-", change.was), ("+", change.now)):
        for part in value.split(BETWEEN):
            yield textwrap.fill(
                part, WIDTH, initial_indent=f"    {sign} ", subsequent_indent="      "
            )


def _became(change: WrittenAt) -> str:
    if change.action in ("append", "remove") or (not change.was and change.now):
        gone = f"- {change.was}" if change.was else ""
        come = f"+ {change.now}" if change.now and change.action != "remove" else ""
        left = f"-> {change.now}" if change.now and change.action == "remove" else ""
        return "  ".join(filter(None, (gone, come, left))) or "nothing new"
    return f"{change.was} -> {change.now or 'nothing'}"


def _place(written: WrittenAt) -> str:
    return f"{written.file}:{written.line}" if written.line else written.file


def _as_written(rule: Rule, entry: Entry) -> Iterator[str]:
    if isinstance(rule.when, Phrase):
        yield from _list("When one of these is said", rule.when.any)
    else:
        yield "\nWhen"
        yield from _keys_of(entry, "when", "sensitivity", "support")
    if "unless" in entry.values:
        yield "\nUnless"
        yield from _keys_of(entry, "unless")


def _keys_of(entry: Entry, *keys: str) -> Iterator[str]:
    values = {key: entry.values[key] for key in keys if key in entry.values}
    lines = entry_text("", values).splitlines()[1:]
    yield from (f"  {line}" for line in lines)


def _condition(rule: Rule) -> Iterator[str]:
    phrases = [p for leaf in leaves(rule.when) if isinstance(leaf, Phrase) for p in leaf.any]
    if isinstance(rule.when, Phrase):
        yield from _list("When one of these is said", phrases)
    else:
        text = msgspec.json.format(msgspec.json.encode(rule.when), indent=2).decode()
        yield "\nWhen"
        yield textwrap.indent(text, "  ")
    unless = [
        p for c in rule.unless for leaf in leaves(c) if isinstance(leaf, Phrase) for p in leaf.any
    ]
    yield from _list("Unless", unless)


def _card(rule: Rule) -> Iterator[str]:
    card = rule.card
    if card is None:
        return
    hold = "until answered" if card.hold is None else f"{card.hold:g} s"
    kind = "a nod" if card.kind is Kind.NOD else f"a {card.kind} card"
    yield f"\nShows {kind}, priority {card.priority}, {hold}"
    yield f"  DO   {card.do}"
    yield from (f"  SAY  {say}" for say in card.say)
    yield from (f"   -   {step}" for step in card.steps)
    if card.done_when:
        yield f"  needless once the agent has done: {', '.join(card.done_when)}"


def _list(title: str, lines: Sequence[str] | Iterable[str]) -> Iterator[str]:
    shown = list(lines)
    if shown:
        yield f"\n{title}"
    for line in shown:
        yield textwrap.fill(line, WIDTH, initial_indent="  - ", subsequent_indent="    ")
