import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voices import reshape, samples_of, speak, talk

from audio.detection.echo import EchoDetector, leaks, of_recording
from audio.recordings.opening import open_recording
from audio.samples.chunks import SAMPLE_RATE, Chunk, Samples
from coach.events import AudioWarning, Channel

LEVELS = [-12, -20, -30]
DELAYS = [20, 80, 120, 250]

Asked = list[tuple[float, float]]


def echo_of(far: Samples, level_db: float, delay_ms: float) -> Samples:
    late = round(delay_ms / 1000 * SAMPLE_RATE)
    shifted = np.concatenate([np.zeros(late, np.float32), far[:-late]])
    return np.asarray(shifted * 10 ** (level_db / 20), np.float32)


def room(far: Samples, seed: int = 0) -> Samples:
    """A loudspeaker that lacks bass and overdrives a little, in a room of 0.2 s."""
    rng = np.random.default_rng(seed)
    times = np.arange(3200) / SAMPLE_RATE
    path = rng.normal(size=3200) * np.exp(-times / 0.03) * 0.08
    path[0] = 1.0
    size = 1 << (len(far) + 3200 - 1).bit_length()
    freqs = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    bass = 1 / np.sqrt(1 + (400 / np.maximum(freqs, 1)) ** 4)
    played = np.fft.irfft(np.fft.rfft(far, size) * np.fft.rfft(path, size) * bass, size)
    return np.asarray(np.tanh(2 * played[: len(far)]) / 2, np.float32)


def listen(
    mic: Samples, far: Samples, asked: Asked | None = None, size: int = 8000
) -> tuple[EchoDetector, list[AudioWarning], list[float]]:
    """Push both sides; ask for each span a little after its end, as a listener does."""
    detector = EchoDetector()
    warnings: list[AudioWarning] = []
    answers: dict[tuple[float, float], float] = {}
    for at in range(0, len(far), size):
        start = at / SAMPLE_RATE
        warnings += detector.push(Chunk(Channel.AGENT, start, mic[at : at + size]))
        warnings += detector.push(Chunk(Channel.CUSTOMER, start, far[at : at + size]))
        for span in asked or []:
            if span not in answers and start >= span[1] + 0.7:
                answers[span] = detector.explained(*span)
    for span in asked or []:
        answers.setdefault(span, detector.explained(*span))
    return detector, warnings, [answers[span] for span in asked or []]


def noise(length: int, level_db: float, seed: int = 9) -> Samples:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(size=length) * 10 ** (level_db / 20), np.float32)


@pytest.mark.samples
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("delay", DELAYS)
def test_echo_is_found_measured_and_explained(level: int, delay: int) -> None:
    far = talk(1, 12)
    mic = echo_of(far, level, delay) + noise(len(far), -75)
    detector, warnings, (first, later) = listen(mic, far, [(0.2, 2.5), (6.0, 8.0)])
    assert [(warning.kind, warning.active) for warning in warnings] == [("echo", True)]
    assert warnings[0].at <= 2.5
    assert detector.delay == pytest.approx(delay / 1000, abs=0.001)
    fainter = float(warnings[0].detail.split("late and ")[1].split(" dB")[0])
    assert fainter == pytest.approx(-level, abs=3)
    assert first > 0.85  # judged in hindsight: the first line too
    assert later > 0.85


@pytest.mark.samples
@pytest.mark.parametrize("level", LEVELS)
def test_a_room_and_a_poor_loudspeaker_do_not_hide_it(level: int) -> None:
    far = talk(2, 15)
    mic = echo_of(room(far), level, 90) + noise(len(far), -75)
    _, warnings, (share,) = listen(mic, far, [(8.0, 11.0)])
    assert len(warnings) == 1
    assert share > 0.8


