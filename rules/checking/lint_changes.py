"""What lint says of changes: what they make dangerous, void or untrue.

A safety or threat rule that is disabled or made quieter, a value that the same file sets twice,
an example or a timeline of the pack that a change contradicts, a role that nothing has any more.
Every finding names the file and line of the change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from coach.events import Track
from rules.definition.conditions import (
    AnyCondition,
    ExceptionReach,
    Lexical,
    Meaning,
    Phrase,
    leaves,
)
from rules.definition.examples import Example, ScriptedCall
from rules.definition.rule import Kind, Rule, RuleBook, Status, WrittenAt
from rules.matching.evaluate import decide
from rules.matching.matcher import Matcher, Understand

from .findings import Finding, Grade, finding
from .testing import Run, channel_of, check, facts_of

GUARDED = (Track.SAFETY, Track.THREAT)
"""Tracks whose rules protect people: what makes one quieter is worth a warning."""
DANGERS = (Kind.SAFETY, Kind.THREAT)
_RUNS = (Status.STABLE, Status.TEST)
_SETTING = ("set", "replace", "disable")
_HEARING = ("when", "unless", "sensitivity", "speaker", "status")
"""Values that decide whether a rule hears an example."""


_SAID = ("any", "sentences", "unlike", "trained", "sensitivity", "support", "meaning")
"""What a condition listens for, as fields; the rest is its shape."""


def changed_rules(book: RuleBook, base: RuleBook) -> list[tuple[Rule, Rule]]:
    """The rules that a change touched, each before and after."""
    known = {rule.id: rule for rule in base.rules}
    return [(known[rule.id], rule) for rule in book.rules if rule.changes and rule.id in known]


def change_findings(
    book: RuleBook,
    base: RuleBook,
    matcher: Matcher,
    understand: Understand,
    run: Run | None = None,
) -> list[Finding]:
    """Every remark on the changes that made ``book`` of ``base``.

    ``run`` feeds facts to a fresh engine with the book; without it timelines are not played.
    """
    pairs = changed_rules(book, base)
    found: list[Finding] = []
    for before, after in pairs:
        found += _twice(after)
        found += _idle(after)
        if before.track in GUARDED:
            found += [finding(Grade.WARNING, after, k, m) for k, m in quieter(before, after)]
        found += _contradicted_examples(before, after, matcher, understand)
    if run is not None:
        found += contradicted_timelines(book, [after for _, after in pairs], run)
    found += _lost_roles(pairs, book, base)
    return found


def _twice(rule: Rule) -> Iterator[Finding]:
    """A value that one file sets more than once: only the last one counts."""
    for number, late in enumerate(rule.changes):
        for early in rule.changes[:number]:
            if early.file != late.file or not {early.action, late.action} <= set(_SETTING):
                continue
            if early.key == late.key or early.key.startswith(f"{late.key}."):
                yield Finding(
                    grade=Grade.WARNING,
                    rule=rule.id,
                    key=late.key,
                    message=f"set twice: line {early.line} says {early.now}, and this one counts",
                    file=late.file,
                    line=late.line,
                )


def _idle(rule: Rule) -> Iterator[Finding]:
    for change in rule.changes:
        if change.was == change.now:
            yield Finding(
                grade=Grade.NOTE,
                rule=rule.id,
                key=change.key,
                message="changes nothing: that is what stood there"
                if change.now
                else "changes nothing: it is there already",
                file=change.file,
                line=change.line,
            )


# --- quieter ----------------------------------------------------------------------------------


def quieter(before: Rule, after: Rule) -> Iterator[tuple[str, str]]:
    """Each way in which a rule says less than it did: its key, and a plain clause."""
    kind = f"a {before.track} rule"
    if after.status not in _RUNS:
        if before.status in _RUNS:
            yield "status", f"{kind} no longer runs"
        return
    if after.track is not before.track:
        yield "track", f"{kind} is none any more: {before.track} -> {after.track}"
    if after.severity < before.severity:
        yield "severity", f"{kind} counts for less: {before.severity} -> {after.severity}"
    for key, message in (*_quieter_timing(before, after), *_quieter_card(before, after)):
        yield key, f"{kind} {message}"
    for key, message in _hears_less(before, after):
        yield key, f"{kind} {message}"


def _quieter_timing(before: Rule, after: Rule) -> Iterator[tuple[str, str]]:
    old, new = before.timing, after.timing
    if new.for_ > old.for_:
        yield "timing.for", f"comes later: after {old.for_:g} s -> {new.for_:g} s"
    if new.cooldown > old.cooldown:
        yield "timing.cooldown", f"rests longer: {old.cooldown:g} s -> {new.cooldown:g} s"
    if new.max_per_call < old.max_per_call:
        yield (
            "timing.max_per_call",
            f"comes less often in a call: {old.max_per_call} -> {new.max_per_call}",
        )


def _quieter_card(before: Rule, after: Rule) -> Iterator[tuple[str, str]]:
    old, new = before.card, after.card
    if old is None:
        return
    if new is None:
        yield "card", "shows no card any more"
        return
    if old.kind in DANGERS and new.kind not in DANGERS:
        yield "card.kind", f"has no longer a {old.kind} card but a {new.kind} one"
    if new.hold is not None and (old.hold is None or new.hold < old.hold):
        was = "until answered" if old.hold is None else f"{old.hold:g} s"
        yield "card.hold", f"is shown for a shorter time: {was} -> {new.hold:g} s"
    if new.priority < old.priority:
        yield "card.priority", f"comes after others: {old.priority} -> {new.priority}"
    if more := set(new.done_when) - set(old.done_when):
        yield "card.done_when", f"is needless after more: {', '.join(sorted(more))}"


def _hears_less(before: Rule, after: Rule) -> Iterator[tuple[str, str]]:
    if after.speaker is not before.speaker:
        yield "speaker", f"listens to another side: {before.speaker} -> {after.speaker}"
    known = {one for part in before.unless for one in (part, _of_words_only(part))}
    if more := [one for one in after.unless if one not in known]:
        yield "unless", f"stays quiet in more cases ({len(more)})"
    lost = [words for words in _words(before.when) if words not in set(_words(after.when))]
    if lost:
        yield "when", f"no longer listens for {_named(lost)}"
    old, new = list(_meanings(before.when)), list(_meanings(after.when))
    for was, now in zip(old, new, strict=False):
        for name in ("sensitivity", "support"):
            figure, new_figure = getattr(was, name), getattr(now, name)
            if new_figure < figure:
                key = name if _writes(after, name) else f"when.{name}"
                yield key, f"finds less: {name} {figure:g} -> {new_figure:g}"
        if more_unlike := set(now.unlike) - set(was.unlike):
            yield "unless", f"takes more for a near miss ({len(more_unlike)})"
    if not lost and _shape(before.when) != _shape(after.when):
        yield "when", "has another condition than before: make sure that it still comes in time"


def _of_words_only(exception: AnyCondition) -> AnyCondition:
    """The exception where it bars no more than its own words."""
    if isinstance(exception, Lexical):
        return msgspec.structs.replace(exception, reach=ExceptionReach.WORDS)
    return exception


def _words(condition: AnyCondition) -> Iterator[str]:
    for leaf in leaves(condition):
        if isinstance(leaf, Phrase):
            yield from leaf.any
        elif isinstance(leaf, Meaning):
            yield from leaf.sentences


def _meanings(condition: AnyCondition) -> Iterator[Meaning]:
    return (leaf for leaf in leaves(condition) if isinstance(leaf, Meaning))


def _shape(condition: AnyCondition) -> Any:
    """The condition without the words and meanings it listens for."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in _SAID}
        return [bare(v) for v in value] if isinstance(value, list | tuple) else value

    return bare(msgspec.to_builtins(condition))


