"""Marks: what a reviewer says of a moment of a call, a card or a rule.

They lie beside the journal in ``CALL.marks.ndjson``, one a line, oldest first. A mark is never
changed: one that is taken back is followed by a line that withdraws it, so that who said what and
when can always be told. What the agent marked during the call (``w``) stands in the journal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from coach.calls.call_files import CallFiles
from coach.calls.lines_beside import append_line, read_lines
from coach.calls.redaction.typed_words import masked_text
from coach.notes.review.verdict import Verdict

__all__ = ["BY_AGENT", "Mark", "Verdict", "add_mark", "next_mark", "read_marks", "withdraw"]

BY_AGENT = "agent"
"""Stands for the reviewer where the agent marked a card during the call."""


class Mark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One mark."""

    mark: str
    """Identifier, unique within the call."""
    verdict: Verdict
    at: Annotated[float, msgspec.Meta(ge=0)]
    """The moment: seconds of call time."""
    reviewer: str
    made: str
    """Wall-clock time at which it was made, ISO 8601 with offset."""
    card: str | None = None
    """Which showing of a card is meant; None where none was shown."""
    rule: str | None = None
    note: str = ""
    withdraws: str | None = None
    """The mark that no longer holds."""


def read_marks(path: Path) -> tuple[Mark, ...]:
    """The marks that hold, oldest first. Raises InputError with the line's number."""
    lines = read_lines(path, Mark)
    withdrawn = {mark.withdraws for mark in lines if mark.withdraws is not None}
    return tuple(
        mark
        for mark in lines
        if mark.verdict is not Verdict.WITHDRAWN and mark.mark not in withdrawn
    )


def add_mark(path: Path, mark: Mark) -> None:
    """Keep a mark, its note masked; it is in the file when this returns. Raises StorageError."""
    append_line(path, msgspec.structs.replace(mark, note=masked_text(mark.note)))


def withdraw(path: Path, mark: Mark, *, by: str, made: str) -> None:
    """Take a mark back. Raises StorageError."""
    add_mark(
        path,
        Mark(
            mark=f"{mark.mark}-",
            verdict=Verdict.WITHDRAWN,
            at=mark.at,
            reviewer=by,
            made=made,
            withdraws=mark.mark,
        ),
    )


def next_mark(files: CallFiles) -> str:
    """An identifier for the next mark of a call."""
    return f"M{len(read_lines(files.marks, Mark)) + 1}"
