"""Drafts a rule: what it listens for, its examples, near misses and card, as values of a file.

The chosen words and what was said alike in kept calls become its sentences. Ordinary talk on
which it would fire becomes what it must not be taken for, and the nearest talk on which it stays
quiet its near misses. Words too few to have a meaning of their own become a phrase.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from coach.backtest.drafting.alike import (
    ORDINARY,
    AlikeSentence,
    judged_sentences,
    kept_sentences,
    key_of,
    listener_for,
    ordinary_sentences,
    plain_words,
)
from coach.backtest.drafting.kept_talk import KeptLine
from coach.backtest.drafting.moment import Picked
from coach.backtest.drafting.ordinary_talk import ordinary_lines
from coach.errors import InputError
from coach.events import Channel
from rules.books.loader import WrittenRules
from rules.books.variants import new_rule
from rules.checking.testing import channel_of
from rules.definition.conditions import Speaker
from rules.definition.rule import Kind, Rule, RuleBook, Status
from rules.matching.evaluate import holds
from rules.matching.matcher import Matcher
from rules.reading.build import FAMILIES, UNTIL_ANSWERED

SENSITIVITY = 0.05
"""False alarms an hour of ordinary talk that a draft accepts: one in twenty hours."""
NEAR = 5.0
"""Talk that comes near at most so often is a near miss."""
FEWEST_MEANT = 3
"""Words that have a meaning of their own; fewer are taken to the letter."""
MOST_ALIKE, MOST_BARRED, MOST_NEAR = 5, 4, 4
LEAST_NEAR = 2
"""Near misses that a rule needs."""
_SPEAKERS = {Channel.CUSTOMER: Speaker.CUSTOMER, Channel.AGENT: Speaker.AGENT}
_FIRST = {Channel.CUSTOMER: "esc", Channel.AGENT: "agent", Channel.MIXED: "esc"}
_EMPTY = frozenset({
    "about", "again", "been", "called", "could", "does", "from", "have", "into", "just", "know",
    "like", "more", "only", "over", "really", "right", "said", "some", "that", "their", "them",
    "then", "there", "they", "this", "very", "want", "well", "were", "what", "when", "where",
    "which", "will", "with", "would", "your", "you're", "i'm", "it's", "don't", "can't",
})  # fmt: skip
"""Words that tell nothing in an id."""


class RuleWanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the rule besides the moment."""

    cue: str = ""
    """Its id; empty makes one of the words."""
    card: str = ""
    """What the agent should do; empty drafts a rule that only notices."""
    say: tuple[str, ...] = ()
    """Wordings of the card."""
    also: tuple[str, ...] = ()
    """More sentences that mean the same."""
    severity: int = 1


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A drafted rule."""

    rule: Rule
    """As it would run; in the file it is disabled."""
    values: dict[str, Any]
    """As they are written."""
    alike: tuple[AlikeSentence, ...]
    """Said in kept calls, and listened for too."""
    barred: tuple[AlikeSentence, ...]
    """Ordinary talk that it would fire on, and now does not."""
    near: tuple[AlikeSentence, ...]
    """Talk that comes near and on which it stays quiet."""


def drafted(
    picked: Picked, wanted: RuleWanted, parts: WrittenRules, lines: Iterable[KeptLine], file: str
) -> Draft:
    """Draft a rule from a moment; ``lines`` are those of kept calls, ``file`` where it will lie.

    InputError where the id is taken, BadRulesError where it, the card or the wordings cannot be.
    """
    ids = {entry.name for entry in parts.rules}
    if wanted.cue in ids:
        raise InputError(f"There is a rule {wanted.cue!r} already.", "Give another id: --cue.")
    values = _first_values(picked, wanted, ids)
    rule = new_rule(parts, values, file)
    others = [line for line in lines if not _same(line, picked)]
    if "meaning" not in values["when"]:
        barred: list[AlikeSentence] = []
        alike: list[AlikeSentence] = []
        near = _filled([], rule, picked.channel)
    else:
        said = {plain_words(text) for text in values["when"]["meaning"]}
        heard = kept_sentences(listener_for(rule), key_of(rule), others, picked.channel)
        heard = [one for one in heard if plain_words(one.text) not in said]
        alike = _differing(
            [one for one in heard if one.rate <= SENSITIVITY], values["when"]["meaning"]
        )
        values["when"]["meaning"] += [one.text for one in alike]
        rule = new_rule(parts, values, file)
        barred, near = _near_misses(rule, values, heard, picked.channel)
        if barred:
            values["unless"] = {"meaning": [one.text for one in barred]}
            rule = new_rule(parts, values, file)
    values["match"] = list(values["when"].get("meaning", [picked.words]))
    values["no_match"] = [one.text for one in (*barred, *near)]
    values["false_positives"] = [_benign(near[0] if near else barred[0])]
    rule, values = _true_to_itself(parts, values, file)
    return Draft(
        rule=rule, values=values, alike=tuple(alike), barred=tuple(barred), near=tuple(near)
    )


def _first_values(picked: Picked, wanted: RuleWanted, ids: set[str]) -> dict[str, Any]:
    words = plain_words(picked.words)
    cue = wanted.cue or _free_id(picked, ids)
    meant = len(words) >= FEWEST_MEANT
    values: dict[str, Any] = {
        "id": cue,
        "title": _title(picked.words),
        "severity": wanted.severity,
        "status": Status.STABLE.value,
        "speaker": _SPEAKERS.get(picked.channel, Speaker.ANY).value,
        "when": _when(picked.words, wanted.also) if meant else {"phrase": [" ".join(words)]},
    }
    if meant:
        values["sensitivity"] = SENSITIVITY
    family = FAMILIES.get(cue.partition(".")[0])  # type: ignore[call-overload]
    if family is not None and family[1].value == values["speaker"]:
        del values["speaker"]
    if wanted.card:
        say = {"say": list(wanted.say)} if wanted.say else {}
        values["card"] = {"kind": _kind(cue), "do": wanted.card, **say}
        if _kind(cue) == Kind.SAFETY.value:
            values["card"]["hold"] = UNTIL_ANSWERED
            values["timing"] = {"cooldown": 0}
    return values


def _when(words: str, also: Sequence[str]) -> dict[str, Any]:
    return {"meaning": list(dict.fromkeys([words, *also]))}


def _kind(cue: str) -> str:
    first = cue.partition(".")[0]
    return first if first in (Kind.SAFETY.value, Kind.THREAT.value) else Kind.PROCESS.value


def _free_id(picked: Picked, ids: set[str]) -> str:
    letters = ["".join(c for c in w if c.isalnum()) for w in plain_words(picked.words)]
    words = [w for w in letters if len(w) > 3 and w not in _EMPTY and w.isascii()]
    name = "_".join(dict.fromkeys(words[:3])) or "drafted"
    name = name if name[0].isalpha() else f"n_{name}"
    first = f"{_FIRST[picked.channel]}.{name}"
    tries = (first if number == 1 else f"{first}_{number}" for number in range(1, len(ids) + 3))
    return next(one for one in tries if one not in ids)


def _title(words: str) -> str:
    said = words if len(words) <= 50 else f"{words[:47].rsplit(' ', 1)[0]} ..."
    return f"Says: {said}"


def _same(line: KeptLine, picked: Picked) -> bool:
    return line.call == picked.call and line.said.utterance == picked.utterance


def _differing(sentences: Sequence[AlikeSentence], said: Sequence[str]) -> list[AlikeSentence]:
    """The nearest of them that say it in words of their own; marked ones first."""
    known = [set(plain_words(text)) for text in said]
    found: list[AlikeSentence] = []
    for one in sorted(sentences, key=lambda one: (not one.marked, one.rate)):
        own = set(plain_words(one.text))
        if all(len(own & other) < 0.8 * len(own | other) for other in known):
            known.append(own)
            found.append(one)
    return found[:MOST_ALIKE]


def _near_misses(
    rule: Rule, values: dict[str, Any], heard: Sequence[AlikeSentence], channel: Channel
) -> tuple[list[AlikeSentence], list[AlikeSentence]]:
    """Ordinary talk that the rule would fire on, and talk that comes near without firing it."""
    said = values["when"]["meaning"]
    ordinary = ordinary_sentences(listener_for(rule), key_of(rule), said, channel)
    barred = [one for one in ordinary if one.rate <= SENSITIVITY][:MOST_BARRED]
    quiet = [one for one in heard if one.rate > SENSITIVITY and not one.marked][:60]
    kept = [one for one in judged_sentences(rule, quiet) if SENSITIVITY < one.rate <= NEAR]
    usual = [one for one in ordinary if SENSITIVITY < one.rate <= NEAR]
    half = MOST_NEAR // 2
    near = [*kept[: MOST_NEAR - min(half, len(usual))], *usual][:MOST_NEAR]
    near = sorted(near, key=lambda one: one.rate)
    if len(near) + len(barred) < LEAST_NEAR:
        near = _filled(near, rule, channel)
    return barred, near


def _filled(near: list[AlikeSentence], rule: Rule, channel: Channel) -> list[AlikeSentence]:
    """As many near misses as a rule needs: where none comes near, any ordinary talk."""
    matcher = Matcher(RuleBook(rules=(rule,), language="en", fingerprint=""))
    side = channel_of(rule)
    lines = (
        line
        for line in ordinary_lines(channel)
        if not holds(rule, matcher.find(side, line)) and len(line.split()) >= FEWEST_MEANT
    )
    more = [AlikeSentence(text=next(lines), rate=60.0, source=ORDINARY) for _ in range(LEAST_NEAR)]
    return [*near, *more][: max(LEAST_NEAR, len(near))]


def _benign(near: AlikeSentence) -> str:
    return f"Talk that only sounds like it, such as: {near.text}"


def _true_to_itself(
    parts: WrittenRules, values: dict[str, Any], file: str
) -> tuple[Rule, dict[str, Any]]:
    """The rule with every example that does not come out marked as known to fail.

    The chosen words themselves always match: to the letter, where their meaning is barred.
    """
    seed = values["match"][0]
    rule = new_rule(parts, values, file)
    right = _matching(rule, [seed])
    if not right:
        values["when"] = {**values["when"], "phrase": [" ".join(plain_words(seed))]}
        rule = new_rule(parts, values, file)
    for key, todo, expect in (("match", "todo_match", True), ("no_match", "todo_no_match", False)):
        matching = _matching(rule, values[key])
        wrong = [text for text in values[key] if (text in matching) is not expect]
        values[key] = [text for text in values[key] if text not in wrong]
        if wrong:
            values[todo] = wrong
    return new_rule(parts, values, file), values


def _matching(rule: Rule, texts: Sequence[str]) -> set[str]:
    """Those of the texts on which the rule fires."""
    book = RuleBook(rules=(rule,), language="en", fingerprint="")
    matcher, listener, side = Matcher(book), listener_for(rule), channel_of(rule)
    return {
        text
        for text in texts
        if holds(rule, matcher.find(side, text, clauses=listener.clauses(side, text)))
    }
