"""A scorecard filled in beside the call, by single keys, and kept answer by answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from keptcalls import AGENT, cue, keep, said
from reviewing import ScriptedDesk, until
from scorecardkit import HEAD, question, section
from textual.pilot import Pilot
from textual.widgets import Static

from coach.calls.call_files import CallFiles
from coach.calls.scorecards.scorecard import Scorecard, ScorecardEntry, read_scorecards
from coach.errors import InputError
from coach.replay.score_desk import ScoreDesk
from coach.startup.config import Settings
from coach.startup.paths import Paths
from tui.review_app import ReviewApp
from tui.screens.review import ReviewScreen
from tui.screens.score_sheet import ScoreSheetScreen
from tui.widgets.keys import KeyLine

CHOICES = (
    'choices = [{ id = "solved", title = "all of it", credit = 1 }, { id = "no", title = "none" }]'
)
FORM = HEAD.replace("A form", "Short form") + section(
    "talk",
    question("greeted", more='automatic = { measure = "heard", rules = ["checklist.greeting"] }'),
    question("tone", "scale"),
    question("done", "choice", f"{CHOICES}\nnot_applicable = true"),
    question("why", "text", 'ask_if = { question = "done", is = "no" }'),
    question("weight", "number", "optional = true"),
)


@pytest.fixture
def files(tmp_path: Path) -> CallFiles:
    folder = Paths.of().scorecards
    folder.mkdir(parents=True)
    (folder / "f.toml").write_text(FORM)
    heard = cue(3, "checklist.greeting", "good morning")
    return keep(tmp_path, "one", [said(2, AGENT, "good morning"), heard, cue(7, "esc.x")])


def desk(files: CallFiles) -> ScoreDesk:
    return ScoreDesk(Settings(), files, "Rita")


def card(files: CallFiles) -> Scorecard:
    (one,) = read_scorecards(files.scores)
    return one


def given(files: CallFiles) -> dict[str, object]:
    return {answer.question: answer.value for answer in card(files).answers}


def seen(pilot: Pilot[None], name: str) -> str:
    return str(pilot.app.screen.query_one(f"#sheet-{name}", Static).render())


async def keys(pilot: Pilot[None], *pressed: str) -> None:
    await pilot.press(*pressed)
    await until(pilot, lambda: pilot.app.is_running)


async def test_a_call_is_scored_with_the_keyboard_alone(files: CallFiles) -> None:
    scripted = ScriptedDesk()
    scripted.scoring = desk(files)
    app = ReviewApp(scripted, call="one")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        await keys(pilot, "f", *"short", "enter")  # which of two forms
        assert isinstance(app.screen, ScoreSheetScreen)
        assert "Short form  Rita  no score yet  draft, 3 to answer" in seen(pilot, "head")
        assert "suggested  yes" in seen(pilot, "question")
        await keys(pilot, "m")  # to the moment, and back to the question
        assert isinstance(app.screen, ReviewScreen)
        assert (app.screen.at, app.screen.said) == (
            2.0, "0:02: what the question goes by. f goes back to it.",
        )  # fmt: skip
        await keys(pilot, "f")
        assert "▸   0:02" in seen(pilot, "question")
        await keys(pilot, "3")
        assert seen(pilot, "said") == "y or n."
        await keys(pilot, "enter", "9")  # takes what is suggested; a step the scale has not
        assert given(files) == {"greeted": "yes"}
        assert "it takes whole numbers from 1 to 5." in seen(pilot, "said")
        await keys(pilot, "y", "4", "S")
        assert seen(pilot, "said").startswith("1 to answer before it can be submitted")
        await keys(pilot, "2")  # the second choice opens another question
        assert "why?" in seen(pilot, "questions")
        await keys(pilot, "enter", *"busy", "enter")
        assert given(files)["why"] == "busy"
        await keys(pilot, "m")
        assert seen(pilot, "said") == "No moments are told of this question."
        await keys(pilot, "k", "k", "minus")
        assert given(files) == {"greeted": "yes", "tone": 4.0, "done": None}
        await keys(pilot, "k", "c", *"so so", "enter")
        await keys(pilot, "p", *"call 4111 1111 1111 1111", "enter")
        assert "1 private" in seen(pilot, "head")
        await keys(pilot, "S", "enter")
        assert "locked" in seen(pilot, "head")
        await keys(pilot, "1")
        assert "was submitted" in seen(pilot, "said")
        await keys(pilot, "S")
        assert seen(pilot, "said").startswith("It was submitted")
        await keys(pilot, "escape")
        assert isinstance(app.screen, ReviewScreen)
    answers = {answer.question: answer for answer in card(files).answers}
    assert (answers["done"].note, answers["greeted"].seen) == ("so so", True)
    assert card(files).standing == "submitted"
    notes = [line.text for line in card(files).lines if line.entry is ScorecardEntry.NOTE]
    assert notes == ["call [card-number]"]


def test_a_draft_goes_on_where_it_was_left(files: CallFiles) -> None:
    first = desk(files)
    first.begin("f")
    first.answer("greeted", "n")
    sheet = desk(files).begin("f")
    (greeted, *_) = sheet.questions
    assert (greeted.given, greeted.suggested, sheet.lacking) == ("no", "yes", 2)
    assert ("f", "Short form") in first.forms()


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (lambda one: one.answer("tone", "x"), "'x' is no number."),
        (lambda one: one.answer("tone", "-"), "'tone' always applies: the form has no n/a for it."),
        (lambda one: one.take("tone"), "Nothing is suggested here. Answer it yourself."),
        (lambda one: one.comment("tone", "x"), "A note needs an answer. Answer the question first"),
        (lambda one: one.submit(), "Without an answer: greeted, tone, done."),
    ],
)
def test_what_cannot_be_kept_is_said(files: CallFiles, ask: object, text: str) -> None:
    one = desk(files)
    one.begin("f")
    with pytest.raises(InputError) as refused:
        ask(one)  # type: ignore[operator]
    assert text in str(refused.value)
    assert not files.scores.exists()


async def test_without_a_form_the_review_says_so() -> None:
    app = ReviewApp(ScriptedDesk(), call="one")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        await keys(pilot, "f")
        assert isinstance(app.screen, ReviewScreen)
        assert app.screen.said.startswith("There is no form")


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_keys_of_the_sheet_are_whole_and_the_way_out_is_among_them(
    width: int, files: CallFiles
) -> None:
    scripted = ScriptedDesk()
    scripted.scoring = desk(files)
    app = ReviewApp(scripted, call="one")
    async with app.run_test(size=(width, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        await keys(pilot, "f", *"short", "enter")
        line = app.screen.query_one(KeyLine)
        shown = line.render().plain
        assert "Esc call" in shown
        assert "S submit" in shown
        assert len(shown) <= line.size.width
