"""Readers of the public sets that the distress model learns from.

Only sets whose licence allows it are read: GoEmotions (Apache-2.0), ConvAbuse (CC BY 4.0),
MultiDoGO (CDLA-Permissive-1.0) and NatCS (CDLA-Permissive-2.0). A folder holds
``goemotions/train.tsv`` with ``labels.txt``, ``convabuse_train.dev.tsv``,
``multidogo/DOMAIN/{train,test}.tsv`` and ``natcs/test-utterances.jsonl``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec

from coach.errors import InputError

from .phrases import TrainingSentence

UNHAPPY = frozenset(
    {
        "anger",
        "annoyance",
        "disappointment",
        "disapproval",
        "disgust",
        "embarrassment",
        "fear",
        "grief",
        "nervousness",
        "sadness",
    }
)
"""Labels of GoEmotions that count as distress; a text with several labels counts by share."""

UNDECIDED = frozenset({"confusion"})
"""Neither one nor the other: texts with this label and no unhappy one are left out."""

_NEUTRAL = 27


class Corpora(msgspec.Struct, frozen=True, kw_only=True):
    """All training sentences by origin."""

    goemotions: list[TrainingSentence]
    convabuse: list[TrainingSentence]
    multidogo: list[TrainingSentence]
    natcs: list[TrainingSentence]
    calm: list[TrainingSentence]
    """MultiDoGO's test part: trains nothing, sets where 0.5 lies."""


def read_corpora(folder: Path) -> Corpora:
    """Read every set; InputError names the file that is missing."""
    return Corpora(
        goemotions=list(goemotions(folder / "goemotions")),
        convabuse=[
            TrainingSentence(text=row["user"], target=float(row["abusive_majority"]))
            for row in _rows(folder / "convabuse_train.dev.tsv")
        ],
        multidogo=_multidogo(folder / "multidogo", "train.tsv"),
        natcs=[
            TrainingSentence(text=msgspec.json.decode(line)["utterance"], target=0.0)
            for line in _lines(folder / "natcs" / "test-utterances.jsonl")
        ],
        calm=_multidogo(folder / "multidogo", "test.tsv"),
    )


def goemotions(folder: Path) -> Iterator[TrainingSentence]:
    """The comments of ``train.tsv``, each with the share of its labels that are distress."""
    names = " ".join(_lines(folder / "labels.txt")).split()
    for line in _lines(folder / "train.tsv"):
        text, numbers, _ = line.split("\t")
        labels = {
            "neutral" if int(number) >= _NEUTRAL else names[int(number)]
            for number in numbers.split(",")
        }
        share = len(labels & UNHAPPY) / len(labels)
        if share or not labels & UNDECIDED:
            yield TrainingSentence(text=text, target=share)


def _multidogo(folder: Path, part: str) -> list[TrainingSentence]:
    texts = {
        row["utterance"]: None
        for domain in ("airline", "fastfood", "media")
        for row in _rows(folder / domain / part)
        if row["utterance"]
    }
    return [TrainingSentence(text=text, target=0.0) for text in texts]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}.", "See coach/training/distress/corpora.py."
        ) from error
