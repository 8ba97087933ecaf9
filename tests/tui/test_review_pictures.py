"""What the review looks like at three sizes, as accepted pictures.

Accept changed pictures, having looked at them, with
``pytest tests/tui/test_review_pictures.py --snapshot-update``.
"""

from __future__ import annotations

import functools

import pytest
from pytest_textual_snapshot import SVGImageExtension
from reviewing import ScriptedDesk, picture, until
from syrupy.assertion import SnapshotAssertion
from textual.widgets import DataTable

from tui.review_app import ReviewApp

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("list", ()),
    ("opened", ("enter",)),
    ("card", ("c",)),
    ("note", ("w", "down")),
    ("marked", ("enter",)),
    ("why", ("enter",)),
    ("kept_back", ("escape", "k")),
    ("rule", ("home", "i", "s")),
    ("put_right", ("escape", "down", "t")),
    ("searched", ("slash", "y", "o", "u", "enter")),
    ("draft", ("a",)),
    ("help", ("escape", "question_mark")),
)


def is_shown(app: ReviewApp, name: str) -> bool:
    """Whether the calls are listed in columns of their widths, or the call is open."""
    if name == "list":
        when = next(iter(app.screen.query_one(DataTable).ordered_columns), None)
        return when is not None and when.content_width > len("when")
    return len(app.screen_stack) > 1


@pytest.mark.parametrize(
    "size", [(80, 24), (120, 40), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}"
)
async def test_a_review(snapshot: SnapshotAssertion, size: tuple[int, int]) -> None:
    pictures = snapshot.use_extension(SVGImageExtension)
    app = ReviewApp(ScriptedDesk())
    different = []
    async with app.run_test(size=size) as pilot:
        for name, keys in STEPS:
            await pilot.press(*keys)
            await until(pilot, functools.partial(is_shown, app, name))
            if await picture(pilot) != pictures(name=name):
                different.append(name)
    assert different == []
