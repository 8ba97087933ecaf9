"""How far reviewers agree who scored the same calls: Krippendorff's alpha, for each question.

Alpha is 1 minus the disagreement that was observed over the one to be expected if the same answers
had been given at random: 1 is full agreement, 0 is chance, below 0 is worse. It takes any number
of reviewers, gaps, and nominal, ordinal or interval answers (K. Krippendorff, Content Analysis,
4th edition, chapter 12; the coincidences are those of "Computing Krippendorff's Alpha-Reliability",
2011). Written out here: the well-kept package for it is under the GPL.
"""

from __future__ import annotations

import enum
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from coach.calls.scorecards.form import NOT_APPLICABLE, AnswerKind, Form, Question, Value

Units = Sequence[Sequence[Value]]
"""For each call the answers that were given, in any order."""
Distance = Callable[[Value, Value], float]
"""Squared difference of two answers."""


class Scale(enum.StrEnum):
    """What differences between answers mean."""

    NOMINAL = "nominal"
    """Equal or not."""
    ORDINAL = "ordinal"
    """An order; the distance is how many answers lie between."""
    INTERVAL = "interval"
    """Figures."""


SCALES = {
    AnswerKind.YES_NO: Scale.NOMINAL,
    AnswerKind.CHOICE: Scale.NOMINAL,
    AnswerKind.SCALE: Scale.ORDINAL,
    AnswerKind.NUMBER: Scale.INTERVAL,
}
"""By the kind of question; texts are not compared."""


class Reliability(msgspec.Struct, frozen=True, kw_only=True):
    """How far the answers to one question agree."""

    scale: Scale
    alpha: float | None
    """None where nothing can be said: fewer than two calls with two answers, or no variation."""
    units: int
    """Calls with two answers or more."""
    answers: int
    """Answers in these calls."""
    equal: float | None
    """Share of all pairs of answers to a call that are equal, 0 to 1."""


def reliability(units: Units, scale: Scale) -> Reliability:
    """Compare the answers given to each call."""
    pairable = [unit for unit in units if len(unit) > 1]
    counts = Counter(value for unit in pairable for value in unit)
    pairs = [pair for unit in pairable for pair in itertools.combinations(unit, 2)]
    return Reliability(
        scale=scale,
        alpha=_alpha(pairable, counts, _distance(scale, counts)),
        units=len(pairable),
        answers=counts.total(),
        equal=sum(one == other for one, other in pairs) / len(pairs) if pairs else None,
    )


def _alpha(units: Units, counts: Counter[Value], distance: Distance) -> float | None:
    total = counts.total()
    observed = sum(
        distance(one, other) / (len(unit) - 1)
        for unit in units
        for one, other in itertools.permutations(unit, 2)
    )
    expected = sum(
        counts[one] * counts[other] * distance(one, other)
        for one, other in itertools.permutations(counts, 2)
    )
    if len(units) < 2 or expected == 0:
        return None
    return 1.0 - (total - 1) * observed / expected


def _distance(scale: Scale, counts: Counter[Value]) -> Distance:
    if scale is Scale.NOMINAL:
        return lambda one, other: float(one != other)
    if scale is Scale.INTERVAL:
        return lambda one, other: (_number(one) - _number(other)) ** 2
    ranks = _ranks(counts)
    return lambda one, other: (ranks[one] - ranks[other]) ** 2


def _ranks(counts: Counter[Value]) -> dict[Value, float]:
    """The mean rank of every value: differences are the values between plus half of both ends."""
    ranks: dict[Value, float] = {}
    below = 0
    for value in sorted(counts, key=_number):
        ranks[value] = below + counts[value] / 2
        below += counts[value]
    return ranks


def _number(value: Value) -> float:
    return float(value)


# --- questions of a form -------------------------------------------------------------------------


class Scoring(msgspec.Struct, frozen=True, kw_only=True):
    """One reviewer's answers about one call."""

    call: str
    reviewer: str
    answers: dict[str, Value | None]
    percent: float | None


class AgainstExpert(msgspec.Struct, frozen=True, kw_only=True):
    """How one reviewer's answers to a question compare with the expert's."""

    reviewer: str
    question: str
    both: int
    """Calls that both answered."""
    equal: int
    difference: float | None
    """Mean of the reviewer's answer less the expert's, where answers are figures."""


class QuestionAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far reviewers agree on one question."""

    question: str
    reliability: Reliability
    not_applicable: int
    """Answers that it does not apply; on a scale or a figure they are not compared."""


def by_question(form: Form, scorings: Iterable[Scoring]) -> list[QuestionAgreement]:
    """Agreement on every question whose answers can be compared, in order."""
    calls: dict[str, list[Scoring]] = defaultdict(list)
    for scoring in scorings:
        calls[scoring.call].append(scoring)
    found = []
    for _, question in form.questions():
        scale = SCALES.get(question.kind)
        if scale is None:
            continue
        given = [
            [s.answers[question.id] for s in call if question.id in s.answers]
            for call in calls.values()
        ]
        units = [_comparable(values, scale) for values in given]
        found.append(
            QuestionAgreement(
                question=question.id,
                reliability=reliability(units, scale),
                not_applicable=sum(value is None for values in given for value in values),
            )
        )
    return found


def on_the_whole(scorings: Iterable[Scoring]) -> Reliability:
    """Agreement on the percentages."""
    calls: dict[str, list[Value]] = defaultdict(list)
    for scoring in scorings:
        if scoring.percent is not None:
            calls[scoring.call].append(scoring.percent)
    return reliability(list(calls.values()), Scale.INTERVAL)


def _comparable(values: Iterable[Value | None], scale: Scale) -> list[Value]:
    """That a question does not apply is an answer like others only where answers are names."""
    if scale is Scale.NOMINAL:
        return [NOT_APPLICABLE if value is None else value for value in values]
    return [value for value in values if value is not None]


def against_expert(form: Form, scorings: Iterable[Scoring], expert: str) -> list[AgainstExpert]:
    """Every reviewer's answers beside the expert's, question by question."""
    every = list(scorings)
    right = {s.call: s.answers for s in every if s.reviewer == expert}
    reviewers = sorted({s.reviewer for s in every} - {expert})
    found = []
    for reviewer in reviewers:
        own = [s for s in every if s.reviewer == reviewer and s.call in right]
        for _, question in form.questions():
            if question.kind is not AnswerKind.TEXT:
                found.append(_compared(question, reviewer, own, right))
    return [one for one in found if one.both]


def _compared(
    question: Question,
    reviewer: str,
    own: Iterable[Scoring],
    right: Mapping[str, Mapping[str, Value | None]],
) -> AgainstExpert:
    name = question.id
    pairs = [
        (s.answers[name], right[s.call][name])
        for s in own
        if name in s.answers and name in right[s.call]
    ]
    differences = [
        one - other for one, other in pairs if isinstance(one, float) and isinstance(other, float)
    ]
    return AgainstExpert(
        reviewer=reviewer,
        question=name,
        both=len(pairs),
        equal=sum(one == other for one, other in pairs),
        difference=sum(differences) / len(differences) if differences else None,
    )
