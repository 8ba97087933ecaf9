"""Tries a drafted rule: its own examples, lint, and kept calls with and without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from coach.backtest.changes import CardChange, ChangedCard
from coach.backtest.compare import ComparisonAsked
from coach.backtest.drafting.alike import listener_for
from coach.backtest.drafting.draft import Draft
from coach.backtest.figures import ComparisonFigures, RuleFigures
from coach.backtest.running import compare_all
from coach.calls.about import CallKind
from rules.findings import Finding, Grade
from rules.lint import lint
from rules.matcher import Matcher
from rules.model import Rule, RuleBook
from rules.one_cue import counted_by
from rules.roles import Role
from rules.testing import ExampleResult, channel_of, run_examples
from rules.variants import with_rule

MOST_MOMENTS = 5
Tell = Callable[[int, int], None]
"""Hears how many calls are done, of how many."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a drafted rule."""

    examples: tuple[ExampleResult, ...]
    findings: tuple[Finding, ...]
    """Of lint, worst first; without mere notes."""
    calls: int
    hours: float
    fires: int
    """Matches in kept calls."""
    in_calls: int
    shown: int
    """Cards."""
    displaced: int
    """Cards of other rules that no longer come while it runs."""
    moments: tuple[ChangedCard, ...]
    """The first of its cards."""
    counted_by: tuple[str, ...] = ()
    """Rules that have phrases of its own sentences, and so count them in its place."""
    stopped: bool = False
    """Whether the kept calls were gone through in part only."""

    @property
    def wrong(self) -> int:
        """Examples that do not come out."""
        return sum(result.failed for result in self.examples)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The calls to try it on."""

    calls: tuple[Path, ...]
    kinds: tuple[CallKind, ...] = tuple(CallKind)
    jobs: int = 1


def tried(
    draft: Draft,
    book: RuleBook,
    kept: Kept,
    tell: Tell = lambda _done, _of: None,
    stop: Callable[[], bool] = lambda: False,
) -> Trial:
    """Try a draft beside the rules of ``book``."""
    examples, findings = _of_itself(draft, book)
    figures = ComparisonFigures()
    asked = ComparisonAsked(old=book, new=with_rule(book, draft.rule), kinds=kept.kinds)
    for done, call in enumerate(compare_all(kept.calls, asked, kept.jobs, stop), 1):
        figures.add(call)
        tell(done, len(kept.calls))
    own = figures.new.get(draft.rule.id, RuleFigures())
    talk = figures.all_talk()
    lost = figures.changed(CardChange.LOST) - figures.changed(CardChange.LOST, draft.rule.id)
    return Trial(
        examples=tuple(examples),
        findings=tuple(findings),
        calls=talk.calls,
        hours=talk.hours,
        fires=own.fires,
        in_calls=own.calls,
        shown=own.shown,
        displaced=lost,
        counted_by=_counted_by(draft.rule, asked.new),
        moments=tuple(m for m in figures.moments if m.rule == draft.rule.id)[:MOST_MOMENTS],
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
    matcher, understand = Matcher(book), listener_for(rule).clauses
    channel = channel_of(rule)
    counted = (
        counted_by(rule, book, matcher.find(channel, said, clauses=understand(channel, said)))
        for said in (example.text for example in rule.examples if example.expect)
    )
    return tuple(dict.fromkeys(other.id for other in counted if other is not None))
