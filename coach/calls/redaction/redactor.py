"""Masks the facts of a call before anything else sees them.

Theory of operation. ``coach.calls.call`` hands every fact to a Redactor before it reaches the
encoder, the engine or the journal. So the engine coaches on the masked words, everything made of
them (evidence, notes, vectors, screen, exports) is masked by construction, and the facts in the
journal are those the engine met: a replay of it is exact. Drafts are masked by stricter rules,
since more may follow; what they say is not remembered, their final says it again.

Off the record: when the agent asks for a card number, a pause (``Action.PAUSE``) is stated, whole
turns are masked, and the end of the pause follows once the number has been said, or after
``LONGEST_PAUSE``.
"""

from __future__ import annotations

import msgspec

from coach.calls.redaction.finder import Finder, asks_for_card
from coach.calls.redaction.kinds import MaskedKind
from coach.calls.redaction.masking import (
    clauses_left,
    masked,
    masked_words,
    split_marks,
    whole,
)
from coach.calls.redaction.number_context import MaskedTokens
from coach.calls.redaction.spoken_digits import LONGEST_CARD, card_windows, tokens_of
from coach.calls.redaction.typed_words import masked_reference, masked_text
from coach.events import (
    Action,
    AgentAction,
    CallStarted,
    Channel,
    Fact,
    Hypothesis,
    Utterance,
    Word,
)

LONGEST_PAUSE = 90.0
"""Seconds after which the call is on the record again although no number was heard."""
ASKED = "the agent asked for a card number"
SAID = "the card number was said"
TOO_LONG = "no card number was heard"


class RedactionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[redaction]``: what is kept of personal data."""

    may_keep: bool = False
    """Whether ``--keep-unredacted`` may be used."""
    pause_for_card: bool = True
    """Go off the record by itself from the question for a card number until it has been said."""


class Redactor:
    """Masks one call's facts, in their order."""

    def __init__(self, settings: RedactionSettings | None = None) -> None:
        self._settings = settings or RedactionSettings()
        self._finder = Finder()
        self._off_since: float | None = None
        self._by_key = False
        self._digits = ""

    def push(self, fact: Fact) -> list[Fact]:
        """Give the fact as it may be written, with the pause that it begins or ends."""
        if isinstance(fact, AgentAction):
            return self._key(_typed(fact))
        if isinstance(fact, CallStarted):
            return [_named(fact)]
        if self._off_since is not None and fact.at - self._off_since > LONGEST_PAUSE:
            return [self._resumed(fact.at, TOO_LONG), *self.push(fact)]
        if isinstance(fact, Utterance):
            return self._utterance(fact)
        return [self._hypothesis(fact)] if isinstance(fact, Hypothesis) else [fact]

    def _key(self, fact: AgentAction) -> list[Fact]:
        if fact.action is Action.PAUSE:
            self._by_key = True
        elif fact.action is Action.RESUME:
            self._by_key = False
            self._off_since = None
        return [fact]

    def _resumed(self, at: float, note: str) -> AgentAction:
        self._off_since = None
        return AgentAction(at=at, action=Action.RESUME, note=note)

    def _utterance(self, fact: Utterance) -> list[Fact]:
        open_to_see = self._beside(self._withdrawn(fact))  # the final answers what was asked
        marks = self._finder.final(fact.channel, fact.text, fact.at)
        off = self._off_since
        if off is not None:
            masks = whole(len(fact.text.split()), MaskedKind.OFF_RECORD)
            after: list[Fact] = [self._resumed(fact.at, SAID)] if self._number_said(fact) else []
            gone = " ".join(MaskedKind.OFF_RECORD.mask for _ in fact.withdrawn.split()[:1])
            return [_written(msgspec.structs.replace(fact, withdrawn=gone), masks), *after]
        facts: list[Fact] = [_written(open_to_see, marks)]
        asks = fact.channel is Channel.AGENT and not fact.doubtful and asks_for_card(fact.text)
        said = any(mark.kind is MaskedKind.CARD for mark in marks)
        if asks and not said and self._settings.pause_for_card and not self._by_key:
            self._off_since = fact.at
            self._digits = ""
            facts.append(AgentAction(at=fact.at, action=Action.PAUSE, note=ASKED))
        return facts

    def _withdrawn(self, fact: Utterance) -> Utterance:
        """Words that the final no longer says are masked by themselves."""
        gone = fact.withdrawn.split()
        marks = self._finder.draft(fact.channel, fact.withdrawn, fact.at) if gone else []
        if not marks:
            return fact
        return msgspec.structs.replace(fact, withdrawn=" ".join(masked(gone, marks)[0]))

    def _beside(self, fact: Utterance) -> Utterance:
        """Timed words that do not stand for the text are judged by themselves."""
        tokens = " ".join(word.text for word in fact.words).split()
        if not fact.words or _stand_for(fact.words, fact.text.split()):
            return fact
        marks = self._finder.draft(fact.channel, " ".join(tokens), fact.at)
        if not marks:
            return fact
        return msgspec.structs.replace(fact, words=(_over(fact.words, marks[0].kind.mask),))

    def _number_said(self, fact: Utterance) -> bool:
        """Whether the customer has said the whole number by now."""
        if fact.channel is Channel.AGENT:
            return False
        self._digits += "".join(token.digits for token in tokens_of(fact.text))
        return bool(card_windows(self._digits)) or len(self._digits) >= LONGEST_CARD

    def _hypothesis(self, fact: Hypothesis) -> Hypothesis:
        committed, tail = fact.committed.split(), fact.tail.split()
        if self._off_since is not None:
            marks = whole(len(committed) + len(tail), MaskedKind.OFF_RECORD)
        else:
            text = " ".join([*committed, *tail])
            marks = self._finder.draft(fact.channel, text, fact.at)
        if not marks:
            return fact
        head, rest = split_marks(marks, len(committed))
        words, places = masked(committed, head)
        return msgspec.structs.replace(
            fact,
            committed=" ".join(words),
            tail=" ".join(masked(tail, rest)[0]),
            clauses=clauses_left(fact.clauses, head, places),
        )


