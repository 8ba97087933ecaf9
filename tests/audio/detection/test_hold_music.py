"""Music and tones on the line are told from people, noise, keys and hum; all of it made up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from every_row import every_row
from voices import talk

from audio.detection.hold_music import LineSound, LineSoundDetector
from audio.detection.vad import WINDOW, Window
from audio.listening.listener import Listener, SoundFact
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.events import AudioWarning, Channel, SpeechStarted

pytestmark = pytest.mark.samples

MUSIC, RINGING, NOTHING = LineSound.MUSIC, LineSound.RINGING, LineSound.NOTHING


def times(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def tones(seconds: float, *pitches: float) -> Samples:
    waves = [np.sin(2 * np.pi * pitch * times(seconds)) for pitch in pitches]
    return np.asarray(0.1 * sum(waves) / len(waves), np.float32)


def quiet(seconds: float) -> Samples:
    return np.random.default_rng(1).normal(scale=3e-4, size=len(times(seconds))).astype(np.float32)


def again(count: int, *parts: Samples) -> Samples:
    return np.concatenate(parts * count)


def music(seconds: float, beat: float = 0.5) -> Samples:
    """Chords struck at every beat that die away, over a bass."""
    out = np.zeros(round(seconds * SAMPLE_RATE) + 2 * SAMPLE_RATE)
    chords = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
    struck = times(1.2)
    for number, at in enumerate(np.arange(0, seconds, beat)):
        for pitch in (chords[number // 4 % 4][0] / 2, *chords[number // 4 % 4]):
            wave = sum(np.sin(2 * np.pi * pitch * k * struck) / k for k in range(1, 6))
            first = round(at * SAMPLE_RATE)
            out[first : first + len(struck)] += 0.05 * wave * np.exp(-1.5 * struck)
    return np.asarray(out[: round(seconds * SAMPLE_RATE)], np.float32)


def heard(sound: Samples, *, speech: tuple[tuple[float, float], ...] = ()) -> list[LineSound]:
    """What the line is found to carry, one after the other."""
    detector, found = LineSoundDetector(), []
    for first in range(0, len(sound) - WINDOW + 1, WINDOW):
        block = sound[first : first + WINDOW]
        level = 10 * np.log10(np.mean(np.square(block)) + 1e-10)
        spoken = any(start <= first / SAMPLE_RATE < end for start, end in speech)
        if detector.push(block, Window(float(spoken), float(level))):
            found.append(detector.now)
    return found


@every_row(
    [
        (lambda: music(12.0), [MUSIC]),
        (lambda: music(12.0, beat=0.9), [MUSIC]),
        (lambda: np.concatenate([music(12.0), quiet(4.0)]), [MUSIC, NOTHING]),
        (lambda: again(3, tones(2.0, 440, 480), quiet(4.0)), [RINGING]),
        (
            lambda: again(4, tones(0.4, 400, 450), quiet(0.2), tones(0.4, 400, 450), quiet(2.0)),
            [RINGING],
        ),
        (lambda: again(4, tones(1.0, 425), quiet(4.0)), [RINGING]),
        (lambda: again(8, tones(0.5, 480, 620), quiet(0.5)), [RINGING]),
        (lambda: again(1, *[tones(0.5, 480, 620), quiet(0.5)] * 4, quiet(8)), [RINGING, NOTHING]),
        (lambda: again(16, tones(0.12, 770, 1336), quiet(0.1)), []),
        (lambda: tones(12.0, 350, 440), []),
        (lambda: tones(12.0, 250, 300, 350, 400, 450), []),
        (lambda: quiet(12.0) * 100, []),
        (lambda: quiet(12.0), []),
    ]
)
def test_each_kind_of_sound_is_known(sound: Callable[[], Samples], found: list[LineSound]) -> None:
    assert heard(sound()) == found


def test_speech_is_no_music_and_ends_it() -> None:
    voice = talk(3, 12.0)
    assert heard(voice, speech=((0, 12),)) == []
    assert heard(np.concatenate([music(12.0), voice[: 4 * SAMPLE_RATE]]), speech=((12, 16),)) == [
        MUSIC,
        NOTHING,
    ]


def test_a_listener_hears_no_words_in_it_and_tells_of_the_hold_and_the_return() -> None:
    sides = (Channel.AGENT, Channel.CUSTOMER)
    listener = Listener(sides)
    sound = {Channel.CUSTOMER: np.concatenate([music(14.0), quiet(5.0)])}
    sound[Channel.AGENT] = quiet(19.0)
    facts: list[SoundFact] = []
    for first in range(0, 19 * SAMPLE_RATE, 1600):
        for side in sides:
            piece = Chunk(side, first / SAMPLE_RATE, sound[side][first : first + 1600])
            facts += listener.push(piece)  # type: ignore[arg-type]
    told = [f for f in facts if isinstance(f, AudioWarning)]
    assert [(f.kind, f.active) for f in told] == [("hold_music", True), ("hold_music", False)]
    assert [f.at for f in told] == pytest.approx([8.0, 17.0], abs=0.4)
    assert "after 14 s: back from hold" in told[1].detail
    assert not [f for f in facts if isinstance(f, SpeechStarted)]
