"""Fits the words' part of the trained scores: a linear model a cue over words and their pairs.

It learns from the same lines and the same background as the encoder, and by itself: fitted to what
the encoder leaves it would learn little, since that finds nine of ten of the lines it has seen.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier

from coach.meaning.word_signs import BUCKETS, WordSigns, buckets_of, length_of
from coach.training.meaning.as_recognised import AsRecognised
from coach.training.meaning.lines import (
    cues,
    read_lines,
    read_ordinary,
    read_weighed,
    siblings,
    spoken_by_agent,
)
from coach.training.meaning.public_sets import read_public

SEED = 11
MOST_PUBLIC = 20_000
"""Texts of one public set, taken evenly."""
LINE, OTHER = 2.0, 0.5
"""Weight of a cue's line or near miss, and of another cue's line or of ordinary talk."""
STRENGTH, ROUNDS = 2e-6, 12
"""Of the regularisation, and times that all samples are gone through."""
LEVELS = 127
"""Greatest weight of a cue, in whole numbers."""
FAINTEST = 0.05
"""Share of a cue's greatest weight below which words are left out."""
POLITE = ("note.thanks", "esc.recovered")
"""Cues that public talk with agents holds as well: it says nothing against them."""


class _Talk(NamedTuple):
    """Customers' and private persons' sentences that are no cue."""

    texts: Sequence[str]
    public: bool = False


def word_signs(sets: Path, *, weighed: bool = True) -> WordSigns:
    """Fit the customer's cues; ``sets`` is the folder of public sets.

    ``weighed``: whether they learn from the lines by which scores are weighed, too.

    Agents' cues have no words: what an agent does is told well without, and a recap of one case
    would be told by its days and hours.
    """
    written = AsRecognised(random.Random(SEED))  # noqa: S311 - a fair draw, no secret
    talk = [one._replace(texts=[*one.texts, *map(written.piece, one.texts)]) for one in _talk(sets)]
    told = [*read_lines(), *(read_weighed() if weighed else ())]
    lines = [line for line in told if not spoken_by_agent(line.cue)]
    texts = [line.text for line in lines] + [text for one in talk for text in one.texts]
    counts = _counts(texts)
    found, bias = np.zeros((BUCKETS, len(cues()))), np.zeros(len(cues()))
    for column, cue in enumerate(cues()):
        if spoken_by_agent(cue):
            continue
        related = siblings(cue)
        wanted = np.zeros(len(texts))
        weight = np.zeros(len(texts))
        for row, line in enumerate(lines):
            if line.cue == cue:
                wanted[row], weight[row] = line.is_cue, LINE
            elif line.is_cue and line.cue not in related:
                weight[row] = OTHER
        row = len(lines)
        for one in talk:
            if not (one.public and cue in POLITE):
                weight[row : row + len(one.texts)] = OTHER
            row += len(one.texts)
        counted = weight > 0
        fit = SGDClassifier(
            loss="log_loss", alpha=STRENGTH, max_iter=ROUNDS, tol=None, random_state=0
        ).fit(counts[counted], wanted[counted], sample_weight=weight[counted])
        found[:, column], bias[column] = fit.coef_[0], fit.intercept_[0]
    return _small(found, bias)


def _talk(sets: Path) -> list[_Talk]:
    own, public = read_ordinary(), read_public(sets)
    return [
        _Talk((*own.customer, *own.near)),
        *(
            _Talk(texts[:: -(-len(texts) // MOST_PUBLIC)], public=True)
            for texts in (public.multidogo, public.natcs, public.neutral)
        ),
    ]


def _counts(texts: Sequence[str]) -> csr_matrix:
    """Texts by buckets, each text of length 1."""
    ends, buckets, values = [0], list[int](), list[float]()
    for text in texts:
        found = buckets_of(text)
        length = length_of(found)
        buckets += found
        values += [count / length for count in found.values()]
        ends.append(len(buckets))
    return csr_matrix((values, buckets, ends), shape=(len(texts), BUCKETS))


def _small(weights: np.ndarray, bias: np.ndarray) -> WordSigns:
    """In whole numbers, without the faint ones; weights are buckets by cues."""
    greatest = np.maximum(np.abs(weights).max(0), 1e-9)
    scales = greatest / LEVELS
    faint = np.abs(weights) < FAINTEST * greatest
    whole = np.where(faint, 0, np.rint(weights / scales)).astype(np.int8)
    return WordSigns(whole, scales.astype(np.float32), bias.astype(np.float32))
