"""Gives utterances their meaning: how close each clause comes to what the rules listen for.

Runs beside the engine, never in it. The figures enter the engine as part of the Utterance and
stand in the journal, so a replay is exact on any machine and needs no model. The vectors stand
there too: other rules can be tried on an old call without hearing or encoding it again.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from coach.errors import RulesError
from coach.events import Channel, Clause, ClauseScore, Fact, Hypothesis, Utterance
from coach.meaning.clauses import spans_of
from coach.meaning.encoder import (
    Background,
    EncoderFacts,
    SentenceEncoder,
    Vectors,
    background,
    encoder,
    packed,
    seen_from,
    unpacked_rows,
    vectors_of,
)
from coach.meaning.rates import RateCurve, best_of_turns, curve_of
from coach.meaning.written_vectors import read_all, written
from rules.definition.conditions import Meaning, Speaker, leaves
from rules.definition.rule import Rule, RuleBook
from rules.definition.speaker_channels import hears
from rules.phrases.spelling import SCOTS
from rules.reading.problems import closest

TOLD = 40.0
"""False alarms an hour up to which a score is kept: weaker ones decide nothing."""
NEXT = 1 / 3
"""Share of a clause's closeness to written sentences that the second nearest of them has."""
SAME_WORDS = 0.15
"""Closeness that a clause gains where it has all words of a sentence."""
MOST_OF_THEM, FEWEST_SHARED = 0.6, 3
"""Share of a sentence's words, and number of words, from which a clause gains any."""
_COMMON = frozenset({
    "about", "because", "been", "can't", "could", "didn't", "don't", "from", "have", "into", "just",
    "know", "like", "only", "over", "should", "some", "that", "their", "them", "then", "there",
    "they", "this", "very", "were", "what", "when", "which", "will", "with", "would", "your",
})  # fmt: skip
READY_AT_ONCE = 8
"""Sentences that are encoded in a moment without words: some twenty milliseconds."""
CURVES = 512
"""Curves of written sentences that are remembered: each costs a look at all ordinary talk."""
_COUNTED: dict[tuple[str, str], RateCurve] = {}
"""By the encoder's name and the condition's key."""
_MIDDLES: dict[str, Vectors] = {}
"""Of ordinary talk, by the encoder's name."""
LANGUAGE = "en"
"""The model's language; what is said in another one has no meaning here."""


F = TypeVar("F", Utterance, Hypothesis)


def _known_words(words: Sequence[str]) -> str:
    """The words as the encoder knows them."""
    return " ".join(" ".join(SCOTS.get(word.lower().strip(".,;:?!"), (word,))) for word in words)


def _content(text: str) -> frozenset[str]:
    """The words of a text that say what it is about."""
    words = (word.strip(".,;:?!\"'").lower() for word in text.split())
    return frozenset(word for word in words if len(word) > 3 and word not in _COMMON)


def _shared(sentence: frozenset[str], said: frozenset[str]) -> float:
    """Share of the sentence's words that were said; 0 where it is too little to tell."""
    count = len(sentence & said)
    share = count / len(sentence) if sentence else 0.0
    return share if count >= FEWEST_SHARED and share >= MOST_OF_THEM else 0.0


