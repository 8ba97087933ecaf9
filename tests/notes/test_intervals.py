"""Every interval against one reckoned by hand or published."""

from __future__ import annotations

import math

import pytest

from coach.notes.report.intervals import (
    NOTHING,
    Estimate,
    difference,
    mean,
    poisson,
    pooled_share,
    rate,
    share,
    student,
)
from coach.notes.report.trend_words import figure


def bounds(one: Estimate) -> tuple[float, float]:
    assert one.low is not None
    assert one.high is not None
    return one.low, one.high


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (4, 10, 0.1682, 0.6873),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (15, 148, 0.0624, 0.1605),  # Newcombe 1998, table I
    ],
)
def test_wilson(hits: int, of: int, low: float, high: float) -> None:
    found = share(hits, of)
    assert found.value == hits / of
    assert bounds(found) == pytest.approx((low, high), abs=1e-4)
    assert (found.count, found.of, found.calls) == (hits, of, of)


def test_students_mean() -> None:
    # 2.5, deviation 1.2910, its error 0.6455, times 3.182
    assert bounds(mean([1, 2, 3, 4])) == pytest.approx((0.446, 4.554), abs=1e-3)
    assert bounds(mean([0, 0, 0, 4], 0.0, 3.0)) == (0.0, 3.0)


@pytest.mark.parametrize(("freedom", "t"), [(1, 12.706), (30, 2.042), (31, 2.0395), (120, 1.9799)])
def test_students_t(freedom: int, t: float) -> None:
    assert student(freedom) == pytest.approx(t, abs=2e-4)


def test_the_difference_of_two_shares() -> None:
    # Newcombe 1998, table II, example (a), method 10: 56/70 and 48/80
    found = difference(share(48, 80), share(56, 70))
    assert found.value == pytest.approx(0.2)
    assert bounds(found) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert difference(share(1, 2), NOTHING) == NOTHING


@pytest.mark.parametrize(
    ("pairs", "value", "low", "high"),
    [
        ([(1, 2), (3, 4)], 4 / 6, 0.3000, 0.9032),  # calls alike: as six independent cards
        ([(0, 4), (4, 4)], 0.5, 0.0546, 0.9454),  # one call all, one none: as a single card
        ([(2, 2), (3, 3)], 1.0, 0.3424, 1.0),  # nothing scatters: as two calls
        ([(2, 2), (3, 3), (0, 0)], 1.0, 0.3424, 1.0),  # a call without cards says nothing
    ],
)
def test_a_share_of_things_that_come_in_calls(
    pairs: list[tuple[int, int]], value: float, low: float, high: float
) -> None:
    found = pooled_share(pairs)
    assert found.value == pytest.approx(value)
    assert bounds(found) == pytest.approx((low, high), abs=1e-4)


def test_what_never_came_up_has_a_bound_too() -> None:
    assert bounds(rate([0] * 10)) == pytest.approx((0.0, 0.3689))
    assert rate([1, 2, 3]) == mean([1, 2, 3], 0.0)


@pytest.mark.parametrize("few", [mean([3.0]), pooled_share([(1, 3)]), mean([3.0, 3.0])])
def test_so_little_that_nothing_follows_has_no_interval(few: Estimate) -> None:
    assert (few.low, few.high) == (None, None)


@pytest.mark.parametrize(
    ("one", "unit", "words"),
    [
        (share(4, 10), "share", "40% (17% to 69%); 4 of 10 calls"),
        (pooled_share([(1, 2), (3, 4)]), "share", "67% (30% to 90%); 4 of 6 in 2 calls"),
        (mean([1, 2, 3, 4]), "s a call", "2.5 s a call (0.4 to 4.6); 4 calls"),
        (mean([0.4, 0.6], 0, 1), "share", "50% (0% to 100%); 2 calls"),
        (mean([3.0]), "a call", "3.0 a call (one call tells nothing of others); 1 call"),
        (mean([3.0, 3.0]), "a call", "3.0 a call (the same in all of them); 2 calls"),
        (NOTHING, "share", "no calls"),
    ],
)
def test_figures_in_words(one: Estimate, unit: str, words: str) -> None:
    assert figure(one, unit) == words


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (3, 0.619, 8.767),
        (10, 4.795, 18.39),
        (100, 81.36, 121.63),
    ],
)
def test_a_count_gets_the_exact_interval_of_the_tables(count: int, low: float, high: float) -> None:
    assert poisson(count) == pytest.approx((low, high), rel=1e-3)


@pytest.mark.parametrize("count", [2, 33, 2_000])
def test_at_either_end_such_a_count_or_a_more_extreme_one_comes_in_2_5_percent(count: int) -> None:
    low, high = poisson(count)

    def at_most(most: int, expected: float) -> float:
        logs = (n * math.log(expected) - expected - math.lgamma(n + 1) for n in range(most + 1))
        return math.fsum(map(math.exp, logs))

    assert at_most(count, high) == pytest.approx(0.025, rel=1e-6)
    assert 1.0 - at_most(count - 1, low) == pytest.approx(0.025, rel=1e-6)
