"""Late beginnings and drifting clocks are found where one side is heard on the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from soundfiles import pcm, wav
from voices import talk

from audio.recordings import opening as recording
from audio.recordings.alignment import STEP, Alignment, LagMeter, _line, _Place, measure
from audio.recordings.findings import about_alignment, about_lengths
from audio.recordings.opening import WANDERS, RecordingOptions, open_recording
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.events import Channel

SECONDS = 64.0
WAY = 160  # samples that sound takes from one side to the other


def sides(leak: float) -> tuple[Samples, Samples]:
    """Two people in turns of eight seconds, each faintly heard on the other's side."""
    turn = np.arange(round(SECONDS * SAMPLE_RATE)) // (8 * SAMPLE_RATE) % 2
    one, two = talk(1, SECONDS) * (turn == 0), talk(2, SECONDS) * (turn == 1)
    noise = np.random.default_rng(3).normal(scale=1e-4, size=(2, len(one)))
    first = one + leak * np.roll(two, WAY) + noise[0]
    second = two + leak * np.roll(one, WAY) + noise[1]
    return first.astype(np.float32), second.astype(np.float32)


def stretched(samples: Samples, factor: float) -> Samples:
    at = np.arange(round(len(samples) * factor)) / factor
    return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)


def moved(late: float, drift: float, leak: float) -> tuple[Samples, Samples]:
    """``late``: seconds by which the second side's recorder began later."""
    first, second = sides(leak)
    second = stretched(second, 1 + drift)
    cut = round(abs(late) * SAMPLE_RATE)
    return (first, second[cut:]) if late > 0 else (first[cut:], second)


def in_step(first: Samples, second: Samples) -> Iterator[tuple[Samples, Samples]]:
    size = round(STEP * SAMPLE_RATE)
    for start in range(0, max(len(first), len(second)), size):
        yield first[start : start + size], second[start : start + size]


@pytest.mark.samples
@pytest.mark.parametrize(
    ("late", "drift"), [(0.0, 0.0), (3.0, 0.0), (-3.0, 0.0), (0.0, 0.001), (2.0, -0.0005)]
)
def test_what_a_leak_tells(late: float, drift: float) -> None:
    first, second = moved(late, drift, 0.05)
    found = measure(in_step(first, second), LagMeter(reach=4.0, every=4.0, most=20))
    assert found.late == pytest.approx(-late, abs=0.03)
    assert found.drift == pytest.approx(drift, abs=1e-4)
    assert found.places >= 4


@pytest.mark.samples
def test_nothing_in_common_tells_nothing() -> None:
    first, second = moved(3.0, 0.001, 0.0)
    found = measure(in_step(first, second), LagMeter(reach=4.0, every=4.0, most=20))
    assert found == Alignment()


def test_few_places_of_either_way_lie_on_one_line() -> None:
    lags = [(6.0, True), (26.0, True), (14.0, False), (18.0, False), (42.0, False)]
    places = [_Place(at, 0.001 * at, outward, surely=False) for at, outward in lags]
    found = _line([*places, _Place(10.0, 0.982, outward=True, surely=False)])
    assert (found.places, found.drift) == (5, pytest.approx(0.001))


@pytest.mark.samples
def test_what_is_not_found_far_apart_is_looked_for_close_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    def told(_pairs: object, meter: LagMeter) -> Alignment:
        looks.append(meter._reach * STEP)
        return Alignment(drift=0.001, places=5) if looks == [25.0, WANDERS] else Alignment()

    monkeypatch.setattr(recording, "measure", told)
    agent, customer = _files(tmp_path, *(side[: 20 * SAMPLE_RATE] for side in sides(0.0)))
    (notice,) = open_recording(agent, other=customer).notices
    assert "the customer's clock ran 0.100% faster (measured at 5 places" in notice


