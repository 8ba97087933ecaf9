"""From the list to the first wrong card, marked and noted: the keys that it takes."""

from __future__ import annotations

import pytest
from reviewed import keep

from coach.calls.call_files import CallFiles
from coach.calls.marks import Verdict, read_marks
from coach.cli import main
from coach.commands import review
from coach.errors import Exit
from coach.replay.review_desk import ReviewDesk, Reviewing
from coach.startup.config import Settings
from coach.startup.paths import Paths
from tui.review_app import ReviewApp

WRONG = "agent.no_empathy"
"""The second card of the call; the first one is right."""
MOST_KEYS = 14


@pytest.fixture
def files() -> CallFiles:
    folder = Paths.of().calls
    folder.mkdir(parents=True)
    return keep(folder)


async def test_the_first_wrong_card_is_found_marked_and_noted_in_few_keys(
    files: CallFiles, capsys: pytest.CaptureFixture[str]
) -> None:
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
            await app.workers.wait_for_complete()
            await pilot.pause()
            await pilot.pause()

        await press()
        await press("enter")  # the newest call
        while getattr(app.screen, "chosen", None) is None or app.screen.chosen.rule != WRONG:  # type: ignore[attr-defined]
            await press("c")
        await press("w", "down", "down", "down", "down", "enter")  # a usual reason
    desk.close()
    assert pressed == 9
    assert pressed <= MOST_KEYS
    (mark,) = read_marks(files.marks)
    assert (mark.verdict, mark.rule, mark.reviewer) == (Verdict.WRONG, WRONG, "Rita")
    assert mark.note == "the agent had done it already"
    assert files.journal.read_bytes() == before
    assert main(["calls", "--marks"]) == Exit.OK
    assert f'@0:54  wrong  {WRONG}  "the agent had done it already"  (Rita, ' in (
        capsys.readouterr().out
    )
