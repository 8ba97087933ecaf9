"""A key in the moment of a change, without a call, in the past; and the sheets that follow."""

from __future__ import annotations

import msgspec
import pytest
from moments import AFTER, CALM, EMPATHY, LADDER, REPEAT, SAFETY, TROUBLE
from running import running, said, sheet
from scripted import HandClock, ScriptedDriver
from textual.widgets import Static

from coach.events import Action
from coach.snapshot import PastCard, Snapshot
from tui.seen_card import REACTION
from tui.widgets.banner import TroubleBanner
from tui.widgets.health import HealthLine

# --- the card that was meant -----------------------------------------------------------------

GONE = msgspec.structs.replace(
    EMPATHY,
    at=46.0,
    card=None,
    history=(
        PastCard(
            card="P1",
            rule=REPEAT.rule,
            title=REPEAT.title,
            raised=26.0,
            cleared=46.0,
            reason="expired",
        ),
    ),
)
"""The moment after ``EMPATHY`` in which its card has left."""


@pytest.mark.parametrize(
    ("before", "after", "key", "asked", "words"),
    [
        (CALM, EMPATHY, "u", [], "A card has just come up"),
        (EMPATHY, LADDER, "d", [("act", Action.DISMISS, "P1", "")], "had just left"),
        (EMPATHY, LADDER, "m", [], "had just left"),
        (EMPATHY, LADDER, "n", [], "had just left"),
        (EMPATHY, GONE, "u", [("act", Action.USED, "P1", "")], "had just left"),
        (EMPATHY, SAFETY, "d", [("act", Action.DISMISS, "P1", "")], "had just left"),
    ],
)
async def test_a_key_in_the_moment_of_a_change_is_for_what_stood_there_before(
    before: Snapshot, after: Snapshot, key: str, asked: list[object], words: str
) -> None:
    driver = ScriptedDriver()
    clock = HandClock()
    async with running(driver, before, clock) as pilot:
        clock.now += 10.0
        driver.snapshot(after)
        await pilot.pause()
        clock.now += REACTION / 2
        await pilot.press(key)
        await pilot.pause()
        assert words in said(pilot)
        assert driver.asked == asked


async def test_once_a_card_has_stood_long_enough_to_be_seen_keys_are_for_it() -> None:
    driver = ScriptedDriver()
    clock = HandClock()
    async with running(driver, EMPATHY, clock) as pilot:
        driver.snapshot(LADDER)
        await pilot.pause()
        clock.now += REACTION
        driver.snapshot(msgspec.structs.replace(LADDER, at=77.0))  # the same card is no change
        await pilot.pause()
        await pilot.press("d")
        await pilot.pause()
    assert driver.asked == [("act", Action.DISMISS, "P5", "")]


async def test_why_shows_the_card_that_has_just_come_or_gone_and_follows() -> None:
    driver = ScriptedDriver()
    async with running(driver, CALM) as pilot:
        await pilot.press("y")
        assert "No card has come so far." in sheet(pilot)
        for moment, title, more in (
            (EMPATHY, REPEAT.title, "shown at 0:26"),
            (GONE, REPEAT.title, "left at 0:46: its time was over"),
            (LADDER, "An insult aimed at you, a second time", "shown at 1:14"),
        ):
            driver.snapshot(moment)
            await pilot.pause()
            assert sheet(pilot).startswith(title)
            assert more in sheet(pilot)
        await pilot.press("escape")
        driver.snapshot(GONE)
        await pilot.pause()
        await pilot.press("y")
        assert "No card has come so far." in sheet(pilot)  # a replay went back before the last


async def test_the_overview_follows_the_call() -> None:
    driver = ScriptedDriver()
    async with running(driver, CALM) as pilot:
        await pilot.press("o")
        assert "no trend yet  last -1.0 ± 1.8" in sheet(pilot)
        assert "Record" not in sheet(pilot)
        driver.snapshot(LADDER)
        await pilot.pause()
        assert "getting worse  last -2.9 ± 1.0" in sheet(pilot)
        assert "a call back from a manager" in sheet(pilot)
        assert "words come      1.1 s after they are spoken" in sheet(pilot)


# --- keys without a call, in the past, without a journal ---------------------------------------

WAITING = msgspec.structs.replace(CALM, started=False, transcript=(), mood=(), checklist=())


BY_KEY = msgspec.structs.replace(WAITING, begins_on_sound=False)
HOW_A_CALL_BEGINS = {
    "starting": (None, "No call is on yet; Coach is getting ready."),
    "by sound": (
        WAITING,
        "No call is on yet. It begins when the customer speaks, or with b.",
    ),
    "by key": (BY_KEY, "No call is on yet. It begins when you press b."),
}


@pytest.mark.parametrize(("moment", "answer"), HOW_A_CALL_BEGINS.values(), ids=HOW_A_CALL_BEGINS)
async def test_before_a_live_call_every_key_is_answered_or_kept(
    moment: Snapshot | None, answer: str
) -> None:
    driver = ScriptedDriver()
    async with running(driver, moment) as pilot:
        for key in "scpe":
            await pilot.press(key)
            await pilot.pause()
            assert said(pilot) == answer
        for key in "udanmw":
            await pilot.press(key)
            await pilot.pause()
            assert said(pilot) == "There is no card to answer."
        assert driver.asked == []
        await pilot.press("x")
        await pilot.pause()
        assert said(pilot) == "Sides swapped."
        await pilot.press("b")
        await pilot.pause()
        assert said(pilot).startswith("The call begins")
        await pilot.press("r")
        assert said(pilot) == "The call is not over yet."
        if moment is None:
            for key in "yoh":
                await pilot.press(key)
                assert "Nothing has been" in said(pilot)
    assert driver.asked == [("act", Action.SWAP_CHANNELS, None, ""), ("begin",)]


