"""Transcripts as tables: a line for each turn, columns parted by tabs, their names in line 1.

==============================  ============================================================
``start_s``, ``end_s``          seconds; ``start_ms``, ``end_ms`` milliseconds
``start``, ``end``              seconds; milliseconds where the columns are ``start``, ``end``
                                and ``text`` alone and whole numbers, as Whisper writes them
``role``, ``speaker``           who speaks; also ``channel`` and ``participant``
``text``                        the words; also ``words`` and ``content``
==============================  ============================================================
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

from coach.calls.importers.transcript import FileTranscript, WrittenTurn, joined
from coach.errors import InputError, cause_of

_STARTS = {"start_s": 1.0, "start": 1.0, "start_ms": 1000.0}
_ENDS = {"end_s": 1.0, "end": 1.0, "end_ms": 1000.0}
_SPEAKERS = ("role", "speaker", "channel", "participant")
_TEXTS = ("text", "words", "content")
_WHISPER = ["start", "end", "text"]


def is_table(head: str) -> bool:
    """Whether a text begins as such a table does."""
    names = _names(head.lstrip("\ufeff").split("\n")[0])
    return bool(set(names) & set(_STARTS)) and bool(set(names) & set(_TEXTS))


def _names(line: str) -> list[str]:
    return [name.strip().lower() for name in line.rstrip("\r").split("\t")]


def read_table(text: str) -> FileTranscript:
    """Read a table. Raises InputError with the line that cannot be understood."""
    lines = text.lstrip("\ufeff").splitlines()
    names = _names(lines[0])
    try:
        rows = list(csv.reader(lines[1:], delimiter="\t", quoting=csv.QUOTE_NONE))
    except csv.Error as error:
        raise InputError(f"it is no table: {cause_of(error)}.") from None
    start, end = _first(names, _STARTS), _first(names, _ENDS)
    speaker, said = _first(names, _SPEAKERS), _first(names, _TEXTS)
    assert start is not None and said is not None  # noqa: PT018, S101 - is_table has looked
    per_second = _STARTS[names[start]]
    if names == _WHISPER and all(cell.isdigit() for row in rows for cell in row[:2]):
        per_second = 1000.0
    turns = []
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            turns.append(
                WrittenTurn(
                    speaker="" if speaker is None else row[speaker].strip(),
                    text=row[said],
                    start=float(row[start]) / per_second,
                    end=None if end is None or not row[end] else float(row[end]) / per_second,
                )
            )
        except (ValueError, IndexError):
            raise InputError(
                f"line {number} has no time and text in its columns; it has {len(row)} of them."
            ) from None
    return FileTranscript(turns=joined(turns) if names == _WHISPER else tuple(turns))


def _first(names: Sequence[str], wanted: Iterable[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)
