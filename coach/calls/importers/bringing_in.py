"""Making one file into a call: the same engine, the same journal as of a live call.

A journal is written in a folder of its own and moved into the library once it is whole. So a call
is either in or not: whatever is killed is begun anew, and what is in is known by its content.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from coach.calls.about import About, CallKind
from coach.calls.call import Call, Setup
from coach.calls.call_files import JOURNAL
from coach.calls.importers.details import Details, laid_over
from coach.calls.importers.in_hand import InHandRow, untold
from coach.calls.importers.source import CallSource, OpenedSource, source_for
from coach.calls.journal import is_journal
from coach.calls.kept_rules import folder_of
from coach.calls.language_watch import uncovered
from coach.errors import CoachError, InputError, StorageError, cause_of
from coach.events import CallStarted

A_JOURNAL = (
    "it is a journal, not a call of another system. `coach replay` and `coach review` show it."
)
"""Why a journal is not brought in."""


class JournalFolders(msgspec.Struct, frozen=True, kw_only=True):
    """Where journals are written and where they go."""

    calls: Path
    importing: Path


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One file to bring in."""

    path: Path
    digest: str
    details: Details
    number: int = 0
    """Its place among the files of the import, from 0."""


class ImportOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    path: Path
    call: str = ""
    seconds: float = 0.0
    """Length of the call."""
    failed: str = ""
    """Why it did not come in; empty where it did."""
    unwritten: bool = False
    """Whether it failed because its journal could not be written, whatever the file is like."""


class Bringing:
    """Brings files in, one after the other, with rules that were read once."""

    def __init__(
        self,
        make_setup: Callable[[], Setup],
        sources: Sequence[CallSource],
        places: JournalFolders,
        *,
        row: InHandRow | None = None,
        giving_up: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
    ) -> None:
        """``row``: where to tell how far the file in hand is; None tells nobody.

        ``giving_up``: entered around work that an exception from outside may break off, since it
        can be begun anew.
        """
        self._setup = make_setup()
        self._sources = sources
        self._places = places
        self._row = row or untold()
        self._giving_up = giving_up

    @property
    def rules(self) -> str:
        """Fingerprint of the rules."""
        return self._setup.book.fingerprint

    def bring(self, job: Job) -> ImportOutcome:
        """Make a file into a call; never raises for what is wrong with the file."""
        self._row.begin(job.number)
        outcome = self._brought(job)
        self._row.end()  # but where it was given up: then it tells how far it came
        return outcome

    def _brought(self, job: Job) -> ImportOutcome:
        try:
            source = source_for(job.path, self._sources)
            if source is None:
                return ImportOutcome(path=job.path, failed=_unknown(job.path))
            with self._giving_up():
                opened = source.open(job.path, job.details, self._row)
            return self._written(job, opened)
        except CoachError as error:
            unwritten = isinstance(error, StorageError)
            return ImportOutcome(path=job.path, failed=str(error), unwritten=unwritten)
        except Exception as error:  # noqa: BLE001 - one file must not stop the others
            return ImportOutcome(path=job.path, failed=_defect(error))

    def _written(self, job: Job, opened: OpenedSource) -> ImportOutcome:
        details = laid_over(opened.details, _dated_by_file(job.path))
        started = details.started or ""
        call = f"{started[:19].replace(':', '-')}-{job.digest[:12]}"
        first = CallStarted(
            at=0.0,
            call=call,
            started=started,
            source=job.path.name,
            language=(details.language or "en").partition("-")[0].lower(),
            caller=details.caller or "",
            channels=opened.channels,
        )
        draft = self._places.importing / f"{call}{JOURNAL}"
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()  # of an import that was killed
        try:
            with self._giving_up():
                seconds = self._coached(job, opened, details, first, draft)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise
        try:
            self._places.calls.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.replace(self._places.calls / draft.name)
        except OSError as error:
            raise StorageError(
                f"its journal cannot be kept: {error.strerror}.",
                "Free some space or unlock the folder.",
            ) from None
        return ImportOutcome(path=job.path, call=call, seconds=seconds)

    def _coached(
        self, job: Job, opened: OpenedSource, details: Details, first: CallStarted, draft: Path
    ) -> float:
        """Run the engine over it; gives the length of the call in seconds."""
        about = About(
            kind=CallKind.IMPORT,
            agent=details.agent or "",
            queue=details.queue or "",
            tags=details.tags or (),
            digest=job.digest,
            file=job.path.name,
            dated_by=details.dated_by or "",
        )
        language = uncovered(first.language, self._setup.book.language)
        notices = (*opened.notices, *([language] if language else []))
        setup = msgspec.structs.replace(
            self._setup,
            about=about,
            notices=notices,
            model=opened.model,
            hearing=opened.hearing,
        )
        kept = folder_of(self._places.calls / draft.name)
        call = Call(setup, first, draft, kept_rules=kept)
        try:
            for fact in opened.facts(first):
                call.feed(fact)
        finally:
            trouble = call.close()
        if trouble:
            raise StorageError(trouble)
        if not call.ended:
            raise InputError("it ends before the call does.")
        return call.at


def refusal(path: Path, details: Details, sources: Sequence[CallSource]) -> str:
    """Why a file would not come in, as far as that is known unheard; empty where it would.

    ``details``: what is known of its call but by itself.
    """
    try:
        source = source_for(path, sources)
        if source is None:
            return _unknown(path)
        source.check(path, details)
    except CoachError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - one file must not stop the others
        return _defect(error)
    return ""


def _defect(error: Exception) -> str:
    """Where the program failed; what it says of it may quote the call."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    return f"a defect of Coach ({type(error).__name__} in {place}); the file is left out."


def _dated_by_file(path: Path) -> Details:
    """The last resort: when the file was written."""
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
    except OSError as error:
        raise InputError(
            f"it cannot be read: {cause_of(error)}.", "Check its permissions."
        ) from None
    return Details(started=written.isoformat(timespec="seconds"), dated_by="time of the file")


def _unknown(path: Path) -> str:
    """What is said of a file that no source takes, with what to do about it."""
    if path.stat().st_size == 0:
        return "it is empty. Export the call again."
    if is_journal(path):
        return A_JOURNAL
    return (
        "its content is neither a recording nor a transcript of a form that is read. "
        "`coach import --help` names the forms."
    )
