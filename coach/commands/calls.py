"""`coach calls`: list and search the library of calls."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from coach.calls.about import CallKind, read_later, write_later
from coach.calls.call_files import CallFiles
from coach.calls.journal_gathering import Fate
from coach.calls.library import Library
from coach.calls.listing import as_csv, as_json, as_text, counted, one_call
from coach.calls.named_call import named_call
from coach.calls.periods import FORMS, local_now, period, refuse_backwards
from coach.calls.search import search
from coach.calls.search_query import MOST_CALLS, Query, SearchBounds, SearchResult
from coach.errors import Exit, InputError, StorageError
from coach.events import Channel, Level
from coach.notes.wording import count_of
from coach.startup.figures import Figure, count
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine
from coach.startup.typed_ranges import TypedRange, seconds_typed

SIDES = {"customer": Channel.CUSTOMER, "agent": Channel.AGENT}
LEVELS = {level.name.lower(): level for level in Level}
SETTABLE = ("agent", "queue", "caller", "tags")
"""What can be put right of a call."""
PER_CENT = TypedRange(float, 0.0, 100.0)
LENGTHS = TypedRange(seconds_typed, 0.0)
SLOW = 200
"""Calls to be read from which on the progress is shown."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        f"WHEN is one of {FORMS}.\n"
        "RANGE is 60..80, 60.. or ..80; lengths take s, m and h, as in 90s..10m.\n"
        "RULE is a rule's name, a part of it (supervisor) or a pattern (esc.*).\n\n"
        "Who asked for a manager last week?\n"
        "  coach calls --said manager --by customer --during last-week\n"
        "Calls with customers are counted: live and imported ones. Rehearsals (replays) and demos "
        "are counted apart;\n--kind shows them."
    )
    parser.add_argument(
        "call",
        nargs="?",
        metavar="CALL",
        help="show one call in full; the beginning of its name will do",
    )
    add_filters(parser)
    parser.add_argument(
        "--like",
        metavar="SENTENCE",
        help="something like this was said, in whatever words; the nearest first",
    )
    parser.add_argument(
        "--near",
        type=Figure(float, 0.0, 1.0, remedy="1 finds the same words alone."),
        metavar="N",
        help=f"with --like: how near a line must come, up to 1 (default: {Query().near:g})",
    )
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--csv", action="store_true", help="one line a call, for a spreadsheet")
    shown.add_argument("--json", action="store_true", help="one JSON object a line, with all hits")
    parser.add_argument(
        "--limit",
        type=count("0 shows all.", least=0),
        metavar="N",
        help=f"calls shown, newest first; 0 shows all (default: {MOST_CALLS}; all with --csv and "
        "--json)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="with CALL: put agent, queue, caller or tags right ('tags=vip; late')",
    )
    parser.add_argument(
        "--rebuild", action="store_true", help="make the index again from the calls' files"
    )


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Declare the options that choose calls; ``query_of`` reads them."""
    when = parser.add_argument_group("which calls")
    when.add_argument("--since", metavar="WHEN", help="begun then or later")
    when.add_argument("--until", metavar="WHEN", help="begun before the end of it")
    when.add_argument("--during", metavar="WHEN", help="begun in it")
    when.add_argument("--agent", metavar="NAME", help="of this agent")
    when.add_argument("--queue", metavar="NAME", help="of this queue")
    when.add_argument("--tag", action="append", default=[], metavar="TAG", help="with this tag")
    when.add_argument("--caller", metavar="REF", help="with this caller reference")
    when.add_argument(
        "--kind",
        action="append",
        choices=[*(kind.value for kind in CallKind), "all"],
        help="of this kind (repeatable; default: live and import)",
    )
    when.add_argument("--level", choices=tuple(LEVELS), help="came to this level or further")
    when.add_argument("--cue", action="append", default=[], metavar="RULE", help="a rule matched")
    when.add_argument("--card", metavar="RULE", help="a card was shown (or --fate kept_back)")
    when.add_argument(
        "--fate",
        choices=[fate.value for fate in Fate],
        help="what became of the card, or of any where none is named; used: by the key, or the "
        "agent then said or did what it asks for",
    )
    when.add_argument(
        "--score", type=PER_CENT, default=SearchBounds(), metavar="RANGE", help="per cent"
    )
    when.add_argument("--length", type=LENGTHS, default=SearchBounds(), metavar="RANGE")
    when.add_argument(
        "--said",
        action="append",
        default=[],
        metavar="WORDS",
        help="words of one line, in any order; in double quotes, next to one another; manag* is a "
        "beginning",
    )
    when.add_argument("--by", choices=tuple(SIDES), help="who said them")
    when.add_argument(
        "--marks", action="store_true", help="with marks, which are listed; the agents' own too"
    )
    when.add_argument("--held", action="store_true", help="held for legal reasons")


def run(args: argparse.Namespace) -> int:
    """Bring the index up to date, search, print."""
    if args.limit is None:
        args.limit = 0 if args.csv or args.json else MOST_CALLS
    if args.near is None:
        args.near = Query().near
    elif args.like is None:
        raise InputError("--near needs --like.", 'Say which sentence, such as --like "too slow".')
    paths = Paths.of()
    if args.call:
        args.call = _in_library(args.call, paths.calls)
    query = query_of(args, local_now())
    if args.set:
        put_right(paths.calls, args.call, args.set)
    with Library(paths.calls, paths.library, in_memory=not args.rebuild) as library:
        update(library, rebuild=args.rebuild)
        if args.like is not None:
            query = msgspec.structs.replace(query, like=_likeness(args, library), near=args.near)
        found = search(library, query)
        _print(args, library, found)
    return Exit.OK


def _likeness(args: argparse.Namespace, library: Library) -> str:
    """The sentence that is asked for, once the clauses of all calls can be searched.

    Raises InputError, StorageError.
    """
    # It brings the encoder and an array library with it: no other search needs them.
    from coach.calls.likeness import bring_up_to_date  # noqa: PLC0415

    if not any(character.isalnum() for character in args.like):
        raise InputError(
            f"--like {args.like!r} holds no words.",
            'Say what was said, such as --like "nobody rang back".',
        )
    progress = ProgressLine()

    def tell(done: int, of: int) -> None:
        if of >= SLOW:
            progress("reading clauses", done / of)

    try:
        brought = bring_up_to_date(library, tell)
    except StorageError as error:
        library.go_by_memory(error)
        update(library)
        brought = bring_up_to_date(library, tell)
    if brought.foreign:
        print(
            f"coach: {count_of(brought.foreign, 'call')} not searched: another encoder listened "
            "to what was said there.",
            file=sys.stderr,
        )
    return str(args.like)


def _in_library(name: str, calls: Path) -> str:
    """The whole name of a call of the library. Raises InputError where there is none."""
    files = named_call(name, calls)
    if files.folder.resolve() != calls.resolve():
        raise InputError(
            f"{name} is not in the library.",
            "`coach import` brings calls in, `coach review` shows it.",
        )
    return files.call


def put_right(folder: Path, call: str | None, settings: Sequence[str]) -> None:
    """Keep beside a call's journal what is to be said of it from now on.

    Raises InputError or StorageError.
    """
    if call is None:
        raise InputError("--set needs a call.", "Name it: coach calls CALL --set queue=billing.")
    files = CallFiles(folder, call)
    later = read_later(files.about)
    for setting in settings:
        name, equals, value = (part.strip() for part in setting.partition("="))
        if name not in SETTABLE or not equals:
            raise InputError(
                f"--set {setting!r} sets nothing.", f"Write one of {', '.join(SETTABLE)} and =."
            )
        tags = tuple(tag for part in value.split(";") if (tag := part.strip()))
        new = {name: tags if name == "tags" else value}
        later = msgspec.structs.replace(later, **new)
    write_later(files.about, later)


def _print(args: argparse.Namespace, library: Library, found: SearchResult) -> None:
    if args.json:
        sys.stdout.writelines(as_json(found))
    elif args.csv:
        sys.stdout.writelines(as_csv(found))
    elif args.call and found.calls:
        sys.stdout.writelines(one_call(library, found.calls[0]))
    elif args.call:
        print(f"{args.call} is in the library; what else is asked for does not hold of it.")
    else:
        wanted = [kind for kind in CallKind if kind in _kinds(args)]
        sys.stdout.writelines(as_text(found, marks=args.marks, width=_width()))
        print(counted(found, wanted, near=args.like is not None))


def _width() -> int | None:
    """Columns of the terminal; None where the output goes elsewhere and is not cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def update(library: Library, *, rebuild: bool = False) -> None:
    """Bring the index up to date, with a word where that takes a while or something is wrong."""
    progress = ProgressLine()

    def tell(done: int, of: int) -> None:
        if of >= SLOW:
            progress("reading calls", done / of)

    if rebuild:
        refreshed = library.rebuild(tell)
        print(
            f"coach: the index was made again from {count_of(refreshed.read, 'call')}.",
            file=sys.stderr,
        )
    else:
        library.refresh(tell)
        if library.mended:
            print(
                "coach: the index was damaged or of another version, and was made again.",
                file=sys.stderr,
            )
    if library.unwritten:
        print(
            f"coach: {library.unwritten} What is listed comes from the calls themselves.",
            file=sys.stderr,
        )
    for one in library.unreadable():
        print(f"coach: left out: {one.trouble}", file=sys.stderr)


