"""Bringing in many files: over several processes, resumable, the same content never twice.

The library is the memory of an import: a digest in it is a file that is done. So an import that was
killed is simply run again. Files are handed out one by one, or to a cluster in blocks, so memory
stays flat.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import filelock
import msgspec

from coach.calls.call import Setup
from coach.calls.importers.bringing_in import Bringing, ImportOutcome, Job, JournalFolders
from coach.calls.importers.in_hand import InHand
from coach.calls.importers.incoming import Known, digest_of
from coach.calls.importers.own_export import exported_call
from coach.calls.importers.sealed import SEALED
from coach.calls.importers.source import CallSource
from coach.calls.library import Library
from coach.calls.retention import read_purged
from coach.calls.spread.blocks import Doing, Pool, ThisProcess, spread
from coach.calls.spread.processes import Processes
from coach.errors import CoachError, InputError, StorageError

FEW = 8
"""Up to so many files are brought in by this process: others would take longer to start."""
AHEAD = 4
"""Files for each process that wait for it."""

BLOCK_FILES, BLOCK_BYTES = 16, 1_000_000
"""Files of a block for a cluster, at most, and the bytes that fill one: a second of work or more,
be it 16 transcripts or one recording."""

MakeSources = Callable[[], Sequence[CallSource]]
MakePool = Callable[["ImportWork"], Pool[Job, ImportOutcome]]


class Imported(msgspec.Struct, kw_only=True):
    """What an import came to so far."""

    of: int
    """Files that were asked for."""
    calls: int = 0
    seconds: float = 0.0
    """Length of all calls that came in."""
    known: int = 0
    """Content that is in the library already, also as our own export of a call that is there, or
    was among the files twice."""
    purged: int = 0
    """Content that was in the library and was purged."""
    failed: list[ImportOutcome] = msgspec.field(default_factory=list)
    sizes: dict[Path, int] = {}
    """Bytes of each file, in their order; 0 where it cannot be looked at."""
    settled: int = 0
    """Bytes of the files that have been dealt with..."""
    brought: int = 0
    """...and of those among them that were worked on."""

    @property
    def done(self) -> int:
        """Files that have been dealt with."""
        return self.calls + self.known + self.purged + len(self.failed)

    def settle(self, size: int, *, worked: bool) -> None:
        """A file of so many bytes has been dealt with."""
        self.settled += size
        self.brought += size if worked else 0


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What an import needs; ``make_setup`` and ``make_sources`` are called in each process."""

    make_setup: Callable[[], Setup]
    make_sources: MakeSources
    places: JournalFolders
    purged: Path
    """The list of what was purged."""
    known: Known = Known()
    processes: int = 1
    again: bool = False
    """Bring in what was purged, too."""
    rules: str = ""
    """Fingerprint of the rules, where who brings the files in may read others."""
    make_pool: MakePool | None = None
    """Who brings the files in, in blocks; processes of this machine unless given."""
    in_hand: InHand | None = None
    """Where is told how far each file is; of a cluster nothing is told."""
    begun: Callable[[Imported], None] = lambda _: None
    """Is given what the import comes to, which grows from then on."""
    giving_up: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext
    """Entered in this process while the file in hand may be given up."""


class ImportWork(msgspec.Struct, frozen=True):
    """A ``coach.calls.spread.blocks.Work``: files that become calls."""

    make_setup: Callable[[], Setup]
    make_sources: MakeSources
    places: JournalFolders
    rules: str = ""
    """Fingerprint of the rules that all must have; empty where all read the same files."""
    in_hand: InHand | None = None
    giving_up: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext
    """As ``Batch`` has both."""

    def begin(self) -> Doing[Job, ImportOutcome]:
        """Read the rules; InputError where they are others here."""
        bringing = Bringing(
            self.make_setup,
            self.make_sources(),
            self.places,
            row=self.in_hand.row() if self.in_hand else None,
            giving_up=self.giving_up,
        )
        if self.rules and bringing.rules != self.rules:
            raise InputError(
                "A worker of the cluster reads other rules than this machine.",
                "Packs, overlays and preferences must be the same files everywhere.",
            )

        def bring(block: Sequence[Job]) -> list[ImportOutcome]:
            return [bringing.bring(job) for job in block]

        return bring

    def lost(self, item: Job, why: str) -> ImportOutcome:
        """A file that does not come in."""
        return ImportOutcome(path=item.path, failed=why)

    def ended(self) -> StorageError:
        """A process was ended."""
        return StorageError(
            "A process of the import was ended from outside.",
            "Is there too little memory? Run it again with --jobs 1: what is in stays in.",
        )


