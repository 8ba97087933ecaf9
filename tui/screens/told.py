"""All that the floor was told of the agent's calls, to the letter."""

from __future__ import annotations

import time
from collections.abc import Iterable

from textual.content import Content

from coach.notes.wording import count_of
from coach.snapshot import FloorView, Snapshot

from .sheet import Sheet


class ToldScreen(Sheet):
    """What is told and what is not, then every message, newest first."""

    heading = "What the floor was told"

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._floor = snapshot.floor

    def follow(self, snapshot: Snapshot) -> None:
        """Show this moment."""
        super().follow(snapshot)
        if snapshot.floor is not self._floor:
            self._floor = snapshot.floor
            if self.is_mounted:
                self.redraw()

    def paragraphs(self) -> Iterable[Content]:
        """The lines."""
        floor = self._floor
        if floor is None:
            return
        yield Content.assemble(("The floor sees ", "bold"), _seen_words(floor))
        yield Content.assemble(
            ("Never ", "bold"), "sound, moods, figures, the caller, or what you are coached in."
        )
        yield Content.styled(_line_words(floor), "$quiet")
        yield Content("")
        for told in reversed(floor.told):
            at = time.strftime("%H:%M:%S", time.localtime(told.at))
            yield Content.assemble((f"{at}  ", "$quiet"), (told.words, "bold"))
            if told.sent:
                yield Content.styled(f"  {told.sent}", "$faint")


def _seen_words(floor: FloorView) -> str:
    said = "with the words said, masked" if floor.words else "without the words said"
    return (
        f"you as {floor.agent}: whether a call is on or paused, its level, the customer's last "
        f"cue, and alarms (danger, threat, wants a supervisor), {said}."
    )


def _line_words(floor: FloorView) -> str:
    stands = "connected" if floor.connected else "not connected at the moment"
    waiting = f", {count_of(floor.waiting, 'message')} not there yet" if floor.waiting else ""
    return f"Broker {floor.broker}: {stands}{waiting}."
