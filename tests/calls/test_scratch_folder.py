"""What a killed process left in a folder goes; what a running one holds stays."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from held_elsewhere import held_elsewhere
from parsed import parts_of

from coach.calls.scratch_folder import PREFIX, ScratchFolder, remove_left_behind

ROOT = Path(__file__).parents[2]
HOLDS = """
from coach.calls.scratch_folder import ScratchFolder
held = ScratchFolder()
(held.path / "overlay.toml").touch()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_only_what_a_killed_process_left_is_removed(folder: Path) -> None:
    with held_elsewhere(HOLDS, folder) as other:
        own = ScratchFolder()
        remove_left_behind(folder)
        assert sorted(folder.iterdir()) == sorted([other, own.path])
        assert (other / "overlay.toml").exists()
    assert other.exists()
    with ScratchFolder() as second:
        assert sorted(folder.iterdir()) == sorted([own.path, second.path])
    own.remove()
    own.remove()
    assert not list(folder.iterdir())


def test_what_is_forgotten_goes_too(folder: Path) -> None:
    made = ScratchFolder()
    (made.path / "file").touch()
    del made
    assert not list(folder.iterdir())


def test_what_is_no_folder_of_its_own_stays(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / f"{PREFIX}link").symlink_to(folder / "real")
    (folder / f"{PREFIX}file").touch()
    (folder / "other").mkdir()
    ScratchFolder().remove()
    assert {path.name for path in folder.iterdir()} == {
        "real",
        "other",
        f"{PREFIX}link",
        f"{PREFIX}file",
    }


def test_no_command_makes_a_folder_that_stays_when_it_is_killed() -> None:
    makes = {"TemporaryDirectory", "mkdtemp"}
    made = {
        str(file.relative_to(ROOT))
        for package in ("coach", "audio", "rules", "tui")
        for file in sorted((ROOT / package).rglob("*.py"))
        if any(name in (text := file.read_text(encoding="utf-8")) for name in makes)
        and any(getattr(part, "attr", "") in makes for part in parts_of(text))
    }
    assert made == {
        "audio/recognition/model.py",  # beside the models: the next installation takes it away
        "coach/calls/scratch_folder.py",
        "coach/sample/make.py",  # for developers, as the next one
        "coach/training/meaning/make_model.py",
    }
