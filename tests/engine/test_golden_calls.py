"""Scripted calls, at least one for each row of the practice table: what each must bring, and
its silences.

The facts of a call stand beside its script as JSON lines, so that any reader of events can run
them; `python tests/callscript.py` writes them anew after a script was changed.
"""

from __future__ import annotations

import functools
from typing import TypeVar

import msgspec
import pytest
from callscript import CALLS, Script, encoded, facts_of, read
from every_row import every_row
from shipped_rules import book, matcher
from work_marks import made_once

from coach.engine.engine import Engine, EngineSettings
from coach.events import (
    CardCleared,
    CardRaised,
    CardSuppressed,
    ChecklistTicked,
    CommitmentMade,
    CueMatched,
    CueRetracted,
    EscalationChanged,
    Fact,
    LadderChanged,
    Nodded,
    Result,
    WarningGiven,
)
from coach.meaning.listening import MeaningListener
from coach.snapshot import Snapshot

NAMES = sorted(path.stem for path in CALLS.glob("*.toml"))
PRACTICES = 15
"""Rows of the practice table."""


class Run(msgspec.Struct):
    script: Script
    results: list[Result]
    final: Snapshot


@made_once
def meaning() -> MeaningListener:
    return MeaningListener(book())


@functools.cache
def run(name: str) -> Run:
    script = read(CALLS / f"{name}.toml")
    engine = Engine(book(), msgspec.convert(script.settings, EngineSettings), matcher=matcher())
    results = [result for fact in facts_of(script) for result in engine.receive(fact)]
    return Run(script=script, results=results, final=engine.snapshot())


Kind = TypeVar("Kind", bound=Result)


def of(results: list[Result], kind: type[Kind]) -> list[Kind]:
    return [result for result in results if isinstance(result, kind)]


def test_every_practice_has_its_call() -> None:
    practices = [read(CALLS / f"{name}.toml").practice for name in NAMES]
    assert len(set(practices)) == PRACTICES


@every_row(NAMES)
def test_facts_are_those_of_the_script(name: str) -> None:
    lines = (CALLS / f"{name}.jsonl").read_bytes()
    assert lines == encoded(facts_of(read(CALLS / f"{name}.toml"))), (
        "the script was changed: run `python tests/callscript.py`"
    )
    decoder = msgspec.json.Decoder(Fact)
    for line in lines.splitlines():
        decoder.decode(line)


@pytest.mark.parametrize("name", NAMES)
def test_these_cards_and_no_others_are_raised(name: str) -> None:
    call = run(name)
    assert [r.rule for r in of(call.results, CardRaised)] == list(call.script.cards)


@every_row(NAMES)
def test_nods(name: str) -> None:
    call = run(name)
    assert [r.rule for r in of(call.results, Nodded)] == list(call.script.nods)


@every_row(NAMES)
def test_levels(name: str) -> None:
    call = run(name)
    levels = [r.level.name.lower() for r in of(call.results, EscalationChanged)]
    assert levels == list(call.script.levels)


@every_row(NAMES)
def test_the_ladder_goes_these_steps(name: str) -> None:
    call = run(name)
    assert [r.stage for r in of(call.results, LadderChanged)] == list(call.script.stages)
    warnings = [r.number for r in of(call.results, WarningGiven)]
    assert warnings == list(range(1, call.script.warnings + 1))
    assert len(call.final.record.warnings) == call.script.warnings


@every_row(NAMES)
def test_refusals_are_told_with_their_reason(name: str) -> None:
    call = run(name)
    told = {(r.rule, r.reason) for r in of(call.results, CardSuppressed)}
    assert {(r.rule, r.reason) for r in call.script.refused} <= told


@every_row(NAMES)
def test_what_must_not_match_does_not(name: str) -> None:
    call = run(name)
    gone = {r.match for r in of(call.results, CueRetracted)}
    matched = {r.rule for r in of(call.results, CueMatched) if r.match not in gone}
    assert not matched & set(call.script.never)


@every_row(NAMES)
def test_the_record_holds_what_was_said_and_promised(name: str) -> None:
    call = run(name)
    record = call.final.record
    promised = [f"{r.owner.value.lower()} {r.due or 'undated'}: {r.text}"
                for r in of(call.results, CommitmentMade)]  # fmt: skip
    assert promised == list(call.script.promises)
    assert [c.text for c in record.commitments] == [
        line.partition(": ")[2] for line in call.script.promises
    ]
    assert set(call.script.wants) <= {want.text for want in record.wants}
    assert set(call.script.steps) <= {step.text for step in record.steps}
    assert call.final.caller == call.script.caller
    ticked = {r.item for r in of(call.results, ChecklistTicked)}
    assert set(call.script.ticked) <= ticked
    assert ticked == {item.item for item in call.final.checklist if item.done is not None}


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_at_these_moments(name: str) -> None:
    script = read(CALLS / f"{name}.toml")
    engine = Engine(book(), msgspec.convert(script.settings, EngineSettings), matcher=matcher())
    facts = facts_of(script)
    for expect in sorted(script.expect, key=lambda e: e.at):
        while facts[0].at <= expect.at:
            engine.receive(facts.pop(0))
        engine.advance(expect.at)
        seen = engine.snapshot()
        where = f"at {expect.at}"
        if expect.card is not None:
            assert (seen.card.rule if seen.card else "") == expect.card, where
        if expect.level is not None:
            assert seen.level.name.lower() == expect.level, where
        if expect.stage is not None:
            assert seen.ladder.stage == expect.stage, where
        if expect.held is not None:
            assert seen.ladder.held is expect.held, where


@every_row(NAMES)
def test_after_the_call(name: str) -> None:
    call = run(name)
    review = call.final.after_call
    assert review is not None
    assert set(call.script.well) <= set(review.well)
    assert call.script.try_next in ("", review.try_next)
    assert bool(review.rest) is call.script.rest


@every_row(NAMES)
def test_at_most_one_card_at_a_time_and_each_leaves_with_a_reason(name: str) -> None:
    shown: str | None = None
    for result in run(name).results:
        if isinstance(result, CardRaised):
            assert shown is None
            shown = result.card
        elif isinstance(result, CardCleared):
            assert result.card == shown
            shown = None
    assert shown is None


@every_row(NAMES)
def test_every_result_says_why(name: str) -> None:
    for result in run(name).results:
        if isinstance(result, CardCleared):
            continue
        assert result.because, result


OTHERWISE_WITH_MEANING: dict[str, str] = {}
"""Calls whose cards differ where words were judged for their meaning, and how."""


@pytest.mark.meaning
@pytest.mark.parametrize("name", NAMES)
def test_with_meaning_the_same_cards_are_raised_but_for_those_named(name: str) -> None:
    script = read(CALLS / f"{name}.toml")
    engine = Engine(book(), msgspec.convert(script.settings, EngineSettings), matcher=matcher())
    given = meaning().given
    results = [result for fact in facts_of(script) for result in engine.receive(given(fact))]
    raised = [r.rule for r in of(results, CardRaised)]
    assert (raised == list(script.cards)) is (name not in OTHERWISE_WITH_MEANING), raised
