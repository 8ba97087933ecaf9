"""Sentences that come near what a rule listens for, judged as the rule itself would judge them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from coach.backtest.drafting.kept_talk import KeptLine
from coach.backtest.drafting.ordinary_talk import ordinary_lines
from coach.calls.redaction.kinds import holds_mask
from coach.calls.redaction.typed_words import masked_text
from coach.events import Channel, Clause
from coach.events.lengths import clock
from coach.meaning.listening import MeaningListener
from rules.definition.conditions import Meaning, Speaker, leaves
from rules.definition.rule import Rule, RuleBook, Status
from rules.phrases.normalise import words_of

FEWEST_WORDS, MOST_WORDS = 3, 16
"""Of an example: shorter ones may mean anything, of longer ones nobody sees what counts."""
ORDINARY = "ordinary talk"
MOST_LOOKED_AT = 300
"""Lines of ordinary talk that share words with what is looked for; others are far from it."""


class AlikeSentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that comes near, and where it was said."""

    text: str
    rate: float
    """False alarms an hour of ordinary talk that comes as near."""
    source: str
    """The call and the time, or ``ordinary talk``."""
    marked: bool = False
    """Whether a card was missed there."""


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text as rules compare them."""
    return tuple(word.text for word in words_of(text))


def kept_sentences(
    listener: MeaningListener, key: str, lines: Iterable[KeptLine], channel: Channel
) -> list[AlikeSentence]:
    """What was said on a side of kept calls and comes near, nearest first, each wording once.

    Sentences with personal data are left out.
    """
    found: list[AlikeSentence] = []
    known: set[tuple[str, str, bool]] = set()
    for line in lines:
        said = line.said
        if channel is not Channel.MIXED and said.channel not in (channel, Channel.MIXED):
            continue
        wording = said.text, line.encoder, line.marked
        if wording in known:
            continue
        known.add(wording)
        judged = listener.again(said, line.encoder) if said.clauses else listener.enrich(said)
        for text, rate in _near(said.text, judged.clauses, key):
            if not holds_mask(masked_text(text)):
                source = f"{line.call} at {clock(said.start)}"
                found.append(AlikeSentence(text=text, rate=rate, source=source, marked=line.marked))
    return _each_once(found)


def ordinary_sentences(
    listener: MeaningListener, key: str, words: Sequence[str], channel: Channel
) -> list[AlikeSentence]:
    """Ordinary talk with some of the words that comes near, nearest first."""
    telling = {word for text in words for word in plain_words(text) if len(word) > 3}
    lines = [
        (len(telling & set(plain_words(line))), number, line)
        for number, line in enumerate(ordinary_lines(channel))
    ]
    shared = sorted((-count, number, line) for count, number, line in lines if count)
    found = [
        AlikeSentence(text=text, rate=rate, source=ORDINARY)
        for _, _, line in shared[:MOST_LOOKED_AT]
        for text, rate in _near(line, listener.clauses(_side(channel), line), key)
    ]
    return _each_once(found)


def judged_sentences(rule: Rule, sentences: Iterable[AlikeSentence]) -> list[AlikeSentence]:
    """The same sentences with how near they come to another form of the rule, nearest first.

    Those that are out of hearing are left out.
    """
    listener, key = listener_for(rule), key_of(rule)
    channel = Channel.AGENT if rule.speaker is Speaker.AGENT else Channel.CUSTOMER
    found = []
    for one in sentences:
        rates = [rate for _, rate in _near(one.text, listener.clauses(channel, one.text), key)]
        if rates:
            found.append(msgspec.structs.replace(one, rate=min(rates)))
    return sorted(found, key=lambda one: one.rate)


def listener_for(rule: Rule) -> MeaningListener:
    """A listener for one rule alone, whatever its status."""
    active = msgspec.structs.replace(rule, status=Status.STABLE)
    return MeaningListener(RuleBook(rules=(active,), language="en", fingerprint=""))


def key_of(rule: Rule) -> str:
    """Under which key its meaning is scored; empty where it listens for none."""
    return next((leaf.key for leaf in leaves(rule.when) if isinstance(leaf, Meaning)), "")


def _side(channel: Channel) -> Channel:
    return Channel.CUSTOMER if channel is Channel.MIXED else channel


def _near(text: str, clauses: Sequence[Clause], key: str) -> Iterator[tuple[str, float]]:
    """The clause of a text that comes nearest, and how near: at most one."""
    words = text.split()
    near = [
        (score.rate, clause.last - clause.first, clause)
        for clause in clauses
        for score in clause.scores
        if score.key == key and FEWEST_WORDS <= clause.last - clause.first + 1 <= MOST_WORDS
    ]
    if near:
        rate, _, clause = min(near, key=lambda one: one[:2])
        yield " ".join(words[clause.first : clause.last + 1]).strip(" .,;:?!-"), rate


def _each_once(sentences: Sequence[AlikeSentence]) -> list[AlikeSentence]:
    """Nearest first; of those with the same words the first."""
    found: dict[tuple[str, ...], AlikeSentence] = {}
    for one in sorted(sentences, key=lambda one: one.rate):
        found.setdefault(plain_words(one.text), one)
    return list(found.values())
