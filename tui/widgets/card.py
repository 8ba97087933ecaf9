"""The one card: what to do, the words to say, why it came, and the keys that answer it.

It is the first thing a glance falls on: the largest block, the only filled band in a quiet
call. Its texts wrap and are never cut. Without a card the same place says, calmly, what Coach
is listening to.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from coach.driver import Progress
from coach.snapshot import Card, PastCard, Snapshot
from tui.wording import CARD_HEADINGS, best_reasons, clock, needs_acknowledging

REASONS = 2
"""Reasons on the card; `y` shows all."""
BAR = 24
"""Columns of the progress bar."""


def card_keys(card: Card) -> list[tuple[str, str]]:
    """The keys that answer this card, with their words."""
    keys = [("a", "acknowledge")] if needs_acknowledging(card) else [("u", "used")]
    if not needs_acknowledging(card):
        keys.append(("d", "dismiss"))
    if card.wordings > 1:
        keys.append(("n", "other words"))
    keys += [("y", "why"), ("w", "wrong"), ("m", "mute rule")]
    return keys


def keys_line(keys: list[tuple[str, str]]) -> Content:
    """Keys and their words on one line that may wrap between two keys, not inside one."""
    parts = [
        Content.assemble((f" {key} ", "bold $on-bright on $quiet"), f"\N{NO-BREAK SPACE}{word}")
        for key, word in keys
    ]
    return Content("  ").join(parts)


class CardPane(VerticalScroll):
    """The place of the card."""

    can_focus = False

    def __init__(self) -> None:
        super().__init__(id="card")
        self._snapshot: Snapshot | None = None
        self._progress: Progress | None = None
        self._over = ""
        self._do = Static(id="card-do")
        self._say = Static(id="card-say")
        self._why = Static(id="card-why")
        self._keys = Static(id="card-keys")
        self._rest = Static(id="card-rest")

    def compose(self) -> ComposeResult:
        """The parts from top to bottom; empty ones take no room."""
        yield self._do
        yield self._say
        yield self._why
        yield self._keys
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

    def show_progress(self, progress: Progress | None) -> None:
        """Say how far the model has come; None once it is there."""
        self._progress = None if progress is None or progress.done == 1 else progress
        self._draw()

    def show_over(self, words: str) -> None:
        """The call is over."""
        self._over = words
        self._draw()

    def _draw(self) -> None:
        card = self._snapshot.card if self._snapshot else None
        for part in (self._do, self._say, self._why, self._keys):
            part.display = card is not None
        self._rest.display = card is None
        for name in ("safety", "threat", "conduct", "escalation", "coaching"):
            self.set_class(card is not None and card.track.value == name, f"-{name}")
        self.set_class(card is None, "-rest")
        if card is None:
            self.border_title = ""
            self.border_subtitle = ""
            self._rest.update(Content("\n").join(self._rest_lines()))
            return
        self._draw_card(card)

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
        self._say.update(Content(f"“{card.say}”" if card.say else ""))
        reasons = best_reasons(card.because, REASONS)
        lines = [Content.assemble(("why  ", "bold"), card.title)]
        lines += [Content(text) for text in reasons]
        self._why.update(Content("\n").join(lines))
        self._keys.update(keys_line(card_keys(card)))

    def _rest_lines(self) -> Iterator[Content]:
        snapshot = self._snapshot
        if self._over:
            yield Content.styled(self._over, "bold")
        elif self._progress is not None:
            yield Content.styled("Getting ready", "bold")
            yield _progress_line(self._progress)
            yield Content.styled("Coaching begins by itself when this is done.", "$quiet")
            return
        elif snapshot is None or not snapshot.started:
            yield Content.styled("Waiting for the call", "bold")
            yield Content.styled("Coaching begins with the first sound.", "$quiet")
            return
        else:
            yield from _listening(snapshot)
        if snapshot is not None and snapshot.history:
            yield Content.styled(_last_card(snapshot.history[-1]), "$quiet")


def _drawn_from(snapshot: Snapshot) -> tuple[object, ...]:
    """The parts of a snapshot that the pane draws."""
    return (
        snapshot.card,
        snapshot.started,
        snapshot.ended,
        snapshot.paused,
        snapshot.calm_mode,
        snapshot.snoozed_until,
        snapshot.history[-1:],
    )


def _listening(snapshot: Snapshot) -> Iterator[Content]:
    if snapshot.paused:
        yield Content.styled("Paused", "bold")
        yield Content.styled("Nothing is heard or written until you press p.", "$quiet")
    elif snapshot.calm_mode:
        yield Content.styled("Calm mode", "bold")
        yield Content.styled("Only safety and threats are shown. c turns it off.", "$quiet")
    elif snapshot.snoozed_until is not None and snapshot.snoozed_until > snapshot.at:
        yield Content.styled(f"Snoozed until {clock(snapshot.snoozed_until)}", "bold")
        yield Content.styled("Safety and threats are still shown.", "$quiet")
    else:
        yield Content.styled("Listening", "bold")
        yield Content.styled(
            "to the customer's words and voice, and to your own. "
            "A card appears here when something would help.",
            "$quiet",
        )


def _last_card(past: PastCard) -> str:
    return f"last  {clock(past.raised)} {past.title} · {past.reason.replace('_', ' ')}"


def _progress_line(progress: Progress) -> Content:
    if progress.done is None:
        return Content(f"{progress.label} …")
    filled = round(BAR * progress.done)
    return Content.assemble(
        ("█" * filled, "$agent"),
        ("░" * (BAR - filled), "$faint"),
        f" {progress.done:4.0%}  {progress.label}",
    )
