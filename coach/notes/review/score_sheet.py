"""A scorecard as a reviewer fills it in on the screen: questions, answers, and what may be asked.

The desk keeps every answer in the file at once, as a draft. Every request may raise a CoachError,
whose words are for people.
"""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec


class SheetQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One question as it is asked now."""

    question: str
    section: str
    ask: str
    help: str = ""
    kind: Literal["yes_no", "scale", "choice", "number", "text"]
    least: int = 1
    """With ``most``, the ends of a scale."""
    most: int = 5
    choices: tuple[str, ...] = ()
    """Titles, the first answered by 1."""
    may_not_apply: bool = False
    needed: bool = True
    """Whether the scorecard can be submitted only with an answer."""
    given: str | None = None
    """The answer in words; None where there is none."""
    note: str = ""
    suggested: str | None = None
    """What the engine answers; None where it answers nothing."""
    because: str = ""
    moments: tuple[tuple[float, str], ...] = ()
    """What the suggestion goes by: call time and words."""

    @property
    def by_digit(self) -> bool:
        """Whether one digit answers it."""
        return self.kind == "choice" or (self.kind == "scale" and 0 <= self.least <= self.most <= 9)


class ScoreSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A form with what was answered so far; questions that are not asked are not in it."""

    form: str
    title: str
    reviewer: str
    blind: bool = False
    """Whether it is for calibration and not the call's score."""
    questions: tuple[SheetQuestion, ...]
    total: str
    """What the answers come to, in words."""
    lacking: int
    """Questions that still need an answer."""
    locked: str = ""
    """When it was submitted, in words; empty while it may be filled in."""
    private: tuple[str, ...] = ()
    """Notes that the agent is not shown, oldest first."""


class ScoringDesk(Protocol):
    """Where scorecards of the open call are kept."""

    def forms(self) -> tuple[tuple[str, str], ...]:
        """The forms that can be filled in: identifier and title."""
        ...

    def begin(self, form: str) -> ScoreSheet:
        """Begin a form for the open call, or go on with it."""
        ...

    def answer(self, question: str, text: str) -> ScoreSheet:
        """Answer as it would be typed: ``y``, ``3``, a choice by its number, ``-`` for n/a."""
        ...

    def take(self, question: str) -> ScoreSheet:
        """Confirm what the engine suggests."""
        ...

    def comment(self, question: str, note: str) -> ScoreSheet:
        """Give an answer a note, which the agent is shown."""
        ...

    def private_note(self, text: str) -> ScoreSheet:
        """Keep a note that the agent is not shown."""
        ...

    def submit(self) -> ScoreSheet:
        """Hand the scorecard in; it is locked from then on."""
        ...
