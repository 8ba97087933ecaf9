"""The screen run for a test, and what it says."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from scripted import ScriptedDriver
from textual.pilot import Pilot

from coach.driver import HandOver
from coach.snapshot import Snapshot
from tui.app import CoachApp
from tui.widgets.hanging import HangingText
from tui.widgets.whisper import Whisper


@asynccontextmanager
async def running(
    driver: ScriptedDriver,
    snapshot: Snapshot | None = None,
    clock: Callable[[], float] | None = None,
    hand_over: HandOver | None = None,
) -> AsyncIterator[Pilot[None]]:
    """The screen at a moment; without a clock, every key comes long after what it answers."""
    slow = clock or itertools.count(step=10.0).__next__
    app = CoachApp(driver, interval=0.0, clock=slow, hand_over=hand_over)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        if snapshot is not None:
            driver.snapshot(snapshot)
            await pilot.pause()
        yield pilot


def said(pilot: Pilot[None]) -> str:
    app = pilot.app
    assert isinstance(app, CoachApp)
    return app.live.query_one(Whisper).render().plain


def sheet(pilot: Pilot[None]) -> str:
    """What the sheet says, line by line, however narrow it is."""
    return pilot.app.screen.query_one(HangingText).lines.plain


def whole(shown: str) -> str:
    """Text without the breaks that only the width of the screen made."""
    return re.sub(r"\n +", " ", shown)
