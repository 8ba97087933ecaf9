"""Rules that say in plain sentences what they listen for, with the shipped model."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from meaning_subjects import subjects

from coach.calls.call import Call, Setup
from coach.calls.journal import Journal, JournalHeader
from coach.engine.engine import EngineSettings
from coach.errors import RulesError
from coach.events import CallStarted, Channel, Hypothesis, Loudness, Utterance
from coach.meaning.encoder import Vectors, encoder, facts, packed, unpacked
from coach.meaning.listening import TOLD, MeaningListener, _Listened, rates_among
from coach.replay.player import JournalSource
from rules.books.loader import load_book
from rules.definition.conditions import Meaning, walk
from rules.definition.rule import RuleBook
from rules.matching.evaluate import decide
from rules.matching.hits import Hit
from rules.matching.matcher import Matcher

PARKING = """
[[rule]]
id = "esc.parking"
title = "Cannot park"
severity = 1
when.meaning = [
    "there is nowhere to park at your branch",
    "I drove round for ages looking for a space",
    "your car park is always full",
    "I got a ticket because I could not find a space",
    "every parking space was taken again",
    "I had to leave my car three streets away",
]
unless.meaning = ["where can I park when I come to the branch", "is parking free at the weekend"]
sensitivity = 0.2
"""


def book_of(tmp_path: Path, text: str) -> RuleBook:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    return load_book(packs=[file])


def said(book: RuleBook, text: str) -> Hit | None:
    (rule,) = book.rules
    clauses = MeaningListener(book).clauses(Channel.CUSTOMER, text)
    return decide(rule, Matcher(book).find(Channel.CUSTOMER, text, clauses=clauses))


@pytest.mark.meaning
@pytest.mark.parametrize(
    "text",
    [
        "so I had to leave the car three streets away",
        "well I drove round and round for ages looking for a space",
    ],
)
def test_a_supervisors_sentences_find_other_words_at_once(tmp_path: Path, text: str) -> None:
    hit = said(book_of(tmp_path, PARKING), text)
    assert hit is not None
    assert hit.sentence
    assert hit.rate is not None
    assert hit.rate <= 0.2


@pytest.mark.meaning
@pytest.mark.parametrize(
    "text",
    [
        "is there parking near the branch at the weekend",
        "I would like to change my address please",
        "my phone number ends in four seven",
    ],
)
def test_other_talk_and_near_misses_are_left_alone(tmp_path: Path, text: str) -> None:
    assert said(book_of(tmp_path, PARKING), text) is None


@pytest.mark.meaning
def test_the_evidence_is_the_clause_and_not_the_monologue(tmp_path: Path) -> None:
    before = "So I got up early, fed the dog, took the kids to school, and then I came to you."
    after = "Anyway, the letter says I have to sign it, and I have it here in front of me."
    complaint = "Every single parking space was taken again."
    hit = said(book_of(tmp_path, PARKING), f"{before} {complaint} {after}")
    assert hit is not None
    assert "parking space was taken" in hit.text
    assert len(hit.text.split()) < 20


@pytest.mark.meaning
def test_the_same_words_have_the_same_meaning_every_time(tmp_path: Path) -> None:
    book = book_of(tmp_path, PARKING)
    text = "there is never a space free in your car park"
    first = MeaningListener(book).clauses(Channel.CUSTOMER, text)
    alone = encoder().encode([text])
    among = encoder().encode(["something else entirely", text, "and more of it"])
    assert MeaningListener(book).clauses(Channel.CUSTOMER, text) == first
    assert (alone[0] == among[1]).all()


@pytest.mark.meaning
def test_a_kept_vector_is_judged_as_the_words_were(tmp_path: Path) -> None:
    own, shipped = MeaningListener(book_of(tmp_path, PARKING)), MeaningListener(load_book())
    heard = Utterance(
        at=2.0, channel=Channel.CUSTOMER, start=0.0, end=2.0, utterance="C1",
        text="Nobody called me back. And there was nowhere to park.",
    )  # fmt: skip
    fact = shipped.enrich(heard)
    kept = msgspec.json.decode(msgspec.json.encode(fact), type=Utterance)
    assert kept == fact
    assert own.again(kept, own.encoder) == own.enrich(heard)
    assert shipped.again(own.enrich(heard), own.encoder) == fact


@pytest.mark.meaning
def test_the_vectors_of_another_encoder_are_not_believed(tmp_path: Path) -> None:
    own = MeaningListener(book_of(tmp_path, PARKING))
    heard = Utterance(
        at=2.0, channel=Channel.CUSTOMER, start=0.0, end=2.0, utterance="C1",
        text="there was nowhere to park at your branch",
    )  # fmt: skip
    right = own.enrich(heard)
    wrong = tuple(
        msgspec.structs.replace(c, vector=base64.b85encode(bytes(facts().dimensions)).decode())
        for c in right.clauses
    )
    old = msgspec.structs.replace(right, clauses=wrong)
    assert own.again(old, "an older one") == right
    assert own.again(old, own.encoder) != right


@pytest.mark.meaning
@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("again they said every permit for parking was taken", True),
        ("I drove round town", False),
        ("there is nothing to see at your branch", False),
    ],
    ids=["most words of a sentence", "too few of them", "words that say nothing"],
)
def test_the_words_of_a_supervisors_sentence_count_beside_its_meaning(
    tmp_path: Path, text: str, more: bool
) -> None:
    (rule,) = book_of(tmp_path, PARKING).rules
    listened = _Listened(next(p for p in walk(rule.when) if isinstance(p, Meaning)), encoder())
    vectors = encoder().encode([text])
    with_words, without = (
        [
            rate
            for _, rate, _ in listened.scores(vectors, encoder().trained(vectors, [said]), [said])
        ]
        for said in (text, "")
    )
    assert (with_words != without) is more
    assert not more or with_words < (without or [99.0])


@pytest.mark.meaning
@pytest.mark.parametrize(
    ("text", "distressed"),
    [
        ("I am absolutely fed up with this, it is ridiculous", True),
        ("I have been on hold for two hours and nobody picks up", True),
        ("this is the fourth time I explain it and you still don't listen", True),
        ("you people should be ashamed of yourselves", True),
        ("could I change the address on my account please", False),
        ("I'd like to dispute a transaction on my debit card please", False),
        ("that's wonderful, thank you ever so much for sorting it out", False),
        ("we went down to the lake on Sunday with the children", False),
    ],
)
def test_distress_is_told_by_meaning(text: str, distressed: bool) -> None:
    listener = MeaningListener(load_book())
    most = max(c.frustration for c in listener.clauses(Channel.CUSTOMER, text))
    assert most > 0.5 if distressed else most < 0.2


@pytest.mark.meaning
def test_what_has_a_meaning_already_or_is_foreign_is_left_as_it_is(tmp_path: Path) -> None:
    listener = MeaningListener(book_of(tmp_path, PARKING))
    heard = Utterance(
        at=2.0, channel=Channel.CUSTOMER, start=0.0, end=2.0, utterance="C1",
        text="kein Parkplatz weit und breit", language="de",
    )  # fmt: skip
    assert listener.enrich(heard) is heard
    draft = Hypothesis(
        at=1.0, channel=Channel.CUSTOMER, start=0.0, end=1.0, utterance="C1",
        committed="there is nowhere to park here", tail="",
    )  # fmt: skip
    once = listener.enrich(draft)
    assert once.clauses
    assert listener.enrich(once) is once


@pytest.mark.meaning
def test_packing_keeps_a_vector_nearly_whole() -> None:
    vector = encoder().encode(["nobody ever called me back"])[0]
    assert float(unpacked(packed(vector)) @ vector) > 0.999


def test_every_trained_cue_of_the_pack_is_known_to_the_model() -> None:
    trained = {
        part.trained
        for rule in load_book().active()
        for part in walk(rule.when)
        if isinstance(part, Meaning) and part.trained
    }
    assert trained
    assert trained <= set(facts().cues)
    assert set(facts().curves) == set(facts().cues)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("when.meaning = []", "at least one sentence"),
        ('when.meaning = ["manager"]', "too short to have a meaning"),
        ('when.meaning = ["let me speak to your boss"]\nsensitivity = 0', "expected 0.0005 to 5"),
        ('when.meaning = ["let me speak to your boss"]\nsensitivity = "low"', "sensitivity"),
        ('when.phrase = ["your boss"]\nsensitivity = 0.1', "belongs to `when.meaning`"),
        ('when.meaning = ["let me speak to your boss"]\nsupport = 0', "expected 0.0005 to 60"),
        ('when.meaning = ["let me speak to your boss"]\nsupport = 61', "not 61"),
        ('when.phrase = ["your boss"]\nsupport = 5', "belongs to `when.meaning`"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(tmp_path: Path, line: str, words: str) -> None:
    head = '[[rule]]\nid = "esc.own"\ntitle = "Own"\nseverity = 1\n'
    with pytest.raises(RulesError, match=words):
        book_of(tmp_path, head + line + "\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('when.wording = ["your boss"]', "belongs beside 'meaning'"),
        (
            'when.meaning = ["let me speak to your boss"]\nwhen.trained = "esc.supervisr"',
            "knows no cue 'esc.supervisr'; did you mean 'esc.supervisor'\\? Leave it out",
        ),
    ],
)
def test_what_a_rule_cannot_go_by_is_told(tmp_path: Path, line: str, words: str) -> None:
    head = '[[rule]]\nid = "esc.own"\ntitle = "Own"\nseverity = 1\n'
    with pytest.raises(RulesError, match=words):
        MeaningListener(book_of(tmp_path, head + line + "\n"))


@pytest.mark.meaning
def test_a_kept_call_is_scored_for_other_rules_and_else_left_as_it_was(tmp_path: Path) -> None:
    shipped = MeaningListener(load_book())
    own = MeaningListener(book_of(tmp_path, PARKING))
    started = CallStarted(at=0.0, call="c", started="", source="test")
    heard = Utterance(
        at=2.0, channel=Channel.CUSTOMER, start=0.0, end=2.0, utterance="C1",
        text="Every single parking space was taken again.",
    )  # fmt: skip
    header = JournalHeader(version="1", call="c", rules="shipped", settings={})
    kept = Journal(header=header, events=(started, shipped.enrich(heard)))
    before = Journal(header=header, events=(started, heard))

    def utterance(source: JournalSource) -> Utterance:
        facts = [fact for _, some in source.facts() for fact in some]
        return next(fact for fact in facts if isinstance(fact, Utterance))

    assert utterance(JournalSource(kept)) == shipped.enrich(heard)
    assert utterance(JournalSource(kept, own)) == own.enrich(heard)
    assert utterance(JournalSource(before, own)) == heard, "an old call has nothing to score"


@pytest.mark.meaning
def test_two_sentences_come_closer_than_one_of_them_mostly_does() -> None:
    """Where either is near at all: how rarely ordinary talk comes as close, by ratio."""
    closer: list[bool] = []
    for of in subjects().values():
        vectors = encoder().encode(of["callers"])
        for pair in (of["rule"][:2], of["rule"][1:3], of["rule"][2:4]):
            first, second, both = (
                _rates(_Listened(Meaning(sentences=tuple(some)), encoder()), vectors)
                for some in (pair[:1], pair[1:], pair)
            )
            closer += [
                ab * ab < a * b
                for a, b, ab in zip(first, second, both, strict=True)
                if min(a, b) < TOLD / 2
            ]
    assert len(closer) > 40
    assert sum(closer) > 0.8 * len(closer)


def _rates(rule: _Listened, vectors: Vectors) -> list[float]:
    """How often an hour ordinary talk comes as close to the rule's sentences as each vector."""
    assert rule._written is not None
    return [rule._written.rate(close) for close in rule._closeness(vectors).tolist()]


