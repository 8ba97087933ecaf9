"""What in a form contradicts itself: names twice, conditions nobody meets, measures that misfit."""

from __future__ import annotations

import fnmatch
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from coach.calls.scorecards.automatic import MEASURES, AutomaticMeasure
from coach.calls.scorecards.form import (
    NO,
    YES,
    AnswerKind,
    AskIf,
    Automatic,
    Case,
    Form,
    Question,
    Value,
)
from coach.calls.scorecards.toml_places import Path as Steps
from rules.definition.roles import Role
from rules.reading.problems import closest

Complaint = tuple[Steps, str]
"""Where it stands, and what is wrong and what would be right."""

_OF_KIND = {
    "good": AnswerKind.YES_NO,
    "least": AnswerKind.SCALE,
    "most": AnswerKind.SCALE,
    "none_at": AnswerKind.NUMBER,
    "full_at": AnswerKind.NUMBER,
    "choices": AnswerKind.CHOICE,
}
"""Keys that mean something to one kind of question only."""
_LEAST_CHOICES = 2


def contradictions(form: Form, document: dict[str, Any]) -> Iterator[Complaint]:
    """Everything that is wrong with a form whose keys and types are right."""
    yield from _bands(form)
    yield from _sections(form)
    before: dict[str, Question] = {}
    every = [question.id for _, question in form.questions()]
    for number, section in enumerate(form.sections):
        for place, question in enumerate(section.questions):
            steps: Steps = ("section", number, "question", place)
            written = document["section"][number]["question"][place]
            if question.id in before:
                yield (*steps, "id"), "a question has this id already; ids are unique in a form"
            yield from _of_its_kind(question, written, steps)
            yield from _asked_if(question, before, every, steps)
            if question.auto_fail is not None:
                yield from _auto_fail(question, steps)
            if question.automatic is not None:
                yield from _automatic(question, question.automatic, written["automatic"], steps)
            before[question.id] = question


def unknown_rules(
    form: Form, rules: Iterable[str], roles: Iterable[str]
) -> Iterator[tuple[Steps, str]]:
    """Rules and roles that no rule in force has, so that nothing they stand for is ever heard."""
    known, filled = tuple(rules), frozenset(roles)
    for number, section in enumerate(form.sections):
        for place, question in enumerate(section.questions):
            how = question.automatic
            if how is None:
                continue
            steps: Steps = ("section", number, "question", place, "automatic")
            for key, names in (("rules", how.rules), ("after", how.after)):
                for name in names:
                    if not _is_known(name, known):
                        hint = closest(name, known) or "; `coach rules list` shows every rule"
                        yield (*steps, key), f"no rule in force is called {name!r}{hint}"
            for name in how.role:
                if name not in filled:
                    yield (*steps, "role"), f"no rule in force has the role {name!r}"


def _is_known(name: str, known: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(rule, name) for rule in known)


# --- the form as a whole -------------------------------------------------------------------------


def _bands(form: Form) -> Iterator[Complaint]:
    froms = [band.from_ for band in form.bands]
    if froms and froms[0] != 0:
        yield ("band", 0, "from"), "the lowest band comes first and begins at 0"
    for number, (below, above) in enumerate(itertools.pairwise(froms), 1):
        if above <= below:
            yield ("band", number, "from"), f"expected more than {below:g}: bands go upwards"
    names = [band.name for band in form.bands]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield ("band", number, "name"), "another band is called so"


def _sections(form: Form) -> Iterator[Complaint]:
    ids = [section.id for section in form.sections]
    weighted = [section.weight is not None for section in form.sections]
    for number, section in enumerate(form.sections):
        steps: Steps = ("section", number)
        if section.id in ids[:number]:
            yield (*steps, "id"), "a section has this id already; ids are unique in a form"
        if any(weighted) and section.weight is None:
            yield steps, "it has no weight, and others have; give it one, or take theirs away"
        counted = sum(question.counted for question in section.questions)
        if section.weight and counted == 0:
            yield (*steps, "weight"), "nothing in it is scored; set it to 0, or weigh a question"
    if not any(q.counted and s.weight != 0 for s, q in form.questions()):
        yield (), "nothing in it is scored; give a question a weight"


# --- one question --------------------------------------------------------------------------------


def _of_its_kind(question: Question, written: dict[str, Any], steps: Steps) -> Iterator[Complaint]:
    for key, kind in _OF_KIND.items():
        if key in written and question.kind is not kind:
            yield (*steps, key), f"belongs to questions of the kind {kind.value!r}; take it out"
    if question.kind is AnswerKind.SCALE and question.least >= question.most:
        yield (*steps, "least"), "expected less than 'most'; to turn a scale, turn its words"
    if question.kind is AnswerKind.CHOICE:
        yield from _choices(question, steps)
    unscored = question.full_at is None and question.none_at is None
    if question.kind is AnswerKind.NUMBER and unscored and written.get("weight"):
        yield (*steps, "weight"), "a number earns nothing without 'none_at' and 'full_at'"
    if question.kind is AnswerKind.NUMBER and (question.full_at is None) != (
        question.none_at is None
    ):
        yield steps, "'none_at' and 'full_at' go together; give both or neither"
    if question.full_at is not None and question.full_at == question.none_at:
        yield (*steps, "full_at"), "expected another number than 'none_at'"
    if question.kind is AnswerKind.TEXT and written.get("weight"):
        yield (*steps, "weight"), "a text is never scored; take it out"


