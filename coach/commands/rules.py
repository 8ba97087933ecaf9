"""`coach rules`: list, check, test, explain and try rules."""

from __future__ import annotations

import argparse
import difflib
import sys
import textwrap
from collections.abc import Callable, Sequence

import msgspec

from coach.calls.journal import read_journal
from coach.calls.kept_rules import rules_of_call
from coach.calls.named_call import named_call
from coach.commands import rules_draft
from coach.engine.talk.announcements import verdict
from coach.errors import Exit, InputError, RulesError
from coach.events import Channel, Clause, Fact, Result, Track
from coach.meaning.listening import TOLD, MeaningListener, rates_among
from coach.notes.wording import count_of, often
from coach.startup.config import Settings, load
from coach.startup.paths import Paths
from coach.startup.rules_in_force import (
    RulesInForce,
    absent_set_aside,
    add_rules_options,
    counted,
    load_and_say,
    rules_of,
    unknown_rule,
    with_rules_of,
)
from rules.books.catalogue import coverage
from rules.books.loader import ABSENT, BadRulesError
from rules.changes.rule_text import differences, explained
from rules.checking.findings import Grade
from rules.checking.lint import lint, lint_sentences
from rules.checking.testing import run_examples, run_timelines
from rules.definition.conditions import MOST_SENSITIVITY
from rules.definition.rule import Rule, RuleBook, Status
from rules.matching.evaluate import decide
from rules.matching.hits import Found, Hit
from rules.matching.matcher import Matcher
from rules.matching.near_misses import at_least, in_calls, near_misses
from rules.matching.one_cue import counted_by
from rules.reading.entries import Entry
from rules.reading.problems import closest

