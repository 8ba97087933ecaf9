"""Weak signs that add up."""

from __future__ import annotations

import pytest

from coach.engine.cues.gathering import WINDOW, Gathering, together
from coach.events import Evidence


def gathering(*rates: float, every: float = 30.0, sensitivity: float = 0.02) -> Gathering:
    made = Gathering(sensitivity)
    for number, rate in enumerate(rates):
        made.add(f"C{number}", number * every, Evidence(value=rate))
    return made


@pytest.mark.parametrize(
    ("rates", "enough"),
    [
        ((0.05,), False),
        ((0.05, 0.05), False),
        ((0.25, 0.25, 0.25), True),
        ((0.4, 0.4, 0.4), False),
        ((0.6, 0.6, 0.6, 0.6), True),
        ((1.9, 1.9, 1.9, 1.9), False),
    ],
)
def test_how_many_half_certain_signs_are_one_certain_one(
    rates: tuple[float, ...], *, enough: bool
) -> None:
    assert bool(gathering(*rates).enough(len(rates) * 30.0)) is enough


def test_signs_far_apart_do_not_add_up() -> None:
    assert not gathering(0.1, 0.1, 0.1, every=WINDOW).enough(2 * WINDOW)


def test_one_utterance_is_one_sign() -> None:
    made = Gathering(0.02)
    for _ in range(5):
        made.add("C1", 10.0, Evidence(value=0.1))
    assert not made.enough(10.0)


def test_what_the_agent_has_answered_counts_no_more() -> None:
    made = gathering(0.1, 0.1)
    made.settle()
    made.add("C9", 70.0, Evidence(value=0.1))
    assert not made.enough(70.0)


def test_the_evidence_is_every_sign_in_order() -> None:
    found = gathering(0.2, 0.1, 1.9, 0.15).enough(120.0)
    assert [e.value for e in found] == [0.2, 0.1, 0.15]


def test_more_signs_or_surer_ones_are_rarer() -> None:
    assert together(1.0, 3) < together(1.0, 2)
    assert together(0.1, 2) < together(1.0, 2)
