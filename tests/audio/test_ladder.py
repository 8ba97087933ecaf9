from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio.ladder import Ladder, LadderSettings, Rung

LATE = LadderSettings().late + 0.5
FINE = 0.3


def test_steps_up_one_rung_at_a_time_while_results_come_late() -> None:
    ladder = Ladder()
    seen = []
    for second in range(6):
        ladder.observe(float(second), LATE)
        seen.append(ladder.rung)
    assert seen == [
        Rung.FEWER_DRAFTS,
        Rung.SMALL_BEAM,
        Rung.DEGRADED,
        Rung.DEGRADED,
        Rung.DEGRADED,
        Rung.DEGRADED,
    ]


def test_two_late_results_at_once_are_one_step() -> None:
    ladder = Ladder()
    ladder.observe(1.0, LATE)
    ladder.observe(1.2, LATE)
    assert ladder.rung is Rung.FEWER_DRAFTS


def test_a_quiet_spell_takes_one_step_down() -> None:
    ladder = Ladder()
    ladder.observe(0.0, LATE)
    ladder.observe(2.0, LATE)
    ladder.observe(11.0, FINE)
    assert ladder.rung is Rung.SMALL_BEAM
    ladder.observe(12.5, FINE)
    assert ladder.rung is Rung.FEWER_DRAFTS
    ladder.observe(13.0, FINE)
    assert ladder.rung is Rung.FEWER_DRAFTS
    ladder.observe(23.0, FINE)
    assert ladder.rung is Rung.FULL


def test_a_descent_that_came_too_early_makes_the_next_one_wait_longer() -> None:
    ladder = Ladder()
    ladder.observe(0.0, LATE)
    ladder.observe(10.0, FINE)
    assert ladder.rung is Rung.FULL
    ladder.observe(12.0, LATE)
    ladder.observe(23.0, FINE)
    assert ladder.rung is Rung.FEWER_DRAFTS
    ladder.observe(32.5, FINE)
    assert ladder.rung is Rung.FULL


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), max_size=50))
def test_never_moves_more_than_one_rung(steps: list[tuple[float, float]]) -> None:
    ladder, at = Ladder(), 0.0
    for wait, lateness in steps:
        at += wait
        before = ladder.rung
        ladder.observe(at, lateness)
        assert abs(ladder.rung - before) <= 1
        if lateness > ladder.settings.late:
            assert ladder.rung >= before
        else:
            assert ladder.rung <= before