def _choices(question: Question, steps: Steps) -> Iterator[Complaint]:
    ids = [choice.id for choice in question.choices]
    if len(ids) < _LEAST_CHOICES:
        yield steps, "a choice needs two 'choices' at least, each { id, title, credit }"
    for number, name in enumerate(ids):
        if name in ids[:number]:
            yield (*steps, "choices", number, "id"), "another choice has this id"
    if question.counted and question.choices and max(c.credit for c in question.choices) < 1:
        yield (*steps, "choices"), "no choice earns the whole weight; give the best 'credit = 1'"


def _asked_if(
    question: Question, before: dict[str, Question], every: list[str], steps: Steps
) -> Iterator[Complaint]:
    case = question.ask_if
    if case is None:
        return
    other = before.get(case.question)
    place: Steps = (*steps, "ask_if")
    if case.question == question.id:
        yield (*place, "question"), "a question cannot wait for itself"
    elif other is None and case.question in every:
        yield (*place, "question"), f"{case.question!r} comes later; move it above this one"
    elif other is None:
        hint = closest(case.question, every)
        yield (*place, "question"), f"no question has the id {case.question!r}{hint}"
    else:
        yield from _case(case, other, place)


def _auto_fail(question: Question, steps: Steps) -> Iterator[Complaint]:
    if question.auto_fail is not None:
        yield from _case(question.auto_fail, question, (*steps, "auto_fail"))


def _case(case: Case | AskIf, of: Question, steps: Steps) -> Iterator[Complaint]:
    """Whether a question can be answered so."""
    bounds = case.at_least is not None or case.at_most is not None
    if case.is_ is None and not bounds:
        yield steps, "says no answer; give 'is', 'at_least' or 'at_most'"
    if of.kind is AnswerKind.TEXT:
        yield steps, f"{of.id!r} takes a text, which decides nothing; choose another kind"
        return
    if bounds and of.kind in (AnswerKind.YES_NO, AnswerKind.CHOICE):
        yield steps, f"{of.id!r} has no number for an answer; say what it 'is'"
    if case.at_least is not None and case.at_most is not None and case.at_least > case.at_most:
        yield steps, "'at_least' is above 'at_most': nothing is so"
    for value in case.is_ if isinstance(case.is_, tuple) else (case.is_,):
        if value is not None and (wrong := unfit(of, value)):
            yield (*steps, "is"), wrong


def unfit(question: Question, value: Value) -> str:
    """Why a question cannot be answered so, in words; empty where it can."""
    kind = question.kind
    if kind in (AnswerKind.YES_NO, AnswerKind.CHOICE):
        known = [YES, NO] if kind is AnswerKind.YES_NO else [c.id for c in question.choices]
        if value in known:
            return ""
        hint = closest(value, known) if isinstance(value, str) else ""
        return f"{value!r} is no answer to {question.id!r}{hint or f'; it takes {_or(known)}'}"
    if kind is AnswerKind.TEXT:
        return "" if isinstance(value, str) else f"{question.id!r} takes a text in quotes"
    if isinstance(value, str):
        return f"{value!r} is no number, which {question.id!r} takes"
    if kind is AnswerKind.SCALE and not (
        float(value).is_integer() and question.least <= value <= question.most
    ):
        return (
            f"{value:g} is no step of {question.id!r}; "
            f"it takes whole numbers from {question.least} to {question.most}"
        )
    return ""


def _or(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


# --- measures ------------------------------------------------------------------------------------


def _automatic(
    question: Question, how: Automatic, written: dict[str, Any], steps: Steps
) -> Iterator[Complaint]:
    place: Steps = (*steps, "automatic")
    measure = MEASURES.get(how.measure)
    if measure is None:
        hint = closest(how.measure, MEASURES) or f"; known are {', '.join(MEASURES)}"
        yield (*place, "measure"), f"there is no measure {how.measure!r}{hint}"
        return
    for need in measure.needs:
        names = need.split("|")
        if not any(name in written for name in names):
            yield place, f"{how.measure!r} needs {_or([repr(name) for name in names])}"
    for key in written.keys() - measure.fields() - {"measure"}:
        yield (*place, key), f"means nothing to {how.measure!r}; take it out"
    for name in how.role:
        roles = [role.value for role in Role]
        if name not in roles:
            hint = closest(name, roles)
            yield (*place, "role"), f"there is no role {name!r}{hint}"
    yield from _answers_what_is_asked(question, how, measure, place)


def _answers_what_is_asked(
    question: Question, how: Automatic, measure: AutomaticMeasure, place: Steps
) -> Iterator[Complaint]:
    """Whether the question takes what the measure gives."""
    name = how.measure
    if measure.may_not_apply and not question.not_applicable:
        allow = "allow that with 'not_applicable = true'"
        yield place, f"{name!r} may find that the question does not apply; {allow}"
    bounds = how.at_least is not None or how.at_most is not None
    if question.kind is AnswerKind.YES_NO:
        if measure.unit and not bounds:
            yield place, f"{name!r} is a figure; say from where on it is yes, as in 'at_most = 12'"
    elif question.kind is not AnswerKind.NUMBER or not measure.unit:
        takes = "yes/no and number questions" if measure.unit else "yes/no questions"
        yield (*place, "measure"), f"{name!r} answers {takes} only"
    elif bounds:
        yield place, "a number takes the figure itself; take 'at_least' and 'at_most' out"
