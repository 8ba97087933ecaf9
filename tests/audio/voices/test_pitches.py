"""The pitch of a track's windows is measured as they go by, and says how one voice is other."""

from __future__ import annotations

import numpy as np
import pytest
from twovoices import LoudIsSpeech, PitchTells

from audio.samples.chunks import SAMPLE_RATE, Samples
from audio.voices.changed import Change, pitch_of
from audio.voices.trace import PITCHED, VoiceTrace, joined


def buzz(hz: float, seconds: float) -> Samples:
    """Harmonics of a pitch, as far as a telephone passes them."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics = [n for n in range(1, 40) if 300 < n * hz < 3400]
    made = sum(np.sin(2 * np.pi * n * hz * times + n * n) for n in harmonics)
    return np.asarray(0.02 * made, np.float32)


def pitches(sound: Samples, piece: int, *, pitched: bool = True) -> np.ndarray:
    trace = VoiceTrace(PitchTells(), LoudIsSpeech(), pitched=pitched)  # type: ignore[arg-type]
    pieces = range(0, len(sound), piece)
    return joined([trace.push(sound[first : first + piece]) for first in pieces]).pitches


@pytest.mark.parametrize("piece", [3200, 7000, 160_000])
def test_every_so_manyth_window_has_its_pitch_however_the_sound_is_cut(piece: int) -> None:
    found = pitches(np.concatenate([buzz(120.0, 3.0), buzz(240.0, 3.0)]), piece)
    known = ~np.isnan(found)
    assert known.tolist() == [row % PITCHED == 0 for row in range(len(found))]
    assert found[0] == pytest.approx(np.log2(120.0), abs=0.02)
    assert found[known][-1] == pytest.approx(np.log2(240.0), abs=0.02)


def test_where_it_is_not_asked_for_no_pitch_is_measured() -> None:
    assert np.isnan(pitches(buzz(120.0, 2.0), 3200, pitched=False)).all()


def test_a_voice_has_a_pitch_from_three_windows_on() -> None:
    assert pitch_of(np.array([7.0, np.nan, 7.2, 8.0])) == pytest.approx(7.2)
    assert np.isnan(pitch_of(np.array([7.0, np.nan, 7.2])))


@pytest.mark.parametrize(
    ("change", "raises"),
    [
        (Change(6.0, 3.0, 2.0, 0.6, (-5.0, -4.5)), True),
        (Change(6.0, 3.0, 7.0, 0.6, (-5.0, -4.5)), False),
        (Change(6.0, 3.0, 2.0, -0.6, (-5.0, -4.5)), False),
        (Change(6.0, 8.0, 2.0, 0.0, (-5.0, -4.5)), True),
        (Change(6.0, 8.0, 2.0, -0.2, (-5.0, -4.5)), False),
        (Change(-4.0, 8.0, 2.0, 0.6, (-5.0, -4.5)), False),
    ],
    ids=["higher", "unevenly", "lower", "as high", "bright and lower", "fainter"],
)
def test_whoever_raises_her_voice_is_higher_and_evenly_brighter(
    change: Change, raises: bool
) -> None:
    assert change.raises is raises
    assert change.back().back() == change
