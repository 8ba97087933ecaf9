"""Brings a made-up folder of calls in with `coach import`, kills it again and again, and looks.

    python tests/calls/importers/killed_import.py FOLDER 200 [RECORDING ...]

``FOLDER`` is made; the library lies in it, apart from the user's. The import is killed (kill -9)
once a quarter, half and three quarters of the calls are in, then run to its end and once more.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from call_folder import PATTERN, TABLE, CallFolder, make_folder

from coach.calls.about import CallKind
from coach.calls.library import Library
from coach.calls.search import search
from coach.calls.search_query import Query

SPOKEN = 10
"""Recordings of synthetic voices."""


def wrong_of(made: CallFolder, library: Library) -> list[str]:
    """All in which a library differs from what must have come in, in words."""
    library.refresh()
    found = search(library, Query(kinds=(CallKind.IMPORT,), most=None)).calls
    sources = Counter(call.source for call in found)
    wrong = [f"{name} came in {count} times" for name, count in sources.items() if count > 1]
    if len(found) != len(made.calls):
        wrong.append(f"{len(found)} calls came in, not {len(made.calls)}")
    by_source = {call.source: call for call in found}
    for call in made.calls:
        if call.word:
            hits = search(library, Query(said=(call.word,))).calls
            if len(hits) != 1:
                wrong.append(f"{call.file}: {call.word} is found in {len(hits)} calls")
        one = by_source.get(call.file)
        if one is None:
            wrong.append(f"{call.file} did not come in")
            continue
        told = (one.agent, one.caller, one.queue, one.tags, one.ended)
        must = (call.agent, call.caller, call.queue, call.tags, True)
        if told != must:
            wrong.append(f"{call.file}: {told} and not {must}")
        if one.started != call.started.isoformat():
            wrong.append(f"{call.file}: began {one.started} and not {call.started.isoformat()}")
    return wrong


def main(root: Path, transcripts: int, recordings: list[Path]) -> int:
    """Do it all and say what came of it; 1 where something is lost, twice or untold."""
    made = make_folder(root / "in", transcripts, recordings, spoken=SPOKEN)
    print(f"{len(made.calls)} calls ({len(recordings) + SPOKEN} recordings), {made.copies} copies, "
          f"{len(made.bad)} damaged, {made.others} other files", flush=True)  # fmt: skip
    home = root / "library"
    for part in (1, 2, 3):
        print(*_killed(root, home, len(made.calls) * part // 4), flush=True)
    begun = time.monotonic()
    last = subprocess.run(_command(root), env=_env(home), capture_output=True, text=True)  # noqa: PLW1510
    print(f"to its end: {time.monotonic() - begun:.0f} s, exit {last.returncode}")
    print(last.stdout, last.stderr, sep="", flush=True)
    again = subprocess.run(_command(root), env=_env(home), capture_output=True, text=True)  # noqa: PLW1510
    print("once more:", again.stdout.strip())
    wrong = [
        f"{name} is not told: {why}"
        for name, why in made.bad.items()
        if not any(name in line and why in line for line in last.stderr.splitlines())
    ]
    with Library(home / "calls", home / "library.sqlite") as library:
        wrong += wrong_of(made, library)
    if (home / "importing").exists():
        wrong.append("unfinished calls were left")
    print("\n".join(wrong) or "nothing is lost, nothing is there twice, all that failed is named")
    return 1 if wrong else 0


def _command(root: Path) -> list[str]:
    folder = root / "in"
    table = ("--metadata", str(folder / TABLE))
    return [sys.executable, "-m", "coach.cli", "import", str(folder), "--pattern", PATTERN, *table]


def _env(home: Path) -> dict[str, str]:
    return {**os.environ, "COACH_DATA_HOME": str(home)}


def _killed(root: Path, home: Path, calls: int) -> tuple[str, ...]:
    """Run it until so many calls are in, then kill it."""
    begun = time.monotonic()
    with subprocess.Popen(
        _command(root), env=_env(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        while _count(home) < calls:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(0.02)
                break
        child.kill()
    took = time.monotonic() - begun
    return (f"killed after {took:.1f} s with {_count(home)} calls in,", f"exit {child.returncode}")


def _count(home: Path) -> int:
    return sum(1 for _ in (home / "calls").glob("*.jsonl"))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), [Path(name) for name in sys.argv[3:]]))
