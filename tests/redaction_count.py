"""Counts what is masked of the lines in `redaction`, by kind."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from coach.calls.redaction.finder import Finder
from coach.calls.redaction.kinds import MaskedKind
from coach.events import Channel

FOLDER = Path(__file__).parent / "redaction"
_MARKED = re.compile(r"<(\w+):([^>]*)>")
KINDS = {
    "card": MaskedKind.CARD,
    "bank": MaskedKind.BANK,
    "id": MaskedKind.ID,
    "email": MaskedKind.EMAIL,
    "phone": MaskedKind.PHONE,
    "birth": MaskedKind.BIRTH,
    "code": MaskedKind.CODE,
    "expiry": MaskedKind.EXPIRY,
    "name": MaskedKind.NAME,
    "address": MaskedKind.ADDRESS,
}
TURN = 3.0
"""Seconds between two turns."""


class Span(NamedTuple):
    """What a line says must be masked."""

    kind: MaskedKind
    first: int
    last: int


class Counts(NamedTuple):
    """Of each kind."""

    wanted: Counter[MaskedKind]
    found: Counter[MaskedKind]
    """Wanted ones of which every word is masked, as whatever kind."""
    made: Counter[MaskedKind]
    right: Counter[MaskedKind]
    """Masks on something that must be masked, whatever its kind."""
    wrong_lines: list[str]


def turns_of(line: str) -> Iterator[tuple[Channel, str, list[Span]]]:
    """The turns of a line, their text and what must be masked in it."""
    for turn in line.split(" | "):
        channel = Channel.AGENT if turn.startswith("A: ") else Channel.CUSTOMER
        marked = turn.removeprefix("A: ").removeprefix("C: ")
        text, spans, place = "", [], 0
        for match in _MARKED.finditer(marked):
            text += marked[place : match.start()]
            first = text.count(" ")
            text += match[2]
            spans.append(Span(KINDS[match[1]], first, text.count(" ")))
            place = match.end()
        yield channel, text + marked[place:], spans


def lines_of(name: str) -> list[str]:
    """The lines of a file without its remarks."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def count(part: str) -> Counts:
    """Count a part of the set."""
    return count_lines([*lines_of(f"must_{part}"), *lines_of(f"must_not_{part}")])


def count_lines(lines: Iterable[str]) -> Counts:
    """Count lines; a card number over several turns is one, masked in all of them."""
    counts = Counts(Counter(), Counter(), Counter(), Counter(), [])
    for line in lines:
        finder = Finder()
        whole_card: bool | None = None
        fine = True
        for number, (channel, text, spans) in enumerate(turns_of(line), 1):
            marks = finder.final(channel, text, number * TURN)
            covered = {n for m in marks for n in range(m.first, m.last + 1)}
            for span in spans:
                masked = covered.issuperset(range(span.first, span.last + 1))
                fine &= masked
                if span.kind is MaskedKind.CARD:
                    whole_card = masked and whole_card is not False
                else:
                    counts.wanted[span.kind] += 1
                    counts.found[span.kind] += masked
            for mark in marks:
                right = any(s.first <= mark.last and mark.first <= s.last for s in spans)
                fine &= right
                counts.made[mark.kind] += 1
                counts.right[mark.kind] += right
        if whole_card is not None:
            counts.wanted[MaskedKind.CARD] += 1
            counts.found[MaskedKind.CARD] += whole_card
        if not fine:
            counts.wrong_lines.append(line)
    return counts


def table(counts: Counts) -> str:
    """Recall and precision of each kind."""
    rows = []
    for kind in MaskedKind:
        wanted, made = counts.wanted[kind], counts.made[kind]
        if wanted or made:
            recall = f"{counts.found[kind]}/{wanted}" if wanted else "-"
            rows.append(f"{kind:14} recall {recall:>8}  precision {counts.right[kind]}/{made}")
    return "\n".join(rows)


if __name__ == "__main__":
    for half in ("tuned", "aside", "recognised", "spoken", "cards", "further", "forms", "unseen"):
        print(f"{half}\n{table(count(half))}")
        if "--wrong" in sys.argv:
            print("\n".join(count(half).wrong_lines))
