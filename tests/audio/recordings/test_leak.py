"""What each side carries of the other is taken out, and nothing of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from soundfiles import pcm, wav
from voices import talk

from audio.recordings.leak import BLOCK, Pair, fit, fitted, lateness, without
from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE, Samples

pytestmark = pytest.mark.samples

TURN = 4 * SAMPLE_RATE
SECONDS = 48.0


def people() -> Pair:
    """Two who take turns of four seconds."""
    turn = np.arange(round(SECONDS * SAMPLE_RATE)) // TURN % 2
    return talk(1, SECONDS) * (turn == 0), talk(2, SECONDS) * (turn == 1)


def coloured(samples: Samples, delay: int, level: float) -> Samples:
    """Through a line: late, fainter, duller."""
    duller = np.convolve(samples, [0.25, 0.5, 0.25], "same")
    return np.asarray(level * np.roll(duller, delay), np.float32)


def blocks(first: Samples, second: Samples) -> Iterator[Pair]:
    for start in range(0, len(first), BLOCK):
        yield first[start : start + BLOCK], second[start : start + BLOCK]


def db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(samples.astype(float) ** 2) + 1e-12))


@pytest.mark.parametrize("delay", [0, 7, 160, 900, -40])
@pytest.mark.parametrize("level", [0.3, 0.05])
def test_a_leak_goes_and_the_voice_stays(delay: int, level: float) -> None:
    one, two = people()
    first, second = one + coloured(two, delay, level), two + coloured(one, delay, level)
    ways = fit(blocks(first, second))
    cleaned = [
        np.concatenate(side) for side in zip(*without(blocks(first, second), ways), strict=True)
    ]
    for own, before, after, begin in (
        (one, first, cleaned[0], TURN), (two, second, cleaned[1], 0)
    ):  # fmt: skip
        assert len(after) == len(own)
        listening = slice(begin + TURN // 4, begin + 3 * TURN // 4)
        assert db(after[listening]) < db(before[listening]) - 15
        mine = slice(TURN - begin + TURN // 4, TURN - begin + 3 * TURN // 4)
        assert db(after[mine] - own[mine]) < db(own[mine]) - 18


@pytest.mark.parametrize("delay", [1500, -1200])
def test_of_a_leak_that_is_far_behind_as_little_is_left(delay: int) -> None:
    one, two = people()
    first = one + coloured(two, delay, 0.1)
    ways = fit(blocks(first, two))
    again = fit(blocks(first, two), late=lateness(ways))
    assert lateness(again)[0] == pytest.approx(delay, abs=2)
    listening = slice(TURN + TURN // 4, TURN + 3 * TURN // 4)
    left = [
        db(np.concatenate([side for side, _ in without(blocks(first, two), tried)])[listening])
        for tried in (ways, again)
    ]
    assert left[1] < min(left[0] - 5, db(first[listening]) - 20)


def in_a_room(samples: Samples, level: float) -> Samples:
    """As a loudspeaker's sound comes back from a room: an answer of 0.4 s."""
    random = np.random.default_rng(5)
    length = round(0.4 * SAMPLE_RATE)
    answer = random.standard_normal(length) * np.exp(-np.arange(length) / (0.08 * SAMPLE_RATE))
    size = 1 << (len(samples) + length).bit_length()
    heard = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(answer, size), size)
    heard = heard[: len(samples)] / np.sqrt(np.sum(answer**2))
    return np.asarray(level * heard, np.float32)


def fall(first: Samples, second: Samples, listening: slice) -> tuple[float, float]:
    """dB that are said to be taken off a leak into the first side, and that are."""
    said = fitted(blocks(first, second), (None, None))[0].taken()
    ways = fit(blocks(first, second))[0], None
    left = np.concatenate([side for side, _ in without(blocks(first, second), ways)])
    return said, db(first[listening]) - db(left[listening])


@pytest.mark.parametrize("room", [False, True])
def test_what_is_said_to_be_taken_off_a_leak_is(room: bool) -> None:
    one, two = people()
    first = one + (in_a_room(two, 0.2) if room else coloured(two, 7, 0.2))
    said, is_so = fall(first, two, slice(TURN + TURN // 4, TURN + 3 * TURN // 4))
    assert said == pytest.approx(is_so, abs=4.0)
    assert (said < 12.0) == room


@pytest.mark.parametrize(
    ("room", "says"),
    [(False, "; it is taken out."), (True, " dB can be taken out, the rest stays")],
)
def test_of_a_room_s_leak_is_said_that_a_part_stays(room: bool, says: str, tmp_path: Path) -> None:
    one, two = people()
    first = one + (in_a_room(two, 0.1) if room else coloured(two, 7, 0.1))
    path = tmp_path / "call.wav"
    path.write_bytes(wav(pcm([first, two]), channels=2, rate=16000))
    told = [one for one in open_recording(path).notices if "also carries" in one]
    assert len(told) == 1
    assert says in told[0]


def test_nothing_to_fit_by_is_no_way() -> None:
    silence = np.zeros(10 * BLOCK, np.float32)
    assert fit(blocks(silence, silence)) == (None, None)


def test_what_no_recorder_heard_says_nothing_of_the_way() -> None:
    one, two = people()
    first, second = one + coloured(two, 7, 0.1), two + coloured(one, 7, 0.1)
    later = second.copy()
    later[: len(later) // 2] = 0.0  # this side began in the middle of the call
    whole, half = fit(blocks(first, second))[1], fit(blocks(first, later))[1]
    assert whole is not None
    assert half is not None
    assert np.abs(half - whole).max() < 0.05 * np.abs(whole).max()
    cleaned = np.concatenate([side for _, side in without(blocks(first, later), (None, half))])
    assert not cleaned[: len(later) // 2].any()  # nothing is taken off nothing


def test_a_recording_without_its_leak_is_the_same_in_chunks_of_any_size(tmp_path: Path) -> None:
    one, two = people()
    rows = [one + coloured(two, 5, 0.1), two + coloured(one, 5, 0.1)]
    path = tmp_path / "call.wav"
    path.write_bytes(wav(pcm([row[: 90 * BLOCK + 77] for row in rows]), channels=2, rate=16000))
    recording = open_recording(path)
    assert "also carries" in recording.notices[0]
    whole = [chunk.samples for chunk in recording.chunks(1.0)]
    for seconds in (0.013, 0.02, 0.5, 0.7):
        cut = [chunk.samples for chunk in recording.chunks(seconds)]
        for side in (0, 1):
            got, wanted = np.concatenate(cut[side::2]), np.concatenate(whole[side::2])
            assert len(wanted) == 90 * BLOCK + 77
            assert np.array_equal(got, wanted), seconds
