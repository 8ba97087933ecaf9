"""What the screen looks like in every state and size that matters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from moments import MOMENTS, feed
from scripted import ScriptedDriver
from textual.pilot import Pilot

from tui.app import CoachApp

SnapCompare = Callable[..., bool]

SIZES = [(60, 40), (80, 24), (120, 40), (200, 50)]


async def settled(pilot: Pilot[None]) -> None:
    """Until everything that was posted has been drawn."""
    await pilot.pause()
    await pilot.pause()


def app_at(moment: str, *, live: bool = True) -> CoachApp:
    title = "headset / far end" if live else "billing_dispute.wav"
    return CoachApp(
        ScriptedDriver(live=live, title=title, on_start=lambda to: feed(moment, to, live=live)),
        interval=0.0,
    )


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("moment", sorted(MOMENTS))
def test_moment(snap_compare: SnapCompare, moment: str, size: tuple[int, int]) -> None:
    assert snap_compare(app_at(moment), terminal_size=size, run_before=settled)


@pytest.mark.parametrize("size", [(60, 40), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_replay(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = app_at("ladder", live=False)
    assert snap_compare(app, terminal_size=size, run_before=settled)


@pytest.mark.parametrize("moment", ["safety", "calm", "trouble"])
def test_without_colour(
    snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_at(moment), terminal_size=(80, 24), run_before=settled)


@pytest.mark.parametrize("size", [(30, 24), (80, 10)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_too_small(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app_at("empathy"), terminal_size=size, run_before=settled)


@pytest.mark.parametrize("size", [(40, 12), (60, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_small(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app_at("safety"), terminal_size=size, run_before=settled)


@pytest.mark.parametrize("key", ["question_mark", "y", "h", "e"])
def test_sheet(snap_compare: SnapCompare, key: str) -> None:
    async def opened(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await pilot.press(key)
        await settled(pilot)

    assert snap_compare(app_at("ladder"), terminal_size=(80, 40), run_before=opened)
