"""What the screen says of a snooze, calm mode and trouble: what holds, and how it is ended."""

from __future__ import annotations

import msgspec
import pytest
from moments import CALM, EMPATHY, MOMENTS
from running import running
from scripted import ScriptedDriver
from textual.pilot import Pilot

from coach.snapshot import Snapshot, Trouble
from tui.app import CoachApp
from tui.widgets.health import HealthLine
from tui.widgets.keys import LiveKeyLine

SNOOZED = msgspec.structs.replace(CALM, snoozed_until=CALM.at + 60.0, trouble=(), history=())
BOTH = msgspec.structs.replace(SNOOZED, calm_mode=True)
CALM_MODE = msgspec.structs.replace(BOTH, snoozed_until=CALM.at)


def shown(pilot: Pilot[None], part: str) -> str:
    assert isinstance(pilot.app, CoachApp)
    return str(pilot.app.live.query_one(part).render())  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (SNOOZED, "Only safety and threats are shown. s ends it."),
        (BOTH, "Only safety and threats are shown. s ends it. Calm mode goes on after it."),
        (CALM_MODE, "Only safety, threats and boundaries are shown. c turns it off."),
    ],
)
async def test_the_stricter_of_two_modes_is_told_with_the_key_that_ends_it(
    moment: Snapshot, said: str
) -> None:
    async with running(ScriptedDriver(), moment) as pilot:
        assert said in shown(pilot, "#card-rest").replace("\n", " ")


async def test_the_key_of_a_mode_is_named_by_what_it_does_now() -> None:
    driver = ScriptedDriver()
    async with running(driver, SNOOZED) as pilot:
        keys = pilot.app.screen.query_one(LiveKeyLine).keys
        assert ("s", "end snooze") in keys()
        driver.snapshot(msgspec.structs.replace(SNOOZED, at=SNOOZED.at + 60.0))
        await pilot.pause()
        assert ("s", "snooze") in keys()


async def test_words_are_late_no_more_once_the_call_is_over() -> None:
    after = MOMENTS["after"]
    assert isinstance(after, Snapshot)
    driver = ScriptedDriver()
    async with running(driver, msgspec.structs.replace(CALM, lag=5.2)) as pilot:
        assert isinstance(pilot.app, CoachApp)
        line = pilot.app.live.query_one(HealthLine)
        assert "WORDS 5.2 s LATE" in line.render().plain
        driver.snapshot(msgspec.structs.replace(after, lag=5.2))
        await pilot.pause()
        assert "LATE" not in line.render().plain


async def test_of_several_troubles_on_one_line_each_detail_names_its_own() -> None:
    slow = Trouble(component="transcription", detail="it cannot keep up", since=17.0)
    gone = Trouble(component="far_end", detail="Headset has gone", since=63.0)
    driver = ScriptedDriver()
    async with running(driver, msgspec.structs.replace(EMPATHY, trouble=(slow,))) as pilot:
        assert shown(pilot, "#trouble") == "!! TRANSCRIPTION since 0:17  it cannot keep up"
        driver.snapshot(msgspec.structs.replace(EMPATHY, trouble=(slow, gone)))
        await pilot.pause()
        assert shown(pilot, "#trouble") == (
            "!! TRANSCRIPTION since 0:17  !! FAR END since 1:03  "
            "transcription: it cannot keep up  far end: Headset has gone"
        )
