"""What a form may say, and how every mistake in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from every_row import every_row
from scorecardkit import HEAD, form, mistakes, question, section
from shipped_rules import book

from coach.calls.scorecards.automatic import MEASURES
from coach.calls.scorecards.call_reading import roles_of
from coach.calls.scorecards.form import AnswerKind, Case
from coach.calls.scorecards.form_checks import unknown_rules
from coach.calls.scorecards.form_reading import (
    examine,
    find_form,
    forms_in,
    known_form,
    placed,
    read_form,
    shipped_forms,
)
from coach.errors import InputError

SHIPPED = list(forms_in([shipped_forms()]).values())
ONE = HEAD + section("s", question("a"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_form_has_no_mistake_and_knows_its_rules(path: Path) -> None:
    read = read_form(path)
    rules = [rule.id for rule in book().active()]
    assert placed(path, unknown_rules(read, rules, roles_of([book()]))) == ()
    assert read.id == path.stem


def test_the_shipped_form_uses_every_kind_and_most_measures() -> None:
    (path,) = SHIPPED
    read = read_form(path)
    questions = [question for _, question in read.questions()]
    assert {question.kind for question in questions} == set(AnswerKind)
    used = {question.automatic.measure for question in questions if question.automatic}
    assert used >= set(MEASURES) - {"longest_turn", "talk_share"}
    assert any(question.ask_if for question in questions)
    assert {question.auto_fail.of for question in questions if question.auto_fail} == {
        "question",
        "section",
        "form",
    }


MISTAKES: dict[str, tuple[str, str]] = {
    "no TOML": ("id = \n", "f.toml: not TOML: "),
    "nothing": ("", "f.toml: 'id' is missing"),
    "a key that is none": (
        ONE.replace("kind =", "knid ="),
        "f.toml:10: section s, question a, knid: there is no such key; did you mean 'kind'?",
    ),
    "a kind that is none": (
        ONE.replace('"yes_no"', '"yesno"'),
        "f.toml:10: section s, question a, kind: 'yesno' is none of them; did you mean 'yes_no'?",
    ),
    "a kind like no other": (
        ONE.replace('"yes_no"', '"opinion"'),
        "'opinion' is none of them; a kind is one of yes_no, scale, choice, number, text",
    ),
    "a version in quotes": (
        ONE.replace("version = 1", 'version = "1"'),
        "f.toml:2: version: expected a whole number, got text in quotes",
    ),
    "an id in capitals": (
        ONE.replace('id = "a"', 'id = "A b"'),
        "f.toml:8: section s, question A b, id: 'A b' is no id: lower-case letters,",
    ),
    "a weight below 0": (
        HEAD + section("s", question("a", more="weight = -1")),
        "f.toml:11: section s, question a, weight: expected a number >= 0.0",
    ),
    "one table for many": (
        HEAD + '[section]\nid = "s"\n',
        "f.toml:4: section: expected tables headed [[section]]",
    ),
    "a list for a table": (
        HEAD + section("s", question("a", more="ask_if = [1]")),
        "question a, ask_if: expected a table",
    ),
    "a section without questions": (
        HEAD + section("s"),
        "f.toml:4: section s: 'question' is missing",
    ),
    "an id twice": (
        HEAD + section("s", question("a")) + section("t", question("a")),
        "section t, question a, id: a question has this id already; ids are unique in a form",
    ),
    "a section twice": (
        HEAD + section("s", question("a")) + section("s", question("b")),
        "section s, id: a section has this id already",
    ),
    "half the sections weighted": (
        HEAD + section("s", question("a"), weight=1) + section("t", question("b")),
        "section t: it has no weight, and others have; give it one, or take theirs away",
    ),
    "a weight for nothing": (
        HEAD
        + section("s", question("a", "text"), weight=1)
        + section("t", question("b"), weight=1),
        "section s, weight: nothing in it is scored; set it to 0, or weigh a question",
    ),
    "nothing scored": (
        HEAD + section("s", question("a", "text")),
        "f.toml: nothing in it is scored; give a question a weight",
    ),
    "a key of another kind": (
        HEAD + section("s", question("a", more="most = 3")),
        "question a, most: belongs to questions of the kind 'scale'; take it out",
    ),
    "a scale upside down": (
        HEAD + section("s", question("a", "scale", "least = 5\nmost = 1")),
        "question a, least: expected less than 'most'",
    ),
    "one choice": (
        HEAD + section("s", question("a", "choice", 'choices = [{id = "x", title = "X"}]')),
        "question a: a choice needs two 'choices' at least",
    ),
    "a choice twice": (
        HEAD
        + section(
            "s",
            question(
                "a",
                "choice",
                'choices = [{id = "x", title = "X", credit = 1}, {id = "x", title = "Y"}]',
            ),
        ),
        "question a, choices x, id: another choice has this id",
    ),
    "no best choice": (
        HEAD
        + section(
            "s",
            question("a", "choice", 'choices = [{id = "x", title = "X"}, {id = "y", title = "Y"}]'),
        ),
        "question a, choices: no choice earns the whole weight",
    ),
    "half a range": (
        HEAD + section("s", question("a", "number", "full_at = 1")),
        "question a: 'none_at' and 'full_at' go together",
    ),
    "a range of nothing": (
        HEAD + section("s", question("a", "number", "full_at = 1\nnone_at = 1")),
        "question a, full_at: expected another number than 'none_at'",
    ),
    "a weighed number without a range": (
        HEAD + section("s", question("a", "number", "weight = 2"), question("b")),
        "question a, weight: a number earns nothing without 'none_at' and 'full_at'",
    ),
    "a weighed text": (
        HEAD + section("s", question("a", "text", "weight = 2"), question("b")),
        "question a, weight: a text is never scored; take it out",
    ),
    "waiting for a question that is none": (
        HEAD
        + section(
            "s", question("hold"), question("b", more='ask_if = {question="hodl", is="yes"}')
        ),
        "question b, ask_if.question: no question has the id 'hodl'; did you mean 'hold'?",
    ),
    "waiting for a later one": (
        HEAD + section("s", question("a", more='ask_if = {question="b", is="yes"}'), question("b")),
        "question a, ask_if.question: 'b' comes later; move it above this one",
    ),
    "waiting for itself": (
        HEAD + section("s", question("a", more='ask_if = {question="a", is="yes"}')),
        "question a, ask_if.question: a question cannot wait for itself",
    ),
    "waiting for no answer": (
        HEAD + section("s", question("a"), question("b", more='ask_if = {question="a"}')),
        "question b, ask_if: says no answer; give 'is', 'at_least' or 'at_most'",
    ),
    "waiting for an answer that is none": (
        HEAD + section("s", question("a"), question("b", more='ask_if = {question="a",is="yess"}')),
        "question b, ask_if.is: 'yess' is no answer to 'a'; did you mean 'yes'?",
    ),
    "a bound for yes and no": (
        HEAD + section("s", question("a", more='auto_fail = {of="form", at_most=1}')),
        "question a, auto_fail: 'a' has no number for an answer; say what it 'is'",
    ),
    "a step off the scale": (
        HEAD + section("s", question("a", "scale", 'auto_fail = {of="form", is=9}')),
        "auto_fail.is: 9 is no step of 'a'; it takes whole numbers from 1 to 5",
    ),
    "bounds that cross": (
        HEAD + section("s", question("a", "scale", 'auto_fail = {of="form",at_least=4,at_most=2}')),
        "question a, auto_fail: 'at_least' is above 'at_most': nothing is so",
    ),
    "a text that fails": (
        HEAD + section("s", question("b"), question("a", "text", 'auto_fail={of="form",is="x"}')),
        "question a, auto_fail: 'a' takes a text, which decides nothing",
    ),
    "a reach that is none": (
        HEAD + section("s", question("a", more='auto_fail = {of="froms", is="no"}')),
        "question a, auto_fail.of: 'froms' is none of them; did you mean 'form'?",
    ),
    "a measure that is none": (
        HEAD + section("s", question("a", more='automatic = {measure="herad"}')),
        "automatic.measure: there is no measure 'herad'; did you mean 'heard'?",
    ),
    "a measure without its rules": (
        HEAD + section("s", question("a", more='automatic = {measure="heard"}')),
        "question a, automatic: 'heard' needs 'rules' or 'role'",
    ),
    "a field that means nothing": (
        HEAD
        + section(
            "s", question("a", more='automatic = {measure="talk_over", at_most=1, rules=["x"]}')
        ),
        "question a, automatic.rules: means nothing to 'talk_over'; take it out",
    ),
    "a role that is none": (
        HEAD + section("s", question("a", more='automatic = {measure="heard", role=["empaty"]}')),
        "question a, automatic.role: there is no role 'empaty'; did you mean 'empathy'?",
    ),
    "a measure that may not apply": (
        HEAD + section("s", question("a", more='automatic = {measure="calmed"}')),
        "'calmed' may find that the question does not apply; allow that with 'not_applicable",
    ),
    "a figure without a bound": (
        HEAD + section("s", question("a", more='automatic = {measure="talk_over"}')),
        "automatic: 'talk_over' is a figure; say from where on it is yes",
    ),
    "a measure of another kind": (
        HEAD + section("s", question("a", "scale", 'automatic = {measure="heard", rules=["x"]}')),
        "automatic.measure: 'heard' answers yes/no questions only",
    ),
    "a bound for a number": (
        HEAD
        + section(
            "s",
            question("b"),
            question("a", "number", 'automatic = {measure="talk_over", at_most=1}'),
        ),
        "automatic: a number takes the figure itself; take 'at_least' and 'at_most' out",
    ),
    "bands from the middle": (
        HEAD + '[[band]]\nname = "good"\nfrom = 60\n' + section("s", question("a")),
        "f.toml:6: band good, from: the lowest band comes first and begins at 0",
    ),
    "bands downwards": (
        HEAD
        + '[[band]]\nname = "a"\nfrom = 0\n[[band]]\nname = "a"\nfrom = 0\n'
        + section("s", question("a")),
        "f.toml:9: band a, from: expected more than 0: bands go upwards",
    ),
    "a band twice": (
        HEAD
        + '[[band]]\nname = "a"\nfrom = 0\n[[band]]\nname = "a"\nfrom = 9\n'
        + section("s", question("a")),
        "f.toml:8: band a, name: another band is called so",
    ),
}


@every_row(MISTAKES.values())
def test_a_mistake_is_told_with_its_place_and_remedy(text: str, told: str) -> None:
    assert any(told in mistake for mistake in mistakes(text)), mistakes(text)


def test_all_mistakes_are_told_at_once() -> None:
    text = HEAD + section("s", question("a", "scale", "most = 0"), question("a", more="least = 2"))
    assert len(mistakes(text)) == 3


def test_rules_that_are_not_in_force_are_told(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    rules = 'rules=["say.empaty", "say.*", "*.empathy"], role=["empathy"]'
    heard = f'automatic = {{measure="heard", {rules}}}'
    path.write_text(HEAD + section("s", question("a", more=heard)))
    told = placed(path, unknown_rules(read_form(path), ["say.empathy"], []))
    place = "f.toml:11: section s, question a, automatic"
    assert [str(one) for one in told] == [
        f"{place}.role: no rule in force has the role 'empathy'",
        f"{place}.rules: no rule in force is called 'say.empaty'; did you mean 'say.empathy'?",
    ]


def test_lines_are_those_of_tables_written_out(tmp_path: Path) -> None:
    tables = '[section.question.automatic]\nmeasure = "heard"\nruels = ["x"]\n'
    text = HEAD + section("s", question("a"), question("b") + tables)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if one.startswith("ruels"))
    assert f"f.toml:{line}: section s, question b, automatic.ruels" in mistakes(text)[0]
    big = tmp_path / "big.toml"
    with big.open("wb") as file:
        file.truncate(2_000_000)
    with pytest.raises(InputError, match=r"2\.0 MB, too much for a form"):
        examine(big)


def test_a_form_is_named_by_the_id_in_its_file_too(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("id = ")
    ours = tmp_path / "calls-of-ours.toml"
    ours.write_text(ONE.replace('id = "f"', 'id = "quality"', 1))
    assert find_form("quality", [shipped_forms(), tmp_path]) == ours
    assert known_form("absent", [shipped_forms(), tmp_path]) is None
    named = tmp_path / "quality.toml"
    named.write_text(ONE)
    assert find_form("quality", [shipped_forms(), tmp_path]) == named


def test_a_form_is_named_by_path_or_id(tmp_path: Path) -> None:
    own = tmp_path / "difficult-call.toml"
    own.write_text(ONE)
    assert find_form("difficult-call", [shipped_forms()]) in SHIPPED
    assert find_form("difficult-call", [shipped_forms(), tmp_path]) == own
    assert find_form("./x.toml", []) == Path("x.toml")
    with pytest.raises(InputError, match=r"There is no form 'dificult-call'\. Did you mean"):
        find_form("dificult-call", [shipped_forms()])
    with pytest.raises(InputError, match=r"no form 'zzz'\. `coach scorecard list`"):
        find_form("zzz", [shipped_forms()])
    with pytest.raises(InputError, match=r"The form .*cannot be read: No such file"):
        read_form(tmp_path / "absent.toml")
    own.write_text(HEAD)
    with pytest.raises(InputError, match=r"1 mistake in the form:\n  difficult-call.toml"):
        read_form(own)


@pytest.mark.parametrize(
    ("case", "value", "holds"),
    [
        (Case(is_="yes"), "yes", True),
        (Case(is_=("a", "b")), "b", True),
        (Case(is_="yes"), None, False),
        (Case(is_=3.0), 3.0, True),
        (Case(at_least=2), 2.0, True),
        (Case(at_least=2, at_most=3), 4.0, False),
        (Case(at_most=3), "no", False),
    ],
)
def test_cases(case: Case, value: str | float | None, holds: bool) -> None:
    assert case.holds(value) is holds


def test_keys_of_toml_names_are_read() -> None:
    read = form(section("s", question("a", more='auto_fail = { of = "form", is = ["no"] }')))
    fails = read.sections[0].questions[0].auto_fail
    assert fails is not None
    assert fails.holds("no")
