"""Every value of a dial, at once: the same as a backtest of each value by itself."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import tuned_rules as tuned
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import calls

from coach.backtest.compare import ComparedCall, LeftOut
from coach.backtest.figures import Figures
from coach.backtest.tuning.curve import Curve
from coach.backtest.tuning.tuned_call import TunedCall
from coach.events import Action, AgentAction, Fact
from rules.loader import load_book

SIDE_BY_SIDE = (
    ("agent.dead_air", "when.silence"),
    ("agent.dead_air", "timing.cooldown"),
    ("agent.dead_air", "unless.1.within"),
    ("agent.monologue", "when.longer_than"),
    ("agent.monologue", "card.priority"),
    ("agent.no_care", "when.within"),
    ("agent.loud", "when.all.2.over_baseline_db"),
)
ONE_AFTER_ANOTHER = (
    ("esc.leaves", "sensitivity"),
    ("esc.leaves", "when.support"),
    ("esc.upset", "when.any.1.distress"),
    ("esc.upset", "when.any.2.mood_below"),
    ("esc.boss", "timing.cooldown"),
    ("conduct.rude", "when.at_least"),
    ("conduct.rude", "card.hold"),
)
DIALS = (*SIDE_BY_SIDE, *ONE_AFTER_ANOTHER)


@st.composite
def calls_with_answers(draw: st.DrawFn) -> list[Fact]:
    """Calls in which some keys are for the card that was shown last."""
    return [
        msgspec.structs.replace(fact, note=draw(st.sampled_from(("", "for the card"))))
        if isinstance(fact, AgentAction) and fact.action is not Action.CALLER
        else fact
        for fact in draw(calls())
    ]


@pytest.mark.parametrize(("rule", "path"), DIALS, ids=str)
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(facts=calls_with_answers(), data=st.data())
def test_each_value_does_as_in_a_backtest_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, facts: list[Fact], data: st.DataObject,
    rule: str, path: str,
) -> None:  # fmt: skip
    journal = tmp_path_factory.mktemp("call") / "c.jsonl"
    tuned.keep(journal, facts[1:])
    count = len(tuned.turned(rule, path).dial.values)
    one = tuned.tuner(rule, path).tune(journal, range(count))
    assert isinstance(one, TunedCall)
    assert [s.first for s in one.stretches[1:]] == [s.last + 1 for s in one.stretches[:-1]]
    assert (one.stretches[0].first, one.stretches[-1].last) == (0, count - 1)
    edges = [index for s in one.stretches for index in (s.first, s.last)]
    for index in data.draw(st.lists(st.sampled_from(edges), min_size=1, max_size=4)):
        assert one.at(index) == tuned.comparison(rule, path, index).compare(journal)
