from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.bench.roc import area_under_curve

FIGURES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("yes", "no", "area"),
    [
        ([3.0, 4.0], [1.0, 2.0], 1.0),
        ([1.0, 2.0], [3.0, 4.0], 0.0),
        ([1.0], [1.0], 0.5),
        ([2.0, 2.0], [2.0, 2.0, 2.0], 0.5),
        ([1.0, 3.0], [2.0], 0.5),
        ([2.0, 3.0], [2.0, 1.0], 0.875),
    ],
)
def test_area_by_hand(yes: list[float], no: list[float], area: float) -> None:
    assert area_under_curve(yes, no) == pytest.approx(area)


@given(FIGURES, FIGURES)
def test_area_is_the_chance_of_the_right_order(yes: list[float], no: list[float]) -> None:
    pairs = [1.0 if y > n else 0.5 if y == n else 0.0 for y in yes for n in no]
    assert area_under_curve(yes, no) == pytest.approx(sum(pairs) / len(pairs))
    assert area_under_curve(no, yes) == pytest.approx(1.0 - sum(pairs) / len(pairs))


def test_one_side_alone_has_no_area() -> None:
    with pytest.raises(ValueError, match="both sides"):
        area_under_curve([], [1.0])
