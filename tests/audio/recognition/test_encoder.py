from __future__ import annotations

import numpy as np
import pytest
from ctranslate2 import StorageView

from audio.recognition.encoder import (
    LATEST,
    POSITIONS_PER_SECOND,
    STEP,
    WINDOW_SECONDS,
    SpeechEncoder,
)
from audio.recognition.transcriber import Transcriber
from audio.samples.chunks import SAMPLE_RATE

pytestmark = pytest.mark.model

REMEMBERED = 50


@pytest.fixture(scope="module")
def encoder(transcriber: Transcriber) -> SpeechEncoder:
    return SpeechEncoder(transcriber._model, REMEMBERED)


def noise(seconds: float) -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.normal(0.0, 0.05, round(seconds * SAMPLE_RATE)).astype(np.float32)


@pytest.mark.parametrize(("seconds", "padding"), [(0.1, 0.0), (1.3, 2.0), (4.0, 3.2)])
def test_a_clip_gets_whole_steps_of_window_and_remembered_silence(
    seconds: float, padding: float, encoder: SpeechEncoder
) -> None:
    encoded = encoder.encode(noise(seconds), padding)
    positions = encoded.memory.shape[1] - REMEMBERED
    window = positions / POSITIONS_PER_SECOND
    assert seconds + padding <= window < seconds + padding + STEP
    assert window % STEP == 0.0
    assert encoded.frames == pytest.approx((100 * seconds,), abs=2)


def test_a_full_window_needs_no_remembered_silence(encoder: SpeechEncoder) -> None:
    full = int(WINDOW_SECONDS * POSITIONS_PER_SECOND)
    assert encoder.encode(noise(2.0), WINDOW_SECONDS).memory.shape[1] == full
    longer = encoder.encode(noise(31.0), 8.0)
    assert longer.memory.shape[1] == full
    assert longer.frames == (3000,)


def forgetful(encoder: SpeechEncoder) -> SpeechEncoder:
    """The same, with none of the latest windows."""
    encoder._latest = ()
    return encoder


def test_the_same_clip_is_encoded_alike_every_time(encoder: SpeechEncoder) -> None:
    memories = [forgetful(encoder).encode(noise(1.0), 2.0).memory for _ in range(2)]
    one, other = map(np.asarray, memories)
    assert np.array_equal(one, other)


def test_the_latest_windows_are_not_encoded_again(
    encoder: SpeechEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def encode(features: np.ndarray) -> StorageView:
        asked.append(features.shape[1])
        return StorageView.from_array(np.full((1, features.shape[1] // 2, 512), len(asked), "f4"))

    monkeypatch.setattr(encoder._model, "encode", encode)
    forgetful(encoder)

    def number(seconds: float, padding: float) -> float:
        return float(np.asarray(encoder.encode(noise(seconds), padding).memory)[0, 0, 0])

    assert [number(1.0, 2.0), number(1.0, 2.0), number(1.0, 4.0)] == [1, 1, 2]
    other = noise(1.0)
    other[-1] += 0.001
    assert np.asarray(encoder.encode(other, 2.0).memory)[0, 0, 0] == 3
    for place in range(LATEST):
        number(1.0, 5.0 + place)
    assert number(1.0, 2.0) == 4 + LATEST
    assert asked[:4] == [300, 500, 300, 600]
    forgetful(encoder)


def test_clips_are_encoded_together_as_they_are_alone(encoder: SpeechEncoder) -> None:
    clips = [noise(0.7), noise(2.6)]
    together = encoder.encode_all(clips, 2.0)
    forgetful(encoder)
    alone = [encoder.encode(clip, 2.0) for clip in clips]
    assert together.frames == tuple(one.frames[0] for one in alone)
    longest = max(one.memory.shape[1] for one in alone)
    assert together.memory.shape[:2] == [2, longest]
    for row, one in zip(np.asarray(together.memory), alone, strict=True):
        own = one.memory.shape[1] - REMEMBERED
        assert np.array_equal(row[:own], np.asarray(one.memory)[0, :own])


def test_less_silence_can_be_remembered_behind_clips_that_are_encoded_together(
    encoder: SpeechEncoder,
) -> None:
    clips = [noise(0.7), noise(2.6)]
    whole = encoder.encode_all(clips, 2.0)
    less = forgetful(encoder).encode_all(clips, 2.0, 10)
    assert less.memory.shape[1] == whole.memory.shape[1] - REMEMBERED + 10
    assert less.frames == whole.frames
    own = less.memory.shape[1] - 10  # of the longer clip
    assert np.array_equal(np.asarray(less.memory)[1, :own], np.asarray(whole.memory)[1, :own])