WIDTH = 100
OF_A_CALL = ("list", "explain", "diff")
"""What can be asked of the rules of a past call too."""
CHECKS = ("lint", "test", "coverage")
"""What says by its exit code whether the rules are as they should be."""
MOST_NEAR = 3
"""Near misses that are told."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and options."""
    common = argparse.ArgumentParser(add_help=False)
    add_rules_options(common)
    past = argparse.ArgumentParser(add_help=False)
    past.add_argument("--of", metavar="CALL", help="the rules that a past call was coached with")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, words: str) -> argparse.ArgumentParser:
        said = f"{words[:1].upper()}{words[1:]}."
        parents = [common, past] if name in OF_A_CALL else [common]
        return actions.add_parser(name, parents=parents, help=words, description=said)

    shown = action("list", "every rule in one line")
    shown.add_argument(
        "family",
        metavar="FAMILY",
        nargs="?",
        default="",
        help="only ids that begin so (esc, say...); where none does, ids or titles with this word",
    )
    check = action("lint", "look at the rules critically")
    check.add_argument("--notes", action="store_true", help="show notes, too")
    tests = action("test", "run the rules' own examples and timelines")
    tests.add_argument("rule", nargs="*", metavar="ID", help="only these rules")
    explain = action("explain", "all about one rule")
    explain.add_argument("rule", metavar="ID", help="the rule's id, as `coach rules list` shows it")
    changed = action("diff", "what changes made of the packs: before, after, who, why")
    changed.add_argument(
        "family",
        metavar="FAMILY",
        nargs="?",
        default="",
        help="only ids that begin so: esc, say, engine...",
    )
    places = action("settable", "every value that can be set: unit, range, meaning")
    places.add_argument(
        "what",
        nargs="?",
        default="",
        metavar="ID|engine.PART",
        help="one rule, with its values; or settings of the engine",
    )
    places.add_argument("--json", action="store_true", help="print JSON")
    attempt = action("try", "see what a sentence matches")
    attempt.add_argument(
        "sentence", metavar="SENTENCE", help="in quotation marks; spoken by the customer"
    )
    attempt.add_argument("--agent", action="store_true", help="it is the agent who says it")
    action("coverage", "the cue catalogue against the rules")
    rules_draft.configure(action("draft", "draft a rule from a moment of a call, and try it"))


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 1 where a check or a test fails."""
    settings = with_rules_of(args, load(args.settings))
    if args.action == "draft":
        return rules_draft.run(args, rules_of(settings))
    settings, absent = absent_set_aside(args, settings)
    for file in absent if args.action not in OF_A_CALL or args.of is None else ():
        told = "is named in the settings and not there, so this is without it"
        print(f"warning: {file} {told}: {ABSENT}", file=sys.stderr)
    code = _act(args, settings, rules_of(settings))
    return max(code, Exit.FAILED) if absent and args.action in CHECKS else code


def _act(args: argparse.Namespace, settings: Settings, in_force: RulesInForce) -> int:
    if args.action == "settable":
        return _settable(in_force, settings, args)
    if args.action == "explain" and args.rule.partition(".")[0] == "engine":
        args.what, args.json = args.rule, False
        return _settable(in_force, settings, args)
    past = args.of if args.action in OF_A_CALL else None
    try:
        book = load_and_say(in_force) if past is None else _book_of(past)
    except BadRulesError as error:
        if args.action == "lint":
            error.remedy = "\nMend each at its line, and run this again."
        raise
    base = in_force.unchanged() if args.action == "lint" and in_force.changed else book
    actions: dict[str, Callable[[], int]] = {
        "list": lambda: _list(book, args),
        "lint": lambda: _with_kept_vectors(lambda: _lint(book, base, args)),
        "test": lambda: _with_kept_vectors(lambda: _test(book, args)),
        "explain": lambda: _explain(book, None if past else in_force.entries(), args),
        "diff": lambda: _diff(book, settings, args),
        "try": lambda: _try(book, args),
        "coverage": lambda: _coverage(book),
    }
    return actions[args.action]()


def _with_kept_vectors(look: Callable[[], int]) -> int:
    from coach.startup.kept_vectors import keeping_vectors  # noqa: PLC0415 - the others need none

    with keeping_vectors(Paths.of().cache):
        return look()


def _list(book: RuleBook, args: argparse.Namespace) -> int:
    if not book.rules:
        raise RulesError("These files hold no rule.", "Check --rules and --overlay.")
    rules = _with_word(book, args.family) or _begun(book, args.family)
    for rule in rules:
        card = rule.card.do if rule.card else ""
        mark = "" if rule.status is Status.STABLE else f" [{rule.status}]"
        print(f"{rule.id:32} {rule.severity}  {rule.speaker:9}{rule.title}{mark}")
        if card:
            print(f"{'':32}    {'':9}> {card}")
    told = f"{count_of(len(rules), 'rule')}, {len(book.active())} active"
    print(f"{told}, fingerprint {book.fingerprint[:12]}")
    return Exit.OK


def _with_word(book: RuleBook, word: str) -> tuple[Rule, ...]:
    """The rules with a word or words in their id or title, where no id begins with it."""
    if any(rule.id.startswith(word) for rule in book.rules):
        return ()
    wanted = word.casefold().replace("_", " ")
    return tuple(
        rule
        for rule in book.rules
        if wanted in f"{rule.id.replace('_', ' ')} {rule.title}".casefold()
    )


def _begun(book: RuleBook, family: str) -> tuple[Rule, ...]:
    """The rules whose ids begin so; InputError where there are none."""
    rules = tuple(r for r in book.rules if r.id.startswith(family))
    if not rules and family:
        known = sorted({r.id.partition(".")[0] for r in book.rules})
        near = closest(family, [*known, *(r.id for r in book.rules)]).lstrip("; ")
        raise InputError(
            f"No rule's id begins with {family!r}.",
            (near[:1].upper() + near[1:]) or f"The families are {', '.join(known)}.",
        )
    return rules


def _lint(book: RuleBook, base: RuleBook, args: argparse.Namespace) -> int:
    meaning, matcher = MeaningListener(book), Matcher(book)
    findings = lint(
        book,
        matcher,
        meaning.clauses,
        base=None if base is book else base,
        run=lambda facts: _engine(book, matcher, meaning, facts),
    )
    findings = sorted([*findings, *lint_sentences(book, rates_among)], key=lambda f: -f.grade)
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
    examples = run_examples(book, matcher, meaning.clauses, wanted)
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
        f"{count_of(len(examples), 'example')} ({todo} todo), "
        f"{count_of(len(timelines), 'timeline')}: "
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


def _why(hit: object) -> str:
    return f" ({hit})" if hit else ""


def _explain(book: RuleBook, entries: Sequence[Entry] | None, args: argparse.Namespace) -> int:
    rule = _rule(book, args.rule)
    entry = next((one for one in entries or () if one.name == rule.id), None)
    print(*explained(rule, entry), sep="\n")
    return Exit.OK


def _book_of(name: str) -> RuleBook:
    """The rules that a past call began with. InputError where they are not kept."""
    files = named_call(name, Paths.of().calls)
    own = rules_of_call(read_journal(files.journal))
    if own.first is None:
        raise InputError(
            f"The rules that {files.call} was coached with are not kept.",
            "Calls of before, and facts alone, have none.",
        )
    print(f"rules: those of {files.call}; {counted(own.first)}", file=sys.stderr)
    if own.others or own.missing:
        sets = count_of(len(own.others) + len(own.missing), "further set")
        print(f"{sets} came into force while it ran; shown is how it began", file=sys.stderr)
    return own.first


def _diff(book: RuleBook, settings: Settings, args: argparse.Namespace) -> int:
    from coach.startup.settable import ENGINE, engine_changes  # noqa: PLC0415 - as below

    wanted = _begun(book, args.family) if args.family.partition(".")[0] != ENGINE else ()
    lines = list(differences(msgspec.structs.replace(book, rules=wanted)))
    file = args.settings or Paths.of().settings
    for change in engine_changes(settings) if args.of is None else ():
        if change.startswith(args.family):
            lines += [change, f"      {file}"]
    nothing = (
        f"nothing is changed in what begins with {args.family!r}"
        if args.family
        else "nothing is changed: the packs and the engine are in force as they are"
    )
    print(*(lines or [nothing]), sep="\n")
    return Exit.OK


def _settable(in_force: RulesInForce, settings: Settings, args: argparse.Namespace) -> int:
    from coach.startup import settable  # noqa: PLC0415 - it knows every setting of the program

    word = "usually"
    if not args.what:
        found = (*settable.of_rules(), *settable.of_engine(settings))
    elif args.what.partition(".")[0] == settable.ENGINE:
        found = settable.of_engine(settings, args.what)
    else:
        found, word = settable.of_one(args.what, in_force.entries()), "now"
    if not found:
        of_engine = settable.of_engine(settings)
        hint = _engine_part_like(args.what, [parameter.path for parameter in of_engine])
        raise InputError(
            f"No setting begins with {args.what!r}.",
            f"{hint[:1].upper()}{hint[1:]}" if hint else "`coach rules settable` lists them all.",
        )
    if args.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
        return Exit.OK
    for parameter in found:
        print(*settable.lines_of(parameter, word), sep="\n")
    return Exit.OK


def _engine_part_like(typed: str, paths: Sequence[str]) -> str:
    """A part of the engine, or a setting of one, that comes near, as a question; else empty."""
    known = {path.removeprefix("engine.") for path in paths}
    known |= {path.partition(".")[0] for path in known}
    near = difflib.get_close_matches(typed.removeprefix("engine."), known, n=1)
    return f"Did you mean 'engine.{near[0]}'?" if near else ""


def _try(book: RuleBook, args: argparse.Namespace) -> int:
    if not args.sentence.strip():
        raise InputError("The sentence is empty.", "Say it in quotation marks.")
    channel = Channel.AGENT if args.agent else Channel.CUSTOMER
    clauses = MeaningListener(book).clauses(channel, args.sentence)
    heard = verdict(args.sentence)
    if heard.kind is not None:
        print(f"taken for a recorded announcement ({heard.kind}): in a call it raises nothing")
    found = Matcher(book).find(channel, args.sentence, clauses=clauses)
    matched = 0
    for rule in book.active():
        hit = decide(rule, found)
        if hit is None:
            continue
        matched += 1
        shows = rule.card is not None and (hit.guard is None or _although_guarded(rule))
        print(f"{rule.id}  severity {rule.severity}{_guarded(rule, hit)}")
        print(f"  {hit.text!r}{_meant(hit)}")
        other = counted_by(rule, book, found)
        if other is not None:
            print(f"  in a call only {other.id} counts it: it has a phrase of these words")
        elif rule.card and shows:
            print(f"  DO   {rule.card.do}")
            if rule.card.say:
                print(f"  SAY  {rule.card.say[0]}")
    if not matched:
        print("no rule matches")
    _print_near(book, channel, args.sentence, clauses, found)
    return Exit.OK


def _although_guarded(rule: Rule) -> bool:
    """Whether its card comes even where the words are negated or quoted."""
    return rule.track is Track.SAFETY and rule.severity > 1


def _guarded(rule: Rule, hit: Hit) -> str:
    """What becomes of words that are not meant, in brackets; empty where they are."""
    if hit.guard is None:
        return ""
    if rule.severity <= 1:
        return f"  ({hit.guard}: one severity less, so it does not match)"
    card = "" if _although_guarded(rule) else ", no card"
    return f"  ({hit.guard}: one severity less{card})"


def _print_near(
    book: RuleBook, channel: Channel, said: str, clauses: Sequence[Clause], found: Found
) -> None:
    """Rules whose meaning the words come near without being near enough, the nearest first."""
    misses = near_misses(book, channel, clauses, found)
    for miss in misses[:MOST_NEAR]:
        words = " ".join(said.split()[miss.clause.first : miss.clause.last + 1])
        like = f" comes closest to {miss.sentence!r}" if miss.sentence else ""
        print(f"{miss.rule}  not near enough")
        print(f"  {words!r}{like}: ordinary talk comes as near {often(miss.rate)}")
        remedy = (
            f"from a sensitivity of {at_least(miss.rate)} on it would match, "
            f"with {in_calls(float(at_least(miss.rate)))}"
            if miss.rate <= MOST_SENSITIVITY
            else "no rule may take so many; give it a sentence like this one where that is meant"
        )
        print(f"  the rule takes {often(miss.sensitivity)}; {remedy}")
    if not misses and not found:
        print(f"nothing comes near what a rule means (as near as ordinary talk {often(TOLD)})")


def _meant(hit: Hit) -> str:
    """How a hit by meaning came about, in words."""
    if hit.rate is None:
        return ""
    nearest = f" means {hit.sentence!r}:" if hit.sentence else ""
    return (
        f"{nearest} ordinary talk comes as near {often(hit.rate)}; "
        f"the rule takes {often(hit.sensitivity or 0.0)}"
    )


def _coverage(book: RuleBook) -> int:
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
        raise unknown_rule(name, (rule.id for rule in book.rules)) from None
