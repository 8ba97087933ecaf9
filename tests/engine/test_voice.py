"""A voice against its own baseline."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.talk.voice import (
    BASELINE_SECONDS,
    DRIFT_PER_MINUTE,
    FIRST_AFTER_SECONDS,
    SEMITONES_PER_DB,
    TILT_DB_PER_DB,
    VoiceTracker,
)
from coach.events import Channel, Loudness

USUAL_DBFS, USUAL_HZ, USUAL_TILT = -28.0, 180.0, -6.0


def block(
    number: int,
    *,
    effort: float = 0.0,
    dbfs: float | None = None,
    pitch: float | None = -1.0,
    tilt: float | None = -100.0,
    speech: bool = True,
) -> Loudness:
    """Half a second of a voice ``effort`` dB above the usual; figures may be overridden."""
    start = number / 2
    return Loudness(
        at=start + 0.5,
        channel=Channel.CUSTOMER,
        start=start,
        end=start + 0.5,
        speech=speech,
        dbfs=USUAL_DBFS + effort if dbfs is None else dbfs,
        pitch_hz=(
            USUAL_HZ * 2 ** (effort * SEMITONES_PER_DB / 12)
            if pitch is not None and pitch < 0
            else pitch
        ),
        tilt_db=(USUAL_TILT + effort * TILT_DB_PER_DB if tilt is not None and tilt < -99 else tilt),
    )


def hear(tracker: VoiceTracker, seconds: float, **kind: float | bool | None) -> VoiceTracker:
    for number in range(int(seconds * 2)):
        tracker.receive(block(number, **kind))  # type: ignore[arg-type]
    return tracker


def usual(seconds: float = BASELINE_SECONDS) -> VoiceTracker:
    return hear(VoiceTracker(), seconds)


def test_nothing_is_said_before_there_is_enough_speech() -> None:
    tracker = hear(VoiceTracker(), FIRST_AFTER_SECONDS - 0.5)
    assert (tracker.raised, tracker.over_baseline_db, tracker.effort_db) == (None, None, None)
    tracker.receive(block(99))
    assert tracker.over_baseline_db == 0.0
    assert tracker.raised is not None


def test_silence_counts_for_nothing() -> None:
    tracker = hear(VoiceTracker(), 600, speech=False, dbfs=-70.0)
    assert tracker.raised is None
    tracker = hear(usual(), 600, speech=False, dbfs=-5.0)
    assert tracker.over_baseline_db == 0.0


@pytest.mark.parametrize(
    ("effort", "low", "high"),
    [(0.0, 0.0, 0.1), (3.0, 0.1, 0.3), (6.0, 0.45, 0.55), (12.5, 0.9, 1.0), (20.0, 0.99, 1.0)],
    ids=["usual", "lively", "raised", "loud", "shouted"],
)
def test_effort_after_the_standard_scale(effort: float, low: float, high: float) -> None:
    tracker = hear(usual(), 5, effort=effort)
    assert tracker.effort_db == pytest.approx(effort, abs=0.05)
    assert tracker.raised is not None
    assert low <= tracker.raised <= high


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ({"dbfs": USUAL_DBFS + 20.0}, "level alone: somebody moved the microphone"),
        ({"pitch": USUAL_HZ * 2 ** (5 / 12)}, "pitch alone: a question"),
        ({"tilt": USUAL_TILT + 6.0}, "tilt alone: other vowels"),
    ],
)
def test_the_three_are_judged_jointly(kind: dict[str, float], name: str) -> None:
    alone = hear(usual(), 5, **kind).raised
    shouted = hear(usual(), 5, effort=15.0).raised
    assert alone is not None, name
    assert shouted is not None
    assert alone < 0.8 < shouted


@pytest.mark.parametrize("level", [-40.0, -28.0, -15.0])
def test_level_normalised_away_leaves_pitch_and_tilt_to_tell(level: float) -> None:
    tracker = hear(VoiceTracker(), 30, dbfs=level)
    calm = tracker.raised
    raised = hear(tracker, 5, dbfs=level, effort=14.0).raised
    assert calm is not None
    assert raised is not None
    assert calm < 0.1
    assert raised > 0.8


def test_what_cannot_be_measured_leaves_the_judgement() -> None:
    tracker = hear(VoiceTracker(), 30, pitch=None, tilt=None)
    _, pitch, tilt = tracker._figures
    assert pitch.over is None
    assert tilt.over is None
    hear(tracker, 5, pitch=None, tilt=None, dbfs=USUAL_DBFS + 9.0)
    assert tracker.effort_db == pytest.approx(9.0, abs=0.05)
    assert tracker.over_baseline_db == pytest.approx(9.0, abs=0.05)


def test_one_stressed_word_is_no_alarm() -> None:
    tracker = hear(usual(), 0.5, effort=20.0)
    assert tracker.raised is not None
    assert tracker.raised < 0.1


def test_a_single_wild_pitch_does_not_matter() -> None:
    tracker = hear(usual(), 1.0, pitch=480.0)
    assert tracker._figures[1].over == pytest.approx(0.0, abs=0.01)


def test_shouting_never_becomes_the_new_normal() -> None:
    tracker = hear(usual(), 900, effort=15.0)
    assert tracker.raised is not None
    assert tracker.raised > 0.9


def test_the_baseline_follows_slowly_while_the_voice_is_not_raised() -> None:
    tracker = hear(usual(), 60, dbfs=USUAL_DBFS + 3.0)
    assert tracker.over_baseline_db == pytest.approx(3.0 - DRIFT_PER_MINUTE, abs=0.1)
    hear(tracker, 600, dbfs=USUAL_DBFS + 3.0)
    assert tracker.over_baseline_db == pytest.approx(0.0, abs=0.1)


def test_a_shout_in_the_first_half_minute_does_not_spoil_the_baseline() -> None:
    tracker = hear(usual(20), 8, effort=18.0)
    assert tracker.raised is not None
    assert tracker.raised > 0.9
    hear(tracker, 6)
    assert tracker.over_baseline_db == pytest.approx(0.0, abs=0.5)


FIGURES = st.tuples(
    st.floats(-100, 0),
    st.none() | st.floats(60, 500),
    st.none() | st.floats(-60, 60),
    st.booleans(),
)


@settings(max_examples=80, deadline=None)
@given(blocks=st.lists(FIGURES, max_size=150))
def test_figures_stay_in_range_and_repeat(
    blocks: list[tuple[float, float | None, float | None, bool]],
) -> None:
    first, second = VoiceTracker(), VoiceTracker()
    for number, (dbfs, pitch, tilt, speech) in enumerate(blocks):
        heard = block(number, dbfs=dbfs, pitch=pitch, tilt=tilt, speech=speech)
        first.receive(heard)
        second.receive(heard)
        assert first.raised is None or 0.0 <= first.raised <= 1.0
        assert (first.raised is None) == (first.effort_db is None)
    assert first.raised == second.raised
    assert first.over_baseline_db == second.over_baseline_db


@settings(max_examples=40, deadline=None)
@given(effort=st.floats(0, 25), more=st.floats(0.5, 10))
def test_more_effort_is_never_judged_less_raised(effort: float, more: float) -> None:
    less, louder = (hear(usual(), 5, effort=e).raised for e in (effort, effort + more))
    assert less is not None
    assert louder is not None
    assert louder >= less
