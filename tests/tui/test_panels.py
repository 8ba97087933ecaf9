"""What the sections say of a call in its first seconds and later, and how much place they take."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from moments import CALM, CHECKLIST, LADDER, MOOD
from scripted import ScriptedDriver

from coach.events import Channel
from coach.snapshot import (
    Commitment,
    Measurements,
    Noted,
    NotedWarning,
    PastCard,
    Record,
    Snapshot,
)
from tui.app import CoachApp
from tui.widgets.keys import HELP, Key, fitting
from tui.widgets.panels import ChecklistPanel, notable_figures
from tui.widgets.summary import Summary

EARLY = msgspec.structs.replace(
    CALM,
    at=10.0,
    mood=MOOD[:1],
    checklist=tuple(msgspec.structs.replace(item, done=None) for item in CHECKLIST),
)


def noted(text: str) -> Noted:
    return Noted(at=1.0, channel=Channel.CUSTOMER, utterance="C1", text=text)


FULL = msgspec.structs.replace(
    LADDER,
    record=Record(
        wants=(noted("a refund for the charge of March, which was taken two times"),) * 6,
        steps=(noted("the account was opened and the charge was found in it"),) * 6,
        commitments=(
            Commitment(
                owner=Channel.AGENT,
                text="I will call you back about it",
                due=None,
                at=1.0,
                utterance="A1",
            ),
        )
        * 6,
        warnings=(
            NotedWarning(
                at=1.0,
                channel=Channel.AGENT,
                utterance="A2",
                text="please keep it respectful so that we can go on with this",
                number=1,
            ),
        )
        * 6,
    ),
    history=tuple(
        PastCard(
            card=f"P{number}",
            rule="esc.x",
            title=f"card number {number} with a title of some length",
            raised=1.0,
            cleared=2.0,
            reason="expired",
        )
        for number in range(12)
    ),
)


@asynccontextmanager
async def drawn(size: tuple[int, int], snapshot: Snapshot) -> AsyncIterator[tuple[CoachApp, str]]:
    """The screen at a moment, with its text."""
    driver = ScriptedDriver()
    app = CoachApp(driver, interval=0.0)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        driver.snapshot(snapshot)
        await pilot.pause()
        await pilot.pause()
        rows = app.screen._compositor.render_strips()
        yield app, "\n".join(row.text for row in rows)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_the_first_seconds_are_quiet(size: tuple[int, int]) -> None:
    async with drawn(size, EARLY) as (_, shown):
        for noise in ("too early", "±", "SILENT", "lag", "Customer's mood", "mood "):
            assert noise not in shown
        assert sum(item.title in shown for item in CHECKLIST) <= 3


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
async def test_a_full_call_fits_beside_the_card(size: tuple[int, int]) -> None:
    async with drawn(size, FULL) as (app, shown):
        side = app.live.query_one("#side")
        assert side.virtual_size.height <= side.size.height
        for words in ("card number 11", "warned", "promise"):
            assert words in shown


async def test_the_boundary_comes_first_where_there_is_one_row() -> None:
    async with drawn((80, 24), FULL) as (app, _):
        assert str(app.live.query_one(Summary).render()).startswith("boundary")


async def test_the_checklist_counts_and_names_what_comes_next() -> None:
    async with drawn((120, 40), CALM) as (app, _):
        panel = app.live.query_one(ChecklistPanel)
        assert panel.border_title == "Checklist 2 of 8"
        assert str(panel.render()).splitlines() == [
            "○ Feeling named",
            "○ Said back in own words",
            "○ Solution or next step",
        ]
        done = tuple(msgspec.structs.replace(item, done=1.0) for item in CHECKLIST)
        panel.show(msgspec.structs.replace(CALM, checklist=done))
        assert str(panel.render()) == "✓ all said"


@pytest.mark.parametrize(
    ("figures", "labels"),
    [
        (Measurements(talk_share_agent=0.5, pace_agent_wpm=160.0, dead_air=2.0), []),
        (Measurements(talk_share_agent=0.7), ["you speak"]),
        (Measurements(pace_agent_wpm=195.0), ["your pace"]),
        (Measurements(interruptions_customer=1), ["talk-over"]),
        (Measurements(dead_air=5.0), ["dead air"]),
    ],
)
def test_only_figures_out_of_the_ordinary_are_shown(
    figures: Measurements, labels: list[str]
) -> None:
    assert [label for label, _ in notable_figures(figures)] == labels


KEYS = (("a", "one"), ("b", "another"), HELP, ("c", "x"), ("space", "the last of all"))


@pytest.mark.parametrize("keys", [KEYS, (*KEYS[:2], *KEYS[3:])])
def test_a_line_of_keys_shows_whole_keys_and_help_always(keys: tuple[Key, ...]) -> None:
    most: list[Key] = []
    for room in range(60):
        shown = fitting(keys, room)
        wide = len("  ".join(f"{key} {word}" for key, word in shown))
        assert wide <= room or shown in ([], [HELP])
        assert (HELP in shown) == (HELP in keys)
        assert [key for key in shown if key != HELP] == [k for k in keys if k != HELP][
            : len(shown) - (HELP in shown)
        ]
        assert len(shown) >= len(most)
        most = shown
    assert set(most) == set(keys)
