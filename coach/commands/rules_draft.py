"""`coach rules draft`: a rule from a moment of a call, with examples, tried on kept calls."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from coach.calls.named_call import named_call
from coach.commands.backtest import find_calls
from coach.errors import Exit, InputError
from coach.notes.review.places import split_place
from coach.startup.figures import add_jobs_option, count
from coach.startup.interrupt import Interrupt
from coach.startup.login import named
from coach.startup.paths import Paths
from coach.startup.progress import ProgressLine, WorkPace
from coach.startup.rules_in_force import RulesInForce

SLOW = 20
"""Calls from which on the progress is told."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = (
        "The line at that time, or --words of a line near it, and what was said alike in kept\n"
        "calls become what the rule listens for; talk that comes near becomes its near misses.\n"
        "The draft is linted and tried on the newest 200 calls, and put into the team's overlay\n"
        'with status = "disabled": nothing but a person puts it in force. For example\n'
        '  coach rules draft 2026-03-04T09-30@3:12 --words "nowhere to park" --card "Offer parking"'
    )
    parser.add_argument(
        "place", metavar="CALL@TIME", help="a call and a time in it, as `coach review` takes it"
    )
    parser.add_argument(
        "--words", default="", metavar="TEXT", help="words that were said, instead of the line"
    )
    parser.add_argument(
        "--also", action="append", default=[], metavar="TEXT", help="the same in other words"
    )
    parser.add_argument(
        "--cue", default="", metavar="ID", help="the rule's id (default: made of the words)"
    )
    parser.add_argument("--card", default="", metavar="TEXT", help="what the agent should do")
    parser.add_argument(
        "--say", action="append", default=[], metavar="TEXT", help="words to say (repeatable)"
    )
    parser.add_argument(
        "--severity",
        type=int,
        default=1,
        choices=range(5),
        help="0 good news, 1 to 3, 4 life and safety (default: %(default)s)",
    )
    parser.add_argument(
        "--into",
        type=Path,
        metavar="FILE",
        help="the overlay it goes to (default: the last one)",
    )
    parser.add_argument("--by", metavar="NAME", help="who drafts it (default: your login name)")
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="why (default: names the moment)"
    )
    parser.add_argument(
        "--newest",
        type=count("Leave it out for the newest 200 calls."),
        metavar="N",
        help="search and try it on the newest N kept calls (default: 200)",
    )
    parser.add_argument("--dry-run", action="store_true", help="print it, put it nowhere")
    add_jobs_option(parser)


def run(args: argparse.Namespace, rules: RulesInForce) -> int:
    """Draft, try, keep."""
    from coach.backtest.drafting.draft import RuleWanted  # noqa: PLC0415 - slow: numpy, the engine
    from coach.backtest.drafting.trial import Kept  # noqa: PLC0415 - likewise
    from coach.replay.rule_from_moment import DraftAsked, rule_from_moment  # noqa: PLC0415

    name, at = split_place(args.place)
    if at is None:
        raise InputError(f"{args.place!r} names no time.", "Write it behind the call: CALL@3:12.")
    if args.say and not args.card:
        raise InputError("--say needs --card.", "A card says first what to do.")
    asked = DraftAsked(
        files=named_call(name, Paths.of().calls),
        at=at,
        words=args.words,
        wanted=RuleWanted(
            cue=args.cue,
            card=args.card,
            say=tuple(args.say),
            also=tuple(args.also),
            severity=args.severity,
        ),
        by=named(args.by),
        reason=args.reason,
        into=args.into,
        keep=not args.dry_run,
        newest=args.newest,
    )
    try:
        calls, kinds = find_calls([], Paths.of().calls)
    except InputError:  # an empty library: the draft is made of its call alone
        calls, kinds = [asked.files.journal], find_calls([str(asked.files.journal)], Path())[1]
    kept = Kept(calls=tuple(calls), kinds=kinds, jobs=args.jobs or os.cpu_count() or 1)
    progress, pace = ProgressLine(), WorkPace()

    def tell(done: int, of: int) -> None:
        if of >= SLOW and sys.stderr.isatty():
            label = f"trying it on kept calls, newest first{pace.told(done, of, 'calls')}"
            progress(label, done / of)

    if len(kept.calls) >= SLOW and sys.stderr.isatty():
        progress("looking in kept calls for what was said alike", None)
    with Interrupt() as interrupt:
        _print(rule_from_moment(asked, rules, kept, tell, lambda: interrupt.asked))
    if interrupt.asked:
        raise KeyboardInterrupt
    return Exit.OK


def _print(lines: Iterator[str]) -> None:
    """Print lines as they come, in the place of the progress."""
    for line in lines:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        print(line, flush=True)
