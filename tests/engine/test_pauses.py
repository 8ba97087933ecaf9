"""Pauses: what lies in one is off the record."""

from __future__ import annotations

import pytest
from rulekit import ScriptedRun, customer, key, rule

from coach.events import Action, AgentAction, EscalationChanged
from coach.events.pauses import Pauses


def pressed(*keys: tuple[float, Action]) -> Pauses:
    pauses = Pauses()
    for at, action in keys:
        pauses.take(AgentAction(at=at, action=action))
    return pauses


@pytest.mark.parametrize(
    ("start", "end", "off_record"),
    [(0, 10, False), (9, 11, True), (12, 13, True), (19, 25, True), (20, 25, False), (1, 40, True)],
)
def test_what_touches_a_pause_is_off_the_record(
    start: float, end: float, *, off_record: bool
) -> None:
    pauses = pressed((10.0, Action.PAUSE), (20.0, Action.RESUME))
    assert pauses.touch(start, end) is off_record


def test_an_open_pause_reaches_as_far_as_one_looks() -> None:
    pauses = pressed((1.0, Action.PAUSE), (2.0, Action.RESUME), (10.0, Action.PAUSE))
    assert pauses.since == 10.0
    assert pauses.touch(0.0, 1e9)
    assert not pauses.touch(5.0, 10.0)
    assert pauses.spans(until=12.0) == [(1.0, 2.0), (10.0, 12.0)]


def test_the_same_key_twice_says_nothing_new() -> None:
    pauses = pressed((1.0, Action.RESUME), (10.0, Action.PAUSE), (11.0, Action.PAUSE))
    assert pauses.end(20.0) == (10.0, 20.0)
    assert pauses.end(21.0) is None
    assert pauses.spans(until=30.0) == [(10.0, 20.0)]


def test_other_keys_pause_nothing() -> None:
    assert pressed((1.0, Action.SNOOZE), (2.0, Action.SWAP_CHANNELS)).spans(until=9.0) == []


@pytest.mark.parametrize("says", [True, False])
def test_the_level_is_not_weighed_by_words_of_a_pause(*, says: bool) -> None:
    """It falls once the call is heard again, whether anybody spoke meanwhile or not."""
    desk = ScriptedRun(rule("conduct.insult", "useless", 2))
    desk.play(customer(1.0, "you are useless"), until=5.0)
    within = [customer(180.0, "this is none of your business")] if says else []
    pause, resume = key(10.0, Action.PAUSE), key(200.3, Action.RESUME)
    desk.play(pause, *within, resume, until=210.0)
    levels = [(r.at, r.level.name) for r in desk.results if isinstance(r, EscalationChanged)]
    assert levels == [(3.1, "UNEASY"), (200.5, "CALM")]
