"""`coach scorecard`: score calls on forms: fill in, sample, compare reviewers."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from coach.calls.call_files import CallFiles
from coach.calls.named_call import named_call
from coach.calls.scorecards.automatic import MEASURES
from coach.calls.scorecards.call_reading import roles_of
from coach.calls.scorecards.form_checks import unknown_rules
from coach.calls.scorecards.form_reading import (
    ENDING,
    Mistake,
    ReadForm,
    examine,
    find_form,
    forms_in,
    known_form,
    placed,
    read_form,
)
from coach.calls.scorecards.printed import card_lines, form_lines, title_line
from coach.calls.scorecards.scorecard import Scorecard, read_scorecards, scored_calls
from coach.commands import scorecard_agreement, scorecard_filling, scorecard_sampling
from coach.commands.scorecard_filling import leave_out, reviewer_of
from coach.errors import Exit, InputError
from coach.notes.wording import count_of
from coach.startup.form_folders import form_folders
from coach.startup.paths import Paths
from coach.startup.rules_in_force import add_rules_options, load_and_say, rules_asked_for
from rules.definition.rule import RuleBook


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and options."""
    parser.epilog = (
        "  coach scorecard sample --per-agent 3 --week 2026-W48 --seed 7 --by level,length,cue\n"
        "  coach scorecard fill CALL FORM [--answers FILE.toml] [--take] [--blind] [--submit]\n"
        "  coach scorecard show CALL|FORM [--for-agent]\n"
        "  coach scorecard agreement FORM [--expert NAME]\n\n"
        "`coach scorecard ACTION --help` explains one of them. A form is a TOML file, named by\n"
        "its path or its id; those of your own lie in the folder `scorecards` of the configuration."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="the forms, and the scorecards that were filled in")
    listed.add_argument("--form", metavar="ID", help="only scorecards on this form")
    listed.add_argument("--scored", action="store_true", help="the scorecards, call by call")
    listed.add_argument("--reviewer", metavar="NAME", help="who looks (default: your login name)")
    listed.set_defaults(act=_list)
    check = actions.add_parser("lint", help="look for mistakes in forms")
    check.add_argument("forms", nargs="*", metavar="FORM", help="(default: every form)")
    check.add_argument("--measures", action="store_true", help="say what the engine can answer")
    add_rules_options(check)
    check.set_defaults(act=_lint)
    shown = actions.add_parser("show", help="a form, or a call's scorecards")
    shown.add_argument("what", metavar="CALL|FORM")
    shown.add_argument(
        "--for-agent", action="store_true", help="without drafts, blind ones and private notes"
    )
    shown.add_argument("--reviewer", metavar="NAME", help="who looks (default: your login name)")
    shown.add_argument("--json", action="store_true", help="print JSON")
    shown.set_defaults(act=_show)
    scorecard_filling.configure(actions)
    scorecard_sampling.configure(actions)
    scorecard_agreement.configure(actions)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    return int(args.act(args))


def _list(args: argparse.Namespace) -> int:
    if args.scored or args.form:
        reviewer = reviewer_of(args)
        scored = [
            f"{call}  {title_line(card)}"
            for call, cards in scored_calls(Paths.of().calls, leave_out)
            for card in visible(cards, reviewer)
            if args.form in (None, card.form.id)
        ]
        if not scored and args.form:
            find_form(args.form, form_folders())  # a misspelt one is refused
        print("\n".join(scored) or "Nothing is scored yet.")
        return Exit.OK
    for name, path in sorted(forms_in(form_folders()).items()):
        read = examine(path)
        if read.form is None:
            print(f"{name}  {count_of(len(read.mistakes), 'mistake')}: coach scorecard lint {name}")
            continue
        questions = sum(1 for _ in read.form.questions())
        version = f"version {read.form.version}, {questions} questions"
        print(f"{name}  {read.form.title}  ({version}, {path})")
    return Exit.OK


def _lint(args: argparse.Namespace) -> int:
    """Name every mistake; 1 where there is one."""
    if args.measures:
        for name, measure in MEASURES.items():
            needs = ", ".join(need.replace("|", " or ") for need in measure.needs)
            fields = f"; needs {needs}" if needs else ""
            takes = f"; takes {', '.join(measure.takes)}" if measure.takes else ""
            unit = f" ({measure.unit})" if measure.unit else ""
            print(f"{name}{unit}: {measure.meaning}{fields}{takes}")
        return Exit.OK
    found = forms_in(form_folders())
    paths = [find_form(name, form_folders()) for name in args.forms] or list(found.values())
    book = load_and_say(rules_asked_for(args))
    mistakes = 0
    for path in paths:
        read = examine(path)
        told = [str(mistake) for mistake in (*read.mistakes, *_unheard(path, read, book))]
        for line in told:
            print(line)
        mistakes += len(told)
    print(f"{count_of(len(paths), 'form')}, {count_of(mistakes, 'mistake')}")
    return Exit.FAILED if mistakes else Exit.OK


def _unheard(path: Path, read: ReadForm, book: RuleBook) -> tuple[Mistake, ...]:
    """Questions that go by rules or roles that no rule in force has."""
    if read.form is None:
        return ()
    rules = [rule.id for rule in book.active()]
    return placed(path, unknown_rules(read.form, rules, roles_of([book])))


def _show(args: argparse.Namespace) -> int:
    calls = Paths.of().calls
    is_call = CallFiles(calls, args.what).journal.is_file()
    if not is_call and (args.what.endswith(ENDING) or known_form(args.what, form_folders())):
        form = read_form(find_form(args.what, form_folders()))
        print("\n".join(form_lines(form)))
        return Exit.OK
    cards = read_scorecards(named_call(args.what, calls).scores)
    shown = visible(cards, None if args.for_agent else reviewer_of(args))
    if args.json:
        for card in shown:
            for line in card.lines:
                print(msgspec.json.encode(line).decode())
        return Exit.OK
    for card in shown:
        print("\n".join(card_lines(card, for_agent=args.for_agent)), end="\n\n")
    hidden = len(cards) - len(shown)
    if hidden and not args.for_agent:
        print(f"Hidden until you submit yours: {count_of(hidden, 'blind scorecard')} of others.")
    if not cards:
        raise InputError(
            f"Nobody has scored {args.what!r}.", f"`coach scorecard fill {args.what} FORM` does."
        )
    if args.for_agent and not shown:
        print("Nothing of it is for the agent yet: no scorecard that is not blind was submitted.")
    return Exit.OK


def visible(cards: tuple[Scorecard, ...], reviewer: str | None) -> list[Scorecard]:
    """What a reviewer may see; the agent (None) sees what was submitted and is not blind.

    Blind scorecards of others stay hidden until one's own on that form is submitted.
    """
    if reviewer is None:
        return [card for card in cards if not card.blind and card.submitted is not None]
    done = {
        card.form.id
        for card in cards
        if card.blind and card.reviewer == reviewer and card.submitted is not None
    }
    return [c for c in cards if not c.blind or c.reviewer == reviewer or c.form.id in done]
