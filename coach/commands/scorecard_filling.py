"""The actions of `coach scorecard` on one call: fill in, acknowledge, appeal, decide, note."""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from coach.calls.call_files import CallFiles
from coach.calls.named_call import named_call
from coach.calls.scorecards.answers import Answer, from_tables, in_order
from coach.calls.scorecards.automatic import Suggestion
from coach.calls.scorecards.call_reading import suggestions
from coach.calls.scorecards.form import Form
from coach.calls.scorecards.form_reading import find_form, read_form
from coach.calls.scorecards.printed import title_line
from coach.calls.scorecards.questionnaire import Questionnaire
from coach.calls.scorecards.scorecard import (
    Filled,
    Saying,
    Scorecard,
    acknowledge,
    add_note,
    appeal,
    change,
    decide,
    keep_draft,
    lacking_of,
    read_scorecards,
    submit,
)
from coach.errors import Exit, InputError, cause_of
from coach.notes.wording import count_of
from coach.startup.config import load
from coach.startup.form_folders import form_folders
from coach.startup.login import named
from coach.startup.paths import Paths
from coach.startup.rules_in_force import rules_of
from coach.startup.wall_clock import wall_clock
from rules.definition.rule import RuleBook

Actions = Any
"""What argparse gives for subcommands; its type has no public name."""


def configure(actions: Actions) -> None:
    """Declare the actions and their options."""
    fill = actions.add_parser(
        "fill",
        help="fill a form in for a call, one question at a time",
        description="Fill a form in for a call. The file of --answers has the tables [answers] "
        "and [notes], by the questions' ids; n/a says that a question does not apply.",
    )
    fill.add_argument("call", metavar="CALL", help="its name, the beginning of it, or its journal")
    fill.add_argument("form", metavar="FORM", help="a form's id or file")
    fill.add_argument("--answers", type=Path, metavar="FILE", help="answers instead of questions")
    fill.add_argument("--take", action="store_true", help="take every suggested answer not given")
    fill.add_argument(
        "--blind",
        action="store_true",
        help="for calibration: not the call's score, and without suggestions unless the form shows "
        "them",
    )
    fill.add_argument("--submit", action="store_true", help="hand it in; it is locked from then on")
    fill.add_argument("--change", metavar="WHY", help="change a submitted scorecard, traced")
    fill.add_argument("--reviewer", metavar="NAME", help="who scores (default: your login name)")
    fill.set_defaults(act=_fill)
    for name, words, needs in (
        ("acknowledge", "the agent has read it, and may reply", "--reply"),
        ("appeal", "the agent asks for another look", "--because"),
        ("decide", "say what becomes of an appeal", "--because"),
        ("note", "add a note that is private to the reviewers", "--text"),
    ):
        sub = actions.add_parser(name, help=words)
        sub.add_argument("call", metavar="CALL")
        sub.add_argument("--form", metavar="ID", help="which scorecard, where the call has several")
        sub.add_argument("--reviewer", metavar="NAME", help="whose scorecard, likewise")
        sub.add_argument("--by", metavar="NAME", help="who says so (default: your login name)")
        sub.add_argument(needs, metavar="TEXT", dest="text", required=name != "acknowledge")
        if name == "decide":
            answer = sub.add_mutually_exclusive_group(required=True)
            answer.add_argument("--granted", action="store_true")
            answer.add_argument("--refused", action="store_true")
        sub.set_defaults(act=_say)


# --- what the actions share ----------------------------------------------------------------------


def leave_out(why: str) -> None:
    """Say what of the files could not be read."""
    print(f"coach: left out: {why}", file=sys.stderr)


def reviewer_of(args: argparse.Namespace) -> str:
    """Who scores. Raises InputError where nobody says."""
    return named(args.reviewer)


def in_force() -> RuleBook:
    """The rules of the settings, for calls whose own are not kept."""
    return rules_of(load()).load()


# --- filling in ----------------------------------------------------------------------------------


def _fill(args: argparse.Namespace) -> int:
    files = named_call(args.call, Paths.of().calls)
    cards = read_scorecards(files.scores)
    reviewer = reviewer_of(args)
    if args.change is not None and args.submit:
        raise InputError("--change and --submit do not go together.", "It is submitted already.")
    newest = read_form(find_form(args.form, form_folders()))
    card = _begun(cards, newest.id, reviewer, blind=args.blind)
    if card is not None and card.submitted is not None and args.change is None:
        raise InputError(
            f"The scorecard was submitted on {card.submitted.made[:10]} and is locked.",
            'Change it with --change "why"; the change is kept beside what was before.',
        )
    form = card.form if card is not None else newest
    if form.version != newest.version:
        print(f"It was begun on version {form.version} of the form and goes on with that.")
    found = suggestions(form, files, in_force)
    answers, stopped = _answered(args, form, found, card.answers if card else ())
    filled = Filled(form=form, reviewer=reviewer, blind=args.blind, answers=answers)
    return _handed_in(args, files, filled, stopped=stopped)


