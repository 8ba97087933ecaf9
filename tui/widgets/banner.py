"""Trouble that the agent must not miss, and standing notices.

Both are empty, and take no room, in an ordinary call.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    return Content.assemble((_head(trouble), "bold"), trouble.detail)


def _name(trouble: Trouble) -> str:
    return trouble.component.replace("_", " ")


def _head(trouble: Trouble) -> str:
    return f"!! {_name(trouble).upper()} since {clock(trouble.since)}  "


def _brief(troubles: Sequence[Trouble]) -> Content:
    """All troubles on one line: what each is first, so that a cut takes details alone.

    Of several each detail says whose it is: it stands behind the name of another.
    """
    heads = "".join(map(_head, troubles))
    details = [one.detail for one in troubles]
    if len(troubles) > 1:
        details = [f"{_name(one)}: {one.detail}" for one in troubles]
    return Content.assemble((heads, "bold"), "  ".join(details))


class TroubleBanner(Static):
    """A filled band with one line for each trouble, or with one for all while a card stands."""

    def __init__(self) -> None:
        super().__init__(id="trouble", classes="-empty")
        self._troubles: tuple[Trouble, ...] = ()
        self._brief = False
        self._failure = ""

    def show(self, snapshot: Snapshot) -> None:
        """Show what is wrong at this moment."""
        brief = self.screen.has_class("-with-card") and not self.screen.has_class("-tall")
        if (snapshot.trouble, brief) != (self._troubles, self._brief):
            self._troubles, self._brief = snapshot.trouble, brief
            self._draw()

    def show_failure(self, words: str) -> None:
        """Coach itself has failed; stays."""
        self._failure, self._brief = words, False
        self._draw()

    def _draw(self) -> None:
        lines = []
        if self._failure:
            lines.append(Content.assemble(("!! COACH STOPPED  ", "bold"), self._failure))
        if self._brief and self._troubles:
            self.update(_brief(self._troubles))
            self.remove_class("-empty")
            return
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
