"""Lines that are continued under their words, on sheets and in what is told of a moment."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewing import KEPT_BACK, PAST, ScriptedDesk, until
from textual.content import Content

from coach.notes.review.review_requests import OpenCall
from tui.review_app import ReviewApp
from tui.screens.review import ReviewScreen
from tui.widgets.hanging import hung
from tui.widgets.moment_panel import MORE, MomentPanel
from tui.widgets.past_transcript import PastTranscript

LONG = msgspec.structs.replace(
    KEPT_BACK,
    title="Say what you can do for them today, and by when it will be done",
    fate="lower priority",
    needed=tuple(f"Reason {number} that takes more than a row of the panel. " * 2
                 for number in range(4)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("  why not  one two three four", ["  why not  one two", "           three four"]),
        ("  • one two three four five", ["  • one two three four", "    five"]),
        ("  one two three four five", ["  one two three four", "  five"]),
        ("a label of half the row  one two", ["a label of half", "the row  one two"]),
        ("short", ["short"]),
        ("", [""]),
    ],
)  # fmt: skip
def test_a_line_is_continued_under_its_words(line: str, rows: list[str]) -> None:
    width = 22 if "label" not in line else 18
    assert [row.rstrip() for row in hung(Content(line), width).plain.split("\n")] == rows


@given(st.text(st.sampled_from("ab •-\n"), max_size=120), st.integers(10, 60))
def test_no_word_is_lost_and_no_row_too_long(text: str, width: int) -> None:
    shown = hung(Content(text), width).plain
    assert "".join(shown.split()) == "".join(text.split())
    assert all(len(row.rstrip()) <= width for row in shown.split("\n"))


def test_styles_stay_on_their_words() -> None:
    line = Content.assemble(("  why  ", "dim"), ("one two three", "bold"))
    rows = hung(line, 14)
    bold = [rows.plain[span.start : span.end] for span in rows.spans if str(span.style) == "bold"]
    assert " ".join(bold).split() == ["one", "two", "three"]


@contextlib.asynccontextmanager
async def at_the_long_moment() -> AsyncIterator[ReviewApp]:
    """A call under review at 80x24, with all moments shown, of which it has one."""
    past = msgspec.structs.replace(PAST, moments=(LONG,))
    desk = ScriptedDesk()
    desk.call = OpenCall(past=past)
    app = ReviewApp(desk, call=PAST.call)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        await pilot.press("k")
        yield app


async def test_a_card_in_the_transcript_is_wrapped_and_not_cut() -> None:
    async with at_the_long_moment() as app:
        view = app.screen.query_one(PastTranscript)
        shown = [view.render_line(row).text for row in range(view.size.height)]
        said = " ".join(" ".join(shown).split())
        assert f"{LONG.title} {LONG.fate}" in said
        assert "…" not in said


async def test_what_does_not_fit_the_panel_is_a_key_away_and_it_says_so() -> None:
    async with at_the_long_moment() as app:
        panel = app.screen.query_one(MomentPanel)
        rows = panel.render().plain.split("\n")
        assert rows[-1] == MORE
        assert len(rows) == panel.content_size.height
