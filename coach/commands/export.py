"""`coach export`: calls in the forms that other tools read."""

from __future__ import annotations

import argparse
import enum
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from coach.calls.call_files import JOURNAL, CallFiles
from coach.calls.library import Library
from coach.calls.named_call import named_call
from coach.calls.periods import local_now
from coach.calls.search import search
from coach.calls.search_query import Query
from coach.calls.whole_file import OWNERS, check_folder, is_stream, write_whole
from coach.commands.calls import SLOW, add_filters, query_of, update
from coach.errors import Exit, InputError, StorageError
from coach.notes.wording import count_of
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine

if TYPE_CHECKING:
    from coach.calls.export.known_call import KnownCall

# The imports inside the functions below are slow ones: `coach --help` must not wait for them.

TABLE = "calls"
"""Name of a table in a folder."""


class ExportFormat(enum.StrEnum):
    """How calls are written."""

    CONTACT_LENS = "contact-lens"
    CSV = "csv"
    VTT = "vtt"

    @property
    def ending(self) -> str:
        """Of a file of it."""
        return ".json" if self is ExportFormat.CONTACT_LENS else f".{self.value}"


class CallToExport(msgspec.Struct, frozen=True):
    """A call that is to be exported."""

    name: str
    journal: Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "contact-lens is JSON with the names of Contact Lens, what is our own under X-Coach; csv "
        "is a table with\nthe columns of its data lake, a line for each call; vtt is captions with "
        "speakers.\n\n"
        "A call is a name of `coach calls`, its beginning, or a journal. Without one, calls are "
        "chosen as\n`coach calls` does: coach export --as csv --since this-week --out week.csv"
    )
    parser.add_argument(
        "calls",
        nargs="*",
        metavar="CALL",
        help="calls to write: names, beginnings of names, or journals",
    )
    parser.add_argument(
        "--as",
        dest="form",
        required=True,
        choices=[form.value for form in ExportFormat],
        help="the form to write them in",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PATH",
        help="a file; where a folder is named that is there, or several calls are written, a "
        "folder with a file for each call (default: standard output)",
    )
    parser.add_argument("--force", action="store_true", help="write over files that exist")
    add_filters(parser)


def run(args: argparse.Namespace) -> int:
    """Find the calls, write each, say what could not be written."""
    form = ExportFormat(args.form)
    calls = _chosen(args)
    targets = _targets(args, form, calls)
    failures: list[str] = []
    corrected = 0
    rows = []
    progress = ProgressLine()
    for number, call in enumerate(calls, 1):
        try:
            known = _known(call, with_rules=form is ExportFormat.CONTACT_LENS)
            corrected += len(known.corrections)
            if form is ExportFormat.CSV:
                rows.append(_row(known))
            else:
                _put(
                    _written(form, known),
                    targets[number - 1],
                    overwrite=args.force,
                    several=len(calls) > 1,
                )
        except InputError as error:
            if len(calls) == 1:
                raise
            failures.append(str(error))
        if len(calls) >= SLOW:
            progress("writing calls", number / len(calls))
    if form is ExportFormat.CSV:
        _put(_table(rows), targets[0], overwrite=args.force)
    _tell(args.out, len(calls) - len(failures), corrected, failures)
    return Exit.INPUT if failures else Exit.OK


# --- which calls ---------------------------------------------------------------------------------


def _chosen(args: argparse.Namespace) -> tuple[CallToExport, ...]:
    """The calls that are named, or those that the options choose, oldest first."""
    query = query_of(argparse.Namespace(**vars(args), call=None, limit=0), local_now())
    chooses = query != Query(most=None)
    if args.calls and chooses:
        raise InputError(
            "Calls are named, or chosen by options, not both.", "Leave one of the two out."
        )
    paths = Paths.of()
    if args.calls:
        named = [_named(name, paths.calls) for name in args.calls]
        return tuple({call.journal.resolve(): call for call in named}.values())
    if not chooses:
        raise InputError(
            "No call is named.",
            "Name one of `coach calls`, or choose some, such as --since 7d; --kind all "
            "takes every call.",
        )
    with Library(paths.calls, paths.library, in_memory=True) as library:
        update(library)
        found = search(library, query)
    if not found.calls:
        raise InputError("No call is found that way.", "`coach calls` with these options lists it.")
    return tuple(
        CallToExport(one.call, CallFiles(paths.calls, one.call).journal)
        for one in found.calls[::-1]
    )


