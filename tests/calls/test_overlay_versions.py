"""An overlay's versions: nothing is lost, whoever wrote it."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from coach.calls import overlay_versions
from coach.calls.overlay_versions import BY_HAND, FOUND, NewValue, OverlayFile, with_value
from coach.errors import InputError, StorageError

WHEN = "2026-03-04T09:30:00+00:00"
TWO_VALUES = """\
[[change]]
rule = "agent.dead_air"
reason = "r"
set.when.silence = 9
set.severity = 2
"""
VALUE = NewValue(rule="agent.dead_air", path="when.silence", value=15, by="R", reason="too early")


@pytest.fixture
def overlay(tmp_path: Path) -> OverlayFile:
    return OverlayFile(tmp_path / "team.toml")


def save(overlay: OverlayFile, text: str, reason: str = "why") -> None:
    overlay.save(text, by="R", reason=reason, when=WHEN)


def test_every_state_is_kept_and_comes_back(overlay: OverlayFile) -> None:
    overlay.path.write_text("# by hand\n")
    save(overlay, "# one\n", "first")
    overlay.path.write_text("# changed\n")
    save(overlay, "# two\n", "second")
    assert [(one.number, one.reason) for one in overlay.versions()] == [
        (1, FOUND), (2, "first"), (3, BY_HAND), (4, "second"),
    ]  # fmt: skip
    version = overlay.roll_back(1, by="S", when=WHEN)
    assert (version.number, version.by, version.reason) == (5, "S", "rolled back to version 1")
    assert overlay.text() == "# by hand\n"


def test_what_is_no_version_is_said(overlay: OverlayFile) -> None:
    save(overlay, "# one\n")
    with pytest.raises(InputError, match=r"team\.toml has no version 7\. v in"):
        overlay.roll_back(7, by="R", when=WHEN)
    (overlay.path.parent / "team.toml.versions" / "0001.toml").write_text("# other\n")
    with pytest.raises(InputError, match="is not what was kept: it was changed since"):
        overlay.roll_back(1, by="R", when=WHEN)
    overlay.path.write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"team\.toml cannot be read"):
        overlay.text()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    overlay = OverlayFile(tmp_path / "file" / "team.toml")
    with pytest.raises((InputError, StorageError), match="cannot be"):
        save(overlay, "# one\n")
    (tmp_path / "team.toml.versions").write_text("")
    with pytest.raises((InputError, StorageError), match="cannot be"):
        save(OverlayFile(tmp_path / "team.toml"), "# one\n")
    (tmp_path / "x.toml").mkdir()
    with pytest.raises(StorageError, match=r"x\.toml cannot be written"):
        overlay_versions._write(tmp_path / "x.toml", "")


def test_versions_without_a_folder_are_said(
    overlay: OverlayFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError, match=r"The folder of versions .* cannot be made: No space"):
        save(overlay, "# one\n")
    assert overlay.text() == ""


OMAR = """\
[[disable]]
rule = "agent.fast"
by = "Omar"
reason = "r"
"""


def publish(overlay: OverlayFile, shared: Path) -> str:
    return overlay.publish(shared, by="R", when=WHEN)


def test_publishing_never_overwrites_somebody_else_s_work(
    overlay: OverlayFile, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    with pytest.raises(
        InputError, match=r"There is no folder .*shared to publish to\. See that the share"
    ):
        publish(overlay, shared)
    shared.mkdir()
    with pytest.raises(InputError, match=r"There is no .*team\.toml to publish"):
        publish(overlay, shared)
    save(overlay, "# one\n")
    assert publish(overlay, shared) == f"published to {shared / 'team.toml'}"
    save(overlay, "# two\n")
    publish(overlay, shared)
    assert (shared / "team.toml").read_text() == "# two\n"
    (shared / "team.toml").write_text("# theirs\n")
    with pytest.raises(InputError, match=r"changes by others .*: line 1, `# theirs`; `# two` was"):
        publish(overlay, shared)
    assert (shared / "team.toml").read_text() == "# theirs\n"


def test_what_was_written_by_hand_is_published_again_and_again(
    overlay: OverlayFile, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    there = tmp_path / "shared" / "team.toml"
    for text in ("# hand one\n", "# hand one\n", "# hand one\n# hand two\n", "# three\n"):
        overlay.path.write_text(text)
        publish(overlay, there.parent)
        assert there.read_text() == text
    assert [one.number for one in overlay.publications()] == [1, 1, 2, 3]
    assert [one.reason for one in overlay.versions()] == [FOUND, BY_HAND, BY_HAND]
    overlay.roll_back(1, by="R", when=WHEN)
    publish(overlay, there.parent)
    assert there.read_text() == "# hand one\n"


@pytest.mark.parametrize(
    ("ours", "lacking"),
    [
        # as it stands there, and more, in another order and layout
        (f"{OMAR}", ""),
        (f"{OMAR}# a remark\n\n{with_value('', VALUE)}", ""),
        (f"{with_value('', VALUE)}\n\n{OMAR}", ""),
        # what was taken out there, and what came, is not here
        (TWO_VALUES, r"line 1, \[\[disable\]\] agent\.fast; \[\[change\]\] agent\.dead_air was"),
        (OMAR + TWO_VALUES, r": \[\[change\]\] agent\.dead_air was taken out there\."),
    ],
)
def test_changes_by_others_are_brought_in_by_making_them(
    overlay: OverlayFile, tmp_path: Path, ours: str, lacking: str
) -> None:
    (tmp_path / "shared").mkdir()
    there = tmp_path / "shared" / "team.toml"
    save(overlay, TWO_VALUES)
    publish(overlay, there.parent)
    there.write_text(OMAR)
    overlay.path.write_text(ours)
    if lacking:
        with pytest.raises(InputError, match=lacking):
            publish(overlay, there.parent)
        assert there.read_text() == OMAR
        return
    publish(overlay, there.parent)
    assert there.read_text() == ours


def test_in_a_git_working_copy_it_is_committed(
    overlay: OverlayFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    for name, value in {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "R")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "r@localhost")
    subprocess.run(["git", "init", "-q", str(shared)], check=True)
    save(overlay, "# one\n", "fewer false alarms")
    assert publish(overlay, shared).endswith("and committed there")
    assert publish(overlay, shared).endswith("and committed there")
    log = ["git", "-C", str(shared), "log", "--format=%s"]
    said = subprocess.run(log, check=True, capture_output=True, text=True).stdout
    assert said == "team.toml: fewer false alarms\n"
    (shared / ".git" / "hooks").mkdir(exist_ok=True)
    hook = shared / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho refused; exit 1\n")
    hook.chmod(0o755)
    save(overlay, "# two\n")
    with pytest.raises(StorageError, match="git did not commit it: refused"):
        publish(overlay, shared)


def test_one_value_of_a_change_is_replaced_and_the_rest_of_it_stays() -> None:
    head = '[[change]]\nrule = "agent.dead_air"\nreason = "r"\n'
    with_timeline = f'{head}set.when.silence = 20 # seconds\nremove.timeline = ["x"]\n'
    another = f"{head}set.when.silences = 20\n"
    before = f"# ours\n{TWO_VALUES}{with_timeline}{another}"
    rest = before.replace("set.when.silence = 9\n", "")
    rest = rest.replace("set.when.silence = 20 # seconds\n", "")
    assert with_value(before, VALUE) == f"{rest}\n{with_value('', VALUE)}"


@pytest.mark.parametrize(
    ("before", "stands"),
    [
        ("", 1),
        ('by = "lead"\n', 1),
        ('[[change]]\nrule = "esc.x"\nreason = "r"\nset.severity = 1\n', 2),
        # one's own earlier value goes, with its reason; the overlay keeps a version of it
        (with_value("", VALUE), 1),
        # what does more than set that value stays
        (TWO_VALUES, 2),
        ('[[change]]\nrule = "agent.dead_air"\nreason = "r"\nset.when.silence.x = 9\n', 2),
        ("[[change]]\nnot toml\n", None),
    ],
)
def test_a_value_is_written_behind_what_stands_there(before: str, stands: int | None) -> None:
    text = with_value(before, VALUE)
    if stands is None:
        assert text.startswith(before)
        return
    changes = tomllib.loads(text)["change"]
    assert len(changes) == stands
    assert changes[-1] == {
        "rule": "agent.dead_air",
        "by": "R",
        "reason": "too early",
        "set": {"when": {"silence": 15}},
    }
    assert text.startswith("by =") is before.startswith("by =")
