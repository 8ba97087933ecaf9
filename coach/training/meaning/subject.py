"""What a sentence is about: a linear map from the trained network back to what it started from.

Training for the cues makes the encoder forget other subjects: what it was not trained to tell apart
comes out alike. The means of its layers still hold them. A map from these means to the vectors of
the starting weights, fitted by least squares, brings most of that back, at the cost of one small
matrix and no further training.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from coach.training.meaning.batches import read_public
from coach.training.meaning.lines import cues, read_ordinary
from coach.training.meaning.network import SUBJECT, Network, tokenizer

Matrix = npt.NDArray[np.float32]

STRENGTH = 0.03
"""Of the regularisation, as a share of the mean variance of a layer's mean."""
COMMENTS, SERVICE, SPOKEN, OWN = 3_500, 1_500, 1_000, 1_500
"""Sentences that the map is fitted on: comments, polite service turns, spoken wishes, our talk."""
TOKENS = 40


def subject_map(network: Network, sets: Path) -> nn.Linear:
    """The map from ``Network.pooled``, flattened, to SUBJECT dimensions; before word pieces go."""
    texts = _texts(sets)
    start = Network(len(cues())).start().eval()
    wanted = _pooled(start, texts)[:, -1]
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    wanted -= wanted.mean(0)
    _, _, directions = np.linalg.svd(wanted, full_matrices=False)
    wanted = wanted @ directions[:SUBJECT].T
    given = _pooled(network, texts).reshape(len(texts), -1)
    mean = given.mean(0)
    given = given - mean
    square = given.T @ given
    kept = STRENGTH * np.trace(square) / len(square) * np.eye(len(square))
    weight = np.linalg.solve(square + kept, given.T @ wanted).T
    linear = nn.Linear(weight.shape[1], SUBJECT)
    linear.weight.data = torch.tensor(weight, dtype=torch.float32)
    linear.bias.data = torch.tensor(-weight @ mean, dtype=torch.float32)
    return linear


def _texts(sets: Path) -> list[str]:
    public, own = read_public(sets), read_ordinary()
    draw = random.Random(1)  # noqa: S311 - a fair draw, no secret
    return [
        *draw.sample(public.neutral, COMMENTS),
        *draw.sample(public.multidogo, SERVICE),
        *draw.sample(public.natcs, min(SPOKEN, len(public.natcs))),
        *draw.sample(own.customer, OWN),
    ]


@torch.no_grad()
def _pooled(network: Network, texts: Sequence[str]) -> Matrix:
    pieces = tokenizer()
    parts: list[Tensor] = []
    for at in range(0, len(texts), 64):
        rows = [pieces.encode(text.lower()).ids[:TOKENS] for text in texts[at : at + 64]]
        ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        parts.append(network.pooled(ids, mask))
    pooled: Matrix = torch.cat(parts).numpy()
    return pooled
