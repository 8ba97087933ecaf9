"""How fast a backtest is: made-up kept calls, run under two sets of rules.

Processor time of one process is measured, part by part, so that a busy machine changes little. The
old rules are those that the calls were coached with; the new ones differ in thresholds and
timings, so one whole run of the engine is needed for each call, as when a supervisor tries one.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from coach.backtest.outcome import RunOutcome, outcome_of
from coach.backtest.rerun import ReadyRules
from coach.backtest.running import BLOCK, without_collecting
from coach.bench.memory import peak_mb
from coach.calls.facts_again import recorded_settings, whole_facts
from coach.calls.journal import read_journal
from coach.engine.engine import Engine
from coach.events import AnyEvent
from coach.meaning.listening import MeaningListener
from rules.definition.conditions import Silence
from rules.definition.rule import RuleBook

THOUSAND = 1000
EVERY = 10
"""Every tenth rule with a card has another cooldown in the new set."""

T = TypeVar("T")


class BacktestFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, in milliseconds of processor time a call."""

    calls: int
    read_ms: float
    run_ms: float
    """The engine, under the new rules."""
    rest_ms: float
    """What both runs came to: cards, tallies, lines."""
    peak_mb: float
    plain_ms: float | None = None
    """A plain loop over full replays of both sets; None where it was not measured."""
    same: bool | None = None
    """Whether the plain loop came to the same."""

    @property
    def call_ms(self) -> float:
        """All of it."""
        return self.read_ms + self.run_ms + self.rest_ms

    def thousand_s(self, cores: int) -> float:
        """Seconds that 1,000 such calls would take on so many free cores."""
        return self.call_ms * THOUSAND / 1000.0 / cores


def other_rules(book: RuleBook) -> RuleBook:
    """The same rules with silences half as long and some cooldowns: figures alone differ."""
    rules = []
    for number, rule in enumerate(book.rules):
        changed = rule
        if isinstance(rule.when, Silence):
            when = msgspec.structs.replace(rule.when, longer_than=rule.when.longer_than / 2)
            changed = msgspec.structs.replace(rule, when=when)
        elif rule.card is not None and number % EVERY == 0:
            timing = msgspec.structs.replace(rule.timing, cooldown=rule.timing.cooldown / 2)
            changed = msgspec.structs.replace(rule, timing=timing)
        rules.append(changed)
    return msgspec.structs.replace(book, rules=tuple(rules), fingerprint="made up")


def measure(paths: Sequence[Path], book: RuleBook, *, plain: bool) -> BacktestFigures:
    """Run every call under the book and under ``other_rules``."""
    ready = [ReadyRules(one) for one in (book, other_rules(book))]
    for path in paths[:2]:  # patterns are compiled when a line first has their words
        for rules in ready:
            rules.run_anew(read_journal(path))
    spent = dict.fromkeys(("read", "run", "rest"), 0.0)
    found: list[list[RunOutcome]] = []

    def timed(part: str, do: Callable[[], T]) -> T:
        began = time.process_time()
        done = do()
        spent[part] += 1000.0 * (time.process_time() - began)
        return done

    for start in range(0, len(paths), BLOCK):
        began = time.process_time()
        counted = sum(spent.values())
        with without_collecting():
            for path in paths[start : start + BLOCK]:
                journal = timed("read", functools.partial(read_journal, path))
                runs = [timed("run", functools.partial(rules.run, journal)) for rules in ready]
                found.append([timed("rest", functools.partial(outcome_of, run)) for run in runs])
        # Looking for cycles comes last.
        whole = 1000.0 * (time.process_time() - began)
        spent["rest"] += whole - (sum(spent.values()) - counted)
    count = len(paths)
    figures = BacktestFigures(
        calls=count,
        read_ms=spent["read"] / count,
        run_ms=spent["run"] / count,
        rest_ms=spent["rest"] / count,
        peak_mb=peak_mb(),
    )
    if not plain:
        return figures
    began = time.process_time()
    again = [[_replayed(path, rules.book) for rules in ready] for path in paths]
    plain_ms = 1000.0 * (time.process_time() - began) / count
    return msgspec.structs.replace(figures, plain_ms=plain_ms, same=again == found)


def _replayed(path: Path, book: RuleBook) -> RunOutcome:
    """What `coach replay --verify` does: everything made ready, scored and run anew."""
    journal = read_journal(path)
    engine = Engine(book, recorded_settings(journal))
    events: list[AnyEvent] = []
    for fact in whole_facts(journal, MeaningListener(book)):
        events.append(fact)
        events += engine.receive(fact)
    return outcome_of(events)
