"""Trouble that the agent must not miss, and standing notices.

Both are empty, and take no room, in an ordinary call.
"""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from coach.events.lengths import clock
from coach.snapshot import Snapshot, Trouble

MOST_SHOWN = 3
"""Troubles shown at once; more are counted."""


def failure_words(error: Exception) -> str:
    """What ended the call, for a person."""
    words = str(error).strip()
    return words or type(error).__name__


def trouble_line(trouble: Trouble) -> Content:
    """One trouble: what, since when, and what to do where the detail says it."""
    name = trouble.component.replace("_", " ").upper()
    head = f"!! {name} since {clock(trouble.since)}  "
    return Content.assemble((head, "bold"), trouble.detail)


class TroubleBanner(Static):
    """A filled band with one line for each trouble."""

    def __init__(self) -> None:
        super().__init__(id="trouble", classes="-empty")
        self._troubles: tuple[Trouble, ...] = ()
        self._failure = ""

    def show(self, snapshot: Snapshot) -> None:
        """Show what is wrong at this moment."""
        if snapshot.trouble != self._troubles:
            self._troubles = snapshot.trouble
            self._draw()

    def show_failure(self, words: str) -> None:
        """Coach itself has failed; stays."""
        self._failure = words
        self._draw()

    def _draw(self) -> None:
        lines = []
        if self._failure:
            lines.append(Content.assemble(("!! COACH STOPPED  ", "bold"), self._failure))
        lines += [trouble_line(trouble) for trouble in self._troubles[:MOST_SHOWN]]
        more = len(self._troubles) - MOST_SHOWN
        if more > 0:
            lines.append(Content(f"   and {more} more"))
        self.set_class(not lines, "-empty")
        self.update(Content("\n").join(lines))


class Notices(Static):
    """Standing remarks, such as that the recording is undivided mono."""

    def __init__(self) -> None:
        super().__init__(id="notices", classes="-empty")
        self._notices: tuple[str, ...] = ()

    def show(self, snapshot: Snapshot) -> None:
        """Show the remarks that stand."""
        if snapshot.notices == self._notices:
            return
        self._notices = snapshot.notices
        self.set_class(not self._notices, "-empty")
        self.update(
            Content("\n").join(
                Content.assemble(("note  ", "bold"), notice) for notice in self._notices
            )
        )
