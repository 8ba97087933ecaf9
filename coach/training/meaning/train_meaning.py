"""Trains the sentence encoder.

    uv run --group train python coach/training/meaning/train_meaning.py SETS --out FOLDER

    ... train_meaning.py SETS --start FOLDER/weights.pt --rate 1.5e-4 --steps 5000 --out LATER

``SETS`` is the folder of public sets (see ``batches.read_public``). One thread and
a fixed seed. The second stage sees the later writers' lines too (``lines.LATER_WRITERS``). Then
``make_model.py`` makes the shipped files.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from coach.training.meaning.batches import Batches, TrainingSample, read_public
from coach.training.meaning.lines import cues
from coach.training.meaning.network import Network, tokenizer

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
HARDEST = 12
"""Samples of each search kept for each cue; those of the last three searches are drawn from."""


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--fragments", type=float, default=0.5, help="of the background")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--rate", type=float, default=RATE, help="highest learning rate")
    parser.add_argument("--share", type=float, default=1.0, help="of the lines, for a curve")
    args = parser.parse_args()
    seed = SEED + bool(args.start)
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    batches = Batches(
        read_public(args.sets),
        seed=seed,
        share=args.share,
        fragments=args.fragments,
        later=bool(args.start),
    )
    network = Network(len(cues())).start()
    if args.start:
        network.load_state_dict(torch.load(args.start)["state"])
        found = hardest(network, tokenizer(), batches.background(2 * SEARCHED))
        batches.insist_on(found)
    train(network, batches, args.steps, args.rate)
    save(network, args.out / "weights.pt")


def save(network: Network, path: Path) -> None:
    """Write the weights and the cues they were trained for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state": network.state_dict(), "cues": cues()}, path)


def train(network: Network, batches: Batches, steps: int, rate: float = RATE) -> None:
    """Train for so many steps, at most at ``rate``; what was added to the encoder goes faster."""
    hard: list[list[TrainingSample]] = []
    pieces = tokenizer()
    added = ("project", "head", "sharpness")
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
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
        loss, told = loss_of(network, pieces, batches.batch(BATCH))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        rates.step()
        shown = told if not step else 0.98 * shown + 0.02 * told
        if step % 100 == 99:
            print(f"{step + 1} {shown:.4f} {time.monotonic() - began:.0f} s", flush=True)


def hardest(
    network: Network, pieces: Tokenizer, samples: list[TrainingSample]
) -> list[TrainingSample]:
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


def _wrongly(network: Network, pieces: Tokenizer, samples: list[TrainingSample]) -> Tensor:
    """Scores of the cues that each sample is known not to be; very low for all others."""
    ids, mask = tokens(pieces, [sample.text for sample in samples], LONGEST)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors = network.vectors(ids, mask)
    weight = torch.tensor([sample.weight for sample in samples])
    wanted = torch.tensor([sample.wanted for sample in samples])
    not_said = (weight > 0) & (wanted == 0)
    return network.scores(vectors.float()).masked_fill(~not_said, -1e4)


def loss_of(
    network: Network, pieces: Tokenizer, samples: list[TrainingSample]
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
    return judged + PAIRS * paired, judged.item()


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
