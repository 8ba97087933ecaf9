import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soundfiles import pcm, wav, write
from voices import babble

from audio.recordings.opening import MIXED_NOTICE, Recording, RecordingOptions, open_recording
from audio.recordings.sides import LOOKED_AT
from audio.samples.chunks import SAMPLE_RATE, Samples
from coach.errors import InputError
from coach.events import Channel


def heard(recording: Recording, seconds: float = 0.02) -> dict[Channel, Samples]:
    taken: dict[Channel, list[Samples]] = {channel: [] for channel in recording.channels}
    lengths = dict.fromkeys(recording.channels, 0)
    for chunk in recording.chunks(seconds):
        assert abs(chunk.start - lengths[chunk.channel] / SAMPLE_RATE) < 1e-9
        taken[chunk.channel].append(chunk.samples)
        lengths[chunk.channel] += len(chunk.samples)
    return {channel: np.concatenate(pieces) for channel, pieces in taken.items()}


def alike(got: Samples, wanted: Samples) -> float:
    length = min(len(got), len(wanted))
    return float(np.corrcoef(got[:length], wanted[:length])[0, 1])


CODECS = {
    "8 bit": ("pcm_u8", "wav", 0.99),
    "16 bit": ("pcm_s16le", "wav", 0.9999),
    "24 bit": ("pcm_s24le", "wav", 0.9999),
    "32 bit": ("pcm_s32le", "wav", 0.9999),
    "float": ("pcm_f32le", "wav", 0.9999),
    "double": ("pcm_f64le", "wav", 0.9999),
    "mu-law": ("pcm_mulaw", "wav", 0.999),
    "A-law": ("pcm_alaw", "wav", 0.999),
    "FLAC": ("flac", "flac", 0.9999),
    "MP3": ("libmp3lame", "mp3", 0.85),
    "Opus": ("libopus", "ogg", 0.85),
    "M4A": ("aac", "m4a", 0.85),
}


WANTED: dict[int, dict[Channel, Samples]] = {}
"""By rate: both sides as a format that loses nothing gives them."""


def plainly_heard(rate: int, folder: Path) -> dict[Channel, Samples]:
    if rate not in WANTED:
        sides = [babble(1, 3.0, rate), babble(2, 3.0, rate)]
        WANTED[rate] = heard(open_recording(write(folder / "a.wav", sides, rate, "pcm_f32le")))
    return WANTED[rate]


@pytest.mark.samples
@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
@pytest.mark.parametrize("name", CODECS)
def test_every_format_at_every_rate_gives_both_sides(tmp_path: Path, name: str, rate: int) -> None:
    codec, ending, faithful = CODECS[name]
    if codec == "libopus" and rate == 44100:
        pytest.skip("Opus knows no 44.1 kHz")
    agent, customer = babble(1, 3.0, rate), babble(2, 3.0, rate)
    path = write(tmp_path / f"call.{ending}", [agent, customer], rate, codec)

    recording = open_recording(path)

    assert recording.channels == (Channel.AGENT, Channel.CUSTOMER)
    assert recording.duration == pytest.approx(3.0, abs=0.2)
    assert recording.notices == ()
    sides = heard(recording)
    wanted = plainly_heard(rate, tmp_path)
    assert len(sides[Channel.AGENT]) == pytest.approx(3 * SAMPLE_RATE, abs=0.2 * SAMPLE_RATE)
    for channel in recording.channels:
        assert alike(sides[channel], wanted[channel]) > faithful


@pytest.mark.samples
def test_the_agent_may_be_on_the_right(tmp_path: Path) -> None:
    path = write(tmp_path / "call.wav", [babble(1, 2, 16000), babble(2, 2, 16000)], 16000)
    left, right = heard(open_recording(path)), heard(open_recording(path, agent_channel="right"))
    assert np.array_equal(left[Channel.AGENT], right[Channel.CUSTOMER])
    assert np.array_equal(left[Channel.CUSTOMER], right[Channel.AGENT])
    with pytest.raises(InputError, match="left or right"):
        open_recording(path, agent_channel="middle")


