"""Live capture against a real sound server: what is played arrives, on its own side, in time."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sound_server import SoundServer
from voices import reshape, samples_of, speak

from audio.hardware import devices
from audio.hardware.capture import LiveCapture
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.cli import main
from coach.events import AudioGap, Channel, Degraded, Fact, Recovered

pytestmark = [pytest.mark.sound, pytest.mark.xdist_group("sound")]

FRAME = 320


class Heard:
    """Everything a capture has given, and a way to wait for something in it."""

    def __init__(self, capture: LiveCapture) -> None:
        self.capture = capture
        self.facts: list[Fact] = []
        self.sound: dict[Channel, list[Samples]] = {Channel.AGENT: [], Channel.CUSTOMER: []}
        self.first: dict[Channel, int] = {}
        self.position: dict[Channel, int] = {}

    def until(self, happened: Callable[[], bool], limit: float = 60.0) -> None:
        """Read on until it has happened; ``limit`` is for a test that would never end."""
        end = time.monotonic() + limit
        while not happened():
            assert time.monotonic() < end, f"it did not happen; heard {self.facts}"
            for item in self.capture.read(0.1):
                if isinstance(item, Chunk):
                    self._take(item)
                else:
                    self.facts.append(item)

    def _take(self, chunk: Chunk) -> None:
        start = round(chunk.start * SAMPLE_RATE)
        self.first.setdefault(chunk.channel, start)
        assert self.position.get(chunk.channel, start) == start, "a hole between chunks"
        self.position[chunk.channel] = start + len(chunk.samples)
        self.sound[chunk.channel].append(chunk.samples)

    def of(self, channel: Channel) -> Samples:
        return np.concatenate([np.empty(0, np.float32), *self.sound[channel]])

    def has(self, kind: type[Fact], count: int = 1) -> bool:
        return sum(isinstance(fact, kind) for fact in self.facts) >= count

    def both_sides_run(self) -> bool:
        return all(self.sound.values())


def envelope(samples: Samples) -> np.ndarray:
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    return np.sqrt((frames**2).mean(axis=1))


def likeness(heard: Samples, played: Samples) -> tuple[float, float]:
    """Best correlation of the course of loudness, and where in ``heard`` it is, in seconds."""
    course, wanted = envelope(heard), envelope(played)
    wanted = wanted - wanted.mean()
    best, where = 0.0, 0
    for shift in range(max(1, len(course) - len(wanted))):
        part = course[shift : shift + len(wanted)]
        if len(part) < len(wanted) or not part.any():
            continue
        part = part - part.mean()
        likely = float(part @ wanted / (np.linalg.norm(part) * np.linalg.norm(wanted) + 1e-12))
        if likely > best:
            best, where = likely, shift
    return best, where * FRAME / SAMPLE_RATE


@pytest.fixture
def voices(tmp_path: Path) -> dict[Channel, Path]:
    """Two people who differ in voice, speed, pitch and level."""
    agent = speak(
        tmp_path / "agent.wav", "Thank you for waiting, I have found your account.", pitch=70
    )
    customer = speak(
        tmp_path / "customer.wav",
        "I want to speak to a supervisor right now, this is the third time I have called.",
        voice="en-us+m3",
        speed=185,
    )
    return {
        Channel.AGENT: reshape(agent, "tempo", "0.9", "gain", "-6"),
        Channel.CUSTOMER: reshape(customer, "pitch", "-150", "gain", "-1"),
    }


@pytest.fixture
def capture(pulse: SoundServer) -> Iterator[LiveCapture]:
    assert pulse.pid
    microphone, far_end = devices.choose(microphone="agentmic.monitor", far_end="customer.monitor")
    zero = time.monotonic()
    capture = LiveCapture(microphone, far_end, lambda: time.monotonic() - zero)
    capture.start()
    yield capture
    capture.stop()


SINKS = {Channel.AGENT: "agentmic", Channel.CUSTOMER: "customer"}


def play(pulse: SoundServer, voices: dict[Channel, Path], heard: Heard) -> None:
    """Play both voices at once and read until their ends have arrived."""
    players = [pulse.play(voices[channel], sink) for channel, sink in SINKS.items()]
    heard.until(lambda: all(player.poll() is not None for player in players))
    ends = {channel: heard.position[channel] + SAMPLE_RATE for channel in SINKS}
    heard.until(lambda: all(heard.position[channel] >= end for channel, end in ends.items()))


def test_each_voice_is_heard_on_its_own_side(
    pulse: SoundServer, capture: LiveCapture, voices: dict[Channel, Path]
) -> None:
    heard = Heard(capture)
    heard.until(heard.both_sides_run)
    play(pulse, voices, heard)
    for channel in SINKS:
        own, _ = likeness(heard.of(channel), samples_of(voices[channel]))
        other, _ = likeness(heard.of(channel), samples_of(voices[channel.other]))
        assert own > 0.9
        assert other < 0.7
        assert 0 < capture.latency[channel] < 1.0
    assert heard.facts == []


def test_a_sound_played_on_both_sides_has_one_place_in_time(
    pulse: SoundServer, capture: LiveCapture, voices: dict[Channel, Path]
) -> None:
    heard = Heard(capture)
    heard.until(heard.both_sides_run)
    same = dict.fromkeys(SINKS, voices[Channel.AGENT])
    play(pulse, same, heard)
    played = samples_of(voices[Channel.AGENT])
    places = []
    for channel in SINKS:
        sure, where = likeness(heard.of(channel), played)
        assert sure > 0.9
        places.append(heard.first[channel] / SAMPLE_RATE + where)
    # Two players are started one after the other on a busy machine.
    assert abs(places[0] - places[1]) < 0.5


def test_capture_comes_back_when_the_sound_server_is_killed_and_restarted(
    pulse: SoundServer, capture: LiveCapture, voices: dict[Channel, Path]
) -> None:
    heard = Heard(capture)
    heard.until(heard.both_sides_run)
    pulse.kill()
    heard.until(lambda: heard.has(Degraded, 2))
    lost_from = dict(heard.position)
    heard.until(lambda: all(heard.position[c] > lost_from[c] + SAMPLE_RATE for c in SINKS))
    pulse.restart()
    heard.until(lambda: heard.has(Recovered, 2) and heard.has(AudioGap, 2))
    gaps = {fact.channel: fact for fact in heard.facts if isinstance(fact, AudioGap)}
    for channel in SINKS:
        assert gaps[channel].end - gaps[channel].start > 1.0
        assert gaps[channel].cause
    components = {fact.component for fact in heard.facts if isinstance(fact, Degraded)}
    assert components == {"microphone", "far_end"}
    before = {channel: len(heard.of(channel)) for channel in SINKS}
    play(pulse, voices, heard)
    for channel in SINKS:
        since = heard.of(channel)[before[channel] :]
        assert likeness(since, samples_of(voices[channel]))[0] > 0.9


def test_a_sound_server_that_hangs_is_survived(pulse: SoundServer, capture: LiveCapture) -> None:
    heard = Heard(capture)
    heard.until(heard.both_sides_run)
    pulse.hang()
    heard.until(lambda: heard.has(Degraded, 2))
    pulse.go_on()
    heard.until(lambda: heard.has(Recovered, 2))
    heard.until(lambda: heard.has(AudioGap, 2))


def test_one_device_may_vanish_and_return_while_the_other_goes_on(
    pulse: SoundServer, capture: LiveCapture
) -> None:
    heard = Heard(capture)
    heard.until(heard.both_sides_run)
    modules = pulse.pactl("list", "short", "modules").splitlines()
    (number,) = [line.split("\t")[0] for line in modules if "sink_name=agentmic" in line]
    pulse.pactl("unload-module", number)
    heard.until(lambda: heard.has(Degraded))
    # one that fetches two seconds at a time, so that it gives its first block that late
    pulse.pactl("load-module", "module-null-sink", "sink_name=agentmic", "rate=48000")
    heard.until(lambda: heard.has(Recovered) and heard.has(AudioGap))
    assert {f.channel for f in heard.facts if isinstance(f, AudioGap)} == {Channel.AGENT}
    assert {f.component for f in heard.facts if isinstance(f, Degraded)} == {"microphone"}


def test_the_far_end_stays_what_it_is_when_the_system_has_a_new_default(
    pulse: SoundServer, capture: LiveCapture
) -> None:
    pulse.pactl("set-default-source", "customer.monitor")
    heard = Heard(capture)
    heard.until(heard.both_sides_run)
    heard.until(lambda: all(side.in_place for side in capture._sides))
    pulse.pactl("set-default-source", "agentmic.monitor")
    heard.until(lambda: heard.has(Degraded))
    heard.until(lambda: heard.has(Recovered) and heard.has(AudioGap))
    assert {f.component for f in heard.facts if isinstance(f, Degraded)} == {"far_end"}
    listed = pulse.pactl("list", "short", "source-outputs").splitlines()
    assert len({line.split("\t")[1] for line in listed}) == len(SINKS), "a source for each side"


def test_a_stopped_capture_gives_what_is_left_and_then_nothing(
    pulse: SoundServer, capture: LiveCapture
) -> None:
    assert pulse.pid
    heard = Heard(capture)
    heard.until(heard.both_sides_run)
    capture.stop()
    capture.read(0)
    assert capture.read(0) == []
    capture.stop()


def test_the_list_shows_sources_roles_and_reasons(
    pulse: SoundServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shutil.which("pactl")
    assert pulse.pid
    assert main(["devices", "--once"]) == 0
    shown = capsys.readouterr().out
    assert "* " in shown
    assert "customer.monitor" in shown
    assert "because it repeats what the default output plays" in shown
    assert main(["devices", "--json", "--no-levels"]) == 0
    assert '"role":"far end"' in capsys.readouterr().out
