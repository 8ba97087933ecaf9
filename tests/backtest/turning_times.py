"""Measures `coach tune` over so many made-up kept calls: how long they take to come in, and one
turn after that.

    PYTHONPATH=. python tests/backtest/turning_times.py 200 agent.dead_air when.silence

A turn is timed on the whole screen, from the key to the drawn screen.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from coach.bench.kept_calls import keep_calls
from coach.calls.about import CallKind
from coach.calls.periods import local_now
from coach.replay.tune_desk import TuneDesk, Tuning
from coach.startup.rules_in_force import RulesInForce
from rules.books.loader import load_book
from tui.screens.tune import TuneScreen
from tui.tune_app import TuneApp


async def turns(app: TuneApp, path: str, desk: TuneDesk) -> list[float]:
    """Milliseconds of processor time for each of forty turns, once all calls have come in."""
    taken = []
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, TuneScreen)
        paths = [dial.path for dial in screen._rule.dials]
        screen._chosen = paths.index(path)
        screen._begin()
        while desk.progress().whole < desk.progress().of and not desk.progress().trouble:
            await pilot.pause(1.0)
        for key in ["right"] * 10 + ["left"] * 20 + ["right"] * 10:
            start = time.process_time()
            await pilot.press(key)
            taken.append(1000.0 * (time.process_time() - start))
    return taken


def main(folder: Path, count: int, rule: str, path: str) -> None:
    calls = tuple(keep_calls(folder, load_book(), count))
    desk = TuneDesk(
        Tuning(
            calls=calls, kinds=tuple(CallKind), in_force=RulesInForce(), overlay=None,
            shared=None, by="", jobs=2,
        ),
        local_now,
    )  # fmt: skip
    rules = desk.rules()
    start = time.monotonic()
    taken = asyncio.run(turns(TuneApp(desk, rules, rule), path, desk))
    progress, point = desk.progress(), desk.curve()[0]
    print(f"{progress.whole} of {progress.of} calls, {time.monotonic() - start:.0f} s in all")
    print(f"at the lowest value {point.shown} cards, {len(desk.moments(0))} moments kept")
    print(f"a turn: median {statistics.median(taken):.0f} ms, longest {max(taken):.0f} ms")
    desk.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(made), int(sys.argv[1]), sys.argv[2], sys.argv[3])
