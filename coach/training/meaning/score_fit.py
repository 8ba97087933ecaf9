"""Fits the customer's scores over the finished encoder, to lines that it never saw.

The encoder finds nine in ten of the lines that it learned from, so these say little of what its
score is worth; nor do the words' of theirs. Of lines that neither saw (``lines.read_weighed``)
both are fair witnesses: how much either counts, and a direction beside them, are fitted to those
by logistic regression, held near what they were. The words then learn from all lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from coach.meaning.encoder import Heads, SentenceEncoder, Vectors
from coach.training.meaning.lines import (
    TrainingLine,
    cues,
    read_ordinary,
    read_weighed,
    siblings,
    spoken_by_agent,
)
from coach.training.meaning.public_sets import read_public
from coach.training.meaning.word_fit import word_signs

Figures = npt.NDArray[np.float64]

FIRST = Path(__file__).parent / "trained_heads.npz"
"""Directions and offsets that the encoder was trained with: the fit begins from them."""
MOST_PUBLIC = 4_000
"""Texts of one public set, taken evenly."""
LINE, OTHER, OTHER_NEAR, TALK = 2.0, 0.2, 0.1, 2.0
"""Weight of a cue's line or near miss, of another cue's line, of its near miss, and of talk."""
DIRECTION, SHARE = 1.0, 5.0
"""Of the regularisation: of the direction, and of how much encoder and words count (of 1)."""
SAID_IN_PUBLIC = ("note.thanks", "esc.recovered", "esc.confusion", "esc.indecisive")
"""Cues that public talk with agents holds as well: it says nothing against them."""


class _Seen(NamedTuple):
    """Texts as both witnesses see them."""

    vectors: Vectors
    encoder: Vectors
    """Texts by cues: the encoder's scores."""
    words: Vectors
    """Texts by cues: the words' scores."""


def fitted_over(encoder: SentenceEncoder, heads: Heads, sets: Path) -> Heads:
    """The heads with the customer's cues fitted; ``heads`` may hold further cues behind them.

    ``sets`` is the folder of public sets. What is fitted begins from ``FIRST``.
    """
    with np.load(FIRST) as first:
        weights, bias = np.array(heads.weights), np.array(heads.bias)
        weights[: len(cues()), : encoder.facts.meant] = first["weights"]
        bias[: len(cues())] = first["bias"]
    known = word_signs(sets, weighed=False)
    counts = np.ones(len(cues()), np.float32)

    def seen(texts: Sequence[str]) -> _Seen:
        vectors = encoder.encode(texts)
        scores = vectors @ weights[: len(cues())].T + bias[: len(cues())]
        return _Seen(vectors, scores, known.scores(texts))

    lines = [line for line in read_weighed() if not spoken_by_agent(line.cue)]
    told = seen([line.text for line in lines])
    own, public = read_ordinary(), read_public(sets)
    talk = seen([*own.customer, *own.near])
    polite = seen(
        [t for some in (public.multidogo, public.natcs, public.neutral) for t in _some(some)]
    )
    for column, cue in enumerate(cues()):
        if spoken_by_agent(cue):
            continue
        parts = [(told, *_wanted(lines, cue)), (talk, *_none(talk))]
        if cue not in SAID_IN_PUBLIC:
            parts.append((polite, *_none(polite)))
        direction, offset, (by_encoder, by_words) = _fit(parts, column)
        weights[column] = by_encoder * weights[column] + direction
        bias[column] = by_encoder * bias[column] + offset
        counts[column] = by_words
    words = word_signs(sets).weighed(counts)
    return heads._replace(weights=weights, bias=bias, words=words.widened(len(bias)))


def _some(texts: Sequence[str]) -> Sequence[str]:
    return texts[:: -(-len(texts) // MOST_PUBLIC)]


def _wanted(lines: Sequence[TrainingLine], cue: str) -> tuple[Figures, Figures]:
    """What is wanted of each line, 0 or 1, and how much it matters: 0 where it says nothing."""
    related = siblings(cue)
    wanted = np.array([float(line.cue == cue and line.is_cue) for line in lines])
    weight = np.zeros(len(lines))
    for row, line in enumerate(lines):
        if line.cue == cue:
            weight[row] = LINE
        elif line.cue not in related:
            weight[row] = OTHER if line.is_cue else OTHER_NEAR
    return wanted, weight


def _none(seen: _Seen) -> tuple[Figures, Figures]:
    return np.zeros(len(seen.vectors)), np.full(len(seen.vectors), TALK)


def _fit(
    parts: Sequence[tuple[_Seen, Figures, Figures]], column: int
) -> tuple[Vectors, float, tuple[float, float]]:
    """A direction, an offset, and how much the encoder's score and the words' count."""
    wanted = np.concatenate([some for _, some, _ in parts])
    weight = np.concatenate([some for _, _, some in parts])
    scores = np.concatenate(
        [np.stack([seen.encoder[:, column], seen.words[:, column]], 1) for seen, _, _ in parts]
    ).astype(np.float64)
    vectors = np.concatenate([seen.vectors for seen, _, _ in parts]).astype(np.float64)
    signs = np.column_stack([vectors, scores, np.ones(len(vectors))])
    before = scores.sum(1)
    held = np.array([*[DIRECTION] * vectors.shape[1], SHARE, SHARE, 0.0])

    def loss(told: Figures) -> tuple[float, Figures]:
        odds = before + signs @ told
        each = np.logaddexp(0.0, odds) - wanted * odds
        slope = weight * (1.0 / (1.0 + np.exp(-odds)) - wanted)
        cost = float((weight * each).sum() + (held * told * told).sum())
        return cost, signs.T @ slope + 2.0 * held * told

    found = minimize(
        loss, np.zeros(signs.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    ).x
    direction: Vectors = found[: vectors.shape[1]].astype(np.float32)
    return direction, float(found[-1]), (1.0 + float(found[-3]), 1.0 + float(found[-2]))
