"""Sentences that separate missed moments from the rest: what a rule should listen for as well.

Candidates are what was said at moments that reviewers marked as missed. Each is judged as the rule
would judge it: which missed moments it finds, and on what else of the same calls it would fire.
Where a rule goes by a trained cue or by phrases, sentences change nothing; then sequences of words
are looked for that were said at several missed moments and nowhere else.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from coach.backtest.compare import MARK_WITHIN_S
from coach.backtest.drafting.alike import (
    FEWEST_WORDS,
    MOST_WORDS,
    key_of,
    listener_for,
    plain_words,
)
from coach.backtest.drafting.ordinary_talk import ordinary_lines
from coach.calls.marks import Verdict
from coach.calls.redaction.kinds import holds_mask
from coach.calls.redaction.typed_words import masked_text
from coach.events import Channel, Utterance
from coach.meaning.clauses import spans_of
from coach.meaning.listening import LANGUAGE
from rules.books.loader import WrittenRules
from rules.books.variants import changed_rule
from rules.definition.conditions import Meaning, walk
from rules.definition.rule import Rule
from rules.definition.speaker_channels import hears

from .evidence import MarkedCall, RuleInCall

MOST_SENTENCES = 3
MOST_CANDIDATES = 40
SHORTEST, LONGEST = 3, 5
"""Words of a phrase."""
LEAST_MOMENTS = 2
"""Missed moments, of different calls, that a phrase must be found at."""


class HeardLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a marked call that the rule listens to."""

    call: int
    said: Utterance
    encoder: str
    """That made its vectors."""
    missed: bool
    """Whether the rule's card was missed there."""


