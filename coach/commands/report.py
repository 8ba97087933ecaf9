"""`coach report`: a call, or an agent's calls, written down for people."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import Exit, InputError, StorageError
from coach.startup.paths import Paths

if TYPE_CHECKING:
    from coach.notes.report.call_report import CallReport

# The imports inside the functions below are slow ones: `coach --help` must not wait for them.

PRINTED = "-"
"""Stands for standard output."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Without --html, --md and --json an HTML page is written into the current folder, named\n"
        "after the call. A page is one file that loads nothing from elsewhere."
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


def run(args: argparse.Namespace) -> int:
    """Put the report together and write it."""
    if args.call is None:
        raise InputError("Nothing says what to report.", "Name a call: coach report CALL.")
    return _call(args)


def _call(args: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415 - slow, see above

    from coach.calls.reports.named_call import named_call  # noqa: PLC0415 - slow, see above
    from coach.notes.report.call_page import call_page  # noqa: PLC0415 - slow, see above
    from coach.notes.report.call_text import call_text  # noqa: PLC0415 - slow, see above
    from coach.replay.report_of_call import (  # noqa: PLC0415 - slow, see above
        default_name,
        report_of_call,
    )
    from coach.startup.config import load  # noqa: PLC0415 - slow, see above

    report = report_of_call(named_call(args.call, Paths.of().calls), load(args.settings))

    def as_json(one: CallReport) -> str:
        return msgspec.json.format(msgspec.json.encode(one)).decode() + "\n"

    if not (args.html or args.md or args.json):
        args.html = str(default_name(report, ".html"))
    _written(
        args,
        {
            args.html: lambda: call_page(report),
            args.md: lambda: call_text(report),
            args.json: lambda: as_json(report),
        },
    )
    return Exit.OK


def _written(args: argparse.Namespace, forms: dict[str | None, Callable[[], str]]) -> None:
    """Write each form that was asked for, all of them or, where one file exists, none."""
    named = {name: make for name, make in forms.items() if name is not None}
    asked = [name for name in (args.html, args.md, args.json) if name is not None]
    if len(named) < len(asked):
        raise InputError("Two forms are to go to one place.", "Name a file for each.")
    for name in named:
        if name != PRINTED and Path(name).exists() and not args.force:
            raise StorageError(
                f"The file {name} exists already and is not overwritten.",
                "Name another one, or say --force.",
            )
    for name, make in named.items():
        if name == PRINTED:
            sys.stdout.write(make())
        else:
            write_whole(Path(name), make())
            print(f"written: {name}", file=sys.stderr)


def write_whole(path: Path, text: str) -> None:
    """Write a file for its owner alone, whole or not at all. Raises OSError, which names it."""
    draft = path.with_name(f".{path.name[:200]}.part")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - the mode is set as it is made
            file.write(text.encode("utf-8", errors="replace"))
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
