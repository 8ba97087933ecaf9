"""`coach scorecard agreement`: how far reviewers agree, with one another and with the engine."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from coach.calls.scorecards.agreement import (
    against_expert,
    by_question,
    on_the_whole,
)
from coach.calls.scorecards.confirmation import confirmations
from coach.calls.scorecards.form_reading import find_form, read_form
from coach.calls.scorecards.gathered import on_form, on_version, submitted
from coach.calls.scorecards.printed import agreement_lines, confirmed_lines, expert_lines
from coach.commands.review import choose
from coach.commands.scorecard_filling import leave_out
from coach.errors import Exit, InputError
from coach.notes.wording import count_of
from coach.replay.calibration_desk import FiledCalibration
from coach.startup.config import load
from coach.startup.figures import count
from coach.startup.form_folders import form_folders
from coach.startup.login import named
from coach.startup.paths import Paths
from coach.startup.screens import can_show_screen
from rules.reading.problems import closest


def configure(actions: Any) -> None:
    """Declare the action and its options."""
    sub = actions.add_parser(
        "agreement",
        help="how far reviewers agree, and how often automatic answers were confirmed",
        description="Compare the submitted scorecards on a form. Between reviewers blind ones "
        "count (`fill --blind`); automatic answers are counted over all.",
    )
    sub.add_argument("form", metavar="FORM", help="a form's id or file")
    sub.add_argument(
        "--version",
        type=count("Leave it out for today's."),
        metavar="N",
        help="of the form (default: today's)",
    )
    sub.add_argument("--expert", metavar="NAME", help="a reviewer to compare the others with")
    sub.add_argument("--all", action="store_true", help="scorecards that are not blind, too")
    form = sub.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument(
        "--screen",
        action="store_true",
        help="show blind ones, question by question and call by call",
    )
    sub.add_argument("--reviewer", metavar="NAME", help="who looks (default: your login name)")
    sub.set_defaults(act=_agreement)


def _agreement(args: argparse.Namespace) -> int:
    form = read_form(find_form(args.form, form_folders()))
    if args.screen:
        return _shown(args, form.id)
    version = form.version if args.version is None else args.version
    cards = on_version(list(submitted(Paths.of().calls, leave_out)), form.id, version)
    if not cards:
        raise InputError(
            f"Nobody has submitted a scorecard on version {version} of {form.id!r}.",
            "`coach scorecard list --scored` shows all.",
        )
    asked = form if form.version == version else cards[-1].card.form
    cards = on_form(cards, asked, leave_out)
    scorings = [one.scoring for one in cards if one.card.blind or args.all]
    questions, whole = by_question(asked, scorings), on_the_whole(scorings)
    confirmed = confirmations(one.card for one in cards)
    compared = []
    if args.expert:
        known = {scoring.reviewer for scoring in scorings}
        if args.expert not in known:
            hint = closest(args.expert, known) or "."
            if args.all:
                raise InputError(
                    f"{args.expert!r} has submitted no scorecard on it{hint}",
                    "`coach scorecard list --scored` shows all.",
                )
            raise InputError(
                f"{args.expert!r} has scored no call blind{hint}",
                "--all takes scorecards that are not blind, too.",
            )
        compared = against_expert(asked, scorings, args.expert)
    if args.json:
        found = {
            "questions": questions,
            "percent": whole,
            "expert": compared,
            "automatic": confirmed,
        }
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
        return Exit.OK
    reviewers = len({scoring.reviewer for scoring in scorings})
    cards_by = f"{count_of(len(scorings), 'scorecard')} by {count_of(reviewers, 'reviewer')}"
    seen = len(cards) - len(scorings)
    left_out = f" {count_of(seen, 'scorecard')} not blind: --all counts them, too." if seen else ""
    print(f"{asked.title}, version {version}: {cards_by}.{left_out}")
    lines = [*agreement_lines(questions, whole)]
    if args.expert:
        lines += ["", *expert_lines(compared, args.expert)]
    print("\n".join([*lines, "", *confirmed_lines(confirmed)]))
    return Exit.OK


def _shown(args: argparse.Namespace, form: str) -> int:
    """Compare them on the screen."""
    if args.all or args.version is not None:
        raise InputError(
            "--screen compares blind scorecards on the newest version that has any.",
            "Leave out --all and --version.",
        )
    calls, reviewer = Paths.of().calls, named(args.reviewer)
    found = FiledCalibration(calls, reviewer).compare(form, args.expert or "")
    if not can_show_screen():
        raise InputError("--screen needs a terminal.", "Without it the same is printed.")
    from coach.replay.review_desk import ReviewDesk, Reviewing  # noqa: PLC0415 - slow
    from tui.review_app import ReviewApp  # noqa: PLC0415 - slow

    desk = ReviewDesk(load(), calls, choose, Reviewing(reviewer=reviewer))
    try:
        app = ReviewApp(desk, calibration=found)
        app.run()
    finally:
        desk.close()
    return app.return_code or Exit.OK
