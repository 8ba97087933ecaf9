"""Figures in words."""

from __future__ import annotations

import pytest

from coach.notes.wording import count_of, often


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 calls"), (1, "1 call"), (2, "2 calls"), (1200, "1,200 calls")],
)
def test_a_figure_stands_with_the_right_number_of_its_noun(count: int, said: str) -> None:
    assert count_of(count, "call") == said


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0.0, "never"),
        (3.0, "3 times an hour"),
        (1.0, "once an hour"),
        (0.02, "once in 50 hours"),
        (0.0001, "less than once in 2,000 hours"),
    ],
)
def test_a_rate_is_said_so_that_a_person_can_weigh_it(rate: float, said: str) -> None:
    assert often(rate) == said
