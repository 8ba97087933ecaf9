"""Nothing depends on the order of a set: another process hashes words in another way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from callscript import CALLS, facts_of, read
from shipped_rules import book, matcher

from coach.engine.engine import Engine

RUN = """
import sys
sys.path[:0] = sys.argv[1:]
from test_hash_seeds import results
print(*results(), sep="\\n")
"""


def results() -> list[str]:
    """What comes of two calls, in this process."""
    found = []
    for name in ("positive_and_updates", "polite_fury"):
        engine = Engine(book(), matcher=matcher())
        for fact in facts_of(read(CALLS / f"{name}.toml")):
            found += [repr(one) for one in engine.receive(fact)]
    return found


def test_results_do_not_depend_on_how_words_are_hashed() -> None:
    here = results()
    assert any("ChecklistTicked" in one for one in here)
    tests = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
    for seed in ("1", "2"):
        elsewhere = subprocess.run(
            [sys.executable, "-c", RUN, *tests],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        )
        assert elsewhere.stdout.splitlines() == here
