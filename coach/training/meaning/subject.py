"""What a sentence is about, kept from what the network started from.

Training for the cues makes the encoder forget other subjects: what it was not trained to tell apart
comes out alike, and a team's own rule about something far from every cue finds little. The means of
the layers still hold much of it. A linear map from them to the strongest directions of the starting
weights' vectors is fitted by least squares; the last stage of the training then keeps it true.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from coach.training.meaning.lines import cues, read_ordinary
from coach.training.meaning.network import SUBJECT, Network, tokenizer
from coach.training.meaning.public_sets import Public

Matrix = npt.NDArray[np.float32]

STRENGTH = 0.03
"""Of the regularisation, as a share of the mean variance of a layer's mean."""
COMMENTS, SERVICE, SPOKEN, OWN = 3_500, 1_500, 1_000, 1_500
"""Sentences that the map is fitted on: comments, polite service turns, spoken wishes, our talk."""
TOKENS = 40


class Subject:
    """The strongest directions of the starting weights' vectors; fits the map to them."""

    def __init__(self, public: Public) -> None:
        """``public``: what the map is fitted on, beside our own talk."""
        self._texts = _texts(public)
        self._start = Network(len(cues())).start().eval()
        vectors = _pooled(self._start, self._texts)[:, -1]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        self._mean = torch.tensor(vectors.mean(0))
        _, _, directions = np.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
        self._directions = torch.tensor(directions[:SUBJECT].T.copy())
        self._subjects = self._of(torch.tensor(vectors)).numpy()

    def _of(self, vectors: Tensor) -> Tensor:
        return (vectors - self._mean) @ self._directions

    def wanted(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The subjects of sentences, by SUBJECT."""
        with torch.no_grad():
            vectors = self._start.pooled(ids, mask)[:, -1].float()
        return self._of(functional.normalize(vectors, dim=-1))

    def fit(self, network: Network) -> None:
        """Give the network the map that serves its layers best."""
        given = _pooled(network, self._texts).reshape(len(self._texts), -1)
        mean = given.mean(0)
        given = given - mean
        square = given.T @ given
        kept = STRENGTH * np.trace(square) / len(square) * np.eye(len(square))
        weight = np.linalg.solve(square + kept, given.T @ self._subjects).T
        network.subject.weight.data = torch.tensor(weight, dtype=torch.float32)
        network.subject.bias.data = torch.tensor(-weight @ mean, dtype=torch.float32)


def _texts(public: Public) -> list[str]:
    draw = random.Random(1)  # noqa: S311 - a fair draw, no secret
    return [
        *draw.sample(public.neutral, COMMENTS),
        *draw.sample(public.multidogo, SERVICE),
        *draw.sample(public.natcs, min(SPOKEN, len(public.natcs))),
        *draw.sample(read_ordinary(stage=1).customer, OWN),
    ]


def _pooled(network: Network, texts: Sequence[str]) -> Matrix:
    pieces = tokenizer()
    was = network.training
    network.eval()
    parts: list[Tensor] = []
    for at in range(0, len(texts), 64):
        rows = [pieces.encode(text.lower()).ids[:TOKENS] for text in texts[at : at + 64]]
        ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        with torch.no_grad():
            parts.append(network.pooled(ids, mask))
    network.train(was)
    pooled: Matrix = torch.cat(parts).numpy()
    return pooled
