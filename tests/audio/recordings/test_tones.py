"""A beep is sound, and neither speech, nor hum, nor cut peaks, nor nothing."""

from __future__ import annotations

import numpy as np
import pytest
from makers import RATE, db, sample

from audio.recordings.relation import WINDOW
from audio.recordings.survey import ChannelLevel, Survey, SurveyWindow
from audio.samples.chunks import Samples

SIZE = round(WINDOW * RATE)


def surveyed(samples: Samples) -> ChannelLevel:
    survey = Survey(1)
    for begin in range(0, len(samples), SIZE):
        survey.push([SurveyWindow(RATE, samples[begin : begin + SIZE])])
    return survey.level(0)


def tone(*hertz: float, seconds: float = 4.0) -> Samples:
    times = np.arange(round(seconds * RATE)) / RATE
    waves = [np.sin(2 * np.pi * one * times) for one in hertz]
    return np.asarray(0.4 / len(hertz) * np.sum(waves, axis=0), np.float32)


@pytest.mark.parametrize("hertz", [(350.0,), (1000.0,), (1400.0,), (440.0, 480.0), (697.0, 1209.0)])
def test_a_tone_is_a_tone(hertz: tuple[float, ...]) -> None:
    level = surveyed(np.concatenate([tone(*hertz), np.zeros(4 * RATE, np.float32)]))
    assert not level.silent
    assert level.tones == 4.0
    assert min(abs(level.tone - one) for one in hertz) <= 2
    assert (level.active, level.clipped, level.hum) == (0.0, 0.0, 0)


@pytest.mark.samples
def test_a_beep_leaves_a_side_s_level_as_it_is() -> None:
    quiet = sample()[1] * np.float32(db(-30))
    alone, beside = surveyed(quiet), surveyed(np.concatenate([quiet, tone(1000.0)]))
    assert (beside.speech, beside.loudest) == pytest.approx((alone.speech, alone.loudest), abs=0.5)
    assert (alone.tones, beside.tones) == (0.0, 4.0)


@pytest.mark.samples
def test_nobody_s_speech_is_a_tone() -> None:
    assert [surveyed(side).tones for side in sample()] == [0.0, 0.0]
