"""The sound of a call that is reviewed: found, silenced where it must be, or said to be missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from reviewed import desk, keep

from audio.hardware import portaudio
from coach.calls.call_files import CallFiles
from coach.calls.journal import Journal, JournalHeader, read_journal
from coach.errors import CoachError, DeviceError, InputError
from coach.events import CallStarted, Channel, Utterance
from coach.replay.review_sound import CallSound, found_sound

SAMPLE = Path(__file__).parents[2] / "coach" / "sample" / "call.flac"


@pytest.fixture
def files(tmp_path: Path) -> CallFiles:
    return keep(tmp_path, "apologise")


def test_without_a_recording_it_is_said(files: CallFiles) -> None:
    own = desk(files.folder)
    assert own.open(files.call).silent_because == (
        "its recording is not there; --recording FILE names it"
    )
    own.play(1.0, 1.0)
    assert own.playing() is None
    own.close()


@pytest.mark.parametrize("name", ["apologise.flac", "call.flac"])
def test_a_recording_beside_the_journal_is_found(files: CallFiles, name: str) -> None:
    shutil.copy(SAMPLE, files.folder / name)
    assert found_sound(files, "call.flac", None) == files.folder / name
    assert found_sound(files, "", Path("other.wav")) == Path("other.wav")
    assert found_sound(files, "../../etc/passwd", None) == (
        files.folder / name if name == "apologise.flac" else None
    )


@pytest.mark.samples
def test_without_a_device_all_else_goes_on(
    files: CallFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise DeviceError("PortAudio is missing.")

    shutil.copy(SAMPLE, files.folder / "apologise.flac")
    monkeypatch.setattr(portaudio, "load", none)
    own = desk(files.folder)
    assert own.open(files.call).silent_because == ""
    with pytest.raises(DeviceError, match="PortAudio is missing"):
        own.play(1.0, 1.0)
    assert own.playing() is None
    own.close()


def test_a_file_without_sound_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(b"none")
    journal = Journal(header=JournalHeader(version="0", call="x", rules="", settings={}), events=())
    sound = CallSound(path, journal)
    track = sound._decoding()
    assert sound._thread is not None
    sound._thread.join()
    with pytest.raises(CoachError, match=r"a\.flac"):
        sound.play(0.0, 1.0)
    track.failure = OSError("disk gone")
    with pytest.raises(InputError, match=r"a\.flac cannot be played: disk gone\."):
        sound.play(0.0, 1.0)
    sound.close()


def test_what_is_masked_is_not_heard(files: CallFiles) -> None:
    journal = read_journal(files.journal)
    first = next(e for e in journal.events if isinstance(e, CallStarted))
    masked = Utterance(
        at=9.0, channel=Channel.CUSTOMER, start=5.0, end=8.0, utterance="C1", text="[card-number]"
    )
    sound = CallSound(SAMPLE, msgspec.structs.replace(journal, events=(first, masked)))
    assert sound._silent == [(4.8, 8.2)]
