"""Tells which phrases of the pack the meaning of their words already finds, and what is left.

    PYTHONPATH=. python tests/meaning_cover.py [--all]

Of each phrase and wording beside a trained cue, sixteen ways of saying it are made up: one
alternative of every bracket, gaps mostly empty, contractions in more than half of the places. It is
covered where all but one in twenty come as near as the rule asks for. Meaning then needs no help.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from coach.events import Channel
from coach.meaning.listening import MeaningListener
from rules.books.loader import load_book
from rules.definition.conditions import Meaning, Phrase, Speaker, Wording, leaves
from rules.definition.rule import Rule

WAYS = 16
COVERED = 0.95
ABSENT = 0.5
"""How often a part in square brackets is left out."""
CONTRACTED = 0.6
GAP = ("really", "just")
GAP_FILLED = 0.4
CONTRACTIONS = {
    "can not": "can't", "do not": "don't", "does not": "doesn't", "did not": "didn't",
    "will not": "won't", "would not": "wouldn't", "is not": "isn't", "i am": "i'm",
    "i have": "i've", "i will": "i'll", "you are": "you're", "it is": "it's", "that is": "that's",
    "what is": "what's",
}  # fmt: skip


class Cover(NamedTuple):
    """One pattern, and the share of its ways that meaning alone finds."""

    rule: str
    kind: str
    pattern: str
    share: float


def ways(pattern: str, count: int) -> list[str]:
    """Up to ``count`` different sentences that an expanded pattern finds; always the same."""
    rng = random.Random(pattern)  # noqa: S311 - chance that is the same in every run
    pieces = re.findall(r"[()\[\]|]|[^\s()\[\]|]+", pattern)
    return sorted({_contracted(_way(iter([*pieces, ")"]), rng)[0], rng) for _ in range(count)})


def _way(pieces: Iterator[str], rng: random.Random) -> tuple[str, bool]:
    """One alternative up to the closing bracket, and whether that was a square one."""
    alternatives: list[list[str]] = [[]]
    for piece in pieces:
        if piece in ")]":
            return " ".join(filter(None, rng.choice(alternatives))), piece == "]"
        if piece in "([":
            said, optional = _way(pieces, rng)
            alternatives[-1].append("" if optional and rng.random() < ABSENT else said)
        elif piece == "|":
            alternatives.append([])
        else:
            alternatives[-1].append(_said(piece, rng))
    raise ValueError(f"a bracket is open at the end: {alternatives}")


def _said(piece: str, rng: random.Random) -> str:
    if piece in "^$":
        return ""
    if piece.startswith("<"):
        return rng.choice(GAP) if rng.random() < GAP_FILLED else ""
    return {"_": "thing", "#": "three"}.get(piece, piece.removesuffix("*"))


def _contracted(text: str, rng: random.Random) -> str:
    for full, short in CONTRACTIONS.items():
        if rng.random() < CONTRACTED:
            text = re.sub(rf"\b{full}\b", short, text)
    return text


def covers() -> Iterator[Cover]:
    """Every phrase and wording of the shipped rules that stands beside a trained cue."""
    book = load_book()
    listener = MeaningListener(book)
    for rule in book.active():
        trained = [m for m in leaves(rule.when) if isinstance(m, Meaning) and m.trained]
        if not trained:
            continue
        for leaf in leaves(rule.when):
            if isinstance(leaf, Phrase):
                kind = "wording" if isinstance(leaf, Wording) else "phrase"
                for pattern in leaf.any:
                    said = ways(pattern, WAYS)
                    near = [_is_near(listener, rule, trained, text) for text in said]
                    yield Cover(rule.id, kind, pattern, sum(near) / len(near))


def _is_near(listener: MeaningListener, rule: Rule, trained: list[Meaning], text: str) -> bool:
    channel = Channel.AGENT if rule.speaker is Speaker.AGENT else Channel.CUSTOMER
    asked = {meaning.key: meaning.sensitivity for meaning in trained}
    return any(
        score.rate <= asked.get(score.key, -1.0)
        for clause in listener.clauses(channel, text)
        for score in clause.scores
    )


def main() -> None:
    """Print what is covered, and how many kilobytes of patterns there are."""
    found = list(covers())
    for one in sorted(found, key=lambda cover: -cover.share):
        if one.share >= COVERED or "--all" in sys.argv:
            print(f"{one.share:5.2f} {one.rule:28} {one.kind:8} {one.pattern[:90]}")
    for kind in ("phrase", "wording"):
        of = [one for one in found if one.kind == kind]
        size = sum(len(one.pattern) for one in of) / 1000
        covered = sum(one.share >= COVERED for one in of)
        print(f"{kind}: {len(of)} of {size:.1f} kB with lists filled in, {covered} covered")


if __name__ == "__main__":
    main()