class _Listened:
    """One Meaning condition: its sentences as vectors, and its curve.

    The sentences of a trained cue are encoded when something first comes close: they tell then
    which of them is nearest and which bar it, and most calls touch few cues.
    """

    def __init__(
        self,
        condition: Meaning,
        model: SentenceEncoder,
        ordinary: Callable[[], Background] = background,
    ) -> None:
        """``ordinary``: gives the talk that a curve is counted on, where it is not known yet."""
        self.key = condition.key
        self._model = model
        self._condition = condition
        facts = model.facts
        self.column = facts.cues.index(condition.trained) if condition.trained in facts.cues else -1
        self._trained = RateCurve(facts.curves[condition.trained]) if self.column >= 0 else None
        self._written: RateCurve | None = None
        self._middle: Vectors | None = None
        if self._trained is None:
            self._middle = _middle(facts.name, ordinary)
            self._written = self._counted(ordinary)

    def _counted(self, ordinary: Callable[[], Background]) -> RateCurve:
        """The curve of sentences that no cue was trained for; remembered by what was said."""
        facts = self._model.facts
        curve = _COUNTED.get((facts.name, self.key))
        if curve is None:
            talk = ordinary()
            scores = np.concatenate([self._closeness(part) for part in talk.parts()])
            factor, power = facts.sentences
            best = best_of_turns(scores, talk.turns)
            curve = curve_of(best, facts.background_hours, factor=factor, power=power)
            if len(_COUNTED) >= CURVES:
                _COUNTED.clear()
            _COUNTED[facts.name, self.key] = curve
        return curve

    @functools.cached_property
    def _like(self) -> Vectors:
        return self._seen(self._model.encode(self._condition.sentences))

    @functools.cached_property
    def _unlike(self) -> Vectors:
        return self._seen(self._model.encode(self._condition.unlike))

    def making_ready(self) -> Iterator[None]:
        """Encode its sentences, one a step."""
        if "_like" not in self.__dict__:
            for sentence in (*self._condition.sentences, *self._condition.unlike):
                self._model.encode([sentence])
                yield
            _ = self._like, self._unlike

    def _seen(self, vectors: Vectors) -> Vectors:
        """Vectors as this condition compares them.

        All talk has much in common, and what sets a clause apart in a subject that no cue was
        trained for is little beside it. So written sentences are compared from the middle of
        ordinary talk.
        """
        return vectors if self._middle is None else seen_from(self._middle, vectors)

    def _closeness(self, vectors: Vectors) -> Vectors:
        """Nearness to written sentences; -1 where an ``unlike`` sentence is nearer.

        The nearest sentence counts for most of it and the second nearest for the rest.
        """
        close = _of_two_nearest(self._seen(vectors) @ self._like.T)
        return np.where(self._barred(vectors), -1.0, close).astype(np.float32)

    def _same_words(self, texts: Sequence[str]) -> Vectors:
        """What clauses gain on a written rule by the words that they share with a sentence.

        The encoder was trained on the shipped cues; in a subject of its own a sentence is told by
        its words as well. Ordinary talk hardly ever has most words of a sentence, so the curve
        stands as it was counted.
        """
        sentences = [_content(sentence) for sentence in self._condition.sentences]
        gains = [
            max((_shared(sentence, said) for sentence in sentences), default=0.0)
            for said in map(_content, texts)
        ]
        return SAME_WORDS * np.array(gains, np.float32)

    def scores(
        self, vectors: Vectors, trained: Vectors, texts: Sequence[str]
    ) -> Iterator[tuple[int, float, int]]:
        """Row, rate and nearest sentence (-1: none) of each clause that comes close enough."""
        if self._trained is not None:
            rates = [self._trained.rate(score) for score in trained[:, self.column].tolist()]
        else:
            assert self._written is not None  # noqa: S101 - one of the two is there
            near = self._closeness(vectors)
            near = np.where(near > -1.0, near + self._same_words(texts), near)
            rates = [self._written.rate(score) for score in near.tolist()]
        for row, rate in enumerate(rates):
            if rate > TOLD:
                continue
            vector = vectors[row : row + 1]
            if self._trained is not None and self._barred(vector)[0]:
                continue
            like = self._like
            yield row, rate, int((like @ self._seen(vector)[0]).argmax()) if len(like) else -1

    def _barred(self, vectors: Vectors) -> npt.NDArray[np.bool_]:
        """Of each vector, whether a sentence that is not meant is as near as any that is."""
        if not len(self._unlike):
            return np.zeros(len(vectors), np.bool_)
        seen = self._seen(vectors)
        barred: npt.NDArray[np.bool_] = (seen @ self._unlike.T).max(axis=1) >= (
            seen @ self._like.T
        ).max(axis=1)
        return barred


def _of_two_nearest(near: Vectors) -> Vectors:
    """How close each row comes to sentences, one a column."""
    ranked = np.sort(near, axis=1)
    close: Vectors = (1.0 - NEXT) * ranked[:, -1] + NEXT * ranked[:, -min(2, near.shape[1])]
    return close


def rates_among(
    sentences: Sequence[str], model: SentenceEncoder | None = None
) -> tuple[float, ...]:
    """At how many false alarms an hour each written sentence would be found by the others alone.

    By meaning, at least two sentences. Callers use words that are farther off than these, so
    where no sentence finds another one, the rule finds little but its own wording.
    """
    model, talk = model or encoder(), background()
    middle = _middle(model.facts.name, lambda: talk)
    like = seen_from(middle, model.encode(sentences))
    near = np.concatenate([seen_from(middle, part) @ like.T for part in talk.parts()])
    own = like @ like.T
    factor, power = model.facts.sentences
    rates: list[float] = []
    for number in range(len(sentences)):
        others = [at for at in range(len(sentences)) if at != number]
        best = best_of_turns(_of_two_nearest(near[:, others]), talk.turns)
        curve = curve_of(best, model.facts.background_hours, factor=factor, power=power)
        rates.append(curve.rate(float(_of_two_nearest(own[number : number + 1, others])[0])))
    return tuple(rates)


def _middle(encoder_name: str, ordinary: Callable[[], Background]) -> Vectors:
    """The middle of ordinary talk; remembered, since every written condition needs it."""
    middle = _MIDDLES.get(encoder_name)
    if middle is None:
        middle = _MIDDLES[encoder_name] = ordinary().middle()
    return middle


