"""Which calls a change of rules can reach: in all others both sets come to the same.

A rule that goes by words alone does nothing in a call in which none of its words come near. Looking
for these costs a fraction of a run: words and vectors stand in the journal, and only the changed
rules are looked for. What cannot be told so cheaply counts as reached: a call that is not reached
is certain, and one that is may still come out alike.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from coach.backtest.rerun import listens_for
from coach.calls.journal import JournalHeader
from coach.events import Channel, Clause, Hypothesis, Utterance
from coach.meaning.listening import MeaningListener
from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    AnyOf,
    Meaning,
    Phrase,
    leaves,
    patterns_of,
)
from rules.definition.roles import Family
from rules.definition.rule import Rule, RuleBook, WrittenAt
from rules.matching.matcher import Matcher, vocabulary_of
from rules.matching.nearest_clauses import WEAK
from rules.matching.slips import Slips
from rules.phrases.normalise import token_words
from rules.phrases.patterns import compile_pattern

Words = Utterance | Hypothesis
_SPELLED = re.compile(r"\b\w\W+\w\b")
"""Two single letters side by side, which may be initials."""
_FROM_NEIGHBOURS = frozenset({"has", "had", "i", "will"})
"""Words that are made of others by what stands beside them."""
UNSAID = (Family.CHECKLIST, Family.LADDER)
"""Families of which something is shown where nobody said it."""


class ChangeReach:
    """Tells of calls, by their words, whether two sets of rules may come to different things."""

    def __init__(self, old: RuleBook, new: RuleBook) -> None:
        changed = _changed(old, new)
        self._everywhere = changed is None or _listening(old) != _listening(new)
        self._names = {rule.id for side in changed or () for rule in side}
        pairs = () if changed is None else tuple(zip((old, new), changed, strict=True))
        self._sides = [_ChangedRules(rules, vocabulary_of(book)) for book, rules in pairs]

    @property
    def everywhere(self) -> bool:
        """Whether every call counts as reached, whatever was said in it."""
        return self._everywhere

    def reaches(self, said: Sequence[Words], header: JournalHeader) -> bool:
        """Whether a call in which this was said may come out otherwise.

        Drafts count as well as finals. The header tells the encoder that made the vectors, and
        settings that may ask for a rule's card by its name.
        """
        if self._everywhere or not self._names.isdisjoint(texts_in(header.settings)):
            return True
        encoder = header.encoder
        if any(side.near(said, encoder) for side in self._sides):
            return True
        tokens = {token for one in said for token in _text(one).split()}
        return self._mended_otherwise(tokens) or any(side.letters(said) for side in self._sides)

    def _mended_otherwise(self, tokens: Iterable[str]) -> bool:
        """Whether another vocabulary makes another word of anything that was said."""
        old, new = self._sides
        if old.vocabulary == new.vocabulary:
            return False
        words = {word for token in tokens for word in token_words(token)}
        return any(old.slips.mended(word) != new.slips.mended(word) for word in words)


class _ChangedRules:
    """The changed rules as one of the two sets has them."""

    def __init__(self, rules: tuple[Rule, ...], vocabulary: Counter[str]) -> None:
        book = RuleBook(rules=rules, language="en", fingerprint="")
        self.vocabulary = vocabulary
        self.slips = Slips(vocabulary)
        self._matcher = Matcher(book, vocabulary)
        found = [
            leaf for rule in rules for part in (rule.when, *rule.unless) for leaf in leaves(part)
        ]
        self._listens = any(isinstance(leaf, Meaning) for leaf in found)
        self._listener = MeaningListener(book) if self._listens else None
        self._rates: dict[str, float] = {}
        for leaf in found:
            if isinstance(leaf, Meaning):
                least = max(leaf.sensitivity, WEAK, self._rates.get(leaf.key, 0.0))
                self._rates[leaf.key] = least
        others = [leaf for leaf in found if not isinstance(leaf, Meaning)]
        self._searches = bool(others)
        patterns = [compile_pattern(source) for leaf in others for source in patterns_of(leaf)]
        keys = {key for one in patterns if one.keys for key in one.keys[0]}
        self._keys = frozenset(key for key in keys if not key.endswith("*"))
        self._stems = tuple(key[:-1] for key in keys if key.endswith("*"))
        self._sifts = (
            all(isinstance(leaf, Phrase) for leaf in others)
            and all(one.keys for one in patterns)
            and self._keys.isdisjoint(_FROM_NEIGHBOURS)
            and not any("_" in key for key in keys)  # "you know" is one word where it says nothing
        )
        self._telling: dict[str, bool] = {}
        """Of tokens: whether a line with them may hold a phrase."""

    def near(self, said: Sequence[Words], encoder: str) -> bool:
        """Whether anything that was said comes near a meaning, near enough to count as a sign."""
        if self._listener is None:
            return False
        if encoder != self._listener.encoder:
            return True
        for channel in Channel:
            clauses = _each_clause(one for one in said if one.channel is channel)
            if not clauses:
                continue
            scored = self._listener.again(_in_one(channel, clauses), encoder)
            for clause in scored.clauses:
                if any(score.rate <= self._rates[score.key] for score in clause.scores):
                    return True
        return False

    def letters(self, said: Sequence[Words]) -> bool:
        """Whether a phrase stands anywhere, negated or not, supported by its meaning or not."""
        if not self._searches:
            return False
        texts = {(one.channel, isinstance(one, Utterance), _text(one)) for one in said}
        return any(
            self._matcher.find(channel, text, final).touched
            for channel, final, text in texts
            if self._may_hold(text)
        )

    def _may_hold(self, text: str) -> bool:
        return not self._sifts or any(map(self._tells, text.split())) or bool(_SPELLED.search(text))

    def _tells(self, token: str) -> bool:
        known = self._telling.get(token)
        if known is None:
            words = {
                form for word in token_words(token) for form in (word, self.slips.mended(word))
            }
            known = not self._keys.isdisjoint(words) or any(
                w.startswith(self._stems) for w in words
            )
            self._telling[token] = known
        return known


def _changed(old: RuleBook, new: RuleBook) -> tuple[tuple[Rule, ...], tuple[Rule, ...]] | None:
    """The rules that differ, as either set has them; None where words do not tell their reach."""
    before, after = ({rule.id: bare(rule) for rule in book.active()} for book in (old, new))
    same = [name for name, rule in before.items() if after.get(name) == rule]
    kept = set(same)
    if old.language != new.language or same != [name for name in after if name in kept]:
        return None
    names = [name for name in {**before, **after} if name not in kept]
    for name in names:
        forms = [one[name] for one in (before, after) if name in one]
        if not all(_by_words_alone(rule) for rule in forms):
            return None
        if any(rule.family in UNSAID for rule in forms):
            return None
        roles = {(rule.roles, rule.family) for rule in forms}
        if len(roles) > 1 or (len(forms) == 1 and forms[0].roles):
            return None
    old_rules, new_rules = (
        tuple(one[name] for name in names if name in one) for one in (before, after)
    )
    return old_rules, new_rules


def bare(rule: Rule) -> Rule:
    """What a rule does, without what is written about it."""
    nowhere = WrittenAt(file="", key="")
    return msgspec.structs.replace(
        rule, examples=(), timelines=(), false_positives=(), source=nowhere, changes=()
    )


def _by_words_alone(rule: Rule) -> bool:
    return all(map(_of_words, (rule.when, *rule.unless)))


def _of_words(condition: AnyCondition) -> bool:
    if isinstance(condition, AllOf | AnyOf):
        return bool(condition.of) and all(map(_of_words, condition.of))
    return isinstance(condition, Phrase | Meaning)


def _listening(book: RuleBook) -> frozenset[Channel]:
    """The sides whose clauses are given a meaning at all, and with it a distress."""
    return frozenset(channel for _, channel in listens_for(book))


def texts_in(value: object) -> Iterator[str]:
    """Every text in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from texts_in(one)


def _text(said: Words) -> str:
    return said.text if isinstance(said, Utterance) else said.committed


def _each_clause(said: Iterable[Words]) -> dict[tuple[str, str], Clause]:
    """The clauses of a side, each once: drafts say again what finals say."""
    found: dict[tuple[str, str], Clause] = {}
    for one in said:
        if one.clauses:
            words = _text(one).split()
            for clause in one.clauses:
                text = " ".join(words[clause.first : clause.last + 1])
                found.setdefault((text, clause.vector), clause)
    return found


def _in_one(channel: Channel, clauses: dict[tuple[str, str], Clause]) -> Utterance:
    """All clauses as if they were said at once, so that they are scored in one go."""
    ends = itertools.accumulate(len(text.split()) for text, _ in clauses)
    spans = itertools.pairwise(itertools.chain((0,), ends))
    return Utterance(
        at=0.0,
        channel=channel,
        start=0.0,
        end=0.0,
        utterance="",
        text=" ".join(text for text, _ in clauses),
        clauses=tuple(
            msgspec.structs.replace(clause, first=first, last=end - 1, scores=())
            for clause, (first, end) in zip(clauses.values(), spans, strict=True)
        ),
    )
