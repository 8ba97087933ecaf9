"""Why the card is there and why the level is what it is: all evidence, with times and words."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from coach.events import Evidence
from coach.snapshot import Snapshot
from tui.wording import LEVEL_WORDS, clock, figure, reason

from .sheet import Sheet


class WhyScreen(Sheet):
    """The evidence of one moment; it does not change while it is read."""

    heading = "Why"

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot

    def paragraphs(self) -> Iterable[Content]:
        """The card's reasons, then the level's, then the cards before."""
        snapshot = self._snapshot
        card = snapshot.card
        if card is None:
            yield Content("There is no card.")
        else:
            yield Content.styled(card.title, "bold")
            yield Content.styled(f"rule {card.rule}, shown at {clock(card.raised)}", "$quiet")
            yield from _evidence(card.because)
        yield Content("")
        yield Content.styled(f"Level: {LEVEL_WORDS[snapshot.level]}", "bold")
        yield Content.styled(f"since {clock(snapshot.level_since)}", "$quiet")
        yield from _evidence(snapshot.level_because)
        if snapshot.history:
            yield Content("")
            yield Content.styled("Earlier cards", "bold")
            for past in reversed(snapshot.history[-6:]):
                yield Content(
                    f"  {clock(past.raised):>5}  {past.title} · {past.reason.replace('_', ' ')}"
                )


def _evidence(because: tuple[Evidence, ...]) -> Iterable[Content]:
    if not because:
        yield Content("  no particular evidence")
    for evidence in because:
        measured = figure(evidence)
        words = reason(evidence)
        extra = f"  measured {measured}" if measured and measured not in words else ""
        named = f"  [{evidence.rule}]" if evidence.rule else ""
        yield Content.assemble(f"  • {words}", (f"{extra}{named}", "$quiet"))
