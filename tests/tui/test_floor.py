"""The floor's screen: what it shows, and that a key means the alarm that was read.

Accept changed pictures, having looked at them, with
``pytest tests/tui/test_floor.py --snapshot-update``.
"""

from __future__ import annotations

import msgspec
import pytest
from floors import NOW, ScriptedDesk, alarm, cue, floor
from pytest_textual_snapshot import SVGImageExtension
from reviewing import picture
from scripted import HandClock
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Static

from coach.notes.floor.supervising_desk import Picture
from tui.floor_app import FloorApp
from tui.screens import floor as screens
from tui.screens.floor import FloorScreen
from tui.widgets.floor_rows import FloorRows, age
from tui.widgets.whisper import Whisper


def text(pilot: Pilot[None], place: str) -> str:
    return str(pilot.app.screen.query_one(place, Static).render())


def said(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(Whisper).render().plain


def shown(pilot: Pilot[None]) -> list[str]:
    return pilot.app.screen.query_one(FloorRows).render().plain.splitlines()


def look(pilot: Pilot[None]) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, FloorScreen)
    screen.look()


@pytest.mark.parametrize(
    "size", [(80, 24), (120, 40), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}"
)
async def test_a_busy_floor(
    snapshot: SnapshotAssertion, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "local_time", lambda _at: "10:15:00")
    pictures = snapshot.use_extension(SVGImageExtension)
    app = FloorApp(ScriptedDesk(floor(words=size[0] == 120)))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert await picture(pilot) == pictures


async def test_a_key_is_for_the_alarm_that_was_read() -> None:
    clock, desk = HandClock(), ScriptedDesk(floor())
    async with FloorApp(desk, clock=clock).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("a")
        assert said(pilot) == "That alarm has only just come to this place; press again."
        clock.now += 1.0
        await pilot.press("a")
        assert said(pilot) == "Acknowledged: Threatens somebody (Ada)."
        await pilot.press("a")
        assert said(pilot) == "That alarm has only just come to this place; press again."
        assert desk.asked == [("Ada", "c.1")]
        clock.now += 1.0
        desk.full = True
        await pilot.press("a")
        assert said(pilot) == "Too much waits for the broker; the alarm stays open."
        await pilot.press("down", "down", "a")
        assert said(pilot) == "No alarm of Chiara is open; t goes to the gravest that is."


async def test_the_chosen_agent_stays_chosen_when_the_order_changes() -> None:
    desk = ScriptedDesk(floor())
    async with FloorApp(desk).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("down", "down")
        rows = desk.picture.rows
        new = msgspec.structs.replace(rows[9], open=(alarm("e.1", cue("Smells gas", 1.0)),))
        desk.picture = msgspec.structs.replace(
            desk.picture, rows=(new, *(one for one in rows if one.agent != new.agent))
        )
        look(pilot)
        assert shown(pilot)[3].startswith("▸ Chiara")
        await pilot.press("pagedown", "pagedown", "pagedown")
        assert shown(pilot)[-1].startswith("▸ Zoe")
        look(pilot)
        assert "4 open alarms, 4 out of sight: t" in text(pilot, "#floor-head")
        await pilot.press("up", "t")
        assert shown(pilot)[0].startswith("▸ Agent 01")
        look(pilot)
        assert "out of sight" not in text(pilot, "#floor-head")


@pytest.mark.parametrize(
    ("changes", "head", "trouble"),
    [
        ({"connected": False}, "connecting to localhost:8883 …", ""),
        (
            {"connected": False, "trouble": "Connection refused", "waiting": 2},
            "connecting to localhost:8883 …, 2 messages not sent yet",
            "!! NO CONNECTION  Connection refused. What is shown is as it was; open alarms stay.",
        ),
        (
            {"trouble": "the broker refuses what it is told: Not authorized"},
            "localhost:8883",
            "!! the broker refuses what it is told: Not authorized",
        ),
        (
            {"not_understood": 1, "why_not": "coach/v1/A/status: 99,999 bytes"},
            "localhost:8883",
            "!! 1 message not understood, the last coach/v1/A/status: 99,999 bytes",
        ),
    ],
)
async def test_trouble_stands_above_the_table(
    changes: dict[str, object], head: str, trouble: str
) -> None:
    desk = ScriptedDesk(msgspec.structs.replace(floor(), **changes))
    async with FloorApp(desk).run_test(size=(120, 24)) as pilot:
        await pilot.pause()
        assert text(pilot, "#floor-head").endswith(head)
        assert text(pilot, "#floor-trouble") == trouble


async def test_an_empty_floor_says_how_it_is_filled() -> None:
    desk = ScriptedDesk(Picture(at=NOW, broker="localhost:8883", connected=True))
    async with FloorApp(desk).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert shown(pilot) == ["Nobody publishes here yet (coach live --publish)."]
        await pilot.press("down", "a", "question_mark")
        assert "acknowledge the first alarm" in text(pilot, ".sheet > Static")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3.0, "0 s"), (99.4, "99 s"), (100.0, "2 min"), (5999.0, "100 min"), (7200.0, "2 h")],
)
def test_ages(seconds: float, words: str) -> None:
    assert age(seconds) == words
