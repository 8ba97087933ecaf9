"""What the meaning of words takes of a live call's memory, piece by piece, in MB.

    PYTHONPATH=. python tests/meaning_memory.py

What is loaded before, and so does not count, a live call needs for its sound in any case: numpy,
onnxruntime with the speech detector, and the tokenizers that faster-whisper brings. Linux only.
"""

from __future__ import annotations

import gc
import itertools
from pathlib import Path

import numpy as np
import tokenizers

import coach.cli
from audio.detection.vad import VadModel
from coach.events import Channel
from coach.meaning.encoder import encoder
from coach.meaning.listening import MeaningListener
from rules.books.loader import load_book

ROLLUP = Path("/proc/self/smaps_rollup")
KINDS = ("Rss", "Pss", "Private_Dirty")
LONGEST = 40
"""Words of the longest utterance that is judged."""
HEARD = (coach.cli, tokenizers)
"""Of a live call; imported for what they take."""

Memory = tuple[float, ...]


def memory() -> Memory:
    """MB of this process, by ``KINDS``."""
    gc.collect()
    told = (line.split() for line in ROLLUP.read_text("ascii").splitlines())
    sizes = {words[0].rstrip(":"): words[1] for words in told}
    return tuple(int(sizes[kind]) * 1024 / 1e6 for kind in KINDS)


def pieces() -> dict[str, Memory]:
    """What each piece adds, in the order in which a live call loads them; all of them at last."""
    book = load_book()
    detector = VadModel()
    square = np.ones((384, 384), np.float32)
    assert (square @ square).any()  # the matrix library takes its own the first time
    taken = {"before": memory()}
    model = encoder()
    taken["network, word pieces, tokenizer"] = memory()
    listener = MeaningListener(book, model)
    taken["sentences of the rules"] = memory()
    line = "and I have been waiting for forty minutes and nobody ever called me back about it"
    words = list(itertools.islice(itertools.cycle(line.split()), 2 * LONGEST))
    for count in range(1, LONGEST + 1):
        listener.clauses(Channel.CUSTOMER, " ".join(words[count : 2 * count]))
    taken["clauses of every length"] = memory()
    del detector
    steps = itertools.pairwise(taken.values())
    added = [tuple(b - a for a, b in zip(*step, strict=True)) for step in steps]
    whole = tuple(map(sum, zip(*added, strict=True)))
    return {**dict(zip(list(taken)[1:], added, strict=True)), "all": whole}


if __name__ == "__main__":
    print(f"{'MB':34}" + "".join(f"{kind:>15}" for kind in KINDS))
    for name, sizes in pieces().items():
        print(f"{name:34}" + "".join(f"{size:15.1f}" for size in sizes))
