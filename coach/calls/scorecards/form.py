"""A scorecard's form, as frozen data.

A form has sections, a section questions. What an answer earns is its *credit*, 0 to 1, of the
question's weight. Where sections have weights, a section's questions share that section's weight;
where none has, the questions' weights are points of the whole. Whatever does not apply is left out
of the sum, so its weight goes to the rest.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

Value = str | float
"""``yes`` or ``no``, a choice's id, a text; a step of a scale or a number."""
Weight = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]*$", max_length=60)]
"""An id: lower-case letters, digits, ``-`` and ``_``."""
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
YES, NO = "yes", "no"
NOT_APPLICABLE = "n/a"
"""How it is written that a question does not apply."""


class AnswerKind(enum.StrEnum):
    """What kind of answer a question takes."""

    YES_NO = "yes_no"
    SCALE = "scale"
    """A whole number from ``least`` to ``most``."""
    CHOICE = "choice"
    """One of ``choices``."""
    NUMBER = "number"
    TEXT = "text"
    """Never scored."""


class Reach(enum.StrEnum):
    """What an automatic failure takes down to nothing."""

    QUESTION = "question"
    SECTION = "section"
    FORM = "form"


class FormPart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of everything in a form."""


class Case(FormPart, frozen=True, kw_only=True):
    """What an answer must be; all that is given must hold."""

    is_: Value | tuple[Value, ...] | None = msgspec.field(default=None, name="is")
    """This answer, or one of these."""
    at_least: float | None = None
    at_most: float | None = None

    def holds(self, value: Value | None) -> bool:
        """Whether an answer is so; one that does not apply never is."""
        if value is None:
            return False
        wanted = self.is_ if isinstance(self.is_, tuple) else (self.is_,)
        if self.is_ is not None and value not in wanted:
            return False
        if self.at_least is None and self.at_most is None:
            return True
        if isinstance(value, str):
            return False
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


class AskIf(Case, frozen=True, kw_only=True):
    """The question is asked only where another one is answered so."""

    question: Name
    """One that comes earlier in the form."""


class AutoFail(Case, frozen=True, kw_only=True):
    """An answer that takes the question, its section or the whole form down to nothing."""

    of: Reach


class Automatic(FormPart, frozen=True, kw_only=True):
    """How the answer is found in the call's journal.

    ``MEASURES`` in ``automatic`` says which fields go with which measure.
    """

    measure: str
    rules: tuple[str, ...] = ()
    """Ids of rules, or patterns with ``*``."""
    role: tuple[str, ...] = ()
    """Roles of rules (``rules.definition.roles``), whatever their ids are."""
    after: tuple[str, ...] = ()
    """Ids or patterns of the rules that it must follow."""
    within_s: Annotated[float, msgspec.Meta(ge=0, le=7200)] | None = None
    last_s: Annotated[float, msgspec.Meta(gt=0, le=7200)] | None = None
    silence_s: Annotated[float, msgspec.Meta(gt=0, le=7200)] | None = None
    least_share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    warnings: Annotated[int, msgspec.Meta(ge=1, le=10)] = 2
    at_least: float | None = None
    at_most: float | None = None


class Choice(FormPart, frozen=True, kw_only=True):
    """One of several answers."""

    id: Name
    title: Words
    credit: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    """Share of the question's weight that it earns."""


class Question(FormPart, frozen=True, kw_only=True):
    """One question."""

    id: Name
    """Unique in the form."""
    ask: Words
    kind: AnswerKind
    weight: Weight = 1.0
    """0 scores nothing; a text scores nothing whatever stands here."""
    help: str = ""
    """What to look for, one or two sentences."""
    good: Literal["yes", "no"] = "yes"
    """Which answer of a yes/no question earns its weight."""
    least: Annotated[int, msgspec.Meta(ge=-1000, le=1000)] = 1
    most: Annotated[int, msgspec.Meta(ge=-1000, le=1000)] = 5
    """Ends of a scale; the most earns the whole weight, the least nothing."""
    none_at: float | None = None
    full_at: float | None = None
    """The number that earns nothing, and the one that earns all; in between in proportion."""
    choices: tuple[Choice, ...] = ()
    not_applicable: bool = False
    """Whether it may be answered that it does not apply."""
    optional: bool = False
    """Whether the scorecard may be submitted without an answer."""
    ask_if: AskIf | None = None
    auto_fail: AutoFail | None = None
    automatic: Automatic | None = None

    @property
    def counted(self) -> float:
        """Its weight, 0 where it scores nothing."""
        unscored = self.kind is AnswerKind.TEXT or (
            self.kind is AnswerKind.NUMBER and self.full_at is None
        )
        return 0.0 if unscored else self.weight

    def credit(self, value: Value) -> float:
        """The share of its weight that an answer earns, 0 to 1."""
        if isinstance(value, str):
            if self.kind is AnswerKind.YES_NO:
                return float(value == self.good)
            return next((choice.credit for choice in self.choices if choice.id == value), 0.0)
        if self.kind is AnswerKind.SCALE:
            return _between(value, self.least, self.most)
        if self.none_at is None or self.full_at is None:
            return 0.0
        return _between(value, self.none_at, self.full_at)


def _between(value: float, none: float, full: float) -> float:
    return min(1.0, max(0.0, (value - none) / (full - none)))


class Section(FormPart, frozen=True, kw_only=True):
    """Questions that belong together."""

    id: Name
    title: Words
    weight: Weight | None = None
    """Of the whole; either all sections have one, or none."""
    questions: tuple[Question, ...] = msgspec.field(name="question")


class ScoreBand(FormPart, frozen=True, kw_only=True):
    """What a percentage is called."""

    name: Words
    from_: Percent = msgspec.field(name="from")
    """The least percentage that is called so."""


class Form(FormPart, frozen=True, kw_only=True):
    """A form. Whoever changes what its answers mean raises its version."""

    id: Name
    version: Annotated[int, msgspec.Meta(ge=1)]
    title: Words
    about: str = ""
    appeal_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 14
    """Days after submission within which the agent may appeal."""
    blind_sees_suggestions: bool = False
    """Whether reviewers who score blind see what the engine answers."""
    bands: tuple[ScoreBand, ...] = msgspec.field(default=(), name="band")
    sections: tuple[Section, ...] = msgspec.field(name="section")

    def questions(self) -> Iterator[tuple[Section, Question]]:
        """Every question with its section, in order."""
        for section in self.sections:
            for question in section.questions:
                yield section, question

    def hides_suggestions(self, *, blind: bool) -> bool:
        """Whether a reviewer, who may score ``blind``, is not shown what the engine answers."""
        return blind and not self.blind_sees_suggestions

    def question(self, name: str) -> Question | None:
        """The question with that id, or None."""
        return next((q for _, q in self.questions() if q.id == name), None)

    def band(self, percent: float) -> str:
        """What a percentage is called; empty where the form has no bands."""
        names = [band.name for band in self.bands if band.from_ <= percent]
        return names[-1] if names else ""
