"""Trains the sentence encoder.

    uv run --group train python coach/training/meaning/train_meaning.py SETS --out FOLDER

``SETS`` is the folder of public sets (see ``batches.read_public``). One thread and
fixed seeds. Two stages: the first learns the cues from the starting weights; the second goes on
at half the rate, with the ordinary talk that was written after the first had been trained, and
with feelings: the vectors must also tell distressed comments from others. Its weights are
averaged over the last steps. Then ``make_model.py`` makes the shipped files.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from coach.training.meaning.batches import Batches, Public, Sample, read_public
from coach.training.meaning.lines import cues
from coach.training.meaning.network import DIMENSIONS, Network, tokenizer

SEED = 7
BATCH = 64
LONGEST = 36
"""Tokens of a training sentence; the longest tenth of the lines is cut."""
RATE, ADDED_FASTER = 2e-4, 5.0
"""Highest learning rate of the encoder, and how much faster what was added to it learns."""
WARM_UP = 0.06
"""Share of the steps in which the rates rise."""
PAIRS = 0.3
"""Weight of the loss that draws lines of a cue together against the loss of the scores."""
TEMPERATURE = 0.1
SEARCH_EVERY, SEARCHED = 500, 24_000
"""Steps between two searches of the background for what is taken for a cue, and its size."""
LATER = 3000
"""Steps of the second stage."""
AVERAGED = 0.998
"""Share of the averaged weights that stays at a step: they are those of about 500 steps."""
FEELING = 0.5
"""Weight of the loss of distress against the loss of the scores."""
FEELING_SHARPNESS = 8.0
"""Slope of distress over a vector of length 1."""
HARDEST = 12
"""Samples of each search kept for each cue; those of the last three searches are drawn from."""


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--fragments", type=float, default=0.5, help="of the background")
    parser.add_argument("--later", type=int, default=LATER, help="steps of the second stage")
    parser.add_argument("--start", type=Path, help="weights of a first stage to go on from")
    parser.add_argument("--share", type=float, default=1.0, help="of the lines, for a curve")
    args = parser.parse_args()
    torch.set_num_threads(1)
    public = read_public(args.sets)
    network = Network(len(cues()))
    if args.start:
        network.load_state_dict(torch.load(args.start)["state"])
    else:
        first(network, public, args.steps, share=args.share, fragments=args.fragments)
        save(network, args.out / "first.pt")
    second(network, public, args.later, share=args.share, fragments=args.fragments)
    save(network, args.out / "weights.pt")


def first(
    network: Network, public: Public, steps: int, *, share: float = 1.0, fragments: float
) -> None:
    """The first stage, from the starting weights."""
    torch.manual_seed(SEED)
    batches = Batches(public, seed=SEED, share=share, fragments=fragments)
    fresh = Network(len(cues())).start()
    train(fresh, batches, steps)
    network.load_state_dict(fresh.state_dict())


def second(
    network: Network, public: Public, steps: int, *, share: float = 1.0, fragments: float
) -> None:
    """The second stage; the network's weights are then those averaged."""
    torch.manual_seed(SEED + 1)
    batches = Batches(public, seed=SEED + 1, share=share, fragments=fragments, later=True)
    batches.insist_on(hardest(network, tokenizer(), batches.background(2 * SEARCHED)))
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(AVERAGED))
    train(network, batches, steps, RATE / 2, feeling=nn.Linear(DIMENSIONS, 1), averaged=averaged)
    network.load_state_dict(averaged.module.state_dict())