@pytest.mark.samples
def test_two_files_of_different_length_and_rate_end_together(tmp_path: Path) -> None:
    agent = write(tmp_path / "a.wav", [babble(1, 2.0, 8000)], 8000)
    customer = write(tmp_path / "c.flac", [babble(2, 3.5, 44100)], 44100, "flac")
    recording = open_recording(agent, other=customer)
    sides = heard(recording)
    assert recording.duration == pytest.approx(3.5)
    assert len(sides[Channel.AGENT]) == len(sides[Channel.CUSTOMER]) == round(3.5 * SAMPLE_RATE)
    assert not sides[Channel.AGENT][2 * SAMPLE_RATE :].any()
    assert sides[Channel.AGENT][: 2 * SAMPLE_RATE].any()


@pytest.mark.samples
def test_one_track_is_mixed_and_says_what_is_lost(tmp_path: Path) -> None:
    path = write(tmp_path / "call.mp3", [babble(1, 2, 16000)], 16000, "libmp3lame")
    recording = open_recording(path)
    assert recording.channels == (Channel.MIXED,)
    assert recording.notices == (MIXED_NOTICE,)
    assert set(heard(recording)) == {Channel.MIXED}


@pytest.mark.samples
def test_both_sides_may_be_taken_as_one_track(tmp_path: Path) -> None:
    one, two = babble(1, 2, 16000), babble(2, 2, 16000)
    path = write(tmp_path / "call.wav", [one, two], 16000, "pcm_f32le")
    mixed = heard(open_recording(path, mono=True))[Channel.MIXED]
    assert np.allclose(mixed, (one + two) / 2, atol=1e-6)


@pytest.mark.samples
@settings(max_examples=10, deadline=None)
@given(seconds=st.floats(0.005, 0.8))
def test_the_sound_does_not_depend_on_the_size_of_the_chunks(
    tmp_path_factory: pytest.TempPathFactory, seconds: float
) -> None:
    folder = tmp_path_factory.mktemp("sizes")
    path = write(folder / "call.wav", [babble(1, 0.7, 44100), babble(2, 0.7, 44100)], 44100)
    usual, other = heard(open_recording(path)), heard(open_recording(path), seconds)
    for channel in usual:
        assert np.array_equal(usual[channel], other[channel])


@pytest.mark.samples
@settings(max_examples=10, deadline=None)
@given(seconds=st.floats(0.005, 0.8), swap_at=st.lists(st.floats(0.0, 0.9), max_size=3))
def test_sides_are_exchanged_to_the_sample_whatever_the_chunks(
    tmp_path_factory: pytest.TempPathFactory, seconds: float, swap_at: list[float]
) -> None:
    path = tmp_path_factory.mktemp("swaps") / "call.wav"
    write(path, [babble(1, 0.7, SAMPLE_RATE), babble(2, 0.7, SAMPLE_RATE)], SAMPLE_RATE)
    plain = heard(open_recording(path))
    swapped = heard(open_recording(path, asked=RecordingOptions(swap_at=tuple(swap_at))), seconds)
    places = np.arange(len(plain[Channel.AGENT]))
    times = sum((places >= round(at * SAMPLE_RATE)).astype(int) for at in swap_at)
    for channel in plain:
        own = np.broadcast_to(np.asarray(times) % 2 == 0, places.shape)
        wanted = np.where(own, plain[channel], plain[channel.other])
        assert np.array_equal(swapped[channel], wanted)


# --- copies --------------------------------------------------------------------------------


@pytest.mark.samples
@pytest.mark.parametrize(
    ("codec", "ending"),
    [("pcm_s16le", "wav"), ("pcm_mulaw", "wav"), ("libmp3lame", "mp3"), ("libopus", "ogg")],
)
def test_one_track_on_both_channels_is_taken_as_one_and_said(
    tmp_path: Path, codec: str, ending: str
) -> None:
    voice = babble(1, 10, 8000)
    rng = np.random.default_rng(0)
    copy = (voice * 0.9 + rng.normal(scale=0.001, size=len(voice))).astype(np.float32)
    path = write(tmp_path / f"call.{ending}", [voice, copy], 8000, codec)
    recording = open_recording(path)
    assert recording.channels == (Channel.MIXED,)
    assert "has the same sound on both channels" in recording.notices[0]
    assert open_recording(path, mono=True).channels == (Channel.MIXED,)


