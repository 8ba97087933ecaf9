"""Trains the sentence encoder.

    uv run --group train python coach/training/meaning/train_meaning.py SETS --out FOLDER

    ... train_meaning.py SETS --stage 2 --start OUT1/weights.pt --rate 1.5e-4 --steps 5000 ...
    ... train_meaning.py SETS --stage 3 --start OUT2/weights.pt --rate 1e-4 --steps 3000 ...
    ... train_meaning.py SETS --stage 4 --shipped --rate 1e-4 --steps 1600 ...

``SETS`` is the folder of public sets (see ``public_sets.read_public``). One thread and
a fixed seed. The later stages see more writers' lines (``lines.WRITERS_FROM``); the third also
keeps what a sentence is about (``subject``). Then ``make_model.py`` makes the shipped files.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from coach.training.meaning.batches import Batches, TrainingSample
from coach.training.meaning.lines import STAGES, cues
from coach.training.meaning.network import Network, tokenizer
from coach.training.meaning.public_sets import read_public
from coach.training.meaning.shipped_network import shipped_network
from coach.training.meaning.subject import Subject

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
SUBJECTS, SUBJECTS_FROM = 0.3, 3
"""Weight of the loss that keeps what sentences are about, by half of the batch; the stage from
which on it is kept."""
STILL = 2
"""Lowest layers that the fourth stage leaves as they are: a step takes a fifth less so."""
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
    parser.add_argument("--stage", type=int, default=1, help=f"1 to {STAGES}")
    parser.add_argument("--start", type=Path, help="weights of the stage before")
    parser.add_argument("--shipped", action="store_true", help="go on from the shipped files")
    parser.add_argument("--rate", type=float, default=RATE, help="highest learning rate")
    parser.add_argument("--share", type=float, default=1.0, help="of the lines, for a curve")
    args = parser.parse_args()
    seed = SEED + args.stage - 1
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    public = read_public(args.sets)
    batches = Batches(
        public,
        seed=seed,
        share=args.share,
        fragments=args.fragments,
        stage=args.stage,
    )
    network = shipped_network() if args.shipped else Network(len(cues())).start()
    if args.shipped:
        network.keep_still(STILL)
        batches.insist_on(hardest(network, tokenizer(), batches.background(SEARCHED)))
    if args.start:
        network.load_state_dict(torch.load(args.start)["state"], strict=False)
        found = hardest(network, tokenizer(), batches.background(2 * SEARCHED))
        batches.insist_on(found)
    subject = None
    if args.stage >= SUBJECTS_FROM:
        subject = Subject(public)
        subject.fit(network)
    train(network, batches, args.steps, args.rate, subject)
    save(network, args.out / "weights.pt")


def halved() -> torch.autocast:
    """Half precision, where the processor multiplies in it.

    With AVX2 alone a step takes 24 s of processor time in bfloat16, and 2.1 s without.
    """
    fast = torch.backends.cpu.get_cpu_capability() not in {"NO AVX", "DEFAULT", "AVX2"}
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast)


def save(network: Network, path: Path) -> None:
    """Write the weights and the cues they were trained for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state": network.state_dict(), "cues": cues()}, path)


def train(
    network: Network,
    batches: Batches,
    steps: int,
    rate: float = RATE,
    subject: Subject | None = None,
) -> None:
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
        loss, told = loss_of(network, pieces, batches.batch(BATCH), subject)
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
    with halved():
        vectors = network.vectors(ids, mask)
    weight = torch.tensor([sample.weight for sample in samples])
    wanted = torch.tensor([sample.wanted for sample in samples])
    not_said = (weight > 0) & (wanted == 0)
    return network.scores(vectors.float()).masked_fill(~not_said, -1e4)


def loss_of(
    network: Network,
    pieces: Tokenizer,
    samples: list[TrainingSample],
    subject: Subject | None = None,
) -> tuple[Tensor, float]:
    """The loss of one batch, and the part of it that comes from the scores."""
    ids, mask = tokens(pieces, [sample.text for sample in samples], LONGEST)
    with halved():
        pooled = network.pooled(ids, mask)
        vectors = network.meant(pooled)
        scores = network.scores(vectors)
    vectors, scores = vectors.float(), scores.float()
    wanted = torch.tensor([sample.wanted for sample in samples])
    weight = torch.tensor([sample.weight for sample in samples])
    each = functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none")
    judged = (each * weight).sum() / len(samples)
    paired = together(vectors, torch.tensor([sample.group for sample in samples]))
    loss = judged + PAIRS * paired
    if subject is not None:
        loss = loss + SUBJECTS * forgotten(network, subject, pooled[::2], (ids[::2], mask[::2]))
    return loss, judged.item()


def forgotten(
    network: Network, subject: Subject, pooled: Tensor, sentences: tuple[Tensor, Tensor]
) -> Tensor:
    """How far sentences have come from what they were about: 0 to 2, a mean."""
    with halved():
        wanted = subject.wanted(*sentences)
    about = network.about(pooled.float())
    return 1.0 - functional.cosine_similarity(about, wanted.float(), dim=-1).mean()


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
