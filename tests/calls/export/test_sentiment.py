"""Labels, quarters and overall scores, reckoned by hand."""

from __future__ import annotations

import pytest
from heardcalls import AGENT, CUSTOMER, known, spoke
from hypothesis import given
from hypothesis import strategies as st

from coach.calls.export.heard_call import MillisecondSpan
from coach.calls.export.sentiment import (
    Feeling,
    Label,
    Period,
    feelings,
    overall,
    period_score,
    quarters,
)
from coach.engine.talk.mood import MoodSettings
from coach.events import CueMatched, Track

P, M, N = Label.POSITIVE, Label.NEUTRAL, Label.NEGATIVE


@pytest.mark.parametrize(
    ("labels", "score"),
    [
        ([], 0.0),
        ([M, M], 0.0),
        ([M, N], -2.5),  # -1 of 2
        ([P], 5.0),
        ([N, P], 0.0),
        ([N, N, P], -2.5),  # weights 1 + 2 and 1: (-3 + 1) of 4
        ([N, P, N], -1.7),  # no streak: -1 of 3
        ([N, M, N, N], -4.0),  # the streak begins anew: -1 + 0 - 1 - 2 of 1 + 1 + 1 + 2
        ([N] * 4 + [P], -4.0),  # weights 1 + 2 + 3 + 3 and 1: (-9 + 1) of 10
    ],
)
def test_a_periods_score_weighs_how_often_and_how_long(labels: list[Label], score: float) -> None:
    assert period_score(labels) == score


@given(st.lists(st.sampled_from(list(Label))))
def test_scores_stay_in_their_range_and_turn_with_their_labels(labels: list[Label]) -> None:
    turned = [{P: N, N: P, M: M}[label] for label in labels]
    assert -5.0 <= period_score(labels) <= 5.0
    assert period_score(turned) == -period_score(labels)


def test_quarters_are_those_of_a_sides_own_time() -> None:
    # The customer's last word is at 32.110 s and the agent's at 29.710 s, so the bounds are 8027,
    # 16055, 24082 and 7427, 14855, 22282. A turn belongs to the quarter in which it begins.
    said = [
        (AGENT, 0.0, 0.09, M),
        (CUSTOMER, 0.16, 4.64, M),
        (AGENT, 4.64, 6.61, M),
        (CUSTOMER, 7.37, 11.19, N),
        (AGENT, 11.22, 15.21, N),
        (CUSTOMER, 15.84, 18.12, P),
        (AGENT, 18.31, 21.82, M),
        (CUSTOMER, 22.61, 24.14, P),
        (AGENT, 24.12, 29.71, P),
        (CUSTOMER, 30.58, 32.11, P),
    ]
    turns = [e for side, start, end, _ in said for e in spoke(side, start, end, "some words")]
    call = known(turns).heard
    of = {f"{side.value[0]}{start:g}": Feeling(label, None) for side, start, _, label in said}
    customer = quarters(call, CUSTOMER, of)
    assert customer == (
        Period(MillisecondSpan(0, 8027), -2.5),
        Period(MillisecondSpan(8027, 16_055), 5.0),
        Period(MillisecondSpan(16_055, 24_082), 5.0),
        Period(MillisecondSpan(24_082, 32_110), 5.0),
    )
    assert overall(customer) == 3.1  # 12.5 of 4
    agent = quarters(call, AGENT, of)
    assert [period.score for period in agent] == [0.0, -5.0, 0.0, 5.0]
    assert [period.span.end for period in agent] == [7427, 14_855, 22_282, 29_710]
    assert overall(agent) == 0.0


def test_a_quarter_without_turns_is_neutral_and_counts() -> None:
    # 0-2 and 9-10 of 10 s: quarters 1 and 4.
    call = known([*spoke(CUSTOMER, 0, 2, "a"), *spoke(CUSTOMER, 9, 10, "b")]).heard
    found = quarters(call, CUSTOMER, {"C0": Feeling(N, None), "C9": Feeling(N, None)})
    assert [period.score for period in found] == [-5.0, 0.0, 0.0, -5.0]
    assert overall(found) == -2.5


def test_labels_follow_the_points_of_the_mood() -> None:
    call = known(
        [
            *spoke(CUSTOMER, 0, 4, "This is terrible, I am furious and I hate this company."),
            *spoke(AGENT, 5, 8, "Thank you so much, that is wonderful and very kind."),
            *spoke(CUSTOMER, 9, 11, "It is on the back of the letter."),
            *spoke(CUSTOMER, 12, 13, "Awful."),
        ]
    ).heard
    found = feelings(call, (), MoodSettings())
    assert [found[name].label for name in ("C0", "A5", "C9", "C12")] == [N, P, M, M]
    assert found["C12"].points is None, "one word says little"
    assert found["C0"].points is not None
    assert found["C0"].points < -1


def test_a_turn_with_a_serious_cue_is_never_pleasant() -> None:
    turn = spoke(CUSTOMER, 0, 4, "You all would be happy and better off without me.")
    cue = CueMatched(
        at=5,
        channel=CUSTOMER,
        start=0,
        end=4,
        match="C0:safety.self_harm",
        utterance="C0",
        rule="safety.self_harm",
        track=Track.SAFETY,
        severity=4,
    )
    call = known(turn).heard
    assert feelings(call, (), MoodSettings())["C0"].label is P
    assert feelings(call, (cue,), MoodSettings())["C0"] == Feeling(M, 0.0)


def test_other_languages_are_not_scored() -> None:
    call = known(spoke(CUSTOMER, 0, 4, "Das ist ja furchtbar schlecht.", language="de")).heard
    assert feelings(call, (), MoodSettings()) == {}
    assert quarters(call, CUSTOMER, {}) == ()
