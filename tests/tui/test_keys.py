"""Every key reaches the driver, with the card that was on the screen, or says why not."""

from __future__ import annotations

import msgspec
import pytest
from moments import AFTER, CALM, EMPATHY, LADDER, SAFETY
from running import running, said, sheet
from scripted import ScriptedDriver

from coach.driver import Handed
from coach.events import Action
from coach.notes.handoff import handoff_note
from tui.screens.after import AfterScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.handoff import ASKED, HandoffScreen
from tui.screens.help import HelpScreen
from tui.screens.live import LiveScreen
from tui.screens.overview import OverviewScreen
from tui.screens.why import WhyScreen

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
    ("m", SAFETY, "cannot be hidden"),
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


async def test_k_says_who_calls_and_changes_nothing_by_escape() -> None:
    driver = ScriptedDriver()
    async with running(driver, msgspec.structs.replace(CALM, caller="K1")) as pilot:
        await pilot.press("k", "2", "escape")
        await pilot.press("k", "enter")
        assert driver.asked == []
        await pilot.press("k", "K", "2", "enter")
        await pilot.pause()
        assert driver.asked.pop() == ("act", Action.CALLER, None, "K2")
        assert "Caller changed." in said(pilot)
        assert "K2" not in said(pilot), "what was typed is shown once it is masked"
        await pilot.press("k", "backspace", "enter")
        await pilot.pause()
        assert driver.asked == [("act", Action.CALLER, None, "")]


async def test_a_reference_is_never_given_to_the_next_call() -> None:
    driver = ScriptedDriver()
    async with running(driver, CALM) as pilot:
        await pilot.press("k", "K", "1")
        driver.snapshot(msgspec.structs.replace(CALM, at=1.0))
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "Another call has begun" in said(pilot)
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


class Desk:
    """A clipboard that works or does not, and a disk that is full or is not."""

    def __init__(self, *, clipboard: bool = True, trouble: str = "") -> None:
        self._clipboard, self._trouble = clipboard, trouble
        self.copied: list[str] = []
        self.saved: list[tuple[str, str]] = []

    def copy(self, text: str) -> bool:
        self.copied.append(text)
        return self._clipboard

    def save(self, text: str, call: str) -> Handed:
        self.saved.append((text, call))
        return Handed(trouble=self._trouble) if self._trouble else Handed(file="/calls/c.txt")


@pytest.mark.parametrize(
    ("desk", "keys", "told"),
    [
        (Desk(), ["enter"], "Copied to the clipboard."),
        (Desk(), ["s"], "Saved to /calls/c.txt"),
        (Desk(), ["s", "s"], "Saved to /calls/c.txt"),
        (Desk(clipboard=False), ["enter"], f"{ASKED} Saved to /calls/c.txt"),
        (Desk(trouble="disk full"), ["s"], "NOT saved: disk full"),
        (Desk(clipboard=False, trouble="disk full"), ["enter"], f"{ASKED} NOT saved: disk full"),
        (None, ["enter"], ASKED),
        (None, ["s"], "It cannot be saved from here."),
    ],
)
async def test_the_handoff_note_says_truly_where_it_went(
    desk: Desk | None, keys: list[str], told: str
) -> None:
    note = handoff_note(LADDER)
    async with running(ScriptedDriver(), LADDER, hand_over=desk) as pilot:
        await pilot.press("h", *keys)
        await pilot.pause()
        assert sheet(pilot).startswith(told)
        if ASKED in told:
            assert pilot.app.clipboard == note
    if desk is not None:
        assert desk.copied == ([note] if "enter" in keys else [])
        assert desk.saved == ([(note, LADDER.call)] if "aved" in told else []), "once"


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
        keys = {
            command.title: command.help
            for command in pilot.app.get_system_commands(pilot.app.screen)
        }
        assert (keys["Help"], keys["Replay: back"], keys["Used the words"]) == (
            "key ?",
            "key ←",
            "key u",
        )
        await pilot.app.run_action("command_palette")
        await pilot.press("escape")
        await offered["Used the words"]()
        await pilot.pause()
    assert driver.asked == [("act", Action.USED, "P1", "")]