class MeaningListener:
    """Scores the clauses of utterances for one rule book."""

    def __init__(self, book: RuleBook, model: SentenceEncoder | None = None) -> None:
        """``model``: the shipped one unless given."""
        self._model = model or encoder()
        self._by_speaker: list[tuple[Speaker, _Listened]] = []
        known: dict[str, _Listened] = {}
        ordinary = functools.cache(background)  # let go of once every curve is counted
        for rule in book.active():
            for condition in (rule.when, *rule.unless):
                for leaf in leaves(condition):
                    if not isinstance(leaf, Meaning):
                        continue
                    _check_trained(rule, leaf, self._model.facts)
                    if leaf.key not in known:
                        known[leaf.key] = _Listened(leaf, self._model, ordinary)
                    self._by_speaker.append((leaf.speaker or rule.speaker, known[leaf.key]))
        self._steps = itertools.chain.from_iterable(one.making_ready() for one in known.values())

    def make_ready(self) -> None:
        """Encode a few of the rules' sentences that no words have come close to yet.

        Otherwise the first words that come close to several rules wait for all their sentences.
        Changes no figure. For moments in which nobody waits for words.
        """
        for _ in itertools.islice(self._steps, READY_AT_ONCE):
            pass

    @property
    def idle(self) -> bool:
        """True where no rule of the book listens for meaning."""
        return not self._by_speaker

    def clauses(self, channel: Channel, text: str) -> tuple[Clause, ...]:
        """The clauses of a text, with their vectors and what they come close to."""
        listened = self._heard(channel)
        spans = spans_of(text) if listened else []
        if not spans:
            return ()
        words = text.split()
        known = [_known_words(words[a : b + 1]) for a, b in spans]
        vectors = self._model.encode(known)
        trained = self._model.trained(vectors, known)
        kept = [written(packed(vector)) for vector in vectors]
        return self._clauses(text, spans, kept, listened, (vectors, trained))

    def given(self, fact: Fact) -> Fact:
        """Any fact, with its meaning where it has words."""
        if isinstance(fact, Utterance):
            return self.enrich(fact)
        return self.enrich(fact) if isinstance(fact, Hypothesis) else fact

    def enrich(self, fact: F) -> F:
        """The fact with its meaning, where it has words in the model's language and none yet."""
        text = fact.text if isinstance(fact, Utterance) else fact.committed
        foreign = isinstance(fact, Utterance) and fact.language != LANGUAGE
        if foreign or fact.clauses or not text:
            return fact
        return msgspec.structs.replace(fact, clauses=self.clauses(fact.channel, text))

    @property
    def encoder(self) -> str:
        """What judges the clauses, as journals name it."""
        return self._model.facts.judge

    def again(self, fact: F, made_by: str) -> F:
        """The fact scored for this book.

        From the vectors that were kept with it where the encoder ``made_by`` is this one, and
        from the words otherwise.
        """
        if not fact.clauses:
            return fact
        if vectors_of(made_by) != self._model.facts.name:
            return self.enrich(msgspec.structs.replace(fact, clauses=()))
        spans = [(clause.first, clause.last) for clause in fact.clauses]
        kept = [clause.vector for clause in fact.clauses]
        vectors = unpacked_rows(read_all(kept))
        text = fact.text if isinstance(fact, Utterance) else fact.committed
        words = text.split()
        known = [_known_words(words[first : last + 1]) for first, last in spans]
        trained = self._model.trained(vectors, known)
        listened = self._heard(fact.channel)
        clauses = self._clauses(text, spans, kept, listened, (vectors, trained))
        return msgspec.structs.replace(fact, clauses=clauses)

    def given_again(self, fact: Fact, made_by: str) -> Fact:
        """Any fact, scored for this book as by ``again`` where it has words."""
        if isinstance(fact, Utterance):
            return self.again(fact, made_by)
        return self.again(fact, made_by) if isinstance(fact, Hypothesis) else fact

    def _clauses(
        self,
        text: str,
        spans: Sequence[tuple[int, int]],
        kept: Sequence[str],
        listened: Sequence[_Listened],
        encoded: tuple[Vectors, Vectors],
    ) -> tuple[Clause, ...]:
        vectors, trained = encoded
        words = text.split()
        texts = [" ".join(words[first : last + 1]) for first, last in spans]
        scores: list[list[ClauseScore]] = [[] for _ in spans]
        for one in listened:
            for row, rate, nearest in one.scores(vectors, trained, texts):
                scores[row].append(ClauseScore(key=one.key, rate=rate, nearest=nearest))
        felt = [round(share, 3) for share in self._model.distress(vectors).tolist()]
        return tuple(
            Clause(first=first, last=last, vector=vector, scores=tuple(found), frustration=share)
            for (first, last), vector, found, share in zip(spans, kept, scores, felt, strict=True)
        )

    def _heard(self, channel: Channel) -> list[_Listened]:
        heard = {one.key: one for speaker, one in self._by_speaker if hears(speaker, channel)}
        return list(heard.values())


def _check_trained(rule: Rule, condition: Meaning, facts: EncoderFacts) -> None:
    """RulesError where a rule goes by a cue that the model was not trained on."""
    name = condition.trained
    if name and name not in facts.cues:
        raise RulesError(
            f"{rule.source.file}: rule {rule.id}: when.trained: the model knows no cue {name!r}"
            f"{closest(name, facts.cues) or '.'}",
            "Leave it out: the sentences are then recognised by themselves.",
        )
