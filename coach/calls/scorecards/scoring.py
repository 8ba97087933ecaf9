"""What a filled-in form comes to: percent, band, and every question's share of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from coach.calls.scorecards.form import Form, Question, Reach, Section, Value

Answers = Mapping[str, Value | None]
"""By the question's id; None says that it does not apply, and what is not in it is open."""


class Standing(enum.StrEnum):
    """How a question stands."""

    ANSWERED = "answered"
    NOT_APPLICABLE = "not applicable"
    OPEN = "open"
    NOT_ASKED = "not asked"
    """Another answer makes it idle."""


class QuestionScore(msgspec.Struct, frozen=True, kw_only=True):
    """What one question came to."""

    question: str
    standing: Standing
    share: float = 0.0
    """Of the whole, 0 to 1, after the weight of what does not apply was given to the rest."""
    credit: float | None = None
    """Share of its weight that was earned, 0 to 1; None where it does not count."""
    failed: Reach | None = None
    """What its answer takes down to nothing."""


class SectionScore(msgspec.Struct, frozen=True, kw_only=True):
    """What one section came to."""

    section: str
    share: float
    """Of the whole, 0 to 1."""
    percent: float | None
    """None where nothing in it counts."""
    failed: bool


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What the form came to."""

    percent: float | None
    """None where nothing counts."""
    band: str
    failed: bool
    """Whether an answer took the whole form down."""
    questions: tuple[QuestionScore, ...]
    sections: tuple[SectionScore, ...]

    @property
    def open(self) -> tuple[str, ...]:
        """Questions that are asked and have no answer."""
        return tuple(q.question for q in self.questions if q.standing is Standing.OPEN)


def standing_of(form: Form, answers: Answers) -> dict[str, Standing]:
    """How every question of a form stands; an answer to one that is not asked does not count."""
    found: dict[str, Standing] = {}
    for _, question in form.questions():
        found[question.id] = _standing(question, answers, found)
    return found


def _standing(question: Question, answers: Answers, before: Mapping[str, Standing]) -> Standing:
    case = question.ask_if
    if case is not None:
        other = case.question
        answered = before.get(other) is Standing.ANSWERED
        if not (answered and case.holds(answers.get(other))):
            return Standing.NOT_ASKED
    if question.id not in answers:
        return Standing.OPEN
    return Standing.ANSWERED if answers[question.id] is not None else Standing.NOT_APPLICABLE


def score(form: Form, answers: Answers) -> Score:
    """Compute it. Open questions are left out, as if they did not apply."""
    standing = standing_of(form, answers)
    shares = _shares(form, standing)
    questions: list[QuestionScore] = []
    sections: list[SectionScore] = []
    for section in form.sections:
        scored = [_scored(q, answers, standing[q.id], shares[q.id]) for q in section.questions]
        questions += scored
        sections.append(_section(section, scored))
    failed = any(question.failed is Reach.FORM for question in questions)
    counts = any(section.percent is not None for section in sections)
    earned = sum(part.share * (part.percent or 0.0) for part in sections)
    percent = 0.0 if failed else round(min(100.0, earned), 2) if counts else None
    return Score(
        percent=percent,
        band="" if percent is None else form.band(percent),
        failed=failed,
        questions=tuple(questions),
        sections=tuple(sections),
    )


def _shares(form: Form, standing: Mapping[str, Standing]) -> dict[str, float]:
    """Every question's share of the whole; those that count make 1 together."""
    sums = {
        section.id: sum(_counted(question, standing) for question in section.questions)
        for section in form.sections
    }
    weights = {
        section.id: (sums[section.id] if section.weight is None else section.weight)
        for section in form.sections
        if sums[section.id] > 0
    }
    whole = sum(weights.values())
    shares = {question.id: 0.0 for _, question in form.questions()}
    for section, question in form.questions():
        if whole > 0 and (counted := _counted(question, standing)) > 0:
            shares[question.id] = weights[section.id] / whole * counted / sums[section.id]
    return shares


def _counted(question: Question, standing: Mapping[str, Standing]) -> float:
    return question.counted if standing[question.id] is Standing.ANSWERED else 0.0


def _scored(
    question: Question, answers: Answers, standing: Standing, share: float
) -> QuestionScore:
    value = answers.get(question.id) if standing is Standing.ANSWERED else None
    if value is None:
        return QuestionScore(question=question.id, standing=standing)
    fails = question.auto_fail
    failed = fails.of if fails is not None and fails.holds(value) else None
    credit = 0.0 if failed else question.credit(value)
    return QuestionScore(
        question=question.id,
        standing=standing,
        share=share,
        credit=credit if question.counted > 0 else None,
        failed=failed,
    )


def _section(section: Section, scored: list[QuestionScore]) -> SectionScore:
    share = sum(one.share for one in scored)
    failed = any(one.failed in (Reach.SECTION, Reach.FORM) for one in scored)
    earned = sum(one.share * (one.credit or 0.0) for one in scored)
    percent = None if share <= 0 else 0.0 if failed else 100.0 * earned / share
    return SectionScore(section=section.id, share=share, percent=percent, failed=failed)