@pytest.mark.meaning
def test_sentences_that_say_much_the_same_find_one_another_and_a_stranger_is_told() -> None:
    alike = ["the bus never came this morning", "no bus came this morning", "the bus did not come"]
    *near, far = rates_among([*alike, "can I have the bill on paper"])
    assert max(near) < 0.2
    assert far > 5.0


@pytest.mark.meaning
def test_words_that_come_close_do_not_wait_for_the_sentences_of_the_rules() -> None:
    """While sound is measured a call encodes them; then a phrase costs its own clauses only."""
    book, model = load_book(), encoder()
    listener = MeaningListener(book, model)
    call = Call(
        Setup(book=book, settings=EngineSettings(), meaning=listener, redaction=None),
        CallStarted(at=0.0, call="C1", started="2026-01-01T09:00:00+00:00", source="live"),
        None,
    )
    for number in range(200):
        start = number / 2
        call.feed(
            Loudness(
                at=start + 0.5, channel=Channel.CUSTOMER, start=start, end=start + 0.5,
                dbfs=-60.0, speech=False,
            )
        )  # fmt: skip
    text = "nobody ever called me back and I want to speak to your manager"
    encoded: list[str] = []
    encode = model.encode

    def noted(texts: Sequence[str]) -> Vectors:
        encoded.extend(texts)
        return encode(texts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "encode", noted)
        clauses = listener.clauses(Channel.CUSTOMER, text)
    assert any(clause.scores for clause in clauses)
    assert len(encoded) == len(clauses)
