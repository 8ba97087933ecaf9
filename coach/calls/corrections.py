"""Corrections: what was really said, or by whom, as a reviewer heard it.

They lie beside the journal in ``CALL.corrections.ndjson``, one a line, oldest first; the last one
of an utterance holds. The journal keeps what was heard, and the engine and all figures go by that.
Transcripts show what was put right, marked, with what was heard beside it; a search finds both.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from coach.calls.lines_beside import append_line, read_lines
from coach.calls.redaction.typed_words import masked_text
from coach.events import Channel


class Correction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line put right; without text and exchange it takes earlier ones back."""

    utterance: str
    reviewer: str
    made: str
    """Wall-clock time at which it was made, ISO 8601 with offset."""
    text: str | None = None
    """What was said; None where that was heard rightly."""
    other_side: bool = False
    """Whether the other side said it."""

    @property
    def changes(self) -> bool:
        """Whether anything is put right."""
        return self.text is not None or self.other_side

    def line(self, channel: Channel, text: str) -> tuple[Channel, str]:
        """Who said what, of a line of which ``channel`` and ``text`` were heard; masked."""
        said = text if self.text is None else " ".join(masked_text(self.text).split())
        return channel.other if self.other_side else channel, said


def read_corrections(path: Path) -> dict[str, Correction]:
    """The corrections that hold, by utterance. Raises InputError with the line's number."""
    last = {one.utterance: one for one in read_lines(path, Correction)}
    return {name: one for name, one in last.items() if one.changes}


def add_correction(path: Path, correction: Correction) -> None:
    """Keep a correction; it is in the file when this returns. Raises StorageError."""
    append_line(path, correction)
