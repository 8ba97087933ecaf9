from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from coach.calls.call_files import CallFiles
from coach.calls.marks import Mark, Verdict, add_mark, next_mark, read_marks, withdraw
from coach.errors import InputError, StorageError

WHEN = "2026-03-04T09:30:00+01:00"


def mark(name: str, verdict: Verdict = Verdict.WRONG, **more: str) -> Mark:
    return Mark(mark=name, verdict=verdict, at=3.5, reviewer="Rita", made=WHEN, **more)


@pytest.fixture
def files(tmp_path: Path) -> CallFiles:
    return CallFiles(tmp_path, "one")


def test_marks_are_kept_in_order_and_for_their_owner_alone(files: CallFiles) -> None:
    assert read_marks(files.marks) == ()
    marks = (
        mark("M1", card="P1", rule="esc.churn", note="not a threat to leave"),
        mark("M2", Verdict.MISSED, rule="esc.supervisor"),
    )
    for one in marks:
        assert next_mark(files) == one.mark
        add_mark(files.marks, one)
    assert read_marks(files.marks) == marks
    assert stat.S_IMODE(files.marks.stat().st_mode) == 0o600


def test_a_mark_that_is_taken_back_holds_no_more_and_stays_in_the_file(files: CallFiles) -> None:
    for name in ("M1", "M2"):
        add_mark(files.marks, mark(name))
    withdraw(files.marks, mark("M1"), by="Bert", made=WHEN)
    assert [one.mark for one in read_marks(files.marks)] == ["M2"]
    assert files.marks.read_bytes().count(b'"M1"') == 2
    assert next_mark(files) == "M4"


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_line_that_was_cut_short_costs_itself_and_no_other(files: CallFiles, cut: int) -> None:
    add_mark(files.marks, mark("M1"))
    whole = files.marks.read_bytes()
    files.marks.write_bytes(whole + whole[:cut])
    assert [one.mark for one in read_marks(files.marks)] == ["M1"]
    add_mark(files.marks, mark("M3"))
    assert [one.mark for one in read_marks(files.marks)] == ["M1", "M3"]


def test_a_last_line_without_its_end_stays(files: CallFiles) -> None:
    add_mark(files.marks, mark("M1"))
    files.marks.write_bytes(files.marks.read_bytes().rstrip())
    assert [one.mark for one in read_marks(files.marks)] == ["M1"]
    add_mark(files.marks, mark("M2"))
    assert [one.mark for one in read_marks(files.marks)] == ["M1", "M2"]


@pytest.mark.parametrize(
    "line", [b"{}", b'{"mark":"M1","verdict":"odd","at":1,"reviewer":"R","made":""}', b"\xff"]
)
def test_what_is_no_mark_is_told_with_its_line(files: CallFiles, line: bytes) -> None:
    add_mark(files.marks, mark("M1"))
    with files.marks.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(InputError, match="line 2"):
        read_marks(files.marks)


@pytest.mark.skipif(os.name == "nt", reason="a folder as a file")
def test_a_file_that_cannot_be_written_is_told(files: CallFiles) -> None:
    files.marks.mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        add_mark(files.marks, mark("M1"))


def test_a_line_for_which_there_is_no_space_is_told(
    files: CallFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", lambda _descriptor, data: len(data) - 1)
    with pytest.raises(StorageError, match="cannot be written: no space left"):
        add_mark(files.marks, mark("M1"))