@pytest.mark.samples
def test_leakage_between_real_sides_is_no_copy(tmp_path: Path) -> None:
    agent, customer = babble(1, 20, 8000), babble(2, 20, 8000)
    agent[: 10 * 8000] = 0
    customer[10 * 8000 :] = 0
    leaky = [agent + 0.2 * customer, customer + 0.2 * agent]
    assert len(open_recording(write(tmp_path / "a.wav", leaky, 8000)).channels) == 2


@pytest.mark.samples
def test_a_side_that_never_speaks_is_no_copy(tmp_path: Path) -> None:
    voice = babble(1, 10, 8000)
    path = write(tmp_path / "a.wav", [voice, np.zeros_like(voice)], 8000)
    assert len(open_recording(path).channels) == 2


@pytest.mark.samples
@pytest.mark.parametrize(("said", "told"), [(2.0, False), (0.0, True)])
def test_a_side_with_a_word_in_minutes_of_line_noise_is_not_called_empty(
    tmp_path: Path, said: float, *, told: bool
) -> None:
    noise = np.random.default_rng(3).standard_normal(120 * 8000) * 10 ** (-67 / 20)
    brief = noise.astype(np.float32)
    brief[: round(said * 8000)] += babble(2, said, 8000)
    sides = [babble(1, 120.0, 8000), brief]
    notices = open_recording(write(tmp_path / "a.wav", sides, 8000)).notices
    assert any("too little to be speech" in one for one in notices) is told


@pytest.mark.samples
def test_music_common_to_both_before_a_real_call_is_no_copy(tmp_path: Path) -> None:
    music = babble(3, 20, 8000)
    sides = [np.concatenate([music, babble(seed, 20, 8000)]) for seed in (1, 2)]
    assert len(open_recording(write(tmp_path / "a.wav", sides, 8000)).channels) == 2


@pytest.mark.samples
def test_the_same_file_given_for_both_people_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", [babble(1, 10, 8000)], 8000)
    with pytest.raises(InputError, match="same sound"):
        open_recording(path, other=path)


@pytest.mark.samples
def test_a_copied_stereo_file_serves_as_one_persons_track(tmp_path: Path) -> None:
    voice = babble(1, 10, 8000)
    agent = write(tmp_path / "a.wav", [voice, voice], 8000)
    customer = write(tmp_path / "c.wav", [babble(2, 10, 8000)], 8000)
    recording = open_recording(agent, other=customer)
    assert recording.channels == (Channel.AGENT, Channel.CUSTOMER)
    assert "left one is used" in recording.notices[0]
    both = write(tmp_path / "b.wav", [voice, babble(3, 10, 8000)], 8000)
    with pytest.raises(InputError, match="two different channels"):
        open_recording(agent, other=both)


# --- what cannot be used -------------------------------------------------------------------


def _refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        open_recording(path)
    line = str(caught.value)
    assert "\n" not in line
    assert str(path) in line
    assert caught.value.remedy
    return line


@pytest.mark.samples
def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "no such file" in _refused(tmp_path / "nothing.wav")
    assert "folder" in _refused(tmp_path)


@pytest.mark.samples
@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"hello, this is no sound\n" * 100,
        np.random.default_rng(1).bytes(50_000),
        b"RIFF\x24\0\0\0WAVEfmt ",
    ],
    ids=["empty", "text", "noise", "header only"],
)
def test_contents_that_are_no_recording(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(contents)
    _refused(path)


@pytest.mark.samples
@pytest.mark.parametrize("samples", [0, 1, 700])
@pytest.mark.parametrize("rows", [1, 2])
def test_a_file_too_short_to_hold_speech(tmp_path: Path, samples: int, rows: int) -> None:
    path = tmp_path / "short.wav"
    sound = [babble(seed, 1, 8000)[:samples] for seed in range(rows)]
    if samples:
        write(path, sound, 8000)
    else:
        path.write_bytes(wav(b"", channels=rows))
    line = _refused(path)
    assert "no sound" in line or "too short" in line


@pytest.mark.samples
def test_ten_channels_of_which_two_are_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "ten.wav", [babble(n, 4, 8000) for n in range(10)], 8000)
    recording = open_recording(path)
    assert len(recording.channels) == 2
    assert "10 channels" in recording.notices[0]
    assert "--channels" in recording.notices[0]


