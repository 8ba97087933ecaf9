"""`coach report`: a call, an agent's calls, or what cards did, written down for people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from coach.calls.periods import FORMS, local_now, period, refuse_backwards
from coach.calls.whole_file import OWNERS, check_folder, write_named
from coach.errors import Exit, InputError, StorageError
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine

# The imports inside the functions below are slow ones: `coach --help` must not wait for them.

R = TypeVar("R")
PRINTED = "-"
"""Stands for standard output."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Without --html, --md and --json an HTML page is written into the current folder, named\n"
        "after the call or the agent; --cards prints Markdown. A page is one file that loads\n"
        "nothing from elsewhere.\n"
        f"WHEN is one of {FORMS}.\n\n"
        "An agent's calls are reported to learn from and not to rank: every figure says how many "
        "calls it rests on\nand how far it can be trusted. Rehearsals and demos are not counted."
    )
    parser.add_argument(
        "call",
        nargs="?",
        metavar="CALL",
        help="a call of the library, the beginning of its name, or a journal's path",
    )
    for option, what in (("--html", "an HTML page"), ("--md", "Markdown"), ("--json", "JSON")):
        parser.add_argument(option, metavar="FILE", help=f"write {what}; {PRINTED} prints it")
    parser.add_argument("--force", action="store_true", help="write over files that exist")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="another settings file")
    cards = parser.add_argument_group("the cards of all calls, or of an agent's")
    cards.add_argument(
        "--cards",
        action="store_true",
        help="which cards help: mood and level after a card, against moments without it",
    )
    cards.add_argument(
        "--training", metavar="FILE", help="with --cards: write real moments to learn from, masked"
    )
    calls = parser.add_argument_group("an agent's calls, or which ones --cards goes by")
    calls.add_argument("--agent", metavar="NAME", help="report the calls of this agent")
    calls.add_argument("--since", metavar="WHEN", help="begun then or later")
    calls.add_argument("--until", metavar="WHEN", help="begun before the end of it")
    calls.add_argument(
        "--coached",
        metavar="WHEN",
        help="compare calls before and after it (default: the first half with the second)",
    )


def run(args: argparse.Namespace) -> int:
    """Put the report together and write it."""
    for name in (args.html, args.md, args.json, args.training):
        if name and name != PRINTED:
            check_folder(Path(name))
    if args.cards:
        return _cards(args)
    if args.training:
        raise InputError("--training needs --cards.", "Say both.")
    if (args.call is None) == (args.agent is None):
        raise InputError(
            "One call or one agent is reported.",
            "Name a call (coach report CALL) or an agent (coach report --agent NAME).",
        )
    if args.call is not None and (args.since or args.until or args.coached):
        raise InputError("--since, --until and --coached need --agent.", "Leave them out.")
    return _call(args) if args.agent is None else _agent(args)


def _call(args: argparse.Namespace) -> int:
    from coach.calls.named_call import named_call  # noqa: PLC0415 - slow, see above
    from coach.notes.report.call_page import call_page  # noqa: PLC0415 - slow, see above
    from coach.notes.report.call_text import call_text  # noqa: PLC0415 - slow, see above
    from coach.replay.report_of_call import report_of_call  # noqa: PLC0415 - slow, see above
    from coach.startup.config import load  # noqa: PLC0415 - slow, see above

    calls = Paths.of().calls
    files = named_call(args.call, calls)
    inside = files.folder.resolve() == calls.resolve()
    report = report_of_call(files, load(args.settings), "" if inside else args.call)
    _written(args, report.call, (call_page, call_text, _as_json), report)
    return Exit.OK


