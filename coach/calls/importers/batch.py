"""Bringing in many files: over several processes, resumable, the same content never twice.

The library is the memory of an import: a digest in it is a file that is done. So an import that was
killed is simply run again. Files are handed to the processes one by one, so memory stays flat.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import filelock
import msgspec

from coach.calls.call import Setup
from coach.calls.importers.bringing_in import Bringing, Job, Outcome, Places
from coach.calls.importers.incoming import Known, digest_of
from coach.calls.importers.source import Source
from coach.calls.library import Library
from coach.calls.retention import purged_digests
from coach.errors import CoachError, StorageError

FEW = 8
"""So many files are brought in by this process: others would take longer to start."""
AHEAD = 4
"""Files for each process that wait for it."""

MakeSources = Callable[[], Sequence[Source]]


class Imported(msgspec.Struct, kw_only=True):
    """What an import came to so far."""

    of: int
    """Files that were asked for."""
    calls: int = 0
    seconds: float = 0.0
    """Length of all calls that came in."""
    known: int = 0
    """Content that is in the library already, or was among the files twice."""
    purged: int = 0
    """Content that was in the library and was purged."""
    failed: list[Outcome] = msgspec.field(default_factory=list)

    @property
    def done(self) -> int:
        """Files that have been dealt with."""
        return self.calls + self.known + self.purged + len(self.failed)


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What an import needs; ``make_setup`` and ``make_sources`` are called in each process."""

    make_setup: Callable[[], Setup]
    make_sources: MakeSources
    places: Places
    purged: Path
    """The list of what was purged."""
    known: Known = Known()
    processes: int = 1
    again: bool = False
    """Bring in what was purged, too."""


@contextlib.contextmanager
def only_import(places: Places) -> Iterator[None]:
    """Hold the one place for unfinished imports, and clear what a killed one left.

    Raises StorageError where another import holds it, or it cannot be written.
    """
    try:
        places.importing.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = filelock.FileLock(
            places.importing.with_name("importing.lock"), timeout=0, mode=0o600
        )
        with lock:
            for left in places.importing.iterdir():
                left.unlink()
            yield
            shutil.rmtree(places.importing, ignore_errors=True)
    except filelock.Timeout:
        raise StorageError(
            "Another import is going on.", "Wait for it, or stop it; it can be run again."
        ) from None


def bring_all(
    files: Sequence[Path],
    library: Library,
    batch: Batch,
    *,
    tell: Callable[[Imported], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Imported:
    """Bring files into the library, which is up to date before and after.

    ``tell`` hears of every file that is done; where ``stop`` says so, no further one is begun.
    """
    imported = Imported(of=len(files))
    library.refresh()
    jobs = _jobs(files, library, batch, imported)
    run = _inline if batch.processes == 1 or len(files) <= FEW else _parallel
    for outcome in run(jobs, batch, stop):
        if outcome.failed:
            imported.failed.append(outcome)
        else:
            imported.calls += 1
            imported.seconds += outcome.seconds
        tell(imported)
    library.refresh()
    return imported


def _jobs(
    files: Sequence[Path], library: Library, batch: Batch, imported: Imported
) -> Iterator[Job]:
    """The files that are to be brought in; the others are counted."""
    query = "SELECT digest FROM calls WHERE digest <> ''"
    seen = {digest for (digest,) in library.db.execute(query)}
    gone = set() if batch.again else purged_digests(batch.purged)
    for path in files:
        try:
            digest = digest_of(path)
            if digest in seen:
                imported.known += 1
            elif digest in gone:
                imported.purged += 1
            else:
                details = batch.known.of(path)
                seen.add(digest)
                yield Job(path=path, digest=digest, details=details)
        except CoachError as error:
            imported.failed.append(Outcome(path=path, failed=str(error)))


def _inline(jobs: Iterator[Job], batch: Batch, stop: Callable[[], bool]) -> Iterator[Outcome]:
    bringing: Bringing | None = None
    for job in jobs:
        if stop():
            return
        if bringing is None:
            bringing = Bringing(batch.make_setup, batch.make_sources(), batch.places)
        yield bringing.bring(job)


_bringing: Bringing | None = None
"""Of a process that was started for an import."""


def _begin(make_setup: Callable[[], Setup], make_sources: MakeSources, places: Places) -> None:
    global _bringing  # noqa: PLW0603 - a process of a pool has no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    _bringing = Bringing(make_setup, make_sources(), places)


def _end_with_parent() -> None:
    """End this process when the first one is gone, killed too: nobody would hear of its work."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _bring(job: Job) -> Outcome:
    assert _bringing is not None  # noqa: S101 - _begin ran first
    return _bringing.bring(job)


def _parallel(jobs: Iterator[Job], batch: Batch, stop: Callable[[], bool]) -> Iterator[Outcome]:
    pool = ProcessPoolExecutor(
        batch.processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(batch.make_setup, batch.make_sources, batch.places),
    )
    running: dict[Future[Outcome], Job] = {}
    try:
        more = True
        while more or running:
            while more and len(running) < AHEAD * batch.processes:
                job = None if stop() else next(jobs, None)
                more = job is not None
                if job is not None:
                    running[pool.submit(_bring, job)] = job
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                del running[future]
                yield future.result()
    except BrokenProcessPool:
        raise StorageError(
            "A process of the import was ended from outside.",
            "Is there too little memory? Run it again with --jobs 1: what is in stays in.",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def why_failed(imported: Imported) -> list[str]:
    """A line for each file that failed, and how often each reason came up where it was many."""
    lines = [f"{one.path}: {one.failed}" for one in imported.failed]
    reasons = Counter(one.failed for one in imported.failed)
    many = [f"{count} times: {reason}" for reason, count in reasons.most_common() if count > 2]
    return lines + many
