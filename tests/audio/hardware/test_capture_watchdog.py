"""What the watchdog of a live capture does, with streams that a test stops and a clock it moves."""

from __future__ import annotations

import numpy as np
import pytest

from audio.hardware import portaudio, pulse
from audio.hardware.capture import LiveCapture
from audio.hardware.devices import SoundSource, SourceKind
from audio.samples.chunks import SAMPLE_RATE
from coach.events import Degraded, Fact, Recovered


class HungServerError(Exception):
    """In the place of a call that would not return."""


class Streams:
    """PortAudio's place: streams by source, a clock, and a server that may hang."""

    def __init__(self) -> None:
        self.now = 0.0
        self.hung = False
        self.closed: list[str] = []
        self.open: dict[str, portaudio.Deliver] = {}
        self.silent: set[str] = set()
        self.taken: dict[str, str] = {}
        """Of a stream, by its own source, the one that the server gives it instead."""
        self.told: list[Fact] = []

    def clock(self) -> float:
        return self.now

    def stream(self, _name: str, _host: str, source: str, deliver: portaudio.Deliver) -> Stream:
        self.open[source] = deliver
        return Stream(self, source)

    def present(self) -> pulse.Present | None:
        if self.hung:
            return None
        given = {source: self.taken.get(source, source) for source in self.open}
        return pulse.Present(sources=frozenset({"agent", "customer"}), streams=given)

    def go_on(self, capture: LiveCapture, seconds: float) -> list[Fact]:
        """Blocks of all sources that are not silent, and a look of the watchdog's, by turns."""
        self.told = []
        block = np.zeros(round(0.1 * SAMPLE_RATE), np.float32)
        for _ in range(round(seconds / 0.1)):
            self.now += 0.1
            for source, deliver in self.open.items():
                if source not in self.silent:
                    deliver(block, SAMPLE_RATE, 0.0)
            capture._look_round()
            self.told += [x for x in capture.read(0.0) if isinstance(x, Degraded | Recovered)]
        return self.told


class Stream:
    active = True
    reported = 0.02

    def __init__(self, streams: Streams, source: str) -> None:
        self.streams = streams
        self.source = source
        self.tag = source

    def close(self) -> None:
        if self.streams.hung:
            raise HungServerError
        self.streams.closed.append(self.source)
        self.streams.open.pop(self.source, None)
        self.streams.taken.pop(self.source, None)


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Streams:
    made = Streams()
    monkeypatch.setattr(portaudio, "InputStream", made.stream)
    monkeypatch.setattr(portaudio, "has", lambda _name: True)
    monkeypatch.setattr(pulse, "source_names", lambda: None if made.hung else {"agent", "customer"})
    monkeypatch.setattr(pulse, "present", made.present)
    return made


def capturing(streams: Streams, *, default: bool) -> LiveCapture:
    agent, customer = (
        SoundSource(
            name=n, title=n, kind=kind, host="ALSA", device="pulse", pulse=n, default=default
        )
        for n, kind in (("agent", SourceKind.MICROPHONE), ("customer", SourceKind.FAR_END))
    )
    return LiveCapture(agent, customer, streams.clock)


@pytest.fixture
def capture(streams: Streams) -> LiveCapture:
    return capturing(streams, default=False)


def lost(facts: list[Fact]) -> list[str]:
    return [fact.component for fact in facts if isinstance(fact, Degraded)]


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_with_a_hung_server_both_sides_are_told_of_before_anything_is_closed(
    first: str, streams: Streams, capture: LiveCapture
) -> None:
    assert streams.go_on(capture, 1.0) == []
    streams.silent = {first}
    assert streams.go_on(capture, 0.3) == []
    streams.silent, streams.hung = {"agent", "customer"}, True
    with pytest.raises(HungServerError):
        streams.go_on(capture, 20.0)
    told = [fact for fact in capture.read(0.0) if isinstance(fact, Degraded)]
    assert sorted(lost([*streams.told, *told])) == ["far_end", "microphone"]


def test_one_side_that_is_lost_is_closed_and_opened_while_the_other_goes_on(
    streams: Streams, capture: LiveCapture
) -> None:
    assert streams.go_on(capture, 1.0) == []
    streams.silent = {"agent"}
    assert lost(streams.go_on(capture, 2.5)) == ["microphone"]
    assert streams.closed == ["agent"]
    streams.silent = set()
    (back,) = streams.go_on(capture, 3.0)
    assert isinstance(back, Recovered)
    assert back.component == "microphone"
    assert streams.closed == ["agent"]


@pytest.mark.parametrize("side", ["agent", "customer"])
def test_a_stream_that_the_server_takes_elsewhere_is_opened_again_at_its_own_source(
    side: str, streams: Streams, capture: LiveCapture
) -> None:
    assert streams.go_on(capture, 4.0) == []
    streams.taken = {side: "headset"}
    gone, back = streams.go_on(capture, 8.0)
    component = "microphone" if side == "agent" else "far_end"
    why = f"the sound server gave headset in the place of {side}"
    assert (gone.component, gone.detail, back.component) == (component, why, component)
    assert streams.closed == [side], "the other side goes on"


@pytest.mark.parametrize(
    ("side", "source", "opened_again"),
    [
        ("agent", "headset", []),
        ("agent", "speakers.monitor", ["agent"]),
        ("customer", "headset", ["customer"]),
    ],
)
def test_only_the_default_microphone_may_follow_the_system_to_another(
    side: str, source: str, opened_again: list[str], streams: Streams
) -> None:
    capture = capturing(streams, default=True)
    assert streams.go_on(capture, 4.0) == []
    streams.taken = {side: source}
    streams.go_on(capture, 8.0)
    assert streams.closed == opened_again


def test_a_server_that_tells_of_a_stream_otherwise_from_the_first_is_let_be(
    streams: Streams, capture: LiveCapture
) -> None:
    streams.taken = {"agent": "effects", "customer": "effects"}
    assert streams.go_on(capture, 20.0) == []
    assert streams.closed == []