@pytest.mark.samples
@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path / "call.wav", [babble(1, 1, 8000)], 8000)
    path.chmod(0)
    assert "permissions" in _refused(path)


@pytest.mark.samples
@pytest.mark.parametrize("name", ["16 bit", "24 bit", "mu-law", "FLAC", "MP3"])
def test_a_file_cut_short_gives_what_is_there_and_says_so(tmp_path: Path, name: str) -> None:
    codec, ending, _ = CODECS[name]
    path = write(tmp_path / f"a.{ending}", [babble(1, 10, 8000), babble(2, 10, 8000)], 8000, codec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    recording = open_recording(path)
    sides = heard(recording)
    assert len(sides[Channel.AGENT]) == pytest.approx(5 * SAMPLE_RATE, rel=0.3)
    assert "cut short" in " ".join(recording.notices)
    assert len(recording.notices) == 1


@pytest.fixture(scope="module")
def flac(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Samples]:
    """A FLAC file of two sides, and the agent's."""
    path = tmp_path_factory.mktemp("flac") / "a.flac"
    write(path, [babble(1, 10, 8000), babble(2, 10, 8000)], 8000, "flac")
    return path, heard(open_recording(path), 1.0)[Channel.AGENT]


@pytest.mark.samples
@pytest.mark.parametrize("seed", range(30))
def test_a_file_damaged_in_the_middle_is_played_around_the_damage(
    flac: tuple[Path, Samples], tmp_path: Path, seed: int
) -> None:
    """FFmpeg reports some broken FLAC frames and drops others without a word."""
    undamaged, whole = flac
    path = tmp_path / "a.flac"
    contents = bytearray(undamaged.read_bytes())
    middle = len(contents) // 2
    contents[middle : middle + 3000] = np.random.default_rng(seed).bytes(3000)
    path.write_bytes(bytes(contents))
    recording = open_recording(path)
    sound = heard(recording, 1.0)[Channel.AGENT]
    assert "is damaged" in " ".join(recording.notices)
    assert len(sound) == len(whole)
    after = slice(6 * SAMPLE_RATE, None)
    np.testing.assert_allclose(sound[after], whole[after], atol=1e-3)


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "seed"),
    [
        *((name, seed) for name in ("FLAC", "MP3", "M4A") for seed in range(8)),
        ("M4A", 161),  # a frame with more planes than channels, which kills who reads it
        ("M4A", 216),
    ],
)
def test_damage_anywhere_never_makes_a_recording_longer(
    tmp_path: Path, name: str, seed: int
) -> None:
    codec, ending, _ = CODECS[name]
    path = write(tmp_path / f"a.{ending}", [babble(1, 4, 48000)], 48000, codec)
    whole = len(heard(open_recording(path))[Channel.MIXED])
    contents = bytearray(path.read_bytes())
    chance = np.random.default_rng(seed)
    for place in chance.integers(2000, len(contents), 20):
        contents[place] = chance.integers(256)
    path.write_bytes(bytes(contents))
    try:
        recording = open_recording(path)
    except InputError:
        return
    assert len(heard(recording)[Channel.MIXED]) <= whole + 0.1 * SAMPLE_RATE


@pytest.mark.samples
@pytest.mark.parametrize("ending", ["mkv", "mka", "mov", "mp4"])
def test_a_track_that_ends_before_the_other_is_not_cut_short(tmp_path: Path, ending: str) -> None:
    sides = [babble(1, 6.0, 8000), babble(2, 3.0, 8000)]
    codec = "flac" if ending in ("mkv", "mka") else "aac"
    recording = open_recording(
        write(tmp_path / f"a.{ending}", sides, 8000, codec, starts=(0.0, 0.0))
    )
    assert all(len(side) > 5.9 * SAMPLE_RATE for side in heard(recording).values())
    assert not [notice for notice in recording.notices if "cut short" in notice]


