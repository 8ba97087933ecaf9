"""Filling in at a terminal: what is typed, what Enter takes, and what is asked at all."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest
from scorecardkit import form, question, section

from coach.calls.scorecards.answers import (
    Answer,
    UnfitError,
    fitting,
    from_tables,
    in_order,
    typed,
    values_of,
)
from coach.calls.scorecards.automatic import Suggestion
from coach.calls.scorecards.call_facts import FactMoment
from coach.calls.scorecards.form import Value
from coach.calls.scorecards.questionnaire import Filling, Questionnaire, moment_line
from coach.events import Channel

CHOICES = 'choices = [{id="x", title="X", credit=1}, {id="y", title="Y"}]'
FORM = form(
    section(
        "s",
        question("hold", more='help = "Silence counts."\nnot_applicable = true'),
        question("told", more='ask_if = { question = "hold", is = "yes" }'),
        question("tone", "scale"),
    ),
    section("t", question("pick", "choice", CHOICES), question("words", "text")),
)
MOMENT = FactMoment(at=63.2, text="one moment", side=Channel.AGENT, rule="say.hold_notice")
SUGGESTED = {"hold": Suggestion(value="yes", because="heard once", moments=(MOMENT,))}


def run(
    typed_: Iterable[str],
    suggestions: dict[str, Suggestion] = SUGGESTED,
    given: Iterable[Answer] = (),
    *,
    blind: bool = False,
) -> tuple[Filling, list[str]]:
    lines = iter(typed_)
    shown: list[str] = []

    def ask(prompt: str) -> str:
        shown.append(prompt)
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    return Questionnaire(FORM, suggestions, given, blind=blind).run(ask, shown.append), shown


def test_one_question_after_the_other() -> None:
    filling, shown = run(["", "n", "4", "2", "kept calm; and slow"])
    assert values_of(filling.answers) == {
        "hold": "yes",
        "told": "no",
        "tone": 4.0,
        "pick": "y",
        "words": "kept calm; and slow",
    }
    assert not filling.stopped
    hold = filling.answers[0]
    assert (hold.suggested, hold.seen) == (SUGGESTED["hold"], True)
    assert "        suggested: yes (heard once)" in shown
    assert f"        {moment_line(MOMENT)}" in shown
    assert moment_line(MOMENT) == "   1:03  agent: one moment  (say.hold_notice)"
    late = msgspec.structs.replace(MOMENT, at=3663.0)
    assert moment_line(late).startswith("1:01:03  agent: one moment")


def test_what_another_answer_makes_idle_is_not_asked() -> None:
    filling, shown = run(["n", "4", "x", ""])
    assert "told" not in values_of(filling.answers)
    assert not any("told?" in line for line in shown)


def test_enter_leaves_open_what_nothing_is_known_of() -> None:
    filling, _ = run(["", "", "", "", ""], {})
    assert filling.answers == ()
    assert not filling.stopped


def test_blind_nothing_is_suggested_and_yet_kept() -> None:
    filling, shown = run(["n", "4", "x", "w"], blind=True)
    assert not any("suggested" in line.replace("the suggested answer", "") for line in shown)
    assert filling.answers[0].suggested == SUGGESTED["hold"]
    assert not filling.answers[0].seen


def test_a_note_stands_behind_a_semicolon() -> None:
    filling, _ = run(["y ; after a minute", "n; never", "."])
    assert [answer.note for answer in filling.answers] == ["after a minute", "never"]
    assert filling.stopped


def test_a_mistake_is_told_and_asked_again() -> None:
    filling, shown = run(["maybe", "-", "7", "loud", "3", "z", "x", ""])
    assert values_of(filling.answers) == {"hold": None, "tone": 3.0, "pick": "x"}
    told = [line.strip() for line in shown if line.endswith(".") and line.startswith("        ")]
    assert told == [
        "'maybe' is no answer to 'hold'; it takes yes or no.",
        "7 is no step of 'tone'; it takes whole numbers from 1 to 5.",
        "'loud' is no number.",
        "'z' is no answer to 'pick'; it takes x or y.",
    ]


def test_back_and_help_and_what_was_given_before() -> None:
    before = [Answer(question="hold", value="no"), Answer(question="tone", value=2.0)]
    filling, shown = run(["?", "", "<", "yes", "y", "<", "n", "", "1", "w"], given=before)
    assert any(line.startswith("        Silence counts.") for line in shown)
    assert "        given: no" in shown
    assert values_of(filling.answers) == {
        "hold": "yes",
        "told": "no",
        "tone": 2.0,
        "pick": "x",
        "words": "w",
    }


def test_where_nothing_more_comes_the_answers_so_far_are_kept() -> None:
    filling, _ = run(["n", "5"])
    assert filling.stopped
    assert len(filling.answers) == 2


# --- answers from a file -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("hold", True, "yes"),
        ("hold", "no", "no"),
        ("hold", "n/a", None),
        ("tone", 4, 4.0),
        ("pick", "x", "x"),
        ("words", "n/a", "n/a"),
    ],
)
def test_values_of_a_file(name: str, value: object, fits: Value | None) -> None:
    one = FORM.question(name)
    assert one is not None
    assert fitting(one, value) == fits


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("tone", "n/a", "'tone' always applies: the form has no n/a for it"),
        ("tone", 2.5, "2.5 is no step of 'tone'"),
        ("tone", "four", "'four' is no number, which 'tone' takes"),
        ("words", 3, "'words' takes a text in quotes"),
        ("pick", [], "'pick' takes no list or table"),
    ],
)
def test_values_that_do_not_fit(name: str, value: object, told: str) -> None:
    one = FORM.question(name)
    assert one is not None
    with pytest.raises(UnfitError, match=told):
        fitting(one, value)
    if name == "tone":
        with pytest.raises(UnfitError):
            typed(one, "-")


def test_a_file_of_answers() -> None:
    given, mistakes = from_tables(FORM, {"answers": {"hold": "no"}, "notes": {"hold": "short"}})
    assert given == [Answer(question="hold", value="no", note="short")]
    assert mistakes == []
    _, mistakes = from_tables(
        FORM, {"answer": {}, "answers": {"hodl": "no", "tone": 9}, "notes": {"pick": "x"}}
    )
    assert mistakes == [
        "answer: there is no such table; did you mean 'answers'?",
        "answers.hodl: the form has no such question; did you mean 'hold'?",
        "answers.tone: 9 is no step of 'tone'; it takes whole numbers from 1 to 5",
        "notes.pick: a note needs an answer",
    ]
    assert from_tables(FORM, {"answers": 3})[1] == [
        "answers and notes are tables: [answers] and [notes]"
    ]


def test_answers_stand_in_the_forms_order_without_idle_ones() -> None:
    answers = [Answer(question=n, value=v) for n, v in (("tone", 3.0), ("told", "no"))]
    assert [answer.question for answer in in_order(FORM, answers)] == ["tone"]
