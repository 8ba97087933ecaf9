from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.chunks import SAMPLE_RATE, Samples
from audio.vad import WINDOW, Vad


def buzz(seconds: float) -> Samples:
    """A buzz with four formants, switched on and off five times a second."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    voice = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 30))
    return (0.1 * voice * (np.sin(2 * np.pi * 2.5 * t) > 0)).astype(np.float32)


def test_silence_is_no_speech_and_has_the_floor_level() -> None:
    verdicts = Vad().push(np.zeros(SAMPLE_RATE, np.float32))
    assert len(verdicts) == SAMPLE_RATE // WINDOW
    assert all(one.probability < 0.1 and one.dbfs == -100.0 for one in verdicts)


def test_level_of_a_full_scale_square_wave_is_zero() -> None:
    wave = np.where(np.arange(WINDOW) % 32 < 16, 1.0, -1.0).astype(np.float32)
    assert abs(Vad().push(wave)[0].dbfs) < 1e-6


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=20))
def test_pieces_of_any_size_give_the_same_verdicts(sizes: list[int]) -> None:
    sound = buzz(1.5)
    whole = Vad().push(sound)
    vad, pieces, at = Vad(), [], 0
    for size in [*sizes, len(sound)]:
        pieces += vad.push(sound[at : at + size])
        at += size
    assert len(pieces) == len(whole)
    for one, other in zip(pieces, whole, strict=True):
        assert abs(one.probability - other.probability) < 1e-4
        assert abs(one.dbfs - other.dbfs) < 1e-6
