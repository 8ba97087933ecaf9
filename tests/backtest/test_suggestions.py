"""Proposals from marks: exact where they are counted, held out where they are believed."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from callscript import spoken
from hypothesis import given
from hypothesis import strategies as st
from rulekit import Say, agent, book, customer, rule

from coach.backtest.judging import Judged
from coach.backtest.suggesting import proposing
from coach.backtest.suggesting.evidence import RuleInCall
from coach.backtest.suggesting.sweep import best, cross_validated, folds, swept
from coach.backtest.suggesting.values import round_between
from coach.calls.about import About, CallKind
from coach.calls.call import Call, Setup
from coach.calls.call_files import CallFiles
from coach.calls.marks import Mark, Verdict, add_mark
from coach.cli import main
from coach.commands import suggest
from coach.engine.engine import EngineSettings
from coach.errors import Exit
from coach.events import CallEnded, CallStarted
from coach.meaning.listening import MeaningListener
from rules.books.loader import load_book
from rules.definition.conditions import Meaning

# --- the sweep --------------------------------------------------------------------------------

MOMENTS = st.lists(
    st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=4), min_size=1, max_size=4
)


def seen_at(moments: Sequence[tuple[int, bool]], value: float) -> RuleInCall:
    """A threshold: moments with a figure of at most ``value`` have a card."""
    judged = Judged()
    for figure, belongs in moments:
        hit = figure <= value
        judged = judged + Judged(
            right=hit and belongs, false=hit and not belongs,
            missed=belongs and not hit, quiet=not hit and not belongs,
        )  # fmt: skip
    return RuleInCall(times=tuple(float(f) for f, _ in moments if f <= value), judged=judged)


@given(calls=MOMENTS, now=st.integers(0, 30))
def test_a_sweep_finds_what_trying_every_value_finds(
    calls: list[list[tuple[int, bool]]], now: int
) -> None:
    values = [float(value) for value in range(31)]
    ran: list[float] = []

    def run(value: float, some: Sequence[int]) -> list[RuleInCall]:
        ran.append(value)
        return [seen_at(calls[number], value) for number in some]

    stretches = swept(values, float(now), len(calls), run, most=31)
    for stretch in stretches:
        for value in values:
            if stretch.low <= value <= stretch.high:
                assert stretch.seen == tuple(seen_at(one, value) for one in calls)
    assert [v for v in values if not any(s.low <= v <= s.high for s in stretches)] == []
    chosen = best(stretches, float(now), range(len(calls)), 2.0)
    costs = [sum(seen_at(one, v).judged.cost(2.0) for one in calls) for v in values]
    assert chosen.cost(range(len(calls)), 2.0) == min(costs)
    if costs[now] == min(costs):
        assert chosen.low <= now <= chosen.high, "of equal ones the present value stays"
    assert len(ran) == len(set(ran)) <= 31


def test_held_out_calls_do_not_choose_what_they_are_judged_by() -> None:
    # one call alone wants 20, two want 10: held out, each is judged by what the others chose
    calls = [[(20, True), (15, True)], [(15, False)], [(16, False)]]
    values = [float(value) for value in range(31)]
    stretches = swept(values, 0.0, 3, lambda v, some: [seen_at(calls[n], v) for n in some], most=31)
    held_out = cross_validated(stretches, 0.0, 3, miss=1.0)
    assert held_out[0] == Judged(missed=2)
    assert folds(5, 2) == [[0, 2, 4], [1, 3]]
    assert folds(2, 10) == [[0], [1]]


@pytest.mark.parametrize(
    ("low", "high", "whole", "value"),
    [(0.0123, 0.0871, False, 0.03), (9.0, 21.5, False, 10.0), (3, 6, True, 4.0), (7, 7, False, 7)],
)
def test_a_proposed_value_is_one_that_a_person_would_write(
    low: float, high: float, whole: bool, value: float
) -> None:
    assert round_between(low, high, whole=whole) == value


# --- from marks to an overlay -----------------------------------------------------------------

PACK = """
[[rule]]
id = "agent.quiet"
title = "Quiet"
severity = 1
when.silence = 6
match = []
[rule.card]
kind = "process"
do = "Say what you do"

[[rule]]
id = "esc.leaves"
title = "Leaves"
severity = 2
when.meaning = ["I will cancel everything"]
sensitivity = 0.001
[rule.card]
kind = "process"
do = "Ask why"

