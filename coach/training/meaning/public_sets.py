"""Public sets that may train (see the model card), read from the folder that holds them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import NamedTuple


class Public(NamedTuple):
    """Lines of public sets, by what is known of them."""

    multidogo: list[str]
    """Customers of many trades."""
    natcs: list[str]
    """Customers, with an intent each."""
    neutral: list[str]
    """Comments without anger or grief."""
    thanks: list[str]
    abuse: list[str]
    no_abuse: list[str]


def read_public(folder: Path) -> Public:
    """MultiDoGO, NATCS, GoEmotions and ConvAbuse from the folder of public sets."""
    multidogo, thanks = _multidogo(folder)
    neutral, gratitude = _goemotions(folder)
    abuse, no_abuse = _convabuse(folder)
    return Public(multidogo, _natcs(folder), neutral, thanks + gratitude, abuse, no_abuse)


def _multidogo(folder: Path) -> tuple[list[str], list[str]]:
    """Turns with an intent, and thanks."""
    turns: list[str] = []
    thanks: list[str] = []
    for path in sorted(folder.glob("multidogo/*/train.tsv")):
        for row in _rows(path):
            text, intent = row["utterance"] or "", row["intent"] or ""
            if intent == "thankyou":
                thanks.append(text)
            elif intent and "thankyou" not in intent and len(text.split()) > 2:
                turns.append(text)
    return turns, thanks


def _natcs(folder: Path) -> list[str]:
    with (folder / "natcs/test-utterances.jsonl").open(encoding="utf-8") as file:
        return [json.loads(row)["utterance"] for row in file]


def _goemotions(folder: Path) -> tuple[list[str], list[str]]:
    """Comments without the feelings that cues are about, and thanks."""
    labels = (folder / "goemotions/labels.txt").read_text("utf-8").split()
    neutral: list[str] = []
    thanks: list[str] = []
    for comment in (folder / "goemotions/train.tsv").read_text("utf-8").split("\n"):
        text, _, rest = comment.partition("\t")
        named = [labels[int(number)] for number in rest.split("\t")[0].split(",") if number]
        if named == ["gratitude"]:
            thanks.append(text)
        elif not {"gratitude", "anger", "annoyance", "grief"} & set(named):
            neutral.append(text)
    return neutral, thanks


def _convabuse(folder: Path) -> tuple[list[str], list[str]]:
    """What most call abuse, and what they do not."""
    abuse: list[str] = []
    no_abuse: list[str] = []
    for row in _rows(folder / "convabuse_train.dev.tsv"):
        severity, text = float(row["mean_severity(1..-3)"]), row["user"] or ""
        if row["abusive_majority"] == "1" and severity <= -1.5:
            abuse.append(text)
        elif row["abusive_majority"] == "0" and severity >= 0.5:
            no_abuse.append(text)
    return abuse, no_abuse


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
