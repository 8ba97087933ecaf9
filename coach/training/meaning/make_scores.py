"""Fits the cues' scores again over the shipped encoder, and counts all curves anew.

    uv run --group train python coach/training/meaning/make_scores.py SETS --date 2026-01-31

Network, vectors and background stay as they are. ``SETS`` is the folder of public sets.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import msgspec

from coach.meaning.encoder import encoder, heads, opened
from coach.training.meaning.make_model import OUT, curves_of, written
from coach.training.meaning.score_fit import fitted_over


def main() -> None:
    """Fit, count and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--date", required=True, help="for the card")
    args = parser.parse_args()
    known = encoder().facts
    both = fitted_over(encoder(), heads(), args.sets)
    curves, _ = curves_of(opened(OUT, known, both), args.sets, known.cues)
    hashed = re.findall(r"`([0-9a-f]{64})`", (OUT / "model_en.md").read_text("utf-8"))
    written(msgspec.structs.replace(known, curves=curves), both, hashed[0], args.date)


if __name__ == "__main__":
    main()
