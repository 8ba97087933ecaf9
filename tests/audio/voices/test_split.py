"""A mixed track with two made-up voices is taken apart; its sound comes once and on one side."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from audio.recordings.opening import MIXED_NOTICE, Recording, open_recording
from audio.samples.chunks import SAMPLE_RATE, Samples
from audio.voices import split as splitting
from audio.voices.fingerprint import BANDS, SEEN, shared_encoder, spectra_of
from audio.voices.split import SplitRecording, VoicesHeard, split
from audio.voices.turns import VoiceTurn
from audio.voices.two_voices import Voices
from coach.events import Channel

pytestmark = pytest.mark.samples


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    path = tmp_path / "mixed.wav"
    noise = np.random.default_rng(1).integers(-8000, 8000, SAMPLE_RATE * 4).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, len(noise), "NONE", ""))
        file.writeframes(noise.tobytes())
    return open_recording(path)


def turn(start: float, end: float, speaker: int, confidence: float = 0.95) -> VoiceTurn:
    return VoiceTurn(
        start=start, end=end, speaker=speaker, confidence=confidence, speech=end - start
    )


def sound(recording: Recording | SplitRecording, seconds: float) -> dict[Channel, Samples]:
    found: dict[Channel, list[Samples]] = {}
    for chunk in recording.chunks(seconds):
        found.setdefault(chunk.channel, []).append(chunk.samples)
    return {channel: np.concatenate(pieces) for channel, pieces in found.items()}


TURNS = (turn(0.0, 1.25, 0), turn(1.25, 1.5, 1), turn(1.5, 2.0, 0, 0.6), turn(2.0, 3.9, 1))


@pytest.mark.parametrize("seconds", [0.02, 0.03, 1.0, 10.0])
@pytest.mark.parametrize("agent_first", [True, False])
def test_the_sound_comes_once_on_the_side_of_who_speaks(
    recording: Recording, seconds: float, agent_first: bool
) -> None:
    heard = VoicesHeard(voices=None, turns=TURNS)
    whole = sound(recording, 1.0)[Channel.MIXED]
    sides = sound(SplitRecording(recording, heard, agent_speaks_first=agent_first), seconds)
    assert np.array_equal(sum(sides.values()), whole)
    first, second = Channel.AGENT, Channel.CUSTOMER
    if not agent_first:
        first, second = second, first
    for at, channel in ((0.5, first), (1.3, second), (1.7, Channel.MIXED), (3.0, second)):
        where = slice(round(at * SAMPLE_RATE), round((at + 0.1) * SAMPLE_RATE))
        assert np.array_equal(sides[channel][where], whole[where])
    assert np.array_equal(sides[second][-100:], whole[-100:])  # after the last turn


def test_a_side_for_what_is_open_is_there_only_where_it_is_needed(recording: Recording) -> None:
    sure = VoicesHeard(voices=None, turns=(turn(0.0, 2.0, 0), turn(2.0, 4.0, 1)))
    made = SplitRecording(recording, sure, agent_speaks_first=True)
    assert made.channels == (Channel.AGENT, Channel.CUSTOMER)
    assert SplitRecording(
        recording, VoicesHeard(voices=None, turns=TURNS), agent_speaks_first=True
    ).channels == (Channel.AGENT, Channel.CUSTOMER, Channel.MIXED)


def test_a_split_track_is_marked_as_split(recording: Recording) -> None:
    made = SplitRecording(recording, VoicesHeard(voices=None, turns=TURNS), agent_speaks_first=True)
    assert MIXED_NOTICE in recording.notices
    assert MIXED_NOTICE not in made.notices
    (told,) = [notice for notice in made.notices if "split by their voices" in notice]
    assert "4 turns" in told
    assert "% of the speech left open" in told
    assert "--no-split" in told
    assert made.confidence(0.0, 1.0) == pytest.approx(0.95)
    assert made.duration == pytest.approx(4.0)


def test_noise_is_not_taken_apart(recording: Recording) -> None:
    assert split(recording) is recording


def voices(alike: float, windows: int = 80) -> Voices:
    """Two voices with this cosine between them, learnt from so many windows."""
    first, second = np.array([1.0, 0.0]), np.array([alike, np.sqrt(1 - alike**2)])
    return Voices(first, second, alike, 0.4, windows)


@pytest.mark.parametrize(
    ("alike", "windows", "said", "surest"),
    [
        (0.75, 80, "split by their voices", 0.95),
        (0.87, 80, "The two voices are much alike", 0.9),
        (0.91, 300, "sounds like one voice", None),
        (0.87, 25, "sounds like one voice", None),  # as one person's halves are in a few words
    ],
)
def test_voices_that_are_alike_are_told_of(
    recording: Recording,
    monkeypatch: pytest.MonkeyPatch,
    alike: float,
    windows: int,
    said: str,
    surest: float | None,
) -> None:
    heard = VoicesHeard(voices=voices(alike, windows), turns=(turn(0.0, 2.0, 0), turn(2.0, 4.0, 1)))
    monkeypatch.setattr(splitting, "listen", lambda *_, **__: heard)
    made = split(recording)
    assert said in " ".join(made.notices)
    assert MIXED_NOTICE not in made.notices
    assert ("voices are much alike" in " ".join(made.notices)) is (surest == 0.9)
    if surest is None:
        assert made.channels == (Channel.MIXED,)
    else:
        assert isinstance(made, SplitRecording)
        assert made.confidence(0.0, 1.0) == pytest.approx(surest)


def _buzz(pitch: float, formants: tuple[float, ...], seconds: float) -> Samples:
    """Something voice-like: pulses of a pitch through resonances."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    made = np.zeros(len(times))
    for n in range(1, 40):
        f = n * pitch
        if f < 3800:
            gain = sum(np.exp(-(((f - centre) / 150.0) ** 2)) for centre in formants)
            made += gain * np.sin(2 * np.pi * f * times + n)
    return (0.1 * made * (1 + 0.3 * np.sin(2 * np.pi * 4 * times))).astype(np.float32)


def test_the_network_tells_two_sounds_apart_and_finds_the_same_again_at_any_level() -> None:
    one, two = _buzz(110, (500, 1500, 2500), 2.0), _buzz(220, (800, 1200, 2900), 2.0)
    starts = np.array([0, 40])
    first, second, quiet = (
        shared_encoder().embed(spectra_of(s), starts).mean(axis=0) for s in (one, two, one * 0.05)
    )
    assert first @ quiet > 0.99
    assert first @ second < 0.8


def test_spectra_come_every_ten_milliseconds() -> None:
    assert spectra_of(np.zeros(399, np.float32)).shape == (0, BANDS)
    assert spectra_of(np.zeros(SAMPLE_RATE, np.float32)).shape == (98, BANDS)
    assert shared_encoder().embed(np.ones((SEEN, BANDS), np.float32), np.array([0])).shape == (
        1,
        256,
    )
