"""What calibration looks like at three sizes, as accepted pictures.

Accept changed pictures, having looked at them, with
``pytest tests/tui/test_calibration_pictures.py --snapshot-update``.
"""

from __future__ import annotations

from pytest_textual_snapshot import SVGImageExtension
from reviewing import ScriptedDesk, picture, until
from syrupy.assertion import SnapshotAssertion

from coach.notes.review.calibration import (
    CalibratedCall,
    CalibratedQuestion,
    Calibration,
    Given,
)
from tui.review_app import ReviewApp
from tui.widgets.keys import KeyLine

SIZES = ((80, 24), (120, 40), (200, 50))
PARTS = ("questions", "answers")


def question(ask: str, alpha: float | None, *given: str) -> CalibratedQuestion:
    """A question on which Omar's, Rita's and Uma's answers about a call stand in a word each."""
    calls = [
        CalibratedCall(
            call=f"2026-03-0{number}T09-30-00-1a2b3c",
            given=tuple(Given(word, "late" if word == "no" else "") for word in words.split()),
        )
        for number, words in enumerate(given, 1)
    ]
    return CalibratedQuestion(
        ask=ask,
        alpha=alpha,
        words="0.743  nominal, 67 % equal, 4 calls, 12 answers",
        calls=tuple(sorted(calls, key=lambda call: not call.apart)),
        against=("Rita: 3 of 4 equal", "Uma: 2 of 4 equal"),
    )


CALIBRATION = Calibration(
    form="difficult-call", title="A difficult call", version=1, expert="Omar",
    reviewers=("Omar", "Rita", "Uma"), scorecards=12, hidden=1,
    questions=(
        question("Score on the whole, %", 0.71, "72 70 70", "80 80 64"),
        question("Did the agent greet and offer help within 20 seconds?", 0.94, "yes yes yes"),
        question("Was a strong feeling met with a word of empathy within a minute?", 0.48,
                 "yes yes yes", "yes no no", "no no yes"),
        question("How calm and respectful did the agent sound?", None),
    ),
)  # fmt: skip


async def test_calibration(snapshot: SnapshotAssertion) -> None:
    pictures = snapshot.use_extension(SVGImageExtension)
    different = []
    for width, height in SIZES:
        app = ReviewApp(ScriptedDesk(), calibration=CALIBRATION)
        async with app.run_test(size=(width, height)) as pilot:
            await until(pilot, lambda app=app: len(app.screen_stack) > 1)  # type: ignore[misc]
            await pilot.press("down", "down", "tab", "down")
            if await picture(pilot) != pictures(name=f"{width}x{height}"):
                different.append((width, height))
    assert different == []


async def test_on_a_small_screen_questions_answers_and_keys_are_seen() -> None:
    app = ReviewApp(ScriptedDesk(), calibration=CALIBRATION)
    async with app.run_test(size=(40, 10)) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.press("down")
        rows = {part: app.screen.query_one(f"#{part}").size.height for part in PARTS}
        assert rows["questions"] >= 3
        assert rows["answers"] >= 2
        assert app.screen.query_one(KeyLine).region.bottom == 10
