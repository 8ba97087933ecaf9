"""The one card: what to do, the words to say, why it came, and the keys that answer it.

It is the first thing a glance falls on: the largest block and the only broad filled band. Its
texts wrap and are never cut: where rows are short, air goes first, then reasons after the first,
and only then does the card scroll.
"""

from __future__ import annotations

import enum

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from coach.driver import Progress
from coach.snapshot import Card, Snapshot
from tui.wording import CARD_HEADINGS, best_reasons, stays

from .answers import Answers
from .rest import rest_lines

REASONS = 2
"""Reasons on the card; `y` shows all."""


class Air(enum.Enum):
    """How the card is spread, from the airiest; each leaves the transcript so many rows."""

    ROOMY = 12
    PLAIN = 3
    TIGHT = 0
    BARE = -1
    """Only the first reason; what still does not fit is scrolled to."""

    @property
    def rows_left(self) -> int:
        """Rows that must remain below the card."""
        return self.value


class CardPane(VerticalScroll, can_focus=False):
    """The place of the card."""

    def __init__(self, *, live: bool) -> None:
        super().__init__(id="card", classes="-rest")
        self._live = live
        self._snapshot: Snapshot | None = None
        self._progress: Progress | None = None
        self._stopped = False
        self._others = ""
        self._place = Size(0, 0)
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
            self._others = ""
            self.border_title = self.border_subtitle = ""
            lines = rest_lines(
                self._snapshot, self._progress, live=self._live, stopped=self._stopped
            )
            self._rest.update(Content("\n").join(lines))
        self.scroll_home(animate=False)

    def _draw_card(self, card: Card) -> None:
        self.border_title = CARD_HEADINGS[card.track]
        if stays(card):
            self.border_subtitle = "stays until you press a"
        elif card.wordings > 1:
            self.border_subtitle = f"wording {card.wording} of {card.wordings}"
        else:
            self.border_subtitle = ""
        self._do.update(Content(card.do))
        self._say.display = bool(card.say)
        self._say.update(Content.assemble(("say  ", "$quiet"), f"“{card.say}”"))
        first, *others = best_reasons(card.because, REASONS) or ("",)
        because = Content.styled(f"\n{first}" if first else "", "$foreground")
        self._why.update(Content.assemble(("why  ", "bold"), card.title, because))
        self._others = "\n".join(others)
        self._more.update(Content(self._others))
        self._answers.show_card(card)
        self.fit(self._place)

    # --- fitting -------------------------------------------------------------------------

    def fit(self, place: Size) -> None:
        """Spread the card or squeeze it for the place it shares with the transcript."""
        self._place = place
        for air in Air:
            self._breathe(air)
            if self._height() + air.rows_left <= place.height:
                break

    def _breathe(self, air: Air) -> None:
        band, gap = (1 if air is Air.ROOMY else 0), (1 if air in {Air.ROOMY, Air.PLAIN} else 0)
        self._do.styles.padding = (band, 1)
        self._say.styles.margin = (gap, 0)
        self._answers.styles.margin = (gap, 0, 0, 0)
        self._more.display = bool(self._others) and air is not Air.BARE

    def _height(self) -> int:
        """Rows the parts need at the width of the place."""
        room = self._place.width - self.styles.gutter.width
        rows = self.styles.gutter.height
        for part in (self._do, self._say, self._why, self._more, self._answers):
            if part.display:
                width = max(1, room - part.styles.gutter.width)
                rows += part.get_content_height(self._place, self._place, width)
                rows += part.styles.gutter.height + part.styles.margin.height
        return rows


def _drawn_from(snapshot: Snapshot) -> tuple[object, ...]:
    """The parts of a snapshot that the pane draws."""
    snoozed = snapshot.snoozed_until
    return (
        snapshot.card,
        snapshot.started,
        snapshot.ended,
        snapshot.begins_on_sound,
        snapshot.paused,
        snapshot.calm_mode,
        snoozed is not None and snoozed > snapshot.at and snoozed,
        snapshot.history[-1:],
        bool(snapshot.trouble),
        tuple(health.channel for health in snapshot.health),
    )
