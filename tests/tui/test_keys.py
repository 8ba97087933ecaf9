"""Every key reaches the driver, with the card that was on the screen, or says why not."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest
from moments import AFTER, CALM, EMPATHY, LADDER, REPEAT, SAFETY, TROUBLE
from scripted import HandClock, ScriptedDriver
from textual.pilot import Pilot
from textual.widgets import Static

from coach.events import Action
from coach.notes.handoff import handoff_note
from coach.snapshot import PastCard, Snapshot
from tui.app import CoachApp
from tui.screens.after import AfterScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.handoff import HandoffScreen
from tui.screens.help import HelpScreen
from tui.screens.live import LiveScreen
from tui.screens.overview import OverviewScreen
from tui.screens.why import WhyScreen
from tui.seen_card import REACTION
from tui.widgets.banner import TroubleBanner
from tui.widgets.health import HealthLine
from tui.widgets.whisper import Whisper


@asynccontextmanager
async def running(
    driver: ScriptedDriver,
    snapshot: Snapshot | None = None,
    clock: Callable[[], float] | None = None,
) -> AsyncIterator[Pilot[None]]:
    """The screen at a moment; without a clock, every key comes long after what it answers."""
    slow = clock or itertools.count(step=10.0).__next__
    app = CoachApp(driver, interval=0.0, clock=slow)
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


ANSWERS = [
    ("u", EMPATHY, Action.USED),
    ("d", EMPATHY, Action.DISMISS),
    ("n", EMPATHY, Action.NEXT_WORDING),
    ("m", EMPATHY, Action.MUTE_RULE),
    ("w", EMPATHY, Action.MARK_WRONG),
    ("s", EMPATHY, Action.SNOOZE),
    ("c", EMPATHY, Action.CALM_MODE),
    ("p", EMPATHY, Action.PAUSE),
    ("x", EMPATHY, Action.SWAP_CHANNELS),
    ("a", SAFETY, Action.ACKNOWLEDGE),
    ("u", SAFETY, Action.USED),
    ("w", SAFETY, Action.MARK_WRONG),
]


async def test_keys_reach_the_driver_with_the_prompt_on_the_screen() -> None:
    driver = ScriptedDriver()
    async with running(driver) as pilot:
        for key, snapshot, action in ANSWERS:
            driver.snapshot(snapshot)
            await pilot.pause()
            await pilot.press(key)
            await pilot.pause()
            assert snapshot.card is not None
            assert driver.asked.pop() == ("act", action, snapshot.card.card, ""), key
    assert driver.asked == []


async def test_without_a_card_there_is_nothing_to_answer() -> None:
    driver = ScriptedDriver()
    async with running(driver, CALM) as pilot:
        for key in "udanmw":
            await pilot.press(key)
            await pilot.pause()
            assert said(pilot) == "There is no card to answer."
    assert driver.asked == []


REFUSALS = [
    ("d", SAFETY, "stays until you press a"),
    ("m", SAFETY, "cannot be muted"),
    ("a", EMPATHY, "u used, d dismiss"),
]


async def test_a_key_that_does_not_fit_the_card_says_so() -> None:
    driver = ScriptedDriver()
    async with running(driver) as pilot:
        for key, snapshot, words in REFUSALS:
            driver.snapshot(snapshot)
            await pilot.pause()
            await pilot.press(key)
            await pilot.pause()
            assert words in said(pilot)
    assert driver.asked == []


async def test_p_goes_on_when_paused() -> None:
    driver = ScriptedDriver()
    async with running(driver, msgspec.structs.replace(CALM, paused=True)) as pilot:
        await pilot.press("p")
        await pilot.pause()
    assert driver.asked == [("act", Action.RESUME, None, "")]


async def test_the_answer_is_for_the_card_that_was_shown_last() -> None:
    driver = ScriptedDriver()
    async with running(driver, EMPATHY) as pilot:
        driver.snapshot(LADDER)
        await pilot.pause()
        await pilot.press("u")
        await pilot.pause()
    assert driver.asked == [("act", Action.USED, "P5", "")]


async def test_end_asks_first_and_only_enter_says_yes() -> None:
    driver = ScriptedDriver()
    async with running(driver, EMPATHY) as pilot:
        await pilot.press("e")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await pilot.press("u", "d", "e", "y")
        assert driver.asked == []
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, LiveScreen)
        await pilot.press("e", "enter")
        await pilot.pause()
    assert driver.asked == [("act", Action.END, "P1", "")]


async def test_begin_is_asked_for_only_while_no_call_is_on() -> None:
    driver = ScriptedDriver()
    async with running(driver, msgspec.structs.replace(CALM, started=False)) as pilot:
        await pilot.press("b")
        driver.snapshot(CALM)
        await pilot.pause()
        await pilot.press("b")
        await pilot.pause()
    assert driver.asked == [("begin",)]


SHEETS = [
    ("question_mark", HelpScreen),
    ("y", WhyScreen),
    ("h", HandoffScreen),
    ("o", OverviewScreen),
]


async def test_sheets_open_and_close_and_take_no_keys_for_the_call() -> None:
    driver = ScriptedDriver()
    async with running(driver, EMPATHY) as pilot:
        for key, screen in SHEETS:
            await pilot.press(key)
            assert isinstance(pilot.app.screen, screen)
            await pilot.press("u", "s", "x")
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, LiveScreen)
    assert driver.asked == []


async def test_the_handoff_note_can_be_copied() -> None:
    driver = ScriptedDriver()
    async with running(driver, LADDER) as pilot:
        await pilot.press("h", "enter")
        await pilot.pause()
        assert pilot.app.clipboard == handoff_note(LADDER)
        assert "a call back from a manager" in pilot.app.clipboard


async def test_replay_keys() -> None:
    driver = ScriptedDriver(live=False)
    async with running(driver, EMPATHY) as pilot:
        driver.position(45.0, 150.0, speed=1.0, playing=True)
        await pilot.pause()
        await pilot.press("space", "left", "right", "plus", "minus")
        await pilot.pause()
    assert driver.asked == [
        ("playing", False),
        ("seek", 35.0),
        ("seek", 45.0),
        ("speed", 2.0),
        ("speed", 1.0),
    ]


async def test_seeking_stays_within_the_recording() -> None:
    driver = ScriptedDriver(live=False)
    async with running(driver, EMPATHY) as pilot:
        driver.position(4.0, 9.0, speed=None, playing=True)
        await pilot.pause()
        await pilot.press("left", "right", "right", "plus")
        await pilot.pause()
    assert driver.asked == [("seek", 0.0), ("seek", 9.0), ("seek", 9.0), ("speed", None)]


async def test_a_live_call_cannot_be_moved() -> None:
    driver = ScriptedDriver()
    async with running(driver, EMPATHY) as pilot:
        for key in ("space", "left", "right", "plus", "minus"):
            await pilot.press("s", key)
            await pilot.pause()
            assert said(pilot) == "Only a replay can be moved."
            assert driver.asked.pop() == ("act", Action.SNOOZE, "P1", "")
    assert driver.asked == []


async def test_after_the_call_the_look_back_opens_and_r_opens_it_again() -> None:
    driver = ScriptedDriver()
    async with running(driver, LADDER) as pilot:
        driver.snapshot(AFTER)
        await pilot.pause()
        assert isinstance(pilot.app.screen, AfterScreen)
        await pilot.press("escape", "e")
        assert isinstance(pilot.app.screen, LiveScreen)
        await pilot.press("r")
        assert isinstance(pilot.app.screen, AfterScreen)
    assert driver.asked == []


async def test_a_call_that_goes_on_closes_the_look_back() -> None:
    driver = ScriptedDriver(live=False)
    async with running(driver, AFTER) as pilot:
        assert isinstance(pilot.app.screen, AfterScreen)
        driver.snapshot(CALM)
        await pilot.pause()
        assert isinstance(pilot.app.screen, LiveScreen)


async def test_no_key_does_two_things() -> None:
    keys = [
        key.strip()
        for binding in LiveScreen.BINDINGS
        for key in binding.key.split(",")  # type: ignore[union-attr]
    ]
    assert len(keys) == len(set(keys))


async def test_the_palette_offers_every_key_by_name() -> None:
    driver = ScriptedDriver()
    async with running(driver, EMPATHY) as pilot:
        offered = {
            command.title: command.callback
            for command in pilot.app.get_system_commands(pilot.app.screen)
        }
        named = [b.description for b in LiveScreen.BINDINGS]  # type: ignore[union-attr]
        assert sorted(offered) == sorted(named)  # and none of the framework's own
        await pilot.app.run_action("command_palette")
        await pilot.press("escape")
        await offered["Used the words"]()
        await pilot.pause()
    assert driver.asked == [("act", Action.USED, "P1", "")]


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


def sheet(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(".sheet > Static", Static).render())


async def test_why_shows_the_card_that_has_just_come_or_gone_and_follows() -> None:
    driver = ScriptedDriver()
    async with running(driver, CALM) as pilot:
        await pilot.press("y")
        assert "No card has come so far." in sheet(pilot)
        for moment, title, more in (
            (EMPATHY, REPEAT.title, "shown at 0:26"),
            (GONE, REPEAT.title, "left at 0:46: expired"),
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


@pytest.mark.parametrize("moment", [None, WAITING])
async def test_before_a_live_call_every_key_is_answered_or_kept(moment: Snapshot | None) -> None:
    driver = ScriptedDriver()
    async with running(driver, moment) as pilot:
        for key in "scpe":
            await pilot.press(key)
            await pilot.pause()
            assert said(pilot) == "No call is on yet. It begins with sound, or with b."
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
    ("facts", "words"),
    [
        ({}, "Marked wrong, for whoever tunes the rules."),
        ({"journalled": False}, "Dismissed. No journal is kept, so the mark is not either."),
        (
            {"journalled": False, "looking_back": True},
            "Shown here only: keys pressed while looking back are not kept.",
        ),
    ],
)
async def test_marked_wrong_is_said_only_where_it_is_kept(
    facts: dict[str, bool], words: str
) -> None:
    driver = ScriptedDriver(live=False)
    async with running(driver, msgspec.structs.replace(EMPATHY, **facts)) as pilot:
        await pilot.press("w")
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
    passing = msgspec.structs.replace(SAFETY.card, until=163.5)
    staying = msgspec.structs.replace(REPEAT, until=None)
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
        assert "Waiting for the next call." in str(live.query_one("#card-rest", Static).render())