def _writes(rule: Rule, key: str) -> bool:
    return any(change.key == key for change in rule.changes)


def _named(words: Sequence[str]) -> str:
    shown = ", ".join(repr(word if len(word) <= 50 else word[:47] + "...") for word in words[:3])
    return shown + (f" and {len(words) - 3} more" if len(words) > 3 else "")


# --- contradicted -----------------------------------------------------------------------------


def _contradicted_examples(
    before: Rule, after: Rule, matcher: Matcher, understand: Understand
) -> Iterator[Finding]:
    """Sentences that the rule was written for and that it no longer takes as they say."""
    if after.status not in _RUNS:
        return
    cause = _cause(after)
    if cause is None:
        return
    wrong = [e for e in after.examples if not e.todo and not _right(after, e, matcher, understand)]
    due = [e for e in after.examples if e.expect and not e.todo]
    if due and all(e in wrong for e in due):
        message = f"none of its {len(due)} examples matches any more: it may never fire again"
        yield _at(Grade.WARNING, after, cause, "match", message)
        wrong = [e for e in wrong if not e.expect]
    for example in wrong:
        what = "must match and does not" if example.expect else "must not match and does"
        whose = "the rule's own example" if example in before.examples else "the change's example"
        key = "match" if example.expect else "no_match"
        own = [c for c in after.changes if c.key == key and example not in before.examples]
        yield _at(
            Grade.WARNING, after, own[-1] if own else cause, key, f"{whose} {example.text!r} {what}"
        )


