"""The likeliest sequence of speakers is found: no other of a short recording is likelier."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from audio.voices import third_voice, turns, two_voices

CELLS = 7


def likeliest(evidence: two_voices.Floats, costs: two_voices.Floats) -> list[int]:
    """By trying every sequence; ``evidence`` has a row for each cell."""

    def worth(path: tuple[int, ...]) -> float:
        said = sum(float(evidence[at, one]) for at, one in enumerate(path))
        return said - sum(costs[at] for at in range(1, len(path)) if path[at] != path[at - 1])

    return [*max(itertools.product(range(evidence.shape[1]), repeat=len(evidence)), key=worth)]


@pytest.mark.parametrize("seed", range(5))
def test_no_other_sequence_is_likelier(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    costs = drawn.choice([0.3, 1.0, 3.0], CELLS)
    of_two, of_three = drawn.normal(size=CELLS), drawn.normal(size=(CELLS, 3))
    two = np.stack([-of_two, of_two], axis=1) / 2
    assert turns._speakers(of_two, costs).tolist() == likeliest(two, costs)
    assert third_voice._cheapest(of_three, costs).tolist() == likeliest(of_three, costs)


def test_nothing_known_is_the_first_ones() -> None:
    assert turns._speakers(np.zeros(3), np.ones(3)).tolist() == [0, 0, 0]
    assert third_voice._cheapest(np.zeros((3, 3)), np.ones(3)).tolist() == [0, 0, 0]


def test_centres_are_close_as_numpy_says() -> None:
    drawn = np.random.default_rng(1)
    before = drawn.normal(size=(2, 40))
    for moved in (before, before + 1e-9, before * (1 + 9e-6), before * (1 + 2e-5), before + 1e-3):
        assert two_voices.are_close(moved, before) is bool(np.allclose(moved, before))


@pytest.mark.parametrize("seed", range(5))
def test_tries_that_end_like_others_are_left_out_and_no_end_is_missed(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    people = drawn.normal(size=(2, 24))[drawn.integers(0, 2, 80)]
    vectors = people + drawn.normal(size=(80, 24)) * 1.5
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    mass = drawn.uniform(0.1, 1.0, 80)
    points = vectors.astype(np.float64)
    weighed = points * mass[:, None]
    ends, known = [], set[bytes]()
    left_out = 0
    for start in np.linspace(0, 79, two_voices.TRIES).round().astype(int):
        end = two_voices._two_means(points, weighed, points[start], set())
        assert end is not None
        ends.append(end)
        left_out += two_voices._two_means(points, weighed, points[start], known) is None
    assert left_out
    found = two_voices.tell_apart(vectors, mass)
    assert found is not None
    fit = [np.sum(mass * np.max(points @ end.T, axis=1)) for end in ends]
    centres = np.stack([found.first, found.second])
    assert np.sum(mass * np.max(points @ centres.T, axis=1)) >= max(fit) - 1e-9
