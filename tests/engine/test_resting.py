"""Rules whose condition does not hold are left alone until it can."""

from __future__ import annotations

import pytest
from callscript import spoken
from rulekit import START, book, customer, rule

from coach.engine.cues.occasion import Occasion, Truth
from coach.engine.cues.state import Announcement
from coach.engine.engine import GRID_S, Engine
from coach.events import CueMatched, Fact
from rules.model import CueSeen, Silence


def looks_of(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When a silence is looked at from now on, in seconds of the call."""
    looks: list[float] = []
    holds = Announcement.holds

    def noting(self: Announcement, occasion: Occasion) -> Truth | None:
        looks.append(occasion.now)
        return holds(self, occasion)

    monkeypatch.setattr(Announcement, "holds", noting)
    return looks


def test_a_silence_is_looked_at_when_somebody_falls_silent_and_when_it_is_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = looks_of(monkeypatch)
    engine = Engine(book(rule("agent.quiet", Silence(longer_than=30.0), 1)))
    facts: list[Fact] = [START, *spoken(customer(2.0, "I have a question"), "C1")]
    results = [result for fact in facts for result in engine.receive(fact)]
    results += engine.advance(50.0)
    (match,) = (result for result in results if isinstance(result, CueMatched))
    assert match.at == 34.0, "it began at 3.6 s"
    before = [at for at in looks if at < match.at]
    assert before[0] == GRID_S
    assert max(before) < 8.0, "as somebody falls silent, and then when it is due"


def test_a_rule_wakes_in_the_pass_in_which_an_earlier_one_matches() -> None:
    quiet = rule("agent.quiet", Silence(longer_than=10.0), 1)
    noticed = rule("agent.noticed", CueSeen(rules=("agent.quiet",), within=5.0), 1)
    for rules, wait in (((quiet, noticed), 0.0), ((noticed, quiet), GRID_S)):
        engine = Engine(book(*rules))
        facts: list[Fact] = [START, *spoken(customer(2.0, "I have a question"), "C1")]
        results = [result for fact in facts for result in engine.receive(fact)]
        results += engine.advance(50.0)
        at = {result.rule: result.at for result in results if isinstance(result, CueMatched)}
        assert at["agent.noticed"] == at["agent.quiet"] + wait
