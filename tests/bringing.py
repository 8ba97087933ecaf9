"""An import without rules, as tests and the processes that they start run it.

Each of several processes imports this, so it imports no more than an import needs.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from coach.calls.call import Setup
from coach.calls.importers.batch import Batch, Imported, bring_all, only_import
from coach.calls.importers.bringing_in import JournalFolders
from coach.calls.importers.details import Details
from coach.calls.importers.in_hand import InHandRow
from coach.calls.importers.source import OpenedTranscript, TranscriptSource
from coach.calls.library import Library
from coach.engine.engine import EngineSettings
from coach.startup.interrupt import Interrupt
from rules.definition.rule import RuleBook

__all__ = ["Interrupt", "Library"]  # what the processes need besides

PLAIN = Setup(book=RuleBook(language="en", rules=(), fingerprint=""), settings=EngineSettings())


def batch(library: Library, **more: object) -> Batch:
    root = library.calls.parent
    return Batch(
        **{
            "make_setup": lambda: PLAIN,
            "make_sources": lambda: (TranscriptSource(),),
            "places": JournalFolders(calls=library.calls, importing=root / "importing"),
            "purged": root / "purged.ndjson",
            **more,
        }  # type: ignore[arg-type]
    )


def bring(
    folder: Path, library: Library, stop: Callable[[], bool] = lambda: False, **more: object
) -> Imported:
    made = batch(library, **more)
    with only_import(made.places):
        return bring_all(sorted(folder.iterdir()), library, made, stop=stop)


def counts(imported: Imported) -> tuple[int, int, int]:
    return imported.calls, imported.known, len(imported.failed)


def plain() -> Setup:
    return PLAIN


def transcripts() -> tuple[TranscriptSource]:
    return (TranscriptSource(),)


class Waiting(TranscriptSource):
    """A source that says that it is at work, and never comes to an end."""

    def open(self, path: Path, details: Details, row: InHandRow | None = None) -> OpenedTranscript:
        del path, details, row
        os.write(1, b"opened\n")  # whole: `print` may write its line end apart
        threading.Event().wait()
        raise AssertionError


def waiting() -> tuple[Waiting]:
    return (Waiting(),)


class Dying(TranscriptSource):
    """A source that takes its process along."""

    def open(self, path: Path, details: Details, row: InHandRow | None = None) -> OpenedTranscript:
        del path, details, row
        os._exit(9)


def dying() -> tuple[Dying]:
    return (Dying(),)