@pytest.mark.samples
def test_a_drift_is_measured_until_hardly_any_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [0.00098, 1e-5, 5e-6, 1e-6]  # what the looks find, one after the other

    def told(_pairs: object, meter: LagMeter) -> Alignment:
        far = meter._reach * STEP > WANDERS
        return Alignment() if far else Alignment(drift=left.pop(0), places=5)

    monkeypatch.setattr(recording, "measure", told)
    agent, customer = _files(tmp_path, *(side[: 20 * SAMPLE_RATE] for side in sides(0.0)))
    opened = open_recording(agent, other=customer)
    assert opened._parts[1].rows[0].speed == pytest.approx(1.000996)
    assert left == []


@pytest.mark.samples
def test_a_late_beginning_is_looked_for_where_both_end_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    def told(_pairs: object, meter: LagMeter) -> Alignment:
        looks.append(meter._reach * STEP)
        return Alignment(late=0.01, places=5) if len(looks) == 3 else Alignment()

    monkeypatch.setattr(recording, "measure", told)
    agent, customer = (side[: 24 * SAMPLE_RATE] for side in sides(0.0))
    paths = _files(tmp_path, agent, customer[4 * SAMPLE_RATE :])
    (notice,) = open_recording(paths[0], other=paths[1]).notices
    assert "The customer's side begins 4.0 s later" in notice
    assert looks == [25.0, 1.0, 1.0]


def _files(folder: Path, first: Samples, second: Samples) -> tuple[Path, Path]:
    paths = folder / "agent.wav", folder / "customer.wav"
    for path, samples in zip(paths, (first, second), strict=True):
        path.write_bytes(wav(pcm([samples]), rate=SAMPLE_RATE))
    return paths


@pytest.mark.samples
def test_two_files_are_put_right_and_it_is_said(tmp_path: Path) -> None:
    straight = sides(0.05)
    agent, customer = _files(tmp_path, *moved(6.0, 0.001, 0.05))
    opened = open_recording(agent, other=customer)
    told = " ".join(opened.notices)
    assert "The customer's side begins 6.0 s later" in told
    assert "drift apart" in told
    assert "Until 6.0 s only the agent's side was recorded: what the customer is heard" in told
    assert opened.alone_until == {Channel.AGENT: pytest.approx(6.0, abs=0.1)}
    (share,) = re.findall(r"clock ran ([\d.]+)% faster", told)
    assert float(share) == pytest.approx(0.1, abs=0.01)
    # Exactly enough for what one side carries of the other to be taken out all through the call.
    assert opened._parts[1].rows[0].speed == pytest.approx(1.001, abs=3e-6)
    heard: dict[Channel, list[Samples]] = {channel: [] for channel in opened.channels}
    for chunk in opened.chunks(1.0):
        heard[chunk.channel].append(chunk.samples)
    got = np.concatenate(heard[Channel.CUSTOMER])
    for start in (10, 26, 42):  # the customer speaks; to within some samples all the way
        piece = got[start * SAMPLE_RATE : (start + 3) * SAMPLE_RATE]
        around = straight[1][round((start - 0.05) * SAMPLE_RATE) :][: round(3.1 * SAMPLE_RATE)]
        lag = int(np.argmax(np.correlate(around, piece, "valid"))) - round(0.05 * SAMPLE_RATE)
        assert abs(lag) < 0.03 * SAMPLE_RATE


@pytest.mark.samples
def test_the_delay_may_be_said(tmp_path: Path) -> None:
    agent, customer = _files(tmp_path, *moved(6.0, 0.0, 0.0))
    opened = open_recording(agent, other=customer, asked=RecordingOptions(delay=6.0))
    assert opened.notices == ()
    first = next(c for c in opened.chunks(5.9) if c.channel is Channel.CUSTOMER)
    assert not first.samples.any()


def test_words_about_beginnings_and_lengths() -> None:
    assert about_alignment(Alignment()) == []
    (late,) = about_alignment(Alignment(late=2.0, places=5))
    assert "The agent's side begins 2.0 s later" in late
    assert about_lengths(100.0, 100.3) == ""
    assert "clocks" in about_lengths(3600.0, 3603.6)
    assert "customer's file is 40.0 s shorter" in about_lengths(100.0, 60.0)
