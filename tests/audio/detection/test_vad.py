from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.detection.vad import AFRESH, LEAD, REST, WINDOW, Vad, VadModel
from audio.samples.chunks import SAMPLE_RATE, Samples


def buzz(seconds: float) -> Samples:
    """A buzz with four formants, switched on and off five times a second."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    voice = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 30))
    return (0.1 * voice * (np.sin(2 * np.pi * 2.5 * t) > 0)).astype(np.float32)


def test_silence_is_no_speech_and_has_the_floor_level() -> None:
    verdicts = Vad().push(np.zeros(SAMPLE_RATE, np.float32))
    assert len(verdicts) == SAMPLE_RATE // WINDOW
    assert all(one.probability < 0.1 and one.dbfs == -100.0 for one in verdicts)


def test_level_of_a_full_scale_square_wave_is_zero() -> None:
    wave = np.where(np.arange(WINDOW) % 32 < 16, 1.0, -1.0).astype(np.float32)
    assert abs(Vad().push(wave)[0].dbfs) < 1e-6


@pytest.mark.samples
@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=20))
def test_pieces_of_any_size_give_the_same_verdicts(sizes: list[int]) -> None:
    sound = buzz(1.5)
    whole = Vad().push(sound)
    vad, pieces, at = Vad(), [], 0
    for size in [*sizes, len(sound)]:
        pieces += vad.push(sound[at : at + size])
        at += size
    assert len(pieces) == len(whole)
    for one, other in zip(pieces, whole, strict=True):
        assert abs(one.probability - other.probability) < 1e-4
        assert abs(one.dbfs - other.dbfs) < 1e-6


class Tired(VadModel):
    """Hears speech for the first second after it has begun anew, and nothing after that."""

    def __init__(self) -> None:
        pass

    def run(self, windows: Samples, h: Samples, c: Samples) -> tuple[Samples, Samples, Samples]:
        age = h.flat[0] + np.arange(len(windows))
        later = np.full_like(h, age[-1] + 1)
        return (age < AFRESH // 2).astype(np.float32), later, c


def test_a_detector_worn_out_by_one_voice_still_hears_the_next() -> None:
    # Syllables of a second with a silence of a third of a second between them.
    wave = 0.1 * (np.arange(10 * AFRESH * WINDOW) % 20_000 > 5_000).astype(np.float32)
    verdicts = Vad(Tired()).push(wave)
    assert {one.probability for one in verdicts if one.dbfs > -30.0} == {1.0}


def test_in_ongoing_sound_the_detector_without_a_past_is_not_asked() -> None:
    music = np.full(20 * AFRESH * WINDOW, 0.1, np.float32)
    verdicts = Vad(Tired()).push(music)[6 * AFRESH :]
    assert {one.probability for one in verdicts} == {0.0}


def test_the_runs_without_a_past_are_asked_in_doubt_only() -> None:
    class Sure(Tired):
        """Takes whatever is loud for speech, and counts what it hears."""

        heard = 0

        def run(self, windows: Samples, h: Samples, c: Samples) -> tuple[Samples, Samples, Samples]:
            self.heard += len(windows)
            return (np.abs(windows).max(axis=1) > 0.05).astype(np.float32), h, c

    wave = 0.1 * (np.arange(10 * AFRESH * WINDOW) % 20_000 > 5_000).astype(np.float32)
    sure = Sure()
    assert sure.heard == 0
    verdicts = Vad(sure).push(wave)
    assert sure.heard == len(verdicts)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=8))
def test_beginning_anew_does_not_depend_on_the_pieces(sizes: list[int]) -> None:
    class Counting(Tired):
        def run(self, windows: Samples, h: Samples, c: Samples) -> tuple[Samples, Samples, Samples]:
            age = h.flat[0] + np.arange(len(windows))
            return (age / 1e6).astype(np.float32), np.full_like(h, age[-1] + 1), c

    sound = 0.1 * (np.arange(9 * AFRESH * WINDOW + 5) % 20_000 > 5_000).astype(np.float32)
    vad, pieces, at = Vad(Counting()), [], 0
    for size in [*sizes, len(sound)]:
        pieces += vad.push(sound[at : at + size])
        at += size
    assert pieces == Vad(Counting()).push(sound)


class Counted(VadModel):
    """Takes whatever is loud for speech; remembers how many windows it hears."""

    def __init__(self) -> None:
        self.heard = 0

    def run(self, windows: Samples, h: Samples, c: Samples) -> tuple[Samples, Samples, Samples]:
        self.heard += len(windows)
        return (np.abs(windows).max(axis=1) > 0.05).astype(np.float32), h, c


def by_turns() -> Samples:
    """Three times 3 s of sound and 6 s of quiet, and a quiet of half a second in each sound."""
    level = np.repeat([0.1, 0.0005, 0.1, 0.0005] * 3, [90, 15, 90, 190] * 3)
    return np.repeat(level, WINDOW).astype(np.float32)


def test_a_detector_that_rests_leaves_out_long_quiet_and_nothing_else() -> None:
    every, resting = Counted(), Counted()
    verdicts = Vad(every).push(by_turns())
    rested = Vad(resting, rests_below=-60.0).push(by_turns())
    assert [one.probability for one in rested] == [one.probability for one in verdicts]
    assert every.heard - resting.heard == 3 * (190 - REST) - 2 * LEAD
    assert Vad(every, rests_below=-70.0).push(by_turns()) == verdicts


@pytest.mark.samples
def test_what_follows_a_rest_is_heard_with_what_leads_up_to_it() -> None:
    sound = np.concatenate([buzz(2.0), np.zeros(5 * SAMPLE_RATE, np.float32), buzz(2.0)])
    verdicts, rested = Vad().push(sound), Vad(rests_below=-60.0).push(sound)
    behind = slice(7 * SAMPLE_RATE // WINDOW, None)
    loud = [one.probability >= 0.5 for one in verdicts[behind]]
    assert [one.probability >= 0.5 for one in rested[behind]] == loud
    assert any(loud)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=8))
def test_resting_does_not_depend_on_the_pieces(sizes: list[int]) -> None:
    class Aging(Counted):
        def run(self, windows: Samples, h: Samples, c: Samples) -> tuple[Samples, Samples, Samples]:
            age = h.flat[0] + np.arange(len(windows))
            return (age / 1e6).astype(np.float32), np.full_like(h, age[-1] + 1), c

    vad, pieces, at = Vad(Aging(), rests_below=-60.0), [], 0
    for size in [*sizes, len(by_turns())]:
        pieces += vad.push(by_turns()[at : at + size])
        at += size
    assert pieces == Vad(Aging(), rests_below=-60.0).push(by_turns())