@pytest.mark.samples
@pytest.mark.parametrize("level", LEVELS)
def test_who_really_talks_at_the_same_time_is_kept(level: int) -> None:
    far, near = talk(3, 24), talk(4, 24)
    near[: 6 * SAMPLE_RATE] = 0  # at first only echo...
    near[12 * SAMPLE_RATE : 18 * SAMPLE_RATE] = 0  # ...and once more in between
    mic = near + echo_of(room(far), level, 120) + noise(len(far), -75)
    spans = [(2.0, 5.5), (7.0, 11.5), (13.0, 17.5), (19.0, 23.5)]
    _, warnings, (alone, double, again, double_again) = listen(mic, far, spans)
    assert len(warnings) == 1
    assert min(alone, again) > 0.8
    assert max(double, double_again) < 0.3


@pytest.mark.samples
def test_in_a_recording_nothing_is_advised_that_can_no_longer_be_done() -> None:
    far = talk(1, 12)
    _, (warning, *_), _ = listen(echo_of(far, -12, 80) + noise(len(far), -75), far, [(0.2, 2.5)])
    assert "use a headset" in warning.detail
    told = of_recording(warning)
    assert told.detail.startswith("one side also carries the other's voice, 80 ms late and 12 dB ")
    assert told.detail.endswith("fainter: the same words may appear on both sides")
    assert (told.kind, told.at, told.active) == (warning.kind, warning.at, warning.active)
    other = AudioWarning(at=1.0, kind="clipped", detail=warning.detail)
    assert of_recording(other) == other


@pytest.mark.samples
def test_two_people_without_echo_are_left_alone() -> None:
    for seed in range(10, 14):
        far, near = talk(seed, 40), talk(seed + 100, 40)
        detector, warnings, (share,) = listen(near, far, [(10.0, 20.0)])
        assert warnings == []
        assert detector.delay is None
        assert share == 0.0


@pytest.mark.samples
def test_the_agents_own_voice_coming_back_from_afar_is_not_echo_in_the_microphone() -> None:
    near = talk(5, 20)
    far = echo_of(near, -15, 150) + talk(6, 20, level=0.02)
    _, warnings, (share,) = listen(near, far, [(5.0, 15.0)])
    assert warnings == []
    assert share == 0.0


@pytest.mark.samples
def test_a_fault_that_copies_both_sides_at_once_is_not_echo() -> None:
    far, near = talk(7, 20), talk(8, 20)
    _, warnings, _ = listen(near + 0.2 * far, far + 0.2 * near)
    assert warnings == []


@pytest.mark.samples
def test_the_warning_ends_when_a_headset_is_put_on() -> None:
    far = talk(9, 60)
    mic = echo_of(far, -15, 100) + noise(len(far), -75)
    mic[15 * SAMPLE_RATE :] = talk(10, 45, level=0.05)
    detector, warnings, _ = listen(mic, far)
    assert [warning.active for warning in warnings] == [True, False]
    assert detector.delay is None


@pytest.mark.samples
@pytest.mark.parametrize("level", [-44, -48])
def test_what_is_too_faint_to_matter_is_told_apart_without_advice(level: int) -> None:
    far = talk(1, 12)
    detector, warnings, (share,) = listen(echo_of(far, level, 20), far, [(6.0, 8.0)])
    assert detector.delay == pytest.approx(0.020, abs=0.001)
    assert share > 0.85
    assert warnings == []


@pytest.mark.samples
def test_a_faint_echo_that_is_turned_up_is_warned_of_then() -> None:
    far = talk(14, 40)
    turn = 15 * SAMPLE_RATE
    mic = np.concatenate([echo_of(far, -46, 60)[:turn], echo_of(far, -15, 60)[turn:]])
    _, (warning,), _ = listen(mic, far)
    assert warning.active
    assert warning.at > 15.0


@pytest.mark.samples
def test_a_faint_echo_that_ends_is_not_told_of_either() -> None:
    far = talk(9, 60)
    mic = echo_of(far, -46, 100)
    mic[15 * SAMPLE_RATE :] = talk(10, 45, level=0.05)
    detector, warnings, _ = listen(mic, far)
    assert warnings == []
    assert detector.delay is None


