"""What answers come to: nothing is lost, better is never worse, a failure wins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scorecardkit import HEAD, form, question, section

from coach.calls.scorecards.form import Form, Question, Value
from coach.calls.scorecards.scoring import Answers, Standing, score

BANDS = '[[band]]\nname = "low"\nfrom = 0\n[[band]]\nname = "high"\nfrom = 60\n'
PLAIN = form(section("s", question("a", more="weight = 3"), question("b", "scale", "weight = 1")))


# --- by hand -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "percent"),
    [
        ({}, None),
        ({"a": None, "b": None}, None),
        ({"a": "yes", "b": 5.0}, 100),
        ({"a": "yes", "b": 1.0}, 75),
        ({"a": "no", "b": 3.0}, 12.5),
        ({"a": None, "b": 3.0}, 50),
        ({"b": 4.0}, 75),
        ({"a": "yes", "b": None}, 100),
    ],
)
def test_points(answers: Answers, percent: float | None) -> None:
    assert score(PLAIN, answers).percent == percent


def test_sections_with_weights_share_the_whole() -> None:
    weighted = form(
        section("s", question("a", more="weight = 9"), question("b"), weight=1),
        section("t", question("c"), weight=3),
    )
    assert score(weighted, {"a": "yes", "b": "no", "c": "yes"}).percent == 97.5
    assert score(weighted, {"a": "yes", "b": "no", "c": None}).percent == 90
    assert score(weighted, {"a": None, "b": "no", "c": "yes"}).percent == 75


@pytest.mark.parametrize(
    ("more", "kind", "value", "credit"),
    [
        ('good = "no"', "yes_no", "no", 1.0),
        ("none_at = 60\nfull_at = 12", "number", 36.0, 0.5),
        ("none_at = 60\nfull_at = 12", "number", 5.0, 1.0),
        ("none_at = 0\nfull_at = 4", "number", -3.0, 0.0),
        (
            'choices = [{id="x", title="X", credit=1}, {id="y", title="Y", credit=0.3}]',
            "choice",
            "y",
            0.3,
        ),
    ],
)
def test_what_an_answer_earns(more: str, kind: str, value: Value, credit: float) -> None:
    one = form(section("s", question("a", kind, more)))
    assert score(one, {"a": value}).questions[0].credit == pytest.approx(credit)


def test_a_question_is_asked_only_where_another_answer_asks_for_it() -> None:
    asked = form(
        section(
            "s",
            question("hold"),
            question("told", more='ask_if = { question = "hold", is = "yes" }'),
            question("how", more='ask_if = { question = "told", is = "no" }'),
        )
    )

    def standing(answers: Answers) -> list[Standing]:
        return [one.standing for one in score(asked, answers).questions]

    answered, idle, still_open = Standing.ANSWERED, Standing.NOT_ASKED, Standing.OPEN
    assert standing({}) == [still_open, idle, idle]
    assert standing({"hold": "no", "told": "no", "how": "yes"}) == [answered, idle, idle]
    assert standing({"hold": "yes", "told": "no"}) == [answered, answered, still_open]
    assert score(asked, {"hold": "no", "told": "yes"}).percent == 0
    assert score(asked, {"hold": "yes", "told": "no"}).open == ("how",)


@pytest.mark.parametrize(
    ("reach", "percent"), [("question", 66.67), ("section", 33.33), ("form", 0)]
)
def test_a_failure_takes_down_what_it_reaches(reach: str, percent: float) -> None:
    fails = f'auto_fail = {{ of = "{reach}", at_most = 3 }}'
    failing = form(
        section("s", question("a", "scale", fails), question("b")),
        section("t", question("c")),
        head=HEAD + BANDS,
    )
    found = score(failing, {"a": 3.0, "b": "yes", "c": "yes"})
    assert found.percent == percent
    assert found.failed is (reach == "form")
    assert found.band == ("high" if percent > 60 else "low")
    assert score(failing, {"a": 4.0, "b": "yes", "c": "yes"}).percent == pytest.approx(91.67)


def test_a_question_that_scores_nothing_can_still_fail_the_form() -> None:
    danger = 'weight = 0\nauto_fail = { of = "form", is = "no" }'
    failing = form(section("s", question("a", more=danger), question("b")))
    assert score(failing, {"a": "no", "b": "yes"}).percent == 0
    assert score(failing, {"a": "yes", "b": "yes"}).percent == 100


# --- whatever the form ---------------------------------------------------------------------------


# Made once: a strategy that is made for a draw is checked anew for each.
WEIGHTED = st.booleans()
FEW, WEIGHT = st.integers(1, 4), st.integers(1, 9)
KIND = st.sampled_from(["yes_no", "scale"])
REACH = st.sampled_from(["", "", "", "question", "section", "form"])
ANSWER: dict[str, st.SearchStrategy[Value | None]] = {
    "yes_no": st.sampled_from(["no", "yes", None]),
    "scale": st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, None]),
}


@st.composite
def forms(draw: st.DrawFn) -> Form:
    weighted = draw(WEIGHTED)
    parts, number = [], 0
    for place in range(draw(FEW)):
        questions = []
        for _ in range(draw(FEW)):
            number += 1
            kind = draw(KIND)
            more = f"weight = {draw(WEIGHT)}\nnot_applicable = true\n"
            reach = draw(REACH)
            if reach:
                case = 'is = "no"' if kind == "yes_no" else "at_most = 2"
                more += f'auto_fail = {{ of = "{reach}", {case} }}\n'
            questions.append(question(f"q{number}", kind, more))
        weight = float(draw(WEIGHT)) if weighted else None
        parts.append(section(f"s{place}", *questions, weight=weight))
    return form(*parts, head=HEAD + BANDS)


def values(one: Question) -> list[Value]:
    return ["no", "yes"] if one.kind == "yes_no" else [1.0, 2.0, 3.0, 4.0, 5.0]


FORMS = forms()


@st.composite
def filled(draw: st.DrawFn) -> tuple[Form, dict[str, Value | None]]:
    one = draw(FORMS)
    answers = {q.id: draw(ANSWER[q.kind]) for _, q in one.questions()}
    return one, answers


@given(filled())
def test_the_weight_of_what_does_not_apply_goes_to_the_rest(
    case: tuple[Form, dict[str, Value | None]],
) -> None:
    one, answers = case
    found = score(one, answers)
    shares = {q.question: q.share for q in found.questions}
    applies = [name for name, value in answers.items() if value is not None]
    assert sum(shares.values()) == pytest.approx(1.0 if applies else 0.0)
    assert all((shares[name] > 0) == (name in applies) for name in shares)
    assert sum(part.share for part in found.sections) == pytest.approx(sum(shares.values()))
    kept = {name: answers[name] for name in applies}
    assert score(one, kept).percent == found.percent, "as if they were not in the form"


@given(filled(), st.data())
def test_a_better_answer_is_never_worse(
    case: tuple[Form, dict[str, Value | None]], data: st.DataObject
) -> None:
    one, answers = case
    before = score(one, answers)
    _, better = data.draw(st.sampled_from(list(one.questions())))
    if answers[better.id] is None:
        return
    order = values(better)
    place = order.index(answers[better.id])  # type: ignore[arg-type]
    answers[better.id] = data.draw(st.sampled_from(order[place:]))
    after = score(one, answers)
    assert after.percent is not None
    assert before.percent is not None
    assert after.percent >= before.percent


@given(filled())
def test_all_is_well_at_best_and_nothing_at_worst_and_a_failure_wins(
    case: tuple[Form, dict[str, Value | None]],
) -> None:
    one, answers = case
    found = score(one, answers)
    if found.percent is None:
        assert all(value is None for value in answers.values())
        return
    assert 0 <= found.percent <= 100
    assert found.band == ("high" if found.percent >= 60 else "low")
    if found.failed:
        assert found.percent == 0
    for part in found.sections:
        assert not (part.failed and part.percent)
    given = [q for _, q in one.questions() if answers[q.id] is not None]
    assert score(one, {q.id: values(q)[-1] for q in given}).percent == 100
    assert score(one, {q.id: values(q)[0] for q in given}).percent == 0
