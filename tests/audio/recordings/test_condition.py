"""Offset, hum and level are put right, and nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.recordings.condition import AIM_DBFS, Conditioner, Treatment, treatment_for
from audio.recordings.survey import ChannelLevel
from audio.samples.chunks import SAMPLE_RATE, Samples


def tone(hertz: float, seconds: float = 3.0) -> Samples:
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.1 * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def treated(treatment: Treatment, samples: Samples, cuts: list[int] | None = None) -> Samples:
    conditioner = Conditioner(treatment)
    pieces = [conditioner.push(piece) for piece in np.split(samples, sorted(cuts or []))]
    return np.concatenate([*pieces, conditioner.finish()])


def level(**figures: float) -> ChannelLevel:
    usual = {
        "speech": -30.0, "loudest": -25.0, "floor": -70.0, "active": 60.0, "offset": 0.0,
        "flatness": -15.0,
    }  # fmt: skip
    return ChannelLevel(**{**usual, **figures})


@settings(max_examples=30, deadline=None)
@given(length=st.integers(0, 40_000), data=st.data())
def test_the_same_however_it_is_cut(length: int, data: st.DataObject) -> None:
    samples = np.random.default_rng(length).uniform(-0.1, 0.1, length).astype(np.float32)
    cuts = data.draw(st.lists(st.integers(0, length), max_size=8))
    treatment = Treatment(offset=0.05, hum=50, gain_db=6.0)
    whole = treated(treatment, samples)
    assert len(whole) == length
    assert np.array_equal(whole, treated(treatment, samples, cuts))


@pytest.mark.parametrize("mains", [50, 60])
@pytest.mark.parametrize("multiple", [1, 2, 3, 5, 7])
def test_the_mains_and_its_multiples_go(mains: int, multiple: int) -> None:
    inner = slice(SAMPLE_RATE // 2, -SAMPLE_RATE // 2)
    out = treated(Treatment(hum=mains), tone(mains * multiple))[inner]
    assert np.abs(out).max() < 0.1 * 10 ** (-30 / 20)


@pytest.mark.parametrize("hertz", [135.0, 275.0, 440.0, 1000.0, 3000.0])
def test_what_lies_between_stays(hertz: float) -> None:
    inner = slice(SAMPLE_RATE // 2, -SAMPLE_RATE // 2)
    sound = tone(hertz)
    assert np.abs(treated(Treatment(hum=60), sound)[inner] - sound[inner]).max() < 0.01


def test_an_ordinary_side_is_not_touched() -> None:
    assert treatment_for(level()) == Treatment()
    sound = tone(440.0)
    assert np.array_equal(treated(Treatment(), sound), sound)


@pytest.mark.parametrize(
    ("figures", "gain"),
    [
        ({"speech": -70.0, "loudest": -65.0, "floor": -90.0}, AIM_DBFS + 70.0),
        ({"speech": -4.0, "loudest": -2.0}, AIM_DBFS + 4.0),
        ({"speech": 60.0, "loudest": 63.0}, AIM_DBFS - 60.0),
        ({"speech": -97.0, "loudest": -92.0, "floor": -110.0}, 60.0),
        ({"speech": -47.0, "loudest": -44.0}, 0.0),
        # the noise of a line, a click, and noise that swells: nobody speaks there
        ({"speech": -70.0, "loudest": -68.0, "floor": -75.0}, 0.0),
        ({"speech": -70.0, "loudest": -65.0, "floor": -90.0, "active": 0.5}, 0.0),
        ({"speech": -70.0, "loudest": -65.0, "floor": -90.0, "flatness": -3.0}, 0.0),
    ],
)
def test_only_speech_is_levelled(figures: dict[str, float], gain: float) -> None:
    assert treatment_for(level(**figures)).gain_db == pytest.approx(gain)


def test_an_offset_is_told_from_what_loud_speech_leaves() -> None:
    assert treatment_for(level(offset=0.3)).offset == 0.3
    assert treatment_for(level(offset=0.005)).offset == 0.0
    assert treatment_for(level(speech=60.0, offset=0.04)).offset == 0.0
