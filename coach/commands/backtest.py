"""`coach backtest`: what other rules would have done in calls that were kept."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from coach.backtest.chosen_calls import ChosenCalls, drawn, newest, of_kinds
from coach.backtest.gates import FORM, Chooser, Gate, check_gate, read_gate
from coach.calls.about import REAL, CallKind
from coach.calls.call_files import JOURNAL, calls_in
from coach.calls.journal import is_journal
from coach.calls.kept_rules import folder_of, kept_sets
from coach.calls.named_call import named_call
from coach.calls.whole_file import check_folder, write_named
from coach.errors import Exit, InputError
from coach.startup.cluster_access import MakePool, add_cluster_option, cluster_named
from coach.startup.config import Settings, load
from coach.startup.figures import Figure, add_jobs_option, count
from coach.startup.interrupt import Interrupt
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine, WorkPace
from coach.startup.rules_in_force import (
    NOWHERE,
    add_rules_options,
    rules_of,
    with_rules_of,
)

if TYPE_CHECKING:
    from coach.backtest.figures import ComparisonFigures
    from coach.backtest.report import Report
    from rules.definition.rule import RuleBook

# The imports inside the functions below are slow ones: `coach --help` must not wait for them.

SAME_SET = "--against packs or --against as-recorded compares with others"
IN_FORCE, PACKS, RECORDED = "in-force", "packs", "as-recorded"
USUAL_SAMPLE = 200
"""Calls that are drawn where there are more and nothing else was asked for."""
LONGEST_TOLERANCE = 30.0
"""Seconds; beyond it two cards of a rule are not the same one."""
MOST_COST = 1_000.0
"""False alarms that a miss is worth at most; beyond it they count for nothing."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "The new rules are those of --rules, --overlay and --no-overlay; without any of these,\n"
        "the ones in force. The old rules are those of --against: in-force (the settings'),\n"
        "packs (the packs of the settings alone), as-recorded (what each journal says was\n"
        "shown), or an overlay to lay over the packs; unless given, in-force where new ones\n"
        "are named, and as-recorded otherwise. Each call keeps the engine settings that it was\n"
        "coached with. Of more than 200 calls 200 are drawn by lot, unless a gate, --all,\n"
        "--newest, --sample or --scheduler says otherwise.\n\n" + FORM
    )
    parser.add_argument(
        "calls",
        nargs="*",
        metavar="CALL",
        help="journals, folders of journals, or names of calls (default: the library's live and "
        "imported calls)",
    )
    add_rules_options(parser)
    parser.add_argument(
        "--against",
        metavar="RULES",
        help=f"the old rules: {IN_FORCE}, {PACKS}, {RECORDED}, or an overlay's file",
    )
    parser.add_argument(
        "--gate", action="append", default=[], metavar="GATE", help="what must hold, see below"
    )
    parser.add_argument(
        "--tolerance",
        type=Figure(float, 0.0, LONGEST_TOLERANCE, unit="seconds", remedy="1 is usual."),
        default=1.0,
        metavar="S",
        help="seconds by which a card may move and be the same (default: %(default)g)",
    )
    add_miss_costs(parser, free=True)
    parser.add_argument("--every-rule", action="store_true", help="list unchanged rules, too")
    parser.add_argument(
        "--moments",
        type=count("0 prints none.", least=0),
        default=20,
        metavar="N",
        help="differing cards to print",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every call, however many there are")
    calls = count("--all takes every call.")
    which.add_argument("--newest", type=calls, metavar="N", help="the newest N calls")
    which.add_argument(
        "--sample",
        type=calls,
        metavar="N",
        help=f"N calls drawn by lot (default: {USUAL_SAMPLE} where there are more, no gate and no "
        "--scheduler)",
    )
    parser.add_argument(
        "--seed",
        type=count("Any of these draws calls of its own.", least=0),
        default=1,
        metavar="N",
        help="draws other calls (default: %(default)s)",
    )
    add_jobs_option(parser)
    add_cluster_option(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page as well")


def add_miss_costs(parser: argparse.ArgumentParser, *, free: bool) -> None:
    """Add the option that says what a miss is worth beside a false alarm.

    ``free``: a miss may cost nothing.
    """
    parser.add_argument(
        "--miss-costs",
        type=Figure(float, 0.0, MOST_COST, above=not free, remedy="1 is a usual cost."),
        default=1.0,
        metavar="N",
        help="false alarms that a miss is reckoned at (default: %(default)g)",
    )


def run(args: argparse.Namespace) -> int:
    """Compare, print, check the gates."""
    if args.html is not None:
        check_folder(args.html)
    gates = [read_gate(text) for text in args.gate]
    settings = load(args.settings)
    calls, kinds = find_calls(args.calls, Paths.of().calls)
    books, names = _rules(args, settings)
    chooser = Chooser(*books, recorded=_recorded(calls) if gates else ())
    for gate in gates:
        chooser.check(gate)
    chosen = _chosen(args, calls, kinds)
    with cluster_named(args, settings) as make_pool:
        figures = _compare(args, chosen.calls, kinds, books, make_pool)
    report = _report(args, figures, (names, chosen), (gates, chooser))
    if args.html:
        _write(report, args.html)
    _print(args, report)
    return Exit.OK if report.holds else Exit.FAILED


def _chosen(
    args: argparse.Namespace, calls: Sequence[Path], kinds: Sequence[CallKind]
) -> ChosenCalls:
    """The calls to compare, chosen among those of a kind; a gate is held against all of them."""
    many = None if args.all or args.gate or args.scheduler else USUAL_SAMPLE
    count = args.sample if args.sample is not None else many
    if args.newest is not None:
        return newest(of_kinds(calls, kinds), args.newest)
    if count is None or count >= len(calls):
        return ChosenCalls(calls=tuple(calls))
    return drawn(of_kinds(calls, kinds), count, args.seed)


def find_calls(named: Sequence[str], library: Path) -> tuple[list[Path], tuple[CallKind, ...]]:
    """The journals that are meant, each once and in order, and which kinds of calls of them.

    Raises InputError where something is no journal, or there is none.
    """
    if not named:
        found = _journals(library)
        if not found:
            raise InputError(
                "There is no call in the library.",
                "Name journals or folders of them, or bring calls in with `coach import`.",
            )
        return found, REAL
    found = []
    for name in named:
        path = Path(name)
        if path.is_dir():
            inside = _journals(path)
            if not inside:
                raise InputError(
                    f"The folder {path} holds no journal.",
                    "Transcripts and recordings come in with `coach import`.",
                )
            found += inside
        elif path.exists():
            if not is_journal(path):
                raise InputError(
                    f"{path} is no journal of a call.",
                    "Transcripts and recordings come in with `coach import`.",
                )
            found.append(path)
        else:
            found.append(named_call(name, library).journal)
    return list({path.resolve(): path for path in found}.values()), tuple(CallKind)


def _journals(folder: Path) -> list[Path]:
    return [folder / f"{call}{JOURNAL}" for call in sorted(calls_in(folder))]


def _rules(
    args: argparse.Namespace, settings: Settings
) -> tuple[tuple[RuleBook | None, RuleBook], tuple[str, str]]:
    """Old and new rules, and a line about each."""
    named = bool(args.rules or args.overlay or args.no_overlay)
    new = rules_of(with_rules_of(args, settings))
    new_book = new.load()
    against = args.against or (IN_FORCE if named else RECORDED)
    if against == RECORDED:
        return (None, new_book), ("as recorded with each call", new.told(new_book))
    wanted = settings.rules
    if against != IN_FORCE:
        overlay = () if against == PACKS else (Path(against),)
        wanted = msgspec.structs.replace(wanted, overlay=overlay, preferences=NOWHERE)
    old = rules_of(msgspec.structs.replace(settings, rules=wanted))
    old_book = old.load()
    if old_book.fingerprint == new_book.fingerprint:
        print(
            f"coach: old and new rules are the same set ({SAME_SET}), so that no card can change.",
            file=sys.stderr,
        )
    return (old_book, new_book), (old.told(old_book), new.told(new_book))


def _recorded(calls: Sequence[Path]) -> set[str]:
    """The rules of every set that is kept beside these calls."""
    books = chain.from_iterable(kept_sets(folder) for folder in {folder_of(c) for c in calls})
    return {rule.id for book in books for rule in book.rules}


def _compare(
    args: argparse.Namespace,
    calls: Sequence[Path],
    kinds: tuple[CallKind, ...],
    books: tuple[RuleBook | None, RuleBook],
    make_pool: MakePool | None,
) -> ComparisonFigures:
    from coach.backtest.compare import ComparisonAsked  # noqa: PLC0415 - slow, see above
    from coach.backtest.figures import ComparisonFigures  # noqa: PLC0415 - slow, see above
    from coach.backtest.running import compare_all  # noqa: PLC0415 - slow, see above

    asked = ComparisonAsked(old=books[0], new=books[1], kinds=kinds, tolerance=args.tolerance)
    figures, progress, pace = ComparisonFigures(), ProgressLine(), WorkPace()
    jobs = args.jobs or os.cpu_count() or 1
    with Interrupt() as interrupt:
        compared = compare_all(calls, asked, jobs, lambda: interrupt.asked, make_pool)
        for done, call in enumerate(compared, 1):
            figures.add(call)
            if sys.stderr.isatty() and len(calls) > 1:
                told = pace.told(done, len(calls), "calls")
                progress(f"comparing{told}; {_so_far(figures)}", done / len(calls))
    if interrupt.asked:
        raise KeyboardInterrupt
    for one in figures.left_out:
        print(f"coach: left out: {one.trouble}", file=sys.stderr)
    if not figures.all_talk().calls:
        raise InputError(
            "None of these calls could be compared.",
            "Name other ones; rehearsals and demos count where their journals are named.",
        )
    return figures


def _so_far(figures: ComparisonFigures) -> str:
    """What is known before all calls are done."""
    from coach.backtest.changes import CardChange  # noqa: PLC0415 - slow, see above

    return ", ".join(f"{change.value} {figures.changed(change)}" for change in CardChange)


def _report(
    args: argparse.Namespace,
    figures: ComparisonFigures,
    named: tuple[tuple[str, str], ChosenCalls],
    gates: tuple[Sequence[Gate], Chooser],
) -> Report:
    from coach.backtest.report import report_of  # noqa: PLC0415 - slow, see above

    results = [check_gate(gate, figures, gates[1]) for gate in gates[0]]
    return report_of(figures, named[0], results, args.miss_costs, named[1])


def _write(report: Report, path: Path) -> None:
    from coach.backtest.report_html import as_html  # noqa: PLC0415 - only when asked for

    write_named(path, "".join(as_html(report)).encode())


def _print(args: argparse.Namespace, report: Report) -> None:
    from coach.backtest.report_text import as_text  # noqa: PLC0415 - only for text

    if args.json:
        print(msgspec.json.format(msgspec.json.encode(report)).decode())
        return
    for line in as_text(report, every_rule=args.every_rule, most=args.moments):
        print(line)
