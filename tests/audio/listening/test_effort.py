from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio.listening.effort import Effort, EffortControl, EffortSettings

LATE = EffortSettings().late + 0.5
FINE = 0.3


def test_steps_up_one_rung_at_a_time_while_results_come_late() -> None:
    effort = EffortControl()
    seen = []
    for second in range(6):
        effort.observe(float(second), LATE)
        seen.append(effort.given_up)
    assert seen == [
        Effort.FEWER_DRAFTS,
        Effort.SMALL_BEAM,
        Effort.DEGRADED,
        Effort.DEGRADED,
        Effort.DEGRADED,
        Effort.DEGRADED,
    ]


def test_two_late_results_at_once_are_one_step() -> None:
    effort = EffortControl()
    effort.observe(1.0, LATE)
    effort.observe(1.2, LATE)
    assert effort.given_up is Effort.FEWER_DRAFTS


def test_a_quiet_spell_takes_one_step_down() -> None:
    effort = EffortControl()
    effort.observe(0.0, LATE)
    effort.observe(2.0, LATE)
    effort.observe(11.0, FINE)
    assert effort.given_up is Effort.SMALL_BEAM
    effort.observe(12.5, FINE)
    assert effort.given_up is Effort.FEWER_DRAFTS
    effort.observe(13.0, FINE)
    assert effort.given_up is Effort.FEWER_DRAFTS
    effort.observe(23.0, FINE)
    assert effort.given_up is Effort.FULL


def test_a_descent_that_came_too_early_makes_the_next_one_wait_longer() -> None:
    effort = EffortControl()
    effort.observe(0.0, LATE)
    effort.observe(10.0, FINE)
    assert effort.given_up is Effort.FULL
    effort.observe(12.0, LATE)
    effort.observe(23.0, FINE)
    assert effort.given_up is Effort.FEWER_DRAFTS
    effort.observe(32.5, FINE)
    assert effort.given_up is Effort.FULL


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), max_size=50))
def test_never_moves_more_than_one_rung(steps: list[tuple[float, float]]) -> None:
    effort, at = EffortControl(), 0.0
    for wait, lateness in steps:
        at += wait
        before = effort.given_up
        effort.observe(at, lateness)
        assert abs(effort.given_up - before) <= 1
        if lateness > effort.settings.late:
            assert effort.given_up >= before
        else:
            assert effort.given_up <= before
