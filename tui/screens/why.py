"""Why the card is there and why the level is what it is: all evidence, with times and words."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from coach.events import Evidence
from coach.events.lengths import clock
from coach.snapshot import Card, Snapshot
from tui.wording import LEVEL_WORDS, became, figure, past_words, reason

from .sheet import Sheet


class WhyScreen(Sheet):
    """The evidence of the card, which it follows: the one that comes, or the last one shown."""

    heading = "Why"
    names_card = False

    def __init__(self, snapshot: Snapshot, last: Card | None) -> None:
        """``last`` is the card shown last, for when none is there."""
        super().__init__()
        self._snapshot = snapshot
        self._card = snapshot.card or last

    def follow(self, snapshot: Snapshot) -> None:
        """Show the card of this moment; one that has left stays until another comes."""
        super().follow(snapshot)
        before, self._snapshot = self._card, snapshot
        self._card = snapshot.card or before
        another = self._card is not None and (before is None or before.card != self._card.card)
        if self.is_mounted:
            self.redraw(from_top=another)

    def paragraphs(self) -> Iterable[Content]:
        """The card's reasons, then the level's, then the cards before."""
        snapshot = self._snapshot
        yield from self._of_card()
        yield Content("")
        yield Content.styled(f"Level: {LEVEL_WORDS[snapshot.level]}", "bold")
        yield Content.styled(f"since {clock(snapshot.level_since)}", "$quiet")
        yield from _evidence(snapshot.level_because)
        if snapshot.history:
            yield Content("")
            yield Content.styled("Earlier cards", "bold")
            for past in reversed(snapshot.history[-6:]):
                yield Content(f"  {past_words(past)}")

    def _of_card(self) -> Iterable[Content]:
        card = self._card
        if card is None or card.raised > self._snapshot.at:
            yield Content("No card has come so far.")
            return
        yield Content.styled(card.title, "bold")
        shown = f"rule {card.rule}, shown at {clock(card.raised)}"
        left = next((p for p in self._snapshot.history if p.card == card.card), None)
        if left is not None:
            shown += f", left at {clock(left.cleared)}: {became(left)}"
        yield Content.styled(shown, "$quiet")
        yield from _evidence(card.because)


def _evidence(because: tuple[Evidence, ...]) -> Iterable[Content]:
    if not because:
        yield Content("  no particular evidence")
    for evidence in because:
        measured = "" if evidence.meaning else figure(evidence)
        words = reason(evidence, at_length=True)
        scale = " on a scale from -5 to +5" if evidence.note.startswith("mood") else ""
        extra = f"  measured {measured}{scale}" if measured and measured not in words else ""
        named = f"  [{evidence.rule}]" if evidence.rule else ""
        yield Content.assemble(f"  • {words}", (f"{extra}{named}", "$quiet"))
