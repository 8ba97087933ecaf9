"""The shipped packs are read by people: how their lines look, and that nothing stands twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.loader import builtin_files

LONGEST_LINE = 120
FILES = builtin_files("en")


@pytest.mark.parametrize(
    "file", [*FILES, FILES[0].parents[1] / "catalogue.toml"], ids=lambda f: f.stem
)
def test_no_line_is_too_long_to_read(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [n for n, line in enumerate(lines, 1) if len(line) > LONGEST_LINE] == []
