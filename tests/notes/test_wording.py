"""Figures in words."""

from __future__ import annotations

import msgspec
import pytest

from coach.events import Evidence
from coach.notes.wording import count_of, limit, measured, nearness, often


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


def test_a_near_miss_does_not_read_as_if_it_were_near_enough() -> None:
    missed = Evidence(meaning="let me speak to your boss", value=0.63, threshold=0.5)
    assert nearness(missed).endswith(
        "ordinary talk comes this near once in 1.6 hours, at most once in 2.0 hours counts"
    )


def test_a_figure_that_falls_short_does_not_read_as_if_it_were_enough() -> None:
    short = Evidence(value=0.496, threshold=0.5, note="distress of the words")
    assert (measured(short), limit(short)) == ("distress of the words 0.496", "(from 0.5)")
    enough = msgspec.structs.replace(short, value=0.504)
    assert (measured(enough), limit(enough)) == ("distress of the words 0.5", "(from 0.5)")
