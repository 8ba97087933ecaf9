"""One short line under the level: a nod for something done right, or the answer to a key."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from coach.snapshot import Snapshot

ANSWER_SECONDS = 4.0
"""How long the answer to a key stays; a nod stays as long as the engine shows it."""


class Whisper(Widget):
    """The line; it keeps its place when empty so that nothing jumps."""

    def __init__(self) -> None:
        super().__init__(id="whisper")
        self._nod = ""
        self._answer = ""
        self._asked = 0

    def show(self, snapshot: Snapshot) -> None:
        """Show the nod of this moment."""
        if snapshot.nod != self._nod:
            self._nod = snapshot.nod
            self.refresh()

    def say(self, words: str) -> None:
        """Answer a key for a few seconds."""
        self._answer = words
        self._asked += 1
        asked = self._asked
        self.set_timer(ANSWER_SECONDS, lambda: self._hush(asked))
        self.refresh()

    def render(self) -> Content:
        """The answer to a key, else the nod."""
        if self._answer:
            return Content.styled(self._answer, "$foreground")
        if self._nod:
            return Content.assemble(("✓ ", "bold $good"), (self._nod, "$good"))
        return Content("")

    def _hush(self, asked: int) -> None:
        if asked == self._asked:
            self._answer = ""
            self.refresh()
