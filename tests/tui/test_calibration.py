"""Scoring blind, and how it compares on the screen: who answered what, as far as one may see."""

from __future__ import annotations

from pathlib import Path

import pytest
from keptcalls import AGENT, CUSTOMER, cue, keep, level, pressed, promise, raised, said
from reviewing import until
from scorecardkit import HEAD, question, section
from textual.pilot import Pilot
from textual.widgets import DataTable, Static

import rules
from coach.calls.about import About, CallKind
from coach.calls.call_files import CallFiles
from coach.calls.marks import Verdict
from coach.calls.scorecards.answers import Answer
from coach.calls.scorecards.form_reading import read_form
from coach.calls.scorecards.scorecard import Filled, read_scorecards, submit
from coach.commands import review
from coach.errors import InputError
from coach.events import Action, Level
from coach.replay.calibration_desk import FiledCalibration
from coach.replay.review_desk import ReviewDesk, Reviewing
from coach.replay.score_desk import ScoreDesk
from coach.startup.config import RuleSettings, Settings
from coach.startup.paths import Paths
from tui.review_app import ReviewApp
from tui.screens.calibration import CalibrationScreen
from tui.screens.review import ReviewScreen
from tui.screens.score_sheet import ScoreSheetScreen

FORM = HEAD.replace("A form", "Short form") + section(
    "talk",
    question("greeted", more='automatic = { measure = "heard", rules = ["checklist.greeting"] }'),
    question("tone", "scale"),
)
PACKS = Path(rules.__file__).parent / "packs" / "en"
FEW = Settings(rules=RuleSettings(packs=(PACKS / "line.toml",)))
"""Rules that are read at once."""
SEES = FORM.replace("version = 1", "version = 1\nblind_sees_suggestions = true")


def form(text: str = FORM) -> None:
    folder = Paths.of().scorecards
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "f.toml").write_text(text)


@pytest.fixture
def files() -> list[CallFiles]:
    """Two calls; in the first the agent has marked the card wrong."""
    form()
    folder = Paths.of().calls
    about = About(kind=CallKind.LIVE, agent="Anna")
    heard = [said(2, AGENT, "good morning"), cue(3, "checklist.greeting", "good morning")]
    shown = [level(9, Level.ANGRY), raised(9, "P1", "esc.churn")]
    wrong = pressed(11, Action.MARK_WRONG, card="P1", rule="esc.churn")
    more = [said(20, CUSTOMER, "I want to leave"), promise(30, "I will call", "2026-03-05")]
    started = "2026-03-0{}T09:30:00+00:00"
    return [
        keep(folder, "one", [*heard, *shown, wrong, *more], about=about, started=started.format(5)),
        keep(folder, "two", [*heard, *more], about=about, started=started.format(4)),
    ]


def desk(reviewer: str) -> ReviewDesk:
    asked = Reviewing(reviewer=reviewer, blind=True)

    def choose(words: str, tell: object) -> object:
        del tell
        return review.choose(words, blind=True)

    return ReviewDesk(FEW, Paths.of().calls, choose, asked)  # type: ignore[arg-type]


def scored(files: CallFiles, reviewer: str, greeted: str, tone: int, note: str = "") -> None:
    """A blind scorecard, handed in."""
    answers = (
        Answer(question="greeted", value=greeted),
        Answer(question="tone", value=float(tone), note=note),
    )
    asked = read_form(Paths.of().scorecards / "f.toml")
    filled = Filled(form=asked, reviewer=reviewer, blind=True, answers=answers)
    submit(files.scores, filled, "2026-03-06T08:00:00+00:00")


def seen(pilot: Pilot[None], name: str) -> str:
    return str(pilot.app.screen.query_one(f"#{name}", Static).render())


def cells(pilot: Pilot[None], name: str) -> list[list[str]]:
    table = pilot.app.screen.query_one(f"#{name}", DataTable)
    return [[str(cell) for cell in table.get_row_at(row)] for row in range(table.row_count)]


async def keys(pilot: Pilot[None], *pressed_: str) -> None:
    await pilot.press(*pressed_)
    await until(pilot, lambda: pilot.app.is_running)


