"""Hearing a recording again: what is played, and what must not be heard."""

from __future__ import annotations

import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from audio.hardware import portaudio
from audio.hardware.playback import Playback, PlayedTrack
from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.errors import DeviceError
from coach.events import Channel

SAMPLE = Path(__file__).parents[3] / "coach" / "sample" / "call.flac"


class Device:
    """An output in the test's hand."""

    def __init__(self, wanted: Callable[[int], Samples]) -> None:
        self.wanted = wanted
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def sides(seconds: float = 2.0) -> list[Chunk]:
    """The agent is 0.25 all the time, the customer 0.5."""
    count = int(seconds * SAMPLE_RATE / 10)
    return [
        Chunk(channel, number * count / SAMPLE_RATE, np.full(count, level, np.float32))
        for number in range(10)
        for channel, level in ((Channel.AGENT, 0.25), (Channel.CUSTOMER, 0.5))
    ]


def filled(**more: object) -> PlayedTrack:
    track = PlayedTrack(sides(), **more)  # type: ignore[arg-type]
    track.fill()
    return track


def test_both_sides_are_heard_and_nothing_beyond_the_ends() -> None:
    track = filled()
    assert track.read(8000, 4) == pytest.approx([0.75] * 4, abs=1e-3)
    assert track.read(-2, 4) == pytest.approx([0, 0, 0.75, 0.75], abs=1e-3)
    assert track.read(2 * SAMPLE_RATE - 1, 3) == pytest.approx([0.75, 0, 0], abs=1e-3)
    assert track.ended(2 * SAMPLE_RATE)
    track.close()
    track.close()
    assert not track.read(0, 4).any()


def test_what_must_not_be_heard_is_silent_on_both_sides() -> None:
    track = filled(silent=[(0.5, 0.75), (1.5, float("inf"))])
    heard = track.read(0, 2 * SAMPLE_RATE)
    silent = (heard[8000:12000], heard[24000:])
    assert not any(part.any() for part in silent)
    assert np.all(heard[:8000] > 0.7)
    assert np.all(heard[12000:24000] > 0.7)


def test_playing_begins_where_it_is_asked_and_says_where_it_is() -> None:
    devices: list[Device] = []

    def opened(wanted: Callable[[int], Samples]) -> Device:
        devices.append(Device(wanted))
        return devices[-1]

    playback = Playback(filled(), opened)
    assert playback.position() is None
    playback.play(0.5, 2.0)
    assert playback.position() == pytest.approx(0.5, abs=0.02)
    assert devices[0].wanted(SAMPLE_RATE // 4) == pytest.approx(0.75, abs=0.01)
    assert playback.position() == pytest.approx(1.0, abs=0.05)
    playback.play(0.0, 1.0)
    assert len(devices) == 1
    devices[0].wanted(3 * SAMPLE_RATE)
    assert playback.position() is None
    assert devices[0].closed == 1
    playback.stop()
    assert devices[0].closed == 1


def test_what_is_not_decoded_yet_is_waited_for_in_silence() -> None:
    track = PlayedTrack(sides())
    playback = Playback(track, Device)
    playback.play(1.0, 1.0)
    assert not playback._wanted(100).any()
    assert playback.position() == pytest.approx(1.0, abs=0.02)
    track.fill()
    assert playback._wanted(100) == pytest.approx(0.75, abs=0.01)


def test_a_recording_that_breaks_off_is_heard_as_far_as_it_goes() -> None:
    def broken() -> object:
        yield from sides()[:8]
        raise OSError("gone")

    track = PlayedTrack(broken())  # type: ignore[arg-type]
    track.fill()
    assert str(track.failure) == "gone"
    assert track.has(SAMPLE_RATE // 2)
    assert track.ended(SAMPLE_RATE)


@pytest.mark.samples
def test_a_recorded_call_is_heard() -> None:
    track = PlayedTrack(open_recording(SAMPLE).chunks(1.0))
    track.fill()
    assert track.failure is None
    assert float(np.abs(track.read(0, 20 * SAMPLE_RATE)).max()) > 0.1


class PortAudioError(Exception):
    """What the sound library raises."""


def test_without_an_output_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_options: object) -> None:
        raise PortAudioError("no device")

    module = types.SimpleNamespace(PortAudioError=PortAudioError, OutputStream=none)
    monkeypatch.setattr(portaudio, "load", lambda: module)
    playback = Playback(filled())
    with pytest.raises(DeviceError, match=r"Nothing can be played: no device\. Plug in headphones"):
        playback.play(0.0, 1.0)
    assert playback.position() is None
