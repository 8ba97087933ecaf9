"""The handoff note: ready text for whoever takes the call over.

It says where the note went, and no more than is known: a terminal that is asked to copy never says
whether it did, so the note is saved as well then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from coach.driver import Handed, HandOver
from coach.notes.handoff import handoff_note
from coach.snapshot import Snapshot

from .sheet import Sheet

ASKED = "The terminal was asked to copy it; not every terminal does."


class HandoffScreen(Sheet):
    """The note of one moment; Enter copies it, s saves it."""

    heading = "Handoff note"
    keys = "Enter copies   s saves   Esc closes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "copy", "Copy the note"),
        Binding("s", "save", "Save the note to a file"),
    ]

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._text = handoff_note(snapshot)
        self._call = snapshot.call
        self._told = ""
        self._saved = Handed()

    @property
    def _hand_over(self) -> HandOver | None:
        """What the app was given for it."""
        found: HandOver | None = getattr(self.app, "hand_over", None)
        return found

    def paragraphs(self) -> Iterable[Content]:
        """Where the note went, and the note as it is copied."""
        if self._told:
            yield Content.styled(self._told, "bold")
            yield Content("")
        yield Content(self._text)

    async def action_copy(self) -> None:
        """Put the note on the clipboard, or do what comes closest."""
        given = self._hand_over
        if given is not None and await asyncio.to_thread(given.copy, self._text):
            self._tell("Copied to the clipboard.")
            return
        self.app.copy_to_clipboard(self._text)
        saved = await self._keep()
        self._tell(f"{ASKED} {saved}".rstrip())

    async def action_save(self) -> None:
        """Write the note to a file."""
        self._tell(await self._keep() or "It cannot be saved from here.")

    async def _keep(self) -> str:
        """Save the note, once; says where it is, or why it is nowhere."""
        given = self._hand_over
        if given is None:
            return ""
        if not self._saved.file:
            self._saved = await asyncio.to_thread(given.save, self._text, self._call)
        if self._saved.file:
            return f"Saved to {self._saved.file}"
        return f"NOT saved: {self._saved.trouble}"

    def _tell(self, words: str) -> None:
        self._told = words
        self.redraw(from_top=True)
