"""Lines to type in: nothing is lost or put in another order, however slow the screen is."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from tui.widgets.typed_line import TypedLine

BACK = ("backspace", None)


class OneLine(App[None]):
    """A line with something in it."""

    told: str | None = None

    def compose(self) -> ComposeResult:
        yield TypedLine("K7", select_on_focus=False)

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        self.told = submitted.value


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ([BACK, BACK, "K", "8"], "K8"),
        (["9", ("home", None), "A"], "AK79"),
        (["x", ("ctrl+u", None), "B", "1", ("left", None), BACK, "C"], "C1"),
        ([("escape", None), "5"], "K75"),
    ],
)
async def test_keys_that_wait_do_their_work_in_their_order(
    keys: list[str | tuple[str, None]], told: str
) -> None:
    app = OneLine()
    async with app.run_test() as pilot:
        for key in [*keys, ("enter", None)]:
            name, letter = (key, key) if isinstance(key, str) else key
            app.post_message(events.Key(name, letter))
        await pilot.pause()
        await pilot.pause()
        assert app.told == told