@pytest.mark.samples
def test_another_loudspeaker_with_another_delay_is_followed() -> None:
    far = talk(11, 50)
    turn = 20 * SAMPLE_RATE
    mic = np.concatenate([echo_of(far, -15, 60)[:turn], echo_of(far, -20, 210)[turn:]])
    detector, warnings, (share,) = listen(mic, far, [(44.0, 48.0)])
    assert [warning.active for warning in warnings] == [True]
    assert detector.delay == pytest.approx(0.210, abs=0.001)
    assert share > 0.85


@pytest.mark.samples
def test_silence_is_nothing() -> None:
    silence = np.zeros(10 * SAMPLE_RATE, np.float32)
    for mic, far in ((silence, silence), (silence, talk(1, 10)), (talk(1, 10), silence)):
        _, warnings, (share,) = listen(mic, far, [(2.0, 8.0)])
        assert warnings == []
        assert share == 0.0


@pytest.mark.samples
def test_an_undivided_recording_has_no_far_end() -> None:
    detector = EchoDetector()
    assert detector.push(Chunk(Channel.MIXED, 0.0, talk(1, 5))) == []


@pytest.mark.samples
def test_an_hour_keeps_no_more_than_its_window() -> None:
    detector = EchoDetector()
    far = talk(1, 5)
    for minute in range(0, 120, 5):
        detector.push(Chunk(Channel.AGENT, minute, echo_of(far, -12, 50)))
        detector.push(Chunk(Channel.CUSTOMER, minute, far))
    assert detector.explained(0.0, 60.0) == 0.0
    assert detector.explained(100.0, 110.0) > 0.85


@pytest.mark.samples
@settings(max_examples=8, deadline=None)
@given(cuts=st.lists(st.tuples(st.booleans(), st.integers(1, 30_000)), min_size=1, max_size=30))
def test_nothing_depends_on_how_the_sound_was_cut(cuts: list[tuple[bool, int]]) -> None:
    far = talk(12, 6)
    mic = echo_of(far, -20, 70) + talk(13, 6, level=0.02)
    whole, warned, _ = listen(mic, far, size=len(far))
    other = EchoDetector()
    warnings: list[AudioWarning] = []
    sides = {Channel.AGENT: mic, Channel.CUSTOMER: far}
    done = dict.fromkeys(sides, 0)
    ends = [(first, len(far)) for first in (True, False)]
    for is_agent, size in [*cuts, *ends]:
        side = Channel.AGENT if is_agent else Channel.CUSTOMER
        at = done[side]
        chunk = Chunk(side, at / SAMPLE_RATE, sides[side][at : at + size])
        warnings += other.push(chunk)
        done[side] = at + len(chunk.samples)
    assert warnings == warned
    for start in (0.5, 2.0, 4.5):
        assert other.explained(start, start + 1) == whole.explained(start, start + 1)


# --- voices --------------------------------------------------------------------------------

AGENT = "Thank you for calling. I am sorry about the wait. Let me look at your account."
CUSTOMER = (
    "I have called three times about this bill. Nobody has effort me back. "
    "I was charged twice in March and I want my money back today."
)


@pytest.mark.sound
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("delay", [20, 120, 250])
def test_synthesised_voices(tmp_path: Path, level: int, delay: int) -> None:
    far_voice = samples_of(
        reshape(speak(tmp_path / "c.wav", CUSTOMER, voice="en-us"), "gain", "-3")
    )
    near_voice = samples_of(
        reshape(speak(tmp_path / "a.wav", AGENT, pitch=75, speed=150), "gain", "-6")
    )
    gap = np.zeros(SAMPLE_RATE, np.float32)
    far = np.concatenate([far_voice, gap, np.zeros_like(near_voice), gap, far_voice])
    near = np.zeros_like(far)
    own = len(far_voice) + len(gap)
    near[own : own + len(near_voice)] = near_voice
    both = own + len(near_voice) + len(gap) + SAMPLE_RATE
    near[both : both + len(near_voice)] = near_voice[: len(near) - both]
    mic = near + echo_of(room(far), level, delay) + noise(len(far), -75)

    spans = [
        (0.3, len(far_voice) / SAMPLE_RATE),
        (own / SAMPLE_RATE, (own + len(near_voice)) / SAMPLE_RATE),
        (both / SAMPLE_RATE, (both + len(near_voice)) / SAMPLE_RATE),
    ]
    _, warnings, (echo, alone, double) = listen(mic, far, spans)
    assert [warning.active for warning in warnings] == [True]
    assert echo > 0.8
    assert alone < 0.1
    assert double < 0.4


