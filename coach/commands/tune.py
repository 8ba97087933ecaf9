"""`coach tune`: turn a figure of a rule, see what it would have done, save it, publish it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from coach.backtest.chosen_calls import of_kinds
from coach.calls.periods import local_now
from coach.commands.backtest import find_calls
from coach.errors import Exit, InputError
from coach.startup.config import load
from coach.startup.figures import add_jobs_option
from coach.startup.login import named
from coach.startup.paths import Paths
from coach.startup.rules_in_force import (
    RulesInForce,
    add_rules_options,
    rules_of,
    unknown_rule,
    with_rules_of,
    without_missing,
)
from coach.startup.screens import can_show_screen


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Arrow keys turn a figure of the rule: cards, precision and recall by reviewers' marks,\n"
        "and the very moments that are gained and lost stand beside it, as a backtest of that\n"
        "value would give them. s saves it with a reason into the last overlay in force, every\n"
        "state of which is kept beside it (it is made where it is not there yet); v lists these\n"
        "and rolls back; p publishes it."
    )
    parser.add_argument("rule", nargs="?", metavar="RULE", help="the rule to begin with")
    parser.add_argument(
        "--calls",
        nargs="+",
        default=[],
        metavar="CALL",
        help="journals, folders of journals, or names of calls (default: the library's live and "
        "imported calls)",
    )
    parser.add_argument(
        "--publish-to", type=Path, metavar="FOLDER", help="a shared folder, or one in git"
    )
    parser.add_argument("--by", metavar="NAME", help="who decides (default: your login name)")
    add_jobs_option(parser)
    add_rules_options(parser)


def run(args: argparse.Namespace) -> int:
    """Open the screen."""
    settings = with_rules_of(args, load(args.settings))
    in_force = rules_of(settings)
    overlay = in_force.overlays[-1] if in_force.overlays else None
    if args.rule:
        check_rule(args.rule, without_missing(in_force, overlay))
    calls, kinds = find_calls(args.calls, Paths.of().calls)
    if args.publish_to is not None and not args.publish_to.is_dir():
        raise InputError(
            f"There is no folder {args.publish_to} to publish to.",
            "Make it, or give --publish-to another one.",
        )
    if not can_show_screen():
        raise InputError(
            "Tuning needs a terminal.",
            "`coach backtest --overlay FILE` prints what other rules would have done.",
        )
    from coach.replay.tune_desk import TuneDesk, Tuning  # noqa: PLC0415 - slow
    from tui.tune_app import TuneApp  # noqa: PLC0415 - slow

    desk = TuneDesk(
        Tuning(
            calls=tuple(of_kinds(calls, kinds)),
            kinds=kinds,
            in_force=in_force,
            overlay=overlay,
            shared=args.publish_to,
            by=named(args.by),
            jobs=args.jobs or os.cpu_count() or 1,
        ),
        local_now,
    )
    rules = desk.rules()
    names = [row.rule for row in rules]
    if not names:
        raise InputError("No rule that runs has a figure to turn.")
    try:
        app = TuneApp(desk, rules, args.rule or names[0])
        app.run()
    finally:
        desk.close()
    return app.return_code or Exit.OK


def check_rule(name: str, in_force: RulesInForce) -> None:
    """InputError where no rule that runs and has a figure to turn has this name."""
    from coach.backtest.tuning.dial import dials_of  # noqa: PLC0415 - slow

    book = in_force.load()
    running = {rule.id for rule in book.active()}
    names = [one.name for one in in_force.parts().rules if one.name in running and dials_of(one)]
    if name in names:
        return
    found = next((rule for rule in book.rules if rule.id == name), None)
    if found is not None and name not in running:
        origin = found.origin("status")
        raise InputError(
            f"{name} does not run: its status is {found.status} ({origin.file}:{origin.line}).",
            "Take that out to put it in force; then it can be turned.",
        )
    if found is not None:
        raise InputError(f"{name} has no figure to turn.", "`coach rules explain` shows it.")
    raise unknown_rule(name, names)
