"""`coach rules`: list, check, test, explain and try rules."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from pathlib import Path

import msgspec

from coach.errors import Exit, InputError, RulesError
from coach.events import Channel, Fact, Result
from coach.meaning.listening import MeaningListener
from coach.notes.wording import often
from rules.catalogue import coverage
from rules.evaluate import decide
from rules.hits import Hit
from rules.lint import Grade, lint
from rules.loader import load_book
from rules.matcher import Matcher, Understand, leaves
from rules.model import Kind, Phrase, Rule, RuleBook, Status
from rules.problems import closest
from rules.testing import run_examples, run_timelines

WIDTH = 100


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and options."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--rules",
        type=Path,
        action="append",
        metavar="PATH",
        help="a rule file or folder instead of the shipped packs (repeatable)",
    )
    common.add_argument("--overlay", type=Path, metavar="FILE", help="changes to the rules")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, words: str) -> argparse.ArgumentParser:
        said = f"{words[:1].upper()}{words[1:]}."
        return actions.add_parser(name, parents=[common], help=words, description=said)

    shown = action("list", "every rule in one line")
    shown.add_argument("family", nargs="?", default="", help="only ids that begin so: esc, say...")
    check = action("lint", "look at the rules critically")
    check.add_argument("--notes", action="store_true", help="show notes, too")
    tests = action("test", "run the rules' own examples and timelines")
    tests.add_argument("rule", nargs="*", metavar="ID", help="only these rules")
    explain = action("explain", "all about one rule")
    explain.add_argument("rule", metavar="ID", help="the rule's id, as `coach rules list` shows it")
    attempt = action("try", "see what a sentence matches")
    attempt.add_argument("sentence", help="in quotation marks; spoken by the customer")
    attempt.add_argument("--agent", action="store_true", help="it is the agent who says it")
    action("coverage", "the cue catalogue against the rules")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 1 where a check or a test fails."""
    book = load_book(packs=args.rules, overlay=args.overlay)
    actions = {
        "list": _list,
        "lint": _lint,
        "test": _test,
        "explain": _explain,
        "try": _try,
        "coverage": _coverage,
    }
    return actions[args.action](book, args)


def _list(book: RuleBook, args: argparse.Namespace) -> int:
    if not book.rules:
        raise RulesError("These files hold no rule.", "Check --rules and --overlay.")
    rules = [r for r in book.rules if r.id.startswith(args.family)]
    if not rules:
        known = sorted({r.id.partition(".")[0] for r in book.rules})
        near = closest(args.family, [*known, *(r.id for r in book.rules)]).lstrip("; ")
        raise InputError(
            f"No rule's id begins with {args.family!r}.",
            (near[:1].upper() + near[1:]) or f"The families are {', '.join(known)}.",
        )
    for rule in rules:
        card = rule.card.do if rule.card else ""
        mark = "" if rule.status is Status.STABLE else f" [{rule.status}]"
        print(f"{rule.id:32} {rule.severity}  {rule.speaker:9}{rule.title}{mark}")
        if card:
            print(f"{'':32}    {'':9}> {card}")
    print(f"{len(rules)} rules, {len(book.active())} active, fingerprint {book.fingerprint[:12]}")
    return Exit.OK


def _lint(book: RuleBook, args: argparse.Namespace) -> int:
    findings = lint(book, understand=_understand(book))
    for finding in findings:
        if finding.grade > Grade.NOTE or args.notes:
            print(finding)
    counts = {g: sum(f.grade is g for f in findings) for g in reversed(Grade)}
    print(", ".join(f"{n} {g.name.lower()}{'s' if n != 1 else ''}" for g, n in counts.items()))
    return Exit.FAILED if counts[Grade.ERROR] or counts[Grade.WARNING] else Exit.OK


def _test(book: RuleBook, args: argparse.Namespace) -> int:
    for name in args.rule:
        _rule(book, name)
    matcher = Matcher(book)
    wanted = set(args.rule) or {r.id for r in book.rules}
    meaning = MeaningListener(book)
    examples = [e for e in run_examples(book, matcher, meaning.clauses) if e.rule in wanted]
    timelines = run_timelines(
        [r for r in book.active() if r.id in wanted],
        lambda facts: _engine(book, matcher, meaning, facts),
    )
    bad = 0
    for result in examples:
        if result.failed:
            bad += 1
            what = "must match" if result.example.expect else "must not match"
            if result.example.todo:
                what = "is marked as a todo and works: unmark it"
            print(f"{result.rule}: {what}: {result.example.text!r}{_why(result.hit)}")
    for timeline in timelines:
        bad += bool(timeline.mistakes)
        for mistake in timeline.mistakes:
            print(f"{timeline.rule}: {timeline.timeline}: {mistake}")
    todo = sum(e.example.todo for e in examples)
    print(
        f"{len(examples)} examples ({todo} todo), {len(timelines)} timelines: "
        f"{'all right' if not bad else f'{bad} wrong'}"
    )
    return Exit.FAILED if bad else Exit.OK


def _engine(
    book: RuleBook, matcher: Matcher, meaning: MeaningListener, facts: Sequence[Fact]
) -> list[Result]:
    from coach.engine.engine import Engine  # noqa: PLC0415 - the other actions need no engine

    engine = Engine(book, matcher=matcher)
    results: list[Result] = []
    for fact in facts:
        results += engine.receive(meaning.given(fact))
    return results


