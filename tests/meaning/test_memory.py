"""What the meaning of words may take: memory of a live call, and room on disk."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from meaning_memory import ROLLUP

from coach.meaning import encoder

MOST_MEMORY = 60.0
"""MB that it may add to a live call."""
MOST_ON_DISK = 25.0
FOLDER = Path(encoder.__file__).parent
LISTED = re.compile(r"^\| `(?P<name>[\w.]+)` \| (?P<size>[\d,]+) bytes \|$", re.MULTILINE)


@pytest.mark.meaning(apart=True)
@pytest.mark.skipif(not ROLLUP.exists(), reason="the memory of a process is read as Linux tells it")
def test_meaning_adds_little_to_the_memory_of_a_live_call() -> None:
    script = Path(__file__).parents[1] / "meaning_memory.py"
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    name, resident, *_ = ran.stdout.splitlines()[-1].split()
    assert name == "all"
    assert float(resident) <= MOST_MEMORY, ran.stdout


def test_the_card_names_every_file_of_the_model_and_they_are_small() -> None:
    listed = {
        found["name"]: int(found["size"].replace(",", ""))
        for found in LISTED.finditer((FOLDER / "model_en.md").read_text("utf-8"))
    }
    there = {path.name: path.stat().st_size for path in FOLDER.iterdir() if "_en." in path.name}
    del there["model_en.md"]
    assert listed == there
    assert sum(there.values()) <= MOST_ON_DISK * 1e6


def test_the_card_is_of_the_model_that_journals_name() -> None:
    card = (FOLDER / "model_en.md").read_text("utf-8")
    assert f"| name | {encoder.facts().name}, scores {encoder.facts().scores}; " in card
    assert f"`{encoder.facts().name}" in card
