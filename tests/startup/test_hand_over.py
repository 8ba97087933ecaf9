"""Notes that leave the program: what counts as the clipboard, and which file a note goes to."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from keptcalls import keep

from coach.calls.call_files import calls_in, files_of
from coach.startup.hand_over import MachineHandOver, clipboard_programs


def program(folder: Path, name: str, script: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return name


@pytest.mark.skipif(sys.platform == "win32", reason="the programs are scripts")
def test_only_a_program_that_reports_success_is_the_clipboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    taken = tmp_path / "taken"
    works = program(tmp_path, "works", f"/bin/cat > '{taken}'")
    fails = program(tmp_path, "fails", "exit 1")
    assert not MachineHandOver(tmp_path, []).copy("x")
    assert not MachineHandOver(tmp_path, [["absent"], [fails]]).copy("x")
    assert MachineHandOver(tmp_path, [["absent"], [fails], [works]]).copy("Grüße\n")
    assert taken.read_text(encoding="utf-8") == "Grüße\n"


@pytest.mark.parametrize(
    ("platform", "environ", "names"),
    [
        ("darwin", {}, ["pbcopy"]),
        ("win32", {}, ["clip.exe"]),
        ("linux", {}, []),
        ("linux", {"DISPLAY": ":0"}, ["xclip", "xsel"]),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}, ["wl-copy", "xclip", "xsel"]),
    ],
)
def test_what_may_take_the_clipboard(
    platform: str, environ: dict[str, str], names: list[str]
) -> None:
    assert [name for name, *_ in clipboard_programs(platform, environ)] == names


def test_a_note_is_saved_beside_its_call_and_goes_with_it(tmp_path: Path) -> None:
    keep(tmp_path, "c1")
    keep(tmp_path, "c1.2")
    desk = MachineHandOver(tmp_path, [])
    first, second = desk.save("one\n", "c1"), desk.save("two\n", "c1")
    assert [Path(one.file).name for one in (first, second)] == [
        "c1.handoff.txt",
        "c1.note-2.handoff.txt",
    ]
    assert Path(first.file).read_text() == "one\n"
    assert stat.S_IMODE(Path(first.file).stat().st_mode) == 0o600
    mine = {path.name for path in files_of(tmp_path, "c1", calls_in(tmp_path))}
    assert mine == {"c1.jsonl", "c1.handoff.txt", "c1.note-2.handoff.txt"}


def test_a_note_of_a_call_without_a_journal_goes_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk = MachineHandOver(tmp_path / "calls", [])
    assert Path(desk.save("x", "c1").file) == tmp_path / "call.handoff.txt"
    assert Path(desk.save("x", "").file) == tmp_path / "call.note-2.handoff.txt"


def test_a_note_that_cannot_be_saved_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    told = MachineHandOver(tmp_path / "calls", []).save("x", "c1")
    assert told.file == ""
    assert told.trouble
