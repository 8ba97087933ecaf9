"""`coach scorecard agreement`: how far reviewers agree, with one another and with the engine."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from coach.calls.scorecards.agreement import (
    Scoring,
    against_expert,
    by_question,
    on_the_whole,
)
from coach.calls.scorecards.answers import values_of
from coach.calls.scorecards.confirmation import confirmations
from coach.calls.scorecards.form_reading import find_form, read_form
from coach.calls.scorecards.printed import agreement_lines, confirmed_lines, expert_lines
from coach.calls.scorecards.scorecard import Scorecard, scored_calls
from coach.commands.scorecard_filling import folders, leave_out
from coach.errors import Exit, InputError
from coach.notes.wording import count_of
from coach.startup.paths import Paths
from rules.problems import closest


def configure(actions: Any) -> None:
    """Declare the action and its options."""
    sub = actions.add_parser(
        "agreement",
        help="how far reviewers agree, and how often automatic answers were confirmed",
        description="Compare the submitted scorecards on a form. Between reviewers blind ones "
        "count (`fill --blind`); automatic answers are counted over all.",
    )
    sub.add_argument("form", metavar="FORM", help="a form's id or file")
    sub.add_argument("--version", type=int, metavar="N", help="of the form (default: today's)")
    sub.add_argument("--expert", metavar="NAME", help="a reviewer to compare the others with")
    sub.add_argument("--all", action="store_true", help="scorecards that are not blind, too")
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(act=_agreement)


def _agreement(args: argparse.Namespace) -> int:
    form = read_form(find_form(args.form, folders()))
    version = form.version if args.version is None else args.version
    cards = [
        (call, card)
        for call, of_call in scored_calls(Paths.of().calls, leave_out)
        for card in of_call
        if card.form.id == form.id and card.form.version == version and card.submitted is not None
    ]
    if not cards:
        raise InputError(
            f"Nobody has submitted a scorecard on version {version} of {form.id!r}.",
            "`coach scorecard list --scored` shows all.",
        )
    asked = form if form.version == version else cards[-1][1].form
    otherwise = sum(card.form != asked for _, card in cards)
    if otherwise:
        leave_out(
            f"{otherwise} scorecards on another form of the same id and version: raise the "
            "version whenever a form changes."
        )
        cards = [(call, card) for call, card in cards if card.form == asked]
    scorings = [_scoring(call, card) for call, card in cards if card.blind or args.all]
    questions, whole = by_question(asked, scorings), on_the_whole(scorings)
    confirmed = confirmations(card for _, card in cards)
    compared = []
    if args.expert:
        known = {scoring.reviewer for scoring in scorings}
        if args.expert not in known:
            raise InputError(
                f"{args.expert!r} has scored no call blind{closest(args.expert, known)}.",
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
    print(f"{asked.title}, version {version}: {cards_by}.")
    lines = [*agreement_lines(questions, whole)]
    if args.expert:
        lines += ["", *expert_lines(compared, args.expert)]
    print("\n".join([*lines, "", *confirmed_lines(confirmed)]))
    return Exit.OK


def _scoring(call: str, card: Scorecard) -> Scoring:
    return Scoring(
        call=call,
        reviewer=card.reviewer,
        answers=values_of(card.answers),
        percent=card.score.percent,
    )
