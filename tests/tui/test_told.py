"""What the floor was told is the agent's to see."""

from __future__ import annotations

import msgspec
from running import running, said, sheet
from scripted import ScriptedDriver

from coach.snapshot import FloorView, Snapshot, Told
from tui.widgets.status import StatusLine

TOLD = (
    Told(at=1_800_000_000.0, words="a call has begun", sent='{"type":"status"}'),
    Told(at=1_800_000_060.0, words="Maria has seen the alarm: Smells gas", sent=""),
)
FLOOR = FloorView(broker="localhost:8883", agent="Anna", words=False, told=TOLD, waiting=2)
CALL = Snapshot(at=1.0, call="c", started=True, floor=FLOOR)


async def test_the_sheet_has_every_message_newest_first_and_follows() -> None:
    driver = ScriptedDriver()
    async with running(driver, CALL) as pilot:
        assert "FLOOR (f)" in pilot.app.screen.query_one(StatusLine).render().plain
        await pilot.press("f")
        lines = sheet(pilot).splitlines()
        assert lines[0].startswith("The floor sees you as Anna: whether a call is on or paused,")
        assert lines[0].endswith("without the words said.")
        assert lines[1] == "Never sound, moods, figures, the caller, or what you are coached in."
        assert lines[2] == (
            "Broker localhost:8883: not connected at the moment, 2 messages not there yet."
        )
        assert [line[10:] for line in lines[4:6]] == [TOLD[1].words, TOLD[0].words]
        assert lines[6] == '  {"type":"status"}'
        told = msgspec.structs.replace(FLOOR, connected=True, waiting=0, words=True)
        driver.snapshot(msgspec.structs.replace(CALL, at=2.0, floor=told))
        await pilot.pause()
        assert "connected." in sheet(pilot)
        assert "with the words said, masked." in sheet(pilot)


async def test_nobody_is_told_unless_it_was_asked_for() -> None:
    async with running(ScriptedDriver(), msgspec.structs.replace(CALL, floor=None)) as pilot:
        assert "FLOOR" not in pilot.app.screen.query_one(StatusLine).render().plain
        await pilot.press("f")
        assert said(pilot) == "Nobody is told of this call."
