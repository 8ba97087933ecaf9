"""`coach suggest`: changes of rules that reviewers' marks speak for, with figures."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from coach.calls.whole_file import check_folder, write_named
from coach.commands.backtest import add_miss_costs, find_calls
from coach.errors import Exit, InputError, StorageError
from coach.startup.figures import count
from coach.startup.login import named
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine
from coach.startup.rules_in_force import (
    RulesInForce,
    add_rules_options,
    load_and_say,
    rules_asked_for,
    unknown_rule,
)

if TYPE_CHECKING:
    from coach.backtest.suggesting.suggestion import OfRule

# The imports inside the functions below are slow ones: `coach --help` must not wait for them.


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Marks are what reviewers said in `coach review`: a card was right (r), wrong (w), too\n"
        "late (l), or is missing (i). For each rule with marks every figure that can be set is\n"
        "tried, one at a time, and what was said at missed moments. 'with it' is what it does at\n"
        "the marks it was chosen by; 'held out' is what changes do that were each chosen without\n"
        "the call they are judged on: this is what to expect of other calls. Nothing is changed;\n"
        "--write FILE writes the best change of each rule as an overlay."
    )
    parser.add_argument(
        "rule", nargs="?", default="", metavar="RULE", help="one rule (default: all)"
    )
    parser.add_argument(
        "--calls",
        nargs="+",
        default=[],
        metavar="CALL",
        help="journals or folders of them (default: the library's live and imported calls)",
    )
    add_rules_options(parser)
    add_miss_costs(parser, free=False)
    parser.add_argument(
        "--most",
        type=count("3 are usual."),
        default=3,
        metavar="N",
        help="changes shown of a rule (default: 3)",
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write an overlay of the best")
    parser.add_argument("--force", action="store_true", help="write over a file that exists")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Propose, print, and write where that was asked for."""
    _check(args)
    in_force = rules_asked_for(args)
    found = _found(args, in_force)
    if args.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        from coach.backtest.suggesting.suggestion_text import suggestion_lines  # noqa: PLC0415 - see above

        for line in suggestion_lines(found, args.miss_costs, args.most):
            print(line)
    if args.write:
        _write(args.write, found, in_force.overlays)
    return Exit.OK


def _check(args: argparse.Namespace) -> None:
    if args.write:
        check_folder(args.write)
    if args.write and args.write.exists() and not args.force:
        raise StorageError(
            f"The file {args.write} exists already and is not overwritten.",
            "Name another one, or say --force.",
        )


def _found(args: argparse.Namespace, in_force: RulesInForce) -> Sequence[OfRule]:
    from coach.backtest.suggesting.evidence import marked_calls, marks_by_rule  # noqa: PLC0415
    from coach.backtest.suggesting.proposing import Proposing  # noqa: PLC0415 - slow, see above

    book = load_and_say(in_force)
    known = {rule.id for rule in book.rules}
    if args.rule and args.rule not in known:
        raise unknown_rule(args.rule, known)
    calls, _ = find_calls(args.calls, Paths.of().calls)
    marks = marks_by_rule(calls)
    wanted = [rule for rule in marks if rule in known and args.rule in ("", rule)]
    gone = [rule for rule in marks if rule not in known]
    if gone and not args.rule:
        print(f"marks of rules that are not in this set: {', '.join(gone)}", file=sys.stderr)
    if not wanted:
        of = f" of {args.rule}" if args.rule else ""
        raise InputError(
            f"No reviewer has marked a card{of} in these calls.",
            "Mark some in `coach review`: r right, w wrong, l late, i missing.",
        )
    progress = ProgressLine()
    shown = sys.stderr.isatty()
    proposing = Proposing(
        book,
        in_force.parts(),
        args.miss_costs,
        lambda words: progress(words, None) if shown else None,
    )
    found = [proposing.of_rule(rule, marked_calls(rule, marks[rule])) for rule in wanted]
    if shown:
        print("\r\x1b[K", end="", file=sys.stderr)
    return found


def _write(path: Path, found: Sequence[OfRule], overlays: Sequence[Path]) -> None:
    """Write the changes, and say how they are tried over the overlays that they rest on."""
    from coach.backtest.suggesting.suggestion_text import entries  # noqa: PLC0415 - slow, see above

    text = entries(found, f"coach suggest, asked by {named(None)}")
    write_named(path, text.encode())
    changes = text.count("[[change]]")
    print(f"written: {path}, {changes} change{'' if changes == 1 else 's'}", file=sys.stderr)
    files = " ".join(f"--overlay {shlex.quote(str(file))}" for file in (*overlays, path))
    print(f"Try it: coach backtest {files}", file=sys.stderr)
