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
        self._level = Level.CALM

    def show(self, snapshot: Snapshot) -> None:
        """Draw the level of this moment."""
        if snapshot.level is not self._level:
            self._level = snapshot.level
            self.refresh()

    def render(self) -> Content:
        """The scale, or its short form where there is no room."""
        if self.size.width < NARROWEST_SCALE:
            return self._short()
        cell = self.size.width // STEPS
        colour = f"$level-{self._level.name.lower()}"
        words = []
        bars = []
        for step in Level:
            word = LEVEL_WORDS[step]
            if step is self._level:
                text = f"[ {word.upper()} ]" if cell >= len(word) + 4 else word.upper()
                words.append(Content.styled(text.center(cell), _reached_style(self._level)))
                bars.append(Content.styled("━" * cell, f"bold {colour}"))
            else:
                words.append(Content.styled(word.center(cell), "$faint"))
                reached = step < self._level
                bars.append(
                    Content.styled("━" * cell, colour)
                    if reached
                    else Content.styled("┄" * cell, "$faint")
                )
        return Content("\n").join([Content("").join(words), Content("").join(bars)])

    def _short(self) -> Content:
        colour = f"$level-{self._level.name.lower()}"
        word = LEVEL_WORDS[self._level].upper()
        bar = self.size.width * (self._level + 1) // STEPS
        return Content("\n").join(
            [
                Content.assemble(
                    (f"[ {word} ]", _reached_style(self._level)),
                    (f" {self._level + 1} of {STEPS}", "$quiet"),
                ),
                Content.assemble(
                    ("━" * bar, f"bold {colour}"), ("┄" * (self.size.width - bar), "$faint")
                ),
            ]
        )


def _reached_style(level: Level) -> str:
    """A calm call has no filled cell: only what needs a look draws the eye."""
    colour = f"$level-{level.name.lower()}"
    return f"bold {colour}" if level is Level.CALM else f"bold $on-bright on {colour}"
