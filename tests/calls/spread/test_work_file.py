"""Work that a killed process left in a file goes; what a running one holds stays."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from held_elsewhere import held_elsewhere

from coach.calls.spread.work_file import PREFIX, WorkFile, read_work, remove_left_behind

HOLDS = """
from coach.calls.spread.work_file import WorkFile
held = WorkFile(7)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_only_what_a_killed_process_left_is_removed(folder: Path) -> None:
    with held_elsewhere(HOLDS, folder) as other:
        own = WorkFile("first")
        remove_left_behind(folder)
        assert sorted(folder.iterdir()) == sorted([other, own.path])
        assert (read_work(other), read_work(own.path)) == (7, "first")
    assert other.exists()
    second = WorkFile("second")
    assert sorted(folder.iterdir()) == sorted([own.path, second.path])
    own.remove()
    second.remove()
    assert not list(folder.iterdir())


def test_what_is_not_its_own_kind_of_file_stays(folder: Path) -> None:
    (folder / f"{PREFIX}folder").mkdir()
    (folder / "other").touch()
    WorkFile("work").remove()
    assert sorted(path.name for path in folder.iterdir()) == [f"{PREFIX}folder", "other"]


def test_work_that_cannot_be_written_leaves_no_file(folder: Path) -> None:
    with pytest.raises((AttributeError, TypeError)):
        WorkFile(lambda: None)
    assert not list(folder.iterdir())
