"""How far the call has escalated: a word, a position among five, and a colour."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from coach.events import Level
from coach.snapshot import Snapshot
from tui.wording import LEVEL_WORDS

STEPS = len(Level)
NARROWEST_SCALE = 55
"""Columns below which the five words no longer fit and only the reached one is written."""


class LevelStrip(Widget):
    """Two rows: the five words with the reached one standing out, and a bar up to it."""

    def __init__(self) -> None:
        super().__init__(id="level")
        self._level: Level | None = None

    def show(self, snapshot: Snapshot) -> None:
        """Draw the level of this moment."""
        level = snapshot.level if snapshot.started else None
        if level is not self._level:
            self._level = level
            self.refresh()

    def render(self) -> Content:
        """The scale, or its short form where there is no room."""
        if self.size.width >= NARROWEST_SCALE:
            return self._scale()
        return self._short()

    def _scale(self) -> Content:
        cell = self.size.width // STEPS
        words = []
        bars = []
        for step in Level:
            word = LEVEL_WORDS[step]
            if step is self._level:
                text = f"[ {word.upper()} ]" if cell >= len(word) + 4 else word.upper()
                words.append(Content.styled(text.center(cell), self._style(step)))
            else:
                words.append(Content.styled(word.center(cell), "$faint"))
            bars.append(self._bar(cell, reached=self._level is not None and step <= self._level))
        return Content("\n").join([Content("").join(words), Content("").join(bars)])

    def _short(self) -> Content:
        width = self.size.width
        if self._level is None:
            return Content("\n").join(["no level yet", self._bar(width, reached=False)])
        word = Content.styled(f"[ {LEVEL_WORDS[self._level].upper()} ]", self._style(self._level))
        steps = Content.styled(f" {self._level + 1} of {STEPS}", "$quiet")
        done = width * (self._level + 1) // STEPS
        bar = [self._bar(done, reached=True), self._bar(width - done, reached=False)]
        return Content("\n").join([word + steps, Content("").join(bar)])

    def _bar(self, cells: int, *, reached: bool) -> Content:
        if reached and self._level is not None:
            return Content.styled("━" * cells, f"bold {self._colour(self._level)}")
        return Content.styled("┄" * cells, "$faint")

    def _style(self, level: Level) -> str:
        """A calm call has no filled cell: only what needs a look draws the eye."""
        colour = self._colour(level)
        return f"bold {colour}" if level is Level.CALM else f"bold $on-bright on {colour}"

    def _colour(self, level: Level) -> str:
        """Without colour the reached level is the brightest thing in its row."""
        return "$card-text" if self.app.no_color else f"$level-{level.name.lower()}"
