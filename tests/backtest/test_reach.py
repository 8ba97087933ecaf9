"""What a change cannot reach comes out alike, and most calls are told without a run."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from callscript import spoken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulekit import book, card, customer, rule
from strategies import calls
from work_marks import made_once

from coach.backtest.chosen_calls import drawn, newest
from coach.backtest.compare import ComparedCall, Comparison, ComparisonAsked
from coach.backtest.reach import ChangeReach
from coach.backtest.rerun import ReadyRules
from coach.backtest.words_of_call import words_in, words_of_events
from coach.calls.call import Call, Setup
from coach.calls.journal import Journal, read_journal
from coach.engine.engine import EngineSettings
from coach.events import CallEnded, CallStarted, Channel, Fact, Result
from coach.meaning.listening import MeaningListener
from rules.books.loader import fingerprint
from rules.definition.conditions import AllOf, AnyOf, Meaning, Not, Phrase, Silence
from rules.definition.roles import Family, Role
from rules.definition.rule import Rule, RuleBook
from rules.matching.matcher import Matcher, vocabulary_of
from rules.matching.slips import Slips

FIRST = CallStarted(at=0.0, call="c", started="2026-03-04T09:30:00+00:00", source="live")


def named(*rules: Rule) -> RuleBook:
    return msgspec.structs.replace(book(*rules), fingerprint=fingerprint(rules))


LEAVING = Meaning(sentences=("I will cancel everything", "I am going to leave you"), sensitivity=1)
OTHERS = (
    rule("esc.boss", "(manager|supervisor)", card=card()),
    rule("agent.quiet", Silence(longer_than=6), 1, card=card()),
    rule("esc.leaves", LEAVING, card=card()),
)
CHANGED = (
    rule("esc.bill", "my bill", card=card()),
    rule("esc.parking", "nowhere to (park|stop)", card=card()),
    rule("esc.hold", "on hold for [an] hour", card=card()),
    rule("esc.insult", AnyOf(of=(Phrase(any=("stupid",)), Phrase(any=("useless",))))),
    rule("esc.slip", "nobdy helps", card=card()),
    rule("esc.upset", Meaning(sentences=("I am so upset and angry",), sensitivity=2), card=card()),
    rule("esc.garden", Meaning(sentences=("the roses need water",), sensitivity=0.5), card=card()),
    rule("agent.policy", "that is our policy", card=card()),
    rule("esc.both", AllOf(of=(Phrase(any=("hour",)), Phrase(any=("hold",)))), card=card()),
)


@made_once
def old_listener() -> MeaningListener:
    return MeaningListener(named(*OTHERS))


def kept(path: Path, facts: list[Fact]) -> Journal:
    meaning = old_listener()
    setup = Setup(
        book=named(*OTHERS),
        settings=EngineSettings(),
        meaning=meaning,
        encoder=meaning.encoder,
        redaction=None,
    )
    call = Call(setup, FIRST, path)
    for fact in facts:
        call.feed(fact)
    assert call.close() == ""
    return read_journal(path)


@made_once
def ready(names: frozenset[str]) -> tuple[ChangeReach, ReadyRules]:
    new = named(*OTHERS, *(one for one in CHANGED if one.id in names))
    return ChangeReach(named(*OTHERS), new), ReadyRules(new)


@made_once
def old_rules() -> ReadyRules:
    return ReadyRules(named(*OTHERS))


@pytest.mark.meaning
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    facts=calls(),
    names=st.sampled_from([frozenset({one.id}) for one in CHANGED])
    | st.frozensets(st.sampled_from([one.id for one in CHANGED]), min_size=2, max_size=2),
)
def test_a_call_that_is_not_reached_comes_out_alike(
    tmp_path_factory: pytest.TempPathFactory, facts: list[Fact], names: frozenset[str]
) -> None:
    path = tmp_path_factory.mktemp("call") / "call.jsonl"
    journal = kept(path, facts[1:])
    reach, new = ready(names)
    assert not reach.everywhere
    said = words_in(path)
    assert said is not None
    assert said.words == words_of_events(journal)
    assert said.seconds == max(event.at for event in journal.events)
    old_run, new_run = (
        [one for one in rules.run_anew(journal) if isinstance(one, Result)]
        for rules in (old_rules(), new)
    )
    if not reach.reaches(said.words, said.header):
        assert old_run == new_run


def journal_of(path: Path, *says: str) -> Journal:
    facts: list[Fact] = [
        fact
        for number, text in enumerate(says)
        for fact in spoken(customer(1.0 + 20 * number, text), f"C{number}")
    ]
    return kept(path, [*facts, CallEnded(at=20.0 + 20 * len(says), reason="end")])


@pytest.mark.meaning
@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("esc.bill", "it is about my bill", True),
        ("esc.bill", "it is not about my bill", True),  # negated: it guards what lies around it
        ("esc.bill", "it is about the weather", False),
        ("esc.hold", "I was on hold for hours and hours", False),
        ("esc.slip", "nobody helps me", True),  # of the other vocabulary, so a slip of this one
        ("esc.garden", "the roses need watering", True),
        ("esc.garden", "I want to pay by card", False),
        ("agent.policy", "that is our policy", False),  # the customer says it
    ],
)
def test_what_reaches_a_call(name: str, said: str, expected: bool, tmp_path: Path) -> None:
    journal = journal_of(tmp_path / "call.jsonl", said)
    reach, _ = ready(frozenset({name}))
    assert reach.reaches(words_of_events(journal), journal.header) is expected


def test_what_words_alone_cannot_tell_reaches_every_call() -> None:
    old = named(*OTHERS)
    bill = CHANGED[0]
    others: list[tuple[Rule, ...]] = [
        (*OTHERS, rule("agent.pause", Silence(longer_than=9), 1)),
        (*OTHERS, rule("esc.not", AllOf(of=(Phrase(any=("bill",)), Not(of=Phrase(any=("my",))))))),
        (*OTHERS, msgspec.structs.replace(bill, roles=(Role.WANT,))),
        (*OTHERS, msgspec.structs.replace(bill, family=Family.CHECKLIST)),
        (*OTHERS, msgspec.structs.replace(bill, family=Family.LADDER)),
        (OTHERS[1], OTHERS[0], OTHERS[2]),  # who comes first has the card
        (OTHERS[0], OTHERS[1]),  # no side is listened to any more
    ]
    for rules in others:
        assert ChangeReach(old, named(*rules)).everywhere
    assert not ChangeReach(old, named(*OTHERS, bill)).everywhere
    noted = msgspec.structs.replace(OTHERS[1], false_positives=("it is not one",))
    assert not ChangeReach(old, named(OTHERS[0], noted, OTHERS[2])).everywhere, "words about it"


@pytest.mark.meaning
def test_settings_that_name_the_rule_and_vectors_of_another_encoder_reach(tmp_path: Path) -> None:
    journal = journal_of(tmp_path / "call.jsonl", "I want to pay by card")
    words, header = words_of_events(journal), journal.header
    reach, _ = ready(frozenset({"esc.garden"}))
    assert not reach.reaches(words, header)
    assert reach.reaches(words, msgspec.structs.replace(header, encoder="another"))
    named_there = {"boundary": {"top_card": "esc.garden"}}
    assert reach.reaches(words, msgspec.structs.replace(header, settings=named_there))


def test_a_matcher_of_a_part_mends_slips_to_the_words_of_the_whole() -> None:
    asked = rule("esc.asked", "speak to your manager now")
    vocabulary = vocabulary_of(named(*OTHERS, asked))
    said = "I will speak to your managar now"
    assert Matcher(named(asked), vocabulary).find(Channel.CUSTOMER, said).touched
    # a word of another rule is no slip of this one's
    known = vocabulary_of(named(asked, rule("esc.odd", "managar")))
    assert Matcher(named(asked)).find(Channel.CUSTOMER, said).touched
    assert not Matcher(named(asked), known).find(Channel.CUSTOMER, said).touched
    assert Slips(vocabulary).mended("managar") == "manager"
    assert Slips(vocabulary).mended("manager") == "manager"
    assert Slips(vocabulary).mended("managers") == "managers"


@pytest.mark.meaning
def test_of_what_is_not_reached_no_more_than_the_length_is_asked_for(tmp_path: Path) -> None:
    old, new = named(*OTHERS), named(*OTHERS, CHANGED[0])
    journal_of(tmp_path / "a.jsonl", "your manager please")
    journal_of(tmp_path / "b.jsonl", "it is about my bill")
    asked = ComparisonAsked(old=old, new=new, only_reached=True)
    a, b = (Comparison(asked).compare(tmp_path / f"{name}.jsonl") for name in "ab")
    assert isinstance(a, ComparedCall)
    assert isinstance(b, ComparedCall)
    assert (a.reached, a.seconds, a.moments, a.new.rules) == (False, 40.0, (), {})
    assert (b.reached, [one.rule for one in b.moments]) == (True, ["esc.bill", "agent.quiet"])
    whole = Comparison(ComparisonAsked(old=old, new=new)).compare(tmp_path / "a.jsonl")
    assert isinstance(whole, ComparedCall)
    assert (whole.reached, whole.as_recorded, whole.new.rules["esc.boss"].shown) == (False, True, 1)
    cut = tmp_path / "cut.jsonl"
    cut.write_bytes((tmp_path / "a.jsonl").read_bytes()[:-20])
    assert words_in(cut) is None
    assert words_in(tmp_path / "none.jsonl") is None


def test_calls_are_drawn_alike_for_one_seed_and_mostly_of_more() -> None:
    calls = [Path(f"call-{number:03d}.jsonl") for number in range(100)]
    some = drawn(calls, 10, 1)
    assert some == drawn(calls, 10, 1)
    assert some.calls == tuple(sorted(some.calls))
    assert some.words == "10 of 100 calls, drawn by lot (seed 1)"
    assert some.by_lot
    assert drawn(calls, 10, 2).calls != some.calls
    assert len({*drawn([*calls, Path("call-100.jsonl")], 10, 1).calls} & {*some.calls}) >= 9
    assert drawn(calls, 100, 1).words == ""
    assert not drawn(calls, 200, 1).by_lot
    assert newest(calls, 2).calls == tuple(calls[-2:])
    assert newest(calls, 2).words == "the newest 2 of 100 calls"
