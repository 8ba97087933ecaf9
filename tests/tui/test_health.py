"""What the line of the sound says, and what it leaves unsaid."""

from __future__ import annotations

import msgspec
import pytest
from moments import CALM
from scripted import ScriptedDriver

from coach.events import Channel
from coach.snapshot import ChannelHealth, Trouble
from tui.app import CoachApp
from tui.widgets.health import HealthLine

A, C = Channel.AGENT, Channel.CUSTOMER


def trouble(component: str) -> Trouble:
    return Trouble(component=component, detail="", since=1.0)


@pytest.mark.parametrize(
    ("health", "troubles", "lag", "shown"),
    [
        (ChannelHealth(channel=C, dbfs=-90.0, silent_for=19.0), (), 0.6, "customer ······"),
        (
            ChannelHealth(channel=C, dbfs=-90.0, silent_for=61.0),
            ("silent_customer",),
            0.6,
            "customer ······ SILENT 61 s",
        ),
        (
            ChannelHealth(channel=C, dbfs=-90.0, silent_for=19.0),
            ("silent_agent", "microphone"),
            None,
            "customer ······",
        ),
        (
            ChannelHealth(channel=A, dbfs=-90.0, silent_for=6.0),
            ("microphone",),
            None,
            "you ······ SILENT 6 s",
        ),
        (ChannelHealth(channel=C, silent_for=3.0), (), None, "customer ······"),
        (ChannelHealth(channel=C, silent_for=20.0), (), None, "customer ······ NO SOUND YET"),
        (
            ChannelHealth(channel=A, dbfs=-30.0, speaking=True),
            (),
            3.4,
            "you ▪▪▪··· speaking   WORDS 3.4 s LATE",
        ),
    ],
)
async def test_only_what_is_wrong_stands_out(
    health: ChannelHealth, troubles: tuple[str, ...], lag: float | None, shown: str
) -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(
            msgspec.structs.replace(
                CALM,
                health=(health,),
                trouble=tuple(trouble(component) for component in troubles),
                lag=lag,
            )
        )
        await pilot.pause()
        assert app.live.query_one(HealthLine).render().plain.rstrip() == shown


@pytest.mark.parametrize(
    ("levels", "shown"),
    [
        ((None, None), "you ······            customer ······"),
        ((-30.0, None), "you ▪▪▪···            customer ······ NO SOUND YET"),
    ],
)
async def test_the_replay_of_a_transcript_misses_no_sound(
    levels: tuple[float | None, ...], shown: str
) -> None:
    driver = ScriptedDriver(live=False)
    app = CoachApp(driver, interval=0.0)
    health = tuple(
        ChannelHealth(channel=channel, dbfs=dbfs, silent_for=20.0)
        for channel, dbfs in zip((A, C), levels, strict=True)
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(msgspec.structs.replace(CALM, health=health, trouble=()))
        await pilot.pause()
        assert app.live.query_one(HealthLine).render().plain.rstrip() == shown
