"""Makes the later cues again over the shipped encoder, and writes heads, facts and card.

    uv run --group train python coach/training/meaning/make_later_cues.py SETS --date 2026-01-31

Every other file, score and curve stays as it is. ``SETS`` is the folder of public sets.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import msgspec

from coach.meaning.encoder import encoder, heads, opened
from coach.training.meaning.later_cues import later_cues
from coach.training.meaning.lines import cues
from coach.training.meaning.make_model import OUT, curves_of, with_later, written


def main() -> None:
    """Fit, count and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--date", required=True, help="for the card")
    args = parser.parse_args()
    both = with_later(encoder(), heads(), args.sets)
    known = encoder().facts
    facts = msgspec.structs.replace(known, cues=(*cues(), *later_cues()))
    curves, _ = curves_of(opened(OUT, facts, both), args.sets, later_cues())
    kept = {cue: curve for cue, curve in known.curves.items() if cue in cues()}
    facts = msgspec.structs.replace(facts, curves={**kept, **curves})
    hashed = re.findall(r"`([0-9a-f]{64})`", (OUT / "model_en.md").read_text("utf-8"))
    written(facts, both, hashed[0], args.date)


if __name__ == "__main__":
    main()
