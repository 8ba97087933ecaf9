"""Which card the agent meant: the one that was seen when the key was pressed.

A card can come or go in the moment between a decision and the key. Nobody reads a card and
answers it within ``REACTION``, so a key pressed sooner after a change is meant for what stood
there before it.
"""

from __future__ import annotations

from collections.abc import Callable

from coach.snapshot import Card

REACTION = 0.3
"""Seconds; the quickest answer to something that merely appears takes about 0.25."""


class SeenCard:
    """Follows the place of the card; ``clock`` is in seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._changed = float("-inf")
        self._before: Card | None = None
        self._shown: Card | None = None
        self.last: Card | None = None
        """The card shown last, which may have left."""

    @property
    def shown(self) -> Card | None:
        """The card on the screen."""
        return self._shown

    @property
    def meant(self) -> Card | None:
        """The card that a key pressed now is meant for; it may have left just now."""
        if self._clock() - self._changed < REACTION:
            return self._before
        return self._shown

    def show(self, card: Card | None) -> None:
        """Take what now stands in the place of the card; other words are no other card."""
        if _name(card) != _name(self._shown):
            self._before, self._changed = self._shown, self._clock()
        self._shown = card
        self.last = card or self.last


def _name(card: Card | None) -> str | None:
    return card.card if card is not None else None