@pytest.mark.samples
def test_two_tracks_that_both_end_too_early_are_cut_short(tmp_path: Path) -> None:
    sides = [babble(1, 6.0, 8000), babble(2, 6.0, 8000)]
    path = write(tmp_path / "a.mkv", sides, 8000, "flac", starts=(0.0, 0.0))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    recording = open_recording(path)
    heard(recording)
    assert [notice for notice in recording.notices if "cut short" in notice]


@pytest.mark.samples
def test_a_kind_of_sound_that_damage_made_unknown(tmp_path: Path) -> None:
    path = write(tmp_path / "a.m4a", [babble(1, 1, 48000)], 48000, "aac")
    contents = path.read_bytes()
    path.write_bytes(contents.replace(b"mp4a", b"?p?a").replace(b"esds", b"?sds"))
    assert "the kind of sound in it is unknown" in _refused(path)


@pytest.mark.samples
@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "codec", "kind"),
    [("a.mkv", "flac", b"A_FLAC"), ("a.mov", "pcm_s16le", b"sowt")],
)
@pytest.mark.parametrize("unknown", [0, 1])
def test_a_track_of_an_unknown_kind_is_left_out_and_the_other_is_played(
    tmp_path: Path, name: str, codec: str, kind: bytes, unknown: int
) -> None:
    sides = [babble(1, 3.0, 8000), babble(2, 3.0, 8000)]
    file = write(tmp_path / name, sides, 8000, codec, starts=(0.0, 0.0))
    contents = file.read_bytes()
    parts = contents.split(kind)
    parts[unknown + 1] = kind[:2] + b"x" * (len(kind) - 2) + parts[unknown + 1]
    damaged = parts[0] + b"".join(
        part if at == unknown + 1 else kind + part for at, part in enumerate(parts) if at
    )
    file.write_bytes(damaged)
    recording = open_recording(file)
    assert recording.channels == (Channel.MIXED,)
    assert alike(heard(recording)[Channel.MIXED][::2], sides[1 - unknown]) > 0.99
    (told,) = (one for one in recording.notices if "left out" in one)
    assert f"sound track {unknown + 1} of 2 is left out, and not counted: the kind" in told


@pytest.mark.samples
def test_a_file_with_unknown_kinds_alone_is_refused(tmp_path: Path) -> None:
    sides = [babble(1, 3.0, 8000), babble(2, 3.0, 8000)]
    file = write(tmp_path / "a.mkv", sides, 8000, "flac", starts=(0.0, 0.0))
    file.write_bytes(file.read_bytes().replace(b"A_FLAC", b"A_XXXX"))
    with pytest.raises(InputError, match="the kind of sound in it is unknown"):
        open_recording(file)


@pytest.mark.samples
@pytest.mark.parametrize("at", [0, 1])
def test_what_is_told_of_one_of_joined_files_is_told_of_all(tmp_path: Path, at: int) -> None:
    """A track that is left out of one of several files joined to one."""
    sides = [babble(1, 3.0, 8000), babble(2, 3.0, 8000)]
    files = [write(tmp_path / f"{n}.mkv", sides, 8000, "flac", starts=(0.0, 0.0)) for n in (0, 1)]
    contents = [one.read_bytes() for one in files]
    head, first, second = contents[at].split(b"A_FLAC")
    contents[at] = head + b"A_FLAC" + first + b"A_XXXX" + second
    whole = tmp_path / "whole.mkv"
    whole.write_bytes(b"".join(contents))
    notices = " ".join(open_recording(whole).notices)
    assert "joined to one file" in notices
    assert "sound track 2 of 2 is left out" in notices


