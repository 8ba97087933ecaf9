"""A change that can only make rules match less is spared a run where they never matched."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from callscript import spoken
from rulekit import agent, book, card, customer, rule, said

from coach.backtest.compare import Comparison, ComparisonAsked
from coach.backtest.narrowed import NarrowedRules
from coach.backtest.rerun import ReadyRules
from coach.calls.call import Call, Setup
from coach.calls.journal import Journal, read_journal
from coach.engine.engine import EngineSettings
from coach.events import CallEnded, CallStarted, Level
from rules.books.loader import fingerprint
from rules.definition.conditions import (
    AllOf,
    AnyCondition,
    CueSeen,
    Elapsed,
    LevelAtLeast,
    Loud,
    Monologue,
    MoodBelow,
    Overtalk,
    Silence,
    Speaker,
)
from rules.definition.rule import Rule, RuleBook, Timing

QUIET = rule("agent.quiet", Silence(longer_than=8), 1, card=card(), timing=Timing(for_=1.0))
BILL = rule("esc.bill", "my bill", 2, card=card())
TICK = rule("checklist.hello", "hello", 1, card=card())
BY = Speaker.CUSTOMER


def named(*rules: Rule) -> RuleBook:
    return msgspec.structs.replace(book(*rules), fingerprint=fingerprint(rules))


def changed(one: Rule, **fields: object) -> Rule:
    return msgspec.structs.replace(one, **fields)  # type: ignore[arg-type]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    path = tmp_path / "call.jsonl"
    facts = [
        *spoken(agent(1.0, "good morning how can I help you"), "A1"),
        *spoken(customer(4.0, "hello it is about my bill"), "C1"),
        CallEnded(at=9.0, reason="end"),
    ]
    own = Setup(
        book=named(QUIET, BILL, TICK), settings=EngineSettings(), meaning=None, redaction=None
    )
    started = CallStarted(at=0.0, call="c", started="2026-03-04T09:30:00+00:00", source="live")
    call = Call(own, started, path)
    for fact in facts:
        call.feed(fact)
    assert call.close() == ""
    return read_journal(path)


def leaves(journal: Journal, *new: Rule, old: tuple[Rule, ...] = (QUIET, BILL, TICK)) -> bool:
    return NarrowedRules(named(*old), named(*new)).leave(journal.events, journal.header)


@pytest.mark.parametrize(
    "quiet",
    [
        changed(QUIET, when=Silence(longer_than=20)),
        changed(QUIET, timing=Timing(for_=2.0, cooldown=99.0, max_per_call=1)),
        changed(QUIET, card=card(priority=99), title="Nobody speaks"),
    ],
)
def test_a_rule_that_matched_nowhere_and_matches_less_changes_nothing(
    journal: Journal, quiet: Rule
) -> None:
    assert leaves(journal, quiet, BILL, TICK)


@pytest.mark.parametrize(
    "rules",
    [
        (changed(QUIET, when=Silence(longer_than=7)), BILL, TICK),
        (changed(QUIET, when=Silence(longer_than=20, announced=1.0)), BILL, TICK),
        (changed(QUIET, when=Monologue(by=BY, longer_than=20)), BILL, TICK),
        (changed(QUIET, timing=Timing(for_=0.5)), BILL, TICK),
        (changed(QUIET, severity=2), BILL, TICK),
        (changed(QUIET, card=None), BILL, TICK),
        (changed(QUIET, card=card(done_when=("esc.bill",))), BILL, TICK),
        (changed(QUIET, unless=(Elapsed(longer_than=5),)), BILL, TICK),
        (QUIET, changed(BILL, card=card(priority=99)), TICK),
        (QUIET, BILL, changed(TICK, card=card(priority=99))),
        (BILL, QUIET, TICK),
        (QUIET, BILL),
        (QUIET, BILL, TICK, rule("esc.more", "zebra", 2)),
    ],
)
def test_what_may_come_out_otherwise_is_run(journal: Journal, rules: tuple[Rule, ...]) -> None:
    assert not leaves(journal, *rules)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Elapsed(longer_than=60), Elapsed(longer_than=90)),
        (Monologue(by=BY, longer_than=60), Monologue(by=BY, longer_than=90)),
        (Loud(by=BY, over_baseline_db=6), Loud(by=BY, over_baseline_db=7)),
        (LevelAtLeast(level=Level.UPSET), LevelAtLeast(level=Level.ANGRY)),
        (MoodBelow(score=-1), MoodBelow(score=-2)),
        (
            Overtalk(by=BY, longer_than=1.5, count=2, within=60),
            Overtalk(by=BY, longer_than=2, count=3, within=30),
        ),
        (
            AllOf(of=(CueSeen(rules=("esc.bill",)), MoodBelow(score=-1))),
            AllOf(of=(CueSeen(rules=("esc.bill",)), MoodBelow(score=-2))),
        ),
    ],
)
def test_a_bound_counts_in_one_direction(
    journal: Journal, old: AnyCondition, new: AnyCondition
) -> None:
    one, other = (rule("agent.state", when, 1, card=card()) for when in (old, new))
    assert leaves(journal, other, BILL, old=(one, BILL))
    assert not leaves(journal, one, BILL, old=(other, BILL))


def test_words_make_a_rule_match_at_once_so_that_no_bound_beside_them_counts(
    journal: Journal,
) -> None:
    one, other = (
        rule("esc.low", AllOf(of=(said("zebra"), MoodBelow(score=score))), 2) for score in (-1, -2)
    )
    assert not leaves(journal, other, old=(one,))


def test_a_rule_that_the_settings_name_is_run(journal: Journal) -> None:
    header = msgspec.structs.replace(journal.header, settings={"ladder": {"top": "agent.quiet"}})
    later = NarrowedRules(named(QUIET), named(changed(QUIET, when=Silence(longer_than=9))))
    assert later.leave(journal.events, journal.header)
    assert not later.leave(journal.events, header)


def test_a_spared_run_is_not_made(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    later = changed(QUIET, when=Silence(longer_than=20))
    old, new = named(QUIET, BILL, TICK), named(later, BILL, TICK)
    comparison = Comparison(ComparisonAsked(old=old, new=new))
    run = ReadyRules.run

    def once(self: ReadyRules, one: Journal) -> object:
        assert self.book is old, "nothing is run under the new rules"
        return run(self, one)

    monkeypatch.setattr(ReadyRules, "run", once)
    found = comparison.compare(journal.path)
    assert found.reached  # type: ignore[union-attr]
    assert found.new == found.old  # type: ignore[union-attr]
