from __future__ import annotations

import contextlib
import os
import resource
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.calls.journal import JournalHeader, JournalWriter, encode_line, is_journal, read_journal
from coach.errors import InputError, StorageError
from coach.events import CallEnded, CallStarted, CardRaised, Channel, Evidence, Track, Utterance

HEADER = JournalHeader(version="0", call="a", rules="f", settings={"x": 1})
STARTED = CallStarted(at=0.0, call="a", started="2026-01-05T09:00:00+00:00", source="live")
SAID = Utterance(
    at=2.5, channel=Channel.CUSTOMER, start=1.0, end=2.0, utterance="C1", text="où est-ce, hello"
)
RAISED = CardRaised(
    at=2.5,
    card="P1",
    rule="esc.supervisor",
    track=Track.ESCALATION,
    severity=2,
    priority=60,
    do="Do not block",
    say="I can arrange that.",
    until=22.5,
    stays=False,
    danger=False,
    because=(Evidence(rule="esc.supervisor", utterance="C1", text="a manager", start=1.2),),
)
ENDED = CallEnded(at=9.0, reason="end")


@contextlib.contextmanager
def room_for(size: int) -> Iterator[None]:
    """A disk with room for so many bytes in one file.

    The limit is the process's: it must be gone before pytest writes its own output to a file.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "calls" / "a.jsonl"
    writer = JournalWriter(path, HEADER)
    assert writer.write([STARTED, SAID]) == ""
    assert writer.write([RAISED, ENDED]) == ""
    assert writer.close() == ""
    journal = read_journal(path)
    assert journal.header == HEADER
    assert journal.events == (STARTED, SAID, RAISED, ENDED)
    assert journal.facts() == (STARTED, SAID, ENDED)
    assert journal.results() == (RAISED,)
    assert not journal.truncated
    assert is_journal(path)


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    JournalWriter(path, HEADER).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_event_is_in_the_file_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = JournalWriter(path, HEADER)
    writer.write([STARTED])
    assert read_journal(path).events == (STARTED,)
    writer.write([SAID])
    assert read_journal(path).events == (STARTED, SAID)
    writer.close()


def test_an_existing_journal_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("precious")
    with pytest.raises(StorageError, match=r"exists already"):
        JournalWriter(path, HEADER)
    assert path.read_text() == "precious"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named_with_a_remedy(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match=r"--no-journal"):
        JournalWriter(tmp_path / "a.jsonl", HEADER)


def test_a_folder_that_is_a_file_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "calls").write_text("")
    with pytest.raises(StorageError, match=r"cannot be created"):
        JournalWriter(tmp_path / "calls" / "a.jsonl", HEADER)


def test_a_full_disk_keeps_whole_lines_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with room_for(700):
        writer = JournalWriter(path, HEADER)
        assert writer.write([STARTED, SAID]) == ""
        before = path.read_bytes()
        trouble = writer.write([RAISED, RAISED, RAISED])
    assert trouble
    assert writer.pending == 3
    assert path.read_bytes() == before
    assert read_journal(path).events == (STARTED, SAID)


def test_what_did_not_fit_is_written_once_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = JournalWriter(path, HEADER)
    with room_for(path.stat().st_size + 10):
        trouble = writer.write([STARTED, SAID])
    assert trouble
    assert writer.write([RAISED]) == ""
    assert writer.pending == 0
    writer.close()
    assert read_journal(path).events == (STARTED, SAID, RAISED)


def test_no_room_even_for_the_header_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with room_for(10), pytest.raises(StorageError, match=r"cannot be written"):
        JournalWriter(path, HEADER)
    assert not path.exists()


def test_a_last_line_cut_short_is_left_out_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    whole = encode_line(HEADER) + encode_line(STARTED) + encode_line(SAID)
    for cut in range(len(whole) - 1, len(whole) - len(encode_line(SAID)), -7):
        path.write_bytes(whole[:cut])
        journal = read_journal(path)
        if journal.truncated:
            assert journal.events == (STARTED,)
        else:  # only the line's newline was lost
            assert journal.events == (STARTED, SAID)


BROKEN = {
    "empty": (b"", "its first line is not a journal header"),
    "no header": (encode_line(STARTED), "its first line is not a journal header"),
    "garbage in the middle": (
        encode_line(HEADER) + b"{oops}\n" + encode_line(SAID),
        "line 2",
    ),
    "unknown event": (
        encode_line(HEADER) + b'{"type":"Telepathy","at":1}\n' + encode_line(SAID),
        "line 2",
    ),
    "two events on a line": (
        encode_line(HEADER) + encode_line(STARTED).rstrip() + encode_line(SAID),
        "line 2",
    ),
    "two headers": (encode_line(HEADER) * 2, "second journal header"),
    "newer schema": (encode_line(HEADER).replace(b'"schema":6', b'"schema":99'), "schema 99"),
    "not text": (encode_line(HEADER) + b"\xff\xfe\x00\n", "line 2"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_journal_is_refused_with_the_place(tmp_path: Path, name: str) -> None:
    data, place = BROKEN[name]
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    with pytest.raises(InputError, match=place):
        read_journal(path)


def test_a_missing_journal_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_journal(tmp_path / "none.jsonl")
    assert not is_journal(tmp_path / "none.jsonl")
