"""Bytes from files, growing files and streams."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundfiles import mulaw, pcm, wav, write
from voices import babble

from audio.recordings.looking import look_into
from audio.recordings.opening import Recording, RecordingOptions, open_recording
from audio.recordings.pieces import Reading
from audio.recordings.shape import read_shape
from audio.recordings.source import POLL, Growth, Source, View, find_source, spool
from audio.samples.chunks import SAMPLE_RATE
from coach.errors import InputError
from coach.events import Channel

RATE = 8000


@given(
    before=st.binary(max_size=20),
    whole=st.binary(max_size=60),
    data=st.data(),
)
def test_a_view_reads_as_a_file_of_its_own(
    before: bytes, whole: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    view = View(io.BytesIO(whole), start, end, before=before)
    wanted = io.BytesIO(before + whole[start:end])
    for _ in range(data.draw(st.integers(1, 6))):
        if data.draw(st.booleans()):
            place = data.draw(st.integers(0, 90))
            assert view.seek(place) == wanted.seek(place)
        taken = view.read(data.draw(st.integers(1, 30)))
        # A view may give less than was asked for, but nothing only at the end.
        assert wanted.read(len(taken)) == taken
        assert taken or not wanted.read(1)
        assert view.tell() == wanted.tell()


def test_growth_ends_when_nothing_comes_any_more() -> None:
    sizes = iter([10, 10, 10, 12, 12, 12, 12, 12, 12, 12, 12])
    slept: list[float] = []
    growth = Growth(lambda: next(sizes), quiet_for=1.0, sleep=slept.append)
    assert growth()
    assert len(slept) == 3
    assert not growth()
    assert sum(slept[3:]) == pytest.approx(1.0, abs=POLL)
    assert not growth()
    assert sum(slept[3:]) == pytest.approx(1.0, abs=POLL)


class Recorder:
    """Makes a call's file, then writes a third of it, and another, whenever its reader waits."""

    def __init__(self, path: Path, after: Callable[[Path], object]) -> None:
        """``after``: what becomes of the file behind its second third."""
        rows = [babble(1, 6.0, RATE), babble(2, 6.0, RATE)]
        whole = wav(pcm(rows), channels=2, length=0)
        third = len(whole) // 3
        self._path, self._after = path, after
        self._left = [whole[third : 2 * third], whole[:third]]
        path.touch()

    def sleep(self, _: float) -> None:
        """The reader waits."""
        if self._left:
            with self._path.open("ab") as file:
                file.write(self._left.pop())
        elif self._after:
            self._after(self._path)
            self._after = lambda _: None


def _replaced(path: Path) -> None:
    other = path.with_name("new.wav")
    other.write_bytes(wav(pcm([babble(5, 9.0, RATE)] * 2), channels=2, length=0))
    other.replace(path)


ENDS = [
    (lambda _: None, "has not grown for 10 seconds"),
    (_replaced, "was replaced by another file of that name"),
    (lambda path: path.write_bytes(b"RIFF"), "was begun anew"),
    (Path.unlink, "was removed"),
]


@pytest.mark.samples
@pytest.mark.parametrize(("after", "says"), ENDS, ids=[says for _, says in ENDS])
def test_what_ended_a_followed_recording_is_told(
    tmp_path: Path,
    after: Callable[[Path], object],
    says: str,
) -> None:
    path = tmp_path / "call.wav"
    source = find_source(path, follow=True, sleep=Recorder(path, after).sleep)
    recording = open_recording(source)
    assert length(recording) == pytest.approx(4.0, abs=0.01)
    (told,) = recording.notices
    assert told == (
        f"{path} {says} and counts as ended: 4.0 s of it was heard. If it goes on, replay it "
        "again once it is complete."
    )


def length(recording: Recording) -> float:
    found = [chunk.end for chunk in recording.chunks(1.0)]
    return max(found)


