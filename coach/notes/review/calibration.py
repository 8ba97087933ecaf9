"""How far reviewers agree who scored the same calls blind, as it is shown on the screen."""

from __future__ import annotations

from typing import Protocol

import msgspec

RELIABLE, TENTATIVE = 0.8, 0.667
"""Krippendorff's alpha from which answers are relied on, and from which tentatively."""


class Given(msgspec.Struct, frozen=True):
    """One reviewer's answer to a question about a call."""

    answer: str
    note: str = ""


class CalibratedCall(msgspec.Struct, frozen=True, kw_only=True):
    """What reviewers answered about one call."""

    call: str
    given: tuple[Given | None, ...]
    """By reviewer, in the order of the calibration's; None where one gave no answer."""

    @property
    def apart(self) -> bool:
        """Whether answers differ."""
        return len({one.answer for one in self.given if one is not None}) > 1


class CalibratedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement on one question."""

    ask: str
    alpha: float | None
    """Krippendorff's alpha; None where nothing can be said."""
    words: str
    """Alpha, kind of answers and counts in one line."""
    calls: tuple[CalibratedCall, ...]
    """Calls with two answers and more whose answers may be seen; those apart come first."""
    against: tuple[str, ...] = ()
    """Each reviewer beside the expert, a sentence each."""

    @property
    def verdict(self) -> str:
        """How far the answers can be relied on, in a word; empty where nothing can be said."""
        if self.alpha is None:
            return ""
        if self.alpha >= RELIABLE:
            return "reliable"
        return "tentative" if self.alpha >= TENTATIVE else "low"


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Blind scorecards on one form, compared."""

    form: str
    title: str
    version: int
    reviewers: tuple[str, ...]
    expert: str = ""
    """With whom the others are compared; empty for nobody."""
    scorecards: int
    questions: tuple[CalibratedQuestion, ...]
    """In the form's order, behind the score on the whole."""
    hidden: int = 0
    """Calls whose answers stay hidden until whoever looks has scored them blind."""
    notices: tuple[str, ...] = ()
    """What was left out, a sentence each."""


class CalibrationDesk(Protocol):
    """Where blind scorecards lie. Every request may raise a CoachError."""

    def forms(self) -> tuple[tuple[str, str], ...]:
        """Forms on which somebody scored blind: identifier and title."""
        ...

    def compare(self, form: str, expert: str = "") -> Calibration:
        """Compare the blind scorecards on the newest version of a form that has any."""
        ...