async def test_while_a_replay_loads_keys_are_kept_or_answered() -> None:
    driver = ScriptedDriver(live=False)
    async with running(driver) as pilot:
        await pilot.press("c")
        await pilot.pause()
        assert said(pilot) == "Taken; it is done as soon as the replay begins."
        for key in ("space", "left", "right", "plus", "minus"):
            await pilot.press("c", key)
            await pilot.pause()
            assert said(pilot) == "The replay is still being prepared."
    assert driver.asked == [("act", Action.CALM_MODE, None, "")] * 6


@pytest.mark.parametrize(
    ("key", "facts", "words"),
    [
        ("w", {}, "Marked wrong, for whoever tunes the rules."),
        ("u", {}, "Noted: used."),
        (
            "w",
            {"journalled": False},
            "Dismissed, here only: no journal is kept. `coach review` keeps marks.",
        ),
        ("u", {"journalled": False}, "Used, here only: no journal is kept."),
        (
            "w",
            {"journalled": False, "looking_back": True},
            "Shown here only: keys pressed while looking back are not kept.",
        ),
    ],
)
async def test_a_key_is_said_to_be_kept_only_where_it_is(
    key: str, facts: dict[str, bool], words: str
) -> None:
    driver = ScriptedDriver(live=False)
    async with running(driver, msgspec.structs.replace(EMPATHY, **facts)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert said(pilot) == words


async def test_p_does_what_the_snapshot_says_whatever_was_sent_before() -> None:
    driver = ScriptedDriver()
    paused = msgspec.structs.replace(CALM, paused=True)
    sent = []
    async with running(driver) as pilot:
        for moment in (CALM, paused, msgspec.structs.replace(paused, ended=True), CALM, CALM):
            driver.snapshot(moment)
            await pilot.pause()
            await pilot.press("escape", "p")
            await pilot.pause()
            sent.append(driver.asked[-1][1] if driver.asked else None)
            driver.asked.clear()
    assert sent == [Action.PAUSE, Action.RESUME, None, Action.PAUSE, Action.PAUSE]


async def test_whether_a_card_stays_is_not_decided_by_its_track() -> None:
    assert SAFETY.card is not None
    passing = msgspec.structs.replace(SAFETY.card, until=163.5, stays=False)
    staying = msgspec.structs.replace(REPEAT, until=None, stays=True)
    driver = ScriptedDriver()
    async with running(driver) as pilot:
        for card, key in ((passing, "d"), (staying, "a")):
            driver.snapshot(msgspec.structs.replace(SAFETY, card=card))
            await pilot.pause()
            pane = pilot.app.screen.query_one("#card")
            assert ("stays until" in str(pane.border_subtitle)) is (card.until is None)
            await pilot.press(key)
            await pilot.pause()
    assert [asked[1] for asked in driver.asked] == [Action.DISMISS, Action.ACKNOWLEDGE]


@pytest.mark.parametrize(
    ("key", "names_card"), [("question_mark", True), ("o", True), ("y", False)]
)
async def test_a_sheet_names_what_it_covers(key: str, *, names_card: bool) -> None:
    driver = ScriptedDriver()
    async with running(driver, TROUBLE) as pilot:
        await pilot.press(key)
        alert = pilot.app.screen.query_one("#sheet-alert", Static)
        assert "MICROPHONE since 0:43" in str(alert.render())
        banner = pilot.app.screen_stack[0].query_one(TroubleBanner)
        assert alert.region.y == banner.region.y  # or the rest of the banner would stand below
        driver.snapshot(SAFETY)
        await pilot.pause()
        assert ("Stop the task." in str(alert.render())) is names_card
        driver.snapshot(CALM)
        await pilot.pause()
        assert str(alert.render()) == ""


async def test_between_calls_the_screen_shows_sound_and_trouble_of_the_present() -> None:
    driver = ScriptedDriver()
    async with running(driver, AFTER) as pilot:
        live = pilot.app.screen_stack[0]
        health = msgspec.structs.replace(TROUBLE.health[0], dbfs=-42.0, silent_for=0.0, lost=0.0)
        driver.snapshot(
            msgspec.structs.replace(AFTER, health=(health,), trouble=TROUBLE.trouble[:1])
        )
        await pilot.pause()
        alert = pilot.app.screen.query_one("#sheet-alert", Static)
        assert "MICROPHONE since 0:43" in str(alert.render())
        await pilot.press("escape")
        assert "you ▪▪····" in str(live.query_one(HealthLine).render())
        assert "MICROPHONE since 0:43" in str(live.query_one(TroubleBanner).render())
        rest = live.query_one("#card-rest", Static)
        assert "The next call begins when the customer speaks, or with b." in str(rest.render())
        driver.snapshot(msgspec.structs.replace(AFTER, begins_on_sound=False))
        await pilot.pause()
        assert "The next call begins when you press b." in str(rest.render())


async def test_the_screen_says_how_a_call_begins() -> None:
    driver = ScriptedDriver()
    async with running(driver, WAITING) as pilot:
        rest = pilot.app.screen.query_one("#card-rest", Static)
        assert "It begins when the customer speaks, or with b." in str(rest.render())
        driver.snapshot(BY_KEY)
        await pilot.pause()
        assert "It begins when you press b." in str(rest.render())
