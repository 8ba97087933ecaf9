"""Cues that are told by a direction over the finished encoder, and did not train it.

Their lines stand in ``later/CUE.tsv``, in the form of ``lines``. Such a cue costs seconds and keeps
every other score. It serves where the encoder already tells the kind apart (how somebody
feels), and worse than training does where it must learn what decides.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.meaning.encoder import SentenceEncoder, Vectors
from coach.training.distress.corpora import read_corpora
from coach.training.meaning.distress_head import SCALE, calm_sentences, meant
from coach.training.meaning.lines import TrainingLine, read_folder

FOLDER = Path(__file__).parent / "later"
STRENGTH = 0.3
"""Inverse of the regularisation."""
CUE, NEAR = 5.0, 2.0
"""Weights of a line of the cue and of a near miss: they are few beside ordinary talk."""


class LaterHeads(NamedTuple):
    """Directions and offsets of the later cues, one row a cue."""

    weights: Vectors
    bias: Vectors


@functools.cache
def later_cues() -> tuple[str, ...]:
    """Every later cue, in alphabetical order: the columns behind those of the trained cues."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.tsv")))


def later_lines() -> list[TrainingLine]:
    """The lines of all later cues."""
    return read_folder(FOLDER, later_cues())


def later_heads(encoder: SentenceEncoder, sets: Path) -> LaterHeads:
    """Fit every later cue; ``sets`` is the folder of public sets."""
    calm = [(meant(encoder, texts), weight) for texts, weight in calm_sentences(read_corpora(sets))]
    rows = [_head(encoder, cue, calm) for cue in later_cues()]
    return LaterHeads(
        np.stack([weights for weights, _ in rows]), np.array([b for _, b in rows], np.float32)
    )


def _head(
    encoder: SentenceEncoder, cue: str, calm: list[tuple[Vectors, float]]
) -> tuple[Vectors, float]:
    lines = [line for line in later_lines() if line.cue == cue]
    parts = [
        (meant(encoder, [line.text for line in lines if line.is_cue]), 1, CUE),
        (meant(encoder, [line.text for line in lines if not line.is_cue]), 0, NEAR),
        *((vectors, 0, weight) for vectors, weight in calm),
    ]
    target = np.concatenate([np.full(len(vectors), wanted) for vectors, wanted, _ in parts])
    weight = np.concatenate([np.full(len(vectors), much) for vectors, _, much in parts])
    fit = LogisticRegression(C=STRENGTH, max_iter=500).fit(
        np.concatenate([vectors for vectors, _, _ in parts]), target, sample_weight=weight
    )
    whole = np.zeros(encoder.facts.dimensions, np.float32)
    whole[: encoder.facts.meant] = SCALE * fit.coef_[0].astype(np.float32)
    return whole, float(fit.intercept_[0])
