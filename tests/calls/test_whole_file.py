from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from coach.calls.overlay_versions import OverlayFile
from coach.calls.whole_file import OWNERS, write_whole

WHEN = "2026-03-04T10:00:00+01:00"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_keeps_its_permissions_and_a_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "shared" / "team.toml", tmp_path / "team.toml"
    target.parent.mkdir()
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    write_whole(link, b"after")
    assert (link.is_symlink(), target.read_bytes(), mode_of(target)) == (True, b"after", 0o640)
    write_whole(link, b"mine", mode=OWNERS)
    assert mode_of(target) == OWNERS
    write_whole(tmp_path / "new", b"")
    assert mode_of(tmp_path / "new") == 0o666 & ~os.umask(os.umask(0o22))


def test_what_stood_there_stays_where_it_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_text("before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_whole(path, b"after")
    assert caught.value.filename == str(path)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a", "before")]


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_an_overlay_that_is_a_link_stays_one(tmp_path: Path) -> None:
    shared, link = tmp_path / "shared.toml", tmp_path / "team.toml"
    shared.write_text("")
    link.symlink_to(shared)
    OverlayFile(link).save('by = "x"\n', by="x", reason="y", when=WHEN)
    assert link.is_symlink()
    assert shared.read_text() == 'by = "x"\n'
