"""`coach review`: look at a past call, see why each card came or did not, and say what is right."""

from __future__ import annotations

import argparse
import functools
import shlex
from collections.abc import Callable
from pathlib import Path

import msgspec

from coach.calls.journal_gathering import Fate
from coach.calls.library import Library
from coach.calls.listing import MOST_HITS, counted, hit_line, local
from coach.calls.named_call import named_call
from coach.calls.periods import local_now
from coach.calls.search import search
from coach.calls.search_query import FoundCall, HitKind, Query, SearchBounds
from coach.commands import calls
from coach.errors import Exit, InputError
from coach.events.lengths import clock
from coach.notes.review.places import split_place
from coach.notes.review.review_requests import CallRow, CallsToChoose
from coach.startup.config import load
from coach.startup.login import named
from coach.startup.paths import Paths
from coach.startup.rules_in_force import (
    add_rules_options,
    rules_named,
    rules_of,
    with_rules_of,
)
from coach.startup.screens import can_show_screen

MOST_SHOWN = 200
"""Calls to choose from; more are named by a search."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "CALL is a call's name in the library, or as much of it as no other begins with, or the "
        "path of a\njournal; @3:12 behind it opens it there. Without CALL the library's calls are "
        "listed; SEARCH is what\n`coach calls` takes, or plain words that were said:\n"
        "  coach review --search 'manager --by customer --during last-week'\n"
        "What you say of a call is kept beside it; the call stays as it was. ? shows the keys."
    )
    parser.add_argument("call", nargs="?", metavar="CALL[@TIME]", help="which call, and where")
    parser.add_argument("--search", default="", metavar="SEARCH", help="list only these calls")
    parser.add_argument("--reviewer", metavar="NAME", help="who marks (default: your login name)")
    parser.add_argument(
        "--blind",
        action="store_true",
        help="for calibration: marks and scores of others are hidden, f fills in a blind scorecard",
    )
    parser.add_argument(
        "--rules-in-force",
        action="store_true",
        help="also coach it with the rules in force now, and show where that differs",
    )
    parser.add_argument(
        "--recording", type=Path, metavar="FILE", help="its sound, if it does not lie beside it"
    )
    add_rules_options(parser)


def run(args: argparse.Namespace) -> int:
    """Open the screen."""
    settings = with_rules_of(args, load(args.settings))
    call, at = place_of(args)
    if not can_show_screen():
        raise InputError(
            "A review needs a terminal.",
            "`coach calls CALL` prints a call; `coach replay JOURNAL --headless --why-not` why "
            "each card came or did not.",
        )
    from coach.replay.review_desk import ReviewDesk, Reviewing  # noqa: PLC0415 - slow
    from tui.review_app import ReviewApp  # noqa: PLC0415 - slow

    desk = ReviewDesk(
        settings,
        Paths.of().calls,
        functools.partial(choose, blind=args.blind),
        Reviewing(
            reviewer=named(args.reviewer),
            blind=args.blind,
            in_force=rules_named(args),
            recording=args.recording,
        ),
    )
    if call:
        named_call(call, Paths.of().calls)
    else:
        _query_of(args.search, blind=args.blind)
    if rules_named(args):
        rules_of(settings).load()  # mistakes are told before a screen opens
    try:
        app = ReviewApp(desk, call=call, at=at, search=args.search)
        app.run()
    finally:
        desk.close()
    return app.return_code or Exit.OK


def place_of(args: argparse.Namespace) -> tuple[str, float | None]:
    """The call and the time that ``args`` name. Raises InputError for what is no place."""
    call, at = split_place(args.call) if args.call else ("", None)
    if args.recording is not None and not args.recording.is_file():
        raise InputError(
            f"The recording {args.recording} is not there.", "Check its name and folder."
        )
    return call, at


def look_up(call: str, search: str, *, blind: bool) -> None:
    """Find the call, or calls, before a page is served. Raises InputError where that fails."""
    if call:
        named_call(call, Paths.of().calls)
    else:
        choose(search, blind=blind)


def choose(
    words: str, tell: Callable[[str], None] = lambda _: None, *, blind: bool = False
) -> CallsToChoose:
    """The calls for which a search holds; ``tell`` hears how far it is. Raises InputError.

    ``blind``: without marks and scores.
    """

    def read(done: int, of: int) -> None:
        if of >= calls.SLOW:
            tell(f"Reading calls: {done} of {of} …")

    query = _query_of(words, blind=blind)
    paths = Paths.of()
    with Library(paths.calls, paths.library, in_memory=True) as library:
        library.refresh(read)
        found = search(library, query)
    wanted = [kind for kind in found.counts if kind in query.kinds]
    told = counted(found, wanted)
    if not blind:
        return CallsToChoose(rows=tuple(map(_row, found.calls)), told=told)
    rows = tuple(_row(_unjudged(call)) for call in found.calls)
    return CallsToChoose(rows=rows, told=f"{told} Blind: marks and scores are not shown.")


def _query_of(words: str, *, blind: bool) -> Query:
    """What a search asks for, before the library is read. Raises InputError."""
    query = calls.query_of(asked(words), local_now())
    if blind and (query.marked or query.fate is Fate.MARKED or query.score != SearchBounds()):
        raise InputError(
            "A blind review searches for neither marks nor scores.", "Leave them out of the search."
        )
    return query


def _unjudged(call: FoundCall) -> FoundCall:
    """The call without what anybody said of it."""
    hits = tuple(
        msgspec.structs.replace(hit, text="") if hit.kind is HitKind.CARD else hit
        for hit in call.hits
    )
    return msgspec.structs.replace(call, marks=(), score=None, hits=hits)


class _Refusing(argparse.ArgumentParser):
    """A parser whose complaint is an InputError."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Raise instead of leaving."""
        raise InputError(f"That search is not understood: {message}.", "? shows how to search.")


def asked(words: str) -> argparse.Namespace:
    """A search as `coach calls` would take it; words without an option were said."""
    try:
        parts = shlex.split(words)
    except ValueError:
        raise InputError(f"{words!r} lacks a closing quotation mark.") from None
    plain = []
    while parts and not parts[0].startswith("--"):
        plain.append(parts.pop(0))
    said = [" ".join(f'"{part}"' if " " in part else part for part in plain)] if plain else []
    parser = _Refusing(add_help=False)
    calls.configure(parser)
    args = parser.parse_args([f"--limit={MOST_SHOWN}", *(f"--said={one}" for one in said), *parts])
    if args.by and not args.said:
        raise InputError("--by needs words.", "Write some before it, such as: manager --by agent.")
    return args


def _row(call: FoundCall) -> CallRow:
    who = (call.agent, call.queue, call.caller)
    return CallRow(
        call=call.call,
        when=local(call.started),
        length=clock(call.seconds),
        level=call.level.name.lower(),
        who="  ".join(part for part in who if part),
        cards=call.cards,
        marks=len(call.marks),
        score="" if call.score is None else f"{call.score:g} %",
        hits=tuple((hit.at, " ".join(hit_line(hit).split())) for hit in call.hits[:MOST_HITS]),
        more_hits=max(0, len(call.hits) - MOST_HITS),
    )