def _understand(book: RuleBook) -> Understand:
    return MeaningListener(book).clauses


def _why(hit: object) -> str:
    return f" ({hit})" if hit else ""


def _explain(book: RuleBook, args: argparse.Namespace) -> int:
    rule = _rule(book, args.rule)
    print(f"{rule.id}: {rule.title}")
    print(f"  {rule.track}, severity {rule.severity}, {rule.status}, listens to {rule.speaker}")
    print(f"  from {rule.source.file}")
    for change in rule.changes:
        print(f"  {change.key} set by {change.by} in {change.file}: {change.reason}")
    timing = rule.timing
    print(
        f"  holds for {timing.for_:g} s, kept {timing.keep_for:g} s, "
        f"cooldown {timing.cooldown:g} s, at most {timing.max_per_call} a call"
    )
    _show_condition(rule)
    _show_card(rule)
    _show_list("Known false positives", rule.false_positives)
    _show_list("Matches", [e.text for e in rule.examples if e.expect])
    _show_list("Stays quiet on", [e.text for e in rule.examples if not e.expect])
    _show_list("Timelines", [t.name for t in rule.timelines])
    return Exit.OK


def _show_condition(rule: Rule) -> None:
    phrases = [p for leaf in leaves(rule.when) if isinstance(leaf, Phrase) for p in leaf.any]
    if isinstance(rule.when, Phrase):
        _show_list("When one of these is said", phrases)
    else:
        text = msgspec.json.format(msgspec.json.encode(rule.when), indent=2).decode()
        print("\nWhen")
        print(textwrap.indent(text, "  "))
    unless = [
        p for c in rule.unless for leaf in leaves(c) if isinstance(leaf, Phrase) for p in leaf.any
    ]
    _show_list("Unless", unless)


def _show_card(rule: Rule) -> None:
    card = rule.card
    if card is None:
        return
    hold = "until answered" if card.hold is None else f"{card.hold:g} s"
    kind = "a nod" if card.kind is Kind.NOD else f"a {card.kind} card"
    print(f"\nShows {kind}, priority {card.priority}, {hold}")
    print(f"  DO   {card.do}")
    for say in card.say:
        print(f"  SAY  {say}")
    for step in card.steps:
        print(f"   -   {step}")
    if card.done_when:
        print(f"  needless once the agent has done: {', '.join(card.done_when)}")


def _show_list(title: str, lines: object) -> None:
    shown = list(lines) if isinstance(lines, list | tuple) else []
    if shown:
        print(f"\n{title}")
        for line in shown:
            print(textwrap.fill(line, WIDTH, initial_indent="  - ", subsequent_indent="    "))


def _try(book: RuleBook, args: argparse.Namespace) -> int:
    channel = Channel.AGENT if args.agent else Channel.CUSTOMER
    clauses = _understand(book)(channel, args.sentence)
    found = Matcher(book).find(channel, args.sentence, clauses=clauses)
    matched = 0
    for rule in book.active():
        hit = decide(rule, found)
        if hit is None:
            continue
        matched += 1
        guard = f"  ({hit.guard}: one severity less, no card)" if hit.guard else ""
        print(f"{rule.id}  severity {rule.severity}{guard}")
        print(f"  {hit.text!r}{_meant(hit)}")
        if rule.card and not hit.guard:
            print(f"  DO   {rule.card.do}")
            if rule.card.say:
                print(f"  SAY  {rule.card.say[0]}")
    if not matched:
        print("no rule matches")
    return Exit.OK


def _meant(hit: Hit) -> str:
    """How a hit by meaning came about, in words."""
    if hit.rate is None:
        return ""
    nearest = f" means {hit.sentence!r}:" if hit.sentence else ""
    return (
        f"{nearest} ordinary talk comes as close {often(hit.rate)}; "
        f"the rule accepts {often(hit.sensitivity or 0.0)}"
    )


def _coverage(book: RuleBook, _args: argparse.Namespace) -> int:
    covered = coverage(book)
    print(f"{'cue':42} {'match':>5} {'quiet':>5} {'timelines':>9}  rules")
    for cue in covered:
        if cue.without:
            print(
                textwrap.fill(f"{cue.cue}: no rule. {cue.without}", WIDTH, subsequent_indent="    ")
            )
            continue
        absent = f"  NOT RUNNING: {', '.join(cue.absent)}" if cue.absent else ""
        print(
            f"{cue.cue:42} {cue.matches:5} {cue.no_matches:5} {cue.timelines:9}  "
            f"{', '.join(cue.rules)}{absent}"
        )
    gaps = sum(not c.whole for c in covered)
    print(f"{len(covered)} cues, {gaps} without a running rule or a reason")
    return Exit.FAILED if gaps else Exit.OK


def _rule(book: RuleBook, name: str) -> Rule:
    try:
        return book.rule(name)
    except KeyError:
        hint = closest(name, (r.id for r in book.rules)).lstrip("; ")
        raise RulesError(
            f"No rule is called {name!r}.",
            (hint[:1].upper() + hint[1:]) or "`coach rules list` shows them all.",
        ) from None