async def test_a_call_is_scored_blind_and_compared(files: list[CallFiles]) -> None:
    one, two = files
    others = ReviewDesk(FEW, one.folder, review.choose, Reviewing(reviewer="Omar"))
    others.open("one")
    others.mark(Verdict.WRONG, 9.0, card="P1", rule="esc.churn", note="too early")
    for call, tone in ((one, 2), (two, 4)):
        scored(call, "Omar", "yes", tone, "flat" if call is one else "")
    scored(two, "Uma", "no", 4)
    blind = desk("Rita")
    app = ReviewApp(blind)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query_one("#calls", DataTable).row_count == 2)
        assert "Blind: marks and scores are not shown." in seen(pilot, "told")
        assert [row[4:6] for row in cells(pilot, "calls")] == [["", ""]] * 2
        await keys(pilot, "a")
        await until(pilot, lambda: isinstance(app.screen, CalibrationScreen))
        assert "3 blind scorecards by 2 reviewers" in seen(pilot, "calibration-head")
        assert "Answers about 2 calls are hidden until you have scored" in seen(pilot, "told")
        assert cells(pilot, "answers") == []
        await keys(pilot, "escape")
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen))
        assert "blind" in seen(pilot, "review-head")
        assert "mark" not in seen(pilot, "review-head"), "neither Omar's nor the agent's"
        with pytest.raises(InputError, match="A blind review hands nothing on"):
            blind.hand_on("report", "x.html")
        await keys(pilot, "c", "r", "enter")
        assert "▸ 1 mark" in seen(pilot, "review-head"), "one's own"
        await keys(pilot, "f", *"short", "enter")
        assert isinstance(app.screen, ScoreSheetScreen)
        assert "Short form  Rita, blind  no score yet" in seen(pilot, "sheet-head")
        assert "suggested" not in seen(pilot, "sheet-question")
        await keys(pilot, "enter")
        assert seen(pilot, "sheet-said") == "y or n."
        await keys(pilot, "y", "5", "S", "enter", "escape", "escape")
        await keys(pilot, "a")
        await until(pilot, lambda: isinstance(app.screen, CalibrationScreen))
        await keys(pilot, "down", "down")  # the tone
        assert "Answers about 1 call is hidden" in seen(pilot, "told")
        assert cells(pilot, "answers") == [["≠", "one", "2 ✎", "5", ""]]
        await keys(pilot, "x")
        assert "Beside Omar  Rita: 0 of 1 equal" in seen(pilot, "calibration-question")
        await keys(pilot, "enter")
        assert seen(pilot, "told") == "Omar: “flat”"
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen))
    blind.close()
    own = next(card for card in read_scorecards(one.scores) if card.reviewer == "Rita")
    (greeted, _) = own.answers
    assert (own.blind, greeted.seen, greeted.suggested is not None) == (True, False, True)


def test_a_form_may_show_suggestions_to_the_blind(files: list[CallFiles]) -> None:
    form(SEES)
    one = ScoreDesk(FEW, files[0], "Rita", blind=True)
    assert [question.suggested for question in one.begin("f").questions] == ["yes", None]
    one.take("greeted")
    (answer,) = read_scorecards(files[0].scores)[0].answers
    assert (answer.value, answer.seen) == ("yes", True)


def test_agreement_and_the_other_forms_of_that_name(files: list[CallFiles]) -> None:
    found = FiledCalibration(Paths.of().calls, "Omar")
    assert found.forms() == ()
    with pytest.raises(InputError, match="Nobody has scored blind on 'f'"):
        found.compare("f")
    for call, (greeted, tone) in zip(files, (("yes", 1), ("no", 3)), strict=True):
        scored(call, "Omar", greeted, tone)
        scored(call, "Uma", greeted, tone)
    form(SEES)
    scored(files[0], "Vera", "no", 3)
    with pytest.raises(InputError, match=r"'Vera' has scored no call blind\. Omar, Uma did\."):
        found.compare("f", "Vera")
    compared = found.compare("f", "Uma")
    assert (compared.scorecards, compared.hidden) == (4, 0)
    assert compared.notices[0].startswith("1 scorecard on another form of the same id")
    assert [(one.ask, one.alpha, one.verdict) for one in compared.questions] == [
        ("Score on the whole, %", 1.0, "reliable"),
        ("greeted?", 1.0, "reliable"),
        ("tone?", 1.0, "reliable"),
    ]
    assert compared.questions[2].against == ("Omar: 2 of 2 equal, on average +0.00",)
    assert not any(call.apart for one in compared.questions for call in one.calls)


@pytest.mark.parametrize("search", ["--marks", "--fate marked", "--score ..60"])
def test_a_blind_review_does_not_search_for_what_others_said(search: str) -> None:
    with pytest.raises(InputError, match="A blind review searches for neither marks nor scores"):
        review.choose(search, blind=True)