def _begun(
    cards: tuple[Scorecard, ...], form: str, reviewer: str, *, blind: bool
) -> Scorecard | None:
    name = (form, reviewer, blind)
    return next((c for c in cards if (c.form.id, c.reviewer, c.blind) == name), None)


def _answered(
    args: argparse.Namespace,
    form: Form,
    found: dict[str, Suggestion],
    before: tuple[Answer, ...],
) -> tuple[tuple[Answer, ...], bool]:
    """The answers, and whether the reviewer left before the last question."""
    given = {answer.question: answer for answer in before}
    stopped = False
    hidden = form.hides_suggestions(blind=args.blind)
    if args.take and hidden:
        raise InputError(
            "--take needs the suggested answers, which --blind does not show.",
            "Answer by yourself; a form with blind_sees_suggestions = true shows them.",
        )
    if args.answers is not None:
        for answer in _from_file(args.answers, form):
            suggested = found.get(answer.question)
            given[answer.question] = msgspec.structs.replace(
                answer, suggested=suggested, seen=suggested is not None and not hidden
            )
    elif not args.take:
        dialogue = Questionnaire(form, found, before, blind=args.blind)
        filling = dialogue.run(_ask, print)
        return filling.answers, filling.stopped
    if args.take:
        for name, one in found.items():
            answer = Answer(question=name, value=one.value, suggested=one, seen=True)
            given.setdefault(name, answer)
    return in_order(form, given.values()), stopped


def _ask(prompt: str) -> str:
    """What is typed; shown, too, where it does not come from a keyboard."""
    words = input(prompt)
    if not sys.stdin.isatty():
        print(words)
    return words


def _from_file(path: Path, form: Form) -> list[Answer]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"The answers in {path} cannot be read: {cause_of(error)}.",
            "They are TOML with the tables [answers] and [notes].",
        ) from None
    answers, mistakes = from_tables(form, document)
    if mistakes:
        raise InputError(
            f"{path}: {'; '.join(mistakes)}.", f"`coach scorecard show {form.id}` shows the form."
        )
    return answers


def _handed_in(args: argparse.Namespace, files: CallFiles, filled: Filled, *, stopped: bool) -> int:
    if args.change is not None:
        said = Saying(by=filled.reviewer, text=args.change, made=wall_clock())
        changes = change(files.scores, filled, said)
        print(f"{count_of(len(changes), 'answer')} changed; what was before is kept.")
    elif args.submit and not stopped:
        try:
            submit(files.scores, filled, wall_clock())
        except InputError:
            keep_draft(files.scores, filled, wall_clock())
            raise
        print("Submitted; it is locked.")
    else:
        keep_draft(files.scores, filled, wall_clock())
        print("Kept as a draft; --submit hands it in.")
    _tell(
        _begun(read_scorecards(files.scores), filled.form.id, filled.reviewer, blind=filled.blind)
    )
    return Exit.OK


def _tell(card: Scorecard | None) -> None:
    if card is None:
        return
    print(title_line(card))
    lacking = lacking_of(card.form, card.answers)
    if lacking:
        print(f"Without an answer yet: {', '.join(lacking)}.")


# --- the agent's side, and notes -----------------------------------------------------------------


def _say(args: argparse.Namespace) -> int:
    files = named_call(args.call, Paths.of().calls)
    card = _meant(read_scorecards(files.scores), args)
    said = Saying(by=named(args.by), text=args.text or "", made=wall_clock())
    if args.action == "acknowledge":
        acknowledge(files.scores, card, said)
    elif args.action == "appeal":
        appeal(files.scores, card, said)
    elif args.action == "decide":
        decide(files.scores, card, said, granted=args.granted)
    else:
        add_note(files.scores, card, said)
    kept = _begun(read_scorecards(files.scores), card.form.id, card.reviewer, blind=card.blind)
    if kept is not None:
        print(title_line(kept))
    return Exit.OK


def _meant(cards: tuple[Scorecard, ...], args: argparse.Namespace) -> Scorecard:
    """The scorecard that is meant; blind ones are nobody's business but the reviewers'."""
    meant = [
        card
        for card in cards
        if not card.blind
        and args.form in (None, card.form.id)
        and args.reviewer in (None, card.reviewer)
    ]
    if not meant:
        raise InputError(
            f"No scorecard of {args.call} is meant by that.",
            f"`coach scorecard show {args.call}` shows them.",
        )
    if len(meant) > 1:
        names = ", ".join(f"--form {c.form.id} --reviewer {c.reviewer}" for c in meant)
        raise InputError(f"{args.call} has several scorecards.", f"Say which: {names}.")
    return meant[0]