@pytest.mark.sound
def test_synthesised_voices_without_echo(tmp_path: Path) -> None:
    far = samples_of(speak(tmp_path / "c.wav", CUSTOMER * 3, voice="en-us"))
    near = samples_of(speak(tmp_path / "a.wav", AGENT * 6, pitch=75))
    length = min(len(far), len(near))
    _, warnings, _ = listen(near[:length], far[:length])
    assert warnings == []


# --- real calls ----------------------------------------------------------------------------

Call = dict[Channel, Samples]


@pytest.fixture(scope="module")
def calls() -> dict[str, Call]:
    folder = os.environ.get("COACH_DATA")
    if not folder:
        pytest.skip("COACH_DATA names no folder with recorded calls")
    found: dict[str, Call] = {}
    for path in sorted((Path(folder) / "calls" / "harper_valley").glob("*.wav")):
        sides: dict[Channel, list[Samples]] = {Channel.AGENT: [], Channel.CUSTOMER: []}
        for chunk in open_recording(path).chunks(1.0):
            sides[chunk.channel].append(chunk.samples)
        found[path.stem] = {side: np.concatenate(pieces) for side, pieces in sides.items()}
    assert found
    return found


@pytest.mark.samples
def test_real_calls_give_no_false_warning(calls: dict[str, Call]) -> None:
    for name, call in calls.items():
        for mic, far in (call.values(), reversed(call.values())):
            assert listen(mic, far)[1] == [], name


Mix = Callable[[Samples], Samples]


@pytest.mark.samples
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("delay", "through"),
    [(20, room), (120, room), (250, room), (120, lambda far: far)],
    ids=["20 ms", "120 ms", "250 ms", "wire"],
)
def test_one_side_of_a_real_call_mixed_into_the_other(
    calls: dict[str, Call], level: int, delay: int, through: Mix
) -> None:
    for name, call in calls.items():
        far, near = call[Channel.CUSTOMER], call[Channel.AGENT]
        mic = near + echo_of(through(far), level, delay)
        detector, warnings, _ = listen(mic, far)
        assert [warning.active for warning in warnings] == [True], name
        assert detector.delay == pytest.approx(delay / 1000, abs=0.002), name
        end = len(far) / SAMPLE_RATE
        echo, own = [], []
        for start in np.arange(end - 35, end - 1, 0.5):
            window = slice(int(start * SAMPLE_RATE), int((start + 0.5) * SAMPLE_RATE))
            there, here = (float(np.sqrt(np.mean(side[window] ** 2))) for side in (far, near))
            share = detector.explained(start, start + 0.5)
            if there > 0.01 and here < 0.02 * there * 10 ** (level / 20):
                echo.append(share)
            elif here > 0.01 and there < 0.01 * here:
                own.append(share)
        assert not echo or np.median(echo) > 0.85, name
        assert not own or max(own) < 0.3, name


@pytest.mark.parametrize(
    ("shares", "leaked"),
    [
        ([], []),
        ([0.75, 0.2], [False, False]),
        ([0.85, 0.75, 0.75], [True, True, False]),
        ([0.2, 0.75, 0.9], [False, True, True]),
        ([0.9, 0.6, 0.9], [True, False, True]),
    ],
)
def test_a_word_beside_the_far_ends_is_his_on_less_evidence(
    shares: list[float], leaked: list[bool]
) -> None:
    assert leaks(shares) == leaked