def _agent(args: argparse.Namespace) -> int:
    from coach.calls.library import Library  # noqa: PLC0415 - slow, see above
    from coach.calls.reports.agent_calls import CallsWanted, agent_report  # noqa: PLC0415 - slow
    from coach.commands.calls import update  # noqa: PLC0415 - slow, see above
    from coach.notes.report.agent_page import agent_page  # noqa: PLC0415 - slow, see above
    from coach.notes.report.agent_text import agent_text  # noqa: PLC0415 - slow, see above

    now, paths = local_now(), Paths.of()
    since = period(args.since, now)[0] if args.since else None
    until = period(args.until, now)[1] if args.until else None
    coached = period(args.coached, now)[0] if args.coached else None
    refuse_backwards(since, until)
    wanted = CallsWanted(
        agent=args.agent,
        since=since.timestamp() if since else None,
        until=until.timestamp() if until else None,
        coached=coached.timestamp() if coached else None,
        since_named=f"{since:%Y-%m-%d %H:%M}" if since else "",
        until_named=f"{until:%Y-%m-%d %H:%M}" if until else "",
        coached_named=f"{coached:%Y-%m-%d %H:%M}" if coached else "",
    )
    progress = ProgressLine()
    with Library(paths.calls, paths.library, in_memory=True) as library:
        update(library)
        report = agent_report(library, wanted, lambda done: progress("measuring calls", done))
    _written(args, f"calls of {report.agent}", (agent_page, agent_text, _as_json), report)
    return Exit.OK


def _cards(args: argparse.Namespace) -> int:
    from coach.calls.library import Library  # noqa: PLC0415 - slow, see above
    from coach.calls.reports.cards_of_calls import WantedCards, cards_report  # noqa: PLC0415
    from coach.calls.reports.training import Picking  # noqa: PLC0415 - slow, see above
    from coach.commands.calls import update  # noqa: PLC0415 - slow, see above
    from coach.notes.report.cards_text import cards_page, cards_text  # noqa: PLC0415 - slow
    from coach.notes.wording import count_of  # noqa: PLC0415 - slow, see above

    if args.call is not None or args.coached:
        raise InputError(
            "--cards is about many calls.", "Leave CALL and --coached out; --agent and --since go."
        )
    if args.training and Path(args.training).exists() and not args.force:
        raise _exists(args.training)
    now, paths = local_now(), Paths.of()
    since = period(args.since, now)[0] if args.since else None
    until = period(args.until, now)[1] if args.until else None
    wanted = WantedCards(
        agent=args.agent,
        since=since.timestamp() if since else None,
        until=until.timestamp() if until else None,
        since_named=f"{since:%Y-%m-%d %H:%M}" if since else "",
        until_named=f"{until:%Y-%m-%d %H:%M}" if until else "",
    )
    progress, picking = ProgressLine(), Picking() if args.training else None
    with Library(paths.calls, paths.library, in_memory=True) as library:
        update(library)
        report = cards_report(library, wanted, picking, lambda done: progress("comparing", done))
    if not (args.html or args.md or args.json):
        args.md = PRINTED
    _written(args, "cards", (cards_page, cards_text, _as_json), report)
    if picking is not None:
        _put(args.training, picking.text())
        told = count_of(picking.count, "moment")
        print(f"written: {args.training}, {told}", file=sys.stderr)
    return Exit.OK


def _as_json(report: object) -> str:
    import msgspec  # noqa: PLC0415 - slow, see above

    return msgspec.json.format(msgspec.json.encode(report)).decode() + "\n"


def _written(
    args: argparse.Namespace, title: str, forms: tuple[Callable[[R], str], ...], report: R
) -> None:
    """Write each form that was asked for; where one of the files exists, none of them."""
    asked = [args.html, args.md, args.json]
    if not any(asked):
        asked[0] = file_name(title, ".html")
    named = [(name, make) for name, make in zip(asked, forms, strict=True) if name]
    if len({name for name, _ in named}) < len(named):
        raise InputError("Two forms are to go to one place.", "Name a file for each.")
    for name, _ in named:
        if name != PRINTED and Path(name).is_dir():
            raise StorageError(f"{name} is a folder.", "Name a file in it.")
        if name != PRINTED and Path(name).exists() and not args.force:
            raise _exists(name)
    for name, make in named:
        if name == PRINTED:
            sys.stdout.write(make(report))
        else:
            _put(name, make(report))
            print(f"written: {name}", file=sys.stderr)


def _put(name: str, text: str) -> None:
    write_named(Path(name), text.encode("utf-8", errors="replace"), mode=OWNERS)


def _exists(name: str) -> StorageError:
    return StorageError(
        f"The file {name} exists already and is not overwritten.",
        "Name another one, or say --force.",
    )


def file_name(title: str, ending: str) -> str:
    """A name in the current folder that any machine takes."""
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in title).lstrip(".-")
    return f"{safe[:100] or 'call'}{ending}"
