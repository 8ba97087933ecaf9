"""What a front end may ask of a review: calls to choose from, one call, and what is said of it.

The desk owns files and sound. Every request may raise a CoachError, whose words are for people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from coach.notes.review.calibration import CalibrationDesk
from coach.notes.review.past_call import PastCall
from coach.notes.review.score_sheet import ScoringDesk
from coach.notes.review.verdict import Verdict


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """One call to choose."""

    call: str
    when: str
    length: str
    level: str
    who: str
    """Agent, queue and caller."""
    cards: int
    marks: int
    score: str
    hits: tuple[tuple[float, str], ...] = ()
    """Moments that were asked for, the first few: time and words."""
    more_hits: int = 0
    """How many more there are."""


class CallsToChoose(msgspec.Struct, frozen=True, kw_only=True):
    """Calls to choose from."""

    rows: tuple[CallRow, ...]
    told: str
    """How many there are, and what is not among them."""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A mark as it is shown."""

    mark: str
    verdict: Verdict
    at: float
    who: str
    """The reviewer, or that the agent marked it in the call."""
    when: str
    """On this machine's clock; empty for the agent's own."""
    card: str = ""
    rule: str = ""
    note: str = ""
    by_agent: bool = False


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer put right of a line; None leaves a thing as it was heard."""

    utterance: str
    text: str | None = None
    other_side: bool = False
    """Whether the other side said it."""
    who: str = ""
    when: str = ""


class Exchanged(msgspec.Struct, frozen=True, kw_only=True):
    """From when on a reviewer had the two sides exchanged."""

    times: tuple[float, ...] = ()
    """Seconds of call time, by turns; none where they are as they were heard."""
    who: str = ""
    when: str = ""


class OpenCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call with what was said of it so far."""

    past: PastCall
    remarks: tuple[Remark, ...] = ()
    """By time."""
    corrected: dict[str, Corrected] = {}
    """By utterance."""
    exchanged: Exchanged = Exchanged()
    silent_because: str = ""
    """Why there is no sound; empty where there is."""
    blind: bool = False
    """Whether the marks of others are left out."""


class RuleAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that is to be drafted from a moment of the open call."""

    at: float
    words: str
    """That were said there."""
    also: tuple[str, ...] = ()
    """The same in other words."""
    card: str = ""
    """What the agent should do; empty only notices."""
    say: str = ""


FORMS = (
    ("report", "Report: one page to read and print", ".html"),
    ("markdown", "The report as Markdown", ".md"),
    ("contact-lens", "Contact Lens JSON, with the coaching", ".json"),
    ("csv", "Table with the columns of its data lake", ".csv"),
    ("vtt", "Captions with speakers (WebVTT)", ".vtt"),
)
"""In which a call is handed on: name, what it is, how its file's name ends."""


class ReviewingDesk(Protocol):
    """Where calls lie and what is said of them is kept."""

    @property
    def reviewer(self) -> str:
        """Whose marks they will be."""
        ...

    @property
    def scoring(self) -> ScoringDesk:
        """Scorecards of the open call."""
        ...

    @property
    def calibration(self) -> CalibrationDesk:
        """Blind scorecards of all calls, compared."""
        ...

    def choice(self, search: str, tell: Callable[[str], None]) -> CallsToChoose:
        """Calls for which a search holds, in the language of `coach calls`.

        ``tell`` hears how far it is where that takes a while.
        """
        ...

    def prepare(self) -> None:
        """Load what opening a call takes, while somebody still chooses one."""
        ...

    def open(self, call: str) -> OpenCall:
        """Read a call; takes seconds for a long one."""
        ...

    def mark(self, verdict: Verdict, at: float, *, card: str, rule: str, note: str) -> OpenCall:
        """Keep a mark of the open call; returns the call with it."""
        ...

    def withdraw(self, mark: str) -> OpenCall:
        """Take a mark of the open call back."""
        ...

    def correct(self, utterance: str, *, text: str | None, other_side: bool) -> OpenCall:
        """Keep what was really said, or that the other side said it."""
        ...

    def exchange(self, at: float) -> OpenCall:
        """Exchange the two sides from a time on, or no more where that was so; takes seconds."""
        ...

    def draft(
        self, asked: RuleAsked, tell: Callable[[str], None], go_on: Callable[[int, int], bool]
    ) -> None:
        """Draft a rule, try it on the library's calls, keep it disabled in the team's overlay.

        ``tell`` hears what came of each step, a line each; ``go_on`` hears how many calls it was
        tried on, of how many, and where it says no, the rule is kept nowhere. Takes seconds to
        minutes.
        """
        ...

    def hand_on(self, form: str, path: str) -> str:
        """Write the open call down for others; returns where. No file is written over."""
        ...

    def play(self, at: float, speed: float) -> None:
        """Play the sound from a time on."""
        ...

    def playing(self) -> float | None:
        """The time that is heard; None while nothing is."""
        ...

    def hush(self) -> None:
        """Stop the sound."""
        ...

    def close(self) -> None:
        """Leave nothing open; safe to call twice."""
        ...