def query_of(args: argparse.Namespace, now: datetime) -> Query:
    """What the command line asks for. Raises InputError."""
    if args.by and not (args.said or getattr(args, "like", None)):
        raise InputError("--by needs --said.", "Say which words, such as --said manager.")
    since = until = None
    if args.during is not None:
        if args.since or args.until:
            raise InputError("--during stands alone.", "Leave --since and --until out.")
        since, until = period(args.during, now)
    if args.since is not None:
        since = period(args.since, now)[0]
    if args.until is not None:
        until = period(args.until, now)[1]
    refuse_backwards(since, until)
    return Query(
        kinds=tuple(CallKind) if args.call else _kinds(args),
        since=since.timestamp() if since else None,
        until=until.timestamp() if until else None,
        agent=args.agent,
        queue=args.queue,
        tags=tuple(args.tag),
        caller=args.caller,
        level=LEVELS.get(args.level),
        cues=tuple(args.cue),
        card=args.card,
        fate=Fate(args.fate) if args.fate else None,
        score=args.score,
        length=args.length,
        said=tuple(args.said),
        by=SIDES.get(args.by),
        marked=args.marks,
        held=args.held,
        call=args.call,
        most=args.limit or None,
    )


def _kinds(args: argparse.Namespace) -> tuple[CallKind, ...]:
    if not args.kind:
        return Query().kinds
    return tuple(CallKind) if "all" in args.kind else tuple(CallKind(kind) for kind in args.kind)
