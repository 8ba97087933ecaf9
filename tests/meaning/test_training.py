"""What a training sees is drawn by seed alone."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from coach.meaning.encoder import facts, heads
from coach.training.meaning.batches import Batches
from coach.training.meaning.lines import (
    FOLDER,
    STAGES,
    cues,
    read_lines,
    read_ordinary,
    read_weighed,
    spoken_by_agent,
)
from coach.training.meaning.public_sets import Public

_DRAWN = """
import hashlib
from coach.training.meaning.batches import Batches, Public
public = Public(*([f"{kind} {n} said so" for n in range(60)] for kind in Public._fields))
drawn = hashlib.sha256()
for stage in (1, 2, 3, 4):
    batches = Batches(public, seed=6 + stage, fragments=0.5, stage=stage)
    for _ in range(4):
        for sample in batches.batch(64):
            drawn.update(repr(sample).encode())
        batches.insist_on(batches.background(40))
print(drawn.hexdigest())
"""


def test_every_stage_is_drawn_alike_whatever_the_order_of_sets() -> None:
    drawn = {
        subprocess.run(
            [sys.executable, "-c", _DRAWN],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1


@pytest.mark.parametrize("stage", range(1, STAGES + 1))
def test_no_stage_sees_the_lines_by_which_scores_are_weighed(stage: int) -> None:
    weighed = read_weighed()
    assert len(weighed) > 3_000
    seen = {line.text.lower() for line in read_lines(stage=stage)}
    assert {line.text.lower() for line in weighed}.isdisjoint(seen)
    assert {line.cue for line in weighed} == {cue for cue in cues() if not spoken_by_agent(cue)}


def test_later_stages_see_more() -> None:
    lines = [len(read_lines(stage=stage)) for stage in range(1, STAGES + 1)]
    talk = [sum(map(len, read_ordinary(stage=stage))) for stage in range(1, STAGES + 1)]
    assert lines == sorted(set(lines))
    assert talk == sorted(set(talk))


def test_weighing_moves_the_customers_cues_alone() -> None:
    with np.load(FOLDER.parent / "trained_heads.npz") as first:
        trained = first["weights"]
    weighed = heads().weights[: len(cues()), : facts().meant]
    moved = {
        cue
        for cue, one, other in zip(cues(), trained, weighed, strict=True)
        if not np.array_equal(one, other)
    }
    assert moved == {cue for cue in cues() if not spoken_by_agent(cue)}


@pytest.mark.parametrize("stage", range(1, STAGES + 1))
def test_another_seed_draws_other_samples(stage: int) -> None:
    public = Public(*([f"{kind} {n} said so" for n in range(60)] for kind in Public._fields))
    one, other = (Batches(public, seed=seed, stage=stage).batch(64) for seed in (1, 2))
    assert [sample.text for sample in one] != [sample.text for sample in other]


def test_the_later_cues_stand_behind_those_that_trained() -> None:
    later = tuple(sorted(path.stem for path in (FOLDER.parent / "later").glob("*.tsv")))
    assert facts().cues == (*cues(), *later)
    assert set(facts().curves) == set(facts().cues)
    assert len(heads().weights) == len(heads().bias) == len(facts().cues)
