"""What the screen looks like in every state and size that matters, as accepted pictures.

One screen is led through all moments in turn, as a call would, so a picture also proves that
nothing of the moment before it has stayed. Accept changed pictures, having looked at them, with
``pytest tests/tui --snapshot-update``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
import pytest
from moments import MOMENTS, feed
from pytest_textual_snapshot import SVGImageExtension
from scripted import ScriptedDriver
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from coach.snapshot import Snapshot, Trouble
from tui.app import CoachApp
from tui.screens.live import LiveScreen

SIZES = [(60, 40), (80, 24), (120, 40), (200, 50)]
SMALL_SIZES = [(30, 24), (40, 12), (60, 24), (80, 10)]


def named(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


async def settled(pilot: Pilot[None]) -> None:
    """Until everything that was posted has been drawn."""
    for _ in range(2):
        await pilot.pause()


def driver(*, live: bool = True) -> ScriptedDriver:
    return ScriptedDriver(live=live, title="headset / far end" if live else "billing.wav")


@pytest.fixture
def pictures(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SVGImageExtension)


async def pictured(
    app: CoachApp,
    size: tuple[int, int],
    steps: dict[str, Callable[[Pilot[None]], Awaitable[None]]],
    pictures: SnapshotAssertion,
) -> None:
    """Take the steps in turn and compare a picture after each; name all that differ."""
    different = []
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for name, step in steps.items():
            await step(pilot)
            await settled(pilot)
            if app.export_screenshot(simplify=True) != pictures(name=name):
                different.append(name)
    assert different == []


def moment(call: ScriptedDriver, name: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def step(_pilot: Pilot[None]) -> None:
        assert call.front_end is not None
        feed(name, call.front_end, live=call.live)

    return step


def press(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def step(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)

    return step


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_moments_of_a_call(pictures: SnapshotAssertion, size: tuple[int, int]) -> None:
    call = driver()
    steps = {name: moment(call, name) for name in MOMENTS}
    await pictured(CoachApp(call, interval=0.0), size, steps, pictures)


@pytest.mark.parametrize("size", SMALL_SIZES, ids=named)
async def test_small_terminals(pictures: SnapshotAssertion, size: tuple[int, int]) -> None:
    call = driver()
    steps = {name: moment(call, name) for name in ("calm", "trouble", "safety")}
    await pictured(CoachApp(call, interval=0.0), size, steps, pictures)


@pytest.mark.parametrize("size", [(60, 40), (80, 24)], ids=named)
async def test_replay(pictures: SnapshotAssertion, size: tuple[int, int]) -> None:
    call = driver(live=False)
    steps = {name: moment(call, name) for name in ("loading", "mono", "ladder")}
    await pictured(CoachApp(call, interval=0.0), size, steps, pictures)


async def test_without_colour(pictures: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    call = driver()
    steps = {name: moment(call, name) for name in ("calm", "trouble", "ladder", "safety")}
    await pictured(CoachApp(call, interval=0.0), (80, 24), steps, pictures)


async def test_sheets(pictures: SnapshotAssertion) -> None:
    call = driver()
    steps = {
        "ladder": moment(call, "ladder"),
        "why": press("y"),
        "handoff": press("escape", "h"),
        "help": press("escape", "question_mark"),
        "end": press("escape", "e"),
        "closed": press("escape"),
    }
    await pictured(CoachApp(call, interval=0.0), (80, 40), steps, pictures)


@pytest.mark.parametrize("size", [(60, 24), (80, 24), (60, 40), (200, 50)], ids=named)
async def test_no_text_of_a_card_is_cut(size: tuple[int, int]) -> None:
    """What to do, what to say and the first reason stand on the screen in full."""
    call = driver()
    app = CoachApp(call, interval=0.0)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for name in ("empathy", "ladder", "safety"):
            snapshot = MOMENTS[name]
            assert isinstance(snapshot, Snapshot)
            call.snapshot(snapshot)
            await settled(pilot)
            shown = words_on(app.live)
            card = snapshot.card
            assert card is not None
            for text in (card.do, card.say, card.because[0].text):
                assert " ".join(text.split()) in shown


def words_on(screen: LiveScreen) -> str:
    """The words in the card's place, row by row, without frame and marks."""
    region = screen.query_one("#card").content_region
    rows = screen._compositor.render_strips()
    inside = [strip.crop(region.x, region.right).text for strip in rows[region.y : region.bottom]]
    return " ".join(" ".join(inside).replace("█", " ").split())


LONG_TROUBLE = (
    Trouble(
        component="far_end",
        since=30.0,
        detail="No sound for 12 s. Check the cable; `coach devices` shows what is heard there.",
    ),
    Trouble(component="transcription", since=40.0, detail="The machine cannot keep up."),
)
NOTED = ("This caller before: 3 calls; at worst a threat, on 2026-03-02.", "one voice so far")


@pytest.mark.parametrize("size", [(40, 12), (60, 24), (80, 24)], ids=named)
async def test_trouble_and_notices_leave_a_card_its_place(size: tuple[int, int]) -> None:
    """One row for all trouble above the card, notices below it; all in full once it is gone."""
    call = driver()
    app = CoachApp(call, interval=0.0)
    with_card = MOMENTS["empathy"]
    assert isinstance(with_card, Snapshot)
    assert with_card.card is not None
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        call.snapshot(with_card)
        await settled(pilot)
        top = app.live.query_one("#card").region.y
        troubled = msgspec.structs.replace(with_card, trouble=LONG_TROUBLE, notices=NOTED)
        call.snapshot(troubled)
        await settled(pilot)
        assert app.live.query_one("#card").region.y == top + 1
        assert with_card.card.say[:20] in words_on(app.live)
        rows = [strip.text for strip in app.live._compositor.render_strips()]
        assert rows[1].startswith(" !! FAR END since 0:30  !! TRANSCRIPTI")
        call.snapshot(msgspec.structs.replace(troubled, card=None))
        await settled(pilot)
        trouble, notices = (app.live.query_one(part).region for part in ("#trouble", "#notices"))
        assert trouble.height >= 2
        assert notices.height >= 2
        assert notices.y > app.live.query_one("#card").region.y
