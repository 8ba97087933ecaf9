"""The README's settings, overlay, exit codes and commands are those of the program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from shipped_rules import book

from coach.cli import COMMANDS, main
from coach.errors import Exit
from coach.startup import config
from coach.startup.setup import engine_settings
from rules.loader import load_book

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def _command_lines() -> list[str]:
    lines = [line for block in _blocks("") for line in block.splitlines()]
    return sorted({line for line in lines if line.startswith("coach ")})


def test_settings_can_be_used_as_they_stand(tmp_path: Path) -> None:
    (text,) = (block for block in _blocks("toml") if "[model]" in block)
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    assert engine_settings(config.load(file)).agent_name


def test_every_setting_is_described() -> None:
    (text,) = (block for block in _blocks("toml") if "[model]" in block)
    parts = (
        config.Settings,
        config.ModelSettings,
        config.AudioSettings,
        config.RuleSettings,
    )
    names = {name for part in parts for name in part.__struct_fields__}
    assert {name for name in names if not re.search(rf"\b{name}\b", text)} == set()


def test_overlay_can_be_used_as_it_stands(tmp_path: Path) -> None:
    (text,) = (block for block in _blocks("toml") if "[[change]]" in block)
    file = tmp_path / "overlay.toml"
    file.write_text(text, encoding="utf-8")
    plain, changed = book(), load_book(overlay=file)
    assert plain.fingerprint != changed.fingerprint


def test_exit_codes_are_all_listed() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert listed == {int(code) for code in Exit} | {130}


@pytest.mark.parametrize("line", _command_lines())
def test_commands_exist_with_those_options(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line, comments=True)[1:]
    assert words[0] in COMMANDS
    with pytest.raises(SystemExit):
        main([*words[:1], "--help"])
    described = capsys.readouterr().out
    options = [w for w in words[1:] if w.startswith("--")]
    assert [o for o in options if o not in described] == []


def test_every_command_is_mentioned() -> None:
    mentioned = README + CONTRIBUTING
    assert [name for name in COMMANDS if f"coach {name}" not in mentioned] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_paths_named_in_the_documents_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    paths = re.findall(r"`((?:coach|audio|rules|tui|tests)/[\w/.-]+)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []
