"""Nothing depends on the order of a set: another process hashes words in another way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from callscript import CALLS, facts_of, read
from shipped_rules import book, matcher
from coach.engine.engine import Engine
for name in ("positive_and_updates", "polite_fury"):
    engine = Engine(book(), matcher=matcher())
    for fact in facts_of(read(CALLS / f"{name}.toml")):
        print(*engine.receive(fact), sep="\\n")
"""


def test_results_do_not_depend_on_how_words_are_hashed() -> None:
    tests = str(Path(__file__).parents[1])
    found = [
        subprocess.run(
            [sys.executable, "-c", RUN, tests],
            check=True,
            capture_output=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    ]
    assert b"ChecklistTicked" in found[0]
    assert found[1:] == found[:1] * 2