def _written(fact: Utterance, marks: list[MaskedTokens]) -> Utterance:
    if not marks:
        return fact
    tokens = fact.text.split()
    texts, places = masked(tokens, marks)
    return msgspec.structs.replace(
        fact,
        text=" ".join(texts),
        words=_words(fact.words, tokens, marks),
        clauses=clauses_left(fact.clauses, marks, places),
    )


def _words(
    words: tuple[Word, ...], tokens: list[str], marks: list[MaskedTokens]
) -> tuple[Word, ...]:
    """The timed words masked alike; words that do not stand for the text are not kept."""
    if _stand_for(words, tokens):
        return masked_words(words, marks)
    return (_over(words, min(mark.kind.mask for mark in marks)),) if words else ()


def _stand_for(words: tuple[Word, ...], tokens: list[str]) -> bool:
    """Whether there is one timed word for each token."""
    return [word.text.strip() for word in words] == tokens


def _over(words: tuple[Word, ...], mask: str) -> Word:
    """One mask over all of them."""
    first = words[0]
    return Word(text=mask, start=first.start, end=words[-1].end, confidence=first.confidence)


def _typed(fact: AgentAction) -> AgentAction:
    """A key with what was typed to it masked."""
    mask = masked_reference if fact.action is Action.CALLER else masked_text
    return msgspec.structs.replace(fact, note=mask(fact.note)) if fact.note else fact


def _named(fact: CallStarted) -> CallStarted:
    """The names under which a call is begun: its caller's reference and its recording's."""
    return msgspec.structs.replace(
        fact, caller=masked_reference(fact.caller), source=masked_reference(fact.source)
    )
