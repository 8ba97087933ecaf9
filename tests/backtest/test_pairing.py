"""Which card is which: as many pairs as possible, the nearest, and none that cross."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.backtest.pairing import Pair, paired

TIMES = st.lists(st.integers(0, 40).map(float), max_size=5).map(sorted)
WITHIN = 10.0


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ([], [], []),
        ([5.0], [], [(0, None)]),
        ([], [5.0], [(None, 0)]),
        ([5.0], [5.0], [(0, 0)]),
        ([5.0], [15.0], [(0, 0)]),
        ([5.0], [15.1], [(0, None), (None, 0)]),
        ([15.1], [5.0], [(None, 0), (0, None)]),
        ([0.0, 9.0], [8.0], [(0, None), (1, 0)]),
        ([0.0, 9.0], [8.0, 18.0], [(0, 0), (1, 1)]),
        ([9.0, 30.0], [0.0, 10.0, 31.0], [(None, 0), (0, 1), (1, 2)]),
    ],
)
def test_pairs(old: list[float], new: list[float], pairs: list[Pair]) -> None:
    assert sorted(paired(old, new, WITHIN), key=str) == sorted(pairs, key=str)


def worth(old: list[float], new: list[float], pairs: list[Pair]) -> tuple[int, float]:
    both = [(old[i], new[j]) for i, j in pairs if i is not None and j is not None]
    return len(both), -sum(abs(a - b) for a, b in both)


def every_pairing(old: list[float], new: list[float]) -> list[list[Pair]]:
    """Every way to pair some of them in order."""
    return [
        list(zip(some, others, strict=True))
        for size in range(min(len(old), len(new)) + 1)
        for some in itertools.combinations(range(len(old)), size)
        for others in itertools.combinations(range(len(new)), size)
        if all(abs(old[i] - new[j]) <= WITHIN for i, j in zip(some, others, strict=True))
    ]


@given(TIMES, TIMES)
def test_no_other_pairing_is_better_and_every_card_has_its_place(
    old: list[float], new: list[float]
) -> None:
    pairs = paired(old, new, WITHIN)
    assert sorted(i for i, _ in pairs if i is not None) == list(range(len(old)))
    assert sorted(j for _, j in pairs if j is not None) == list(range(len(new)))
    assert worth(old, new, pairs) == max(worth(old, new, some) for some in every_pairing(old, new))


@given(TIMES, TIMES)
def test_exchanging_the_sides_exchanges_the_pairs(old: list[float], new: list[float]) -> None:
    there = sorted(paired(old, new, WITHIN), key=str)
    back = sorted(((j, i) for i, j in paired(new, old, WITHIN)), key=str)
    assert there == back