@contextlib.contextmanager
def only_import(places: JournalFolders) -> Iterator[None]:
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
                if left.suffix != SEALED:
                    left.unlink()
            yield
            with contextlib.suppress(OSError):
                places.importing.rmdir()  # unless it holds what the next import goes on from
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

    ``tell`` hears after every file that was worked on; where ``stop`` says so, no further one is
    begun, and what is in hand is given up where that can be: run again, it goes on from there.
    """
    imported = Imported(of=len(files), sizes={path: _size(path) for path in files})
    batch.begun(imported)
    library.refresh()
    jobs = _jobs(files, library, batch, imported)
    try:
        for outcome, size in _brought(jobs, imported, batch, stop):
            if outcome.failed:
                imported.failed.append(outcome)
            else:
                imported.calls += 1
                imported.seconds += outcome.seconds
            imported.settle(size, worked=True)
            tell(imported)
    except KeyboardInterrupt:
        if not stop():
            raise
    library.refresh()
    if imported.done == imported.of:
        for left in batch.places.importing.glob(f"*{SEALED}"):
            left.unlink()
    return imported


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):  # whoever opens it says what is wrong
        return path.stat().st_size
    return 0


def _brought(
    jobs: Iterator[Job], imported: Imported, batch: Batch, stop: Callable[[], bool]
) -> Iterator[tuple[ImportOutcome, int]]:
    """What comes of every file and its bytes, whoever brings it in; in no order."""
    work = ImportWork(batch.make_setup, batch.make_sources, batch.places, batch.rules)
    pool: Pool[Job, ImportOutcome]
    blocks: Iterator[Sequence[Job]] = ([job] for job in jobs)
    if batch.make_pool is not None:
        pool, blocks = batch.make_pool(work), in_blocks(jobs)
    else:
        work = msgspec.structs.replace(work, in_hand=batch.in_hand)
        if batch.processes == 1 or imported.of <= FEW:
            pool = ThisProcess(msgspec.structs.replace(work, giving_up=batch.giving_up))
        else:
            # Whatever is killed is begun anew: a call is moved in once it is whole.
            pool = Processes(work, batch.processes, AHEAD, stop, shares=True)
    for outcome in spread(blocks, pool, stop, in_order=False):
        yield outcome, imported.sizes[outcome.path]


def in_blocks(jobs: Iterator[Job]) -> Iterator[Sequence[Job]]:
    """Files in blocks that are worth a journey."""
    block: list[Job] = []
    size = 0
    for job in jobs:
        block.append(job)
        with contextlib.suppress(OSError):  # whoever opens it says what is wrong
            size += job.path.stat().st_size
        if len(block) >= BLOCK_FILES or size >= BLOCK_BYTES:
            yield block
            block, size = [], 0
    if block:
        yield block


def _jobs(
    files: Sequence[Path], library: Library, batch: Batch, imported: Imported
) -> Iterator[Job]:
    """The files that are to be brought in; the others are counted."""
    rows = library.db.execute("SELECT call, digest FROM calls").fetchall()
    seen = {name for row in rows for name in row if name}
    purged = () if batch.again else read_purged(batch.purged)
    gone = {name for one in purged for name in (one.call, one.digest) if name}
    for number, path in enumerate(files):
        try:
            digest = digest_of(path)
            names = {digest, exported_call(path)}
            if names & seen:
                imported.known += 1
            elif names & gone:
                imported.purged += 1
            else:
                details = batch.known.of(path)
                seen.add(digest)
                yield Job(path=path, digest=digest, details=details, number=number)
                continue
        except CoachError as error:
            imported.failed.append(ImportOutcome(path=path, failed=str(error)))
        imported.settle(imported.sizes[path], worked=False)


def why_failed(imported: Imported) -> list[str]:
    """A line for each file that failed, and how often each reason came up where it was many."""
    lines = [f"{one.path}: {_without_name(one)}" for one in imported.failed]
    reasons = Counter(one.failed for one in imported.failed)
    many = [f"{count} times: {reason}" for reason, count in reasons.most_common() if count > 2]
    return lines + many


def _without_name(one: ImportOutcome) -> str:
    """Why a file failed, where that begins with its name without it."""
    return one.failed.removeprefix(f"{one.path} ").removeprefix(f"{one.path.name} ")
