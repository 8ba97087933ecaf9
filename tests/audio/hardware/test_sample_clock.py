import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audio.hardware.sample_clock import FORCED, TOLERANCE, Placed, SampleClock
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.events import AudioGap, Channel

BLOCK = 320


def quiet(length: int = BLOCK) -> Samples:
    return np.zeros(length, np.float32)


def loud(length: int = BLOCK) -> Samples:
    return np.full(length, 0.3, np.float32)


def joined(placed: list[Placed]) -> tuple[float, float]:
    """Assert that the chunks follow each other to the sample; gives their start and end."""
    chunks = [item for item in placed if isinstance(item, Chunk)]
    position = round(chunks[0].start * SAMPLE_RATE)
    start = position
    for chunk in chunks:
        assert round(chunk.start * SAMPLE_RATE) == position
        position += len(chunk.samples)
    return start / SAMPLE_RATE, position / SAMPLE_RATE


def gaps(placed: list[Placed]) -> list[AudioGap]:
    return [item for item in placed if isinstance(item, AudioGap)]


@settings(max_examples=10, deadline=None)
@given(
    drift_ppm=st.floats(-300, 300),
    busy=st.floats(0, 0.2),
    seed=st.integers(0, 1000),
    speech=st.booleans(),
)
@example(drift_ppm=300, busy=0.2, seed=1, speech=True)
@example(drift_ppm=-300, busy=0.2, seed=1, speech=True)
def test_a_drifting_device_stays_near_the_calls_clock(
    drift_ppm: float, busy: float, seed: int, speech: bool
) -> None:
    """Twenty minutes of a device whose crystal is off, read by a program that is often late."""
    rng = np.random.default_rng(seed)
    timeline = SampleClock(Channel.AGENT)
    placed: list[Placed] = []
    size = 8000  # half a second
    real = size / SAMPLE_RATE * (1 + drift_ppm * 1e-6)
    captured = 5.0
    sound = loud(size) if speech else quiet(size)
    for _ in range(2_400):
        captured += real
        late = rng.exponential(busy / 4) if rng.uniform() < 0.5 else 0.0
        new = timeline.place(sound, captured + late)
        placed += new
        end = timeline.end
        assert end is not None
        assert abs(end - captured) < FORCED + TOLERANCE + 0.1
    joined(placed)
    assert gaps(placed) == []
    assert timeline.end == pytest.approx(captured, abs=FORCED + TOLERANCE)


def test_a_steady_device_is_never_corrected() -> None:
    timeline = SampleClock(Channel.CUSTOMER)
    placed = [
        item for n in range(1, 3000) for item in timeline.place(loud(), n * BLOCK / SAMPLE_RATE)
    ]
    assert len(placed) == 2999
    assert joined(placed) == (0.0, pytest.approx(2999 * BLOCK / SAMPLE_RATE))


def test_correction_waits_for_a_quiet_moment() -> None:
    timeline = SampleClock(Channel.AGENT)
    for n in range(1, 200):
        timeline.place(loud(), 1 + n * 0.02)
    before = timeline.end
    assert before is not None
    late = 0.08
    for n in range(200, 600):
        (chunk,) = timeline.place(loud(), 1 + n * 0.02 + late)
        assert isinstance(chunk, Chunk)
    placed = timeline.place(quiet(), 1 + 600 * 0.02 + late)
    assert sum(len(item.samples) for item in placed if isinstance(item, Chunk)) > BLOCK
    assert gaps(placed) == []


def test_sound_that_the_device_left_out_is_called_a_gap() -> None:
    timeline = SampleClock(Channel.AGENT)
    placed: list[Placed] = []
    for n in range(1, 200):
        placed += timeline.place(loud(), n * 0.02)
    for n in range(200, 600):
        placed += timeline.place(loud(), n * 0.02 + 0.5)
    (gap,) = gaps(placed)
    assert gap.end - gap.start == pytest.approx(0.5, abs=0.01)
    joined(placed)


def test_sound_lost_on_the_way_becomes_silence_and_a_gap() -> None:
    timeline = SampleClock(Channel.CUSTOMER)
    placed = timeline.place(loud(), 10.02)
    placed += timeline.place(loud(), 12.04, lost=2 * SAMPLE_RATE)
    (gap,) = gaps(placed)
    assert (gap.start, gap.end) == (pytest.approx(10.02), pytest.approx(12.02))
    assert joined(placed) == (pytest.approx(10.0), pytest.approx(12.04))


def test_an_outage_runs_on_as_silence_and_is_reported_when_it_is_over() -> None:
    timeline = SampleClock(Channel.AGENT)
    placed = timeline.place(loud(), 1.0)
    for now in np.arange(1.5, 6.0, 0.1):
        placed += timeline.fill(float(now) - 0.5, float(now), "unplugged")
    assert gaps(placed) == []
    placed += timeline.resume(loud(), 6.0, "unplugged")
    (gap,) = gaps(placed)
    assert (gap.start, gap.end) == (pytest.approx(1.0), pytest.approx(5.98))
    assert gap.cause == "unplugged"
    assert joined(placed)[1] == pytest.approx(6.0)


def test_a_long_outage_is_reported_as_it_goes_on_without_overlap() -> None:
    timeline = SampleClock(Channel.AGENT)
    placed = timeline.place(loud(), 1.0)
    for now in np.arange(1.5, 60.0, 0.5):
        placed += timeline.fill(float(now) - 0.5, float(now), "unplugged")
    placed += timeline.settle(60.0, "unplugged")
    found = gaps(placed)
    assert len(found) == 6
    assert found[0].start == pytest.approx(1.0)
    assert found[-1].end == pytest.approx(59.0)
    for before, after in itertools.pairwise(found):
        assert before.end == after.start
    assert timeline.settle(61.0, "") == []


def test_sound_that_silence_already_stands_for_is_left_out() -> None:
    timeline = SampleClock(Channel.AGENT)
    placed = timeline.place(loud(), 1.0)
    placed += timeline.fill(3.0, 3.5, "away")
    placed += timeline.resume(loud(SAMPLE_RATE), 3.5, "back")
    assert joined(placed)[1] == pytest.approx(3.5)


def test_before_any_sound_there_is_nothing_to_fill() -> None:
    timeline = SampleClock(Channel.AGENT)
    assert timeline.end is None
    assert timeline.fill(5.0, 5.5, "away") == []
    assert joined(timeline.resume(loud(), 6.0, "away")) == (pytest.approx(5.98), pytest.approx(6))
