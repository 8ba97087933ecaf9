"""What README, docs and help texts show (settings, overlay, exit codes, commands) is true."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from datetime import datetime
from pathlib import Path

import pytest
from every_row import every_row
from shipped_rules import book

from coach.calls.periods import period
from coach.cli import COMMANDS, make_parser
from coach.errors import Exit
from coach.startup import config
from coach.startup.setup import engine_settings
from rules.books.loader import load_book
from rules.checking.never import never
from rules.definition.roles import Family

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RULES = (ROOT / "rules/README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
DOCS = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS)


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_every_family_is_explained() -> None:
    assert [one for one in Family if one is not Family.OTHER and f"`{one}`" not in RULES] == []


def _command_lines() -> list[str]:
    """Commands as README, docs, CONTRIBUTING and the help texts show them, with their options."""
    helps = [_help(name) for name in COMMANDS]
    lines = [
        line for text in (README, DOCS, RULES, CONTRIBUTING, *helps) for line in text.splitlines()
    ]
    found = [re.search(r"(?<![`(])\bcoach (\w+)(?: [^`]*)?$", line) for line in lines]
    plain = (f[0].translate(str.maketrans("", "", "[]")) for f in found if f and f[1] in COMMANDS)
    return sorted({line.partition(" | ")[0] for line in plain})


def _help(name: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):
        make_parser(name).parse_args([name, "--help"])
    usage, _, described = shown.getvalue().partition("\n\n")
    assert usage.startswith("usage: ")
    return described


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
        config.FloorSettings,
        config.ClusterSettings,
    )
    names = {name for part in parts for name in part.__struct_fields__}
    assert {name for name in names if not re.search(rf"\b{name}\b", text)} == set()


def test_overlay_can_be_used_as_it_stands(tmp_path: Path) -> None:
    (text,) = (block for block in _blocks("toml") if "[[change]]" in block)
    file = tmp_path / "overlay.toml"
    file.write_text(text, encoding="utf-8")
    plain, changed = book(), load_book(overlay=file)
    assert plain.fingerprint != changed.fingerprint
    runs = tuple(rule.id for rule in changed.active())
    kept = [rule.id for rule in changed.active() if any(never(rule, runs))]
    assert kept == [], "no other rule waits for what it takes away"


def test_exit_codes_are_all_listed() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert listed == {int(code) for code in Exit} | {130}


@every_row(_command_lines)
def test_commands_can_be_typed_as_they_are_shown(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    args = make_parser(words[0]).parse_args(words)
    shown = [getattr(args, name, None) for name in ("since", "until", "during")]
    weeks = getattr(args, "week", None) or []
    for when in (*shown, *weeks):
        assert when is None or period(when, datetime(2026, 11, 27, 12)) is not None  # noqa: DTZ001 - local


def test_every_command_is_mentioned() -> None:
    mentioned = README + DOCS + CONTRIBUTING
    assert [name for name in COMMANDS if f"coach {name}" not in mentioned] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", *DOCUMENTS])
def test_paths_named_in_the_documents_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    paths = re.findall(r"`((?:coach|audio|rules|tui|tests)/[\w/.-]+)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_links_in_the_documents_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert target[1:] in anchors if target.startswith("#") else (ROOT / target).is_file()
