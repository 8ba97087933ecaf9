"""The keys that answer a card, as small chips; a row breaks between two keys, never inside."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from coach.snapshot import Card
from tui.wording import stays

GAP = 2
"""Columns between two keys."""


def card_keys(card: Card) -> list[tuple[str, str]]:
    """The keys that answer this card, with their words."""
    keys = [("a", "acknowledge")] if stays(card) else [("u", "used"), ("d", "dismiss")]
    if card.wordings > 1:
        keys.append(("n", "next wording"))
    keys += [("y", "why"), ("w", "wrong")]
    if not stays(card):
        keys.append(("m", "hide this kind"))
    return keys


class Answers(Widget):
    """One row of keys, or as many as are needed."""

    DEFAULT_CSS = "Answers { height: auto; }"

    def __init__(self) -> None:
        super().__init__(id="card-keys")
        self._card: Card | None = None

    def show_card(self, card: Card) -> None:
        """Name the keys for this card."""
        self._card = card
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the keys need at this width."""
        del container, viewport
        return len(self._rows_at(width))

    def render(self) -> Content:
        """The rows."""
        rows = [Content(" " * GAP).join(row) for row in self._rows_at(self.size.width)]
        return Content("\n").join(rows)

    def _rows_at(self, width: int) -> list[list[Content]]:
        if self._card is None:
            return []
        rows: list[list[Content]] = [[]]
        used = 0
        for key, word in card_keys(self._card):
            chip = Content.assemble((f" {key} ", "bold $on-bright on $quiet"), f" {word}")
            if rows[-1] and used + chip.cell_length > width:
                rows.append([])
                used = 0
            rows[-1].append(chip)
            used += chip.cell_length + GAP
        return rows
