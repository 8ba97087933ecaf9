"""The application around the screen: bursts, failures, beginnings and endings."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import msgspec
import pytest
from moments import CALM, EMPATHY, LADDER, TALK, line
from scripted import ScriptedDriver
from textual.events import ScreenResume
from textual.screen import Screen
from textual.widgets import Static

from coach.errors import DeviceError
from coach.events import Channel
from coach.snapshot import Gap, Snapshot
from tui.app import CoachApp
from tui.screens.confirm import ConfirmScreen
from tui.screens.live import LiveScreen
from tui.widgets.banner import TroubleBanner
from tui.widgets.status import StatusLine
from tui.widgets.transcript import TranscriptView
from tui.widgets.whisper import Whisper


def text_of(widget: Static) -> str:
    return str(widget.render())


async def test_the_first_frame_does_not_wait_for_the_driver() -> None:
    frames: list[str] = []
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    driver._on_start = lambda _to: frames.append(text_of(app.live.query_one("#card-rest", Static)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
    assert len(frames) == 1
    assert frames[0].startswith("Getting ready")


async def test_what_comes_up_is_styled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(
        Screen, "update_node_styles", lambda self, **_: looks.append(len(self.children))
    )
    app = CoachApp(ScriptedDriver(), interval=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not any(looks), "before anything is in it at most"
        app.live.post_message(ScreenResume())
        await pilot.pause()
        assert looks[-1] == len(app.live.children) > 0


async def test_progress_is_shown_and_goes_away() -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        rest = app.live.query_one("#card-rest", Static)
        driver.progress("loading the speech model", 0.5)
        await pilot.pause()
        assert "50%  loading the speech model" in text_of(rest)
        driver.progress("model ready", 1.0)
        await pilot.pause()
        assert text_of(rest).startswith("Getting ready")


async def test_a_burst_from_another_thread_is_drawn_a_few_times_and_ends_with_the_newest() -> None:
    drawn: list[float] = []
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)

    show = app.live.show

    def counting(snapshot: Snapshot) -> None:
        drawn.append(snapshot.at)
        show(snapshot)

    app.live.show = counting  # type: ignore[method-assign]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()

        def burst() -> None:
            for number in range(1000):
                driver.snapshot(msgspec.structs.replace(CALM, at=float(number)))

        thread = threading.Thread(target=burst)
        thread.start()
        thread.join()  # the loop is held meanwhile, as by a slow frame
        await pilot.pause()
        assert app.live.snapshot is not None
        assert app.live.snapshot.at == 999.0
    assert len(drawn) <= 2


async def test_ordinary_snapshots_wait_for_their_turn_and_cards_do_not() -> None:
    now = [0.0]
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=3600.0, clock=lambda: now[0])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(CALM)
        await pilot.pause()
        driver.snapshot(msgspec.structs.replace(CALM, at=33.0))
        await pilot.pause()
        assert app.live.snapshot is CALM
        driver.snapshot(EMPATHY)
        await pilot.pause()
        assert app.live.snapshot is EMPATHY
        now[0] += 3600.0
        driver.snapshot(msgspec.structs.replace(EMPATHY, at=46.0))
        await pilot.pause()
        assert app.live.snapshot.at == 46.0


async def test_a_card_that_left_before_it_was_drawn_is_still_named() -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(CALM)
        driver.snapshot(EMPATHY)
        driver.snapshot(msgspec.structs.replace(CALM, at=46.0))
        await pilot.pause()
        assert app.live.snapshot is not None
        assert app.live.snapshot.card is None
        words = app.live.query_one(Whisper).render().plain
        assert words == "Came and went: Own it: one person, one date"


async def test_a_driver_that_cannot_start_is_reported_and_the_screen_stays() -> None:
    error = DeviceError("No microphone is there.", "Plug one in, then run `coach devices`.")
    driver = ScriptedDriver(fails=error)
    app = CoachApp(driver, interval=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.pause()
        banner = text_of(app.live.query_one(TroubleBanner))
        assert "No microphone is there. Plug one in" in banner
        await pilot.press("question_mark", "escape")
        assert isinstance(app.screen, LiveScreen)
    assert app.failure is error
    assert driver.stopped == 1


async def test_a_driver_that_fails_in_mid_call_is_reported_and_what_was_heard_stays() -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(EMPATHY)
        driver.finish(OSError("the disk is full"))
        await pilot.pause()
        assert "the disk is full" in text_of(app.live.query_one(TroubleBanner))
        assert "Coach has stopped" in text_of(app.live.query_one("#card-rest", Static))
        assert app.live.query_one(TranscriptView).virtual_size.height > len(TALK)
        await pilot.press("s")
        await pilot.pause()
    assert driver.asked == []
    assert isinstance(app.failure, OSError)


async def test_a_key_the_driver_refuses_is_reported() -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0, clock=itertools.count(step=10.0).__next__)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(EMPATHY)
        await pilot.pause()
        driver.fails = OSError("pipe closed")
        await pilot.press("u")
        await pilot.pause()
        assert app.live.query_one(Whisper).render().plain == (
            "That did not reach the call: pipe closed"
        )


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_quitting_a_live_call_asks_and_stops_the_driver_once(key: str) -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(EMPATHY)
        await pilot.pause()
        await pilot.press(key)
        assert isinstance(app.screen, ConfirmScreen)
        assert driver.stopped == 0
        await pilot.press("escape")
        assert isinstance(app.screen, LiveScreen)
        await pilot.press(key, "ctrl+c", "ctrl+q")
        assert len(app.screen_stack) == 2  # one question, however often it is asked
        assert not app._notifications  # the framework's own hint
        assert driver.stopped == 0
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert driver.stopped == 1


async def test_a_defect_of_the_screen_still_stops_the_driver() -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)

    def broken(_snapshot: Snapshot) -> None:
        raise ZeroDivisionError

    async def call() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            driver.snapshot(CALM)
            await pilot.pause()

    app.live.show = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        await call()
    assert driver.stopped == 1


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
@pytest.mark.parametrize(("live", "started"), [(False, True), (True, False)])
async def test_quitting_without_a_live_call_does_not_ask(
    key: str, *, live: bool, started: bool
) -> None:
    driver = ScriptedDriver(live=live)
    app = CoachApp(driver, interval=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(msgspec.structs.replace(EMPATHY, started=started))
        await pilot.pause()
        await pilot.press(key)
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert driver.stopped == 1


async def test_a_driver_may_speak_while_and_after_it_is_stopped() -> None:
    driver = ScriptedDriver(live=False)
    app = CoachApp(driver, interval=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        stop = driver.stop

        def stopping() -> None:
            thread = threading.Thread(target=lambda: driver.snapshot(LADDER))
            thread.start()
            thread.join()
            driver.finish()
            stop()

        driver.stop = stopping  # type: ignore[method-assign]
    driver.snapshot(CALM)
    driver.finish(ValueError("late"))
    assert driver.stopped == 1
    assert app.failure is None


async def test_scrolled_back_the_transcript_stays_and_end_follows_again() -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    said = tuple(line(n, Channel.CUSTOMER, n * 5.0, f"sentence {n}") for n in range(150))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(msgspec.structs.replace(CALM, transcript=said))
        await pilot.pause()
        transcript = app.live.query_one(TranscriptView)
        assert transcript.following
        await pilot.press("pageup", "pageup")
        top = transcript.render_line(0).text
        assert "sentence" in top

        longer = [line(n, Channel.CUSTOMER, n * 5.0, f"sentence {n}") for n in range(150, 160)]
        # as the engine does, the oldest lines are dropped when there are too many
        driver.snapshot(msgspec.structs.replace(CALM, transcript=(*said[5:], *longer)))
        await pilot.pause()
        assert transcript.render_line(0).text == top
        assert "10 newer below" in transcript.render_line(transcript.size.height - 1).text

        await pilot.press("end")
        assert transcript.following
        assert "sentence 159" in transcript.render_line(transcript.size.height - 1).text


async def test_lost_sound_stands_in_the_transcript() -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    gap = Gap(channel=Channel.AGENT, start=14.0, end=16.5, cause="the device vanished")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(msgspec.structs.replace(CALM, gaps=(gap,)))
        await pilot.pause()
        transcript = app.live.query_one(TranscriptView)
        rows = [transcript.render_line(y).text for y in range(transcript.size.height)]
        lost = [row for row in rows if "2.5 s of sound lost (the device vanished)" in row]
        assert len(lost) == 1
        assert "you x" in lost[0]


async def test_foreign_and_withdrawn_words_are_told() -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    said = (
        line(1, Channel.CUSTOMER, 1.0, "hola", doubtful=True, doubt="not English but Spanish"),
        line(2, Channel.CUSTOMER, 6.0, "hello", withdrawn="I am old."),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(msgspec.structs.replace(CALM, transcript=said))
        await pilot.pause()
        transcript = app.live.query_one(TranscriptView)
        rows = [transcript.render_line(y).text for y in range(transcript.size.height)]
    assert any(row.rstrip().endswith("? hola  (not English but Spanish)") for row in rows)
    assert any(row.rstrip().endswith("hello  (withdrawn: I am old.)") for row in rows)


async def test_marks_do_not_need_colour() -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    said = (
        line(1, Channel.CUSTOMER, 1.0, "settled", tail="still a draft", final=False),
        line(2, Channel.CUSTOMER, 6.0, "thank you", doubtful=True),
        line(3, Channel.CUSTOMER, 9.0, "third time [sic] I call", cues=("esc.repeat_contact",)),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        driver.snapshot(msgspec.structs.replace(CALM, transcript=said))
        await pilot.pause()
        transcript = app.live.query_one(TranscriptView)
        height = transcript.size.height
        rows = [transcript.render_line(y).text.strip() for y in range(height - 3, height)]
    assert rows[0].endswith("~ settled still a draft …")
    assert rows[1].endswith("? thank you")
    assert rows[2].endswith("◆ third time [sic] I call")


@pytest.mark.parametrize(("width", "named"), [(80, False), (120, False), (200, True)])
async def test_cues_are_named_only_where_there_is_room(width: int, named: bool) -> None:
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    said = line(3, Channel.CUSTOMER, 9.0, "third time I call", cues=("esc.repeat_contact",))
    async with app.run_test(size=(width, 50)) as pilot:
        await pilot.pause()
        driver.snapshot(msgspec.structs.replace(CALM, transcript=(said,)))
        await pilot.pause()
        transcript = app.live.query_one(TranscriptView)
        row = transcript.render_line(transcript.size.height - 1).text
    assert "◆ third time I call" in row
    assert ("[repeat contact]" in row) is named


@pytest.mark.parametrize("size", [(60, 12), (80, 24), (120, 40), (200, 50)])
async def test_a_screen_is_of_its_size_before_anything_is_in_it(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    within: list[int] = []
    update = LiveScreen.update_classes

    def noting(self: LiveScreen, *how: Any, **more: Any) -> LiveScreen:
        before = self.classes
        update(self, *how, **more)
        if self.classes != before:
            within.append(len(self.query(StatusLine)))
        return self

    monkeypatch.setattr(LiveScreen, "update_classes", noting)
    app = CoachApp(ScriptedDriver(), interval=0.0)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert within == [0]
        await pilot.resize_terminal(120, 20)
        await pilot.pause()
        assert {"-wide", "-low"} <= app.live.classes
