"""Look at rules with a critical eye: mistakes, weaknesses and remarks, graded.

What the loader refuses cannot be read at all; lint looks at rules that load. An error breaks a
promise that the product makes (a rule without examples, a safety card that could vanish), a
warning is a likely weakness, a note is for a person to weigh.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from coach.events import Channel, Track
from rules.definition.conditions import (
    MOST_SENSITIVITY,
    Lexical,
    Meaning,
    Phrase,
    Speaker,
    leaves,
    walk,
)
from rules.definition.roles import Role
from rules.definition.rule import Kind, Rule, RuleBook, Status
from rules.matching.evaluate import holds
from rules.matching.hits import Found
from rules.matching.matcher import Matcher, Understand, understand_nothing
from rules.matching.near_misses import at_least, in_calls
from rules.phrases.patterns import compile_pattern

from .findings import Finding, Grade, finding
from .lint_changes import change_findings
from .never import never
from .omissions import of_omission
from .testing import Run, has_examples

LEAST_MATCHES = 1
LEAST_NO_MATCHES = 2
LONGEST_STEP = 100
_STATELESS = Lexical


def lint(
    book: RuleBook,
    matcher: Matcher | None = None,
    understand: Understand = understand_nothing,
    *,
    base: RuleBook | None = None,
    run: Run | None = None,
) -> list[Finding]:
    """All findings, worst first, in the order of the rules.

    ``base`` is the book without its changes, where it has any: these are looked at, too, and
    ``run``, which feeds facts to an engine with the book, plays the timelines they touch.
    """
    matcher = matcher or Matcher(book)

    def find(text: str) -> Found:
        clauses = understand(Channel.AGENT, text)
        return matcher.find(Channel.AGENT, text, clauses=clauses)

    found = [
        finding(grade, rule, key, message)
        for rule in book.rules
        for grade, key, message in _look_at(rule, book, find)
    ]
    if base is not None:
        found += change_findings(book, base, matcher, understand, run)
    found += _shared_phrases(book)
    found += _roles_without_rule(book)
    return sorted(found, key=lambda f: -f.grade)


def lint_sentences(book: RuleBook, among: Among) -> list[Finding]:
    """What is to be said of sentences that stand without phrases, worst first.

    ``among`` tells how well a rule's own sentences find one another.
    """
    found = [
        finding(grade, rule, key, message)
        for rule in book.active()
        for grade, key, message in _alone(rule, among)
    ]
    return sorted(found, key=lambda f: -f.grade)


Remark = tuple[Grade, str, str]
Find = Callable[[str], Found]
Among = Callable[[Sequence[str]], Sequence[float]]
"""Of each sentence, the false alarms an hour at which the others would find it."""


def _look_at(rule: Rule, book: RuleBook, find: Find) -> Iterator[Remark]:
    yield from _examples(rule)
    yield from _timelines(rule)
    yield from _phrases(rule)
    yield from _card(rule, book)
    yield from _wordings(rule, book, find)
    yield from _never(rule, book)
    if of_omission(rule, book) and Role.OMISSION not in rule.roles:
        why = "is about what the agent did not say or do"
        yield Grade.NOTE, "role", f"{why}; 'omission' keeps it silent until the agent was heard"
    if rule.status is Status.EXPERIMENTAL:
        yield Grade.NOTE, "status", "experimental rules never run"


def _examples(rule: Rule) -> Iterator[Remark]:
    if not has_examples(rule):
        return
    matches = sum(e.expect and not e.todo for e in rule.examples)
    quiet = sum(not e.expect and not e.todo for e in rule.examples)
    if matches < LEAST_MATCHES:
        yield Grade.ERROR, "match", "no example of what it notices; at least one is due"
    if quiet < LEAST_NO_MATCHES:
        yield (
            Grade.ERROR,
            "no_match",
            f"{quiet} of at least {LEAST_NO_MATCHES} examples of what it must ignore",
        )
    texts = [e.text for e in rule.examples]
    for text in sorted({t for t in texts if texts.count(t) > 1}):
        yield Grade.WARNING, "match", f"the example {text!r} stands there twice"


def time_matters(rule: Rule) -> bool:
    """True where a rule is about more than the words of one utterance."""
    return rule.timing.for_ > 0 or any(
        not isinstance(c, _STATELESS) and type(c).__name__ not in {"AnyOf", "AllOf", "Not"}
        for c in walk(rule.when)
    )


def _timelines(rule: Rule) -> Iterator[Remark]:
    if rule.card and time_matters(rule) and not rule.timelines:
        yield Grade.ERROR, "timeline", "time matters in this rule, and no timeline tests it"
    for timeline in rule.timelines:
        if all(s.cards is None and s.level is None for s in timeline.steps):
            yield Grade.ERROR, "timeline", f"{timeline.name!r} expects nothing"


def _phrases(rule: Rule) -> Iterator[Remark]:
    for leaf in leaves(rule.when):
        if not isinstance(leaf, Phrase):
            continue
        for source in leaf.any:
            if compile_pattern(source).shortest == 1 and rule.severity >= 2:
                yield Grade.NOTE, "when.phrase", f"one word is enough: {_short(source)}"


def _alone(rule: Rule, among: Among) -> Iterator[Remark]:
    """Whether sentences that stand without phrases find more than their own wording."""
    parts = tuple(leaves(rule.when))
    if any(isinstance(part, Phrase) for part in parts):
        return
    for part in parts:
        if not isinstance(part, Meaning) or part.trained or len(part.sentences) < 2:
            continue
        rates = among(part.sentences)
        most, of = part.sensitivity, len(rates)
        found = sum(rate <= most for rate in rates)
        if found == 0:
            yield Grade.WARNING, "when.meaning", _hardly(min(rates), most, of)
        elif found < of:
            far = part.sentences[max(range(of), key=rates.__getitem__)]
            counted = f"{found} of its {of} sentences would be found by the others"
            yield Grade.NOTE, "when.meaning", f"{counted}; farthest from them is {_short(far)}"


def _hardly(nearest: float, sensitivity: float, of: int) -> str:
    first = (
        f"the first from {at_least(nearest)} on ({in_calls(float(at_least(nearest)))})"
        if nearest <= MOST_SENSITIVITY
        else "and none at any other"
    )
    return (
        f"none of its {of} sentences would be found by the others at a sensitivity of "
        f"{sensitivity:g}, {first}: it hears hardly more than its own wording; give it phrases"
    )


def _card(rule: Rule, book: RuleBook) -> Iterator[Remark]:
    card = rule.card
    yield from _safety(rule)
    if card is None:
        return
    wanted = {Track.SAFETY: Kind.SAFETY, Track.THREAT: Kind.THREAT}.get(rule.track)
    if wanted and card.kind is not wanted:
        yield Grade.ERROR, "card.kind", f"expected {wanted} on the {rule.track} track"
    if not card.say and not card.steps:
        yield Grade.WARNING, "card.say", "neither words to say nor steps"
    elif card.say and all("{" in say for say in card.say):
        message = "every wording has a blank; one without is said where nothing is known for it"
        yield Grade.WARNING, "card.say", message
    if len(card.say) == 1:
        yield Grade.NOTE, "card.say", "only one wording: it cannot rotate"
    if rule.severity >= 1 and not rule.false_positives and rule.speaker is Speaker.CUSTOMER:
        yield Grade.WARNING, "false_positives", "nothing is said about when it is wrong"
    for step in (s for s in card.steps if len(s) > LONGEST_STEP):
        yield Grade.WARNING, "card.steps", f"too long to read in a call: {_short(step)}"
    named = [book.rule(n) for n in card.done_when if not n.endswith(".*")]
    for other in (r for r in named if r.speaker is not Speaker.AGENT):
        message = f"{other.id} does not listen to the agent's words"
        yield Grade.WARNING, "card.done_when", message


def _safety(rule: Rule) -> Iterator[Remark]:
    if rule.track is not Track.SAFETY or rule.severity < 4:
        return
    if rule.card is None or rule.card.hold is not None:
        yield Grade.ERROR, "card.hold", "a safety card stays until answered"
    if rule.timing.cooldown:
        yield Grade.ERROR, "timing.cooldown", "a safety card has no cooldown; expected 0"


def _wordings(rule: Rule, book: RuleBook, find: Find) -> Iterator[Remark]:
    if rule.card is None:
        return
    faults = [r for r in book.active() if Role.WORDING_FAULT in r.roles]
    for say in rule.card.say:
        found = find(say.replace("{issue}", "it").replace("{agent}", "Jo"))
        for fault in faults:
            if holds(fault, found):
                yield (
                    Grade.WARNING,
                    "card.say",
                    f"offers what {fault.id} warns against: {_short(say)}",
                )


def _never(rule: Rule, book: RuleBook) -> Iterator[Remark]:
    """Why a rule that runs can never match, or its card never be shown."""
    if rule.status in (Status.STABLE, Status.TEST):
        running = tuple(r.id for r in book.active())
        for key, reason in never(rule, running):
            yield Grade.WARNING, key, reason


def _roles_without_rule(book: RuleBook) -> list[Finding]:
    """Roles that no rule in force has: what the program does with them does not happen."""
    known = {role for rule in book.active() for role in rule.roles}
    return [
        Finding(grade=Grade.NOTE, rule="(none)", key="role", message=f"no rule has the role {role}")
        for role in Role
        if role not in known
    ]


def _shared_phrases(book: RuleBook) -> list[Finding]:
    owners: defaultdict[str, dict[str, Rule]] = defaultdict(dict)
    for rule in book.rules:
        for leaf in leaves(rule.when):
            if isinstance(leaf, Phrase):
                for source in leaf.any:
                    owners[source][rule.id] = rule
    return [
        Finding(
            grade=Grade.NOTE,
            rule=rule_id,
            key="when.phrase",
            message=f"shared with {', '.join(o for o in rules if o != rule_id)}: {_short(source)}",
            file=rule.source.file,
            line=rule.source.line,
        )
        for source, rules in owners.items()
        if len(rules) > 1
        for rule_id, rule in list(rules.items())[:1]
    ]


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
