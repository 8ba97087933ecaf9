"""Answers to the questions of a form: what was confirmed, and how answers are typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from coach.calls.scorecards.automatic import Suggestion
from coach.calls.scorecards.form import NO, NOT_APPLICABLE, YES, AnswerKind, Form, Question, Value
from coach.calls.scorecards.form_checks import unfit
from coach.calls.scorecards.scoring import Standing, standing_of
from rules.reading.problems import closest

_SHORT = {"y": YES, "n": NO, "yes": YES, "no": NO}


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A confirmed answer, with the suggested one beside it."""

    question: str
    value: Value | None
    """None says that the question does not apply."""
    note: str = ""
    suggested: Suggestion | None = None
    """What the engine answered; None where it answered nothing."""
    seen: bool = False
    """Whether the reviewer saw the suggestion before answering."""


def values_of(answers: Iterable[Answer]) -> dict[str, Value | None]:
    """The confirmed answers by their question."""
    return {answer.question: answer.value for answer in answers}


class UnfitError(Exception):
    """What was typed does not answer the question; the text says why, and what would."""


def said(value: Value | None) -> str:
    """An answer in words."""
    if value is None:
        return NOT_APPLICABLE
    return value if isinstance(value, str) else f"{value:g}"


def typed(question: Question, text: str) -> Value | None:
    """What somebody typed as an answer; a choice may be named by its number. Raises UnfitError."""
    text = text.strip()
    if text.lower() in ("-", NOT_APPLICABLE):
        return fitting(question, NOT_APPLICABLE)
    if question.kind is AnswerKind.YES_NO:
        return fitting(question, _SHORT.get(text.lower(), text))
    if question.kind is AnswerKind.CHOICE:
        if text.isdecimal() and 1 <= int(text) <= len(question.choices):
            return question.choices[int(text) - 1].id
        return fitting(question, text)
    if question.kind is AnswerKind.TEXT:
        return text
    try:
        return fitting(question, float(text.replace(",", ".")))
    except ValueError:
        raise UnfitError(f"{text!r} is no number") from None


def fitting(question: Question, value: object) -> Value | None:
    """An answer as a file gives it; ``"n/a"`` says that the question does not apply.

    Of a text it is the text. Raises UnfitError.
    """
    if isinstance(value, bool):
        value = YES if value else NO
    elif isinstance(value, int):
        value = float(value)
    if not isinstance(value, str | float):
        raise UnfitError(f"{question.id!r} takes no list or table")
    if value == NOT_APPLICABLE and question.kind is not AnswerKind.TEXT:
        if not question.not_applicable:
            raise UnfitError(f"{question.id!r} always applies: the form has no n/a for it")
        return None
    if wrong := unfit(question, value):
        raise UnfitError(wrong)
    return value


def from_tables(form: Form, document: Mapping[str, object]) -> tuple[list[Answer], list[str]]:
    """The answers and notes of a file, and every mistake in it."""
    mistakes = [
        f"{key}: there is no such table{closest(key, ('answers', 'notes'))}"
        for key in document.keys() - {"answers", "notes"}
    ]
    answers, notes = (document.get(key, {}) for key in ("answers", "notes"))
    if not isinstance(answers, dict) or not isinstance(notes, dict):
        return [], [*mistakes, "answers and notes are tables: [answers] and [notes]"]
    known = {question.id: question for _, question in form.questions()}
    for table, keys in (("answers", answers), ("notes", notes)):
        mistakes += [
            f"{table}.{key}: the form has no such question{closest(key, known)}"
            for key in keys.keys() - known.keys()
        ]
    mistakes += [f"notes.{k}: a note needs an answer" for k in notes if k not in answers]
    given: list[Answer] = []
    for name, question in known.items():
        if name not in answers:
            continue
        try:
            value = fitting(question, answers[name])
        except UnfitError as error:
            mistakes.append(f"answers.{name}: {error}")
            continue
        given.append(Answer(question=name, value=value, note=str(notes.get(name, ""))))
    return given, sorted(mistakes)


def in_order(form: Form, answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The answers in the form's order, without those to questions that are not asked."""
    found = {answer.question: answer for answer in answers}
    standing = standing_of(form, values_of(found.values()))
    return tuple(found[name] for name, how in standing.items() if name in found and how in _GIVEN)


_GIVEN = (Standing.ANSWERED, Standing.NOT_APPLICABLE)