[[rule]]
id = "esc.phrase"
title = "Phrase"
severity = 2
when.phrase = ["never said"]
[rule.card]
kind = "process"
do = "Do it"
"""
PARK = "there is nowhere to park at your branch"


def kept(calls: Path, name: str, meaning: MeaningListener, *says: Say) -> None:
    setup = Setup(
        book=book(), settings=EngineSettings(), meaning=meaning, encoder=meaning.encoder,
        about=About(kind=CallKind.LIVE),
    )  # fmt: skip
    first = CallStarted(at=0.0, call=name, started="2026-03-04T09:30:00+00:00", source="live")
    call = Call(setup, first, calls / f"{name}.jsonl")
    facts = [fact for n, say in enumerate(says) for fact in spoken(say, f"U{n}")]
    for fact in sorted(facts, key=lambda fact: fact.at):
        call.feed(fact)
    call.feed(CallEnded(at=60.0, reason="end"))
    assert call.close() == ""


def marked(calls: Path, name: str, verdict: str, at: float, of: str) -> None:
    files = CallFiles(calls, name)
    number = files.marks.read_text().count("\n") if files.marks.exists() else 0
    mark = Mark(mark=f"M{number}", verdict=Verdict(verdict), at=at, reviewer="R", made="", rule=of)
    add_mark(files.marks, mark)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six calls with a silence of 8 s that deserves no card, and one of 20 s that does."""
    monkeypatch.setenv("COACH_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COACH_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(proposing, "MOST_VALUES", 8)
    calls = tmp_path / "data" / "calls"
    calls.mkdir(parents=True)
    (tmp_path / "config").mkdir()
    (tmp_path / "pack.toml").write_text(PACK)
    (tmp_path / "config" / "settings.toml").write_text('[rules]\npacks = ["../pack.toml"]\n')
    meaning = MeaningListener(book(rule("esc.any", Meaning(sentences=("I will leave you",)))))
    for number in range(6):
        name = f"call{number}"
        kept(
            calls, name, meaning,
            agent(1, "good morning how can I help"), customer(10, f"{PARK} again"),
            agent(35, "all done here"), customer(37, "well zounds and gadzooks then"),
        )  # fmt: skip
        marked(calls, name, "wrong", 9.5, "agent.quiet")
        marked(calls, name, "right", 33.0, "agent.quiet")
        marked(calls, name, "missed", 12.0, "esc.leaves")
        marked(calls, name, "missed", 39.0, "esc.phrase")
    return tmp_path


def test_a_proposal_is_tried_over_the_overlays_that_it_rests_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new.toml"
    suggest._write(new, (), (Path("all.toml"), Path("our team.toml")))
    tried = "coach backtest --overlay all.toml --overlay 'our team.toml' --overlay"
    assert capsys.readouterr().err == f"written: {new}, 0 changes\nTry it: {tried} {new}\n"


@pytest.mark.meaning
def test_a_figure_and_a_sentence_are_proposed_and_written(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["suggest", "--write", "new.toml", "--most", "1"]) == Exit.OK
    told = capsys.readouterr()
    assert "agent.quiet   12 marks in 6 calls" in told.out
    assert "more than chance" in told.out
    assert "“there is nowhere to park at your branch again”   (call0; finds 6 missed" in told.out
    assert "written: new.toml, 3 changes\nTry it: coach backtest --overlay new.toml\n" in told.err
    changes = {one["rule"]: one for one in tomllib.loads(Path("new.toml").read_text())["change"]}
    assert 8 < changes["agent.quiet"]["set"]["when"]["silence"] < 20
    assert changes["esc.leaves"]["append"]["when"]["meaning"][0].startswith(PARK)
    assert changes["esc.phrase"]["append"]["when"]["phrase"]
    assert "right 0 -> 6, false 6 -> 0, missed 6 -> 0" in changes["agent.quiet"]["reason"]
    assert load_book(packs=[library / "pack.toml"], overlay=library / "new.toml")
    # what was promised is what a backtest with the written overlay counts
    words = ["backtest", "--overlay", "new.toml", "--against", "packs", "--jobs", "1"]
    assert main(words) == Exit.OK
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    judged = {(w[0], w[1]): w[2:5] for w in lines if len(w) > 5 and w[1] in ("old", "new")}
    assert judged["agent.quiet", "new"] == ["6", "0", "0"]
    assert judged["esc.leaves", "new"] == judged["esc.phrase", "new"] == ["6", "0", "0"]
    assert (library / "config" / "settings.toml").read_text().count("overlay") == 0


@pytest.mark.meaning
def test_too_few_marks_and_rules_that_are_right_propose_nothing(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = library / "data" / "calls"
    for number in range(6):
        CallFiles(calls, f"call{number}").marks.unlink()
    marked(calls, "call0", "wrong", 9.5, "agent.quiet")
    for name in ("call0", "call1"):
        marked(calls, name, "wrong", 50.0, "esc.leaves")
        marked(calls, name, "wrong", 20.0, "esc.leaves")
    assert main(["suggest", "--json"]) == Exit.OK
    out = capsys.readouterr().out
    assert "too few marks to tell: 1 in 1 call; 4 in 2 at least" in out
    assert "it is right at every marked moment" in out


REFUSED = (
    (["esc.leave"], Exit.INPUT, "No rule is called 'esc.leave'. Did you mean 'esc.leaves'?"),
    (["--most", "0"], Exit.INPUT, "--most must be from 1 to 1000000."),
    (["--write", "pack.toml"], Exit.STORAGE, "The file pack.toml exists already"),
    (["esc.phrase"], Exit.INPUT, "No reviewer has marked a card of esc.phrase in these calls."),
    (["agent.quiet", "--write", "no/new.toml"], Exit.STORAGE, "no/new.toml cannot be written: no"),
)  # fmt: skip


@pytest.mark.meaning
def test_what_cannot_be_proposed_is_one_line(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = library / "data" / "calls"
    for number in range(6):
        CallFiles(calls, f"call{number}").marks.unlink()
    marked(calls, "call0", "wrong", 9.5, "agent.quiet")
    for words, code, text in REFUSED:
        assert main(["suggest", *words]) == code, words
        assert f"coach: {text}" in capsys.readouterr().err