def _right(rule: Rule, example: Example, matcher: Matcher, understand: Understand) -> bool:
    channel, text = channel_of(rule), example.text
    hit = decide(rule, matcher.find(channel, text, clauses=understand(channel, text)))
    return (hit is not None and not hit.guard) is example.expect


def contradicted_timelines(book: RuleBook, changed: Sequence[Rule], run: Run) -> Iterator[Finding]:
    """Timelines of the changed rules, and those of others that tell of their cards.

    Each with what to write where the change is meant.
    """
    by_id = {rule.id: rule for rule in changed}
    for rule in book.active():
        for timeline in rule.timelines:
            causes = [by_id[i] for i in (rule.id, *_told(timeline)) if i in by_id]
            if not causes:
                continue
            mistakes = list(check(timeline, run(facts_of(timeline))))
            if mistakes:
                cause = causes[0].changes[-1]
                whose = "its" if causes[0] is rule else f"{rule.id}'s"
                message = (
                    f"contradicts {whose} timeline {timeline.name!r}: {mistakes[0]}; "
                    f"{_remedy(rule, timeline, own=causes[0] is rule)}"
                )
                yield _at(Grade.WARNING, causes[0], cause, "timeline", message)


def _remedy(rule: Rule, timeline: ScriptedCall, *, own: bool) -> str:
    """What to write where a change is meant; a rule keeps one timeline at least."""
    where = "the change" if own else f"a change of {rule.id}"
    name = json.dumps(timeline.name, ensure_ascii=False)
    if len(rule.timelines) > 1:
        return f"if that is meant, add to {where}: remove.timeline = [{name}]"
    return (
        f"if that is meant, give {where} a [[change.timeline]] with name = {name} and the times "
        "that are right now (rules/README.md, Overlay)"
    )


def _told(timeline: ScriptedCall) -> Iterable[str]:
    return dict.fromkeys(rule for step in timeline.steps for rule in step.cards or ())


def _lost_roles(
    pairs: Sequence[tuple[Rule, Rule]], book: RuleBook, base: RuleBook
) -> Iterator[Finding]:
    """Roles that only a changed rule had: what the program does with them no longer happens."""
    left = {role for rule in book.active() for role in rule.roles}
    had = {rule.id for rule in base.active()}
    for before, after in pairs:
        for role in before.roles:
            if before.id in had and role not in left:
                key = "status" if after.status not in _RUNS else "role"
                yield finding(Grade.WARNING, after, key, f"no rule has the role {role} any more")


def _cause(rule: Rule) -> WrittenAt | None:
    """The latest change of what the rule hears; of its examples, where that is all."""
    hearing = [c for c in rule.changes if c.key.partition(".")[0] in _HEARING]
    causes = hearing or [c for c in rule.changes if "match" in c.key]
    return causes[-1] if causes else None


def _at(grade: Grade, rule: Rule, cause: WrittenAt, key: str, message: str) -> Finding:
    return Finding(
        grade=grade, rule=rule.id, key=key, message=message, file=cause.file, line=cause.line
    )
