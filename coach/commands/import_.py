"""`coach import`: bring calls in that other systems took."""

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from coach.calls.importers.details import Details, DetailsTable, NamePattern, details_of
from coach.errors import Exit, InputError, StorageError
from coach.notes.wording import count_of
from coach.startup.cluster_access import add_cluster_option, cluster_named
from coach.startup.config import Settings
from coach.startup.figures import add_jobs_option
from coach.startup.import_progress import ImportProgress, how_far
from coach.startup.interrupt import Interrupt
from coach.startup.options import read_settings
from coach.startup.paths import Paths
from coach.startup.rules_in_force import add_rules_options, rules_of

if TYPE_CHECKING:
    from coach.calls.importers.batch import Batch, Imported
    from coach.calls.importers.in_hand import InHand
    from coach.calls.importers.incoming import Known, Searched
    from coach.calls.importers.source import CallSource

# The imports inside the functions below are slow ones: `coach --help` must not wait for them.

MOST_SHOWN = 20
"""Failures told one by one."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Read are transcripts of Contact Lens and of Transcribe Call Analytics (.json), WebVTT, "
        "SRT,\nand tables with tabs between their columns and start_s, end_s, role (or speaker), "
        "text in their\nfirst line, told by what they hold; and recordings, which are transcribed "
        "(agent on the left,\nor --sides right=agent): by whole phrases, or with --hearing live as "
        "in a replay, with drafts,\nwhich takes several times as long.\n\n"
        "What is known of a call is taken, the first that says something, from a file beside it\n"
        '(NAME.json, NAME.meta.json: {"agent": "Anna", "caller": "K7", "started": '
        '"2026-03-04T09:30"}),\n'
        "from --metadata, from --pattern, from the options, and from the file itself. Fields are\n"
        "agent, queue, tags (a; b), caller, started, sides (Anna=agent; Bob=customer).\n\n"
        "The same content never comes in twice: an import that was stopped is simply run again."
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files and folders")
    parser.add_argument(
        "--metadata", type=Path, metavar="CSV", help="a table with a column file and other fields"
    )
    parser.add_argument(
        "--pattern",
        metavar="PATTERN",
        help="what file names say, as in '{agent}_{caller}_{started:%%Y%%m%%d-%%H%%M}'",
    )
    parser.add_argument("--agent", metavar="NAME", help="whose calls they are")
    parser.add_argument("--queue", metavar="NAME", help="the queue they came in by")
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="a tag of each")
    parser.add_argument(
        "--sides",
        metavar="NAME=SIDE",
        help="who is who, as in 'Speaker 1=agent;Speaker 2=customer'",
    )
    parser.add_argument(
        "--only",
        choices=("recordings", "transcripts"),
        help="take only these, where both of a call lie in a folder",
    )
    add_jobs_option(parser, "; a few files are brought in by one")
    add_cluster_option(parser)
    parser.add_argument("--again", action="store_true", help="bring in what was purged, too")
    parser.add_argument("--dry-run", action="store_true", help="list the files, bring none in")
    add_rules_options(parser)
    parser.add_argument("--model", metavar="MODEL", help="speech model, as for a replay")
    parser.add_argument(
        "--hearing",
        choices=("batch", "live"),
        help="how recordings are heard (default: imported in the settings, else batch)",
    )


def run(args: argparse.Namespace) -> int:
    """Find files, bring them in, say what came of it."""
    from coach.calls.importers.incoming import find_calls  # noqa: PLC0415 - slow, see above

    settings = _heard(read_settings(args), args.hearing)
    sources = functools.partial(make_sources, settings, args.only, Paths.of().importing)
    table = DetailsTable(args.metadata) if args.metadata else None
    searched = find_calls(args.paths, sources(), args.metadata)
    if table is not None and table.unused:
        print(f"coach: {table.path}: not used: {', '.join(table.unused)}.", file=sys.stderr)
    batch = _batch(args, settings, sources, table)
    if args.dry_run:
        return _list(searched, batch.known, sources())
    _refuse_nothing(args.paths, searched)
    imported, stopped = _bring_in(args, settings, batch, searched)
    if table is not None and (absent := table.absent(searched.files)):
        print(f"coach: {table.path} names {count_of(len(absent), 'other file')}.", file=sys.stderr)
    if stopped:
        raise KeyboardInterrupt
    if any(one.unwritten for one in imported.failed):
        raise StorageError(
            "Not every call could be written.",
            "Free some space or unlock the data folder, and run the import again: "
            "what came in stays in.",
        )
    return Exit.INPUT if imported.failed else Exit.OK


def _batch(
    args: argparse.Namespace,
    settings: Settings,
    sources: Callable[[], Sequence[CallSource]],
    table: DetailsTable | None,
) -> Batch:
    """Where the calls go, by how many processes, and what is known of all of them."""
    from coach.calls.importers.batch import Batch  # noqa: PLC0415 - slow, see above
    from coach.calls.importers.bringing_in import JournalFolders  # noqa: PLC0415 - slow, see above
    from coach.calls.importers.incoming import Known  # noqa: PLC0415 - slow, see above
    from coach.startup.setup import make_setup  # noqa: PLC0415 - slow, see above

    paths = Paths.of()
    # Rules with mistakes are told here: in the processes they could only be told as a breakdown.
    fingerprint = rules_of(settings).load().fingerprint
    return Batch(
        make_setup=functools.partial(make_setup, settings),
        make_sources=sources,
        places=JournalFolders(calls=paths.calls, importing=paths.importing),
        purged=paths.purged,
        processes=args.jobs or os.cpu_count() or 1,
        rules=fingerprint if args.scheduler else "",
        again=args.again,
        known=Known(
            pattern=NamePattern(args.pattern) if args.pattern else None,
            table=table,
            told=_told(args),
        ),
    )


def _bring_in(
    args: argparse.Namespace, settings: Settings, batch: Batch, searched: Searched
) -> tuple[Imported, bool]:
    """Bring the files in and report; gives also whether somebody stopped it."""
    from coach.calls.importers.batch import bring_all, only_import  # noqa: PLC0415 - slow, see above
    from coach.calls.importers.in_hand import InHand  # noqa: PLC0415 - slow, see above
    from coach.calls.library import Library  # noqa: PLC0415 - slow, see above

    paths = Paths.of()
    with (
        cluster_named(args, settings) as make_pool,
        Interrupt() as interrupt,
        only_import(batch.places),
        Library(paths.calls, paths.library) as library,
    ):
        # It holds a semaphore: made once nothing refuses the import any more.
        in_hand = InHand(batch.processes)
        progress = ImportProgress(in_hand)
        work = msgspec.structs.replace(
            batch,
            in_hand=in_hand,
            make_pool=make_pool,
            giving_up=interrupt.giving_up,
            begun=progress.begin,
        )
        try:
            imported = bring_all(searched.files, library, work, stop=lambda: interrupt.asked)
        finally:
            progress.end()
    _report(imported, progress.seconds, searched)
    if interrupt.asked:
        _tell_unfinished(in_hand, searched)
    return imported, interrupt.asked


def _list(searched: Searched, known: Known, sources: Sequence[CallSource]) -> int:
    """What would be brought in, and what is read as far as an import would to refuse it."""
    from coach.calls.importers.bringing_in import refusal  # noqa: PLC0415 - slow, see above

    refused: list[str] = []
    for path in searched.files:
        try:
            why = refusal(path, known.of(path), sources)
        except InputError as error:
            why = str(error)
        if why:
            refused.append(f"{path}: {why}")
        else:
            print(path)
    for line in refused[:MOST_SHOWN]:
        print(f"  {line}", file=sys.stderr)
    if len(refused) > MOST_SHOWN:
        print(f"  and {len(refused) - MOST_SHOWN} more", file=sys.stderr)
    others = count_of(len(searched.passed_over), "other file")
    would = f", {len(refused)} would fail" if refused else ""
    print(f"{count_of(len(searched.files) - len(refused), 'call')}{would}, {others}.")
    return Exit.INPUT if refused else Exit.OK


def _tell_unfinished(in_hand: InHand, searched: Searched) -> None:
    """How far the files are that were given up."""
    for one in in_hand.files():
        if one.heard:
            name = searched.files[one.number]
            print(f"  {name}: {how_far(one)}; that much need not be heard again", file=sys.stderr)


def _refuse_nothing(paths: Sequence[Path], searched: Searched) -> None:
    """InputError where no file that was named or found is a call."""
    if searched.files or searched.empty:
        return
    passed = count_of(len(searched.passed_over), "other file")
    raise InputError(
        f"There is no recording and no transcript in {', '.join(repr(str(path)) for path in paths)}"
        + (f": {passed} passed over." if searched.passed_over else "."),
        "`coach import --help` names what is read.",
    )


def _heard(settings: Settings, hearing: Literal["batch", "live"] | None) -> Settings:
    """The settings with what the command line says of hearing."""
    if hearing is None:
        return settings
    audio = msgspec.structs.replace(settings.audio, imported=hearing)
    return msgspec.structs.replace(settings, audio=audio)


def make_sources(
    settings: Settings, only: str | None, unfinished: Path | None = None
) -> Sequence[CallSource]:
    """What calls can come from; called in each process of an import.

    ``unfinished``: where what was heard of a call is kept until all of it is; None keeps nothing.
    """
    from coach.calls.importers.source import TranscriptSource  # noqa: PLC0415 - slow, see above
    from coach.replay.recording_calls import RecordingCalls  # noqa: PLC0415 - slow, see above

    sources: dict[str, CallSource] = {
        "recordings": RecordingCalls(settings, unfinished),
        "transcripts": TranscriptSource(),
    }
    return tuple(source for name, source in sources.items() if only in (None, name))


def _told(args: argparse.Namespace) -> Details:
    fields = {"agent": args.agent, "queue": args.queue, "tags": args.tag, "sides": args.sides}
    return details_of({name: value for name, value in fields.items() if value}, "the command line")


def _report(imported: Imported, seconds: float, searched: Searched) -> None:
    from coach.calls.importers.batch import why_failed  # noqa: PLC0415 - slow, see above

    parts = [f"{count_of(imported.calls, 'call')} came in ({imported.seconds / 3600:.2f} hours)"]
    parts += [f"{imported.known} there already"] if imported.known else []
    parts += [f"{imported.purged} purged before (--again)"] if imported.purged else []
    parts += [f"{len(imported.failed)} failed"] if imported.failed else []
    left = imported.of - imported.done
    parts += [f"{left} left: run it again"] if left else []
    if searched.passed_over:
        parts.append(f"{count_of(len(searched.passed_over), 'other file')} passed over")
    print(f"{', '.join(parts)}; {seconds:.0f} s.")
    for path in searched.empty[:MOST_SHOWN]:
        print(f"  passed over: {path} is empty", file=sys.stderr)
    for line in why_failed(imported)[:MOST_SHOWN]:
        print(f"  {line}", file=sys.stderr)
    if len(imported.failed) > MOST_SHOWN:
        print(f"  and {len(imported.failed) - MOST_SHOWN} more", file=sys.stderr)
