"""From scores to false alarms per hour of ordinary talk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.meaning.rates import LEAST, MOST, RateCurve, curve_of

CURVE = RateCurve(((0.0, 10.0), (1.0, 1.0), (3.0, 0.01)))


@pytest.mark.parametrize(
    ("score", "rate"), [(0.0, 10.0), (1.0, 1.0), (2.0, 0.1), (3.0, 0.01), (4.0, 0.001)]
)
def test_between_and_beyond_its_points_the_rate_falls_evenly_on_a_logarithmic_scale(
    score: float, rate: float
) -> None:
    assert CURVE.rate(score) == pytest.approx(rate, rel=1e-2)


def test_a_rate_is_never_beyond_what_can_be_counted() -> None:
    assert CURVE.rate(-50.0) == MOST
    assert CURVE.rate(50.0) == LEAST


def test_a_score_far_below_steep_points_is_as_frequent_as_can_be() -> None:
    assert RateCurve(((0.0, 10.0), (1e-6, 1e-3))).rate(-9.0) == MOST


@given(st.floats(-3, 6), st.floats(-3, 6))
def test_a_higher_score_is_never_more_frequent(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert CURVE.rate(high) <= CURVE.rate(low)


@pytest.mark.parametrize("rate", [5.0, 1.0, 0.1, 0.02])
def test_the_score_of_a_rate_has_that_rate(rate: float) -> None:
    assert CURVE.rate(CURVE.score(rate)) == pytest.approx(rate, rel=0.02)


def test_a_counted_curve_gives_the_count_where_it_was_counted() -> None:
    scores = np.linspace(0.0, 0.999, 1000, dtype=np.float32)
    curve = curve_of(scores, hours=10.0)
    assert curve.rate(float(np.sort(scores)[-24])) == pytest.approx(2.4, rel=0.05)
    assert curve.rate(float(scores.max()) + 0.05) < 0.1


@pytest.mark.parametrize("rate", [0.3, 0.1, 0.03])
def test_a_steady_curve_gives_the_rate_of_a_tail_that_is_exponential(rate: float) -> None:
    hours, count = 50.0, 20_000
    scores = -np.log((np.arange(count) + 0.5) / count).astype(np.float32)
    truly = float(np.log(count / (rate * hours)))
    assert curve_of(scores, hours=hours, steady=True).rate(truly) == pytest.approx(rate, rel=0.15)


def test_one_turn_moves_a_steady_curve_little() -> None:
    scores = np.linspace(0.0, 3.0, 500, dtype=np.float32)
    more = np.append(scores, np.float32(5.0))
    plain = [curve_of(some, hours=50.0).score(0.02) for some in (scores, more)]
    steady = [curve_of(some, hours=50.0, steady=True).score(0.02) for some in (scores, more)]
    assert abs(steady[1] - steady[0]) < 0.5 * abs(plain[1] - plain[0])


def test_a_steady_curve_of_few_turns_is_the_plain_one() -> None:
    scores = np.linspace(0.0, 1.0, 10, dtype=np.float32)
    plain, steady = (curve_of(scores, hours=1.0, steady=some) for some in (False, True))
    assert [plain.rate(x) for x in (0.2, 0.9, 1.4)] == [steady.rate(x) for x in (0.2, 0.9, 1.4)]


def test_figures_are_rounded_to_what_the_journal_keeps() -> None:
    assert CURVE.rate(1.2345) == float(f"{CURVE.rate(1.2345):.3g}")
