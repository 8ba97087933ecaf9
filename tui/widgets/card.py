"""The one card: what to do, the words to say, why it came, and the keys that answer it.

It is the first thing a glance falls on: the largest block and the only broad filled band. Its
texts wrap and are never cut: where rows are short, air goes first, then reasons after the first,
and only then does the card scroll.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from coach.driver import Progress
from coach.snapshot import Card, Snapshot
from tui.wording import CARD_HEADINGS, best_reasons, needs_acknowledging

from .answers import Answers
from .rest import rest_lines

REASONS = 2
"""Reasons on the card; `y` shows all."""


class CardPane(VerticalScroll, can_focus=False):
    """The place of the card."""

    SQUEEZES: ClassVar[tuple[str, ...]] = ("-tight", "-tightest")
    """Classes put on one after the other while the card does not fit its rows."""

    def __init__(self, *, live: bool) -> None:
        super().__init__(id="card")
        self._live = live
        self._snapshot: Snapshot | None = None
        self._progress: Progress | None = None
        self._stopped = False
        self._do = Static(id="card-do")
        self._say = Static(id="card-say")
        self._why = Static(id="card-why")
        self._more = Static(id="card-more")
        self._answers = Answers()
        self._rest = Static(id="card-rest")

    def compose(self) -> ComposeResult:
        """The parts from top to bottom; empty ones take no room."""
        yield self._do
        yield self._say
        yield self._why
        yield self._more
        yield self._answers
        yield self._rest

    def on_mount(self) -> None:
        """Say what is awaited before anything has arrived."""
        self._draw()

    def on_resize(self) -> None:
        """Give the air back and see anew what fits."""
        self._fit_anew()

    def show(self, snapshot: Snapshot) -> None:
        """Show the card of this moment, or the rest state."""
        before = self._snapshot
        self._snapshot = snapshot
        if before is None or _drawn_from(before) != _drawn_from(snapshot):
            self._draw()

    def show_progress(self, progress: Progress) -> None:
        """Say how far the model has come."""
        self._progress = None if progress.done == 1 else progress
        self._draw()

    def show_stopped(self) -> None:
        """Coach has stopped; nothing more is awaited."""
        self._stopped = True
        self._draw()

    def _draw(self) -> None:
        card = self._snapshot.card if self._snapshot and not self._stopped else None
        for part in (self._do, self._say, self._why, self._more, self._answers):
            part.display = card is not None
        self._rest.display = card is None
        for track in CARD_HEADINGS:
            self.set_class(card is not None and card.track is track, f"-{track.value}")
        self.set_class(card is None, "-rest")
        if card is not None:
            self._draw_card(card)
        else:
            self.border_title = self.border_subtitle = ""
            lines = rest_lines(
                self._snapshot, self._progress, live=self._live, stopped=self._stopped
            )
            self._rest.update(Content("\n").join(lines))
        self._fit_anew()

    def _draw_card(self, card: Card) -> None:
        self.border_title = CARD_HEADINGS[card.track]
        if needs_acknowledging(card):
            self.border_subtitle = "stays until you press a"
        elif card.wordings > 1:
            self.border_subtitle = f"words {card.wording} of {card.wordings}"
        else:
            self.border_subtitle = ""
        self._do.update(Content(card.do))
        self._say.display = bool(card.say)
        self._say.update(Content(f"“{card.say}”"))
        first, *others = best_reasons(card.because, REASONS) or ("",)
        because = Content.styled(f"\n{first}" if first else "", "$foreground")
        self._why.update(Content.assemble(("why  ", "bold"), card.title, because))
        self._more.display = bool(others)
        self._more.update(Content("\n".join(others)))
        self._answers.show_card(card)

    # --- fitting -------------------------------------------------------------------------

    def _fit_anew(self) -> None:
        for squeeze in self.SQUEEZES:
            self.remove_class(squeeze)
        self.scroll_home(animate=False)
        self.call_after_refresh(self._squeeze)

    def _squeeze(self) -> None:
        """Take away a little more while the card is higher than its place."""
        if self.max_scroll_y <= 0:
            return
        for squeeze in self.SQUEEZES:
            if not self.has_class(squeeze):
                self.add_class(squeeze)
                self.call_after_refresh(self._squeeze)
                return


def _drawn_from(snapshot: Snapshot) -> tuple[object, ...]:
    """The parts of a snapshot that the pane draws."""
    snoozed = snapshot.snoozed_until
    return (
        snapshot.card,
        snapshot.started,
        snapshot.ended,
        snapshot.paused,
        snapshot.calm_mode,
        snoozed is not None and snoozed > snapshot.at and snoozed,
        snapshot.history[-1:],
        bool(snapshot.trouble),
        tuple(health.channel for health in snapshot.health),
    )
