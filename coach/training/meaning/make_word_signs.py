"""Fits the words' part of the scores again beside the shipped encoder, and counts all curves anew.

    uv run --group train python coach/training/meaning/make_word_signs.py SETS --date 2026-01-31

Network, directions and background stay as they are. ``SETS`` is the folder of public sets.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import msgspec

from coach.meaning.encoder import encoder, heads, opened
from coach.training.meaning.make_model import OUT, curves_of, written
from coach.training.meaning.word_fit import word_signs


def main() -> None:
    """Fit, count and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--date", required=True, help="for the card")
    args = parser.parse_args()
    known = encoder().facts
    both = heads()._replace(words=word_signs(args.sets).widened(len(known.cues)))
    curves, _ = curves_of(opened(OUT, known, both), args.sets, known.cues)
    hashed = re.findall(r"`([0-9a-f]{64})`", (OUT / "model_en.md").read_text("utf-8"))
    written(msgspec.structs.replace(known, curves=curves), both, hashed[0], args.date)


if __name__ == "__main__":
    main()