def _named(name: str, folder: Path) -> CallToExport:
    if Path(name).is_file():
        return CallToExport(Path(name).name.removesuffix(JOURNAL), Path(name))
    files = named_call(name, folder)
    return CallToExport(files.call, files.journal)


def _known(call: CallToExport, *, with_rules: bool) -> KnownCall:
    """Read a call's journal and what lies beside it. Raises InputError."""
    from coach.replay.handing_on import known_of  # noqa: PLC0415 - slow, see above

    files = CallFiles(call.journal.parent, call.name)
    return known_of(files, call.journal, with_rules=with_rules)


# --- writing -------------------------------------------------------------------------------------


def _written(form: ExportFormat, known: KnownCall) -> bytes:
    from coach.calls.export.contact_lens import as_json  # noqa: PLC0415 - slow, see above
    from coach.calls.export.web_captions import web_captions  # noqa: PLC0415 - slow, see above

    return as_json(known) if form is ExportFormat.CONTACT_LENS else web_captions(known).encode()


def _row(known: KnownCall) -> dict[str, str | int | float | None]:
    from coach.calls.export.data_lake import row_of  # noqa: PLC0415 - slow, see above

    return row_of(known)


def _table(rows: Sequence[dict[str, str | int | float | None]]) -> bytes:
    from coach.calls.export.data_lake import as_csv  # noqa: PLC0415 - slow, see above

    return as_csv(rows).encode()


def _targets(
    args: argparse.Namespace, form: ExportFormat, calls: Sequence[CallToExport]
) -> list[Path | None]:
    """Where each call goes, or the table; None is standard output.

    Raises InputError where several calls would go to one place, StorageError where a file is there.
    """
    out: Path | None = args.out
    many = form is not ExportFormat.CSV and len(calls) > 1
    if out is None:
        if many:
            raise InputError(
                f"{len(calls)} calls do not fit one output.", "Name a folder with --out FOLDER."
            )
        return [None]
    if many and os.path.isfile(out):  # noqa: PTH113 - it takes a name too long for none
        raise InputError(
            f"{out} is a file, and {len(calls)} calls need a folder.", "Name a folder with --out."
        )
    if not (many or os.path.isdir(out)):  # noqa: PTH112 - likewise
        targets = [out]
    elif form is ExportFormat.CSV:
        targets = [out / f"{TABLE}{form.ending}"]
    else:
        targets = [out / f"{call.name}{form.ending}" for call in calls]
    if len(set(targets)) < len(targets):
        raise InputError("Two of the calls have one name.", "Export them one at a time.")
    if not args.force:
        for target in targets:
            _refuse(target)
    return list(targets)


def _refuse(target: Path) -> None:
    if os.path.lexists(target) and not is_stream(target):
        raise StorageError(
            f"{target} exists already and is not overwritten.",
            "Name another place with --out, or say --force.",
        )


def _put(data: bytes, target: Path | None, *, overwrite: bool, several: bool = False) -> None:
    """Write a file, whole or not at all, for its owner alone. Raises StorageError.

    The folder of several files is made where it is not there; that of one file is not.
    """
    if target is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    try:
        if not is_stream(target):
            if several:
                target.parent.mkdir(parents=True, exist_ok=True)
            else:
                check_folder(target)
        if not overwrite:
            _refuse(target)
        write_whole(target, data, mode=OWNERS)
    except OSError as error:
        no_folder = isinstance(error, FileExistsError)
        cause = f"{target.parent} is no folder" if no_folder else error.strerror
        raise StorageError(
            f"{target} cannot be written: {cause}.", "Free some space or unlock the folder."
        ) from None


def _tell(out: Path | None, written: int, corrected: int, failures: Sequence[str]) -> None:
    if out is not None:
        print(f"written: {out}, {count_of(written, 'call')}")
    if corrected:
        lines = count_of(corrected, "line")
        print(
            f"coach: {lines} put right by reviewers; all figures go by what was heard.",
            file=sys.stderr,
        )
    for failure in failures:
        print(f"coach: left out: {failure}", file=sys.stderr)
