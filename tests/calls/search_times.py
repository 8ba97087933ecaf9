"""Measures searches over a library: processor time, wall time and memory of each.

python tests/calls/many_calls.py FOLDER/calls 10000
python tests/calls/search_times.py FOLDER
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from pathlib import Path

from coach.calls.about import CallKind
from coach.calls.journal_gathering import Fate
from coach.calls.library import Library
from coach.calls.search import search
from coach.calls.search_query import Query, SearchBounds
from coach.events import Channel, Level

ALL = tuple(CallKind)
QUERIES = {
    "all, newest 50": Query(),
    "manager, by the customer": Query(said=("manager",), by=Channel.CUSTOMER),
    "the most frequent word, all kinds": Query(said=("i",), kinds=ALL),
    "two frequent words": Query(said=("i the",), kinds=ALL),
    "a phrase": Query(said=('"speak to your manager"',)),
    "a beginning": Query(said=("ba*",)),
    "three questions at once": Query(said=("manager", "refund", "thanks"), kinds=ALL),
    "cue": Query(cues=("supervisor",)),
    "cues by pattern": Query(cues=("esc.*",), kinds=ALL),
    "card used": Query(card="esc.*", fate=Fate.USED),
    "any card kept back": Query(fate=Fate.KEPT_BACK, kinds=ALL),
    "level": Query(level=Level.ANGRY),
    "agent, queue, tag": Query(agent="Anna", queue="billing", tags=("vip",)),
    "caller": Query(caller="K77"),
    "length": Query(length=SearchBounds(60.0, 300.0)),
    "one month and words": Query(since=1.772e9, until=1.7747e9, said=("manager",)),
    "no such word": Query(said=("xyzzy",)),
}
ROUNDS = 5


def main(root: Path) -> None:
    """Print a line for each search."""
    with Library(root / "calls", root / "library.sqlite") as library:
        library.refresh()
        print(f"{'search':36} {'calls':>6} {'cpu s':>7} {'wall s':>7}")
        for name, query in QUERIES.items():
            found = search(library, query)
            cpu, wall = [], []
            for _ in range(ROUNDS):
                before = time.process_time(), time.perf_counter()
                search(library, query)
                cpu.append(time.process_time() - before[0])
                wall.append(time.perf_counter() - before[1])
            figures = f"{statistics.median(cpu):7.3f} {statistics.median(wall):7.3f}"
            print(f"{name:36} {found.total:6} {figures}")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
