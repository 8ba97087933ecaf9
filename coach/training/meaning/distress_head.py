"""The direction in which a vector is distressed: a logistic regression over encoded sentences.

It learns what GoEmotions' labels and our own lines say of feeling (``lines.distress_of``), against
ordinary talk and polite service turns. The border is then set on ordinary talk that trained
nothing, so that the figure can be joined to that of the words (``coach.engine.talk.feeling``).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from coach.meaning.encoder import SentenceEncoder, Vectors
from coach.training.distress.corpora import Corpora, read_corpora
from coach.training.distress.phrases import TrainingSentence
from coach.training.meaning.lines import (
    distress_of,
    read_lines,
    read_ordinary,
    read_weighed,
    spoken_by_agent,
)

STRENGTH = 2.0
"""Inverse of the regularisation."""
COMMENTS, CALM_COMMENTS = 0.5, 0.1
"""Weights of a distressed comment and of another one: comments are many, and of other things."""
THANKS, AGENTS, TALK = 2.0, 0.3, 2.0
"""Weights of a line of thanks or relief, of an agent's line, and of ordinary talk; a distressed
line has 1."""
KEPT = 2.0
"""How often a line counts that the encoder never saw: what it makes of them is fair."""
POLITE = 8_000
"""Polite service turns that are drawn; each has weight 1."""
STEEPNESS = 1.4
"""What margins are multiplied by: half-distress is worth little beside what the words say."""
SCALE = np.float32(np.sqrt(2.0))
"""Of a vector's first part, which is half of it, to length 1."""
QUIET = 0.98
"""This share of ordinary turns stays under the border."""


def distress_head(encoder: SentenceEncoder, sets: Path) -> tuple[Vectors, float]:
    """Direction and offset whose logistic function is the distress of a vector."""
    corpora = read_corpora(sets)
    kept = _sentences(corpora)
    vectors = np.concatenate([meant(encoder, texts) for texts, _, _ in kept])
    target = np.concatenate([np.full(len(texts), wanted) for texts, wanted, _ in kept])
    weight = np.concatenate([np.full(len(texts), much) for texts, _, much in kept])
    fit = LogisticRegression(C=STRENGTH, max_iter=500).fit(vectors, target, sample_weight=weight)
    direction = fit.coef_[0].astype(np.float32)
    quiet = read_ordinary(kept_back=True)
    border = float(np.quantile(meant(encoder, [*quiet.customer, *quiet.near]) @ direction, QUIET))
    whole = np.zeros(encoder.facts.dimensions, np.float32)
    whole[: encoder.facts.meant] = SCALE * STEEPNESS * direction
    return whole, -STEEPNESS * border


def meant(encoder: SentenceEncoder, texts: Sequence[str]) -> Vectors:
    """What the texts mean, each of length 1: what they are about says nothing of feeling."""
    vectors: Vectors = SCALE * encoder.encode(texts)[:, : encoder.facts.meant]
    return vectors


def _sentences(corpora: Corpora) -> list[tuple[Sequence[str], int, float]]:
    """Texts with what is wanted of them and what each weighs."""
    spoken = [line for line in read_lines() if line.is_cue]
    lines = [(distress_of(line.cue), line.text) for line in spoken]
    kept = [(distress_of(line.cue), line.text) for line in read_weighed() if line.is_cue]
    comments, *calm = calm_sentences(corpora)
    return [
        (_texts(corpora.goemotions, distressed=True), 1, COMMENTS),
        (comments[0], 0, comments[1]),
        (_texts(corpora.convabuse, distressed=True), 1, COMMENTS),
        (_texts(corpora.convabuse, distressed=False), 0, COMMENTS),
        ([text for felt, text in lines if felt == 1.0], 1, 1.0),
        ([text for felt, text in kept if felt == 1.0], 1, KEPT),
        ([text for felt, text in kept if felt == 0.0], 0, KEPT * THANKS),
        *((texts, 0, weight) for texts, weight in calm),
    ]


def calm_sentences(corpora: Corpora) -> list[tuple[Sequence[str], float]]:
    """Texts without distress and what each weighs: comments, thanks, agents, talk, service."""
    polite = [s.text for s in corpora.multidogo]
    random.Random(1).shuffle(polite)  # noqa: S311 - a fair draw, no secret
    ordinary = read_ordinary()
    spoken = [line for line in read_lines() if line.is_cue]
    thanks = [line.text for line in spoken if distress_of(line.cue) == 0.0]
    agents = [line.text for line in spoken if spoken_by_agent(line.cue)]
    return [
        (_texts(corpora.goemotions, distressed=False), CALM_COMMENTS),
        (thanks, THANKS),
        (agents, AGENTS),
        ([*ordinary.customer, *ordinary.near], TALK),
        (polite[:POLITE], 1.0),
        ([s.text for s in corpora.natcs], 1.0),
    ]


def _texts(sentences: Sequence[TrainingSentence], *, distressed: bool) -> list[str]:
    """Those that all labels agree on."""
    return [s.text for s in sentences if s.target == float(distressed)]
