"""A backtest measured on made-up calls: the figures add up, and the plain loop agrees."""

from __future__ import annotations

import json

import pytest
from shipped_rules import book

from coach.backtest.rerun import ReadyRules
from coach.bench import kept_calls
from coach.bench.backtesting import BacktestFigures, other_rules
from coach.cli import main
from coach.errors import Exit


@pytest.mark.meaning
def test_what_is_measured_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kept_calls, "LENGTH", 60.0)
    assert main(["bench", "--backtest", "1", "--reference", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told["same"] is True
    parts = told["read_ms"] + told["run_ms"] + told["rest_ms"]
    assert told["call_ms"] == pytest.approx(parts)
    assert told["thousand_s"] == pytest.approx(told["call_ms"] / 2)
    figures = BacktestFigures(calls=1, read_ms=10, run_ms=60, rest_ms=10, peak_mb=90)
    assert figures.thousand_s(cores=2) == 40.0


def test_the_same_numbers_give_the_same_calls_and_other_rules_need_a_run() -> None:
    pools = {side: kept_calls.lines_of(book(), side) for side in kept_calls.SIDES}
    facts = kept_calls.facts_of("a", 3, pools)
    assert facts == kept_calls.facts_of("a", 3, pools)
    assert facts != kept_calls.facts_of("a", 4, pools)
    assert [fact.at for fact in facts] == sorted(fact.at for fact in facts)
    changed = other_rules(book())
    assert changed.fingerprint != book().fingerprint
    assert sum(one != two for one, two in zip(changed.rules, book().rules, strict=True)) > 5
    ReadyRules(changed)
