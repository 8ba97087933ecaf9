"""How loud each second of a turn was, reckoned by hand."""

from __future__ import annotations

from coach.calls.export.heard_call import Measured, MillisecondSpan
from coach.calls.export.loudness_scores import loudness_scores


def heard(start: float, dbfs: float, *, speech: bool = True) -> Measured:
    return Measured(MillisecondSpan(round(start * 1000), round(start * 1000) + 500), dbfs, speech)


def test_each_second_that_a_turn_touches_has_a_score() -> None:
    # 7370-11190 touches the seconds 7, 8, 9, 10 and 11.
    measured = [heard(half / 2, -25.0) for half in range(30)]
    assert loudness_scores(MillisecondSpan(7370, 11_190), measured) == (75.0,) * 5


def test_a_seconds_level_is_its_mean_power() -> None:
    # Half a second at -20 dB and half at -30 dB: (0.01 + 0.001) / 2 is -22.596 dB.
    assert loudness_scores(MillisecondSpan(0, 1000), [heard(0.0, -20.0), heard(0.5, -30.0)]) == (
        77.4,
    )


def test_only_what_lies_in_the_turn_counts_and_by_its_time() -> None:
    # 250 ms at -20 dB and 500 ms at -30 dB: (0.01 + 2 * 0.001) / 3 is -23.979 dB.
    measured = [heard(0.0, -20.0), heard(0.5, -30.0), heard(1.0, -3.0)]
    assert loudness_scores(MillisecondSpan(250, 1000), measured) == (76.02,)


def test_silence_beside_speech_does_not_count() -> None:
    measured = [heard(0.0, -20.0), heard(0.5, -70.0, speech=False), heard(1.0, -60.0, speech=False)]
    assert loudness_scores(MillisecondSpan(0, 1500), measured) == (80.0, 40.0)


def test_a_second_without_a_measurement_has_none() -> None:
    assert loudness_scores(MillisecondSpan(0, 2500), [heard(0.0, -20.0), heard(2.0, -100.0)]) == (
        80.0,
        None,
        0.0,
    )
    assert loudness_scores(MillisecondSpan(0, 2500), []) == ()


def test_scores_stay_in_their_range() -> None:
    assert loudness_scores(MillisecondSpan(0, 2000), [heard(0.5, 1e308), heard(1.0, -1e308)]) == (
        100.0,
        0.0,
    )


def test_of_many_measurements_those_of_the_turn_are_found() -> None:
    measured = [heard(half / 2, -float(half)) for half in range(100)]
    assert loudness_scores(MillisecondSpan(20_500, 21_000), measured) == (59.0,)
    assert loudness_scores(MillisecondSpan(49_999, 50_100), measured) == (1.0, None)
    assert loudness_scores(MillisecondSpan(50_000, 51_000), measured) == ()
