"""A folder where a file is to be written is called so, before any work is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.calls.journal import JournalHeader, encode_line
from coach.cli import main
from coach.errors import Exit
from coach.events import CallStarted


@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize(
    "words",
    [
        ["suggest", "--calls", "call.jsonl", "--write", "here"],
        ["report", "--cards", "--training", "here"],
        ["report", "call.jsonl", "--html", "here"],
        ["backtest", "call.jsonl", "--no-overlay", "--html", "here"],
        ["replay", "call.jsonl", "--headless", "--journal", "here"],
        ["scorecard", "sample", "--per-agent=1", "--week=last-week", "--seed=1", "--save", "here"],
    ],
)
def test_a_folder_is_no_file_to_write(
    words: list[str],
    force: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("COACH_DATA_HOME", "COACH_CONFIG_HOME", "COACH_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    Path("here").mkdir()
    first = CallStarted(at=0.0, call="x", started="2026-01-05T09:00:00+00:00", source="script")
    header = JournalHeader(version="0", call="x", rules="", settings={})
    Path("call.jsonl").write_bytes(encode_line(header) + encode_line(first))
    forced = force if words[0] in ("suggest", "report") else ()
    assert main([*words, *forced]) == Exit.STORAGE
    err = capsys.readouterr().err
    assert "here is a folder. Name a file " in err
    assert "exists already" not in err
    assert not list(Path("here").iterdir())
