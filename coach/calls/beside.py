"""What lies beside a journal, as far as it can be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from coach.calls.about import Later, read_later
from coach.calls.call_files import CallFiles
from coach.calls.corrections import Correction, read_corrections
from coach.calls.marks import Mark, read_marks
from coach.calls.scores import read_scores, standing_score
from coach.errors import InputError

T = TypeVar("T")


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What lies beside a journal."""

    later: Later = Later()
    marks: tuple[Mark, ...] = ()
    """The reviewers'."""
    corrections: dict[str, Correction] = {}
    """The reviewers', by utterance."""
    score: float | None = None
    notes: str = ""
    troubles: tuple[str, ...] = ()
    """What of it could not be read."""


def read_beside(files: CallFiles) -> Beside:
    """Read it; what is damaged is left out and told by ``troubles``."""
    troubles: list[str] = []

    def whole(read: Callable[[], T], without: T) -> T:
        try:
            return read()
        except InputError as error:
            troubles.append(error.message)
            return without

    later = whole(lambda: read_later(files.about), Later())
    none: tuple[Mark, ...] = ()
    marks = whole(lambda: read_marks(files.marks), none)
    unheard: dict[str, Correction] = {}
    corrections = whole(lambda: read_corrections(files.corrections), unheard)
    score = whole(lambda: standing_score(read_scores(files.scores)), None)
    notes = whole(lambda: _notes(files.notes), "")
    return Beside(
        later=later,
        marks=marks,
        corrections=corrections,
        score=score,
        notes=notes,
        troubles=tuple(troubles),
    )


def _notes(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Check its permissions."
        ) from None