class ProposedWording(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed sentence or phrase."""

    text: str
    source: str
    """The call it was said in."""
    finds: int
    """Missed moments that it finds."""
    elsewhere: int
    """Other lines of the marked calls on which it fires too."""


def places_of(
    rule: Rule, calls: Sequence[MarkedCall], seen: Sequence[RuleInCall]
) -> list[HeardLine]:
    """The lines that a rule listens to; missed are those before a moment without its card."""
    found: list[HeardLine] = []
    for number, call in enumerate(calls):
        moments = [
            mark.at
            for mark in call.marks
            if mark.verdict in (Verdict.MISSED, Verdict.LATE)
            and not any(abs(mark.at - at) <= MARK_WITHIN_S for at in seen[number].times)
        ]
        lines = [
            event
            for event in call.journal.events
            if isinstance(event, Utterance)
            and hears(rule.speaker, event.channel)
            and not event.doubtful
            and event.language == LANGUAGE
        ]
        missed = {line.utterance for at in moments for line in _before(lines, at)}
        found += [
            HeardLine(
                call=number,
                said=one,
                encoder=call.journal.header.encoder,
                missed=one.utterance in missed,
            )
            for one in lines
        ]
    return found


def _before(lines: Sequence[Utterance], at: float) -> list[Utterance]:
    """The line at a moment: the latest that had begun, if it was over not long before."""
    begun = [line for line in lines if line.start <= at + 1.0 and line.end >= at - MARK_WITHIN_S]
    return begun[-1:]


def wordings(
    rule: Rule, parts: WrittenRules, places: Sequence[HeardLine], names: Sequence[str]
) -> list[ProposedWording]:
    """What separates the missed places from the others, most telling first."""
    if listens_by_sentences(rule):
        return _sentences(rule, parts, places, names)
    return _phrases(places, names)


def listens_by_sentences(rule: Rule) -> bool:
    """Whether a sentence more makes a rule find more."""
    meant = [part for part in walk(rule.when) if isinstance(part, Meaning)]
    return bool(meant) and not any(part.trained for part in meant)


def change_of(rule: Rule, texts: Sequence[str]) -> tuple[str, str, Any]:
    """The change that makes a rule listen for the wordings, as an overlay writes it."""
    head = "meaning" if listens_by_sentences(rule) else "phrase"
    return "append", f"when.{head}", list(texts)


# --- sentences --------------------------------------------------------------------------------


def _sentences(
    rule: Rule, parts: WrittenRules, places: Sequence[HeardLine], names: Sequence[str]
) -> list[ProposedWording]:
    limit = next(p.sensitivity for p in walk(rule.when) if isinstance(p, Meaning))
    candidates = list(_candidates(places))[:MOST_CANDIDATES]
    hits = {
        text: _fires(changed_rule(parts, rule.id, change_of(rule, [text])), places, limit)
        for text, _ in candidates
    }
    already = _fires(rule, places, limit)
    chosen: list[ProposedWording] = []
    found: set[int] = set()
    for _ in range(MOST_SENTENCES):
        best: tuple[tuple[int, int, int], ProposedWording, set[int]] | None = None
        for text, call in candidates:
            fresh = hits[text] - already
            right = {n for n in fresh if places[n].missed} - found
            wrong = {n for n in fresh if not places[n].missed}
            order = (len(wrong) - len(right), len(wrong), len(text))
            if right and len(wrong) < len(right) and (best is None or order < best[0]):
                made = ProposedWording(
                    text=text, source=names[call], finds=len(right), elsewhere=len(wrong)
                )
                best = order, made, right
        if best is None:
            break
        chosen.append(best[1])
        found |= best[2]
    return chosen


def _candidates(places: Iterable[HeardLine]) -> Iterator[tuple[str, int]]:
    """Clauses of the missed lines with the call each is from, each wording once, short first."""
    found: dict[tuple[str, ...], tuple[str, int]] = {}
    for place in places:
        if not place.missed:
            continue
        words = place.said.text.split()
        for first, last in spans_of(place.said.text):
            text = " ".join(words[first : last + 1]).strip(" .,;:?!-")
            if FEWEST_WORDS <= last - first + 1 <= MOST_WORDS and not holds_mask(masked_text(text)):
                found.setdefault(plain_words(text), (text, place.call))
    return iter(sorted(found.values(), key=lambda one: len(one[0])))


def _fires(rule: Rule, places: Sequence[HeardLine], limit: float) -> set[int]:
    """On which of the lines a rule's meaning comes near enough."""
    listener, key = listener_for(rule), key_of(rule)
    found: set[int] = set()
    for number, place in enumerate(places):
        said = place.said
        judged = listener.again(said, place.encoder) if said.clauses else listener.enrich(said)
        if any(
            score.key == key and score.rate <= limit
            for clause in judged.clauses
            for score in clause.scores
        ):
            found.add(number)
    return found


# --- phrases ----------------------------------------------------------------------------------


def _phrases(places: Sequence[HeardLine], names: Sequence[str]) -> list[ProposedWording]:
    """Sequences of words of several missed moments that nobody says elsewhere."""
    where: dict[tuple[str, ...], set[int]] = {}
    for place in places:
        if place.missed:
            for gram in _grams(place.said.text):
                where.setdefault(gram, set()).add(place.call)
    elsewhere = {gram for p in places if not p.missed for gram in _grams(p.said.text)}
    where = {
        gram: calls
        for gram, calls in where.items()
        if len(calls) >= LEAST_MOMENTS
        and gram not in elsewhere
        and f" {' '.join(gram)} " not in _ordinary()
    }
    chosen: list[ProposedWording] = []
    left = set(range(len(names)))
    while len(chosen) < MOST_SENTENCES:
        open_ = [(len(where[g] & left), -len(g), g) for g in sorted(where)]
        many, _, gram = max(open_, default=(0, 0, ()))
        if many < LEAST_MOMENTS:
            break
        first = min(where[gram] & left)
        text = " ".join(gram)
        chosen.append(ProposedWording(text=text, source=names[first], finds=many, elsewhere=0))
        left -= where[gram]
    return chosen


@functools.cache
def _ordinary() -> str:
    """Ordinary talk as rules compare it, a line of words between spaces each."""
    return "\n".join(f" {' '.join(plain_words(one))} " for one in ordinary_lines(Channel.MIXED))


def _grams(text: str) -> Iterator[tuple[str, ...]]:
    words = plain_words(text)
    for length in range(SHORTEST, LONGEST + 1):
        for start in range(len(words) - length + 1):
            yield words[start : start + length]
