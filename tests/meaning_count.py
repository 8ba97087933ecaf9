"""Counts how many kept-back lines the shipped rules find, by family and cue.

    PYTHONPATH=. python tests/meaning_count.py [--missed]

The lines of ``meaning/kept_back`` are by a writer whose lines train nothing; each is a sign and a
sentence: ``+`` must be found by its own cue or one that it often goes with, ``-`` must not be
found by its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from coach.backtest.score import Scorer
from coach.events import Channel
from coach.meaning.listening import MeaningListener
from coach.training.meaning.lines import siblings
from rules.books.loader import load_book

FOLDER = Path(__file__).parent / "meaning" / "kept_back"
UNSCORED = ("esc.frustration",)
"""Cues without a rule: they are told by the distress of the words."""


class Found(NamedTuple):
    """One kept-back line, and whether its cue was found in it."""

    cue: str
    is_cue: bool
    text: str
    found: bool


def kept_back() -> Iterator[tuple[str, bool, str]]:
    """Cue, whether the line is the cue, and the line."""
    for path in sorted(FOLDER.glob("*.tsv")):
        for row in path.read_text("utf-8").splitlines():
            sign, text = row.split("\t")
            yield path.stem, sign == "+", text


def count() -> list[Found]:
    """Every line that has a rule, scored with the shipped rules."""
    book = load_book()
    scorer = Scorer(book, MeaningListener(book).clauses)
    found: list[Found] = []
    for number, (cue, is_cue, text) in enumerate(kept_back()):
        if cue not in UNSCORED:
            cues = set(scorer.score(Channel.CUSTOMER, text, number).cues)
            accepted = siblings(cue) if is_cue else {cue}
            found.append(Found(cue, is_cue, text, bool(accepted & cues)))
    return found


def table(lines: list[Found]) -> str:
    """Recall and false finds, of each family and of each cue."""
    names = sorted({line.cue.split(".")[0] for line in lines}) + sorted({x.cue for x in lines})
    rows = []
    for name in names:
        of = [line for line in lines if line.cue == name or line.cue.startswith(f"{name}.")]
        right = [line.found for line in of if line.is_cue]
        wrong = [line.found for line in of if not line.is_cue]
        rows.append(f"{name:28} {sum(right):3}/{len(right):3}  near {sum(wrong):3}/{len(wrong):3}")
    return "\n".join(rows)


if __name__ == "__main__":
    counted = count()
    print(table(counted))
    if "--missed" in sys.argv:
        print("\n".join(f"{x.cue}: {x.text}" for x in counted if x.is_cue and not x.found))
