"""Krippendorff's alpha on his own example, and what must hold of it everywhere."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scorecardkit import form, question, section

from coach.calls.scorecards.agreement import (
    Scale,
    Scoring,
    against_expert,
    by_question,
    on_the_whole,
    reliability,
)
from coach.calls.scorecards.form import Value
from coach.calls.scorecards.printed import reliability_words

OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
"""Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), part C: four observers."""
UNITS = [
    [float(value) for value in unit if value != "."]
    for unit in zip(*(line.split() for line in OBSERVERS), strict=True)
]


@pytest.mark.parametrize(
    ("scale", "alpha"),
    [(Scale.NOMINAL, 0.743), (Scale.ORDINAL, 0.815), (Scale.INTERVAL, 0.849)],
)
def test_the_textbook_example(scale: Scale, alpha: float) -> None:
    found = reliability(UNITS, scale)
    assert found.alpha == pytest.approx(alpha, abs=0.0005)
    assert (found.units, found.answers) == (11, 40)


def test_two_observers_and_yes_or_no() -> None:
    """The same text, part A: alpha is 0.095."""
    one, other = "0100000001", "1110010000"
    units: list[list[Value]] = [list(pair) for pair in zip(one, other, strict=True)]
    found = reliability(units, Scale.NOMINAL)
    assert found.alpha == pytest.approx(0.095, abs=0.0005)
    assert found.equal == 0.6


def test_nothing_is_said_where_nothing_can_be() -> None:
    assert reliability([], Scale.NOMINAL).alpha is None
    assert reliability([["yes"], ["no"]], Scale.NOMINAL).units == 0
    assert reliability([["yes", "no"]], Scale.NOMINAL).alpha is None
    same = reliability([["yes", "yes"], ["yes", "yes"]], Scale.NOMINAL)
    assert (same.alpha, same.equal) == (None, 1.0)


steps = st.lists(st.integers(1, 5).map(float), min_size=1, max_size=4)
tables = st.lists(steps, min_size=2, max_size=8)
scales = st.sampled_from(list(Scale))


def test_why_there_is_no_alpha_is_said() -> None:
    apart = reliability([["yes", "no", "no"]], Scale.NOMINAL)
    assert reliability_words(apart) == "one call alone  nominal, 33.3 % equal, 1 call, 3 answers"
    alike = reliability([["yes", "yes"], ["yes", "yes"]], Scale.NOMINAL)
    assert reliability_words(alike).startswith("no variation  nominal, 100 % equal, 2 calls")


@given(tables, scales)
def test_full_agreement_is_one_and_order_is_nothing(table: list[list[float]], scale: Scale) -> None:
    same: list[list[Value]] = [[unit[0]] * 3 for unit in table]
    assume(len({unit[0] for unit in table}) > 1)
    assert reliability(same, scale).alpha == pytest.approx(1.0)
    given_: list[list[Value]] = [list(unit) for unit in table]
    turned: list[list[Value]] = [unit[::-1] for unit in given_[::-1]]
    one, other = reliability(given_, scale), reliability(turned, scale)
    assert one.alpha == (None if other.alpha is None else pytest.approx(other.alpha))
    assert one.alpha is None or one.alpha <= 1.0


@given(tables, scales)
def test_it_is_the_definition_with_every_pair_counted(
    table: list[list[float]], scale: Scale
) -> None:
    """Through the matrix of coincidences, as the textbook goes, for every scale."""
    units = [unit for unit in table if len(unit) > 1]
    values = [value for unit in units for value in unit]
    known = sorted(set(values))
    matrix = {
        (c, k): sum(
            sum(a == c and b == k for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1)
            for unit in units
        )
        for c in known
        for k in known
    }

    def squared(c: float, k: float) -> float:
        if scale is Scale.NOMINAL:
            return float(c != k)
        if scale is Scale.INTERVAL:
            return (c - k) ** 2
        low, high = min(c, k), max(c, k)
        between = sum(low <= value <= high for value in values)
        return (between - (values.count(c) + values.count(k)) / 2) ** 2 if c != k else 0.0

    n = len(values)
    observed = sum(matrix[c, k] * squared(c, k) for c in known for k in known)
    expected = sum(values.count(c) * values.count(k) * squared(c, k) for c in known for k in known)
    found = reliability([list(unit) for unit in table], scale)
    if len(units) < 2 or expected == 0:
        assert found.alpha is None
    else:
        assert found.alpha == pytest.approx(1 - (n - 1) * observed / expected)


# --- questions -----------------------------------------------------------------------------------

FORM = form(
    section(
        "s",
        question("a", more="not_applicable = true"),
        question("b", "scale", "not_applicable = true"),
        question("c", "text"),
    )
)


def scoring(call: str, reviewer: str, a: str | None, b: float | None) -> Scoring:
    return Scoring(call=call, reviewer=reviewer, answers={"a": a, "b": b, "c": call}, percent=b)


SCORINGS = [
    scoring("1", "Ruth", "yes", 5.0),
    scoring("1", "Omar", "yes", 4.0),
    scoring("2", "Ruth", None, 2.0),
    scoring("2", "Omar", None, None),
    scoring("3", "Ruth", "no", 1.0),
    scoring("3", "Omar", "yes", 1.0),
    scoring("4", "Omar", "yes", 3.0),
]


def test_what_does_not_apply_is_an_answer_among_names_only() -> None:
    a, b = by_question(FORM, SCORINGS)
    assert (a.question, a.reliability.scale, a.reliability.units) == ("a", Scale.NOMINAL, 3)
    assert (a.reliability.answers, a.not_applicable) == (6, 2)
    assert (b.reliability.scale, b.reliability.units, b.not_applicable) == (Scale.ORDINAL, 2, 1)
    assert on_the_whole(SCORINGS).units == 2


def test_reviewers_beside_the_expert() -> None:
    a, b = against_expert(FORM, SCORINGS, "Ruth")
    assert (a.reviewer, a.both, a.equal, a.difference) == ("Omar", 3, 2, None)
    assert (b.both, b.equal, b.difference) == (3, 1, -0.5)
