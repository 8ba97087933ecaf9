"""From the list to the first wrong card, marked, noted and handed on: the keys that it takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reviewed import keep
from textual.widgets import DataTable

from coach.calls.call_files import CallFiles
from coach.calls.marks import Verdict, read_marks
from coach.cli import main
from coach.commands import review
from coach.errors import Exit
from coach.replay.review_desk import ReviewDesk, Reviewing
from coach.startup.config import Settings
from coach.startup.paths import Paths
from tui.review_app import ReviewApp
from tui.screens.review import ReviewScreen

WRONG = "agent.no_empathy"
"""The second card of the call; the first one is right."""
MOST_KEYS = 14


@pytest.fixture
def files() -> CallFiles:
    folder = Paths.of().calls
    folder.mkdir(parents=True)
    return keep(folder)


async def test_the_first_wrong_card_is_found_marked_and_noted_in_few_keys(
    files: CallFiles,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    before = files.journal.read_bytes()
    settings = Settings()
    desk = ReviewDesk(settings, files.folder, review.choose, Reviewing(reviewer="Rita"))
    app = ReviewApp(desk)
    pressed = 0
    async with app.run_test(size=(80, 24)) as pilot:

        async def press(*keys: str) -> None:
            nonlocal pressed
            pressed += len(keys)
            await pilot.press(*keys)
            await pilot.pause()

        async def until(holds: Callable[[], bool]) -> None:
            for _ in range(3000):
                if holds():
                    break
                await pilot.pause(0.01)
            assert holds()
            await pilot.pause()

        await until(lambda: app.screen.query_one(DataTable).row_count == 1)
        await press("enter")  # the newest call
        await until(lambda: isinstance(app.screen, ReviewScreen))
        screen = app.screen
        assert isinstance(screen, ReviewScreen)
        for _ in range(2):  # the first card is right
            await press("c")
        assert screen.chosen is not None
        assert screen.chosen.rule == WRONG
        await press("w", "down", "down", "down", "down", "enter")  # a usual reason
        await until(lambda: screen.said.startswith("Marked wrong"))
        assert pressed == 9
        await press("x", "enter", "enter")  # the report, under the call's name
        await until(lambda: screen.said.startswith("Written to"))
        assert pressed == 12
        assert pressed <= MOST_KEYS
        await press("x", "down", "enter", *"other", "enter")
        await until(lambda: screen.said.endswith("other"))
        await press("x", "enter", "enter")
        await until(lambda: "exists already and is not overwritten" in screen.said)
        await press("x", "enter", "escape")
        await until(lambda: screen.said == "Nothing was written.")
    desk.close()
    page = (tmp_path / f"{files.call}.html").read_text()
    assert "the agent had done it already" in page
    assert (tmp_path / "other").read_text().startswith("# ")
    (mark,) = read_marks(files.marks)
    assert (mark.verdict, mark.rule, mark.reviewer) == (Verdict.WRONG, WRONG, "Rita")
    assert mark.note == "the agent had done it already"
    assert files.journal.read_bytes() == before
    assert main(["calls", "--marks"]) == Exit.OK
    assert f'@0:54  wrong  {WRONG}  "the agent had done it already"  (Rita, ' in (
        capsys.readouterr().out
    )
