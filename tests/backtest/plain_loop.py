"""Measures a backtest against a plain loop over full replays, in one run, and compares the results.

    python tests/backtest/ten_minute_calls.py FOLDER 40
    PYTHONPATH=. python tests/backtest/plain_loop.py FOLDER 20

The plain loop does for each call what `coach replay --verify` does, once for each set of rules: it
makes the rules ready, scores every vector anew and runs the engine. Processor time of one process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from coach.backtest.outcome import RunOutcome, outcome_of
from coach.backtest.rerun import ReadyRules
from coach.calls.facts_again import recorded_settings, whole_facts
from coach.calls.journal import read_journal
from coach.engine.engine import Engine
from coach.events import AnyEvent
from coach.meaning.listening import MeaningListener
from rules.loader import load_book
from rules.model import RuleBook

OVERLAY = Path(__file__).parent / "other_rules.toml"


def replayed(path: Path, book: RuleBook) -> RunOutcome:
    journal = read_journal(path)
    engine = Engine(book, recorded_settings(journal))
    events: list[AnyEvent] = []
    for fact in whole_facts(journal, MeaningListener(book)):
        events.append(fact)
        events += engine.receive(fact)
    return outcome_of(events)


def plain(paths: Sequence[Path], books: Sequence[RuleBook]) -> list[list[RunOutcome]]:
    return [[replayed(path, book) for book in books] for path in paths]


def backtest(paths: Sequence[Path], books: Sequence[RuleBook]) -> list[list[RunOutcome]]:
    ready = [ReadyRules(book) for book in books]
    return [
        [outcome_of(one.run(journal)) for one in ready]
        for journal in (read_journal(path) for path in paths)
    ]


def main(folder: Path, count: int) -> None:
    paths = sorted(folder.glob("*.jsonl"))[:count]
    books = (load_book(), load_book(overlay=OVERLAY))
    found = []
    for name, run in (("plain loop", plain), ("backtest", backtest)):
        began = time.process_time()
        found.append(run(paths, books))
        spent = 1000.0 * (time.process_time() - began) / len(paths)
        print(f"{name}: {spent:.0f} ms of processor time a call")
    print("same results" if found[0] == found[1] else "THE RESULTS DIFFER")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