def save(network: Network, path: Path) -> None:
    """Write the weights and the cues they were trained for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state": network.state_dict(), "cues": cues()}, path)


def train(
    network: Network,
    batches: Batches,
    steps: int,
    rate: float = RATE,
    *,
    feeling: nn.Linear | None = None,
    averaged: AveragedModel | None = None,
) -> None:
    """Train for so many steps, at most at ``rate``; what was added to the encoder goes faster.

    ``feeling`` judges distress and is trained along; ``averaged`` follows the weights.
    """
    hard: list[list[Sample]] = []
    pieces = tokenizer()
    added = ("project", "head", "sharpness")
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    named += [(f"head.{n}", p) for n, p in feeling.named_parameters()] if feeling else []
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for n, p in named if not n.startswith(added)], "lr": rate},
            {"params": [p for n, p in named if n.startswith(added)], "lr": rate * ADDED_FASTER},
        ],
        weight_decay=0.01,
    )
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: min(1.0, step / (WARM_UP * steps + 1)) * max(0.02, 1.0 - step / steps),
    )
    began, shown = time.monotonic(), 0.0
    for step in range(steps):
        if step and step % SEARCH_EVERY == 0:
            hard = [*hard[-2:], hardest(network, pieces, batches.background(SEARCHED))]
            batches.insist_on([sample for search in hard for sample in search])
        loss, told = loss_of(network, pieces, batches.batch(BATCH), feeling)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        rates.step()
        if averaged is not None:
            averaged.update_parameters(network)
        shown = told if not step else 0.98 * shown + 0.02 * told
        if step % 100 == 99:
            print(f"{step + 1} {shown:.4f} {time.monotonic() - began:.0f} s", flush=True)


def hardest(network: Network, pieces: Tokenizer, samples: list[Sample]) -> list[Sample]:
    """Those of the samples that score highest for a cue that they are known not to be."""
    network.eval()
    samples = sorted(samples, key=lambda sample: len(sample.text))
    with torch.no_grad():
        wrong = [
            _wrongly(network, pieces, samples[at : at + 256]) for at in range(0, len(samples), 256)
        ]
    network.train()
    best = torch.cat(wrong).topk(HARDEST, dim=0).indices
    return [samples[number] for number in best.flatten().unique().tolist()]


def _wrongly(network: Network, pieces: Tokenizer, samples: list[Sample]) -> Tensor:
    """Scores of the cues that each sample is known not to be; very low for all others."""
    ids, mask = tokens(pieces, [sample.text for sample in samples], LONGEST)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors = network.vectors(ids, mask)
    weight = torch.tensor([sample.weight for sample in samples])
    wanted = torch.tensor([sample.wanted for sample in samples])
    not_said = (weight > 0) & (wanted == 0)
    return network.scores(vectors.float()).masked_fill(~not_said, -1e4)


def loss_of(
    network: Network, pieces: Tokenizer, samples: list[Sample], feeling: nn.Linear | None = None
) -> tuple[Tensor, float]:
    """The loss of one batch, and the part of it that comes from the scores."""
    ids, mask = tokens(pieces, [sample.text for sample in samples], LONGEST)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors, scores = network(ids, mask)
    vectors, scores = vectors.float(), scores.float()
    wanted = torch.tensor([sample.wanted for sample in samples])
    weight = torch.tensor([sample.weight for sample in samples])
    each = functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none")
    judged = (each * weight).sum() / len(samples)
    paired = together(vectors, torch.tensor([sample.group for sample in samples]))
    loss = judged + PAIRS * paired
    if feeling is not None:
        loss = loss + FEELING * distressed(feeling(vectors).squeeze(-1), samples)
    return loss, judged.item()


def distressed(margins: Tensor, samples: list[Sample]) -> Tensor:
    """The loss of distress, over the samples of which it is known."""
    wanted = torch.tensor([sample.distress for sample in samples])
    known = ~wanted.isnan()
    return functional.binary_cross_entropy_with_logits(
        FEELING_SHARPNESS * margins[known], wanted[known]
    )


def together(vectors: Tensor, groups: Tensor) -> Tensor:
    """Supervised contrast: lines of one cue draw near, everything else in the batch away."""
    same = torch.eye(len(groups), dtype=torch.bool)
    near = (vectors @ vectors.T / TEMPERATURE).masked_fill(same, -1e4)
    partners = (groups[:, None] == groups[None, :]) & (groups[:, None] >= 0) & ~same
    log = near - torch.logsumexp(near, 1, keepdim=True)
    count = partners.sum(1)
    kept = count > 0
    if not bool(kept.any()):
        return torch.zeros(())
    return -((log * partners).sum(1)[kept] / count[kept]).mean()


def tokens(pieces: Tokenizer, texts: list[str], longest: int) -> tuple[Tensor, Tensor]:
    """Token numbers, padded, and which of them are there."""
    known = [pieces.encode(text).ids[:longest] for text in texts]
    width = max(len(one) for one in known)
    ids = torch.zeros(len(known), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, one in enumerate(known):
        ids[row, : len(one)] = torch.tensor(one)
        mask[row, : len(one)] = 1
    return ids, mask


if __name__ == "__main__":
    main()