@pytest.mark.samples
def test_a_lost_page_of_opus_is_played_as_silence(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ogg", [babble(1, 20, 48000)], 48000, "libopus")
    whole = heard(open_recording(path))[Channel.MIXED]
    contents = bytearray(path.read_bytes())
    contents[len(contents) // 2] ^= 255
    path.write_bytes(bytes(contents))
    recording = open_recording(path)
    sound = heard(recording)[Channel.MIXED]
    assert "seconds in its middle could not be read" in recording.notices[-1]
    assert len(sound) == pytest.approx(len(whole), abs=0.01 * SAMPLE_RATE)
    assert np.count_nonzero(sound == 0.0) > 0.5 * SAMPLE_RATE


# --- size ----------------------------------------------------------------------------------


def _long(path: Path, seconds: int) -> Path:
    """Four seconds of noise and then silence, which a hole in the file holds."""
    length = seconds * 8000 * 4
    noise = np.random.default_rng(1).integers(-3000, 3000, 8000 * 8, np.int16)
    with path.open("wb") as file:
        file.write(wav(b"", channels=2, length=length) + noise.tobytes())
        file.truncate(44 + length)
    return path


@pytest.mark.samples
def test_a_call_of_twelve_hours_is_opened_and_begins(tmp_path: Path) -> None:
    length = 12 * 3600 * 2 * 8000
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(wav(pcm([babble(1, 4.0, 8000)]), length=length))
        file.truncate(44 + length)
    recording = open_recording(path)
    assert recording.duration == 12 * 3600
    assert recording.notices == (MIXED_NOTICE,)
    assert next(recording.chunks(1.0)).samples.any()


@pytest.mark.samples
def test_a_long_call_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    def peak(seconds: int) -> int:
        path = _long(tmp_path / f"{seconds}.wav", seconds)
        tracemalloc.start()
        end = max(chunk.end for chunk in open_recording(path).chunks(1.0))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert end == seconds
        return size

    peak(4)  # what is made once
    short = peak(45)  # a part of so much is looked at before the call begins
    assert peak(75) < short + 200_000  # what is longer, held, would be 3.8 MB


READ_ALL = """
import resource, sys
from pathlib import Path
from audio.recordings.opening import open_recording
def size():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
recording = open_recording(Path(sys.argv[1]))
chunks = recording.chunks(1.0)
for _ in range(200):
    next(chunks)
before = size()
end = max(chunk.end for chunk in chunks)
print(end, size() - before)
"""


@pytest.mark.slow
@pytest.mark.samples(apart=True)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process its peak")
def test_what_is_beyond_the_part_looked_at_does_not_sit_in_memory(tmp_path: Path) -> None:
    seconds = 1200
    assert seconds > LOOKED_AT
    path = _long(tmp_path / "long.wav", seconds)
    command = [sys.executable, "-c", READ_ALL, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    end, grown = done.stdout.split()
    assert float(end) == seconds
    grown_mb = int(grown) / (1024 * 1024 if sys.platform == "darwin" else 1024)
    assert grown_mb < 3  # the whole call would be 150 MB


# --- real calls ----------------------------------------------------------------------------


@pytest.fixture
def calls() -> Path:
    folder = os.environ.get("COACH_DATA")
    if not folder:
        pytest.skip("COACH_DATA names no folder with recorded calls")
    return Path(folder) / "calls"


@pytest.mark.samples
def test_real_stereo_calls_are_not_taken_for_copies(calls: Path) -> None:
    paths = sorted(calls.glob("harper_valley/*.wav"))
    assert paths
    for path in paths:
        assert len(open_recording(path).channels) == 2


@pytest.mark.samples
def test_a_real_call_in_two_files(calls: Path) -> None:
    agent, customer = sorted(calls.glob("auto_repairs/*.wav"))
    recording = open_recording(agent, other=customer)
    assert recording.duration == pytest.approx(245.38, abs=0.01)


@pytest.mark.samples
def test_a_real_call_turned_into_fake_stereo_is_one_track(calls: Path, tmp_path: Path) -> None:
    source = min(calls.glob("harper_valley/*.wav"))
    for ending, extra in [("mp3", ["-b:a", "32k"]), ("ogg", []), ("m4a", []), ("wav", [])]:
        path = tmp_path / f"fake.{ending}"
        mix = ["-af", "pan=stereo|c0=.5*c0+.5*c1|c1=.5*c0+.5*c1"]
        command = ["ffmpeg", "-v", "error", "-y", "-i", source, *mix, *extra, path]
        subprocess.run(command, check=True)
        assert open_recording(path).channels == (Channel.MIXED,)