@pytest.mark.samples
@pytest.mark.parametrize("stated", [0, 0xFFFF_FFFF, 4 * RATE])
def test_a_growing_file_is_followed_to_its_end(tmp_path: Path, stated: int) -> None:
    """Whatever length its header states when it is opened."""
    rows = [babble(1, 6.0, RATE), babble(2, 6.0, RATE)]
    whole = wav(pcm(rows), channels=2, length=stated)
    path = tmp_path / "call.wav"
    path.write_bytes(whole[: len(whole) // 3])
    pieces = [whole[len(whole) // 3 : len(whole) // 2], whole[len(whole) // 2 :]]

    asked = 0

    def more() -> bool:
        nonlocal asked
        asked += 1
        if not pieces:
            return False
        with path.open("ab") as file:
            file.write(pieces.pop(0))
        return True

    recording = open_recording(Source(path, more=more), asked=RecordingOptions(follow=True))
    assert recording.channels == (Channel.AGENT, Channel.CUSTOMER)
    assert length(recording) == pytest.approx(6.0, abs=0.01)
    assert recording.notices == ()
    assert asked == 3  # two pieces and the end, which is asked for once


@pytest.mark.samples
def test_a_file_without_header_may_grow(tmp_path: Path) -> None:
    whole = mulaw(babble(1, 6.0, RATE))
    path = tmp_path / "call.ulaw"
    path.write_bytes(whole[:20_000])
    pieces = [whole[20_000:]]

    def more() -> bool:
        if pieces:
            path.write_bytes(path.read_bytes() + pieces.pop())
            return True
        return False

    recording = open_recording(Source(path, more=more))
    assert length(recording) == pytest.approx(6.0, abs=0.01)


IN_FRAGMENTS = {
    "of a second": "frag_keyframe+empty_moov",
    "of a second, to be streamed": "dash+delay_moov+default_base_moof",
    "with the index before all of it": "faststart",
}
"""How an MP4 is laid out that can be read before it is whole, as FFmpeg's ``movflags``."""


@pytest.mark.samples
@pytest.mark.parametrize("flags", IN_FRAGMENTS.values(), ids=IN_FRAGMENTS)
@pytest.mark.parametrize("tracks", [1, 2])
@pytest.mark.parametrize("share", [0.1, 0.4])
def test_a_growing_mp4_is_followed_to_its_end(
    tmp_path: Path, flags: str, tracks: int, share: float
) -> None:
    """Not only to the end that it had at first."""
    rows = [babble(1, 12.0, RATE), babble(2, 12.0, RATE)]
    path = tmp_path / "call.mp4"
    laid_out = {"movflags": flags, "frag_duration": "1000000"}
    starts = (0.0,) * tracks
    write(path, rows, RATE, "aac", starts=starts, container_options=laid_out)
    whole = path.read_bytes()
    ready = open_recording(path)
    wanted = length(ready)
    first = round(len(whole) * share)
    left = [whole[begin : begin + 9001] for begin in range(first, len(whole), 9001)]
    path.write_bytes(whole[:first])

    def more() -> bool:
        if not left:
            return False
        with path.open("ab") as file:
            file.write(left.pop(0))
        return True

    recording = open_recording(Source(path, more=more), asked=RecordingOptions(follow=True))
    assert recording.channels == ready.channels == (Channel.AGENT, Channel.CUSTOMER)
    assert length(recording) == pytest.approx(wanted, abs=0.01)
    assert recording.notices == ready.notices


class Pipe(io.BytesIO):
    """Gives what a pipe would: no more than a little at a time, and never what was given."""

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(min(size or 0, 10_000) if size and size > 0 else 10_000)

    def seekable(self) -> bool:
        return False


@pytest.mark.samples
@pytest.mark.parametrize("follow", [False, True])
def test_a_stream_is_read_to_its_end(follow: bool) -> None:
    rows = [babble(1, 12.0, RATE), babble(2, 12.0, RATE)]
    pipe = Pipe(wav(pcm(rows), channels=2, length=0xFFFF_FFFF))
    source = spool(pipe, follow=follow)  # type: ignore[arg-type]
    taken = pipe.tell()
    recording = open_recording(source, asked=RecordingOptions(follow=follow))
    assert (taken < 12.0 * RATE * 4) is follow
    assert length(recording) == pytest.approx(12.0, abs=0.01)


@pytest.mark.samples
@pytest.mark.parametrize("follow", [False, True])
def test_a_stream_that_breaks_off_is_told_of(follow: bool) -> None:
    rows = [babble(1, 12.0, RATE), babble(2, 12.0, RATE)]
    whole = wav(pcm(rows), channels=2)
    source = spool(Pipe(whole[: len(whole) * 3 // 4]), follow=follow)  # type: ignore[arg-type]
    recording = open_recording(source, asked=RecordingOptions(follow=follow))
    assert length(recording) == pytest.approx(9.0, abs=0.01)
    (told,) = recording.notices
    assert "9.0 seconds could be read, 3.0 more that it promises are missing" in told


@pytest.mark.samples
def test_a_stream_without_header_needs_its_kind() -> None:
    pipe = Pipe(mulaw(babble(1, 3.0, RATE)))
    source = spool(pipe)  # type: ignore[arg-type]
    recording = open_recording(
        source, asked=RecordingOptions(reading=Reading(raw="mulaw", rate=RATE))
    )
    assert length(recording) == pytest.approx(3.0, abs=0.01)
    with pytest.raises(InputError, match="standard input is empty"):
        spool(Pipe())  # type: ignore[arg-type]


def test_a_followed_source_asks_for_more(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(pcm([np.zeros(SAMPLE_RATE, np.float32)])))
    assert find_source(path, follow=True, sleep=lambda _: None).follow
    assert not find_source(path).follow


def test_a_long_recording_is_not_searched_through_to_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    samples = babble(3, 20.0, RATE)
    path.write_bytes(wav(pcm([samples, samples]), rate=RATE, channels=2))
    source = Counted(path)
    contents = look_into(source, Reading())
    assert contents.pieces[0].demuxer == "wav"
    source.taken = 0
    read_shape(source, contents.pieces[0])
    assert 0 < source.taken < 300_000 < path.stat().st_size


class Counted(Source):
    """Counts the bytes that are read."""

    taken = 0

    def view(
        self,
        start: int = 0,
        end: int | None = None,
        *,
        before: bytes = b"",
        wait: Callable[[], bool] | None = None,
    ) -> View:
        view = super().view(start, end, before=before, wait=wait)
        read = view.read

        def counted(size: int = -1) -> bytes:
            data = read(size)
            self.taken += len(data)
            return data

        view.read = counted  # type: ignore[method-assign]
        return view
