"""Right and false alarms and misses by reviewers' marks, with their uncertainty."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.backtest.judging import Judged, counted_share, judged
from coach.calls.marks import Mark, Verdict

RIGHT, WRONG, LATE, MISSED = Verdict.RIGHT, Verdict.WRONG, Verdict.LATE, Verdict.MISSED


def mark(verdict: Verdict, at: float, card: str | None = None, rule: str | None = "r") -> Mark:
    return Mark(mark=f"M{at}", verdict=verdict, at=at, reviewer="R", made="", card=card, rule=rule)


@pytest.mark.parametrize(
    ("hits", "of", "interval"),
    [
        (0, 10, (0.0, 0.2775)),
        (5, 10, (0.2366, 0.7634)),
        (10, 10, (0.7225, 1.0)),
        (81, 263, (0.2553, 0.3662)),
    ],
)
def test_wilsons_interval_as_published(hits: int, of: int, interval: tuple[float, float]) -> None:
    share = counted_share(hits, of)
    assert share is not None
    assert (share.low, share.high) == pytest.approx(interval, abs=5e-5)
    assert share.value == hits / of


def test_nothing_counted_is_no_share() -> None:
    assert counted_share(0, 0) is None
    assert Judged(quiet=3).precision is None
    assert Judged(quiet=3).f1 is None


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_f1_is_the_harmonic_mean_and_lies_in_its_interval(
    right: int, false: int, missed: int
) -> None:
    one = Judged(right=right, false=false, missed=missed)
    if not (one.precision and one.recall and one.f1):
        return
    precision, recall = one.precision.value, one.recall.value
    mean = 2 * precision * recall / (precision + recall) if right else 0.0
    assert one.f1.value == pytest.approx(mean)
    assert 0 <= one.f1.low <= one.f1.value + 1e-12
    assert one.f1.value - 1e-12 <= one.f1.high <= 1


@pytest.mark.parametrize(
    ("marks", "shown", "expected"),
    [
        ([mark(RIGHT, 10)], [12.0], Judged(right=1)),
        ([mark(LATE, 10)], [12.0], Judged(right=1)),
        ([mark(MISSED, 10)], [20.0], Judged(right=1)),
        ([mark(MISSED, 10)], [20.1], Judged(missed=1)),
        ([mark(WRONG, 10)], [12.0], Judged(false=1)),
        ([mark(WRONG, 10)], [], Judged(quiet=1)),
        # a card answers for one moment only: the nearest
        ([mark(RIGHT, 10), mark(MISSED, 14)], [13.0], Judged(right=1, missed=1)),
        ([mark(WRONG, 10), mark(RIGHT, 14)], [13.0], Judged(right=1, quiet=1)),
        # of several marks of a card the last one holds
        ([mark(RIGHT, 10, "P1"), mark(WRONG, 11, "P1")], [11.0], Judged(false=1)),
        # an unmarked card is neither right nor wrong
        ([mark(RIGHT, 10)], [10.0, 100.0], Judged(right=1)),
    ],
)
def test_judged(marks: list[Mark], shown: list[float], expected: Judged) -> None:
    assert judged(marks, {"r": shown}, 10.0) == {"r": expected}


def test_remarks_and_marks_of_no_rule_judge_nothing() -> None:
    marks = [mark(Verdict.NOTE, 10), mark(RIGHT, 10, rule=None)]
    assert judged(marks, {"r": [10.0]}, 10.0) == {}


def test_what_mistakes_cost() -> None:
    assert Judged(right=9, false=4, missed=2).cost(10) == 24
