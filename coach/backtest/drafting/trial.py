"""Tries a drafted rule: its own examples, lint, and kept calls with and without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from coach.backtest.changes import CardChange, ChangedCard
from coach.backtest.compare import ComparedCall, ComparisonAsked
from coach.backtest.drafting.alike import listener_for
from coach.backtest.drafting.draft import Draft
from coach.backtest.figures import ComparisonFigures, RuleFigures
from coach.backtest.running import compare_all
from coach.calls.about import CallKind
from coach.meaning.listening import MeaningListener
from rules.books.variants import with_rule
from rules.checking.findings import Finding, Grade
from rules.checking.lint import lint
from rules.checking.testing import ExampleResult, channel_of, run_examples
from rules.definition.roles import Role
from rules.definition.rule import Rule, RuleBook
from rules.matching.matcher import Matcher
from rules.matching.one_cue import counted_by

MOST_MOMENTS = 5
"""Of its cards are told."""
Tell = Callable[[int, int], None]
"""Hears how many calls are done, of how many."""


class OwnCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a drafted rule's own examples and lint say of it, before any call is looked at."""

    examples: tuple[ExampleResult, ...]
    findings: tuple[Finding, ...]
    """Of lint, worst first; without mere notes."""
    counted_by: tuple[str, ...] = ()
    """Rules that have phrases of its own sentences, and so count them in its place."""

    @property
    def wrong(self) -> int:
        """Examples that do not come out."""
        return sum(result.failed for result in self.examples)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a drafted rule in kept calls."""

    looked_at: int
    """Calls, with those that are of another kind or cannot be read."""
    calls: int
    hours: float
    reached: int
    """Calls in which its words come near, and which were run with and without it."""
    fires: int
    """Matches in kept calls."""
    in_calls: int
    shown: int
    """Cards."""
    displaced: int
    """Cards of other rules that no longer come while it runs."""
    stopped: bool = False
    """Whether the kept calls were gone through in part only."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The calls to try it on."""

    calls: tuple[Path, ...]
    kinds: tuple[CallKind, ...] = tuple(CallKind)
    jobs: int = 1
    most_run: int | None = None
    """Calls that are run, after which no further ones are looked at; None takes them all."""


def own_check(draft: Draft, book: RuleBook) -> OwnCheck:
    """Try the draft's examples and look at it critically, beside the rules of ``book``."""
    examples, findings = _of_itself(draft, book)
    return OwnCheck(
        examples=tuple(examples),
        findings=tuple(findings),
        counted_by=_counted_by(draft.rule, with_rule(book, draft.rule)),
    )


def tried(
    draft: Draft,
    book: RuleBook,
    kept: Kept,
    tell: Tell = lambda _done, _of: None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[ChangedCard | Trial]:
    """Try a draft on calls, beside the rules of ``book``.

    Its first cards come as they are found, in the order of the calls, and last what it came to.
    Calls in which none of its words come near are counted and not run. The figures are those of
    the calls up to the last one that was looked at.
    """
    figures = ComparisonFigures()
    asked = ComparisonAsked(
        old=book, new=with_rule(book, draft.rule), kinds=kept.kinds, only_reached=True
    )
    told = reached = done = 0
    for done, call in enumerate(compare_all(kept.calls, asked, kept.jobs, stop), 1):
        figures.add(call)
        if isinstance(call, ComparedCall):
            reached += call.reached
            own = [moment for moment in call.moments if moment.rule == draft.rule.id]
            yield from own[: MOST_MOMENTS - told]
            told = min(MOST_MOMENTS, told + len(own))
        tell(done, len(kept.calls))
        if reached == kept.most_run:
            break
    found = figures.new.get(draft.rule.id, RuleFigures())
    talk = figures.all_talk()
    lost = figures.changed(CardChange.LOST) - figures.changed(CardChange.LOST, draft.rule.id)
    yield Trial(
        looked_at=done,
        calls=talk.calls,
        hours=talk.hours,
        reached=reached,
        fires=found.fires,
        in_calls=found.calls,
        shown=found.shown,
        displaced=lost,
        stopped=stop(),
    )


def _of_itself(draft: Draft, book: RuleBook) -> tuple[Sequence[ExampleResult], list[Finding]]:
    """Its examples and what lint says of it, with the rules that lint holds against wordings."""
    rule = draft.rule
    alone = RuleBook(rules=(rule,), language=book.language, fingerprint="")
    beside = [
        msgspec.structs.replace(other, card=None)
        for other in book.rules
        if Role.WORDING_FAULT in other.roles
    ]
    small = msgspec.structs.replace(alone, rules=(*beside, rule))
    understand = listener_for(rule).clauses
    found = lint(small, Matcher(small), understand)
    findings = [one for one in found if one.rule == rule.id and one.grade > Grade.NOTE]
    return run_examples(alone, Matcher(alone), understand), findings


def _counted_by(rule: Rule, book: RuleBook) -> tuple[str, ...]:
    # Wordings of the others hold where their own meaning comes near, so all rules are heard.
    matcher, understand = Matcher(book), MeaningListener(book).clauses
    channel = channel_of(rule)
    counted = (
        counted_by(rule, book, matcher.find(channel, said, clauses=understand(channel, said)))
        for said in (example.text for example in rule.examples if example.expect)
    )
    return tuple(dict.fromkeys(other.id for other in counted if other is not None))
