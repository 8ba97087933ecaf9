"""The files of a call: its journal, and what lies beside it under the same name.

==========================  ================================================================
``CALL.jsonl``              the journal; a call is in the library because it has one
``CALL.about.json``         what was learned about the call later (``coach.calls.about``)
``CALL.marks.ndjson``       a reviewer's marks (``coach.calls.marks``)
``CALL.corrections.ndjson`` what was really said, or by whom (``coach.calls.corrections``)
``CALL.sides.ndjson``       from when on its sides are exchanged (``coach.calls.exchanges``)
``CALL.exchanged.ndjson``   the journal as it is with them exchanged, for readers and figures
``CALL.scores.ndjson``      scorecards (``coach.calls.scorecards.scorecard``)
``CALL.notes.md``           free text
``CALL.handoff.txt``        a handoff note that was saved; more of them are numbered
``CALL.flac`` and the like  sound
==========================  ================================================================

Only journals end in ``.jsonl``, so nothing else is taken for one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from coach.errors import InputError

JOURNAL = ".jsonl"
ABOUT = ".about.json"
MARKS = ".marks.ndjson"
CORRECTIONS = ".corrections.ndjson"
SIDES = ".sides.ndjson"
EXCHANGED = ".exchanged.ndjson"
SCORES = ".scores.ndjson"
NOTES = ".notes.md"
HANDOFF = ".handoff.txt"
SOUND = (".flac", ".wav", ".mp3", ".m4a", ".ogg", ".opus")


class CallFiles(msgspec.Struct, frozen=True):
    """Where the files of one call lie, whether or not they exist."""

    folder: Path
    call: str

    @property
    def journal(self) -> Path:
        """The journal."""
        return self.folder / f"{self.call}{JOURNAL}"

    @property
    def about(self) -> Path:
        """What was learned later."""
        return self.folder / f"{self.call}{ABOUT}"

    @property
    def marks(self) -> Path:
        """A reviewer's marks."""
        return self.folder / f"{self.call}{MARKS}"

    @property
    def corrections(self) -> Path:
        """What a reviewer put right of the transcript."""
        return self.folder / f"{self.call}{CORRECTIONS}"

    @property
    def sides(self) -> Path:
        """From when on a reviewer had the sides exchanged."""
        return self.folder / f"{self.call}{SIDES}"

    @property
    def exchanged(self) -> Path:
        """The journal with the sides exchanged there."""
        return self.folder / f"{self.call}{EXCHANGED}"

    @property
    def scores(self) -> Path:
        """Scorecards."""
        return self.folder / f"{self.call}{SCORES}"

    @property
    def notes(self) -> Path:
        """Free text."""
        return self.folder / f"{self.call}{NOTES}"

    @property
    def sound(self) -> Path | None:
        """The sound that was kept, if any was."""
        paths = (self.folder / f"{self.call}{suffix}" for suffix in SOUND)
        return next((path for path in paths if path.is_file()), None)


def calls_in(folder: Path) -> dict[str, str]:
    """Every call of a folder with a stamp of its files, which changes when one of them does."""
    stamps: dict[str, str] = {}
    beside: list[tuple[str, str]] = []
    for entry in _entries(folder):
        try:
            stat = entry.stat()
        except OSError:  # gone since
            continue
        stamp = f"{stat.st_mtime_ns:x}.{stat.st_size:x}"
        if not _is_text(entry.name):
            continue
        if entry.name.endswith(JOURNAL):
            stamps[entry.name.removesuffix(JOURNAL)] = stamp
        else:
            beside.append((entry.name, stamp))
    for name, stamp in sorted(beside):
        owner = owner_of(name, stamps)
        if owner is not None:
            stamps[owner] += f" {name.removeprefix(owner)}={stamp}"
    return stamps


def unnamable_in(folder: Path) -> list[str]:
    """Journals whose names are no UTF-8, as they can be shown: no command could name them."""
    names = [entry.name for entry in _entries(folder) if entry.name.endswith(JOURNAL)]
    return sorted(ascii(name)[1:-1] for name in names if not _is_text(name))


def _is_text(name: str) -> bool:
    """Whether a file's name is text, and not bytes that no encoding tells of."""
    return not any("\ud800" <= sign <= "\udfff" for sign in name)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if entry.is_file())
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(
            f"The calls in {folder} cannot be listed: {error.strerror}.",
            "Check the folder and its permissions.",
        ) from None


def owner_of(name: str, calls: Iterable[str]) -> str | None:
    """The call to which a file of this name belongs: the longest name of a call that begins it."""
    known = calls if isinstance(calls, dict | set | frozenset) else set(calls)
    while "." in name:
        name = name.rpartition(".")[0]
        if name in known:
            return name
    return None


def files_of(folder: Path, call: str, calls: Iterable[str]) -> list[Path]:
    """Every file of a call that exists, the journal last. ``calls`` are all of the folder."""
    known = frozenset(calls) | {call}
    names = [entry.name for entry in _entries(folder)]
    mine = [name for name in names if owner_of(name, known) == call]
    journal = f"{call}{JOURNAL}"
    return [folder / name for name in sorted(mine, key=lambda name: (name == journal, name))]
