"""What a training sees is drawn by seed alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from coach.meaning.encoder import facts, heads
from coach.training.meaning.batches import Batches
from coach.training.meaning.lines import FOLDER, NEXT, STAGES, cues, read_lines, read_ordinary
from coach.training.meaning.public_sets import Public

_DRAWN = """
import hashlib
from coach.training.meaning.batches import Batches, Public
public = Public(*([f"{kind} {n} said so" for n in range(60)] for kind in Public._fields))
drawn = hashlib.sha256()
for stage in (1, 2, 3):
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


def test_no_stage_sees_the_lines_of_the_next_training() -> None:
    held, seen = read_lines(stage=NEXT), set(read_lines())
    later = [line for line in held if line not in seen]
    assert len(later) > 13_000
    assert {line.writer for line in later}.isdisjoint(line.writer for line in seen)
    assert {line.text.lower() for line in later}.isdisjoint(line.text.lower() for line in seen)
    assert len(read_ordinary(stage=NEXT).near) > len(read_ordinary().near)


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
